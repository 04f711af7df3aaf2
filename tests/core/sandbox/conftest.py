import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.sandbox import Case
from tests.core.sandbox.driven import QUICK, ROOT, SOMEBODY, Aftermath, Attack, drive, interpreter_for_others


@pytest.fixture(scope="session")
def readable_copy() -> Iterator[Path]:
    """The package and the driver where every user can read them."""
    with tempfile.TemporaryDirectory(prefix="sandbox-test-") as folder:
        os.chmod(folder, 0o755)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "core", Path(folder, "core"), ignore=ignored)
        for program in ("drive.py", "drive_corpus.py"):
            shutil.copy(Path(__file__).with_name(program), folder)
        yield Path(folder)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder outside the sandbox that any user may read and write: only the sandbox protects it."""
    with tempfile.TemporaryDirectory(prefix="sandbox-test-") as folder:
        os.chmod(folder, 0o777)
        yield Path(folder)


@pytest.fixture(params=["as this user", "after giving up root"])
def attack(request: pytest.FixtureRequest, readable_copy: Path) -> Attack:
    """Run code and cases in a driver process that must survive, and that must find nothing left behind.

    ``needs`` names the promise of a tier without which the test is skipped, ``owns`` a folder that shall belong to the
    user who calls the sandbox. In the code and the cases DRIVER_PID stands for the process that calls the sandbox.
    """
    user, python = None, sys.executable
    if request.param == "after giving up root":
        if os.geteuid() != 0:
            pytest.skip("only root can give up root; this user is covered by the other half")
        found = interpreter_for_others()
        if found is None:
            pytest.skip("no Python here that an unprivileged user can start")
        user, python = SOMEBODY, found

    def run(
        code: str, *sources: str | Case, needs: str | None = None, owns: Path | None = None, **limits: float
    ) -> Aftermath:
        if owns is not None and user is not None:
            # What the file modes allow must not be what protects the folder.
            for path in (owns, *owns.iterdir()):
                os.chown(path, user, user)
        cases = [
            {"kind": "observe", "source": case}
            if isinstance(case, str)
            else {"kind": case.kind, "source": case.source, "want": case.want, "group": case.group}
            for case in sources
        ]
        answer = drive(
            readable_copy, {"code": code, "cases": cases, "limits": {**QUICK, **limits}}, user=user, python=python
        )
        if needs is not None and not answer["tier"][needs]:
            pytest.skip(f"this machine's tier ({answer['tier']['name']}) does not promise {needs}")
        report = answer["report"]
        return Aftermath(
            outcomes=[result["outcome"] for result in report["results"]],
            got=[result["got"] for result in report["results"]],
            load_error=report["load_error"],
            tier=answer["tier"],
            seconds=answer["seconds"],
        )

    return run


@pytest.fixture
def own_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where this test alone makes temporary files, open to the users that programs run as."""
    with tempfile.TemporaryDirectory(prefix="sandbox-test-") as folder:
        os.chmod(folder, 0o755)
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield folder
