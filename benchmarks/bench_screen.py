"""How the Benchmark screen keeps up with a run of 542 tasks: event-loop lag while 20 lines a second come in.

Two patterns on 542 tasks, half of them finished before; 120x40, without a terminal. Every twentieth of a second a
line of ``bench run --output jsonl`` arrives (a sample started, a stage answered, a sample finished). Lag is how late a
task wakes that sleeps 5 ms; the same is measured with nothing else in the loop.

    python benchmarks/bench_screen.py [--tasks 542] [--rate 20] [--seconds 30] [--json FILE]
"""

import argparse
import asyncio
import gc
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version

from tui_latency import Figures, figures, idle
from tui_load import Probe

from core.config import load_configuration
from tui.app import AppOptions, SecondpassApp
from tui.benchmark.live import LiveBench
from tui.benchmark.screen import BenchmarkScreen

PATTERNS = ("coder-only", "review-then-fix")


def first_line(tasks: list[str]) -> str:
    """What a run begins with."""
    planned = len(tasks) * len(PATTERNS)
    line = {"type": "run", "id": "measured", "planned": planned, "finished": 0, "tasks": tasks, "samples": 1}
    line |= {"patterns": list(PATTERNS), "dataset": "mbpp+", "pair": "paper", "scripted": False, "resumed": False}
    return json.dumps(line)


def lines(tasks: list[str], draw: random.Random) -> Iterator[str]:
    """Every sample from its start to its end, one after the other."""
    for task in tasks:
        for pattern in PATTERNS:
            key = {"pattern": pattern, "task": task, "sample": 0}
            yield json.dumps({"type": "started", **key})
            stage = {"stage": "draft", "phase": "answered", "reused": False, "tokens": 180, "seconds": 3.1}
            yield json.dumps({"type": "stage", **key, **stage})
            passes = draw.random() < 0.7
            done: dict[str, object] = {
                "passes": passes,
                "draft_passes": draw.random() < 0.7,
                "tokens": 420,
                "seconds": 7.4,
            }
            done |= {"failure": None if passes else "wrong answer", "richness": draw.uniform(20, 90)}
            yield json.dumps({"type": "finished", **key, **done})


async def screen(tasks: int, rate: float, seconds: float) -> Figures:
    """The screen while lines come in."""
    app = SecondpassApp(AppOptions(pair=load_configuration().pair("demo")))
    names = [f"Mbpp/{number}" for number in range(tasks)]
    live = LiveBench()
    live.board.take(first_line(names))
    before = list(lines(names[: tasks // 2], random.Random(1)))
    for line in before:
        live.board.take(line)
    coming = lines(names[tasks // 2 :], random.Random(2))
    gc.freeze()  # as the program does when its first picture stands
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        shown = BenchmarkScreen(live)
        await app.push_screen(shown)
        while shown.table.row_count < tasks:
            await pilot.pause(0.05)
        probe = Probe()
        watching = asyncio.create_task(probe.watch())
        begun, count = time.perf_counter(), 0
        while (passed := time.perf_counter() - begun) < seconds:
            await asyncio.sleep(max(0.0, count / rate - passed))
            live.board.take(next(coming))
            count += 1
        watching.cancel()
        await asyncio.sleep(0.5)
        last = names[tasks // 2 + count // 6 - 2]
        if "done" not in shown.table.row_text(last):
            raise SystemExit(f"The row of {last} does not show what came in: nothing was measured.")
        return figures(probe.seen, [])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=542)
    parser.add_argument("--rate", type=float, default=20.0, help="lines a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["SECONDPASS_HOME"] = home
        baseline = asyncio.run(idle(9.0))
        measured = asyncio.run(screen(options.tasks, options.rate, options.seconds))
    report = {
        "python": platform.python_version(),
        "textual": version("textual"),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "idle": asdict(baseline),
        "screen": asdict(measured),
    }
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=2)
    for name, each in (("idle loop", baseline), (f"{options.tasks} rows", measured)):
        lag = f"p50 {each.lag_p50:.1f}  p95 {each.lag_p95:.1f}  p99 {each.lag_p99:.1f}  max {each.lag_max:.1f} ms"
        print(f"{name:<12} {each.seconds:6.1f} s  CPU {each.cpu:5.1%}  lag {lag}")
    print(f"Python {report['python']}, Textual {report['textual']}, {report['cores']} cores, load {report['load']:.1f}")
    sys.exit(0 if measured.lag_p95 < 25 else 1)


if __name__ == "__main__":
    main()
