"""A program killed with SIGKILL leaves no process; benchmarks/engine_orphans.py does this a hundred times."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.standins.kept import make_pair
from tests.standins.processes import ended


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted by way of /proc")
@pytest.mark.parametrize("arguments", [["run", "--pair", "mine", "spec.py"], ["engines", "start", "--pair", "mine"]])
def test_nothing_outlives_a_killed_program(arguments: list[str], tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    for role in ("coder", "reviewer"):
        pair.order(role, load="compile", compiler=str(tmp_path / f"{role}.compiler"), pause=600)
    draw = random.Random(len(arguments))
    for _ in range(2):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with pair.start(*arguments, **quiet) as process:
            # A random number of processes are there: the program, its keeper, guardians, servers, compilers.
            wanted = draw.randint(2, 4)
            while len(pair.processes()) < wanted:
                assert process.poll() is None
            started = pair.processes()
            process.kill()
        for pid in started:
            assert ended(pid), started[pid]
        while left := pair.processes():
            # Started in the moment of the kill.
            assert all(ended(pid) for pid in left), left
