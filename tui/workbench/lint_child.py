"""The child process that lints long texts, so that no keystroke waits for them: ``python -m tui.workbench.lint_child``.

It reads requests from standard input and answers on standard output, both pickled behind their length (eight bytes,
big endian), and ends with its input. Parent and child are the same program: nothing else writes to these pipes.
"""

import gc
import os
import pickle
import signal
import sys
from typing import IO, Any

from tui.workbench.spec_lint import lint_spec

HEAD = 8
"""Bytes of the length in front of each message."""


def packed(message: object) -> bytes:
    """``message`` as it goes through the pipe."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(HEAD, "big") + body


def _read(source: IO[bytes]) -> Any:
    head = source.read(HEAD)
    if len(head) < HEAD:
        return None
    size = int.from_bytes(head, "big")
    body = source.read(size)
    return pickle.loads(body) if len(body) == size else None


def main() -> None:
    """Serve until standard input ends."""
    # Ctrl+C in the terminal goes to the whole group; only the Workbench decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints must not land between two answers.
    os.dup2(2, 1)
    gc.freeze()  # modules and word lists stay: no collection has to walk them again
    while (request := _read(sys.stdin.buffer)) is not None:
        text, filename = request
        answers.write(packed(lint_spec(text, filename)))
        answers.flush()


if __name__ == "__main__":
    main()
