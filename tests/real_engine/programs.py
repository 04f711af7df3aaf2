"""Run the installed ``secondpass`` as a user does: its own process, its own home, a models.toml named to it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report import CheckError, expect

from core.event_log import read_events
from core.events import Event

SECONDPASS = Path(sys.executable).with_name("secondpass")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a checked program keeps its sessions and finds its configuration."""

    folder: Path

    @property
    def models(self) -> Path:
        return self.folder / "models.toml"

    @property
    def environment(self) -> dict[str, str]:
        """The environment to start it in: nothing of the user's own secondpass."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SECONDPASS_")}
        return kept | {
            "SECONDPASS_HOME": str(self.folder),
            "SECONDPASS_MODELS": str(self.models),
            # The model knows no code but ours, so this check also runs where nothing better confines it.
            "SECONDPASS_ALLOW_WEAK_SANDBOX": "1",
        }

    def sessions(self) -> set[Path]:
        """The session logs that are there."""
        return set((self.folder / "data" / "sessions").glob("*.jsonl"))


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of the program ended; ``events`` is its session log."""

    exit_code: int
    stdout: str
    stderr: str
    seconds: float
    events: tuple[Event, ...]

    @property
    def result(self) -> dict[str, Any]:
        """What ``--output json`` printed.

        Raises:
            CheckError: it is not a JSON object.
        """
        try:
            result = json.loads(self.stdout)
        except ValueError:
            raise CheckError(f"standard output is not JSON: {self.stdout[:200]!r}; {self.last_words}") from None
        expect(isinstance(result, dict), f"standard output is not a JSON object: {self.stdout[:200]!r}")
        return dict(result)

    @property
    def sentences(self) -> list[str]:
        """What the program said as itself (not the narration of the run)."""
        return [line for line in self.stderr.splitlines() if line.startswith("secondpass: ")]

    @property
    def last_words(self) -> str:
        return f"exit code {self.exit_code}, standard error ends with {self.stderr[-300:]!r}"


def run_program(home: Home, arguments: Sequence[str], *, seconds: float = 300.0) -> Ended:
    """Run ``secondpass`` to its end.

    Raises:
        CheckError: it did not end in time, showed a traceback, or left no session log.
    """
    before = home.sessions()
    begun = time.monotonic()
    try:
        done = subprocess.run(
            [SECONDPASS, *arguments],
            env=home.environment,
            cwd=home.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise CheckError(f"secondpass {' '.join(arguments)} did not end within {seconds:.0f} s") from error
    return ended(home, before, done.returncode, done.stdout, done.stderr, time.monotonic() - begun)


def ended(home: Home, before: set[Path], exit_code: int, stdout: str, stderr: str, seconds: float) -> Ended:
    """What a process left, with the one session log that it added to ``before``.

    Raises:
        CheckError: it showed a traceback, or left no session log.
    """
    expect("Traceback" not in stdout + stderr, f"a traceback reached the user: {stderr[-600:]}")
    added = home.sessions() - before
    expect(len(added) == 1, f"{len(added)} session logs were added, not 1; standard error: {stderr[-300:]!r}")
    return Ended(exit_code, stdout, stderr, seconds, tuple(read_events(added.pop())))
