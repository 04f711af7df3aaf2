"""How the Workbench keeps up with two models that stream at once: event-loop lag and CPU.

Both models write a fenced block of 400 lines of Python at 100 tokens a second each, into the Draft and the Review pane,
120x40, without a terminal. Lag is how late a task wakes that sleeps 5 ms; the same is measured with nothing else in the
loop, as what this machine does anyway.

    python benchmarks/tui_streaming.py [--lines 400] [--rate 100] [--json FILE]
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice

from core.config import load_configuration
from core.engines.protocol import Role, Stage
from core.events import RunStarted, StageStarted, TokenText
from tui.app import AppOptions, SecondpassApp, spare_the_collector

PROBE_SECONDS = 0.005
CHARACTERS_PER_TOKEN = 4
BLOCK = '''
def merge_{n}(left: list[int], right: list[int]) -> list[int]:
    """Merge two sorted lists, the smaller item first."""
    merged: list[int] = []  # grows to the length of both
    while left and right:
        source = left if left[0] <= right[0] else right
        merged.append(source.pop(0))
    return [*merged, *left, *right, {n}]

'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Lag in milliseconds; CPU as a share of one core; ``behind`` is how late the streams ended, in seconds."""

    seconds: float
    cpu: float
    lag_p50: float
    lag_p95: float
    lag_p99: float
    lag_max: float
    behind: float


def fence(lines: int) -> str:
    """A fenced block of that many lines of Python."""
    code = "".join(BLOCK.replace("{n}", str(number)) for number in range(lines // 8 + 1))
    return "```python\n" + "\n".join(islice(code.splitlines(), lines)) + "\n```\n"


def tokens(text: str) -> list[str]:
    """Pieces about as long as a model's tokens."""
    return [text[at : at + CHARACTERS_PER_TOKEN] for at in range(0, len(text), CHARACTERS_PER_TOKEN)]


async def measure_lag(into: list[float], stop: asyncio.Event) -> None:
    """Append how late each wake-up is, in milliseconds."""
    while not stop.is_set():
        begun = time.perf_counter()
        await asyncio.sleep(PROBE_SECONDS)
        into.append((time.perf_counter() - begun - PROBE_SECONDS) * 1000)


def figures(lags: list[float], seconds: float, cpu: float, behind: float) -> Figures:
    """The figures of one measurement."""
    cuts = statistics.quantiles(lags, n=100)
    return Figures(
        seconds=round(seconds, 2),
        cpu=round(cpu / seconds, 3),
        lag_p50=round(cuts[49], 2),
        lag_p95=round(cuts[94], 2),
        lag_p99=round(cuts[98], 2),
        lag_max=round(max(lags), 2),
        behind=round(behind, 2),
    )


async def idle(seconds: float) -> Figures:
    """What the loop of this machine does with nothing to do."""
    lags: list[float] = []
    stop = asyncio.Event()
    cpu, begun = time.process_time(), time.perf_counter()
    probe = asyncio.create_task(measure_lag(lags, stop))
    await asyncio.sleep(seconds)
    stop.set()
    await probe
    return figures(lags, time.perf_counter() - begun, time.process_time() - cpu, 0.0)


def started(stage: Stage, role: Role) -> StageStarted:
    """The stage that a stream belongs to."""
    return StageStarted(
        stage=stage, role=role, round=1, model=role, candidate="draft", prompt_tokens=500, context=16384
    )


async def streaming(lines: int, rate: float) -> Figures:
    """The Workbench under two streams."""
    pair = load_configuration().pair("demo")
    app = SecondpassApp(AppOptions(pair=pair))
    pieces = tokens(fence(lines))
    spare_the_collector()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        bench = app.workbench
        bench.receive(
            RunStarted(
                run_id="", started="", program="", spec="", filename=None, pattern="review-then-fix", pair="two",
                scripted=False, coder="coder", reviewer="reviewer", guard="proven", rounds=1, prompt_version="",
                sandbox="", usd_per_hour=2.0,
            )
        )  # fmt: skip
        streams: tuple[tuple[Stage, Role], ...] = (("draft", "coder"), ("review", "reviewer"))
        for stage, role in streams:
            bench.receive(started(stage, role))
        lags: list[float] = []
        stop = asyncio.Event()
        cpu, begun = time.process_time(), time.perf_counter()
        probe = asyncio.create_task(measure_lag(lags, stop))
        for number, (piece, (stage, role)) in enumerate((piece, stream) for piece in pieces for stream in streams):
            due = begun + number / (2 * rate)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            bench.receive(TokenText(at=time.perf_counter() - begun, stage=stage, role=role, text=piece))
        seconds = time.perf_counter() - begun
        spent = time.process_time() - cpu
        stop.set()
        await probe
        bench.draw()
        shown = bench.query_one("#draft").text  # type: ignore[attr-defined]
        if shown.count("\n") < lines:
            raise SystemExit(f"The Draft pane holds {shown.count(chr(10))} lines of {lines}: nothing was measured.")
        behind = seconds - len(pieces) / rate
        return figures(lags, seconds, spent, behind)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=400)
    parser.add_argument("--rate", type=float, default=100.0, help="tokens a second of each stream")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["SECONDPASS_HOME"] = home
        baseline = asyncio.run(idle(5.0))
        measured = asyncio.run(streaming(options.lines, options.rate))
    report = {
        "python": platform.python_version(),
        "textual": version("textual"),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "idle": asdict(baseline),
        "streaming": asdict(measured),
    }
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=2)
    for name, each in (("idle loop", baseline), ("two streams", measured)):
        lag = f"p50 {each.lag_p50:.1f}  p95 {each.lag_p95:.1f}  p99 {each.lag_p99:.1f}  max {each.lag_max:.1f} ms"
        print(f"{name:<12} {each.seconds:6.1f} s  CPU {each.cpu:5.1%}  lag {lag}  behind {each.behind:.2f} s")
    print(f"Python {report['python']}, Textual {report['textual']}, {report['cores']} cores, load {report['load']:.1f}")
    sys.exit(0 if measured.lag_p95 < 25 else 1)


if __name__ == "__main__":
    main()
