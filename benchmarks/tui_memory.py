"""Does the program grow? An hour of work, 120 runs of half a minute each, as fast as they go.

The app runs without a terminal, on two engines that stream prepared answers (a draft of 60 lines, a review); linter,
sandbox, session log and screen are the program's own. Once every run begins a new session, once every run is a further
turn of one session, which holds all its turns. At ten points resident memory and the number of objects are read after a
full collection. What a person pays in a day of short sessions is the growth per run of the first; the growth per turn
of the second is set beside the bytes of text that a turn holds.

    python benchmarks/tui_memory.py [--runs 120]
"""

import argparse
import asyncio
import gc
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import checkout  # noqa: F401  (first: it makes the tests importable)
from tui_load import SPEC, fence

from tests.tui.driving import Driver, TalkingEngine, driven, pair_of, real_options

DRAFT_LINES = 60
REVIEW = "VERDICT: NO DEFECT\n" + "The draft does what the specification says, in every case that it names. " * 8
SETTLED = 0.25
"""The first quarter of the runs is warming up: caches fill, modules are imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Resident memory in MiB and objects at the beginning of the settled part and at the end, and growth per run."""

    runs: int
    rss_settled: float
    rss_end: float
    objects_settled: int
    objects_end: int
    kib_per_run: float
    objects_per_run: float
    text_kib_per_run: float


def resident() -> float:
    """Resident memory in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure() -> tuple[float, int]:
    """Resident memory and objects, after a full collection."""
    for _ in range(3):
        gc.collect()
    return resident(), len(gc.get_objects())


def answers(count: int) -> tuple[TalkingEngine, TalkingEngine]:
    """Engines with the answers of so many runs, in pieces of about a token."""
    code = f"{fence(DRAFT_LINES).removesuffix('```' + chr(10))}\n\ndef double(x: int) -> int:\n    return 2 * x\n```\n"

    def pieces(text: str) -> list[str]:
        return [text[at : at + 4] for at in range(0, len(text), 4)]

    return (
        TalkingEngine("coder", [pieces(f"# {number}\n{code}") for number in range(count)]),
        TalkingEngine("reviewer", [pieces(f"{REVIEW}{number}\n") for number in range(count)]),
    )


async def one_run(driver: Driver, number: int, *, further: bool) -> None:
    """A run in a session of its own, or a further turn."""
    bench = driver.bench
    before = bench.state.ending
    if further and number:
        bench.prompt.input.put(f"Change {number}.")
        bench.action_prompt()
        await driver.until(lambda: bench.prompt.input.has_focus, "the prompt has the focus")
        await driver.press("enter")
    else:
        if number:
            bench.action_new_session()
        await driver.write_spec(SPEC)
        await driver.press("f4")
    await driver.until(lambda: bench.state.ending is not None and bench.state.ending is not before, "the run ends")
    await driver.ended()


async def hour(runs: int, *, further: bool) -> Growth:
    """The growth over that many runs."""
    seen: list[tuple[int, float, int]] = []
    coder, reviewer = answers(runs)
    async with driven(real_options(), pair_of(coder, reviewer)) as driver:
        for number in range(runs):
            await one_run(driver, number, further=further)
            for engine in (coder, reviewer):
                engine.requests.clear()
            if (number + 1) % max(1, runs // 10) == 0:
                seen.append((number + 1, *measure()))
                print(f"  run {number + 1:>3}: {seen[-1][1]:6.1f} MiB, {seen[-1][2]:,} objects", flush=True)
        held = len(driver.bench.state.earlier)
        if held != (runs - 1 if further else 0):
            raise SystemExit(f"The session holds {held} earlier turns: nothing was measured.")
    first = next(each for each in seen if each[0] >= SETTLED * runs)
    last = seen[-1]
    between = last[0] - first[0]
    text = sum(len("".join(part)) for part in (*answers(1)[0].replies, *answers(1)[1].replies))
    return Growth(
        runs=runs,
        rss_settled=round(first[1], 1),
        rss_end=round(last[1], 1),
        objects_settled=first[2],
        objects_end=last[2],
        kib_per_run=round(1024 * (last[1] - first[1]) / between, 1),
        objects_per_run=round((last[2] - first[2]) / between, 1),
        text_kib_per_run=round(text / 1024, 1),
    )


def measure_memory(runs: int) -> dict[str, Growth]:
    """Both hours."""
    made: dict[str, Growth] = {}
    for name, further in (("a new session each run", False), ("further turns of one session", True)):
        with tempfile.TemporaryDirectory() as home:
            os.environ["SECONDPASS_HOME"] = home
            print(name, flush=True)
            made[name] = asyncio.run(hour(runs, further=further))
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=120)
    for name, each in measure_memory(parser.parse_args().runs).items():
        print(name, each)
