"""How busy ``bench run`` keeps its engines: 164 problems against stand-in servers of a fixed token rate.

``python benchmarks/engine_busy.py [--mode resident|swap] [--rate TOKENS] [--batch N] [--limit N]``

Each of the two stand-ins works on at most N requests at once, every one at the same rate, like an engine whose batch is
full. Half of the drafts are wrong, the review proves it, a fix mends it. Real: the pattern, the guard, the sandboxed
checks, HTTP, streaming, the store. Not run: the judge of the hidden tests, which would have two cores to itself here.

minimum    tokens / (batch x rate): of the engine with the more to do (resident), of both with the loads between (swap);
           no order of requests is faster, whatever waits for what
busy       share of the run in which that engine (swap: one of the two, or the loading of one) works on an answer
filled     share of its places that are taken, over the whole run
sequential one request at a time on the same engine: all tokens at the rate of one, with the loads of swap; and, to see
           that this is so, measured over the first problems
"""

import argparse
import ast
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import checkout  # noqa: F401

from analyzers.parse import parse_specs
from core.bench.datasets import Dataset, open_dataset
from core.bench.generation import Progress, generate, plan_run
from core.bench.judge.verdicts import PartVerdict, Verdict
from core.bench.store import Store
from core.config import load_configuration
from core.engines.pair import open_pair
from core.errors import EngineError
from tests.standins.running import RunningServer, openai_server

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "HumanEvalPlus.jsonl.gz"
LOAD = 2.0
"""Seconds that loading a model takes in swap mode."""


THOUGHT = f"<think>\n{'The code is compared with each sentence of the specification. ' * 8}\n</think>\n\n"
"""What the reviewer reasons: with it a review is about as long as a draft."""


class NoJudge:
    """Passes everything at once: what is measured here ends where judging begins."""

    workers = os.cpu_count() or 1

    async def judge(self, task: str, code: str) -> Verdict:
        part = PartVerdict(
            status="pass", passed=1, inputs=1, failure=None, timed_out=False, flags=(), cpu_seconds=0.0, seconds=0.0
        )
        return Verdict(base=part, plus=part)


@dataclass(frozen=True, slots=True)
class Engine:
    """What a stand-in was seen to do: (begin, end, tokens) of every answer, and how often it was loaded."""

    worked: list[tuple[float, float, int]]
    loads: int

    @property
    def tokens(self) -> int:
        return sum(tokens for _, _, tokens in self.worked)

    @property
    def place_seconds(self) -> float:
        return sum(end - begin for begin, end, _ in self.worked)


def union(spans: Sequence[tuple[float, float]]) -> float:
    """Seconds that ``spans`` cover together."""
    covered, until = 0.0, float("-inf")
    for begin, end in sorted(spans):
        covered += max(0.0, end - max(begin, until))
        until = max(until, end)
    return covered


