"""Write core/bench/datasets/paired.jsonl: the problems of benchmarks/paired as tasks in the format of HumanEval+.

python benchmarks/make_paired_set.py [--check [--unrun]] [--only NAME ...]

Its number of tasks and md5 go into known.py beside it, a table of the problems into docs/paired.md. Every problem is
three tasks, ``Paired/NAME/lean``, ``/medium`` and ``/rich``: three specs with the same entry point, solution, inputs.
Each problem is checked first: one line for each rule that it breaks, and nothing is written. --only checks these
problems and writes nothing. --check writes nothing either and fails if anything is stale; with --unrun it leaves out
the rules that need code to be run.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from paired_problems import FOLDER, VARIANTS, Problem, Unreadable, files, read  # noqa: E402
from paired_runs import broken_rules, reports  # noqa: E402
from public_sets import between, write_between  # noqa: E402

TARGET = ROOT / "core" / "bench" / "datasets" / "paired.jsonl"
KNOWN = TARGET.with_name("known.py")
PAGE = ROOT / "docs" / "paired.md"


def lines(problems: Sequence[Problem]) -> str:
    """The file: one task a line, the variants of a problem after each other."""
    return "".join(json.dumps(task, ensure_ascii=False) + "\n" for problem in problems for task in _tasks(problem))


def _tasks(problem: Problem) -> Iterator[dict[str, object]]:
    for variant in VARIANTS:
        yield {
            "task_id": f"Paired/{problem.name}/{variant}",
            "prompt": problem.specs[variant],
            "entry_point": problem.name,
            "canonical_solution": problem.solution,
            "base_input": problem.base,
            "plus_input": problem.plus,
            "contract": "",
            "atol": problem.atol,
        }


def _known(text: str) -> str:
    """known.py with the number of tasks and the md5 of this file."""
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    figures = f'\\g<1>tasks={text.count(chr(10))},\\g<2>md5="{digest}"'
    pattern = r'(name="paired",(?:\n.*){3}\n *)tasks=\d+,(\n *)md5="[0-9a-f]*"'
    changed, count = re.subn(pattern, figures, KNOWN.read_text(encoding="utf-8"))
    if count != 1:
        raise ValueError(f"{KNOWN} does not describe the paired set as this script expects")
    return changed


def _table(problems: Sequence[Problem]) -> str:
    """The problems with what the page says of each."""
    rows = ["| problem | what it is | category | inputs | lean | medium | rich |", "|---|---|---|---|---|---|---|"]
    scores = [[reports(problem)[variant].richness.score for variant in VARIANTS] for problem in problems]
    for problem, own in zip(problems, scores, strict=True):
        shown = " | ".join(f"{score:.1f}" for score in own)
        title, count = problem.title.replace("|", "/"), len(problem.inputs)
        rows.append(f"| `{problem.name}` | {title} | {problem.category} | {count} | {shown} |")
    means = " | ".join(f"{sum(column) / len(scores):.1f}" for column in zip(*scores, strict=True))
    rows.append(f"| all {len(problems)} | | | {sum(len(each.inputs) for each in problems):,} | {means} |")
    return "\n".join(rows)


def checked(path: Path, *, unrun: bool = False) -> tuple[Problem | None, list[str]]:
    """The problem of a file, and a sentence for each rule that it breaks."""
    try:
        problem = read(path)
    except Unreadable as error:
        return None, error.reasons
    return problem, [] if unrun else list(broken_rules(problem))


def main() -> int:
    """Check, and write or compare the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is stale")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="check these problems and write nothing")
    parser.add_argument("--unrun", action="store_true", help="with --check: run nothing")
    options = parser.parse_args()
    paths = files(tuple(options.only))
    if not paths:
        print(f"There is no problem in {FOLDER}.", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(2) as pool:  # the work is done by processes
        found = list(pool.map(partial(checked, unrun=options.check and options.unrun), paths))
    broken = 0
    for path, (problem, reasons) in zip(paths, found, strict=True):
        broken += bool(reasons)
        for reason in reasons:
            print(f"{path.stem}: {reason}")
        if options.only and problem is not None and not reasons:
            scores = ", ".join(f"{variant} {each.richness.score}" for variant, each in reports(problem).items())
            print(f"{path.stem}: keeps the rules; {len(problem.inputs)} inputs; richness {scores}")
    if broken:
        print(f"{broken} of {len(paths)} problems break a rule.")
        return 1
    if options.only:
        return 0
    problems = [problem for problem, _ in found if problem is not None]
    text = lines(problems)
    if options.check:
        current = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
        current = current and KNOWN.read_text(encoding="utf-8") == _known(text)
        current = current and between(PAGE, "problems") == _table(problems)
        print("current" if current else f"{TARGET}, {KNOWN.name} or {PAGE.name} is stale; run {sys.argv[0]}.")
        return 0 if current else 1
    TARGET.write_text(text, encoding="utf-8")
    KNOWN.write_text(_known(text), encoding="utf-8")
    write_between(PAGE, "problems", _table(problems))
    print(f"{len(paths)} problems, {len(paths) * len(VARIANTS)} tasks, {len(text.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
