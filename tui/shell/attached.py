"""Run one command of the person's, and end it with everything it started once whoever wanted it is gone.

Started as ``python -I -S attached.py``, leading a process group, with one JSON line on standard input: the command as
a list of words. Whatever comes behind it asks the command to stop, as Ctrl+C does. Standard input stays open as long
as the starter lives; when it ends, even by ``kill -9``, the whole group is killed. The exit code is that of the
command, 128 + N for signal N, 127 if it cannot be started.

This file is run by its path and imports the standard library only.
"""

import contextlib
import json
import os
import signal
import subprocess
import threading


def main() -> None:
    # Unbuffered: what comes after the line is for _watch.
    with open(0, "rb", buffering=0, closefd=False) as order:
        command = json.loads(order.readline() or b"null")
    if command is None:
        return
    # A handler, not SIG_IGN, which the command would inherit: what is sent to the group is for the command.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave_it_to_the_command)
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as error:
        print(f"{command[0]} cannot be started ({error.strerror}); $SHELL names it.", flush=True)
        os._exit(127)
    threading.Thread(target=_watch, daemon=True).start()
    code = child.wait()
    # What it left in the background would hold the output open, and outlive the program.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(0, signal.SIGTERM)
    os._exit(code if code >= 0 else 128 - code)


def _leave_it_to_the_command(number: int, frame: object) -> None:
    """Do nothing."""


def _watch() -> None:
    while os.read(0, 4096):
        os.killpg(0, signal.SIGINT)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
