"""Waiting for processes that a test has started by way of something else."""

import subprocess
import time
from pathlib import Path


def written(path: Path) -> int:
    """The number in ``path``, as soon as it is there."""
    while not (path.exists() and path.read_text()):
        time.sleep(0.01)
    return int(path.read_text())


def ended(pid: int) -> bool:
    """Whether the process ends within 20 seconds; one that nobody has collected yet counts as ended."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        if not state.stdout.strip() or state.stdout.strip().startswith("Z"):
            return True
        time.sleep(0.01)
    return False
