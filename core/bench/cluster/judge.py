"""The judge of a run whose programs are judged on a cluster: the side that asks."""

import asyncio
import contextlib
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Self

from core.bench.datasets.prepared import Dataset
from core.bench.judge.nodes import JudgeNode
from core.bench.judge.pool import usable_cores, weight_of
from core.bench.judge.profiles import DEFAULT_PROFILE, PROFILES, Profile
from core.bench.judge.verdicts import Verdict, verdict_from_json
from core.errors import ExitCode, SecondpassError, UsageError
from core.reaping import kill_group, reap
from core.sandbox import private

_PROGRAM = (sys.executable, "-I", "-X", "utf8", "-c", "from core.bench.cluster.driver import main; main()")
_INSTALL = (
    "pip install 'secondpass[bench,ray]' (in a checkout: .venv/bin/python -m pip install --require-hashes "
    "-r requirements/ray.txt)"
)
_ADDRESS = re.compile(r"local|auto|ray://[^/\s:]+:\d+|[^/\s:]+:\d+")
_CONNECTING = {"local": 120.0}
_CONNECTING_ELSEWHERE = 30.0
"""Seconds. A local cluster is first started."""

_ENDING = 3.0
_LEAVING = 8.0
"""Seconds for the nodes to end what they judge, and for the driver to leave the cluster after that."""

_LONGEST_LINE = 64 << 20
_SHORT_PATH = 40
"""Characters of a folder in which Ray's sockets still have names that the system takes."""


class ClusterError(SecondpassError):
    """The Ray cluster cannot be reached, or was lost."""

    exit_code = ExitCode.ENGINE


