"""Start stand-in servers from tests.

with openai_server(answer="...", rate=200) as server:
    ... server.base_url ...
"""

import asyncio
import atexit
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_SCRIPT = FOLDER / "openai_server.py"
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

FAKE_MLC = (
    "env",
    f"PYTHONPATH={FOLDER / 'site'}",
    sys.executable,
)
"""The Python that has the stand-in for ``mlc_llm``: the ``command`` of an ``MlcEngine``."""


class Seen:
    """What a stand-in server at a port has seen, the one inside the stand-in for MLC-LLM too."""

    def __init__(self, port: int) -> None:
        self.port = port

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def stats(self) -> dict[str, Any]:
        """What the server has seen: requests, hung_up_in_prefill, hung_up_while_streaming, connections."""
        with _DIRECT.open(f"http://127.0.0.1:{self.port}/stats", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def wait_for(self, name: str, count: int) -> None:
        """Return when ``stats()[name]`` (its length, for a list) has reached ``count``; 20 s are enough for that."""
        deadline = time.monotonic() + 20
        while True:
            value = self.stats()[name]
            if (len(value) if isinstance(value, list) else value) >= count:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name} stayed at {value}")
            time.sleep(0.01)

    async def saw(self, name: str, count: int) -> None:
        """``wait_for`` without holding up the event loop."""
        await asyncio.to_thread(self.wait_for, name, count)


class RunningServer(Seen):
    """A stand-in server process."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        super().__init__(port)
        self.process = process

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()


_idle: "list[subprocess.Popen[str]]" = []
"""Processes whose test is over; the next test gives them a new scenario, which saves most of its time."""


@contextmanager
def openai_server(*, port: int = 0, **scenario: Any) -> Iterator[RunningServer]:
    """An OpenAI-compatible server that behaves as the fields of ``openai_server.Scenario`` say.

    ``port`` is for a server that has to come back where another one was.
    """
    process = _idle.pop() if _idle and not port else _new_process()
    try:
        yield RunningServer(process, _give(process, scenario, port))
    except BaseException:
        _end(process)
        raise
    if process.poll() is None and not port:
        _idle.append(process)
    else:
        _end(process)


def _new_process() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-I", str(_SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _give(process: "subprocess.Popen[str]", scenario: dict[str, Any], port: int) -> int:
    """Hand over a scenario; returns the port."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"scenario": scenario, "port": port}) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the stand-in server did not start")
    return int(line)


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


@atexit.register
def _end_all() -> None:
    while _idle:
        _end(_idle.pop())
