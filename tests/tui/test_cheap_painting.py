"""What is painted bit by bit, from rows that are kept, looks like a screen painted anew."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import pyte
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.geometry import Offset, Region
from textual.pilot import Pilot
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from core.engines.protocol import ChatRequest, Delta
from tests.tui.driving import WIDE, TalkingEngine, driven, pair_of, real_options
from tui.compositor import FrugalCompositor
from tui.widgets.feeds import code_lines
from tui.widgets.line_view import LineView
from tui.widgets.lines import Line, line

CODE = code_lines("".join(f"def function_{number}(argument):\n    return argument\n\n" for number in range(40)))
CLIPPED = [line("wide " * 40, wrap=False), *CODE[:60]]
DRAFT = "```python\n" + "".join(f"def f{number}(a):\n    return a\n\n" for number in range(60)) + "```\n"
REVIEW = "VERDICT: NO DEFECT\n" + "".join(f"The draft does what sentence {number} says.\n\n" for number in range(60))
SPEC = 'def f1(a):\n    """The same.\n\n    >>> f1(2)\n    2\n    """\n'


class Framed(App[None]):
    CSS = """
    LineView { border: round $panel; scrollbar-size: 1 1; padding: 0 1; }
    LineView:focus { border: round $accent; background: $surface; }
    """

    def compose(self) -> ComposeResult:
        yield LineView()
        yield LineView(id="other")


def painted_anew(view: LineView) -> list[Strip]:
    kept, view._strips = view._strips, {}
    view._styles_cache.clear()
    made = view.render_lines(view.outer_size.region)
    view._strips = kept
    return made


async def test_kept_rows_look_as_they_would_if_they_were_painted_now() -> None:
    app = Framed()
    async with app.run_test(size=(60, 30)) as pilot:
        view = app.query_one(LineView)
        steps: list[Callable[[], object]] = [
            lambda: view.show(CODE[:5], follow=True),
            lambda: view.show(CODE[:50], follow=True),
            lambda: view.show(CODE[:53], follow=True),
            lambda: view.show(CODE, follow=True),
            lambda: view.show([*CODE[:50], Line(CODE[1].spans, number=51), *CODE[51:]], follow=True),
            lambda: view.scroll_to(y=20, animate=False),
            lambda: view.focus(),
            lambda: view.show_titles("title", "subtitle"),
            lambda: setattr(app.screen, "selections", {view: Selection(Offset(2, 30), Offset(9, 33))}),
            lambda: setattr(app, "theme", "textual-light"),
            lambda: app.query_one("#other").focus(),
            lambda: view.show(CLIPPED),
            lambda: view.scroll_to(x=25, y=4, animate=False),
            lambda: view.show(CLIPPED[:3]),
            lambda: view.show([]),
        ]
        for step in steps:
            step()
            await settled(pilot)
            whole = view.render_lines(view.outer_size.region)
            assert whole == painted_anew(view)
            part = Region(3, 1, view.outer_size.width - 8, 6)
            assert view.render_lines(part) == [strip.crop(part.x, part.right) for strip in whole[1:7]]
            assert view.render_lines(view.outer_size.region) == whole


async def test_few_rows_of_a_long_text_are_kept() -> None:
    app = Framed()
    async with app.run_test(size=(60, 30)) as pilot:
        view = app.query_one(LineView)
        view.show([line(str(number)) for number in range(3000)])
        for y in range(0, 2900, 10):
            view.scroll_to(y=y, animate=False)
            await pilot.pause()
        assert len(view._strips) < 10 * view.size.height


async def test_a_new_line_asks_no_other_widget_to_paint_itself() -> None:
    app = Framed()
    async with app.run_test(size=(60, 30)) as pilot:
        view, other = app.query(LineView)
        screen = app.screen
        screen._compositor = FrugalCompositor()
        view.show(CODE[:5])
        other.show(CODE)
        screen.refresh(layout=True)
        await settled(pilot)
        asked: list[Widget] = []
        for widget in (view, other, screen):
            watch(widget, asked)
        view.show(CODE[:6])
        await settled(pilot)
        assert set(asked) == {view}


async def test_every_frame_of_a_text_that_grows_and_shrinks_shows_all_of_it() -> None:
    app, terminal = Framed(), Seen()
    async with app.run_test(size=WIDE) as pilot:
        app._display = terminal.display_for(app)  # type: ignore[method-assign,assignment]
        app.screen._compositor = FrugalCompositor()
        app.screen.refresh(layout=True)
        await settled(pilot)
        view = app.query_one(LineView)
        for lines in (CODE[:5], CODE[:6], [*CODE[:5], CODE[9]], CODE[:9], CODE[:7], CODE, CODE[:100], CODE[:3]):
            view.show(lines, follow=True)
            await settled(pilot)
            seen = terminal.cells
            assert seen == painted(app), len(lines)


def watch(widget: Widget, asked: list[Widget]) -> None:
    """Write down in ``asked`` whenever ``widget`` is to paint itself."""
    painting = widget.render_lines

    def render_lines(crop: Region) -> list[Strip]:
        asked.append(widget)
        return painting(crop)

    widget.render_lines = render_lines  # type: ignore[method-assign]


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause()


class Unhurried(TalkingEngine):
    """Gives the screen time to paint between the pieces."""

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        async for delta in super().chat(request):
            await asyncio.sleep(0.003)
            yield delta


async def test_frames_that_change_a_part_of_the_screen_add_up_to_the_whole() -> None:
    coder = Unhurried("coder", [DRAFT.splitlines(keepends=True)])
    reviewer = Unhurried("reviewer", [REVIEW.splitlines(keepends=True)])
    terminal = Seen()
    async with driven(real_options(), pair_of(coder, reviewer), size=WIDE) as driver:
        driver.app._display = terminal.display_for(driver.app)  # type: ignore[method-assign,assignment]
        driver.app.screen.refresh()
        await driver.write_spec(SPEC)
        driver.bench.action_run()  # not by its key: that waits until nothing happens any more
        shown = set()
        while driver.bench.state.ending is None:
            await asyncio.sleep(0.02)
            driver.bench.draw()
            shown.add(len(driver.bench.query_one("#draft", LineView).text))
        assert len(shown) > 5, "the draft did not grow"
        await driver.ended()
        await driver.press("pageup", "up", "f8", "end", "enter", "x")
        await driver.still()
        assert terminal.cells == painted(driver.app)


SEVERAL = "".join(
    f'def g{number}(a: list[int]) -> int:\n    """Return a[{number}] (or None)."""\n\n' for number in range(9)
)
KEYS = [
    "up",
    "(",
    "x",
    ")",
    "home",
    "shift+down",
    "shift+down",
    "delete",
    "ctrl+z",
    "enter",
    "backspace",
    "pagedown",
    "tab",
]


async def test_rows_of_the_editor_that_are_kept_look_as_if_they_were_painted_now() -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder")), size=WIDE) as driver:
        await driver.write_spec(SEVERAL)
        editor = driver.bench.spec_pane.editor
        editor.cursor_blink = False
        await driver.until(lambda: driver.bench.spec_pane.fresh and editor.marks, "the spec is linted")
        steps: list[str | Callable[[], object]] = [
            *KEYS,
            lambda: editor.scroll_to(y=4, animate=False),
            lambda: setattr(editor, "show_line_numbers", False),
            lambda: setattr(editor, "show_line_numbers", True),
            lambda: setattr(driver.app, "theme", "secondpass-light"),
            lambda: editor.put("Write a function.\n\n" + SEVERAL, "spec.md"),
        ]
        for step in steps:
            if isinstance(step, str):
                await driver.press(step)
            else:
                step()
            await settled(driver.pilot)
            seen = editor.render_lines(editor.outer_size.region)
            editor._kept.clear()
            editor._line_cache.clear()
            editor._styles_cache.clear()
            assert seen == editor.render_lines(editor.outer_size.region), step


class Seen:
    """What a terminal shows that was painted on."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(*WIDE)
        self._stream = pyte.Stream(self._screen)

    def feed(self, data: str) -> None:
        self._stream.feed(data)

    def display_for(self, app: App[None]) -> Callable[[object, CompositorUpdate | None], None]:
        """What stands in for the method of ``app`` that paints, and does not where there is no terminal."""

        def display(screen: object, update: CompositorUpdate | None) -> None:
            if update is not None and screen is app.screen and not app._batch_count:
                self.feed(update.render_segments(app.console))

        return display

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        return [[self._screen.buffer[y][x] for x in range(WIDE[0])] for y in range(WIDE[1])]


def painted(app: App[None]) -> list[list[pyte.screens.Char]]:
    """The whole screen, painted anew."""
    for view in app.screen.query(LineView):
        view._strips.clear()
        view._styles_cache.clear()
    whole = Seen()
    update = app.screen._compositor.render_full_update()
    whole.feed(update.render_segments(app.console))
    return whole.cells
