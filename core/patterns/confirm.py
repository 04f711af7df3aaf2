"""Sort a reviewer's claims by running them: what reproduces and why it counts (docs/patterns.md).

A claim that does not reproduce is *unconfirmed*. One that reproduces shows only that code and reviewer disagree; it
is *proven* if the code gives no result where the spec defines one, or fails a visible example; *supported* if a second
answer, given the spec and not the code, agrees with the reviewer; otherwise *disputed*.
"""

import ast
import dataclasses
import re
from dataclasses import dataclass

from analyzers.expectations import contradicts_annotation, raised_name, same_expectation, same_expression
from analyzers.pysource import parse_expression, parse_module
from analyzers.spec import Spec
from core.engines.protocol import Role
from core.events import Finding, FindingStatus
from core.patterns import prompts
from core.patterns.candidates import Checked
from core.patterns.pipeline import Pipeline
from core.review import Claim, parse_expectation
from core.sandbox import Case, CaseResult, run_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding with its final status, and the case that reproduces it (None if it cannot be run)."""

    finding: Finding
    case: Case | None
    why: str = ""

    @property
    def actionable(self) -> bool:
        """Whether the fixer is told of it."""
        return self.finding.status in ("proven", "supported", "requested")


def announce(p: Pipeline, checked: Checked, claims: tuple[Claim, ...], *, round: int, critic: Role) -> list[Finding]:
    """Emit each claim as a finding that is being checked."""
    findings = []
    for number, claim in enumerate(claims, start=1):
        finding = Finding(
            id=f"{checked.label} r{round}.{number}",
            candidate=checked.label,
            round=round,
            title=claim.title or "a defect without a title",
            citation=claim.citation,
            call=claim.call,
            expected=claim.expected,
            status="checking",
            origin=critic,
        )
        p.emit(finding)
        findings.append(finding)
    return findings


async def confirm(
    p: Pipeline, checked: Checked, claims: tuple[Claim, ...], *, round: int, critic: Role
) -> tuple[Judged, ...]:
    """Announce and judge ``claims`` about ``checked``; every finding is emitted again with its status."""
    findings = announce(p, checked, claims, round=round, critic=critic)
    runnable = {
        index: Case(kind="value", source=claim.call, want=claim.expected, group=index)
        for index, claim in enumerate(claims)
        if objection(p.spec, claim) is None
    }
    results: dict[int, CaseResult] = {}
    if runnable and checked.code is not None:
        report = await run_cases(checked.code, tuple(runnable.values()), p.limits)
        results = dict(zip(runnable, report.results, strict=True))
    judged = []
    for index, (claim, finding) in enumerate(zip(claims, findings, strict=True)):
        result = results.get(index)
        if result is None:
            status: FindingStatus = "unconfirmed"
            reason = objection(p.spec, claim) or "there is no code to run it on"
        else:
            status, reason = await _judge(p, checked, claim, result, round=round, critic=critic)
        final = dataclasses.replace(
            finding,
            status=status,
            reason=reason,
            got=result.got if result else "",
            line=result.line if result else None,
        )
        p.emit(final)
        judged.append(Judged(finding=final, case=runnable.get(index), why=claim.why))
    return tuple(judged)


def objection(spec: Spec, claim: Claim) -> str | None:
    """Why a claim cannot be run, or need not be; None if it should be run."""
    if not claim.call:
        return "it gives no input that could be run"
    call = parse_expression(claim.call)
    if call is None:
        return "its input is not a Python expression"
    if not claim.expected:
        return "it does not say what is expected"
    if raised_name(claim.expected) is None and parse_expression(claim.expected) is None:
        return "its expected result is not a Python literal"
    if spec.name and not any(isinstance(node, ast.Name) and node.id == spec.name for node in ast.walk(call)):
        return f"its input does not call {spec.name}"
    for example_call, want in visible_pairs(spec):
        if same_expression(claim.call, example_call) and not same_expectation(claim.expected, want):
            gives = want if raised_name(want) else f"gives {want}"
            return f"it contradicts the example in the spec: {example_call} {gives}"
    return _outside_the_types(spec, call)


def _outside_the_types(spec: Spec, call: ast.expr) -> str | None:
    """A sentence if a literal argument certainly has not the annotated type: the spec says nothing about it."""
    signature = spec.signature
    if signature is None or signature.kind != "function":
        return None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == signature.name):
        return None
    by_name = {parameter.name: parameter for parameter in signature.parameters}
    given = list(zip(signature.parameters, call.args, strict=False))
    given += [(by_name[word.arg], word.value) for word in call.keywords if word.arg in by_name]
    for parameter, value in given:
        if parameter.kind in ("varargs", "varkw") or isinstance(value, ast.Starred):
            return None
        if contradicts_annotation(ast.unparse(value), parameter.annotation):
            return f"its input is outside the spec: {parameter.name} is {parameter.annotation}"
    return None


async def _judge(
    p: Pipeline, checked: Checked, claim: Claim, result: CaseResult, *, round: int, critic: Role
) -> tuple[FindingStatus, str]:
    if result.outcome == "pass":
        return "unconfirmed", f"it does not reproduce: the code already gives {result.got or claim.expected}"
    if result.outcome == "not_run":
        return "unconfirmed", "the sandbox had no time left to run it"
    for example_call, want in visible_pairs(p.spec):
        if same_expression(claim.call, example_call) and same_expectation(claim.expected, want):
            return "proven", "the code fails this example of the spec"
    cited = is_cited(p.spec, claim.citation)
    no_result = result.outcome in ("error", "timeout", "crash")
    if no_result and cited and raised_name(claim.expected) is None:
        what = f"raises {result.exception}" if result.exception else _NO_RESULT.get(result.outcome, "gives no result")
        return "proven", f"the code {what} where the spec defines a result"
    answer = await p.ask(
        "opinion",
        critic,
        prompts.messages("opinion", spec=p.told, call=claim.call),
        round=round,
        candidate=checked.label,
    )
    second = parse_expectation(answer)
    if second and same_expectation(second, claim.expected):
        return "supported", "a second reading of the spec, without the code, expects the same"
    if second:
        return "disputed", f"a second reading of the spec expects {second}"
    return "disputed", "a second reading of the spec found no answer in it"


_NO_RESULT = {"timeout": "does not finish", "crash": "ends the interpreter"}


def visible_pairs(spec: Spec) -> tuple[tuple[str, str], ...]:
    """Call and expected result of every visible example that has that form."""
    pairs = []
    for example in spec.examples:
        if example.want is not None:
            pairs.append((example.source.strip(), _raised(example.want.strip())))
            continue
        tree = parse_module(example.source)
        match tree.body if tree else []:
            case [ast.Assert(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]))]:
                pairs.append((ast.unparse(left), ast.unparse(right)))
    return tuple(pairs)


def _raised(want: str) -> str:
    """A doctest's traceback as the expectation "raises NAME"; anything else as it is."""
    if not want.startswith("Traceback (most recent call last)"):
        return want
    return "raises " + want.splitlines()[-1].split(":", 1)[0]


_WORD = re.compile(r"\w+")


def is_cited(spec: Spec, citation: str) -> bool:
    """Whether ``citation`` stands in the spec: its words, in order, marks and case aside; at least three words."""
    words = _WORD.findall(citation.lower())
    if len(words) < 3:
        return False
    return f" {' '.join(words)} " in f" {' '.join(_WORD.findall(spec.text.lower()))} "
