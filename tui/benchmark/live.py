"""The run that is going on, owned by the app: it survives visits to other screens and ends with the app."""

import logging
from collections.abc import Callable, Sequence

from core.bench.store import Store
from core.errors import SecondpassError
from tui.benchmark.board import Board, LineError, Sample
from tui.benchmark.child import BenchChild
from tui.benchmark.figures import Clock

_log = logging.getLogger(__name__)


class LiveBench:
    """A run on the screen, live or stored.

    Args:
        ended: Called when the child has ended.
    """

    def __init__(self, ended: Callable[[], None] = lambda: None) -> None:
        self.board = Board()
        self.tasks: list[str] = []
        self.scripted = False
        self.richness: dict[str, float] = {}
        self.problem = ""
        self.clock = Clock.starting(0)
        self._ended = ended
        self._child: BenchChild | None = None

    @property
    def running(self) -> bool:
        """Whether the child works."""
        return self._child is not None

    async def drive(self, arguments: Sequence[str]) -> None:
        """Run ``secondpass bench run`` with ``arguments`` to its end."""
        self._child = child = BenchChild(("run", "--output", "jsonl", *arguments))
        self.problem = ""
        known = False
        try:
            async for text in child.lines():
                try:
                    self.board.take(text)
                except LineError as error:
                    _log.warning("a line of a run was passed over: %s", error)
                    continue
                if not known and self.board.run:
                    known = True
                    self._seed()
            if child.code not in (0, 130):
                self.problem = child.last_words or f"The run ended with status {child.code}; the log has the details."
        except OSError as error:
            self.problem = f"The run cannot be started ({error.strerror or error}); start the program again."
        finally:
            self._child = None
            self._ended()

    def show(self, run: str) -> None:
        """Show a stored run.

        Raises:
            SecondpassError: There is no such run, or the store cannot be read.
        """
        self.board = Board(run=run)
        self._seed(strict=True)

    def _seed(self, *, strict: bool = False) -> None:
        """Take over what is finished already from the store, and the tasks."""
        board = self.board
        try:
            with Store(readonly=True) as store:
                run = store.run(board.run)
                results = store.results(run)
        except SecondpassError as error:
            if strict:
                raise
            _log.warning("the store of runs could not be read: %s", error)
            return
        board.dataset, board.patterns = run.config.dataset_title, run.config.patterns
        board.planned, board.finished = run.planned, sum(each.judged for each in results)
        self.tasks = list(run.config.tasks)
        self.scripted = run.config.scripted
        for each in results:
            if each.summary.richness is not None:
                self.richness[each.key.task] = each.summary.richness
            if each.judged:
                from core.bench.reports.taxonomy import failure_of

                board.samples[(each.key.pattern, each.key.task, each.key.sample)] = Sample(
                    doing="done",
                    passes=each.passes,
                    draft_passes=each.draft_passes,
                    failure=failure_of(each) or "",
                    seconds=each.summary.seconds,
                    tokens=each.summary.tokens,
                    richness=each.summary.richness,
                )
        board.changed.update(self.tasks)
        self.clock = Clock.starting(board.finished)

    def note_richness(self) -> None:
        """Take the richness of what was finished since."""
        for (_, task, _), sample in self.board.samples.items():
            if sample.richness is not None:
                self.richness[task] = sample.richness

    async def stop(self) -> None:
        """Stop the child; what is finished is kept."""
        if self._child is not None:
            await self._child.stop()

    def kill(self) -> None:
        """End the child at once."""
        if self._child is not None:
            self._child.kill()
