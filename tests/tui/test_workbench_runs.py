"""The Workbench with engines that stop, linger, die or cannot start."""

import pytest
from textual.widgets import Select

from core.engines.protocol import EngineStatus, Phase
from core.errors import ConfigurationError
from core.event_log import read_events
from core.events import Event, TokenText
from core.request import RunRequest
from core.sessions import list_sessions
from tests.tui.driving import NARROW, WIDE, Driver, TalkingEngine, driven, pair_of, real_options, screen_text
from tui.app import SecondpassApp
from tui.widgets.question import QuestionPanel
from tui.workbench.live import LiveRun

SPEC = '''def double(x: int) -> int:
    """Return twice x.

    >>> double(2)
    4
    """
'''
LEAN = "Write a function double(x) that returns twice x."
DRAFT = ["Here it is.\n\n```python\n", "def double(x: int) -> int:\n", "    return 2 * x\n", "```\n"]
NO_DEFECT = ["VERDICT: NO DEFECT\n"]
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


async def run_spec(driver: Driver, spec: str = SPEC, pattern: str = "coder-only") -> None:
    await driver.write_spec(spec)
    driver.bench.spec_pane.pattern = pattern
    await driver.press("f4")


async def test_of_several_stubs_the_one_at_the_cursor_is_run_and_gone_on_with() -> None:
    text = SPEC + "\n\n" + SPEC.replace("double", "triple").replace("twice", "three times").replace("4", "6")
    engine = TalkingEngine("coder-model", [DRAFT, DRAFT])
    async with driven(real_options(), pair_of(engine)) as driver:
        await driver.write_spec(text)
        driver.bench.spec_pane.editor.move_cursor((2, 0))
        driver.bench.spec_pane.pattern = "coder-only"
        await driver.press("f4")
        await driver.shows("double is run, the stub at the cursor")
        await driver.ended()
        state = driver.bench.state
        assert state.spec is not None
        assert (state.spec.name, state.spec.checkable) == ("double", 1)
        assert "1 of 1 examples" in driver.text
        driver.bench.spec_pane.editor.move_cursor((10, 0))
        assert driver.bench.ask("Name it the same")
        await driver.ended()
        assert driver.bench.state.spec is not None
        assert driver.bench.state.spec.name == "double"


async def test_a_run_is_stopped_where_an_event_cannot_be_received() -> None:
    engine = TalkingEngine("coder-model", [DRAFT], hold=2)

    def receive(event: Event) -> None:
        if isinstance(event, TokenText):
            raise LookupError("the screen is gone")

    live = LiveRun(RunRequest(spec=SPEC, pattern="coder-only"), pair_of(engine), receive)
    with pytest.raises(LookupError):
        await live.drive()
    live.close()
    assert engine.status.phase is Phase.READY


@SIZES
async def test_stopping_a_stream_keeps_its_text_and_returns_control_at_once(size: tuple[int, int]) -> None:
    engine = TalkingEngine("coder-model", [DRAFT, DRAFT], hold=2)
    async with driven(real_options(), pair_of(engine), size=size) as driver:
        await run_spec(driver)
        await driver.until(lambda: "def double" in driver.text and driver.bench.state.running)
        await driver.press("2")  # typed into the spec, and lost by nothing below
        assert "[DRAFT]" in driver.text
        assert "Esc stop" in driver.text
        before = driver.bench.spec_pane.editor.text
        driver.bench.action_stop()
        # The model is still held: what ends the run did not wait for it.
        await driver.until(lambda: not driver.bench.state.running, "the run is stopped")
        assert not engine.go.is_set()
        await driver.ended()
        assert "Stopped." in driver.text
        driver.bench.action_open("draft")
        await driver.until(lambda: "■ stopped here" in driver.text)
        assert "def double(x: int) -> int:" in driver.text
        assert driver.bench.spec_pane.editor.text == before
        engine.hold = None
        await driver.press("f4")
        await driver.until(lambda: driver.bench.state.code is not None)


