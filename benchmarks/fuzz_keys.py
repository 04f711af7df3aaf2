"""Press keys, paste, click and resize at random, in one program after the other, on the demo pair.

python benchmarks/fuzz_keys.py [--seconds 600] [--seed 0] [--steps 500]

A program that fails, or writes a traceback into its log, is a find: the seed and the last steps are printed. The exit
status is 1 if there was one.
"""

import argparse
import asyncio
import os
import tempfile
import time
import traceback
from pathlib import Path

import checkout  # noqa: F401  (first: it makes the tests importable)

from tests.fuzzing.keys import press_at_random


def main() -> int:
    """Go on until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=500)
    options = parser.parse_args()
    # What stands behind an exclamation mark is printed, not run.
    os.environ |= {"SHELL": "/bin/echo", "EDITOR": "true"}
    deadline = time.monotonic() + options.seconds
    seed, programs, finds = options.seed, 0, 0
    while time.monotonic() < deadline:
        with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
            os.environ["SECONDPASS_HOME"] = home
            Path(folder, "notes.txt").write_text("Ties are kept.\n", encoding="utf-8")
            os.chdir(folder)
            try:
                asyncio.run(press_at_random(seed, options.steps))
            except AssertionError:
                finds += 1
                traceback.print_exc()
            os.chdir("/")
        seed, programs = seed + 1, programs + 1
    print(f"{programs} programs, {programs * options.steps:,} steps, {finds} finds")
    return 1 if finds else 0


if __name__ == "__main__":
    raise SystemExit(main())
