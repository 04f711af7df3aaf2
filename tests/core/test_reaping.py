"""What is left in an event loop of a process that has ended: nothing."""

import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, gc, os, signal, sys
from asyncio.subprocess import PIPE, Process
from core.reaping import reap

async def work():
    # One that it has started holds its standard output open.
    process = await asyncio.create_subprocess_exec("sh", "-c", "sleep 600 & echo $!; {then}", stdout=PIPE)
    other = int(await process.stdout.readline())
    while {ends} and process.returncode is None:
        await asyncio.sleep(0.01)
    assert await {reap}(process) == (3 if {ends} else -9)
    return other

other = asyncio.run(work())
gc.collect()
os.kill(other, signal.SIGKILL)
"""


def complaint(reap: str, *, ends: bool) -> str:
    """What Python says of a process that has ended by itself, or has not, and was dealt with."""
    program = PROGRAM.format(reap=reap, ends=ends, then="exit 3" if ends else "wait")
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "runs"])
def test_a_process_that_was_reaped_leaves_nothing_though_its_pipe_is_held_open(ends: bool) -> None:
    assert complaint("reap", ends=ends) == ""


def test_of_one_that_was_only_waited_for_python_complains() -> None:
    # So that the test above can fail.
    assert "Event loop is closed" in complaint("Process.wait", ends=True)
