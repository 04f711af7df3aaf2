"""The program that hands out work to the nodes of a Ray cluster; Ray's word for it is driver.

Started by ``core.bench.cluster.judge``, with an empty folder of its own to work in: Ray lets every worker import from
its driver's working folder. First line of stdin is a greeting,

    {"address", "dataset": {"name", "title", "kind", "digest"}, "folder", "profile": {...}, "workers", "allow_weak",
     "version", "temporary"}

and every further line a request, ``{"number", "task", "code", "weight"}``. Lines of stdout are events: ``connected``,
``node`` (the fields of ``JudgeNode``), ``left out`` and ``lost`` (``host``, ``reason``), ``verdict`` (``number``,
``verdict``), ``failed`` (``message``, ``usage``: whether something must be corrected) and ``ended``, when nothing runs
on the nodes any more. When stdin closes, everything is ended.
"""

import asyncio
import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

import ray

from core.bench.cluster import fitness
from core.bench.cluster.dispatch import Dispatcher, Failed
from core.sandbox import private

_STORE = 256 << 20
"""Bytes of a local cluster's object store; verdicts and data sets are small."""


def _connect(greeting: Mapping[str, Any]) -> None:
    """Raises Failed."""
    address = greeting["address"]
    options: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}
    if address == "local":
        options |= {
            "num_cpus": greeting["workers"],
            "num_gpus": 0,
            "include_dashboard": False,
            "object_store_memory": _STORE,
            "_temp_dir": greeting["temporary"],
        }
    try:
        ray.init(address=address, **options)
    except Exception as error:  # whatever it is, it has to be said
        raise _why_not_connected(address, error) from error


def _why_not_connected(address: str, error: Exception) -> Failed:
    said = " ".join(str(error).split())[:400].rstrip(".")
    if isinstance(error, ImportError):
        return Failed(
            f"Ray cannot use the address {address} ({said}); `pip install 'secondpass[bench,ray]'` brings all of it.",
            usage=True,
        )
    if "ersion mismatch" in said:
        return Failed(
            f"The Ray cluster at {address} runs another version of Ray or Python ({said}); use the same on both.",
            usage=True,
        )
    if isinstance(error, ConnectionError) and address == "auto":
        return Failed(
            "No Ray cluster runs on this machine, or it wants another token than RAY_AUTH_TOKEN; start one "
            "(`ray start --head`), or name another with "
            "--ray ray://HOST:10001, or judge on this machine alone with --ray local.",
            usage=False,
        )
    return Failed(
        f"The Ray cluster at {address} cannot be used ({type(error).__name__}: {said}); is the address right, and does "
        "the cluster run?",
        usage=False,
    )


class _Requests:
    """The lines of a stream, of any length, and None at its end. Before anybody wants them, its end is ours."""

    def __init__(self, stream: int) -> None:
        self._stream = stream
        self._kept: list[bytes] = []
        self._lock = threading.Lock()
        self._wanted: Callable[[bytes | None], object] | None = None
        threading.Thread(target=self._read, daemon=True).start()

    def lines(self) -> "asyncio.Queue[bytes | None]":
        """Where they go from now on."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        with self._lock:
            for line in self._kept:
                queue.put_nowait(line)
            self._wanted = lambda line: loop.call_soon_threadsafe(queue.put_nowait, line)
        return queue

    def _read(self) -> None:
        with os.fdopen(self._stream, "rb") as file:
            for line in file:
                self._pass(line)
        self._pass(None)

    def _pass(self, line: bytes | None) -> None:
        with self._lock:
            if self._wanted is not None:
                self._wanted(line)
            elif line is None:
                os._exit(0)
            else:
                self._kept.append(line)


async def _judge(greeting: Mapping[str, Any], requests: _Requests, say: Callable[..., None]) -> None:
    await Dispatcher(greeting, say).work(requests.lines())


def main() -> None:
    """See above."""
    stdin, stdout = os.dup(0), os.dup(1)
    # Ray writes to both outputs as it likes.
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)

    def say(event: str, **content: Any) -> None:
        line = json.dumps({"event": event, **content}).encode("ascii") + b"\n"
        with contextlib.suppress(BrokenPipeError):
            while line:
                line = line[os.write(stdout, line) :]

    greeting = json.loads(_first_line(stdin))
    requests = _Requests(stdin)
    try:
        ray.cloudpickle.register_pickle_by_value(fitness)
        _connect(greeting)
        say("connected")
        asyncio.run(_judge(greeting, requests, say))
    except Failed as failure:
        say("failed", message=str(failure), usage=failure.usage)
    finally:
        ray.shutdown()
        # Whoever started this may have been killed.
        private.remove(os.getcwd())
    # Not through the interpreter's end, where a thread still reads.
    sys.stderr.flush()
    os._exit(0)


def _first_line(stream: int) -> bytes:
    """Byte by byte: what follows is for the thread that reads the requests."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(stream, 1)
        if not byte:
            os._exit(0)
        line += byte
    return line


if __name__ == "__main__":
    main()