async def test_an_engine_that_still_finishes_a_prefill_is_shown_as_busy_until_it_is_done() -> None:
    engine = TalkingEngine("coder-model", [DRAFT], hold=0, lingers=True)
    async with driven(real_options(), pair_of(engine)) as driver:
        await run_spec(driver)
        await driver.until(lambda: engine.requests)
        await driver.press("escape")
        await driver.ended()
        assert "coder-model ◐ busy" in driver.text
        engine.board.set(EngineStatus(Phase.READY))
        await driver.until(lambda: "coder-model ● ready" in driver.text)


async def test_an_engine_that_dies_mid_stream_is_one_line_and_its_text_is_kept() -> None:
    message = "The coder's server (coder-model) went away while it answered; start it again and run once more."
    engine = TalkingEngine("coder-model", [DRAFT[:2], DRAFT], dies=message)
    async with driven(real_options(), pair_of(engine)) as driver:
        await run_spec(driver)
        await driver.ended()
        assert "Error: The coder's server (coder-model) went away" in driver.text
        assert "def double(x: int) -> int:" in driver.text
        assert "Traceback" not in driver.text
        engine.dies = None
        await driver.press("f4")
        await driver.until(lambda: driver.bench.state.code is not None)
        await driver.ended()
        assert "Error" not in driver.text


async def test_a_pair_that_cannot_start_says_what_to_do_and_offers_the_demo_pair() -> None:
    engine = TalkingEngine("coder-model", broken="MLC-LLM is not installed; run `secondpass doctor`.")
    async with driven(real_options(), pair_of(engine)) as driver:
        await run_spec(driver)
        await driver.ended()
        assert "MLC-LLM is not installed; run `secondpass doctor`." in driver.text
        assert "[2] Use the demo pair" in driver.text
        spec = driver.bench.spec_pane.editor.text
        panel = driver.bench.query_one(QuestionPanel)
        choice = "Use the demo pair (scripted, bundled examples only)"
        panel.post_message(QuestionPanel.Answered(panel.question, choice))
        await driver.until(lambda: "SCRIPTED DEMO" in driver.text and not panel.question)
        assert driver.bench.spec_pane.editor.text == spec
        await driver.press("f6", "3")
        await driver.until(lambda: driver.bench.state.code is not None)
        await driver.until(lambda: engine.closed)


async def test_a_pair_that_cannot_even_be_made_is_said_at_the_start() -> None:
    def opener(resolved: object) -> object:
        raise ConfigurationError("LAB_KEY is not set; set it to the endpoint's key.")

    app = SecondpassApp(real_options(demo=None), opener=opener)  # type: ignore[arg-type]
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert "LAB_KEY is not set" in screen_text(app)
        driver = Driver(app, pilot)
        await driver.write_spec(SPEC)
        await pilot.press("f4")
        await pilot.pause()
        assert "LAB_KEY is not set" in screen_text(app)


async def test_a_question_is_answered_only_with_the_focus_and_after_the_grace_time() -> None:
    coder = TalkingEngine("coder-model", [DRAFT, DRAFT])
    review = ["VERDICT: DEFECTS\n", "FINDING: three is meant\nCITATION: twice x\nINPUT: double(1)\nEXPECTED: 3\n"]
    reviewer = TalkingEngine("reviewer-model", [review, ["EXPECTED: unspecified\n"]])
    async with driven(real_options(), pair_of(coder, reviewer)) as driver:
        now = [100.0]
        panel = driver.bench.query_one(QuestionPanel)
        panel._grace._clock = lambda: now[0]
        await run_spec(driver, LEAN, "review-then-fix")
        await driver.until(lambda: panel.question)
        editor = driver.bench.spec_pane.editor
        assert editor.has_focus, "the person is typing: the question must not take the keyboard"
        await driver.press("1")
        assert editor.text == f"1{LEAN}" or editor.text == f"{LEAN}1"
        assert driver.bench.state.approval is not None
        await driver.press("f12")
        await driver.until(lambda: panel.has_focus)
        await driver.press("1")
        assert driver.bench.state.approval is not None, "within the grace time"
        now[0] += 0.6
        await driver.press("7")
        assert driver.bench.state.approval is not None, "there is no seventh choice"
        await driver.press("1")
        await driver.ended()
        assert not panel.has_class("open")
    (session,) = list_sessions()
    decision = next(event for event in read_events(session.path) if event.type == "decision")
    assert (decision.choice, decision.by) == ("Keep the draft", "person")


