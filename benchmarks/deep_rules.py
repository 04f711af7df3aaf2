"""How often the deep rules fire on HumanEval+, with real drafts: the figures of docs/deep.md.

    python benchmarks/deep_rules.py [--data ../shared/data]

Two sets of drafts: the canonical solutions beside the answers of two strong models, and the answers of the eight weaker
models under samples/. Every finding goes to stdout, the counts come last. Takes about five minutes on two cores.
"""

import argparse
import asyncio
import gzip
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from analyzers.parse import parse_spec
from analyzers.subject import Subject
from core.deep.check import DEEP_CODES, deep_findings
from core.deep.drafts import Draft
from core.deep.stored import StoredDrafts, read_drafts

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


async def measure(label: str, tasks: Iterable[dict[str, str]], stored: list[StoredDrafts], *, canonical: bool) -> None:
    """Print every finding of the deep rules, and how many prompts could be compared and got one."""
    counts: Counter[str] = Counter()
    for task in tasks:
        spec = parse_spec(task["prompt"])
        stem = task["task_id"].replace("/", "_")
        drafts = [draft for each in stored for draft in each.of(spec, stem)]
        if canonical:
            drafts.append(Draft(task["prompt"] + task["canonical_solution"], "canonical"))
        result = await deep_findings(Subject(spec), drafts, DEEP_CODES)
        counts["not compared" if result.note else "compared"] += 1
        counts.update({finding.code for finding in result.findings})
        for finding in result.findings:
            print(f"{task['task_id']}: {finding.code} {finding.message}", flush=True)
    print(
        f"{label}: " + ", ".join(f"{name} {counts[name]}" for name in ("compared", "not compared", *sorted(DEEP_CODES)))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    data: Path = parser.parse_args().data
    with gzip.open(data / "HumanEvalPlus.jsonl.gz", "rt", encoding="utf-8") as lines:
        tasks = [json.loads(line) for line in lines]
    strong = [data / "responses" / "humaneval.qwen-coder-turbo.jsonl", data / "samples" / "Claude_Plus_custom_md.jsonl"]
    weak = sorted((data / "samples").glob("*.jsonl"))
    for label, files, canonical in (("strong", strong, True), ("weak", weak, False)):
        asyncio.run(measure(label, tasks, [read_drafts(file) for file in files], canonical=canonical))


if __name__ == "__main__":
    main()
