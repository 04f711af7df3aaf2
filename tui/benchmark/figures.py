"""The lines above the table: progress, a line for every pattern, gain by richness; and the cells of a row."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from core.bench.datasets.known import KNOWN, VARIANTS, problem_of
from core.bench.reports.by_variant import whole_problems
from core.bench.reports.words import interval, p_value, slope_words
from core.bench.statistics import Interval, Slope, holm, wilson
from core.bench.statistics.paired import mcnemar
from core.bench.statistics.terciles import FEWEST
from tui.benchmark.board import Board, Sample
from tui.benchmark.live import LiveBench
from tui.cli.bench_progress import span
from tui.visible import one_line
from tui.widgets.lines import Line, line

Part = str | tuple[str, str]
_THIRDS = ("lean", "mid", "rich")
_BLOCKS = "▁▂▃▄▅▆▇█"
_POINTS_PER_BLOCK = 2.5


def title_of(dataset: str) -> str:
    """The name of a data set as people write it."""
    return KNOWN[dataset].title if dataset in KNOWN else dataset


def progress_line(live: LiveBench) -> Line:
    """Data set, bar, counts, what is left, speed."""
    board, share = live.board, live.board.share
    filled = round(share * 10)
    parts: list[Part] = [
        (title_of(board.dataset) or "…", "strong"),
        (f" {len(board.tasks)} tasks · {one_line(board.pair, 30)}  ", "muted"),
        (f"{'█' * filled}{'░' * (10 - filled)} ", "info"),
        f"{100 * share:.0f} %",
        (f"  {board.finished}/{board.planned}", "muted"),
    ]
    if live.running:
        left = live.clock.left(share)
        parts.append(f"  ETA {span(left)}" if left is not None else ("  ETA …", "muted"))
        if board.generated and live.clock.seconds > 1:
            parts.append((f"  {board.generated / live.clock.seconds:.0f} tok/s", "muted"))
    elif board.planned:
        parts.append(("  finished", "good") if board.finished >= board.planned else ("  stopped", "warn"))
    return line(*parts, hang=2)


def pattern_lines(live: LiveBench) -> list[Line]:
    """A line for every pattern: its rate with its interval, and what it is against the first one."""
    board = live.board
    shares = {pattern: passing(board, pattern) for pattern in board.patterns}
    width = max((len(pattern) for pattern in board.patterns), default=0)
    against = _settled(live) or _so_far(board, shares)
    made = []
    for pattern in board.patterns:
        own = shares[pattern]
        parts: list[Part] = [f"{pattern:<{width}}  ", (_rate(board, own), "strong")]
        if pattern != board.patterns[0]:
            parts += against.get(pattern, ())
        made.append(line(*parts, hang=2))
    return made


def _rate(board: Board, own: Mapping[str, float]) -> str:
    if not own:
        return "–"
    passed = sum(own.values())
    if not _independent(board):  # the interval of several samples a task is worked out with the report
        return f"{100 * passed / len(own):.1f}"
    return interval(wilson(round(passed), len(own)))


def _independent(board: Board) -> bool:
    """Whether every task is one sample, and no two tasks are of one problem."""
    return board.per_task == 1 and board.dataset != "paired"


def _so_far(board: Board, shares: Mapping[str, Mapping[str, float]]) -> dict[str, list[Part]]:
    """Each pattern against the first, on the tasks that both have finished; of a paired run, on the problems."""
    if board.dataset == "paired":
        shares = {pattern: _by_problem(own) for pattern, own in shares.items()}
    counts: dict[tuple[str, str], tuple[int, int, int]] = {}
    for before, after in combinations(board.patterns, 2):
        one, other = shares[before], shares[after]
        if both := one.keys() & other.keys():
            fixed = sum(other[task] > one[task] for task in both)
            broke = sum(other[task] < one[task] for task in both)
            counts[before, after] = fixed, broke, len(both)
    single = _independent(board)
    ps = dict(zip(counts, holm([mcnemar(fixed, broke) for fixed, broke, _ in counts.values()]), strict=True))
    made: dict[str, list[Part]] = {}
    for (before, after), (fixed, broke, common) in counts.items():
        if before != board.patterns[0]:
            continue
        one, other = shares[before], shares[after]
        gain = sum(other[task] - one[task] for task in one.keys() & other.keys()) / common
        made[after] = _against(before, fixed, broke, f"{100 * gain:+.1f}")
        if single:
            p = ps[before, after]
            made[after].append((f", {p_value(p)}{'' if p < 0.05 else ', not distinguishable'}", "muted"))
    return made


def _by_problem(own: Mapping[str, float]) -> dict[str, float]:
    """The mean over the specs of every problem that is finished under all of them, as the report has it."""
    means = {}
    for tasks in whole_problems(set(own)):
        name = problem_of(next(iter(tasks.values())))
        means[name] = sum(own[task] for task in tasks.values()) / len(tasks)
    return means


def _settled(live: LiveBench) -> dict[str, list[Part]]:
    """The same from the report, with intervals."""
    if live.report is None:
        return {}
    made: dict[str, list[Part]] = {}
    for pair in live.report["pairs"]:
        if pair["before"] == live.board.patterns[0]:
            paired = pair["paired"]
            points = interval(Interval(**paired["difference"]), signed=True)
            made[pair["after"]] = _against(pair["before"], paired["fixed"], paired["broke"], points)
            telling = "" if pair["distinguishable"] else ", not distinguishable"
            made[pair["after"]].append((f", {p_value(pair['p_holm'])}{telling}", "muted"))
    return made


def _against(before: str, fixed: int, broke: int, points: str) -> list[Part]:
    return [
        (f"  vs {before} ", "muted"),
        (f"fixed {fixed}", "good" if fixed else "text"),
        " / ",
        (f"broke {broke}", "bad" if broke else "text"),
        f"  {points}",
    ]


def richness_line(live: LiveBench) -> Line:
    """The gain of a pattern over the first one in thirds of the tasks by the richness of their specs."""
    board = live.board
    if len(board.patterns) < 2:
        return Line()
    before = board.patterns[0]
    after = "review-then-fix" if "review-then-fix" in board.patterns[1:] else board.patterns[-1]
    name = f"gain by richness, {after}  " if len(board.patterns) > 2 else "gain by richness  "
    if board.dataset == "paired":
        return _by_variant(live, name, before, after)
    thirds = _settled_thirds(live, before, after) or _thirds_so_far(live, before, after)
    if not thirds:
        return line((f"{name}needs {FEWEST} finished tasks", "muted"))
    return line(*_bars(name, thirds), hang=2)


def _by_variant(live: LiveBench, name: str, before: str, after: str) -> Line:
    """The same for the paired set: the same problems by variant, and the slope once the run is reported."""
    pairs: Sequence[Mapping[str, Any]] = live.report["pairs"] if live.report is not None else ()
    own = [pair for pair in pairs if (pair["before"], pair["after"]) == (before, after)]
    told = own[0].get("by_variant") if own else None
    if told is not None:
        gains = [(each["variant"], each["gain"]["value"], Interval(**each["gain"])) for each in told["variants"]]
        parts = _bars(name, [(part, 100 * gain, interval(shown, signed=True)) for part, gain, shown in gains])
        slope = Slope(**told["slope"]) if told["slope"] else None
        return line(*parts, (slope_words(slope), "text" if slope and slope.claimed else "muted"), hang=2)
    one, other = passing(live.board, before), passing(live.board, after)
    problems = whole_problems(one.keys() & other.keys())
    if not problems:
        return line((f"{name}needs a problem whose three specs are finished", "muted"))
    made = []
    for variant in VARIANTS:
        tasks = [problem[variant] for problem in problems]
        gain = 100 * sum(other[task] - one[task] for task in tasks) / len(tasks)
        made.append((variant, gain, f"{gain:+.1f}"))
    return line(*_bars(name, made), hang=2)


def _bars(name: str, gains: Sequence[tuple[str, float, str]]) -> list[Part]:
    parts: list[Part] = [(name, "muted")]
    # Whatever the gains are, the largest fits.
    step = max(_POINTS_PER_BLOCK, max((abs(gain) for _, gain, _ in gains), default=0.0) / (len(_BLOCKS) - 1))
    for part, gain, shown in gains:
        tone = "good" if gain > 0 else "bad" if gain < 0 else "text"
        block = _BLOCKS[min(len(_BLOCKS) - 1, int(abs(gain) / step))]
        parts += [f"{part} ", (f"{block} {shown}   ", tone)]
    return parts


def _settled_thirds(live: LiveBench, before: str, after: str) -> list[tuple[str, float, str]]:
    pairs: Sequence[Mapping[str, Any]] = live.report["pairs"] if live.report is not None else ()
    for pair in pairs:
        if (pair["before"], pair["after"]) == (before, after):
            gains = [(third["part"], Interval(**third["gain"])) for third in pair["terciles"]]
            return [(part, 100 * gain.value, interval(gain, signed=True)) for part, gain in gains]
    return []


def _thirds_so_far(live: LiveBench, before: str, after: str) -> list[tuple[str, float, str]]:
    one, other, richness = passing(live.board, before), passing(live.board, after), live.richness
    tasks = sorted((one.keys() & other.keys()) & richness.keys(), key=lambda task: (richness[task], task))
    if len(tasks) < FEWEST:
        return []
    made = []
    for number, part in enumerate(_THIRDS):
        own = tasks[number * len(tasks) // 3 : (number + 1) * len(tasks) // 3]
        gain = 100 * sum(other[task] - one[task] for task in own) / len(own)
        made.append((part, gain, f"{gain:+.1f}"))
    return made


def passing(board: Board, pattern: str) -> dict[str, float]:
    """Task to the share of its judged samples that pass."""
    found: dict[str, list[bool]] = {}
    for (name, task, _), sample in board.samples.items():
        if name == pattern and sample.decided:
            found.setdefault(task, []).append(bool(sample.passes))
    return {task: sum(own) / len(own) for task, own in found.items()}


# Rows

Cell = tuple[str, str]
"""Text and tone."""


def cells(board: Board, task: str) -> tuple[Cell, ...]:
    """A row: stage, a mark for every pattern, tokens a second, seconds, what went wrong."""
    own = {pattern: list(board.of(pattern, task)) for pattern in board.patterns}
    begun = [each for samples in own.values() for each in samples if each is not None]
    tokens, seconds = sum(each.tokens for each in begun), sum(each.seconds for each in begun)
    wrong = next((each.failure or each.error for each in reversed(begun) if each.failure or each.error), "")
    stage = _stage([each for samples in own.values() for each in samples])
    return (
        (stage, "muted" if stage in ("done", "waiting") else "bad" if stage == "failed" else "info"),
        *(_mark(samples) for samples in own.values()),
        (f"{tokens / seconds:.0f}" if tokens and seconds else "", "muted"),
        (f"{seconds:.1f}" if seconds else "", "muted"),
        (one_line(wrong, 80), "text"),
    )


def _stage(samples: Sequence[Sample | None]) -> str:
    doing = [each.doing for each in samples if each is not None and each.doing not in ("done", "waiting")]
    if not doing:
        return "done" if all(each is not None and each.doing == "done" for each in samples) else "waiting"
    # Of the patterns of a task the one that a model works on tells most.
    return next((each for each in doing if each not in ("started", "failed")), doing[0])


def _mark(samples: Sequence[Sample | None]) -> Cell:
    done = [each for each in samples if each is not None and each.doing == "done"]
    if len(samples) > 1:
        decided = [each for each in done if each.decided]
        passed = sum(bool(each.passes) for each in decided)
        return (f"{passed}/{len(decided)}", _tone(passed == len(decided), passed == 0)) if decided else ("", "text")
    if not done:
        under_way = samples[0] is not None and samples[0].doing not in ("waiting", "failed")
        return ("…" if under_way else "", "muted")
    (sample,) = done
    if sample.passes is None:
        return ("? not judged", "warn")
    change = f" {sample.change}" if sample.change else ""
    return (f"{'✓' if sample.passes else '✗'}{change}", _tone(sample.passes, not sample.passes))


def _tone(good: bool, bad: bool) -> str:
    return "good" if good else "bad" if bad else "text"
