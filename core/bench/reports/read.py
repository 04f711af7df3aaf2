"""From stored results to figures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from core.bench.datasets.known import paired_parts, problem_of
from core.bench.reports.by_variant import gain_by_variant
from core.bench.reports.records import Cost, PairReport, PatternReport, RunReport
from core.bench.reports.taxonomy import failure_of
from core.bench.statistics import Paired, compare_paired, gain_by_richness, holm, pass_at_k, wilson
from core.bench.statistics.intervals import Interval, bootstrap_mean
from core.bench.store import Result, Store, StoredRun

_AT = (1, 5, 10, 100)


def read_run(store: Store, run: str) -> RunReport:
    """The figures of a stored run; see ``Store.run`` for ``run``.

    Raises:
        UsageError: There is no such run.
        StoreError: The store cannot be read.
    """
    stored = store.run(run)
    return report_of(stored, store.results(stored))


def report_of(run: StoredRun, results: Sequence[Result]) -> RunReport:
    """The figures of ``results``, finished samples of ``run``; those that are not judged count nowhere."""
    by_pattern = {name: [each for each in results if each.key.pattern == name] for name in run.config.patterns}
    patterns = tuple(_pattern(run, name, own) for name, own in by_pattern.items())
    return RunReport(run=run, patterns=patterns, pairs=_pairs(by_pattern), notes=notes_of(run, results))


def notes_of(run: StoredRun, results: Sequence[Result]) -> tuple[str, ...]:
    """What must be said beside every figure of a run."""
    config, found = run.config, []
    if config.scripted:
        found.append(
            "The answers are SCRIPTED (the demo pair): no model ran, and the figures say nothing about models."
        )
    if not run.complete:
        found.append(
            f"The run is unfinished: {run.finished} of {run.planned} samples. Patterns are compared on the tasks that "
            "both have finished."
        )
    if unjudged := sum(not each.judged for each in results):
        found.append(f"{unjudged} samples are not judged and count nowhere.")
    if any(name.startswith("limits") for name in (config.sandbox, *(node.sandbox for node in run.nodes))):
        found.append("The code was judged in the weakest sandbox, by consent.")
    if any(each.draft_verdict is not None and each.draft_verdict.problem for each in results):
        found.append("The judge failed on some samples; they count nowhere.")
    return tuple(found)


def rates(results: Iterable[Result]) -> dict[str, float]:
    """Task to the share of its judged samples that pass."""
    passed: defaultdict[str, list[bool]] = defaultdict(list)
    for each in results:
        if settled(each):
            passed[each.key.task].append(each.passes)
    return {task: sum(own) / len(own) for task, own in passed.items()}


def by_problem(by_task: Mapping[str, float]) -> dict[str, float]:
    """Problem to the mean of its tasks: the specs of a paired problem are not independent of each other."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for task, share in by_task.items():
        found[problem_of(task)].append(share)
    return {problem: sum(own) / len(own) for problem, own in found.items()}


def compared(before: Mapping[str, float], after: Mapping[str, float]) -> Paired:
    """The shares of the same tasks before and after; tasks of a paired problem count as that problem. Raises ValueError
    where the tasks differ, or there are none."""
    found = compare_paired(by_problem(before), by_problem(after))
    return replace(found, unit="problem") if any(paired_parts(task) for task in before) else found


def settled(result: Result) -> bool:
    """Whether the sample is judged, and the judge did not fail on it."""
    verdicts = (result.draft_verdict, result.final_verdict)
    return result.judged and all(verdict is None or verdict.problem is None for verdict in verdicts)


