"""How a command of the person's is run."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from core.child import Child
from tui.shell import attached
from tui.shell.output import Output

_PROGRAM = (sys.executable, "-I", "-S", str(Path(attached.__file__).resolve()))
STOP = b"\n"
"""What asks a command to stop. A signal could come before the process that starts it is prepared for one."""
_OURS = ("PYDANTIC_DISABLE_PLUGINS",)
"""Variables that this program sets for itself."""


async def start_shell(command: str, folder: Path, output: Output, *, columns: int) -> Child:
    """Run ``command`` in the person's shell, in ``folder``. Everything it prints goes to ``output``; it reads nothing.

    Raises:
        OSError: it cannot be started.
    """
    shell = os.environ.get("SHELL") or "/bin/sh"
    order = json.dumps([shell, "-c", command]) + "\n"
    return await Child.start(
        _PROGRAM,
        order=order.encode(),
        cwd=folder,
        env=environment(os.environ, columns=columns),
        on_line=output.add,
    )


def environment(environ: Mapping[str, str], *, columns: int) -> dict[str, str]:
    """``environ`` for a command whose output is read by a program, ``columns`` characters wide."""
    kept = {name: value for name, value in environ.items() if name not in _OURS}
    # Nothing can be answered: what would ask a question or wait at the end of a page is told so.
    plain = {"TERM": "dumb", "NO_COLOR": "1", "PAGER": "cat", "GIT_PAGER": "cat", "GIT_TERMINAL_PROMPT": "0"}
    return kept | plain | {"COLUMNS": str(columns)}
