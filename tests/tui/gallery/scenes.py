"""Every screen of the program in a state worth looking at, always the same: for snapshots and for pictures.

A further screen is one more entry of ``SCENES``: a function that brings the app to it. What differs from machine to
machine (times, versions, paths) is fixed here or must not be shown.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from core.config.schema import InterfaceConfig
from core.config.trust import LocalFile
from core.doctor import Probe, Result, Status, Verdict, verdict
from core.event_log import read_events
from core.events import Event, ReviewOffered, StageFinished
from core.paths import log_dir
from core.sessions import sessions_dir
from tests.tui.driving import Driver, demo_options, driven
from tui.failure.failure import Failure

SESSION = Path(__file__).with_name("session.jsonl")
"""A recorded session of the demo pair: a draft, its review, a fix, and a further turn."""
SECONDS = 4.2
"""What the clock of a run shows."""


def events() -> list[Event]:
    """The recorded session."""
    return list(read_events(SESSION))


def _turns() -> tuple[list[Event], list[Event]]:
    made = events()
    second = next(at for at, event in enumerate(made) if at and event.type == "run_started")
    return made[:second], made[second:]


async def _empty(driver: Driver) -> None:
    await driver.shows("Merge intervals")


async def _streaming(driver: Driver) -> None:
    first, _ = _turns()
    end = next(at for at, event in enumerate(first) if event.type == "token")
    _play(driver, first[: end + 1])
    await _linted(driver)


async def _finished(driver: Driver) -> None:
    driver.bench.replay(_turns()[0])
    await _linted(driver)


async def _conversation(driver: Driver) -> None:
    driver.bench.replay(events())
    await _linted(driver)
    driver.bench.action_prompt("Sort the result by end.")
    await driver.until(lambda: driver.bench.prompt.input.has_focus)


async def _review_edit(driver: Driver) -> None:
    first, _ = _turns()
    end = next(at for at, event in enumerate(first) if event.type == "stage_finished" and _is_review(event))
    judged = next(at for at, event in enumerate(first) if at > end and getattr(event, "stage", "") == "fix")
    findings = tuple(dict.fromkeys(event.id for event in first[:judged] if event.type == "finding"))
    _play(driver, [*first[:judged], ReviewOffered(candidate="draft", round=1, findings=findings)])
    driver.bench._offer_review()
    await _linted(driver)


def _is_review(event: Event) -> bool:
    return isinstance(event, StageFinished) and event.stage == "review"


async def _hunks(driver: Driver) -> None:
    await _finished(driver)
    await driver.bench.run_action("hunks")
    await driver.shows("hunk 1 of 1")


async def _accept(driver: Driver) -> None:
    await _finished(driver)
    driver.bench.action_save()
    await driver.shows("Enter saves")


async def _help(driver: Driver) -> None:
    await driver.press("f1")
    await driver.shows("workbench.run")


async def _settings(driver: Driver) -> None:
    await driver.press("f2")
    await driver.shows("Undo save")


async def _doctor(driver: Driver) -> None:
    await driver.press("f11")
    await driver.shows("Sandbox")
    await driver.until(lambda: "asking" not in driver.text)


async def _sessions(driver: Driver) -> None:
    folder = sessions_dir()
    path = folder / "20260102-030405-ab12.jsonl"
    path.write_text(SESSION.read_text(encoding="utf-8"), encoding="utf-8")
    os.utime(path, (1767323045, 1767323045))
    await driver.press("f3")
    await driver.shows("2 turns")
    await driver.shows("Turn 1")


async def _log(driver: Driver) -> None:
    lines = [
        "2026-01-02 03:04:05,678 INFO core.engines: coder: loading took 12.3 s",
        "2026-01-02 03:04:17,901 WARNING core.engines: reviewer: no answer for 30 s, still waiting",
        "2026-01-02 03:04:47,002 ERROR core.engines: reviewer: the connection was reset",
    ]
    (log_dir() / "secondpass.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    await driver.app.run_action("log")
    await driver.shows("the connection was reset")


async def _shell(driver: Driver) -> None:
    from tui.shell.screen import ShellScreen

    output = r"printf 'F.\n\n    assert merge([]) == []\nE   IndexError\n\n1 failed, 1 passed\n'; exit 1 # pytest -q"
    with mock.patch.dict(os.environ, {"SHELL": "/bin/sh"}):
        screen = ShellScreen(output, Path("/"), scripted=True)
        await driver.app.push_screen(screen)
        await driver.until(lambda: not screen.running, "the command ends")
    screen.seconds = SECONDS
    screen.draw()


async def _failure(driver: Driver) -> None:
    from tui.failure.screen import FailureScreen

    await driver.app.push_screen(
        FailureScreen(Failure(kind="ZeroDivisionError"), Path("secondpass.log"), scripted=True)
    )
    await driver.shows("ZeroDivisionError")


async def _bench_runs(driver: Driver) -> None:
    await driver.press("f5")
    await driver.shows("No run is stored yet")


async def _bench_form(driver: Driver) -> None:
    await _bench_runs(driver)
    await driver.press("n")
    await driver.shows("Data set")


SCENES: dict[str, Callable[[Driver], Awaitable[None]]] = {
    "workbench-empty": _empty,
    "workbench-streaming": _streaming,
    "workbench-finished": _finished,
    "workbench-conversation": _conversation,
    "review-edit": _review_edit,
    "diff": _hunks,
    "accept": _accept,
    "sessions": _sessions,
    "doctor": _doctor,
    "settings": _settings,
    "help": _help,
    "log": _log,
    "shell": _shell,
    "error": _failure,
    "benchmark-runs": _bench_runs,
    "benchmark-form": _bench_form,
}


async def _bench_run(driver: Driver) -> None:
    await _bench_form(driver)
    await driver.press("ctrl+s")
    await driver.shows("12/12")
    await driver.shows("[+0.0,")


async def _bench_task(driver: Driver) -> None:
    await _bench_run(driver)
    await driver.press("enter")
    await driver.shows("w in the Workbench")


async def _bench_comparison(driver: Driver) -> None:
    await _bench_run(driver)
    await driver.press("escape")
    await driver.until(lambda: driver.text.count("finished") == 1, "the run is listed")
    await driver.press("n")
    await driver.shows("Data set")
    await driver.press("ctrl+s")
    await driver.shows("12/12")
    await driver.press("escape")
    await driver.until(lambda: driver.text.count("finished") == 2, "both runs are listed")
    await driver.press("m", "down", "m")
    await driver.shows("solve the same")


async def _examples(driver: Driver) -> None:
    await driver.press("f6")
    await driver.shows("a key loads and runs")


async def _trust(driver: Driver) -> None:
    text = '[endpoints.lab]\nbase_url = "http://192.0.2.7:8000/v1"\n'
    local = LocalFile(Path("/project/models.toml"), text, "0" * 64, answer=None, changed=False)
    driver.app.options = replace(driver.app.options, local=local)
    driver.app.action_trust()
    await driver.shows("http://192.0.2.7:8000/v1")


UNSTEADY_SCENES: dict[str, Callable[[Driver], Awaitable[None]]] = {
    "examples": _examples,
    "trust": _trust,
    "benchmark-run": _bench_run,
    "benchmark-task": _bench_task,
    "benchmark-comparison": _bench_comparison,
}
"""For pictures only: they show times, dates and paths, which are never the same."""


def _play(driver: Driver, some: list[Event]) -> None:
    """A run that goes on: its events, and a clock that stands."""
    for event in some:
        driver.bench.receive(event)
        if event.type == "run_started":
            driver.bench.spec_pane.editor.put(event.spec, event.filename)
    driver.bench.draw()


async def _linted(driver: Driver) -> None:
    await driver.until(lambda: driver.bench.spec_pane.fresh, "the spec is linted")
    driver.bench.draw()


def _probes(*_: object, **__: object) -> tuple[Probe, ...]:
    results = (
        Result(id="python", title="Python", status=Status.OK, sentence="Python 3.12, new enough."),
        Result(id="sandbox", title="Sandbox", status=Status.OK, sentence="Generated code is confined: no network."),
        Result(
            id="gpu",
            title="GPU",
            status=Status.MISSING,
            sentence="No GPU was found, so the models of this pair cannot run here.",
            action="Use a server that has one, or the pair cpu.",
            command="secondpass --pair cpu",
            needed=True,
        ),
    )

    def asking(result: Result) -> Callable[[], Awaitable[Result]]:
        async def ask() -> Result:
            return result

        return ask

    return tuple(Probe(each.id, each.title, 5.0, asking(each), needed=each.needed) for each in results)


@contextmanager
def _same_everywhere() -> Iterator[None]:
    def told(*arguments: Any, **named: Any) -> Verdict:
        return replace(verdict(*arguments, **named), recommended=None)  # depends on this machine's memory

    with mock.patch("tui.doctor.screen.probes", _probes), mock.patch("tui.doctor.screen.verdict", told):
        yield


@asynccontextmanager
async def scene(name: str, size: tuple[int, int], theme: str = "dark") -> AsyncIterator[Driver]:
    """The app at a scene. Without colour where the environment says NO_COLOR."""
    still = InterfaceConfig(reduced_motion=True, theme=theme)  # type: ignore[arg-type]
    with _same_everywhere():
        async with driven(replace(demo_options(), interface=still), size=size) as driver:
            driver.bench.folder = Path("/project")
            driver.bench.now = lambda: SECONDS  # type: ignore[method-assign]
            driver.bench.draw()
            await (SCENES | UNSTEADY_SCENES)[name](driver)
            await driver.still()
            yield driver
