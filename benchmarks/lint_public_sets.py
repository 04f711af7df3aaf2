"""What the linter says of the prompts of HumanEval+ and MBPP+; prints Markdown.

python benchmarks/lint_public_sets.py [--data ../shared/data] [--write docs/linter.md] [--show CODE]

Richness and its verifiable part per set, how well richness tells the sets apart, how often each rule fires, and every
finding at the level of an error. --show prints the findings of one rule instead, to be looked at. With --write the
report replaces what stands between the two marks of that page.
"""

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from public_sets import DATA, ROOT, read_prompts, write_between

sys.path.insert(0, str(ROOT))

from analyzers.lint import FileReport, lint_text
from analyzers.rules import ALL_RULES
from analyzers.rules.model import LintFinding


@dataclass(frozen=True, slots=True)
class Linted:
    """A prompt and what was said of it."""

    id: str
    report: FileReport

    @property
    def richness(self) -> float:
        return float(self.report.specs[-1].richness.score)

    @property
    def verifiable(self) -> float:
        return float(self.report.specs[-1].richness.verifiable)

    @property
    def findings(self) -> tuple[LintFinding, ...]:
        return self.report.all_findings


def linted(data: Path) -> dict[str, tuple[Linted, ...]]:
    """Every prompt of both sets, by the name of the set."""
    sets = read_prompts(data)
    return {name: tuple(Linted(p.id, lint_text(p.text)) for p in prompts) for name, prompts in sets.items()}


def auroc(rich: Sequence[float], lean: Sequence[float]) -> float:
    """How often a score of ``rich`` is above one of ``lean``; ties count half."""
    wins = sum((one > other) + 0.5 * (one == other) for one in rich for other in lean)
    return wins / (len(rich) * len(lean))


def scores(sets: dict[str, tuple[Linted, ...]]) -> Iterator[str]:
    """Richness and the verifiable part: mean and standard deviation, and percentiles."""
    yield "| set | prompts | richness | p5 / p50 / p95 | verifiable (of 50) | clean / suspect / contradictory |"
    yield "|---|---|---|---|---|---|"
    for name, prompts in sets.items():
        richness = [prompt.richness for prompt in prompts]
        verifiable = [prompt.verifiable for prompt in prompts]
        cuts = statistics.quantiles(richness, n=20, method="inclusive")
        sound = Counter(prompt.report.specs[-1].soundness for prompt in prompts)
        yield (
            f"| {name} | {len(prompts)} | {_spread(richness)} | {cuts[0]:.0f} / {cuts[9]:.0f} / {cuts[18]:.0f} "
            f"| {_spread(verifiable)} | {sound['clean']} / {sound['suspect']} / {sound['contradictory']} |"
        )
    rich, lean = ([prompt.richness for prompt in prompts] for prompts in sets.values())
    yield ""
    yield f"AUROC of richness, {' against '.join(sets)}: {auroc(rich, lean):.3f}."


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.mean(values):.1f} ± {statistics.stdev(values):.1f}"


def rates(sets: dict[str, tuple[Linted, ...]]) -> Iterator[str]:
    """The share of each set's prompts in which a rule fires at least once."""
    fired = {name: Counter(c for p in prompts for c in {f.code for f in p.findings}) for name, prompts in sets.items()}
    yield f"| rule | | severity | {' | '.join(sets)} |"
    yield "|---" * (3 + len(sets)) + "|"
    for rule in ALL_RULES:
        if rule.deep:
            continue
        shares = " | ".join(
            f"{fired[name][rule.code]} ({fired[name][rule.code] / len(sets[name]):.0%})" for name in sets
        )
        yield f"| {rule.code} | {rule.name} | {rule.severity} | {shares} |"
    clean = {name: sum(not any(f.severity != "info" for f in p.findings) for p in sets[name]) for name in sets}
    yield f"| | neither warning nor error | | {' | '.join(str(clean[name]) for name in sets)} |"


def errors(sets: dict[str, tuple[Linted, ...]]) -> Iterator[str]:
    """Every finding at the level of an error."""
    for prompts in sets.values():
        for prompt in prompts:
            for finding in prompt.findings:
                if finding.severity == "error":
                    yield f"- {prompt.id}, {finding.code}: {finding.message}"


def shown(sets: dict[str, tuple[Linted, ...]], code: str) -> Iterator[str]:
    """The findings of one rule, each with the line it is about."""
    for prompts in sets.values():
        for prompt in prompts:
            text = prompt.report.text
            for finding in prompt.findings:
                if finding.code == code:
                    start = text.rfind("\n", 0, finding.span.start) + 1
                    line = text[start : (text + "\n").find("\n", finding.span.start)].strip()
                    yield f"{prompt.id}: {finding.message}\n    {line}\n    > {finding.hint}"


def text(sets: dict[str, tuple[Linted, ...]]) -> str:
    """The whole report."""
    found = list(errors(sets)) or ["None."]
    return "\n".join([*scores(sets), "", *rates(sets), "", "Findings at the level of an error:", "", *found])


def main() -> int:
    """Print or write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    parser.add_argument("--show", metavar="CODE")
    options = parser.parse_args()
    try:
        sets = linted(options.data)
    except FileNotFoundError as error:
        print(f"There is no {error.filename}; name the folder of the two sets with --data.", file=sys.stderr)
        return 4
    if options.show:
        print("\n".join(shown(sets, options.show.upper())))
    elif options.write:
        write_between(options.write, "report", text(sets))
    else:
        print(text(sets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
