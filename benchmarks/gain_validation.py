"""Validate the gain predictor on real outcomes and on simulated ones; prints Markdown.

python benchmarks/gain_validation.py [--data ../shared/data] [--write docs/gain.md]

Reads review_outcomes.csv (draft and final verdicts per task of public transcripts) and the prompts of the two sets.
With --write the report replaces what stands between the two markers of that file.
"""

import argparse
import csv
import gzip
import json
import math
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analyzers.gain import predict  # noqa: E402
from analyzers.gain.fitting import calibrate, fit  # noqa: E402
from analyzers.gain.outcomes import Outcome, quantile  # noqa: E402
from analyzers.gain.report import report_lines  # noqa: E402
from analyzers.lint import lint_text  # noqa: E402
from tests.analyzers.simulated_outcomes import shuffled, simulate, true_gain  # noqa: E402

BEGIN, END = "<!-- report begins -->", "<!-- report ends -->"
PROMPTS = {"humaneval+": "HumanEvalPlus.jsonl.gz", "mbpp+": "MbppPlus.jsonl.gz"}


class Prompt(NamedTuple):
    """What an outcome needs to know of its prompt."""

    richness: float
    has_signature: bool
    length: int


def prompts(data: Path) -> dict[str, Prompt]:
    """By task id."""
    found = {}
    for file in PROMPTS.values():
        with gzip.open(data / file, "rt", encoding="utf-8") as lines:
            for task in map(json.loads, lines):
                spec = lint_text(task["prompt"], selection=()).specs[0]
                signature = spec.spec.signature
                found[task["task_id"]] = Prompt(
                    richness=spec.richness.score,
                    has_signature=bool(signature and signature.source),
                    length=len(task["prompt"]),
                )
    return found


def measured(known: dict[str, Prompt]) -> Iterator[str]:
    """What stands in analyzers/gain/published.py, measured again."""
    yield "| set | prompts | mean richness | p5 | p95 | mean log length | with a signature |"
    yield "|---|---|---|---|---|---|---|"
    for name, prefix in (("HumanEval+", "HumanEval/"), ("MBPP+", "Mbpp/")):
        some = [prompt for task, prompt in known.items() if task.startswith(prefix)]
        richness = [prompt.richness for prompt in some]
        length = statistics.mean(math.log(prompt.length) for prompt in some)
        yield (
            f"| {name} | {len(some)} | {statistics.mean(richness):.1f} | {quantile(richness, 0.05):.1f} | "
            f"{quantile(richness, 0.95):.1f} | {length:.2f} | {sum(prompt.has_signature for prompt in some)} |"
        )


def outcomes(data: Path) -> dict[str, list[Outcome]]:
    """By pair of models."""
    known = prompts(data)
    found = defaultdict(list)
    with (data / "review_outcomes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            prompt = known[row["task_id"]]
            found[row["pair"]].append(
                Outcome(
                    richness=prompt.richness,
                    draft_right=row["draft_plus"] == "1",
                    final_right=row["final_plus"] == "1",
                    has_signature=prompt.has_signature,
                    length=prompt.length,
                    benchmark=row["dataset"],
                )
            )
    return dict(found)


def counted(found: dict[str, list[Outcome]]) -> Iterator[str]:
    """The counts behind the break prior."""
    yield "| pair | set | tasks | draft right | fixed | broke | broke of right |"
    yield "|---|---|---|---|---|---|---|"
    for pair, rows in found.items():
        for name in sorted({row.benchmark for row in rows}):
            some = [row for row in rows if row.benchmark == name]
            right = sum(row.draft_right for row in some)
            broke = sum(row.draft_right and not row.final_right for row in some)
            fixed = sum(row.final_right and not row.draft_right for row in some)
            yield f"| {pair} | {name} | {len(some)} | {right} | {fixed} | {broke} | {broke / right:.1%} |"


def real(found: dict[str, list[Outcome]]) -> Iterator[str]:
    """One report per pair, and what would be predicted at three places after it."""
    for pair, rows in found.items():
        calibration, report = calibrate(rows)
        yield f"### {pair}"
        yield from report_lines(report)
        yield ""
        yield "What is then predicted:"
        yield ""
        for richness in (20, 40, 60):
            yield f"- richness {richness}: {predict(richness, guard='off', calibration=calibration)}"
        yield ""


def coverage(repetitions: int) -> Iterator[str]:
    """How often the 80 % interval holds the true gain of simulated outcomes, 1,000 a time."""
    places = (20.0, 24.0, 40.0, 54.0, 65.0)
    yield f"| slope (log-odds of a fix per point) | {' | '.join(f'at {x:.0f}' for x in places)} | all |"
    yield "|---" * (len(places) + 2) + "|"
    for slope in (0.0, 0.03, 0.05, 0.1):
        hits: dict[float, list[bool]] = {x: [] for x in places}
        for seed in range(repetitions):
            calibration = fit(simulate(1000, slope=slope, seed=seed))
            for x in places:
                gain = predict(x, guard="off", calibration=calibration)
                assert gain is not None
                hits[x].append(gain.low <= true_gain(x, slope) <= gain.high)
        every = [hit for column in hits.values() for hit in column]
        cells = [f"{statistics.mean(column):.1%}" for column in hits.values()]
        yield f"| {slope} | {' | '.join(cells)} | {statistics.mean(every):.1%} |"


def shuffles(repetitions: int) -> Iterator[str]:
    """Labels that say nothing: AUROC, and how often it is wrongly believed."""
    areas: dict[str, list[float]] = defaultdict(list)
    believed: dict[str, int] = defaultdict(int)
    for seed in range(repetitions):
        _, report = calibrate(shuffled(simulate(1000, slope=0.1, seed=seed), seed=seed))
        for head in report.heads:
            areas[head.head].append(head.scores[0].auroc.value)
            believed[head.head] += report.believes(head.head)
    for name, values in areas.items():
        yield (
            f"- {name}: mean AUROC {statistics.mean(values):.3f} over {repetitions} shuffles, "
            f"believed in {believed[name]} of them"
        )


def text(data: Path, repetitions: int) -> str:
    """The whole report."""
    found = outcomes(data)
    together = [row for rows in found.values() for row in rows]
    lines = ["### The two sets", "", *measured(prompts(data)), ""]
    lines += ["### Counted", "", *counted(found), "", *real(found), *real({"both pairs together": together})]
    lines += ["### Simulated: coverage of the 80 % interval", ""]
    lines += [f"1,000 outcomes a time, {repetitions} repetitions, seeds 0 to {repetitions - 1}.", ""]
    lines += [*coverage(repetitions), "", "### Simulated: shuffled labels", "", *shuffles(max(1, repetitions // 10))]
    return "\n".join(lines)


def main() -> int:
    """Print or write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--repetitions", type=int, default=600)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if not (options.data / "review_outcomes.csv").is_file():
        print(f"There is no review_outcomes.csv in {options.data}; name its folder with --data.", file=sys.stderr)
        return 4
    report = text(options.data, options.repetitions)
    if options.write is None:
        print(report)
        return 0
    page = options.write.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    options.write.write_text(f"{before}{BEGIN}\n{report}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
