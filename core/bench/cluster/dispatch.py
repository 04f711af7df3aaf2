"""Handing out what is to be judged to the nodes of a Ray cluster, which come and go."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from core.bench.cluster import fitness
from core.bench.cluster.node import NodeJudge
from core.bench.cluster.shipment import pack
from core.bench.judge.queue import TaskQueue
from core.bench.judge.verdicts import Verdict

_STARTING = 120.0
"""Seconds for a node's judge to come up; it waits for processors that other work of the cluster has taken."""

_ALONE = 60.0
"""Seconds without any node, while something waits to be judged, after which the cluster is given up."""

_LOOK = 1.0
_STARTS = 3
"""How often a judge is started on a node that stays."""

_TRIES = 2
"""Nodes that a program is given to."""

_GOODBYE = 2.0


class Failed(Exception):
    """The end of it; ``usage`` says whether the user has to correct something."""

    def __init__(self, message: str, *, usage: bool) -> None:
        super().__init__(message)
        self.usage = usage


class _Over(Exception):
    """Nobody asks any more."""


@dataclass(slots=True, eq=False)
class _Job:
    number: int
    task: str
    code: bytes
    weight: float
    losses: int = 0


@dataclass(slots=True, eq=False)
class _Node:
    id: str
    host: str
    processors: int
    state: str = "starting"
    """starting, up, lost, left out (for good)."""
    starts: int = 0
    actor: Any = None
    reason: str = ""
    unfit: bool = False
    """Left out for what somebody has to correct."""


