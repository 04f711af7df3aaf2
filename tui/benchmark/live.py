"""A run on the screen, live or stored. The app owns the live one: it survives visits to other screens."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

from core.bench.reports.read import settled
from core.bench.reports.taxonomy import failure_of
from core.bench.store import Result, Store, StoredRun
from core.errors import SecondpassError
from tui.benchmark.board import Board, LineError, Sample
from tui.benchmark.child import BenchChild
from tui.benchmark.clock import Clock

_log = logging.getLogger(__name__)
Key = tuple[str, str, int]


class LiveBench:
    """A run: its board, and the child that works on it, if any does.

    ``report`` is what ``bench show --format json`` says of it once nothing works on it any more; ``problem``
    why it ended early.

    Args:
        scripted: Whether the run that is about to begin is of the demo pair.
    """

    def __init__(self, *, scripted: bool = False) -> None:
        self.board = Board(scripted=scripted)
        self.richness: dict[str, float] = {}
        self.problem = ""
        self.report: Mapping[str, Any] | None = None
        self.clock = Clock.starting(0.0)
        self._running = False
        self._children: set[BenchChild] = set()
        self._worker: BenchChild | None = None

    @property
    def running(self) -> bool:
        """Whether the run is worked on."""
        return self._running

    async def drive(self, arguments: Sequence[str]) -> None:
        """Run ``secondpass bench run`` with ``arguments`` to its end, then read what came of it."""
        self._running, self.problem, self.report = True, "", None
        self._worker = child = self._child("run", "--output", "jsonl", *arguments)
        begun = False
        try:
            async with aclosing(child.lines()) as lines:
                async for text in lines:
                    try:
                        self.board.take(text)
                    except LineError as error:
                        _log.warning("a line of a run was passed over: %s", error)
                        continue
                    if not begun and self.board.run:
                        begun = True
                        await self._take_stored()
            if child.code not in (0, 130):
                self.problem = child.last_words or f"The run ended with status {child.code}; the log has the details."
        except OSError as error:
            self.problem = f"The run cannot be started ({error.strerror or error}); start the program again."
        finally:
            self._running, self._worker = False, None
            self._children.discard(child)
            self.board.rest()
        await self.read_report()

    async def show(self, run: str) -> None:
        """Take over a stored run.

        Raises:
            SecondpassError: There is no such run, or the store cannot be read.
        """
        stored, samples = await asyncio.to_thread(_stored, run)
        config = stored.config
        self.board = Board(
            run=stored.id,
            dataset=config.dataset,
            pair=config.pair,
            tasks=config.tasks,
            patterns=config.patterns,
            planned=stored.planned,
            per_task=config.samples,
            scripted=config.scripted,
        )
        self._take(samples)

    async def _take_stored(self) -> None:
        """What an earlier sitting has finished of the run that is gone on with."""
        if self.board.resumed:
            try:
                _, samples = await asyncio.to_thread(_stored, self.board.run)
            except SecondpassError as error:
                _log.warning("the store of runs could not be read: %s", error)
            else:
                self._take(samples)
        self.clock = Clock.starting(self.board.share)

    def _take(self, samples: Mapping[Key, Sample]) -> None:
        board = self.board
        board.samples = dict(samples)
        board.finished = len(samples)
        board.changed.update(board.tasks)
        board.version += 1

    async def read_report(self) -> None:
        """Have the figures worked out: in a child, as the intervals need libraries that the screen does without."""
        if not self.board.finished:
            return
        child = self._child("show", self.board.run, "--format", "json")
        try:
            text = b"".join([line async for line in child.lines()])
            if child.code == 0 and not self._running:
                self.report = json.loads(text)
                self.board.version += 1
        except (OSError, ValueError) as error:
            _log.warning("the figures of a run could not be read: %s", error)
        finally:
            self._children.discard(child)

    def _child(self, *arguments: str) -> BenchChild:
        child = BenchChild(arguments)
        self._children.add(child)
        return child

    def note_richness(self) -> None:
        """Take the richness of what was finished since."""
        for (_, task, _), sample in self.board.samples.items():
            if sample.richness is not None:
                self.richness[task] = sample.richness

    async def stop(self) -> None:
        """Stop the run; what is finished is kept."""
        if self._worker is not None:
            await self._worker.stop()

    def kill(self) -> None:
        """End every child at once."""
        for child in self._children:
            child.kill()


def _stored(run: str) -> tuple[StoredRun, dict[Key, Sample]]:
    with Store(readonly=True) as store:
        stored = store.run(run)
        return stored, {_key(each): _sample(each) for each in store.results(stored) if each.judged}


def _key(result: Result) -> Key:
    return result.key.pattern, result.key.task, result.key.sample


def _sample(result: Result) -> Sample:
    known = settled(result)
    return Sample(
        doing="done",
        passes=result.passes if known else None,
        draft_passes=result.draft_passes if known else None,
        failure=failure_of(result) or "",
        tokens=result.summary.tokens,
        seconds=result.summary.seconds,
        richness=result.summary.richness,
    )
