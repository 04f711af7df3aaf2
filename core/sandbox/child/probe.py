"""The self-test: a confined process tries what must not work, and says what did not."""

import os
import sys
from typing import Any, NoReturn

from .confine import confine
from .runner import Report


def _refused(attempt: Any) -> bool:
    try:
        attempt()
    except (OSError, MemoryError):
        return True
    return False


def _bind_a_socket() -> None:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
        endpoint.bind(("127.0.0.1", 0))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def _write(path: str) -> None:
    with open(path, "w", encoding="ascii"):
        pass


def _read(path: str) -> None:
    with open(path, encoding="ascii") as file:
        file.read()


def _imports_work() -> bool:
    try:
        import decimal
        import socket
        import threading

        threading.Thread(target=decimal.Decimal).start()
        for end in socket.socketpair():  # what an event loop wakes itself with
            end.close()
    except (ImportError, OSError, RuntimeError):
        return False
    return True


def _take_memory(mebibytes: int) -> None:
    bytes(mebibytes << 20)  # reserved, but never touched


def run(job: dict[str, Any], report: Report) -> NoReturn:
    """Confine this process as for a run, try, report one message ``{"type": "probed", ...}`` and end the process.

    ``job["victims"]`` is a folder outside the private one that anyone may write, with a readable file in it.
    """
    failed = confine(job["layers"], job["limits"], job["private"], job["user"])
    victims = job["victims"]
    sys.dont_write_bytecode = True
    proven = {
        "usable": _imports_work() and not _refused(lambda: _write("own")),
        "network_blocked": _refused(_bind_a_socket),
        "writes_confined": _refused(lambda: _write(os.path.join(victims, "written"))),
        "reads_confined": _refused(lambda: _read(os.path.join(victims, "secret"))),
        "processes_blocked": _refused(_fork),
        "signals_blocked": _refused(lambda: os.kill(os.getppid(), 0)),
        "memory_limited": _refused(lambda: _take_memory(int(job["limits"]["memory_mib"]) + 16)),
    }
    report.send({"type": "probed", "layers": list(job["layers"]), "failed": failed, **proven})
    os._exit(0)
