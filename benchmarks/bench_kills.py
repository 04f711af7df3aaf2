"""Kill a benchmark run at random moments, again and again; nothing may be lost, doubled or different.

python benchmarks/bench_kills.py [--kills 50] [--seed 0] [--longest 3.0]

A stand-in server answers with latency; the program is killed with SIGKILL and resumed. Exit status 1 on any loss.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

import checkout  # noqa: F401  (first: it makes the tests importable)

from tests.core.bench.killing import run_to_the_end
from tests.core.bench.scripted_server import answers, models_toml
from tests.standins.running import openai_server


def main() -> int:
    """Kill, and say what became of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=3.0, help="seconds after which at the latest it is killed")
    options = parser.parse_args()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        openai_server(answers=answers(), ttft=0.05, rate=1500, models=["coder", "reviewer"]) as server,
    ):
        models = models_toml(Path(folder), server.base_url)
        whole = run_to_the_end(Path(folder, "whole"), models, kills=0, draw=random.Random(0), longest=0)
        draw = random.Random(options.seed)
        killed = run_to_the_end(Path(folder, "killed"), models, kills=options.kills, draw=draw, longest=options.longest)
    same = killed.results == whole.results
    print(
        f"{killed.kills} kills: {killed.lost} finished samples lost, results "
        f"{'equal to' if same else 'DIFFERENT from'} those of an undisturbed run; {time.monotonic() - begun:.0f} s."
    )
    return 0 if same and killed.lost == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