def without_docstrings(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def unfinished(source: str, name: str) -> str:
    """``source`` with a function ``name`` that raises before it does anything."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            node.body = [*ast.parse("raise NotImplementedError").body, *node.body]
    return ast.unparse(tree)


def scripted(dataset: Dataset) -> list[tuple[str, str]]:
    """(words of a request, answer): right and wrong drafts in turn, reviews that prove it, fixes."""
    made: list[tuple[str, str]] = []
    wrong = 0
    for number, problem in enumerate(dataset.problems.values()):
        name = f"def {problem.entry_point}("
        spec = parse_specs(problem.prompt, filename="x.py")[-1]
        example = next((each for each in spec.examples if each.kind == "doctest" and each.want), None)
        code = without_docstrings(problem.prompt + problem.canonical)
        right = f"```python\n{code}\n```"
        broken = number % 2 == 0 and example is not None
        wrong += broken
        draft = f"```python\n{unfinished(code, problem.entry_point)}\n```" if broken else right
        review = f"{THOUGHT}VERDICT: NO DEFECT"
        if broken:
            assert example is not None
            review = (
                f"{THOUGHT}VERDICT: DEFECTS\n\nFINDING 1\nTITLE: it gives nothing\nCITATION: the first example\n"
                f"INPUT: {example.source}\nEXPECTED: {example.want}\nWHY: The body is missing.\n"
            )
        made += [
            (f"This is wrong with the code|{name}", right),
            (f"Check the code against each|{name}", review),
            (f"Implement this specification|{name}", draft),
        ]
    return made


def models_toml(folder: Path, coder: RunningServer, reviewer: RunningServer, *, batch: int, swap: bool) -> Path:
    path = folder / "models.toml"
    path.write_text(
        f"""default_pair = "standin"
[endpoints.coder]
base_url = "{coder.base_url}"
concurrency = {batch}
[endpoints.reviewer]
base_url = "{reviewer.base_url}"
concurrency = {batch}
[models.standin-coder]
endpoint = "coder"
[models.standin-reviewer]
endpoint = "reviewer"
[pairs.standin]
coder = "standin-coder"
reviewer = "standin-reviewer"
placement = "{"swap" if swap else "resident"}"
""",
        encoding="utf-8",
    )
    return path


@dataclass(frozen=True, slots=True)
class Outcome:
    wall: float
    coder: Engine
    reviewer: Engine
    fixed: int
    asked: int


async def run_once(
    dataset: Dataset, folder: Path, *, rate: float, batch: int, limit: int | None, swap: bool, alone: bool = False
) -> Outcome:
    """One run of the default pattern; ``alone``: one request at a time."""
    load = LOAD if swap else 0.0
    answers = scripted(dataset)
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(
                openai_server(answers=answers, models=[name], rate=rate, batch=batch, load=load, ttft=0.0)
            )
            for name in ("standin-coder", "standin-reviewer")
        ]
        pair = open_pair(load_configuration(models_toml(folder, *servers, batch=batch, swap=swap)).pair("standin"))
        config = plan_run(
            dataset,
            pair,
            patterns=["review-then-fix"],
            guard="proven",
            profile="strict",
            limit=limit,
            schedule="phases" if alone else "auto",
        )
        failures: list[str] = []

        def told(event: Progress) -> None:
            if event.type == "failed":
                failures.append(event.error)

        with Store(folder / f"{swap}-{batch}-{limit}.sqlite") as store:
            run = store.add_run(replace(config, label="engine busy"))
            begun = time.monotonic()
            try:
                await generate(
                    store,
                    run,
                    dataset,
                    pair,
                    NoJudge(),  # type: ignore[arg-type]
                    told=told,
                    batch=1 if alone else None,
                )
            finally:
                await pair.close()
            wall = time.monotonic() - begun
            results = store.results(run)
            if failures or len(results) != len(config.tasks):
                raise EngineError(f"{len(results)} of {len(config.tasks)} samples, failures: {failures[:3]}")
        engines = []
        for server in servers:
            seen = server.stats()
            engines.append(Engine([tuple(each) for each in seen["worked"]], seen["loads"]))
        asked = sum(len(engine.worked) for engine in engines)
        fixed = sum(result.summary.accepted == "fix" for result in results)
        return Outcome(wall, engines[0], engines[1], fixed=fixed, asked=asked)


def report(mode: str, outcome: Outcome, *, rate: float, batch: int) -> None:
    """Print the figures of one run."""
    coder, reviewer, wall = outcome.coder, outcome.reviewer, outcome.wall
    seconds = {name: engine.tokens / (batch * rate) for name, engine in (("coder", coder), ("reviewer", reviewer))}
    tokens = coder.tokens + reviewer.tokens
    if mode == "resident":
        slowest = max(seconds, key=lambda name: seconds[name])
        engine = {"coder": coder, "reviewer": reviewer}[slowest]
        minimum, loading = seconds[slowest], 0.0
        busy, filled = union([(b, e) for b, e, _ in engine.worked]), engine.place_seconds / (batch * wall)
        what, sequential = f"the {slowest}", tokens / rate
    else:
        # Drafts, reviews, fixes: no order needs fewer loads than three.
        loading = LOAD * (coder.loads + reviewer.loads)
        minimum = sum(seconds.values()) + 3 * LOAD
        both = [*coder.worked, *reviewer.worked]
        busy = union([(b, e) for b, e, _ in both]) + loading
        filled = (coder.place_seconds + reviewer.place_seconds) / (batch * (wall - loading))
        what, sequential = (
            f"one of the two, {coder.loads + reviewer.loads} loads of {LOAD:g} s",
            tokens / rate + 3 * LOAD,
        )
    print(
        f"{mode}: {outcome.asked} answers, {outcome.fixed} fixes accepted, "
        f"{coder.tokens:,} + {reviewer.tokens:,} tokens (coder, reviewer), {batch} places of {rate:g} tokens/s"
    )
    print(f"  wall {wall:.1f} s, minimum {minimum:.1f} s: {wall / minimum:.3f} times the minimum")
    print(f"  busy {busy / wall:.1%} of the run ({what}), {filled:.1%} of its places filled")
    print(f"  sequential {sequential:.0f} s, {sequential / wall:.1f} times the wall time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=("resident", "swap"), action="append")
    parser.add_argument("--rate", type=float, default=40.0)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--sequential", type=int, default=6, metavar="N", help="problems to be measured one at a time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["SECONDPASS_HOME"] = home
        dataset = open_dataset("humaneval+", data=DATA)
        for mode in options.mode or ["resident", "swap"]:
            given = {"rate": options.rate, "swap": mode == "swap"}
            with tempfile.TemporaryDirectory() as folder:
                outcome = asyncio.run(
                    run_once(dataset, Path(folder), batch=options.batch, limit=options.limit, **given)
                )
                report(mode, outcome, rate=options.rate, batch=options.batch)
            if mode == "resident" and options.sequential:
                with tempfile.TemporaryDirectory() as folder:
                    one = asyncio.run(
                        run_once(
                            dataset, Path(folder), batch=options.batch, limit=options.sequential, alone=True, **given
                        )
                    )
                answers = (one.coder.tokens + one.reviewer.tokens) / options.rate
                print(
                    f"  measured: {one.wall:.1f} s for the {answers:.1f} s of the first {options.sequential} problems"
                )


if __name__ == "__main__":
    main()
