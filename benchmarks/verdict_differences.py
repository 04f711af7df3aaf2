"""Where a profile judges the shared samples otherwise than their recorded verdicts (EvalPlus 0.3.1), and why.

python benchmarks/verdict_differences.py [--profile strict] [--data ../shared/data] [--workers N]

Prints a Markdown table, one row per sample that differs. Exit status 4 without the data.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from public_sets import DATA, ROOT

sys.path.insert(0, str(ROOT))

from core.bench.datasets import open_dataset
from core.bench.judge import Judge
from core.bench.judge.profiles import DEFAULT_PROFILE, PROFILES
from core.bench.judge.verdicts import Verdict
from core.bench.samples import read_samples


def words(verdict: Verdict) -> str:
    """Base and plus as EvalPlus's file has them."""
    base = verdict.base.status if verdict.base else "not judged"
    return f"{base}, {verdict.plus.status}" if verdict.plus else base


def why(verdict: Verdict) -> str:
    """What decided it."""
    part = next((part for part in (verdict.base, verdict.plus) if part is not None and part.status != "pass"), None)
    if part is None or part.failure is None:
        return "passes with more time" if any(p and p.first for p in (verdict.base, verdict.plus)) else "passes"
    failure = part.failure
    return f"{failure.phase} {failure.exception or ''} {' '.join(part.flags)}".strip()


async def differences(
    data: Path, profile: str, workers: int | None
) -> tuple[list[tuple[str, str, str, str, str]], int]:
    """Rows of (file, task, recorded, here, why), and how many samples there are."""
    dataset = open_dataset("humaneval+", data=data / "HumanEvalPlus.jsonl.gz")
    rows, total = [], 0
    async with Judge(dataset, profile=PROFILES[profile], workers=workers) as judge:
        for path in sorted((data / "samples").glob("*.jsonl")):
            recorded = json.loads(path.with_suffix(".verdicts.json").read_text(encoding="utf-8"))
            samples = read_samples(path, dataset)
            verdicts = await asyncio.gather(*(judge.judge(each.task, each.code) for each in samples))
            for sample, verdict in zip(samples, verdicts, strict=True):
                total += 1
                before = tuple(recorded[sample.task])
                # Plus counts only where base passes, and is not judged elsewhere.
                passed = (before[0] == "pass", before == ("pass", "pass"))
                if (verdict.passes_base, verdict.passes_plus) != passed:
                    rows.append((path.stem, sample.task, ", ".join(map(str, before)), words(verdict), why(verdict)))
    return rows, total


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--profile", choices=tuple(PROFILES), default=DEFAULT_PROFILE)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    if not (options.data / "samples").is_dir():
        print(f"There is no {options.data / 'samples'}; name the folder with --data.", file=sys.stderr)
        return 4
    rows, total = asyncio.run(differences(options.data, options.profile, options.workers))
    print(f"| samples | task | recorded base, plus | {options.profile} | why |\n|---|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(f"\n{len(rows)} of {total} samples are judged otherwise by {options.profile}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