class RayJudge:
    """Judges as ``Judge`` does, on the nodes of a Ray cluster.

    Use as an asynchronous context manager; leaving it ends what runs on the nodes, and a local cluster.

    Args:
        dataset: Prepared (``open_dataset``).
        address: ``local`` (a cluster of this machine alone, for as long as this judge), ``auto`` (one that runs on this
            machine), ``ray://HOST:PORT``, or ``HOST:PORT`` from one of the cluster's machines.
        profile: The rules.
        workers: Programs that a node judges at the same time at most, by default one for every processor of it.
        allow_weak: Also use nodes whose sandbox has resource limits only.
        joined: Told of every node that begins to judge.
        notice: Told in a sentence of a node that is left out or lost.

    Raises:
        UsageError: Ray is not installed, or the address is none.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        address: str,
        profile: Profile = PROFILES[DEFAULT_PROFILE],
        workers: int | None = None,
        allow_weak: bool = False,
        joined: Callable[[JudgeNode], None] = lambda node: None,
        notice: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        check_usable(address)
        self.profile = profile
        self._dataset = dataset
        self._address = address
        self._node_workers = workers
        self._allow_weak = allow_weak
        self._joined = joined
        self._notice = notice
        self._process: Process | None = None
        self._folder = ""
        self._known: dict[tuple[str, str], asyncio.Future[Verdict]] = {}
        self._asked: dict[int, asyncio.Future[Verdict]] = {}
        self._failure: SecondpassError | None = None
        self._said: deque[str] = deque(maxlen=20)
        self._tasks: list[asyncio.Task[None]] = []
        self._connected, self._ready, self._ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @property
    def workers(self) -> int:
        """Processes that this machine has cores for; the nodes have their own."""
        return usable_cores()

    @property
    def pid(self) -> int | None:
        """Of the driver and its process group, None while there is none."""
        return None if self._process is None else self._process.pid

    async def __aenter__(self) -> Self:
        try:
            await self._start()
            await self._wait_for(self._connected, _CONNECTING.get(self._address, _CONNECTING_ELSEWHERE))
            await self._wait_for(self._ready, None)
        except BaseException:
            await self._end(at_once=True)
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        await self._end(at_once=kind is not None)

    async def judge(self, task_id: str, code: str) -> Verdict:
        """The verdict on ``code`` as it stands (nothing is extracted). The same code is judged once.

        Raises:
            KeyError: The data set has no such task.
            ClusterError: The cluster was lost.
        """
        if self._failure is not None:
            raise self._failure
        problem = self._dataset.problems[task_id]
        key = (task_id, hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest())
        verdict = self._known.get(key)
        if verdict is None:
            verdict = self._known[key] = asyncio.get_running_loop().create_future()
            number = len(self._known)
            self._asked[number] = verdict
            weight = weight_of(problem, self._dataset)
            await self._write({"number": number, "task": task_id, "code": code, "weight": weight})
        return await asyncio.shield(verdict)

    async def _start(self) -> None:
        dataset = self._dataset
        self._folder = private.make()
        try:
            process = await asyncio.create_subprocess_exec(
                *_PROGRAM,
                cwd=self._folder,
                env=_environment(self._address),
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                start_new_session=True,
                limit=_LONGEST_LINE,
            )
        except OSError as error:
            raise ClusterError(f"Ray cannot be started ({error}); check the Python installation.") from error
        self._process = process
        self._tasks = [asyncio.create_task(self._listen(process)), asyncio.create_task(self._overhear(process))]
        about = {"name": dataset.name, "title": dataset.title, "kind": dataset.kind, "digest": dataset.digest}
        greeting = {
            "address": self._address,
            "dataset": about,
            "folder": str(dataset.folder),
            "profile": asdict(self.profile),
            "workers": self._node_workers or (usable_cores() if self._address == "local" else None),
            "allow_weak": self._allow_weak,
            "version": importlib.metadata.version("secondpass"),
            "temporary": self._folder if len(self._folder) <= _SHORT_PATH else None,
        }
        await self._write(greeting)

    async def _write(self, content: Mapping[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        # One that has died is noticed by its end, which says more.
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(json.dumps(content).encode("ascii") + b"\n")
            await self._process.stdin.drain()

    async def _wait_for(self, event: asyncio.Event, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            raise ClusterError(
                f"No Ray cluster answers at {self._address} within {seconds:.0f} s; check the address, that the "
                "cluster runs, that its port can be reached from here and, if it wants a token, that it is given in "
                "RAY_AUTH_TOKEN (with RAY_AUTH_MODE=token)."
            ) from None
        if self._failure is not None:
            raise self._failure

    async def _listen(self, process: Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            content = json.loads(line)
            match content.pop("event"):
                case "connected":
                    self._connected.set()
                case "node":
                    self._joined(JudgeNode(**content))
                    self._ready.set()
                case "left out":
                    self._notice(f"The node {content['host']} {content['reason']}; it is left out.")
                case "lost":
                    self._notice(f"The node {content['host']} was lost ({content['reason']}); others get its work.")
                case "verdict":
                    self._asked.pop(content["number"]).set_result(verdict_from_json(content["verdict"]))
                case "failed":
                    self._fail((UsageError if content["usage"] else ClusterError)(content["message"]))
                case "ended":
                    self._ended.set()
        self._fail(
            ClusterError(
                f"The Ray cluster at {self._address} was lost, and with it what was being judged"
                f"{f' ({self._said[-1]})' if self._said else ''}; what is judged is kept."
            )
        )
        self._ended.set()

    async def _overhear(self, process: Process) -> None:
        """Keep what Ray says last; the rest of it is for its own logs."""
        assert process.stderr is not None
        rest = b""
        while piece := await process.stderr.read(1 << 16):
            *lines, rest = (rest + piece)[-(1 << 16) :].split(b"\n")
            self._said.extend(text for line in lines if (text := line.decode(errors="replace").strip()))

    def _fail(self, error: SecondpassError) -> None:
        if self._failure is None:
            self._failure = error
        for verdict in self._asked.values():
            if not verdict.done():
                verdict.set_exception(self._failure)
                verdict.exception()  # whoever asked may have been cancelled
        self._asked.clear()
        self._connected.set()
        self._ready.set()

    async def _end(self, *, at_once: bool) -> None:
        process, self._process = self._process, None
        if process is not None:
            await asyncio.shield(self._over(process, at_once=at_once))
        if self._folder:
            await asyncio.to_thread(private.remove, self._folder)
            self._folder = ""

    async def _over(self, process: Process, *, at_once: bool) -> None:
        assert process.stdin is not None
        process.stdin.close()
        with contextlib.suppress(TimeoutError):
            # Before it is connected there is nothing to end.
            async with asyncio.timeout(_ENDING if self._connected.is_set() else 0):
                await self._ended.wait()
        if not at_once:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LEAVING):
                    await process.wait()
        kill_group(process)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await reap(process)


def check_usable(address: str) -> None:
    """Raises UsageError where Ray is not installed or ``address`` is none; nothing is imported or connected."""
    if _ADDRESS.fullmatch(address) is None:
        raise UsageError(
            f"{address!r} is no address of a Ray cluster; name one with --ray local, auto, ray://HOST:10001, or "
            "HOST:6379 on one of its machines."
        )
    if importlib.util.find_spec("ray") is None:
        raise UsageError(f"--ray needs Ray, which is not installed here: {_INSTALL}.")


def _environment(address: str) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "0"}
    if address == "local":
        # Whoever reaches a cluster's ports can run programs on it: nobody else on this machine may.
        environment = {name: value for name, value in environment.items() if name != "RAY_ADDRESS"}
        environment |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    return environment
