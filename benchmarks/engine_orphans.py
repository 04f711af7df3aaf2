"""Kill secondpass with SIGKILL at random moments, again and again; nothing of it may go on running.

python benchmarks/engine_orphans.py [--kills 100] [--seed 0] [--longest 4.0]

The program is in turn `run`, `engines start` (its command), the process that keeps a pair loaded, and the Workbench in
a pseudo-terminal, with a pair of stand-ins for MLC-LLM that take their time to compile, load and answer. Each is killed
while it starts or is used. After that everything it started must end by itself within ten seconds: guardians, servers,
compilers, keepers whose start was given up. Exit status 1 if a process is left.
"""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import checkout  # noqa: F401  (first: it makes the tests importable)

from tests.e2e.screen import Terminal, secondpass
from tests.standins.kept import StandInPair, make_pair

PATIENCE = 10.0


def main() -> int:
    """Kill, and say what was left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=4.0, help="seconds after which at the latest it is killed")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    begun = time.monotonic()
    left, alive, kinds, slowest = 0, 0, Counter[str](), 0.0
    with tempfile.TemporaryDirectory() as folder:
        pair = make_pair(Path(folder) / "pair")
        for role in ("coder", "reviewer"):
            pair.order(
                role,
                load="compile",
                compiler=str(pair.folder / f"{role}.compiler"),
                pause=0.3,
                scenario={"answer": "word " * 4000, "rate": 200},
            )
        ways = (killed_run, killed_start, killed_keeper, killed_workbench)
        for number in range(options.kills):
            way = ways[number % len(ways)]
            running = way(pair, draw.uniform(0.2, options.longest))
            alive += running
            kinds[way.__name__.removeprefix("killed_")] += 1
            found, seconds = orphans(pair)
            slowest = max(slowest, seconds)
            left += len(found)
            for pid, line in found.items():
                print(f"kill {number} ({way.__name__}): process {pid} is left: {line}", flush=True)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    by_kind = ", ".join(f"{count} x {kind}" for kind, count in kinds.items())
    print(
        f"{options.kills} kills ({by_kind}), {alive} processes were running below them: {left} left; the last of them "
        f"ended {slowest:.1f} s after its kill at the latest; {time.monotonic() - begun:.0f} s."
    )
    return 1 if left else 0


def orphans(pair: StandInPair) -> tuple[dict[int, str], float]:
    """What still runs ``PATIENCE`` after a kill, and how many seconds it took until nothing did."""
    begun = time.monotonic()
    while (found := pair.processes()) and time.monotonic() - begun < PATIENCE:
        time.sleep(0.05)
    return found, time.monotonic() - begun


def _kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()


def killed_run(pair: StandInPair, after: float) -> int:
    """``run``, with servers of its own."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = pair.start("run", "--pair", "mine", "spec.py", **quiet)
    time.sleep(after)
    below = len(pair.processes()) - 1
    _kill(process)
    return below


def killed_start(pair: StandInPair, after: float) -> int:
    """``engines start``: the keeper gives up; if the pair was loaded by then it stays, and its keeper is killed too."""
    told = pair.folder / "told"
    with told.open("w") as file:
        process = pair.start("engines", "start", "--pair", "mine", stdout=subprocess.DEVNULL, stderr=file)
        time.sleep(after)
        below = len(pair.processes()) - 1
        _kill(process)
    if all(f"{role}: ready" in told.read_text() for role in ("coder", "reviewer")):
        _kill_keeper(pair)
    return below


def killed_keeper(pair: StandInPair, after: float) -> int:
    """The keeper, while it loads or while a run uses it."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start = pair.start("engines", "start", "--pair", "mine", **quiet)
    time.sleep(after)
    run = pair.start("run", "--pair", "mine", "spec.py", **quiet) if start.poll() == 0 else None
    if run is not None:
        time.sleep(after)
    below = len(pair.processes()) - (2 if run is not None else 1)
    _kill_keeper(pair)
    for process in (start, run):
        if process is not None:
            # A run that lost its keeper says so, or goes on with servers of its own.
            _kill(process)
    return below


def killed_workbench(pair: StandInPair, after: float) -> int:
    """The app, while a turn runs."""
    with Terminal(secondpass(), "--pair", "mine", cwd=pair.folder, size=(120, 40), **pair.environ) as terminal:
        terminal.until(lambda: "F4" in terminal.text, "the Workbench is there")
        terminal.press("Write add(a, b).\r")
        until = time.monotonic() + after
        while time.monotonic() < until:
            terminal.read()
        below = len(pair.processes()) - 1
        terminal.process.kill(signal.SIGKILL)
        terminal.until(lambda: not terminal.process.isalive(), "the Workbench is gone")
    return below


def _kill_keeper(pair: StandInPair) -> None:
    for pid, line in pair.processes().items():
        if "core.keeper" in line:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