class Dispatcher:
    """The nodes and what waits for them.

    Args:
        greeting: See ``driver``.
        say: Called with the name of an event and what belongs to it; see there.
    """

    def __init__(self, greeting: Mapping[str, Any], say: Callable[..., None]) -> None:
        self._greeting = greeting
        self._say = say
        self._nodes: dict[str, _Node] = {}
        self._queue: TaskQueue[_Job] = TaskQueue()
        self._changed = asyncio.Condition()
        self._unjudged = 0
        self._judged_any = False
        self._data: Any = None
        self._group = asyncio.TaskGroup()
        self._alone_since = time.monotonic()

    async def work(self, lines: "asyncio.Queue[bytes | None]") -> None:
        """Judge what is asked for until nobody asks any more.

        Raises:
            Failed: No node is left, or none can judge.
        """
        try:
            async with self._group as group:
                group.create_task(self._watch())
                while (line := await lines.get()) is not None:
                    request = json.loads(line)
                    code = request["code"].encode("utf-8", "surrogatepass")
                    self._unjudged += 1
                    await self._put(_Job(request["number"], request["task"], code, request["weight"]))
                raise _Over
        except* _Over:
            pass
        except* Failed as failures:
            raise failures.exceptions[0] from None
        finally:
            await self._end()

    async def _put(self, job: _Job) -> None:
        async with self._changed:
            self._queue.put(job.task, job, job.weight)
            self._changed.notify()

    # Nodes

    async def _watch(self) -> None:
        """Begin with every node that is there or joins, and notice when none is left."""
        while True:
            found = {node["NodeID"]: node for node in await _nodes() if node["Alive"]}
            for name, node in found.items():
                processors = int(node["Resources"].get("CPU", 0))
                if name not in self._nodes and processors:
                    known = self._nodes[name] = _Node(name, node["NodeManagerHostname"], processors)
                    self._group.create_task(self._bring_up(known))
            for known in self._nodes.values():
                # A node that is gone never comes back under this id.
                if known.state == "lost" and (known.id not in found or known.starts >= _STARTS):
                    known.state = "left out"
                elif known.state == "lost":
                    known.state = "starting"
                    self._group.create_task(self._bring_up(known))
            self._check_left()
            await asyncio.sleep(_LOOK)

    def _check_left(self) -> None:
        nodes = list(self._nodes.values())
        if any(node.state in ("starting", "up") for node in nodes):
            self._alone_since = time.monotonic()
            return
        if nodes and all(node.unfit for node in nodes):
            raise Failed(f"No node can judge: {nodes[0].host} {nodes[0].reason}.", usage=True)
        patience = 0.0 if self._greeting["address"] == "local" else _ALONE
        if time.monotonic() - self._alone_since >= patience and (self._unjudged or not self._judged_any):
            why = f"the last one, {nodes[-1].host}, {nodes[-1].reason}" if nodes else "it has none with a processor"
            raise Failed(f"No node of the Ray cluster is left to judge on: {why}.", usage=False)

    async def _bring_up(self, node: _Node) -> None:
        try:
            async with asyncio.timeout(_STARTING):
                await self._start(node)
        except TimeoutError:
            reason = f"did not begin within {_STARTING:.0f} s; its processors may be taken by other work"
            self._leave_out(node, reason, unfit=False)
        except RayTaskError as error:
            self._leave_out(node, f"cannot judge ({_reason(error)})")
        except RayError as error:
            # A judge that was lost with its node is said once.
            told = node.starts > 0
            node.starts += 1
            self._lose(node, _reason(error), told=told)

    async def _start(self, node: _Node) -> None:
        greeting = self._greeting
        there = NodeAffinitySchedulingStrategy(node.id, soft=False)
        examine = ray.remote(num_cpus=0, max_retries=1, scheduling_strategy=there)(fitness.examine)
        about = await examine.remote()
        if (unfit := fitness.why_unfit(about, version=greeting["version"])) is not None:
            self._leave_out(node, unfit)
            return
        workers = min(greeting["workers"] or node.processors, node.processors)
        order = {"dataset": greeting["dataset"], "profile": greeting["profile"], "workers": workers}
        options = {"num_cpus": workers, "max_restarts": 0, "max_task_retries": 0, "scheduling_strategy": there}
        node.actor = ray.remote(**options)(NodeJudge).remote(order)
        if not await node.actor.has_data.remote():
            if self._data is None:
                self._data = ray.put(await asyncio.to_thread(pack, Path(greeting["folder"])))
            await node.actor.take_data.remote(self._data)
        started = await node.actor.start.remote(allow_weak=greeting["allow_weak"])
        if started["weak"] is not None:
            advice = "pass --allow-weak-sandbox if you accept that (see docs/sandbox.md)"
            self._leave_out(node, f"cannot confine generated code ({started['weak']}); {advice}")
            return
        node.starts += 1
        node.state = "up"
        program = f"secondpass {about['secondpass']}"
        self._say(
            "node",
            id=node.id,
            host=node.host,
            workers=workers,
            sandbox=started["sandbox"],
            python=about["python"],
            program=program,
        )
        self._group.create_task(self._guard(node, node.actor))
        for slot in range(workers):
            self._group.create_task(self._work(node, node.actor, (node.id, node.starts, slot)))

    async def _guard(self, node: _Node, actor: Any) -> None:
        """Notice the end of a judge that has nothing to do: what it is given would be lost with it."""
        try:
            await actor.stay.remote()
        except RayError as error:
            if node.actor is actor:
                self._lose(node, _reason(error))
            async with self._changed:
                self._changed.notify_all()

    def _leave_out(self, node: _Node, reason: str, *, unfit: bool = True) -> None:
        node.state, node.reason, node.unfit = "left out", reason, unfit
        self._drop(node)
        self._say("left out", host=node.host, reason=reason)

    def _lose(self, node: _Node, reason: str, *, told: bool = False) -> None:
        """Once for every judge that is lost, whichever of its programs notices."""
        if node.state in ("starting", "up"):
            node.state, node.reason = "lost", f"was lost ({reason})"
            self._drop(node)
            if not told:
                self._say("lost", host=node.host, reason=reason)

    def _drop(self, node: _Node) -> None:
        if node.actor is not None:
            with contextlib.suppress(RayError):
                ray.kill(node.actor)
            node.actor = None

    # Work

    async def _work(self, node: _Node, actor: Any, slot: tuple[str, int, int]) -> None:
        """One of the programs that a node judges at a time."""
        while node.actor is actor:
            async with self._changed:
                while (job := self._queue.take(slot)) is None:
                    await self._changed.wait()
                    if node.actor is not actor:
                        return
            try:
                verdict = await actor.first_try.remote(job.task, job.code)
            except RayError as error:
                self._queue.leave(slot)
                await self._lost_with(job, node, actor, error)
                return
            if verdict is None:  # set aside there, to be tried again undisturbed
                self._group.create_task(self._settle(job, node, actor))
            else:
                self._judged(job, verdict.decode("ascii"))

    async def _settle(self, job: _Job, node: _Node, actor: Any) -> None:
        try:
            verdict = await actor.judge.remote(job.task, job.code)
        except RayError as error:
            await self._lost_with(job, node, actor, error)
        else:
            self._judged(job, verdict.decode("ascii"))

    async def _lost_with(self, job: _Job, node: _Node, actor: Any, error: RayError) -> None:
        """``job`` was on ``node`` when that was lost: it is given to one other, then it is a failure of the judge."""
        reason = _reason(error)
        if node.actor is actor:
            self._lose(node, reason)
        job.losses += 1
        if job.losses < _TRIES:
            await self._put(job)
        else:
            problem = f"the node that judged it was lost twice, the last time {node.host}: {reason}"
            self._judged(job, json.dumps(Verdict(base=None, plus=None, problem=problem).to_json()))
        async with self._changed:
            self._changed.notify_all()  # the other slots of this node have to notice

    def _judged(self, job: _Job, verdict: str) -> None:
        self._unjudged -= 1
        self._judged_any = True
        self._say("verdict", number=job.number, verdict=json.loads(verdict))

    async def _end(self) -> None:
        """End what runs on the nodes."""
        actors = [node.actor for node in self._nodes.values() if node.actor is not None]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await asyncio.gather(*(_ended(actor) for actor in actors))
        for node in self._nodes.values():
            self._drop(node)
        self._say("ended")


async def _nodes() -> list[dict[str, Any]]:
    try:
        nodes: list[dict[str, Any]] = await asyncio.to_thread(ray.nodes)
    except (RayError, ConnectionError, RuntimeError) as error:
        raise Failed(f"The Ray cluster is gone ({' '.join(str(error).split())[:300]}).", usage=False) from error
    return nodes


async def _ended(actor: Any) -> None:
    with contextlib.suppress(RayError):
        await actor.end.remote()


def _reason(error: RayError) -> str:
    """One line of what Ray says in many."""
    if isinstance(error, RayTaskError) and error.cause is not None:
        error_text = f"{type(error.cause).__name__}: {error.cause}"
    elif isinstance(error, RayActorError):
        error_text = "the process of its judge has died"
    else:
        error_text = str(error)
    lines = [line.strip() for line in error_text.splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300].rstrip(".")
