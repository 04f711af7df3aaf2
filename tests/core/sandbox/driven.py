"""Running the sandbox in a process of its own (drive.py), as this user or as one without rights."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.sandbox import Case
from core.sandbox.child.reach import reachable_by_anyone

ROOT = Path(__file__).parents[3]
SOMEBODY = 54_321
"""A user that owns nothing, for the tests that give up root."""

QUICK = {
    "case_seconds": 10.0,
    "total_seconds": 40.0,
    "memory_mib": 256,
    "output_kib": 64,
    "file_mib": 2,
    "open_files": 64,
}


@dataclass(frozen=True)
class Aftermath:
    """What a driven run reported, and what it left behind."""

    outcomes: list[str]
    got: list[str]
    load_error: str | None
    tier: dict[str, Any]
    seconds: float


Attack = Callable[..., Aftermath]


def interpreter_for_others() -> str | None:
    """A Python (3.11 or later) that a user without rights can start."""
    for candidate in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin")):
        if candidate and reachable_by_anyone([candidate, os.path.dirname(os.path.realpath(candidate))]):
            check = "import sys; sys.exit(sys.version_info < (3, 11))"
            if subprocess.run([candidate, "-I", "-c", check], check=False).returncode == 0:
                return candidate
    return None


def drive(copy: Path, request: dict[str, Any], *, user: int | None = None, python: str = sys.executable) -> Any:
    """Run drive.py; its answer. Nothing may be left behind."""
    with tempfile.TemporaryDirectory(prefix="sandbox-test-") as temporary:
        os.chmod(temporary, 0o777)
        arguments = [python, "-I", str(copy / "drive.py"), str(copy), *([str(user)] if user else [])]
        environment = {**os.environ, "TMPDIR": temporary, "SANDBOX_TEST_SECRET": "hunter2"}
        done = subprocess.run(
            arguments,
            input=json.dumps(request),
            env=environment,
            cwd="/",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert answer["children"] == []
        assert answer["left"] == []
        return answer


def each(ways: list[str]) -> list[Case]:
    """One case per way, each in a fresh process."""
    return [Case(kind="assert", source=way, group=group) for group, way in enumerate(ways)]
