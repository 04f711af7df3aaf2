"""A configured pair of two stand-ins for MLC-LLM, for programs that are started by name, and what is left of them."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.standins.running import FAKE_MLC

CODE = "```python\ndef add(a, b):\n    return a + b\n```"
SPEC = 'def add(a: int, b: int) -> int:\n    """Add.\n\n    >>> add(1, 2)\n    3\n    """\n'

_PROGRAM = (sys.executable, "-I", "-c", "import sys; from tui.cli import main; sys.exit(main())")


@dataclass(frozen=True)
class StandInPair:
    """The pair ``mine`` in a folder of its own, with a home of its own."""

    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a program that is to use it."""
        return {
            **os.environ,
            "SECONDPASS_HOME": str(self.folder / "home"),
            "SECONDPASS_MODELS": str(self.folder / "models.toml"),
            "SECONDPASS_MLC_PYTHON": shlex.join(FAKE_MLC),
            "MLC_LLM_HOME": str(self.folder / "mlc-home"),
        }

    def order(self, role: str, **order: Any) -> None:
        """How the next server of ``role`` behaves; see the stand-in."""
        order.setdefault("scenario", {}).setdefault("answer", CODE)
        (self.folder / role / "standin.json").write_text(json.dumps(order))

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        """``secondpass ARGUMENTS``, running."""
        return subprocess.Popen(
            [*_PROGRAM, *arguments],
            env=self.environ,
            cwd=self.folder,
            text=True,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    def call(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """``secondpass ARGUMENTS``, to its end."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=90)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def status(self) -> dict[str, Any]:
        """What ``engines status --json`` says."""
        found: dict[str, Any] = json.loads(self.call("engines", "status", "--json").stdout)
        return found

    def processes(self) -> dict[int, str]:
        """Every process that has this pair's home in its environment, by id, with its command; dead ones are none."""
        mark = f"SECONDPASS_HOME={self.folder / 'home'}".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:  # it ended, or it is somebody else's
                continue
        return found


def make_pair(folder: Path, *, placement: str = "auto", settings: Mapping[str, str] | None = None) -> StandInPair:
    """The pair ``mine`` of two models on disk, and ``other`` of the same two the other way round."""
    text = ""
    for role in ("coder", "reviewer"):
        (folder / role).mkdir(parents=True)
        (folder / role / "mlc-chat-config.json").write_text("{}")
        text += f'[models.{role}]\nsource = "{folder / role}"\ncontext = 8192\n'
        text += "".join(f"{name} = {value}\n" for name, value in (settings or {}).items())
    text += f'[pairs.mine]\ncoder = "coder"\nreviewer = "reviewer"\nplacement = "{placement}"\n'
    text += '[pairs.other]\ncoder = "reviewer"\nreviewer = "coder"\n'
    (folder / "models.toml").write_text(text)
    (folder / "spec.py").write_text(SPEC)
    pair = StandInPair(folder)
    for role in ("coder", "reviewer"):
        pair.order(role)
    return pair
