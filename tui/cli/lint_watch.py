"""``secondpass lint --watch``: look at the files again and again, and lint when one of them changed."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from core.errors import SecondpassError
from core.linting.check import Project
from tui.visible import visible

_EVERY = 0.4
_SHARE = 10
"""Looking takes at most one part in so many of the time, however large the folder."""

Stamp = dict[str, tuple[int, int]]


def watch(project: Callable[[], Project], paths: Sequence[Path], lint: Callable[[Project], int]) -> NoReturn:
    """Lint now and after every change, until Ctrl+C (KeyboardInterrupt). What is wrong meanwhile is told, not raised.

    Args:
        project: Makes a project anew, so that changed settings count.
        paths: What is looked at.
        lint: One pass.
    """
    before: Stamp | None = None
    while True:
        began = time.monotonic()
        now = _stamp(project, paths)
        if now != before:
            # An editor writes in steps, a checkout file by file: wait until it is quiet.
            settled = before is None
            while not settled:
                time.sleep(_EVERY / 2)
                again = _stamp(project, paths)
                settled, now = again == now, again
            before = now
            _pass(project, lint)
        time.sleep(max(_EVERY, _SHARE * (time.monotonic() - began)) if now == before else _EVERY)


def _pass(project: Callable[[], Project], lint: Callable[[Project], int]) -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\x1b[2J\x1b[H")
    try:
        lint(project())
    except SecondpassError as error:
        print(f"secondpass: {visible(str(error))}", file=sys.stderr)
    print("Watching for changes; Ctrl+C ends it.", file=sys.stderr, flush=True)


def _stamp(project: Callable[[], Project], paths: Sequence[Path]) -> Stamp:
    """Time and size of every file that counts, the settings among them."""
    fresh = project()
    stamp: Stamp = {}
    try:
        for target in fresh.targets(paths):
            _add(stamp, target.path)
            source = fresh.settings_for(target.path).source
            if source is not None:
                _add(stamp, source)
    except SecondpassError as error:
        stamp[str(error)] = (0, 0)
    return stamp


def _add(stamp: Stamp, path: Path) -> None:
    try:
        status = os.stat(path)
    except OSError:
        return
    stamp[str(path)] = (status.st_mtime_ns, status.st_size)
