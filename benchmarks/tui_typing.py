"""How the Workbench keeps up with a person who types in a long spec while two models stream: event-loop lag.

A text of 10 kB (stubs like those of the bundled examples) is in the editor, 120x40, without a terminal; keys come ten a
second with a pause now and then, so that the linter gets its turn. Lag is measured as in tui_streaming.py. A second
measurement adds two streams of 100 tokens a second.

    python benchmarks/tui_typing.py [--characters 10000] [--seconds 15] [--json FILE]
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tui_streaming import Figures, fence, figures, idle, measure_lag, started, tokens

from core.config import load_configuration
from core.events import RunStarted, TokenText
from core.examples import bundled_examples
from tui.app import AppOptions, SecondpassApp, spare_the_collector
from tui.workbench.screen import WorkbenchScreen

KEYS_PER_SECOND = 10
WORD = "sorted quickly "
PAUSE_EVERY, PAUSE_SECONDS = 15, 0.6


def long_spec(characters: int) -> str:
    """Stubs one below the other, about that many characters."""
    stubs = [each.text for each in bundled_examples() if each.filename.endswith(".py")]
    made: list[str] = []
    while sum(len(each) + 2 for each in made) < characters:
        made.append(stubs[len(made) % len(stubs)])
    return "\n\n".join(made)


async def stream(bench: WorkbenchScreen, rate: float, stop: asyncio.Event) -> None:
    """Two streams of ``rate`` tokens a second into the Draft and the Review pane, until ``stop``."""
    bench.receive(
        RunStarted(
            run_id="", started="", program="", spec="", filename=None, pattern="review-then-fix", pair="two",
            scripted=False, coder="coder", reviewer="reviewer", guard="proven", rounds=1, prompt_version="",
            sandbox="", usd_per_hour=2.0,
        )
    )  # fmt: skip
    for stage, role in (("draft", "coder"), ("review", "reviewer")):
        bench.receive(started(stage, role))  # type: ignore[arg-type]
    pieces, begun, number = tokens(fence(800)), time.perf_counter(), 0
    while not stop.is_set():
        due = begun + number / (2 * rate)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        stage, role = ("draft", "coder") if number % 2 else ("review", "reviewer")
        piece = pieces[number // 2 % len(pieces)]
        bench.receive(TokenText(at=time.perf_counter() - begun, stage=stage, role=role, text=piece))  # type: ignore[arg-type]
        number += 1


async def typing(characters: int, seconds: float, *, rate: float) -> tuple[Figures, int]:
    """Lag while a person types; how often the text was linted meanwhile."""
    app = SecondpassApp(AppOptions(pair=load_configuration().pair("demo")))
    spare_the_collector()
    async with app.run_test(size=(120, 40)) as pilot:
        pane = app.workbench.spec_pane
        pane.editor.put(long_spec(characters), "long.py")
        app.workbench.action_open("spec")
        while not (pane.fresh and pane.editor.has_focus):
            await pilot.pause(0.1)
        pane.editor.move_cursor((3, 0))
        verdicts = []
        take = pane._take
        pane._take = lambda linted: (verdicts.append(linted), take(linted))[1]  # type: ignore[method-assign,func-returns-value]
        lags: list[float] = []
        stop = asyncio.Event()
        cpu, begun = time.process_time(), time.perf_counter()
        tasks = [asyncio.create_task(measure_lag(lags, stop))]
        if rate:
            tasks.append(asyncio.create_task(stream(app.workbench, rate, stop)))
        number = 0
        while (now := time.perf_counter()) - begun < seconds:
            app.simulate_key("space" if WORD[number % len(WORD)] == " " else WORD[number % len(WORD)])
            number += 1
            await asyncio.sleep(PAUSE_SECONDS if number % PAUSE_EVERY == 0 else 1 / KEYS_PER_SECOND)
        spent, lasted = time.process_time() - cpu, now - begun
        stop.set()
        await asyncio.gather(*tasks)
        if len(pane.editor.text) < characters + number // 2 or not verdicts:
            raise SystemExit("Nothing was typed or nothing was linted: nothing was measured.")
        return figures(lags, lasted, spent, 0.0), len(verdicts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["SECONDPASS_HOME"] = home
        baseline = asyncio.run(idle(5.0))
        alone, linted = asyncio.run(typing(options.characters, options.seconds, rate=0.0))
        both, linted_both = asyncio.run(typing(options.characters, options.seconds, rate=100.0))
    load = os.getloadavg()[0]
    measured = {"idle loop": (baseline, 0), "typing": (alone, linted), "typing, two streams": (both, linted_both)}
    if options.json:
        report = {name: asdict(each) | {"linted": count} for name, (each, count) in measured.items()}
        Path(options.json).write_text(json.dumps(report | {"load": load}, indent=2), encoding="utf-8")
    for name, (each, count) in measured.items():
        lag = f"p50 {each.lag_p50:.1f}  p95 {each.lag_p95:.1f}  p99 {each.lag_p99:.1f}  max {each.lag_max:.1f} ms"
        print(f"{name:<20} {each.seconds:5.1f} s  CPU {each.cpu:5.1%}  lag {lag}  linted {count} times")
    print(f"Python {platform.python_version()}, Textual {version('textual')}, {os.cpu_count()} cores, load {load:.1f}")
    sys.exit(0 if max(alone.lag_p95, both.lag_p95) < 25 else 1)


if __name__ == "__main__":
    main()
