"""How the program keeps up: event-loop lag, key to paint, processor time, memory, first paint, and leaving.

    python benchmarks/tui_latency.py [streaming] [memory] [opening] [leaving] [--docs]

*streaming*: the program itself in a pseudo-terminal of 120x40, continued in a session of 200 turns, on two stand-in
servers that each write a fenced block of 400 lines at 100 tokens a second, over HTTP, both at once; a person types
seven keys a second meanwhile, at the prompt or in a spec of 10 kB that is linted as they type. Lag is how late a task
in the program's own loop wakes that sleeps 5 ms; CPU is taken in the seconds between, in which it does not. Key to
paint is the time from a key's byte written to the terminal to the arrival of the painted character. The baselines are a
loop with nothing in it and a bare Textual app of one editor.
*memory*: an hour of work (120 runs) in a few minutes; see tui_memory.py. *opening* and *leaving*: see tui_terminal.py.
--docs writes the figures into docs/performance.md.
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
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

from checkout import ROOT
from tui_load import SPEC, Probe, Seen, fence, write_session
from tui_memory import Growth, measure_memory
from tui_terminal import Opening, measure_leaving, measure_opening

from tests.e2e.screen import Terminal
from tests.standins.openai_server import count_tokens
from tests.standins.running import openai_server

EARLIER_TURNS, FENCE_LINES, TOKENS_PER_SECOND = 200, 400, 100
KEYS_PER_SECOND = 7
PAUSE_EVERY, PAUSE_SECONDS = 15, 0.7
"""A person stops now and then; the linter gets its turn when they do."""
LETTERS = [chr(each) for each in chain(range(0x430, 0x530), range(0x100, 0x180), range(0x3B1, 0x3CA))]
"""Each is typed once, so that its bytes in the output are its first painting; all are one cell wide."""
TYPING_SECONDS = 20.0
BOUNDS = {"lag_p95": 25.0, "paint_p95": 50.0, "cpu": 0.35, "first_paint": 1.0}
BAR = "200 turns, two streams, typing"
PARTS = ("streaming", "memory", "opening", "leaving")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One measurement: lag of the loop and key to paint in milliseconds, CPU as a share of one core."""

    seconds: float
    cpu: float
    lag_p50: float
    lag_p95: float
    lag_p99: float
    lag_max: float
    keys: int = 0
    paint_p50: float = 0.0
    paint_p95: float = 0.0
    paint_max: float = 0.0


def figures(seen: Seen, paints: list[float]) -> Figures:
    """The figures of a window: what a probe saw in it, and the times from key to paint in seconds."""
    if not seen.rests:
        raise SystemExit("Nothing was measured: it takes five seconds at least.")
    late = [lag for _, lag in seen.lags]
    lags = statistics.quantiles(late, n=100)
    painted = statistics.quantiles([1000 * each for each in paints], n=100) if paints else [0.0] * 99
    return Figures(
        seconds=round(seen.lags[-1][0] - seen.lags[0][0], 1),
        cpu=round(sum(used for *_, used in seen.rests) / sum(end - begin for begin, end, _ in seen.rests), 3),
        lag_p50=round(lags[49], 2),
        lag_p95=round(lags[94], 2),
        lag_p99=round(lags[98], 2),
        lag_max=round(max(late), 1),
        keys=len(paints),
        paint_p50=round(painted[49], 1),
        paint_p95=round(painted[94], 1),
        paint_max=round(1000 * max(paints, default=0.0), 1),
    )


async def idle(seconds: float) -> Figures:
    """What the loop of this machine does with nothing in it."""
    probe = Probe()
    task = asyncio.create_task(probe.watch())
    await asyncio.sleep(seconds)
    task.cancel()
    return figures(probe.seen, [])


def type_for(terminal: Terminal, seconds: float) -> list[float]:
    """Type for so long; the seconds from each key to its painting."""
    taken: list[float] = []
    ends = time.perf_counter() + seconds
    for number, letter in enumerate(LETTERS, start=1):
        if time.perf_counter() > ends:
            break
        sign = letter.encode()
        due = time.perf_counter() + (PAUSE_SECONDS if number % PAUSE_EVERY == 0 else 1 / KEYS_PER_SECOND)
        begun = time.perf_counter()
        os.write(terminal.process.child_fd, sign)  # not press: pexpect waits 50 ms before it sends
        before = len(terminal.raw)
        while sign not in terminal.raw[max(0, before - 4) :]:
            if time.perf_counter() - begun > 10:
                raise SystemExit(f"A key was never painted.\n{terminal.text}")
            terminal.read(0.002)
        taken.append(time.perf_counter() - begun)
        while (left := due - time.perf_counter()) > 0:
            terminal.read(min(left, 0.02))
    return taken