async def test_a_review_in_json_reads_as_words_while_it_streams_and_as_it_was_written_where_asked_for() -> None:
    pieces = ['{"verdict": "DEFECTS", "findings": [{"title": "three is ', 'meant", "citation": "twice x"', "}]}"]
    reviewer = TalkingEngine("reviewer-model", [pieces], hold=2)
    async with driven(real_options(), pair_of(TalkingEngine("coder-model", [DRAFT]), reviewer)) as driver:
        await run_spec(driver, SPEC, "review-then-fix")
        await driver.shows("TITLE: three is meant")
        await driver.shows("VERDICT: DEFECTS")
        assert '"title"' not in driver.text
        driver.bench.query_one("#review").focus()
        await driver.press("ctrl+o")
        await driver.shows('"title": "three is')
        reviewer.go.set()
        await driver.ended()


async def test_escape_does_nothing_when_nothing_runs_and_never_clears_text() -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder-model"))) as driver:
        await driver.write_spec(SPEC)
        await driver.press("escape", "escape")
        assert driver.bench.spec_pane.editor.text == SPEC
        assert driver.app.is_running


async def test_the_chosen_pattern_and_guard_are_what_is_run() -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder-model", [DRAFT]))) as driver:
        await driver.press("f7")
        await driver.until(lambda: driver.bench.query_one("#pattern", Select).has_focus)
        await driver.press("enter", "down", "down", "enter")
        driver.bench.spec_pane.guard = "strict"
        await driver.until(lambda: driver.bench.spec_pane.pattern == "coder-only")
        await driver.write_spec(SPEC)
        await driver.press("f4")
        await driver.ended()
        run = driver.bench.state.run
        assert run is not None
        assert (run.pattern, run.guard) == ("coder-only", "strict")
        assert "DRAFT✓─CHECK✓" in driver.text


async def test_the_status_line_shows_speed_context_time_and_cost() -> None:
    engine = TalkingEngine("coder-model", [DRAFT])
    async with driven(real_options(), pair_of(engine, usd_per_hour=3600.0)) as driver:
        await run_spec(driver)
        await driver.ended()
        state = driver.bench.state
        assert state.ending is not None
        assert state.ending.type == "run_finished"
        assert "coder 4 tok/s ttft 0.1s" in driver.text
        assert "ctx 104/8.2k" in driver.text
        assert f"{state.ending.seconds:.1f} s · ${state.ending.usd:.2f}"[:8] in driver.text


async def test_a_run_that_is_going_on_is_not_started_twice() -> None:
    engine = TalkingEngine("coder-model", [DRAFT, DRAFT], hold=1)
    async with driven(real_options(), pair_of(engine)) as driver:
        await run_spec(driver)
        await driver.until(lambda: engine.requests)
        await driver.press("f4", "f6", "3")
        await driver.pilot.pause()
        assert len(engine.requests) == 1
        assert driver.bench.spec_pane.editor.text == SPEC
        engine.go.set()
        await driver.ended()


async def test_reasoning_is_read_while_it_is_all_there_is_then_folded_and_opened_with_a_key() -> None:
    engine = TalkingEngine("coder-model", [DRAFT], reasoning="Twice means two times.", hold=0)
    async with driven(real_options(), pair_of(engine)) as driver:
        await run_spec(driver)
        await driver.until(lambda: "Twice means two times." in driver.text)
        engine.go.set()
        await driver.ended()
        assert "Twice means two times." not in driver.text
        driver.bench.action_open("draft")
        await driver.until(lambda: driver.bench.query_one("#draft").has_focus)
        await driver.press("ctrl+o")
        await driver.until(lambda: "Twice means two times." in driver.text)
        assert "Here it is." in driver.text


async def test_leaving_while_an_engine_answers_closes_the_engines_and_ends_the_log() -> None:
    engine = TalkingEngine("coder-model", [DRAFT], hold=1)
    async with driven(real_options(), pair_of(engine)) as driver:
        await run_spec(driver)
        await driver.until(lambda: engine.requests)
        await driver.press("ctrl+c", "ctrl+c")
    assert not engine.go.is_set(), "leaving did not wait for the model"
    assert engine.closed
    (session,) = list_sessions()
    assert session.ending == "run_stopped"
