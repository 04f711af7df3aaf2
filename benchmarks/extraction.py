"""Measure code extraction on real answers.

    python benchmarks/extraction.py                            finds definitions, counts problems (seconds)
    python benchmarks/extraction.py --judge PYTHON             also judges the programs with EvalPlus 0.3.1 (minutes)

Run it with the interpreter of the project's environment. PYTHON is one that has evalplus 0.3.1 (821 MB):
python3 -m venv evalplus-env && evalplus-env/bin/pip install 'evalplus==0.3.1', then --judge evalplus-env/bin/python.
The answers are in ../shared/data (--data names another folder).
Both sets are old and are in the training data of today's models: scores compare ways of extraction, not models.
"""

import argparse
import ast
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.extraction import Extraction, extract_code

ROOT = Path(__file__).resolve().parent.parent
Dataset = Literal["humaneval", "mbpp"]
FILES: dict[Dataset, str] = {"humaneval": "HumanEvalPlus.jsonl.gz", "mbpp": "MbppPlus.jsonl.gz"}
INSTALL = "python3 -m venv evalplus-env && evalplus-env/bin/pip install 'evalplus==0.3.1'"
_GIB = 1024**3
NAMES: dict[Dataset, str] = {"humaneval": "HumanEval+", "mbpp": "MBPP+"}
FENCE = re.compile(r"^```[^\n`]*\n(.*?)^```[ \t]*$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of a file of answers."""

    task: str
    name: str
    prompt: str
    text: str

    @property
    def preamble(self) -> str:
        """What the prompt brings along before the function that it asks for."""
        match = re.search(rf"^def\s+{re.escape(self.name)}\s*\(", self.prompt, re.M)
        return self.prompt[: match.start()] if match else ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the asked parameters."""
        for node in ast.parse(self.prompt).body if parses(self.prompt) else ():
            if isinstance(node, ast.FunctionDef) and node.name == self.name:
                return tuple(argument.arg for argument in node.args.args)
        return ()

    @property
    def holds_definition(self) -> bool:
        """Judged without the extractor: the header stands somewhere in the raw text."""
        return re.search(rf"def\s+{re.escape(self.name)}\s*\(", self.text) is not None

    @property
    def fences(self) -> list[str]:
        """The plain fenced blocks, for the baselines."""
        return FENCE.findall(self.text)


def last_fence(answer: Answer) -> str:
    """What a public harness did. The baselines get the prompt's imports and helpers in front."""
    return answer.preamble + (answer.fences[-1] if answer.fences else answer.text)


def first_fence(answer: Answer) -> str:
    """The first block, whatever it holds."""
    return answer.preamble + (answer.fences[0] if answer.fences else answer.text)


def _defining(answer: Answer) -> list[str]:
    pattern = re.compile(rf"^def\s+{re.escape(answer.name)}\s*\(", re.M)
    return [fence for fence in answer.fences if pattern.search(fence)]


def first_defining(answer: Answer) -> str:
    """The first block that defines the asked name, as it stands."""
    return answer.preamble + next(iter(_defining(answer)), "")


def last_defining(answer: Answer) -> str:
    """The last block that defines the asked name, as it stands."""
    return answer.preamble + next(reversed(_defining(answer)), "")


def ours(answer: Answer) -> str:
    """secondpass: what extract_code gives, empty if it gives nothing."""
    return extract(answer).code or ""


WAYS: dict[str, Callable[[Answer], str]] = {
    "last fence": last_fence,
    "first fence": first_fence,
    "first fence that defines the name": first_defining,
    "last fence that defines the name": last_defining,
    "extract_code": ours,
}


def extract(answer: Answer) -> Extraction:
    """The extraction as the program does it."""
    return extract_code(answer.text, entry_point=answer.name, preamble=answer.preamble, parameters=answer.parameters)


def load(data: Path, dataset: Dataset) -> list[Answer]:
    """The answers of one set."""
    file = data / "responses" / f"{dataset}.qwen-coder-turbo.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Answer(row["task_id"], row["entry_point"], row["prompt"], row["response"]) for row in rows]


def parses(text: str) -> bool:
    """Whether ``text`` is Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def defines(text: str, name: str) -> bool:
    """Whether ``text`` parses and has a function ``name`` at top level; independent of the extractor."""
    if not text or not parses(text):
        return False
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.parse(text).body)


def report_found(dataset: Dataset, answers: Sequence[Answer]) -> None:
    """Print how many definitions each way finds."""
    holding = [answer for answer in answers if answer.holds_definition]
    print(f"\n{NAMES[dataset]}: {len(answers)} answers, {len(holding)} hold a definition of the asked name")
    for way, take in WAYS.items():
        found = sum(defines(take(answer), answer.name) for answer in holding)
        print(f"  {way:<36} {found:>4} of {len(holding)}")
    seconds: list[float] = []
    problems: Counter[str] = Counter()
    for answer in answers:
        begun = time.perf_counter()
        problems[extract(answer).problem or "none"] += 1
        seconds.append(time.perf_counter() - begun)
    print("  problems: " + ", ".join(f"{problem} {count}" for problem, count in problems.most_common()))
    print(f"  milliseconds an answer: median {statistics.median(seconds) * 1e3:.2f}, most {max(seconds) * 1e3:.1f}")


def report_robustness(data: Path) -> None:
    """Print what becomes of old, messy completions (no fences, cut off, repeated stubs)."""
    tasks = {}
    with gzip.open(data / FILES["humaneval"], "rt", encoding="utf-8") as packed:
        for line in packed:
            task = json.loads(line)
            tasks[task["task_id"]] = task
    print("\nAnswers of 2023 models to HumanEval, raw: file, parse as they stand, give a program, problems")
    for file in sorted((data / "samples").glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        answers = [
            Answer(r["task_id"], tasks[r["task_id"]]["entry_point"], tasks[r["task_id"]]["prompt"], r["completion"])
            for r in rows
        ]
        found = [extract(answer) for answer in answers]
        good = sum(defines(f.code or "", a.name) for f, a in zip(found, answers, strict=True))
        problems = Counter(f.problem for f in found if f.problem)
        said = ", ".join(f"{problem} {count}" for problem, count in problems.most_common())
        print(f"  {file.stem[:44]:<44} {sum(parses(a.text) for a in answers):>4} {good:>4} of {len(rows)}  {said}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """EvalPlus's two outcomes for one program: "pass", "fail" or "timeout"."""

    base: str
    plus: str

    @property
    def passed(self) -> bool:
        """Right on base and plus inputs, as EvalPlus counts a plus score."""
        return self.base == self.plus == "pass"


def require(python: str) -> None:
    """Exit with one sentence if ``python`` has no EvalPlus 0.3.1."""
    code = "import importlib.metadata as m; print(m.version('evalplus'))"
    try:
        found = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    except OSError as error:
        found = str(error)
    if found != "0.3.1":
        said = found or "none"
        sys.exit(f"--judge {python}: needs evalplus 0.3.1 (found: {said}), about 821 MB; get it with: {INSTALL}")


def judge(
    python: str, dataset: Dataset, data: Path, programs: Mapping[str, Iterable[str]], jobs: int
) -> dict[tuple[str, str], Verdict]:
    """Verdicts by (task id, program) for ``programs`` by task id.

    Every distinct program is judged once, however many ways found it. Time-outs are judged once more, alone and with a
    generous limit, because wall-clock limits flip verdicts on a loaded machine.
    """
    verdicts = _run(python, dataset, data, programs, jobs, seconds=2.0)
    late: dict[str, list[str]] = {}
    for (task, program), verdict in verdicts.items():
        if "timeout" in (verdict.base, verdict.plus):
            late.setdefault(task, []).append(program)
    if late:
        print(f"judging {sum(map(len, late.values()))} time-outs again, alone", file=sys.stderr)
        verdicts |= _run(python, dataset, data, late, 1, seconds=8.0)
    return verdicts


def _run(
    python: str, dataset: Dataset, data: Path, programs: Mapping[str, Iterable[str]], jobs: int, seconds: float
) -> dict[tuple[str, str], Verdict]:
    with tempfile.TemporaryDirectory(prefix="secondpass-judge-") as folder:
        problems = Path(folder) / "problems.jsonl"
        samples = Path(folder) / "samples.jsonl"
        # EvalPlus insists on a sample for every task of its data: give it the tasks that are judged, and no others.
        with gzip.open(data / FILES[dataset], "rt", encoding="utf-8") as packed, problems.open("w") as out:
            out.writelines(line for line in packed if json.loads(line)["task_id"] in programs)
        with samples.open("w", encoding="utf-8") as out:
            for task, texts in programs.items():
                for text in sorted(set(texts)):
                    out.write(json.dumps({"task_id": task, "solution": text}) + "\n")
        environment = os.environ | {
            "HUMANEVAL_OVERRIDE_PATH": str(problems),
            "MBPP_OVERRIDE_PATH": str(problems),
            # The default 4 GiB counts what the child inherits from its parent, and fails canonical solutions.
            "EVALPLUS_MAX_MEMORY_BYTES": str(64 * _GIB),
        }
        arguments = ["--dataset", dataset, "--samples", str(samples), "--parallel", str(jobs)]
        arguments += ["--min_time_limit", str(seconds)]
        subprocess.run(
            [python, "-m", "evalplus.evaluate", *arguments], env=environment, check=True, cwd=folder, stdout=sys.stderr
        )
        results = json.loads((Path(folder) / "samples_eval_results.json").read_text())["eval"]
    return {
        (task, row["solution"]): Verdict(row["base_status"], row["plus_status"])
        for task, rows in results.items()
        for row in rows
    }


def report_judged(python: str, data: Path, dataset: Dataset, answers: Sequence[Answer], jobs: int) -> None:
    """Print EvalPlus's scores for each way of extraction."""
    programs = {way: {answer.task: take(answer) for answer in answers} for way, take in WAYS.items()}
    by_task = {answer.task: [programs[way][answer.task] for way in WAYS] for answer in answers}
    verdicts = judge(python, dataset, data, by_task, jobs)
    print(f"\n{NAMES[dataset]}, {len(answers)} tasks, EvalPlus 0.3.1: base, plus (per cent)")
    for way, taken in programs.items():
        got: list[Verdict] = [verdicts[task, text] for task, text in taken.items()]
        base = 100 * sum(verdict.base == "pass" for verdict in got) / len(got)
        plus = 100 * sum(verdict.passed for verdict in got) / len(got)
        print(f"  {way:<36} {base:6.1f} {plus:6.1f}")
    for way in ("first fence that defines the name", "last fence that defines the name"):
        pairs = [
            (task, verdicts[task, programs[way][task]].passed, verdicts[task, programs["extract_code"][task]].passed)
            for task in by_task
        ]
        better = [task for task, theirs, mine in pairs if mine and not theirs]
        worse = [task for task, theirs, mine in pairs if theirs and not mine]
        print(f"  extract_code against {way}: right only here {better}, right only there {worse}")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--judge", metavar="PYTHON", help="an interpreter that has evalplus 0.3.1")
    parser.add_argument("--dataset", choices=tuple(NAMES), help="only this set")
    parser.add_argument("--jobs", type=int, default=2, help="EvalPlus's worker processes (default 2)")
    options = parser.parse_args()
    if not (options.data / "responses").is_dir():
        sys.exit(f"{options.data}: no folder responses here; name the folder that has it with --data")
    if options.judge:
        require(options.judge)
    sets: tuple[Dataset, ...] = (options.dataset,) if options.dataset else tuple(NAMES)
    for dataset in sets:
        report_found(dataset, load(options.data, dataset))
    report_robustness(options.data)
    for dataset in sets if options.judge else ():
        report_judged(options.judge, options.data, dataset, load(options.data, dataset), options.jobs)


if __name__ == "__main__":
    main()
