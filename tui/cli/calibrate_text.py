"""What a calibration says, as text and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from analyzers.gain.calibration import anchor_rate
from analyzers.gain.published import PUBLISHED_SETS
from analyzers.gain.report import report_lines
from core.bench.exports.tables import report_json
from core.bench.reports.words import interval, percent, slope_words
from core.bench.statistics.within import Slope
from core.gain.calibrating import Calibrated, Counted
from core.gain.elements import TOGETHER, Element
from tui.cli.bench_text import columns


def calibrated_lines(found: Calibrated) -> Iterator[str]:
    """The whole report."""
    config = found.report.run.config
    problems = found.gain.variants[0].problems
    yield (
        f"{config.coder} writes, {config.reviewer} reviews, guard {config.guard}: {problems} problems x 3 specs x "
        f"{config.samples} sample(s), temperature {config.temperature:g} (run {found.report.run.id})"
    )
    for note in found.report.notes:
        yield f"! {note}"
    yield ""
    yield "The same problems by spec (90 % intervals, resampled by problem; fixed and broke count specs)"
    yield from columns(
        ("spec", "richness", "drafts right", "after review", "gain", "fixed", "broke"),
        [
            (
                each.variant,
                f"{each.richness:.1f}",
                percent(each.before),
                percent(each.after),
                interval(each.gain, signed=True),
                str(each.fixed),
                str(each.broke),
            )
            for each in found.gain.variants
        ],
    )
    yield f"Review: {slope_words(found.gain.slope)}"
    yield f"Drafts: {slope_words(found.gain.before_slope, what='pass@1')}"
    yield ""
    yield f"Breaks: {_counted(found.broke, 'right drafts were broken')}"
    yield f"Fixes:  {_counted(found.fixed, 'wrong drafts were fixed')}"
    yield from prior_lines()
    yield ""
    yield from _elements(found)
    yield ""
    yield "Validation of the predictor on these outcomes"
    yield from report_lines(found.refit.validation)
    yield ""
    yield "From now on the Workbench, lint and auto predict for this pair"
    for variant, gain in found.predicted.items():
        yield f"  a {variant} spec: {gain}"
    replaced = "" if found.replaced is None else f", in place of one from {found.replaced} outcomes"
    yield f"Kept in {found.refit.path}{replaced}; `secondpass calibrate --list` shows all."


def _counted(found: Counted, what: str) -> str:
    rate = f", {interval(found.rate)} %" if found.rate is not None else ""
    return f"{found.events} of {found.of} {what}{rate}"


def prior_lines() -> Iterator[str]:
    """What was expected before anything was measured, and where that comes from."""
    broke = "; ".join(f"{each.name} {each.broke} of {each.right}" for each in PUBLISHED_SETS)
    fixed = "; ".join(f"{each.name} {each.fixed} of {each.wrong}" for each in PUBLISHED_SETS)
    implied = ", ".join(f"{100 * anchor_rate(each, 'fix'):.0f} %" for each in PUBLISHED_SETS)
    yield (
        f"  Counted on public transcripts (GPT-4 and GPT-3.5 with Reflexion, unguarded): broke {broke}; fixed {fixed}. "
        f"The published gains imply {implied} fixed."
    )


def _elements(found: Calibrated) -> Iterator[str]:
    yield "What each element of a spec added from lean to rich, in points of pass@1 (90 % intervals)"
    yield from columns(
        ("element", "richness", "drafts, alone", "gain, alone", "gain, others held", "explained by the others"),
        [
            (
                each.name,
                f"{each.added:+.1f}",
                _added(each, each.draft),
                _added(each, each.gain),
                _added(each, each.gain_beside) if each.apart else "cannot be told apart",
                f"{100 * each.explained:.0f} %",
            )
            for each in found.elements
        ],
    )
    yield (
        "Elements rise together from lean to rich, so each figure “alone” is partly that of the others; where the "
        f"others explain more than {100 * TOGETHER:.0f} % of an element, its own part is not told. Six elements were "
        "looked at: one in ten of such intervals misses the truth by chance."
    )


def _added(element: Element, slope: Slope | None) -> str:
    if slope is None:
        return "–"
    whole = element.from_lean_to_rich(slope)
    return f"{100 * whole.value:+.1f} [{100 * whole.low:+.1f}, {100 * whole.high:+.1f}]"


def calibrated_json(found: Calibrated) -> dict[str, Any]:
    """The same as plain data; shares are 0 to 1, predictions points of pass@1."""
    return {
        "version": 1,
        "run": report_json(found.report),
        "by_variant": asdict(found.gain),
        "fixed": asdict(found.fixed),
        "broke": asdict(found.broke),
        "elements": [asdict(each) | {"apart": each.apart} for each in found.elements],
        "validation": asdict(found.refit.validation),
        "predicted": {variant: asdict(gain) for variant, gain in found.predicted.items()},
        "replaced_outcomes": found.replaced,
        "file": str(found.refit.path),
    }