def _pattern(run: StoredRun, name: str, results: Sequence[Result]) -> PatternReport:
    judged = [each for each in results if settled(each)]
    passed = sum(each.passes for each in judged)
    by_task = rates(judged)
    failures = Counter(kind for each in judged if (kind := failure_of(each)) is not None)
    findings: Counter[str] = Counter()
    for each in judged:
        findings.update(each.summary.findings)
    return PatternReport(
        pattern=name,
        tasks=len(by_task),
        samples=len(judged),
        passed=passed,
        rate=_rate(by_problem(by_task), passed, len(judged)),
        base_rate=_share(
            sum(each.final_verdict is not None and each.final_verdict.passes_base for each in judged), judged
        ),
        # A draft that held no code is a draft that fails.
        draft_rate=_share(sum(each.draft_passes for each in judged), judged),
        fixed=sum(each.passes and not each.draft_passes for each in judged),
        broke=sum(each.draft_passes and not each.passes for each in judged),
        failures=dict(failures.most_common()),
        findings=dict(findings),
        at_k=_at_k(judged),
        cost=_cost(judged, passed, run.config.usd_per_hour),
        truncated=sum(each.summary.truncated for each in judged),
        timed_out=sum(each.final_verdict is not None and each.final_verdict.timed_out for each in judged),
        flagged=tuple(
            sorted({each.key.task for each in judged if each.final_verdict and each.final_verdict.integrity})
        ),
        unjudged=len(results) - len(judged),
    )


def _rate(by_task: Mapping[str, float], passed: int, samples: int) -> Interval | None:
    if not by_task:
        return None
    return wilson(passed, samples) if samples == len(by_task) else bootstrap_mean(list(by_task.values()))


def _share(count: int, of: Sequence[Result]) -> float | None:
    return count / len(of) if of else None


def _at_k(judged: Sequence[Result]) -> dict[int, float]:
    """pass@k for every k of the usual ones that each task has samples for."""
    counts: defaultdict[str, list[bool]] = defaultdict(list)
    for each in judged:
        counts[each.key.task].append(each.passes)
    fewest = min((len(own) for own in counts.values()), default=0)
    return {
        k: sum(pass_at_k(len(own), sum(own), k) for own in counts.values()) / len(counts) for k in _AT if k <= fewest
    }


def _cost(judged: Sequence[Result], passed: int, usd_per_hour: float) -> Cost:
    uses = [use for each in judged for use in each.summary.stages]
    prompt = sum(use.prompt_tokens or 0 for use in uses)
    completion = sum(use.completion_tokens or 0 for use in uses)
    seconds = sum(use.seconds for use in uses)
    usd = seconds / 3600 * usd_per_hour
    per = None
    if passed:
        per = Cost(
            prompt_tokens=round(prompt / passed),
            completion_tokens=round(completion / passed),
            seconds=seconds / passed,
            usd=usd / passed,
        )
    return Cost(prompt_tokens=prompt, completion_tokens=completion, seconds=seconds, usd=usd, per_solved=per)


def _pairs(by_pattern: Mapping[str, Sequence[Result]]) -> tuple[PairReport, ...]:
    """Every two patterns on the tasks that both have finished, the earlier named one first."""
    passing = {name: rates(results) for name, results in by_pattern.items()}
    richness = {
        each.key.task: each.summary.richness
        for results in by_pattern.values()
        for each in results
        if each.summary.richness is not None
    }
    found = []
    for before, after in combinations(by_pattern, 2):
        common = passing[before].keys() & passing[after].keys()
        if common:
            one, other = ({task: passing[name][task] for task in sorted(common)} for name in (before, after))
            paired_gain = gain_by_variant(one, other, richness)
            # Thirds of the paired set would be its variants again, and would forget which specs are of one problem.
            thirds = () if paired_gain else gain_by_richness(one, other, richness)
            found.append((before, after, compared(one, other), thirds, paired_gain))
    adjusted = holm([paired.p for _, _, paired, _, _ in found])
    return tuple(
        PairReport(before=before, after=after, paired=paired, p_holm=p, terciles=terciles, by_variant=by_variant)
        for (before, after, paired, terciles, by_variant), p in zip(found, adjusted, strict=True)
    )