def open_child(report: Path, home: Path, *arguments: str) -> Terminal:
    """tui_load.py in a pseudo-terminal."""
    script = str(ROOT / "benchmarks" / "tui_load.py")
    return Terminal(sys.executable, script, str(report), *arguments, cwd=home, SECONDPASS_HOME=str(home / "home"))


def window(report: Path, begin: float, end: float) -> tuple[dict[str, object], Seen]:
    """What a child left behind, and what its probe saw from ``begin`` to ``end``."""
    told = json.loads(report.read_text(encoding="utf-8"))
    return told, Seen(told.pop("lags"), told.pop("rests")).between(begin, end)


def bare(folder: Path) -> Figures:
    """Typing in a bare Textual app."""
    report = folder / "bare.json"
    with open_child(report, folder, "bare") as terminal:
        terminal.shows("ready")
        begin = time.perf_counter()
        paints = type_for(terminal, TYPING_SECONDS)
        end = time.perf_counter()
        terminal.press("\x11")  # Ctrl+Q
        terminal.until(lambda: not terminal.process.isalive(), "the bare app ends")
    return figures(window(report, begin, end)[1], paints)


def long_spec(characters: int = 10_000) -> str:
    """One stub of about that many characters: prose and examples, as the linter likes and dislikes them."""
    made = SPEC.rstrip().removesuffix('"""').rstrip() + "\n"
    number = 2
    while len(made) < characters:
        number += 1
        made += f"\n    The input may be large, and zero gives zero quickly. Case {number} is like the others.\n"
        made += f"\n    >>> double({number})\n    {2 * number}\n"
    return made + '    """\n'


def models_toml(folder: Path, coder: str, reviewer: str) -> Path:
    """A pair of two models, each on a server of its own."""
    path = folder / "models.toml"
    path.write_text(
        f'default_pair = "two"\n[endpoints.a]\nbase_url = "{coder}"\n[endpoints.b]\nbase_url = "{reviewer}"\n'
        '[models.coder]\nendpoint = "a"\nmax_tokens = 8000\n[models.reviewer]\nendpoint = "b"\nmax_tokens = 8000\n'
        '[pairs.two]\ncoder = "coder"\nreviewer = "reviewer"\ngpu_usd_per_hour = 2.0\n',
        encoding="utf-8",
    )
    return path


def streaming(folder: Path, *, streams: bool, spec: str = SPEC, into_spec: bool = False) -> Figures:
    """Typing while two models write (or, for comparison, while nothing else goes on)."""
    folder.mkdir()
    report = folder / "report.json"
    whole = streams and not into_spec
    # Nearly as long as the answers: what is measured is the streaming, not its end.
    seconds = 0.95 * count_tokens(fence(FENCE_LINES)) / TOKENS_PER_SECOND - 2 if whole else TYPING_SECONDS
    write_session(folder / "home" / "data" / "sessions" / "20260101-000000-aaaa.jsonl", EARLIER_TURNS, spec)
    answer: dict[str, Any] = {"answer": fence(FENCE_LINES), "rate": TOKENS_PER_SECOND}
    with openai_server(models=["coder"], **answer) as one, openai_server(models=["reviewer"], **answer) as two:
        models = models_toml(folder, one.base_url, two.base_url)
        options = ("program", "--continue", "--pair", "two", "--models", str(models))
        with open_child(report, folder, *options) as terminal:
            terminal.shows("Ask for a change")
            terminal.shows("Ctrl+N next")  # the spec is linted: the start is over
            terminal.press("i")
            terminal.press("Go on.")
            terminal.shows("Go on.")
            if streams:
                terminal.press("\r")
                terminal.until(lambda: terminal.text.count("streaming") > 1, "both models stream")
            if into_spec:
                terminal.press("\x1b1")
                terminal.shows("Spec")
            begin = time.perf_counter()
            taken = type_for(terminal, seconds)
            end = time.perf_counter()
            if streams and "tok/s" not in terminal.text:
                raise SystemExit(f"The streams ended before the typing did.\n{terminal.text}")
            if whole:
                terminal.until(lambda: "Done" in terminal.text or "No code" in terminal.text, "the run ends")
            terminal.leave()
    told, seen = window(report, begin, end)
    if told["earlier"] != EARLIER_TURNS - (not streams):
        raise SystemExit(f"The session held {told['earlier']} turns: nothing was measured.")
    if whole and told["lines"] != [FENCE_LINES + 2] * 2:
        raise SystemExit(f"The answers held {told['lines']} lines: nothing was measured.")
    return figures(seen, taken)


