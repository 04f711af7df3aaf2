"""TC705 and TC706: run the drafts of a spec in the sandbox and hold their results against its examples, and each other.

Only drafts that load count, and of equal programs only one. Two that differ are needed for any finding.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzers.locate import head_span
from analyzers.rules import find_rule
from analyzers.rules.consistency import may_give_many
from analyzers.rules.model import LintFinding
from analyzers.spec import Span
from analyzers.subject import UNKNOWN, Raises, Subject, Trial
from core.deep.drafts import Draft, different
from core.deep.inputs import generated_calls
from core.deep.readings import Reading, agree, reading
from core.patterns.candidates import example_case
from core.sandbox import Case, CaseResult, Limits, run_cases

CONTRADICTED = "TC705"
DIVERGING = "TC706"
DEEP_CODES = frozenset({CONTRADICTED, DIVERGING})

_LIMITS = Limits(case_seconds=3.0, total_seconds=20.0)
_MOST_EXAMPLES = 60
_MOST_QUESTIONS = 3
"""Divergent inputs that are tried again alone until one is confirmed."""
_MANY = 3
"""Different drafts that are evidence even if they pass no example."""
_SHOWN = 80
_AT_THE_EDGE = re.compile(r"\[\]|\(\)|\{\}|''|(?<![\w.])0(?:\.0)?(?![\w.])|-\d")
"""A call with something empty, zero or negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepResult:
    """Findings in the order of the text. ``note`` says why nothing could be compared, "" if it could."""

    findings: tuple[LintFinding, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    """A draft that loads. ``examples`` in the order of the spec, ``values`` by index of the trial's example."""

    draft: Draft
    examples: tuple[CaseResult, ...]
    values: dict[int, CaseResult]
    generated: tuple[CaseResult, ...]


async def deep_findings(
    subject: Subject,
    drafts: Sequence[Draft],
    codes: Iterable[str],
    *,
    index: int | None = None,
    limits: Limits = _LIMITS,
) -> DeepResult:
    """What ``drafts`` say of their spec.

    Args:
        subject: The spec.
        drafts: Programs for it, written independently of each other.
        codes: Which of the deep rules are on.
        index: Of the spec in its file, for the findings.
        limits: For each draft's run.

    Raises:
        SandboxError: nothing could be run.
    """
    wanted = DEEP_CODES & set(codes)
    if not wanted:
        return DeepResult()
    if may_give_many(subject):
        return DeepResult(note="its text lets one input have several results, so drafts cannot be compared")
    programs = different(drafts)
    if len(programs) < 2:
        what = "there is no draft" if not drafts else "there is one draft" if len(drafts) == 1 else "all drafts are one"
        return DeepResult(note=f"{what}, and it takes two different ones")
    calls = generated_calls(subject) if DIVERGING in wanted else ()
    ran = [found for draft in programs if (found := await _run(subject, draft, calls, limits)) is not None]
    if len(ran) < 2:
        return DeepResult(note="fewer than two different drafts can be loaded")
    disputed = dict(_contradictions(subject, ran))
    findings = []
    if CONTRADICTED in wanted:
        findings += [
            _finding(CONTRADICTED, message, subject.spec.examples[at].span, index) for at, message in disputed.items()
        ]
    if DIVERGING in wanted:
        question = await _question(ran, calls, set(disputed), limits)
        if question is not None:
            findings.append(_finding(DIVERGING, question, head_span(subject.spec), index))
    return DeepResult(findings=tuple(sorted(findings, key=lambda finding: (finding.span.start, finding.code))))


async def _run(subject: Subject, draft: Draft, calls: Sequence[str], limits: Limits) -> _Ran | None:
    examples = subject.spec.examples[:_MOST_EXAMPLES]
    asserted = {id(trial.example): trial for trial in subject.trials if trial.example.kind == "assert"}
    cases: list[Case] = []
    where: list[tuple[int, bool]] = []
    for at, example in enumerate(examples):
        cases.append(example_case(example))
        where.append((at, False))
        if (trial := asserted.get(id(example))) is not None:
            # An assert says that it failed and not what the call gave.
            cases.append(Case(kind="observe", source=trial.call, group=example.group))
            where.append((at, True))
    apart = max((case.group for case in cases), default=-1) + 1
    report = await run_cases(
        draft.code, [*cases, *(Case(kind="observe", source=call, group=apart) for call in calls)], limits
    )
    if report.load_error is not None:
        return None
    results = list(zip(where, report.results, strict=False))
    checked = tuple(result for (_, extra), result in results if not extra)
    values = {at: result for (at, _), result in results if examples[at].kind != "assert"}
    values |= {at: result for (at, extra), result in results if extra}
    return _Ran(draft=draft, examples=checked, values=values, generated=report.results[len(cases) :])


def _contradictions(subject: Subject, ran: Sequence[_Ran]) -> Iterator[tuple[int, str]]:
    """Indices of the examples that every draft fails in the same way, each with what to say of it."""
    trials = {id(trial.example): trial for trial in subject.trials if trial.outcome is not UNKNOWN}
    found = []
    for at, example in enumerate(subject.spec.examples[:_MOST_EXAMPLES]):
        trial = trials.get(id(example))
        if trial is None or any(one.examples[at].outcome == "pass" for one in ran):
            continue
        readings = [reading(one.values[at]) for one in ran]
        first = readings[0]
        if first is None or not all(other is not None and agree(first, other) for other in readings[1:]):
            continue
        # That drafts stumble over an input in the same way is no reading, unless they refuse it on purpose.
        if first.raised is None or first.raised == "ValueError" or first.raised.lower() in subject.prose:
            found.append((at, trial, first))
    # Drafts that pass nothing at all may not have understood the spec: two of them are then no evidence. With
    # one example there is no way to tell.
    understood = all(any(result.outcome == "pass" for result in one.examples) for one in ran)
    if len(subject.distinct_trials) > 1 and not understood and len(ran) < _MANY:
        return
    for at, trial, first in found:
        yield at, _contradiction(trial, first, len(ran))


def _contradiction(trial: Trial, first: Reading, count: int) -> str:
    drafts = "Both drafts" if count == 2 else f"All {count} drafts"
    said = f"raises {trial.outcome.name}" if isinstance(trial.outcome, Raises) else _cut(trial.want)
    does = f"{first}" if first.raised else f"give {first}"
    return f"{drafts}, written independently, {does} for {_cut(trial.call)}, and the example says {said}."


async def _question(ran: Sequence[_Ran], calls: Sequence[str], disputed: set[int], limits: Limits) -> str | None:
    """What to ask about the first input that drafts which pass the examples read in different ways."""
    sound = [
        one for one in ran if all(result.outcome == "pass" or at in disputed for at, result in enumerate(one.examples))
    ]
    if len(sound) < 2:
        return None
    tried = 0
    for number, call in enumerate(calls):
        if not _differ(call, [reading(one.generated[number]) for one in sound]):
            continue
        # The calls shared a namespace; only a fresh one shows that it was not an earlier call that made the difference.
        tried += 1
        alone = [await run_cases(one.draft.code, [Case(kind="observe", source=call)], limits) for one in sound]
        groups = _differ(call, [reading(report.results[0]) for report in alone])
        if groups:
            return f"For {_cut(call)} drafts {_listed(groups)}: which is meant?"
        if tried == _MOST_QUESTIONS:
            break
    return None


def _differ(call: str, readings: Iterable[Reading | None]) -> list[tuple[Reading, int]]:
    """The different readings, the most frequent first, with their counts; [] if there is no question to ask."""
    groups: list[tuple[Reading, int]] = []
    for one in readings:
        # To run over the end of an empty list is what a draft does that did not think of it; of others, a mistake.
        if one is None or (one.raised in ("IndexError", "KeyError") and not _AT_THE_EDGE.search(call)):
            continue
        for number, (known, count) in enumerate(groups):
            if agree(known, one):
                groups[number] = (known, count + 1)
                break
        else:
            groups.append((one, 1))
    # Which exception it is matters less than whether it is one.
    if len(groups) < 2 or all(known.raised for known, _ in groups):
        return []
    return sorted(groups, key=lambda group: (-group[1], group[0].raised is not None))


def _listed(groups: Sequence[tuple[Reading, int]]) -> str:
    """ "return 0, None or raise IndexError"; at most three of them."""
    shown = sorted((known for known, _ in groups[:3]), key=lambda known: known.raised is not None)
    parts = [str(known) for known in shown]
    first = ", ".join(parts[:-1])
    more = f" (and {len(groups) - 3} more results)" if len(groups) > 3 else ""
    return f"return {first} or {parts[-1]}{more}"


def _finding(code: str, message: str, span: Span, index: int | None) -> LintFinding:
    rule = find_rule(code)
    return LintFinding(
        code=code, severity=rule.severity, message=message, hint=rule.hint, span=span, fix=None, spec=index
    )


def _cut(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
