"""For people: every finding with the line it stands on, and every score with what would raise it."""

from collections.abc import Iterator
from unicodedata import east_asian_width

import click

from analyzers.richness import Component
from core.linting.report import LintedFile, LintedSpec, Placed
from tui.cli.lint_formats import Report
from tui.visible import one_line, visible

_COLORS = {"error": "red", "warning": "yellow", "info": "blue"}
_SOUNDNESS = {"clean": "green", "suspect": "yellow", "contradictory": "red"}
_MOST = 110
"""Longest excerpt, in columns: a spec may be one line of a megabyte."""
_AHEAD = 30
_LABELS = {
    "parameters": "parameter types",
    "returns": "result type",
    "outcomes": "differing results",
    "edge_inputs": "edge example",
    "edges": "edge cases",
    "errors": "failures",
    "smells": "vague wording",
}
"""What people call a component of the richness score where its stable name in JSON does not say enough."""


def write(report: Report) -> str:
    """The report, for a terminal."""
    return "".join(f"{line}\n" for file in report.files for line in _file(file, report))


def _file(file: LintedFile, report: Report) -> Iterator[str]:
    paint = _Paint(report.color)
    for finding in file.findings:
        yield from _finding(file, finding, paint)
    for spec in file.specs:
        for finding in spec.findings:
            yield from _finding(file, finding, paint)
        if report.scores:
            yield from _scores(file, spec, paint)


def _finding(file: LintedFile, finding: Placed, paint: "_Paint") -> Iterator[str]:
    place = finding.place
    where = paint(f"{visible(file.shown)}:{place.line}:{place.column}:", bold=True)
    label = paint(f"{finding.severity} {finding.code}", fg=_COLORS[finding.severity], bold=True)
    fixable = {None: "", True: " [fixable]", False: " [unsafe fix]"}[finding.fix.safe if finding.fix else None]
    yield f"{where} {label} {one_line(finding.message)}{fixable}"
    number = str(place.line)
    gutter = paint(f"{'':>{len(number)}} |", fg="blue")
    text, offset, width = _excerpt(file.lines.line(place.line), finding)
    yield gutter
    yield f"{paint(f'{number} |', fg='blue')} {text}"
    yield f"{gutter} {' ' * offset}{paint('^' * width, fg=_COLORS[finding.severity])}"
    if finding.hint:
        yield f"{'':>{len(number)}} {paint('=', fg='blue')} hint: {one_line(finding.hint)}"
    yield ""


def _excerpt(line: str, finding: Placed) -> tuple[str, int, int]:
    """What to show of ``line``, and the first column and the number of the carets under it, in columns."""
    place = finding.place
    first = place.column - 1
    last = place.end_column - 1 if place.end_line == place.line else len(line)
    start = max(0, first - _AHEAD) if len(line) > _MOST else 0
    end = start + _MOST
    before, marked, after = line[start:first], line[first : min(last, end)], line[min(last, end) : end]
    head, tail = "…" if start else "", "…" if end < len(line) else ""
    shown = _columns(visible(before)) + len(head)
    return head + visible(before + marked + after).rstrip() + tail, shown, max(1, _columns(visible(marked)))


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _scores(file: LintedFile, spec: LintedSpec, paint: "_Paint") -> Iterator[str]:
    rich = spec.report.richness
    name = paint(visible(spec.name or "spec without a name"), bold=True)
    soundness = paint(spec.report.soundness, fg=_SOUNDNESS[spec.report.soundness])
    yield (
        f"{visible(file.shown)}:{spec.line}: {name}: richness {rich.score:.1f} of 100, "
        f"verifiable {rich.verifiable:.1f} of 50, {soundness}"
    )
    # Wording can only lose points; where it lost none there is nothing to say.
    yield from (_component(part) for part in rich.components if part.most or part.points)
    expected = "none, as the spec contradicts itself" if spec.gain is None else one_line(str(spec.gain))
    yield f"   gain of review: {expected}"
    yield ""


def _component(part: Component) -> str:
    label = _LABELS.get(part.name, part.name.replace("_", " "))
    reached = f"{part.points:.1f}" if part.points % 1 else f"{part.points:.0f}"
    most = f"of {part.most:g}" if part.most else ""
    return f"   {label:<18}{reached:>5} {most:<5}   {one_line(part.advice)}".rstrip()


class _Paint:
    """Colours a text, or leaves it as it is."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
        return click.style(text, fg=fg, bold=bold) if self._on else text
