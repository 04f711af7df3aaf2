"""How fast the judge is, beside EvalPlus in the same run; prints Markdown.

python benchmarks/judge_speed.py [--data ../shared/data] [--sets humaneval,mbpp,samples,again] [--rounds 1]
                                 [--workers 2] [--evalplus PYTHON] [--ours] [--write docs/performance.md]
python benchmarks/judge_speed.py --loaded 10 [--sets humaneval,mbpp]

EvalPlus is run as its users run it (``python -m evalplus.evaluate --parallel N``, its ground truth made before), in the
interpreter --evalplus (by default this one); ours with the sandbox on and nothing cached. Rounds of both take turns, so
that a noisy machine is noisy for both. --ours leaves EvalPlus out, which takes most of the time. The floor is the
processor time of the judged code itself over the workers.
--loaded N measures nothing: it judges the canonical solutions N times while every core is kept busy, and counts.
"""

import argparse
import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from public_sets import DATA, ROOT, write_between

sys.path.insert(0, str(ROOT))

from core.bench.datasets import Dataset, open_dataset
from core.bench.exports.evalplus import lines_of
from core.bench.judge import Judge
from core.bench.judge.profiles import PROFILES
from core.bench.samples import Sample, read_samples
from core.bench.store import Store
from core.bench.verify import verify

FILES = {"humaneval+": ("HumanEvalPlus.jsonl.gz", "humaneval", "HUMANEVAL_OVERRIDE_PATH")}
FILES["mbpp+"] = ("MbppPlus.jsonl.gz", "mbpp", "MBPP_OVERRIDE_PATH")
BOUNDS = {"HumanEval+ canonical": (3.0, 1.6), "MBPP+ canonical": (2.5, 1.3), "eight sample sets": (6.0, None)}


async def ours(
    dataset: Dataset, samples: list[Sample], workers: int, profile: str, *, name_failures: bool = False
) -> tuple[float, float, int, int]:
    """Wall seconds, the code's processor seconds, samples that pass, and the largest process in MiB (0 where a child
    that ended before was larger: EvalPlus's are, so --ours tells)."""
    before = _largest_child()
    begun = time.monotonic()
    async with Judge(dataset, profile=PROFILES[profile], workers=workers) as judge:
        judged = await verify(samples, dataset, judge)
    largest = _largest_child()
    wall = time.monotonic() - begun
    for each in judged if name_failures else ():
        if not each.verdict.passes_plus:
            print(f"{each.sample.task} does not pass: {each.verdict}", file=sys.stderr)
    parts = [part for each in judged for part in (each.verdict.base, each.verdict.plus) if part is not None]
    return (
        wall,
        sum(part.cpu_seconds or 0.0 for part in parts),
        sum(e.verdict.passes_plus for e in judged),
        (largest if largest > before else 0),
    )


