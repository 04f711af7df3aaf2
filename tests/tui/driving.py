"""Drive the app in tests: engines that say what a test tells them, and waiting for what is shown."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

from textual.pilot import Pilot

from core.config import load_configuration
from core.engines.pair import EnginePair, Member
from core.engines.protocol import (
    ChatRequest,
    Completed,
    Delta,
    EngineStatus,
    Phase,
    ReasoningDelta,
    TextDelta,
    Usage,
)
from core.engines.status import StatusBoard
from core.errors import EngineError
from tui.app import AppOptions, SecondpassApp
from tui.workbench.screen import WorkbenchScreen

WIDE, NARROW = (120, 40), (80, 24)


class TalkingEngine:
    """Streams ``replies``, one a request, in the given pieces. Nothing of it is timed.

    ``hold`` stops before that many pieces until the event ``go`` is set; ``broken`` is what ``start`` raises;
    ``dies`` is what the stream raises after its pieces; ``lingers`` leaves the engine BUSY when it is stopped.
    """

    scripted = False
    context = 8192

    def __init__(
        self,
        model: str,
        replies: Iterable[Iterable[str]] = (),
        *,
        reasoning: str = "",
        hold: int | None = None,
        broken: str | None = None,
        dies: str | None = None,
        lingers: bool = False,
    ) -> None:
        self.model = model
        self.replies = [list(reply) for reply in replies]
        self.reasoning = reasoning
        self.hold = hold
        self.go = asyncio.Event()
        self.broken = broken
        self.dies = dies
        self.lingers = lingers
        self.closed = False
        self.requests: list[ChatRequest] = []
        self.board = StatusBoard(EngineStatus(Phase.STOPPED))

    @property
    def status(self) -> EngineStatus:
        return self.board.status

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        return self.board.watch(listener)

    async def start(self) -> None:
        if self.broken:
            self.board.set(EngineStatus(Phase.FAILED))
            raise EngineError(self.broken)
        self.board.set(EngineStatus(Phase.READY))

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        self.requests.append(request)
        pieces = self.replies.pop(0)
        self.board.set(EngineStatus(Phase.PREFILL))
        after = Phase.BUSY if self.lingers else Phase.READY
        try:
            if self.reasoning:
                yield ReasoningDelta(self.reasoning)
            for number, piece in enumerate(pieces):
                if number == self.hold:
                    await self.go.wait()
                self.board.set(EngineStatus(Phase.STREAMING))
                yield TextDelta(piece)
            if self.hold is not None and self.hold >= len(pieces):
                await self.go.wait()
            if self.dies:
                after = Phase.FAILED
                raise EngineError(self.dies)
            yield Completed(finish_reason="stop", usage=Usage(100, len(pieces)), ttft=0.1, seconds=1.1)
            after = Phase.READY
        finally:
            self.board.set(EngineStatus(after))

    async def close(self) -> None:
        self.closed = True


def pair_of(coder: TalkingEngine, reviewer: TalkingEngine | None = None, *, usd_per_hour: float = 0.0) -> EnginePair:
    """A pair of talking engines."""
    return EnginePair("talking", Member(coder), Member(reviewer or TalkingEngine("silent")), usd_per_hour=usd_per_hour)


def demo_options() -> AppOptions:
    """The demo pair, as fast as it can."""
    return AppOptions(pair=load_configuration().pair("demo"), pace=None)


def real_options(**changes: object) -> AppOptions:
    """A pair that is not the demo pair, which is offered."""
    configuration = load_configuration()
    pair = replace(configuration.pair("demo"), name="talking", scripted=False)
    return replace(AppOptions(pair=pair, demo=configuration.pair("demo"), pace=None), **changes)  # type: ignore[arg-type]


class Driver:
    """A pilot with the Workbench at hand."""

    def __init__(self, app: SecondpassApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def bench(self) -> WorkbenchScreen:
        return self.app.workbench

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Return when ``condition()`` holds; 60 s are enough, on a busy machine too, for everything in these tests."""
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, f"never came true: {what or condition}\n{self.text}"
            await self.pilot.pause()

    async def shows(self, words: str) -> None:
        """Return when ``words`` stand on the screen, wherever lines break: folders' names are longer here or there."""
        await self.until(lambda: words in self.text or words in flowing(self.text), f"the screen shows {words!r}")

    async def ended(self) -> None:
        """Return when the run has ended, the spec is linted, and both are drawn."""
        await self.until(lambda: self.bench.state.ending is not None, "the run ends")
        await self.until(lambda: self.bench.spec_pane.fresh, "the spec is linted")
        self.bench.draw()
        await self.still()

    async def turn_ended(self, turn: int) -> None:
        """Return when turn ``turn`` of the session has ended."""
        await self.until(lambda: self.bench.state.turn == turn and self.bench.state.ending, f"turn {turn} ends")

    async def still(self) -> None:
        """Return when nothing on the screen moves any more."""
        shown, still = "", 0
        while still < 3:
            # The focus follows the panes after the next refresh: wait until nothing moves any more.
            await self.pilot.pause()
            still = still + 1 if shown == self.text else 0
            shown = self.text

    async def write_spec(self, text: str) -> None:
        """Put ``text`` into the editor as a person would paste it."""
        self.bench.action_open("spec")
        await self.until(lambda: self.bench.spec_pane.editor.has_focus, "the editor has the focus")
        self.bench.spec_pane.editor.insert(text)
        await self.pilot.pause()

    @property
    def text(self) -> str:
        """The screen as it stands, as text."""
        return screen_text(self.app)


def flowing(text: str) -> str:
    """The text of a screen as one line, without frames."""
    return " ".join(" ".join(line.strip(" │┃▌▐║") for line in text.splitlines()).split())


def screen_text(app: SecondpassApp) -> str:
    """The rows of the screen, trailing blanks cut."""
    rows = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows)


@asynccontextmanager
async def driven(
    options: AppOptions, pair: EnginePair | None = None, *, size: tuple[int, int] = WIDE
) -> AsyncIterator[Driver]:
    """The app, running without a terminal; ``pair`` stands in for the engines of a pair that is not scripted."""
    from core.engines.pair import open_pair

    def opener(resolved: object) -> EnginePair:
        if pair is not None and not resolved.scripted:  # type: ignore[attr-defined]
            return pair
        return open_pair(resolved)  # type: ignore[arg-type]

    app = SecondpassApp(options, opener=opener)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield Driver(app, pilot)
    await app.close_engines()
