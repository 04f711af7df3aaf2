"""A round trip through the person's own editor."""

import asyncio
import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import IO

from textual.app import App, SuspendNotSupported

from core.errors import SecondpassError


class EditorError(SecondpassError):
    """The person's editor could not be used; the text is as it was."""


def editor_command() -> list[str]:
    """The editor that the environment names, else the first of nano and vi that is installed.

    Raises:
        EditorError: there is none.
    """
    for variable in ("VISUAL", "EDITOR"):
        if value := os.environ.get(variable, "").strip():
            try:
                return shlex.split(value)
            except ValueError as error:
                raise EditorError(f"${variable} cannot be read ({error}): {value}; correct it.") from error
    found = next((name for name in ("nano", "vi") if shutil.which(name)), None)
    if found is None:
        raise EditorError("No editor is known: set $EDITOR to the one to use.")
    return [found]


def _terminal() -> IO[bytes]:
    return open("/dev/tty", "r+b", buffering=0)


async def edit_text(app: App[object], text: str, *, suffix: str) -> str:
    """``text`` as the person left it in their editor; the app is suspended meanwhile.

    Raises:
        EditorError: no editor, it cannot be started or ends with an error, or this terminal cannot be handed over.
    """
    command = editor_command()
    with tempfile.TemporaryDirectory(prefix="secondpass-") as folder:
        path = Path(folder) / f"text{suffix}"
        path.write_text(text, encoding="utf-8")
        try:
            # The app leads descriptors 1 and 2 elsewhere while it runs: the editor gets the terminal itself.
            with app.suspend(), _terminal() as terminal:
                process = await asyncio.create_subprocess_exec(
                    *command, str(path), stdin=terminal, stdout=terminal, stderr=terminal
                )
                status = await process.wait()
        except SuspendNotSupported as error:
            raise EditorError("This terminal cannot be handed to an editor.") from error
        except OSError as error:
            why = error.strerror or error
            raise EditorError(f"{command[0]} cannot be started ({why}); set $EDITOR to one that can.") from error
        if status != 0:
            raise EditorError(f"{command[0]} ended with status {status}, so the text is left as it was.")
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise EditorError(
                f"What {command[0]} wrote cannot be read ({error}); the text is left as it was."
            ) from error
