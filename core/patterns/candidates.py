"""From an answer to code that has been checked: extract, then run the spec's visible examples on it."""

import ast
import difflib
import itertools
import time
from dataclasses import dataclass

from analyzers.complexity import branch_coverage
from analyzers.pysource import parse_module
from analyzers.spec import Example, Spec
from core.engines.protocol import Role
from core.events import Candidate, CheckResult, ChecksFinished, Event, Notice
from core.extraction import Extraction, code_as_written, extract_code
from core.patterns.pipeline import Pipeline
from core.sandbox import Case, CaseResult, Limits, run_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A candidate with what its checks gave.

    ``code`` is None if the answer held no program that parses; ``written`` is what stood in its place, ``problem``
    says what is wrong with it. ``results`` are in the order of the spec's examples, ``extra`` in the order of the
    cases asked for.
    """

    label: str
    role: Role
    code: str | None
    written: str
    problem: str | None
    results: tuple[CaseResult, ...] = ()
    extra: tuple[CaseResult, ...] = ()
    load_error: str | None = None

    @property
    def shown(self) -> str:
        """The code, or what was written in its place: what a prompt quotes."""
        return self.code if self.code is not None else self.written

    @property
    def loads(self) -> bool:
        """Whether there is code and it could be executed."""
        return self.code is not None and self.load_error is None

    @property
    def passed(self) -> frozenset[int]:
        """Indices of the visible examples that it passes."""
        return frozenset(index for index, result in enumerate(self.results) if result.outcome == "pass")

    @property
    def all_pass(self) -> bool:
        """Whether it loads and passes every visible example."""
        return self.loads and len(self.passed) == len(self.results)


def example_case(example: Example) -> Case:
    """The sandbox case for a visible example."""
    if example.kind in ("arrow", "table"):
        return Case(kind="value", source=example.source, want=example.want, group=example.group)
    if example.kind == "doctest" and example.want is not None:
        return Case(kind="doctest", source=example.source, want=example.want, group=example.group)
    return Case(kind="assert", source=example.source, group=example.group)


async def take_candidate(
    p: Pipeline, label: str, role: Role, answer: str, *, base: Checked | None = None, extra: tuple[Case, ...] = ()
) -> Checked:
    """Extract the code of ``answer``, announce it, and run the visible examples and ``extra`` cases on it.

    ``base`` is the code that a fix was made from: its imports stay available, so that a fix that was given
    without them is not refused for that.
    """
    imports = _imports(base.code) if base is not None and base.code is not None else ""
    found = extract_program(p.spec, answer, imports=imports)
    problem = f"{found.problem}: {found.detail}" if found.problem and found.detail else found.problem
    p.emit(Candidate(candidate=label, role=role, code=found.code, problem=problem, notes=found.notes))
    if found.code is None:
        written = code_as_written(answer, entry_point=p.spec.name)
        return Checked(label=label, role=role, code=None, written=written, problem=problem)
    checked, events = await check_examples(
        p.spec, label, role, found.code, problem=problem, limits=p.limits, extra=extra
    )
    for event in events:
        p.emit(event)
    if base is None:
        _tell_coverage(p, label, found.code)
    return checked


async def check_examples(
    spec: Spec,
    label: str,
    role: Role,
    code: str,
    *,
    limits: Limits,
    problem: str | None = None,
    extra: tuple[Case, ...] = (),
) -> tuple[Checked, tuple[Event, ...]]:
    """Run the visible examples of ``spec`` and ``extra`` cases on ``code``; the result, and the events that tell it.

    Raises:
        SandboxError: the sandbox cannot be set up.
    """
    examples = tuple(example_case(example) for example in spec.examples)
    begun = time.monotonic()
    report = await run_cases(code, (*examples, *_apart(examples, extra)), limits)
    checked = Checked(
        label=label,
        role=role,
        code=code,
        written=code,
        problem=problem,
        results=report.results[: len(examples)],
        extra=report.results[len(examples) :],
        load_error=report.load_error,
    )
    results = [
        _check_result(spec, label, index, example, result)
        for index, (example, result) in enumerate(zip(spec.examples, checked.results, strict=True))
    ]
    passed = len(checked.passed)
    total = ChecksFinished(
        candidate=label,
        passed=passed,
        failed=len(checked.results) - passed,
        seconds=round(time.monotonic() - begun, 3),
    )
    return checked, (*results, total)


def _tell_coverage(p: Pipeline, label: str, code: str) -> None:
    """Say how many of a draft's branches the visible examples could tell apart: passing few of them proves little."""
    coverage = branch_coverage(code, p.spec)
    if coverage is not None:
        more = ", so some branch is never checked" if coverage.short else ""
        p.emit(Notice(text=f"{label}: {coverage}{more}"))


def extract_program(spec: Spec, answer: str, *, imports: str = "") -> Extraction:
    """The program of ``answer``, with all that ``spec`` says of it; ``imports`` are available beside the spec's own."""
    signature = spec.signature
    return extract_code(
        answer,
        entry_point=spec.name,
        kind=signature.kind if signature else "function",
        preamble=_join(spec.preamble, imports) if imports else spec.preamble,
        parameters=_parameters(spec),
        header=signature.header if signature else "",
    )


_STARS = {"varargs": "*", "varkw": "**"}


def _parameters(spec: Spec) -> tuple[str, ...]:
    """The asked parameters by name; as many stand-ins as an example passes where the spec names only the function."""
    if spec.signature is None:
        return ()
    if spec.signature.source:
        return tuple(_STARS.get(each.kind, "") + each.name for each in spec.signature.parameters)
    for example in spec.examples:
        tree = parse_module(example.source)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == spec.name:
                return tuple(f"_{number}" for number in range(len(node.args)))
    return ()


def _check_result(spec: Spec, label: str, index: int, example: Example, result: CaseResult) -> CheckResult:
    return CheckResult(
        candidate=label,
        example=index,
        source=example.source,
        want=example.want,
        outcome=result.outcome,
        got=result.got,
        line=spec.line_of(example.span),
    )


def _apart(examples: tuple[Case, ...], extra: tuple[Case, ...]) -> tuple[Case, ...]:
    """``extra`` in groups of their own, so that no example's state reaches them."""
    first = max((case.group for case in examples), default=-1) + 1
    return tuple(
        Case(kind=case.kind, source=case.source, want=case.want, group=first + index)
        for index, case in enumerate(extra)
    )


def _imports(code: str) -> str:
    tree = parse_module(code)
    if tree is None:
        return ""
    return "\n".join(ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))


def _join(*parts: str) -> str:
    return "\n".join(part.strip("\n") for part in parts if part.strip())


def change_size(before: str, after: str) -> tuple[int, int]:
    """Lines added and removed between two programs."""
    added = removed = 0
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    for line in itertools.islice(lines, 2, None):
        added += line.startswith("+")
        removed += line.startswith("-")
    return added, removed
