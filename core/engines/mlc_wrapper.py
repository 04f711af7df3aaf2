"""Run MLC-LLM's server so that it can neither show its key nor outlive the program that started it.

Started as ``python -I mlc_wrapper.py`` with one JSON line on standard input::

    {"arguments": ["MODEL", "--port", "8123", ...], "key": "...", "site": ["extra folder", ...]}

The line carries the key because every user of a machine can read the arguments of every process. The
process splits in two before anything heavy is loaded: a guardian, which native code cannot block, and
the server. Standard input stays open as long as the starter lives; when it ends, even by ``kill -9``,
the guardian kills the whole process group: the server, a compiler, a download. On Linux the server also
dies with the guardian.

This file is run by its path and imports the standard library only.
"""

import json
import os
import select
import signal
import sys
import threading
import traceback
from typing import Any, NoReturn

REPORT = "secondpass-wrapper: "
"""Begins the line on standard error that says why the server could not go on, followed by a JSON object."""

_POLL = 1.0
"""Seconds between two looks at whether the starter still lives, where its pipe was inherited by others."""


def main() -> NoReturn:
    starter = os.getppid()
    if os.getpgrp() != os.getpid():
        os.setsid()
    order = json.loads(_read_line(0))
    lifeline = os.dup(0)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    # Signals to the group are for the server; the guardian leaves when the server has left.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    guardian = os.getpid()
    server = os.fork()
    if server == 0:
        os.close(lifeline)
        _die_with(guardian)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        _serve(order)
    del order
    threading.Thread(target=_watch, args=(lifeline, starter), daemon=True).start()
    _, status = os.waitpid(server, 0)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _watch(lifeline: int, starter: int) -> None:
    while os.getppid() == starter:
        readable, _, _ = select.select([lifeline], [], [], _POLL)
        if readable and not os.read(lifeline, 4096):
            break
    os.killpg(0, signal.SIGKILL)


def _die_with(parent: int) -> None:
    """Ask Linux for SIGKILL when the parent dies; elsewhere the guardian's own watch has to do."""
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None, use_errno=True).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def _serve(order: dict[str, Any]) -> NoReturn:
    import importlib
    import importlib.util
    import site

    for folder in order.get("site", ()):
        site.addsitedir(folder)
    if importlib.util.find_spec("mlc_llm") is None:
        _report("ModuleNotFoundError", "No module named 'mlc_llm'")
        _leave(1)
    threading.excepthook = _thread_died
    code = 1
    try:
        importlib.import_module("mlc_llm.support.logging").enable_logging()
        serve = importlib.import_module("mlc_llm.cli.serve")
        # With "=", a key that begins with a dash is still a value.
        serve.main([*order["arguments"], "--api-key=" + order["key"]])
        code = 0
    except KeyboardInterrupt:
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1 if end.code else 0
        if isinstance(end.code, str):
            _report("SystemExit", end.code)
    except BaseException as error:
        traceback.print_exc()
        _report(type(error).__name__, str(error))
    _leave(code)


def _thread_died(args: threading.ExceptHookArgs) -> None:
    """MLC-LLM loads and runs its engine in threads; once one has died the process would wait for ever."""
    traceback.print_exception(args.exc_type, args.exc_value, args.exc_traceback)
    if args.thread is not None and not args.thread.daemon:
        _report(args.exc_type.__name__, str(args.exc_value))
        _leave(1)


def _report(kind: str, message: str) -> None:
    sys.stderr.write("\n" + REPORT + json.dumps({"type": kind, "message": message[:4000]}) + "\n")


def _leave(code: int) -> NoReturn:
    # Not sys.exit: with the engine's threads alive, the interpreter would never finish.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _read_line(descriptor: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(descriptor, 65536)
        if not part:
            os._exit(1)
        line += part
    return line


if __name__ == "__main__":
    main()