def _largest_child() -> int:
    """MiB that the largest process took of those that have ended under this one, theirs included."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // (1 << 20 if sys.platform == "darwin" else 1 << 10)


def theirs(python: str, dataset: Dataset, files: list[str], workers: int, home: Path) -> float:
    """Wall seconds of EvalPlus on these sample files."""
    _, name, variable = FILES[dataset.name]
    source = Path(home, f"{name}.jsonl")
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), variable: str(source)}
    environment["EVALPLUS_MAX_MEMORY_BYTES"] = str(16 << 30)
    begun = time.monotonic()
    for number, content in enumerate(files):
        samples = home / f"{name}-{number}.jsonl"
        samples.write_text(content, encoding="utf-8")
        Path(str(samples).replace(".jsonl", "_eval_results.json")).unlink(missing_ok=True)
        arguments = ["--dataset", name, "--samples", str(samples), "--parallel", str(workers)]
        command = [python, "-m", "evalplus.evaluate", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"EvalPlus ended with {done.returncode}: {done.stderr[-800:]}")
    return time.monotonic() - begun


def _unpacked(dataset: Dataset, home: Path) -> None:
    import gzip

    _, name, _ = FILES[dataset.name]
    home.mkdir(parents=True, exist_ok=True)
    Path(home, f"{name}.jsonl").write_bytes(gzip.decompress(dataset.source.read_bytes()))


def canonical(dataset: Dataset) -> list[Sample]:
    """The reference solutions as samples."""
    return [Sample(problem.task_id, 0, problem.canonical) for problem in dataset.problems.values()]


def compare(name: str, dataset: Dataset, sets: list[list[Sample]], options: argparse.Namespace, profile: str) -> str:
    """A row of the table."""
    files = [lines_of((each.task, each.code) for each in samples) for samples in sets]
    every = [each for samples in sets for each in samples]
    walls, floors, others, worker = [], [], [], 0
    spent, their_spent = 0.0, 0.0
    passed = 0
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        if not options.ours:
            _unpacked(dataset, home)
            if not list(home.glob(f"cache/evalplus/{dataset.digest}*.pkl")):
                reference = lines_of((each.task, each.code) for each in canonical(dataset))
                theirs(options.evalplus, dataset, [reference], options.workers, home)
        asyncio.run(ours(dataset, canonical(dataset)[:4], options.workers, profile))
        for _ in range(options.rounds):
            before = _processor()
            if not options.ours:
                others.append(theirs(options.evalplus, dataset, files, options.workers, home))
            between = _processor()
            wall, cpu, passed, size = asyncio.run(ours(dataset, every, options.workers, profile))
            walls.append(wall)
            floors.append(cpu / options.workers)
            their_spent += between - before
            spent += _processor() - between
            worker = max(worker, size)
    wall, over = statistics.median(walls), statistics.median(walls) / statistics.median(floors)
    least, most = BOUNDS[name]
    bound = f"{least:g}x" + (f", {most:g}" if most else "")
    other, ratio, their_use, saved = ("not run",) * 4
    if others:
        other = f"{statistics.median(others):.0f} s"
        ratio = f"{statistics.median(o / w for o, w in zip(others, walls, strict=True)):.1f}x"
        their_use, saved = f"{their_spent:.0f} s", f"{their_spent / spent:.1f}x"
    over_code = spent / sum(floors) / options.workers
    return (
        f"| {name} | {other} | {wall:.1f} s | {ratio} | {over:.2f} | {bound} | {their_use} | {spent:.0f} s | {saved} "
        f"| {over_code:.2f} | {passed} of {len(every)} "
        f"| {f'{worker} MiB' if worker else '–'} |"
    )


def _processor() -> float:
    """Processor seconds of this process and of every child that has ended, which other programs change little."""
    return sum(
        use.ru_utime + use.ru_stime for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def again(dataset: Dataset, samples: list[Sample], workers: int) -> str:
    """Judging what was judged before, from the store."""

    async def both(store: Store) -> float:
        async with Judge(dataset, workers=workers) as judge:
            await verify(samples, dataset, judge, store=store)
        begun = time.monotonic()
        async with Judge(dataset, workers=workers) as judge:
            await verify(samples, dataset, judge, store=store)
        return time.monotonic() - begun

    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "runs.sqlite") as store:
        return f"Judging {len(samples)} samples again that were judged before: {asyncio.run(both(store)):.2f} s."


def loaded(dataset: Dataset, times: int, workers: int) -> str:
    """Canonical solutions, again and again, with every core busy."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    counts = []
    try:
        for number in range(times):
            wall, _, passed, _ = asyncio.run(ours(dataset, canonical(dataset), workers, "strict", name_failures=True))
            counts.append(passed)
            print(f"{dataset.title} {number + 1}: {passed} in {wall:.0f} s", file=sys.stderr, flush=True)
    finally:
        for process in busy:
            process.kill()
            process.wait()
    same = str(counts[0]) if len(set(counts)) == 1 else str(counts)
    of = len(dataset.problems)
    return f"{dataset.title} canonical, {times} times in a row with every core busy: {same} of {of} pass."


def main() -> int:
    """Print or write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--sets", default="humaneval,mbpp,samples,again")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--evalplus", default=sys.executable)
    parser.add_argument("--ours", action="store_true", help="leave EvalPlus out")
    parser.add_argument("--loaded", type=int, default=0, metavar="N")
    parser.add_argument("--home", type=Path, help="keep EvalPlus's ground truth in this folder, for a later part")
    parser.add_argument("--only", type=int, nargs="*", help="of the sample sets these, by their numbers from 0")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"There is no {options.data}; name the folder with --data.", file=sys.stderr)
        return 4
    chosen = options.sets.split(",")
    human = open_dataset("humaneval+", data=options.data / FILES["humaneval+"][0])
    if options.loaded:
        for name in FILES:
            if name.removesuffix("+") in chosen:
                dataset = open_dataset(name, data=options.data / FILES[name][0])
                print(loaded(dataset, options.loaded, options.workers), flush=True)
        return 0
    lines = [
        f"CPython {'.'.join(map(str, sys.version_info[:2]))}, {options.workers} workers, {options.rounds} round(s).",
        "",
        "| judged | EvalPlus 0.3.1 | ours | ratio | wall over floor | bounds | processor, EvalPlus | ours | ratio "
        "| ours over the code's own | pass | largest process |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    if "humaneval" in chosen:
        lines.append(compare("HumanEval+ canonical", human, [canonical(human)], options, "strict"))
    if "mbpp" in chosen:
        mbpp = open_dataset("mbpp+", data=options.data / FILES["mbpp+"][0])
        lines.append(compare("MBPP+ canonical", mbpp, [canonical(mbpp)], options, "strict"))
    if "samples" in chosen:
        paths = sorted((options.data / "samples").glob("*.jsonl"))
        paths = [path for number, path in enumerate(paths) if options.only is None or number in options.only]
        sets = [list(read_samples(path, human)) for path in paths]
        # The same limits as EvalPlus 0.3.1: what runs out of four times as many seconds would cost four times as much.
        lines.append(compare("eight sample sets", human, sets, options, "evalplus-0.3.1"))
    if "again" in chosen:
        lines += ["", again(human, canonical(human), options.workers)]
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1 << 20)
    lines.append(f"This process, which supervised: at most {own} MiB.")
    print("\n".join(lines))
    if options.write:
        write_between(options.write, "judge speed", "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
