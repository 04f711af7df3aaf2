"""What the Workbench is measured under: a long session, two models that write at once, and a probe in the event loop.

Run as a program it opens secondpass in the terminal that it is started in, as the installed command does, with the
probe inside, and writes what that saw to a file when it is left (tui_latency.py starts it so):

    python benchmarks/tui_load.py REPORT bare|program [options of secondpass]
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path

from core.engines.protocol import Role, Stage
from core.event_log import EventWriter
from core.events import (
    Candidate,
    CheckResult,
    ChecksFinished,
    Event,
    ReviewVerdict,
    RunFinished,
    RunStarted,
    SpecRead,
    StageFinished,
    StageStarted,
    TokenText,
)

PROBE_SECONDS = 0.005
PHASE_SECONDS = 2.0
BLOCK = '''
def merge_{n}(left: list[int], right: list[int]) -> list[int]:
    """Merge two sorted lists, the smaller item first."""
    merged: list[int] = []  # grows to the length of both
    while left and right:
        source = left if left[0] <= right[0] else right
        merged.append(source.pop(0))
    return [*merged, *left, *right, {n}]

'''
SPEC = 'def double(x: int) -> int:\n    """Twice x.\n\n    >>> double(2)\n    4\n    """\n'


def fence(lines: int) -> str:
    """A fenced block of that many lines of Python."""
    code = "".join(BLOCK.replace("{n}", str(number)) for number in range(lines // 8 + 1))
    return "```python\n" + "\n".join(islice(code.splitlines(), lines)) + "\n```\n"


def turn(number: int, spec: str, *, lines: int = 60) -> list[Event]:
    """A turn of a session as a log holds it: a draft of ``lines`` lines, its review, its examples."""
    answer, review = fence(lines), "VERDICT: NO DEFECT\n" + "The draft does what the specification says. " * 8
    code = answer.removeprefix("```python\n").removesuffix("```\n")
    stages: tuple[tuple[Stage, Role, str], ...] = (("draft", "coder", answer), ("review", "reviewer", review))
    made: list[Event] = [
        RunStarted(
            run_id="", started="2026-01-01T00:00:00+00:00", program="", spec=spec, filename="double.py",
            pattern="coder-only", pair="two", scripted=False, coder="coder", reviewer="reviewer", guard="proven",
            rounds=0, prompt_version="", sandbox="", usd_per_hour=2.0, turn=number,
            requests=tuple(f"Change {each}." for each in range(2, number + 1)), base=code if number > 1 else "",
        ),
        SpecRead(name="double", signature=None, checkable=1),
    ]  # fmt: skip
    for stage, role, text in stages:
        pieces = [text[at : at + 40] for at in range(0, len(text), 40)]
        made.append(
            StageStarted(
                stage=stage,
                role=role,
                round=1,
                model=role,
                candidate="draft",
                prompt_tokens=500,
                context=16384,
            )
        )
        made += [TokenText(stage=stage, role=role, text=piece) for piece in pieces]
        made.append(
            StageFinished(
                stage=stage,
                role=role,
                round=1,
                candidate="draft",
                text=text,
                prompt_tokens=500,
                completion_tokens=len(pieces),
                tokens_estimated=False,
                ttft=0.2,
                seconds=6.0,
                finish_reason="stop",
            )
        )
        if stage == "draft":
            made.append(Candidate(candidate="draft", role="coder", code=code, problem=None))
    made += [
        ReviewVerdict(candidate="draft", role="reviewer", round=1, verdict="no defect"),
        CheckResult(candidate="draft", example=1, source="double(2)", want="4", outcome="pass", got="4"),
        ChecksFinished(candidate="draft", passed=1, failed=0, seconds=0.1),
        RunFinished(
            accepted="draft", candidate="draft", code=code, passed=1, failed=0, prompt_tokens=1000,
            completion_tokens=600, tokens_estimated=False, seconds=12.0, usd=0.0,
        ),
    ]  # fmt: skip
    return [replace(event, n=n, at=n * 0.1) for n, event in enumerate(made)]


def write_session(path: Path, turns: int, spec: str = SPEC) -> None:
    """The log of a session of that many turns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        writer = EventWriter(file)
        for number in range(1, turns + 1):
            for event in turn(number, spec):
                writer.write(event)
        writer.flush()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a probe saw.

    ``lags``: when (``time.perf_counter``), and how late in ms. ``rests``: from when to when it slept, and the seconds
    of processor time that the process took meanwhile.
    """

    lags: list[tuple[float, float]] = field(default_factory=list)
    rests: list[tuple[float, float, float]] = field(default_factory=list)

    def between(self, begin: float, end: float) -> "Seen":
        """What of it lies in a window."""
        return Seen(
            [each for each in self.lags if begin <= each[0] <= end],
            [each for each in self.rests if begin <= each[0] and each[1] <= end],
        )


class Probe:
    """For two seconds it wakes every 5 ms and notes how late, then it sleeps for two and notes what the process used.

    In turn, as waking costs as much as a twentieth of a core, which is none of the program's.
    """

    def __init__(self) -> None:
        self.seen = Seen()

    async def watch(self) -> None:
        """Probe until cancelled."""
        while True:
            ends = time.perf_counter() + PHASE_SECONDS
            while (begun := time.perf_counter()) < ends:
                await asyncio.sleep(PROBE_SECONDS)
                now = time.perf_counter()
                self.seen.lags.append((now, (now - begun - PROBE_SECONDS) * 1000))
            begun, used = time.perf_counter(), time.process_time()
            await asyncio.sleep(PHASE_SECONDS)
            self.seen.rests.append((begun, time.perf_counter(), time.process_time() - used))

    def write(self, report: Path, **more: object) -> None:
        """Leave what was seen for the one who measures: perf_counter is the same clock in every process."""
        report.write_text(json.dumps({**asdict(self.seen), **more}), encoding="utf-8")


def _bare(report: Path) -> None:
    """A Textual app of one text editor: what typing costs without anything of ours."""
    from textual.app import App, ComposeResult
    from textual.widgets import TextArea

    probe, kept = Probe(), []

    class Bare(App[None]):
        def compose(self) -> ComposeResult:
            yield TextArea(placeholder="ready")

        def on_mount(self) -> None:
            self.query_one(TextArea).focus()
            kept.append(asyncio.create_task(probe.watch()))

    Bare().run()
    probe.write(report)


def _program(report: Path, arguments: list[str]) -> int:
    """The whole program. A run of "coder-only" lets both models write at once here, which no shipped pattern does."""
    from core.patterns import registry
    from core.patterns.blocks import draft
    from core.patterns.candidates import Checked
    from core.patterns.pipeline import Pipeline
    from core.patterns.prompts import messages
    from tui.app import SecondpassApp
    from tui.cli import commands

    async def two_at_once(p: Pipeline) -> Checked:
        asked = messages("review", spec=p.told, code="", target=p.target)
        review = p.ask("review", "reviewer", asked, round=1, candidate="draft")
        checked, _ = await asyncio.gather(draft(p), review)
        return checked

    registry.PATTERNS["coder-only"] = registry.Pattern("coder-only", 0, two_at_once)
    probe, kept = Probe(), []
    mounted = SecondpassApp.on_mount

    def on_mount(app: SecondpassApp) -> None:
        mounted(app)
        kept.append((app, asyncio.create_task(probe.watch())))

    SecondpassApp.on_mount = on_mount  # type: ignore[method-assign,assignment]
    code = commands.command(arguments)
    state = kept[0][0].workbench.state
    lines = [len(answer.text.splitlines()) for answer in state.answers]
    probe.write(report, earlier=len(state.earlier), lines=lines)
    return code


if __name__ == "__main__":
    if sys.argv[2] == "bare":
        _bare(Path(sys.argv[1]))
    else:
        sys.exit(_program(Path(sys.argv[1]), sys.argv[3:]))
