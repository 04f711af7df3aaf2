"""The program brought to where it is busy, the ways to end it, and what is left of it then."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.core.bench.scripted_server import models_toml
from tests.e2e.screen import CTRL_S, END, ENTER, F5, TAB, Terminal, secondpass
from tests.standins.running import RunningServer, openai_server

SPEC = 'def double(x: int) -> int:\n    """Twice x.\n\n    >>> double(2)\n    4\n    """\n'
LONG = "```python\ndef double(x: int) -> int:\n" + "    # and so on, and so on\n" * 2000 + "    return 2 * x\n```\n"
STUBBORN = "!trap '' INT TERM HUP; sleep 600 & sleep 601"
ENDLESS = "```python\ndef double(x: int) -> int:\n    while True:\n        pass\n```\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """A way to be busy: what the stand-in server does, and the words on the screen when it has come to it."""

    scenario: dict[str, Any]
    words: str
    bench: bool = False
    prompt: str = SPEC
    asks_model: bool = True


STATES = {
    "streaming": Busy(scenario={"answer": LONG, "rate": 50.0}, words="streaming"),
    "short": Busy(scenario={"answer": LONG[:6000], "rate": 150.0}, words="streaming"),
    "prefill": Busy(scenario={"ttft": 3600.0}, words="reading the prompt"),
    "sandbox": Busy(scenario={"answer": ENDLESS}, words="[CHECK]"),
    "bench": Busy(scenario={"answer": LONG, "rate": 50.0}, words="0/432", bench=True),
    "shell": Busy(scenario={"answer": LONG}, words="runs; Esc stops it", prompt=STUBBORN, asks_model=False),
}


@contextmanager
def busy(state: str, folder: Path) -> Iterator[tuple[Terminal, RunningServer]]:
    """The program in a terminal, busy with ``state``."""
    what = STATES[state]
    with openai_server(models=["coder", "reviewer"], **what.scenario) as server:
        models = models_toml(folder, server.base_url)
        with Terminal(secondpass(), "--pair", "standin", "--models", str(models), cwd=folder) as terminal:
            terminal.shows("F4 run")
            if what.bench:
                terminal.press(F5)
                terminal.shows("n new run")
                terminal.press("n")
                terminal.shows("Data set")
                # The public sets are not here. From the pair to the data set: its list ends with one that is bundled.
                terminal.press(TAB)
                terminal.press(ENTER)
                terminal.shows("MBPP+")
                terminal.press(END)
                terminal.press(ENTER)
                terminal.until(lambda: "MBPP+" not in terminal.text, "the list is closed")
                terminal.press(CTRL_S)
            else:
                terminal.press("i")
                terminal.shows("say in words")
                terminal.paste(what.prompt)
                terminal.press(ENTER)
            terminal.shows(what.words)
            if state != "sandbox" and what.asks_model:
                server.wait_for("requests", 1)
            yield terminal, server


def family(pid: int) -> set[int]:
    """The processes that ``pid`` started, and those that they did."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found, new = set[int](), {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - found
        found |= new
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that still run (a zombie does not)."""
    left = set()
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        if stat.rpartition(")")[2].split()[0] not in ("Z", "X"):
            left.add(pid)
    return left


def press_ctrl_c_twice(terminal: Terminal) -> None:
    """Both at once, as ``Terminal.leave`` does."""
    terminal.press("\x03")
    terminal.press("\x03")


def close_the_terminal(terminal: Terminal) -> None:
    """As when its window is closed: the program's end of it hangs up."""
    terminal.process.ptyproc.fileobj.close()


WAYS: dict[str, Callable[[Terminal], None]] = {
    "Ctrl+C twice": press_ctrl_c_twice,
    "SIGTERM": lambda terminal: os.kill(terminal.process.pid, signal.SIGTERM),
    "terminal closed": close_the_terminal,
    "SIGKILL": lambda terminal: os.kill(terminal.process.pid, signal.SIGKILL),
}