def measure_streaming() -> dict[str, Figures]:
    """All measurements of lag and of key to paint."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {
            "idle loop": asyncio.run(idle(9.0)),
            "bare Textual app, typing": bare(folder),
            "200 turns, typing": streaming(folder / "a", streams=False),
            BAR: streaming(folder / "b", streams=True),
            "200 turns, two streams, typing in a spec of 10 kB": streaming(
                folder / "c", streams=True, spec=long_spec(), into_spec=True
            ),
        }


def streaming_table(measured: dict[str, Figures]) -> list[str]:
    """The measurements as rows of Markdown."""
    rows = [
        "| | CPU of one core | lag p50 | p95 | p99 | largest | key to paint p50 | p95 | largest |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, each in measured.items():
        lag = f"{each.lag_p50:.1f} | {each.lag_p95:.1f} | {each.lag_p99:.1f} | {each.lag_max:.0f} ms"
        paint = f"{each.paint_p50:.0f} | {each.paint_p95:.0f} | {each.paint_max:.0f} ms" if each.keys else "| |"
        rows.append(f"| {name} | {each.cpu:.0%} | {lag} | {paint} |")
    return rows


def memory_table(measured: dict[str, Growth]) -> list[str]:
    """The growth as rows of Markdown."""
    rows = [
        "| 120 runs | resident after 30 | at the end | growth a run | text a run | objects a run |",
        "|---|---|---|---|---|---|",
    ]
    for name, each in measured.items():
        rows.append(
            f"| {name} | {each.rss_settled:.1f} MiB | {each.rss_end:.1f} MiB | {each.kib_per_run:.1f} KiB "
            f"| {each.text_kib_per_run:.1f} KiB | {each.objects_per_run:.0f} |"
        )
    return rows


def opening_table(measured: dict[str, Opening]) -> list[str]:
    """The times of opening as rows of Markdown."""
    rows = ["| | a sign of life | first paint | the whole first picture | largest |", "|---|---|---|---|---|"]
    rows += [
        f"| {name} | {each.sign:.2f} s | {each.first:.2f} s | {each.complete:.2f} s | {each.largest:.2f} s |"
        for name, each in measured.items()
    ]
    return rows


def leaving_table(measured: dict[str, dict[str, list[float]]]) -> list[str]:
    """The times of leaving as rows of Markdown."""
    ways = list(next(iter(measured.values())))
    rows = [f"| while | {' | '.join(ways)} |", "|---" * (len(ways) + 1) + "|"]
    rows += [
        f"| {state} | {' | '.join(f'{max(taken):.2f} s' for taken in each.values())} |"
        for state, each in measured.items()
    ]
    return rows


def write_docs(part: str, rows: list[str]) -> None:
    """Put the rows between the marks of ``part`` in docs/performance.md."""
    path = ROOT / "docs" / "performance.md"
    text = path.read_text(encoding="utf-8")
    begin, end = f"<!-- tui {part} begins -->\n", f"<!-- tui {part} ends -->"
    head, rest = text.split(begin)
    path.write_text(head + begin + "\n".join(rows) + "\n" + end + rest.split(end)[1], encoding="utf-8")


def main() -> int:
    """Measure, print, and say by the exit status whether the bounds are kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all where none is named")
    parser.add_argument("--docs", action="store_true", help="write the figures into docs/performance.md")
    options = parser.parse_args()
    kept = True
    for part in options.parts or PARTS:
        if part == "streaming":
            streamed = measure_streaming()
            rows = streaming_table(streamed)
            bar = streamed[BAR]
            kept = bar.lag_p95 < BOUNDS["lag_p95"] and bar.paint_p95 < BOUNDS["paint_p95"] and bar.cpu < BOUNDS["cpu"]
        elif part == "memory":
            rows = memory_table(measure_memory(120))
        elif part == "opening":
            opened = measure_opening(7)
            rows = opening_table(opened)
            kept = kept and opened["secondpass --pair demo"].first < BOUNDS["first_paint"]
        else:
            rows = leaving_table(measure_leaving(3))
        print("\n".join(rows), flush=True)
        if options.docs:
            write_docs(part, rows)
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, Textual {version('textual')}, {os.cpu_count()} cores, load {load:.1f}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
