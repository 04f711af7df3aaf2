"""What is left in an event loop of a process that has ended: nothing."""

import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, gc, os, signal, sys
from asyncio.subprocess import PIPE, Process
from core.reaping import reap

async def work():
    # It ends at once; one that it has started holds its standard output open.
    process = await asyncio.create_subprocess_exec("sh", "-c", "sleep 600 & echo $!; exit 3", stdout=PIPE)
    other = int(await process.stdout.readline())
    while process.returncode is None:
        await asyncio.sleep(0.01)
    assert await {end}(process) == 3
    return other

other = asyncio.run(work())
gc.collect()
os.kill(other, signal.SIGKILL)
"""


@pytest.mark.parametrize(("end", "complains"), [("Process.wait", True), ("reap", False)])
def test_python_complains_of_pipes_left_open_and_not_of_a_process_that_was_reaped(end: str, complains: bool) -> None:
    program = PROGRAM.replace("{end}", end)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ("Event loop is closed" in done.stderr) is complains, done.stderr
