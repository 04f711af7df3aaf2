"""Fuzz everything that reads what others wrote: specs, models.toml, answers, logs, samples, streams, reports.

python benchmarks/fuzz.py [--seconds 600] [--seed 0] [--targets spec,sse] [--keep FOLDER]

The targets and the corpus are those of tests/fuzzing; each gets its share of the time. An input that makes a reader
raise anything but the error it promises is a find, and so is one that takes more than five seconds of processor time.
Finds are printed with what makes them again, and written to --keep. The exit status is 1 if there was one.
"""

import argparse
import random
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

import checkout  # noqa: F401  (first: it makes the tests importable)

from tests.fuzzing.mutating import mutated
from tests.fuzzing.targets import TARGETS, Target

SLOW = 5.0
MEMORY = 4 << 30


class TooSlow(Exception):
    """An input took too long."""


def _too_slow(number: int, frame: object) -> None:
    raise TooSlow(f"more than {SLOW:g} s of processor time")


def fuzz(target: Target, seconds: float, seed: int, keep: Path | None) -> tuple[int, int]:
    """Executions and finds."""
    deadline = time.monotonic() + seconds
    corpus = target.corpus
    number = finds = 0
    while time.monotonic() < deadline:
        data = mutated(random.Random(f"{seed}/{target.name}/{number}"), corpus, target.words)
        try:
            begun = time.process_time()
            signal.setitimer(signal.ITIMER_PROF, SLOW)
            target.run(data)
            if time.process_time() - begun > SLOW:  # in C code, where no handler runs
                raise TooSlow(f"more than {SLOW:g} s of processor time")
        except BaseException as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            if isinstance(error, KeyboardInterrupt):
                raise
            finds += 1
            told = traceback.format_exc(limit=-4)
            print(f"--seed {seed}, {target.name}, input {number}: {told}  {data!r:.800}", flush=True)
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{target.name}-{seed}-{number}").write_bytes(data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        number += 1
    return number, finds


def main() -> int:
    """Fuzz for a while."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600, help="for all targets together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--targets", default=",".join(target.name for target in TARGETS))
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    signal.signal(signal.SIGPROF, _too_slow)
    # What a reader may take; what is handed to the referee of the judge, for one, is limited so.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    chosen = [target for target in TARGETS if target.name in options.targets.split(",")]
    every = finds = 0
    for target in chosen:
        executions, found = fuzz(target, options.seconds / len(chosen), options.seed, options.keep)
        print(f"{target.name}: {executions} executions, {found} finds", flush=True)
        every, finds = every + executions, finds + found
    print(f"{every} executions, {finds} finds, seed {options.seed}.")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
