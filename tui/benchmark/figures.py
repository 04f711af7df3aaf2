"""The lines above the table: progress, rates, patterns compared, gain by richness."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from core.bench.reports.words import interval, p_value
from core.bench.statistics import wilson
from core.bench.statistics.paired import mcnemar
from tui.benchmark.board import Board, Sample
from tui.visible import one_line
from tui.widgets.lines import Line, line

_PARTS = ("lean", "mid", "rich")
_BLOCKS = " ▁▂▃▄▅▆▇█"


@dataclass(slots=True)
class Clock:
    """Tells how long what is left takes, from what was finished since it was started."""

    begun: float
    first: int

    @classmethod
    def starting(cls, finished: int) -> "Clock":
        """A clock that starts now."""
        return cls(time.monotonic(), finished)

    def left(self, board: Board) -> str:
        """ "ETA 14 min", "" while that is not known."""
        made = board.finished - self.first
        if made < 3 or board.finished >= board.planned:
            return ""
        seconds = (time.monotonic() - self.begun) / made * (board.planned - board.finished)
        return f"ETA {seconds:.0f} s" if seconds < 90 else f"ETA {seconds / 60:.0f} min"


def progress_line(board: Board, clock: Clock, *, running: bool) -> Line:
    """Data set, patterns, count, bar."""
    share = board.finished / board.planned if board.planned else 0.0
    filled = round(share * 10)
    state = clock.left(board) if running else "finished" if board.finished >= board.planned else "stopped"
    return line(
        (board.dataset or "…", "strong"),
        f" · {' · '.join(board.patterns)}  ",
        (f"{'█' * filled}{'░' * (10 - filled)} ", "info"),
        f"{board.finished}/{board.planned} ",
        (state, "muted"),
        hang=2,
    )


def rates_line(board: Board) -> Line:
    """Each pattern's rate with its interval, and what it made of its drafts."""
    parts: list[str | tuple[str, str]] = []
    for pattern in board.patterns:
        done = of_pattern(board, pattern)
        passed = sum(bool(sample.passes) for sample in done)
        shown = interval(wilson(passed, len(done))) if done else "–"
        fixed, broke = (sum(sample.change == word for sample in done) for word in ("fixed", "broke"))
        parts += [" · " if parts else "", (f"{pattern} ", "muted"), (shown, "strong")]
        if fixed or broke:
            parts.append((f" (fixed {fixed}, broke {broke})", "muted"))
    return line(*parts, hang=2)


def compared_line(board: Board) -> Line:
    """The first pattern against the last, on the tasks that both have finished."""
    if len(board.patterns) < 2:
        return Line()
    before, after = board.patterns[0], board.patterns[-1]
    one, other = passing(board, before), passing(board, after)
    common = one.keys() & other.keys()
    fixed = sum(other[task] and not one[task] for task in common)
    broke = sum(one[task] and not other[task] for task in common)
    if not common:
        return Line()
    p = mcnemar(fixed, broke)
    telling = "" if p < 0.05 else ", not distinguishable"
    return line(
        f"{after} against {before}: ",
        (f"fixed {fixed}", "good"),
        " / ",
        (f"broke {broke}", "bad"),
        (f" of {len(common)}, {p_value(p)}{telling}", "muted"),
        hang=2,
    )


def richness_line(board: Board, richness: Mapping[str, float]) -> Line:
    """The same by thirds of richness, as bars with figures."""
    if len(board.patterns) < 2:
        return Line()
    one, other = passing(board, board.patterns[0]), passing(board, board.patterns[-1])
    tasks = sorted((one.keys() & other.keys()) & richness.keys(), key=lambda task: (richness[task], task))
    if len(tasks) < 9:
        return line(("gain by richness: too few tasks yet", "muted"))
    parts: list[str | tuple[str, str]] = [("gain by richness  ", "muted")]
    for number, name in enumerate(_PARTS):
        own = tasks[number * len(tasks) // 3 : (number + 1) * len(tasks) // 3]
        gain = 100 * sum(other[task] - one[task] for task in own) / len(own)
        block = _BLOCKS[min(8, max(1, round(abs(gain) / 5)))] if gain else " "
        parts.append((f"{name} {block} {gain:+.1f}   ", "good" if gain > 0 else "bad" if gain < 0 else "text"))
    return line(*parts, hang=2)


def of_pattern(board: Board, pattern: str) -> list[Sample]:
    """The finished samples of a pattern."""
    return [
        sample
        for (name, _, _), sample in board.samples.items()
        if name == pattern and sample.doing == "done" and sample.passes is not None
    ]


def passing(board: Board, pattern: str) -> dict[str, bool]:
    """Task to whether its first sample passes, of a pattern."""
    return {
        task: bool(sample.passes)
        for (name, task, number), sample in board.samples.items()
        if name == pattern and number == 0 and sample.doing == "done" and sample.passes is not None
    }


def cells(board: Board, task: str) -> tuple[str, ...]:
    """A row of the table: stage, a mark for every pattern, time, failure."""
    own = [board.samples.get((pattern, task, 0)) for pattern in board.patterns]
    doing = next((each.doing for each in own if each is not None and each.doing not in ("done", "waiting")), "")
    stage = doing or ("done" if all(each is not None and each.doing == "done" for each in own) else "waiting")
    seconds = sum(each.seconds or 0.0 for each in own if each is not None)
    failure = next(
        (each.failure or each.error for each in own if each is not None and (each.failure or each.error)), ""
    )
    return (stage, *(_mark(each) for each in own), f"{seconds:.1f}" if seconds else "", one_line(failure, 60))


def _mark(sample: Sample | None) -> str:
    if sample is None or sample.doing != "done":
        return "…" if sample is not None and sample.doing != "waiting" else ""
    if sample.passes is None:
        return "?"
    return f"{'✓' if sample.passes else '✗'}{f' {sample.change}' if sample.change else ''}"
