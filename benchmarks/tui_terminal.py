"""How soon the program paints, and how soon it is gone: its own command in a pseudo-terminal of 120x40.

*Opening*: from the start of the process to the first characters, to the first of the picture, and to the whole of it,
beside a bare Textual app of one line, started in turn. *Leaving*: from the key or signal to the end of the process and
of everything that it had started, while it streams, while an engine reads the prompt, while generated code runs in the
sandbox, while a benchmark runs.

    python benchmarks/tui_terminal.py [opening] [leaving] [--rounds 5]
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import checkout  # noqa: F401  (first: it makes the tests importable)
from tui_load import write_session

from tests.e2e.busy import WAYS, alive, busy, family
from tests.e2e.screen import Terminal, secondpass
from tui.starting import WORD

_BARE = (
    "from textual.app import App\nfrom textual.widgets import Static\n"
    "class Bare(App):\n    def compose(self):\n        yield Static('ready')\nBare().run()\n"
)
STATES = ("streaming", "prefill", "sandbox", "bench", "shell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Seconds: medians and the largest.

    ``sign``: until anything is on the terminal, be it the line that says that the program starts. ``first``: until the
    first paint of the program's picture. ``complete``: until the last part of that stands.
    """

    sign: float
    first: float
    complete: float
    largest: float


def open_once(arguments: list[str], words: str, folder: Path) -> tuple[float, float, float]:
    """Seconds to the first characters, to the first of the picture, and until ``words`` stand on the screen."""
    begun = time.perf_counter()
    with Terminal(*arguments, cwd=folder, SECONDPASS_HOME=str(folder / "home")) as terminal:
        terminal.until(lambda: terminal.text.strip(), "something is written")
        sign = time.perf_counter() - begun
        terminal.until(lambda: terminal.text.strip() not in ("", WORD), "something is painted")
        first = time.perf_counter() - begun
        terminal.shows(words)
        return sign, first, time.perf_counter() - begun


def measure_opening(rounds: int) -> dict[str, Opening]:
    """The program, the program in a session of 200 turns, and a bare app, in turn."""
    # An installed program is compiled: so is this one, by the first round.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_session(folder / "home" / "data" / "sessions" / "20260101-000000-aaaa.jsonl", 200)
        commands = {
            "a bare Textual app": ([sys.executable, "-c", _BARE], "ready"),
            "secondpass --pair demo": ([secondpass(), "--pair", "demo"], "Merge intervals"),
            "secondpass --continue, 200 turns": ([secondpass(), "--pair", "demo", "--continue"], "Ask for a change"),
        }
        seen: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, (arguments, words) in commands.items():
                taken = open_once(arguments, words, folder)
                if number:  # the first round fills the disk's cache
                    seen[name].append(taken)
    return {
        name: Opening(
            sign=round(statistics.median(sign for sign, _, _ in each), 2),
            first=round(statistics.median(first for _, first, _ in each), 2),
            complete=round(statistics.median(complete for _, _, complete in each), 2),
            largest=round(max(complete for _, _, complete in each), 2),
        )
        for name, each in seen.items()
    }


def leave_once(state: str, way: str) -> float:
    """Seconds from the key or signal until the program and all it started are gone."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["SECONDPASS_HOME"] = str(Path(name) / "home")
        with busy(state, Path(name)) as (terminal, _):
            started = {terminal.process.pid, *family(terminal.process.pid)}
            # Of Ctrl+C twice the second one counts: between the two lies the person.
            if way == "Ctrl+C twice":
                terminal.press("\x03")
                terminal.shows("Ctrl+C again quits")
                os.write(terminal.process.child_fd, b"\x03")
                begun = time.perf_counter()
            else:
                WAYS[way](terminal)
                begun = time.perf_counter()
            while alive(started):
                if time.perf_counter() - begun > 60:
                    raise SystemExit(f"{state}, {way}: still there after a minute: {alive(started)}")
                if way == "terminal closed":
                    time.sleep(0.01)
                else:
                    terminal.read(0.01)
            return time.perf_counter() - begun


def measure_leaving(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Seconds for every state and way, sorted."""
    made: dict[str, dict[str, list[float]]] = {}
    for state in STATES:
        for way in WAYS:
            made.setdefault(state, {})[way] = sorted(round(leave_once(state, way), 2) for _ in range(rounds))
            print(f"  {state:<10} {way:<16} {made[state][way]}", flush=True)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["opening", "leaving", []], default=[])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not options.parts or "opening" in options.parts:
        for name, each in measure_opening(options.rounds).items():
            print(f"{name:<34} {each}")
    if not options.parts or "leaving" in options.parts:
        measure_leaving(min(options.rounds, 3))
