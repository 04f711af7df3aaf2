"""The Workbench lints as the person types, driven through the real app."""

import os
import re
from pathlib import Path

import pytest
from rich.color import Color

from analyzers.rules.model import Edit, Fix, LintFinding
from analyzers.spec import Span
from tests.tui.driving import NARROW, WIDE, Driver, demo_options, driven
from tui.widgets.tones import DARK
from tui.workbench.linter import Linter, LintUnavailableError
from tui.workbench.spec_lint import Linted, lint_spec

SPEC = '''def top(xs, k):
    """Return the best k items of the list, sorted.

    It should be fast and handle errors.

    >>> top([3, 1, 2], 2)
    [3, 2]
    """
'''
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


async def linted(driver: Driver, text: str = SPEC) -> None:
    await driver.write_spec(text)
    await settled(driver)


async def settled(driver: Driver) -> None:
    await driver.until(lambda: driver.bench.spec_pane.fresh and not driver.bench.spec_pane._linting, "it is linted")
    await driver.pilot.pause()


def underlined(driver: Driver) -> list[tuple[str, Color | None]]:
    """What is underlined in the editor, row by row, with its colour."""
    editor = driver.bench.spec_pane.editor
    found = []
    for y in range(editor.size.height):
        for segment in editor.render_line(y):
            if segment.style is not None and segment.style.underline and segment.text.strip():
                found.append((segment.text, segment.style.color))
    return found


@SIZES
async def test_score_interval_and_findings_stand_below_the_editor(size: tuple[int, int]) -> None:
    async with driven(demo_options(), size=size) as driver:
        assert "richness" not in driver.text
        await linted(driver)
        score = lint_spec(SPEC, None).specs[0]
        assert f"richness {score.score:.0f} (verifiable {score.verifiable:.0f})" in driver.text
        assert "gain +" in driver.text
        assert "prior only" in driver.text
        assert "guard" in driver.text
        assert driver.bench.spec_pane.editor.size.height >= 3


async def test_what_is_vague_is_underlined_in_the_colour_of_its_severity() -> None:
    async with driven(demo_options()) as driver:
        await linted(driver)
        found = underlined(driver)
        warn = DARK.style("warn").color
        assert ("sorted", warn) in [(text.strip(" ."), colour) for text, colour in found]


@pytest.mark.parametrize("before", ["\t", "界界 ", "x" * 60 + " "], ids=["tab", "wide", "wrapped"])
async def test_the_underline_is_under_its_words_behind_tabs_wide_characters_and_wrapped_rows(before: str) -> None:
    async with driven(demo_options()) as driver:
        await linted(driver, f"def top(xs: list[int]) -> list[int]:\n    '''{before}Return the items, sorted.'''\n")
        assert "sorted" in [text.strip() for text, _ in underlined(driver)]


async def test_a_spec_with_windows_line_ends_is_underlined_at_the_right_places() -> None:
    async with driven(demo_options()) as driver:
        driver.bench.spec_pane.editor.load_text(SPEC.replace("\n", "\r\n"))
        driver.bench.action_open("spec")
        await settled(driver)
        assert driver.bench.spec_pane.editor.document.newline == "\r\n"
        assert "sorted" in [text.strip() for text, _ in underlined(driver)]


async def test_without_colour_findings_are_still_underlined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(demo_options()) as driver:
        await linted(driver)
        assert "sorted" in [text.strip() for text, _ in underlined(driver)]


async def test_underlines_stay_under_their_words_while_the_person_types_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with driven(demo_options()) as driver:
        await linted(driver)
        monkeypatch.setattr("tui.workbench.spec_pane.LINT_SECONDS", 3600.0)  # a busy machine types slowly
        pane = driver.bench.spec_pane
        pane.editor.move_cursor((0, 0))
        await driver.press("enter", "enter", "x")
        assert not pane.fresh
        assert "sorted" in [text.strip() for text, _ in underlined(driver)]


async def test_the_text_is_linted_after_a_pause_and_not_at_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noting(text: str, name: str | None) -> Linted:
        asked.append(text)
        return lint_spec(text, name)

    monkeypatch.setattr("tui.workbench.linter.lint_spec", noting)
    async with driven(demo_options()) as driver:
        driver.bench.action_open("spec")
        await driver.until(lambda: driver.bench.spec_pane.editor.has_focus)
        await driver.press(*"sort it")
        await settled(driver)
        assert asked[-1] == "sort it"
        assert len(asked) < len("sort it")


async def test_the_next_finding_is_a_key_away_and_is_told_with_its_hint() -> None:
    async with driven(demo_options()) as driver:
        await linted(driver)
        pane = driver.bench.spec_pane
        pane.editor.move_cursor(pane.editor.document.end)
        places = sorted({mark.start for mark in pane.editor.marks})
        assert len(places) > 1
        for place in [*places, places[0]]:
            await driver.press("ctrl+n")
            assert pane.editor.cursor_location == place
            (first, *_) = pane.editor.marks_at_cursor()
            await driver.shows(first.finding.code)
            assert first.finding.hint.split()[0] in driver.text
        await driver.press("alt+p")
        assert pane.editor.cursor_location == places[-1]


async def test_from_another_pane_the_next_finding_opens_the_spec() -> None:
    async with driven(demo_options(), size=NARROW) as driver:
        await linted(driver)
        await driver.press("alt+2")
        await driver.press("ctrl+n")
        await driver.until(lambda: driver.bench.spec_pane.editor.has_focus)


@SIZES
async def test_a_key_shows_what_would_raise_the_score_and_hides_it_again(size: tuple[int, int]) -> None:
    async with driven(demo_options(), size=size) as driver:
        await linted(driver)
        assert "annotate xs and k" not in driver.text
        await driver.press("f10")
        await driver.until(lambda: re.search(r"\+8 +annotate xs and k", driver.text))
        assert driver.bench.spec_pane.editor.size.height >= 3
        await driver.press("f10")
        await driver.until(lambda: "annotate xs and k" not in driver.text)


async def test_what_an_edit_does_to_the_score_is_told() -> None:
    async with driven(demo_options()) as driver:
        await linted(driver)
        editor = driver.bench.spec_pane.editor
        assert "▲" not in driver.text
        editor.replace("def top(xs: list[int], k: int) -> list[int]:", (0, 0), (0, len("def top(xs, k):")))
        await settled(driver)
        assert "▲14" in driver.text
        await driver.press("ctrl+z")
        await settled(driver)
        assert "▼14" in driver.text


async def test_of_several_specs_the_one_at_the_cursor_is_told() -> None:
    two = SPEC + "\n\n" + SPEC.replace("top", "bottom")
    async with driven(demo_options()) as driver:
        await linted(driver, two)
        editor = driver.bench.spec_pane.editor
        editor.move_cursor((1, 6))
        await driver.shows("top (1/2): richness")
        editor.move_cursor((12, 6))
        await driver.shows("bottom (2/2): richness")


def fixable(text: str, *pieces: tuple[str, str]) -> Linted:
    """A lint result with one finding on the first word, which replaces ``pieces``."""
    edits = tuple(Edit(Span(text.index(old), text.index(old) + len(old)), new) for old, new in pieces)
    fix = Fix(safe=True, edits=edits)
    found = LintFinding(
        code="ST602", severity="error", message="[bold]m[/]", hint="h", span=Span(0, 4), fix=fix, spec=0
    )  # fmt: skip
    return Linted(text=text, specs=lint_spec(text, None).specs, findings=(found,))


@pytest.mark.parametrize("key", ["alt+enter", "ctrl+l"])
async def test_a_fix_is_one_step_that_can_be_undone(key: str) -> None:
    async with driven(demo_options()) as driver:
        await linted(driver)
        pane = driver.bench.spec_pane
        pane._take(fixable(SPEC, ("best", "largest"), ("sorted", "in descending\n    order"), ("fast", "")))
        pane.editor.move_cursor((0, 1))
        await driver.shows("fixes it")
        assert "[bold]m[/]" in driver.text
        await driver.press(key)
        mended = SPEC.replace("best", "largest").replace("sorted", "in descending\n    order").replace("fast", "")
        assert pane.editor.text == mended
        await driver.press("ctrl+z")
        assert pane.editor.text == SPEC


async def test_a_fix_for_a_text_that_has_changed_since_is_not_made() -> None:
    async with driven(demo_options()) as driver:
        await linted(driver)
        pane = driver.bench.spec_pane
        pane._take(fixable(SPEC, ("best", "largest")))
        pane.editor.move_cursor((8, 0))
        await driver.press("x", "ctrl+l")
        assert pane.editor.text == SPEC + "x"


async def test_without_a_finding_the_keys_say_so_and_change_nothing() -> None:
    async with driven(demo_options()) as driver:
        await linted(driver)
        editor = driver.bench.spec_pane.editor
        editor.move_cursor((7, 7))
        assert not editor.marks_at_cursor()
        await driver.press("ctrl+l", "alt+i")
        await driver.shows("no finding at the cursor")
        assert editor.text == SPEC


@pytest.mark.parametrize(
    "text",
    [SPEC, SPEC.replace("\n", "\r\n"), "# Top\n\nWrite `top(xs, k)` that returns the best k items, sorted.\n"],
    ids=["python", "crlf", "markdown"],
)
async def test_a_finding_is_silenced_by_a_comment_and_nothing_else_is(text: str) -> None:
    async with driven(demo_options()) as driver:
        await linted(driver, text)
        pane = driver.bench.spec_pane
        before = pane.linted
        await driver.press("ctrl+home", "ctrl+n")
        code = pane.editor.marks_at_cursor()[0].finding.code
        await driver.press("alt+i")
        await driver.until(lambda: pane.editor.text != before.text, "a comment is written")
        await settled(driver)
        assert pane.linted.suppressed > before.suppressed
        assert code in pane.editor.text
        assert {each.code for each in pane.linted.findings} <= {each.code for each in before.findings}
        await driver.press("ctrl+z")
        assert pane.editor.text == before.text


async def test_an_empty_editor_has_no_score() -> None:
    async with driven(demo_options()) as driver:
        await linted(driver)
        await driver.press("ctrl+a", "ctrl+shift+a", "delete")
        assert driver.bench.spec_pane.editor.text == ""
        await settled(driver)
        assert "richness" not in driver.text


async def test_a_long_text_is_linted_in_a_child_that_ends_with_the_app() -> None:
    long = "\n\n".join(SPEC.replace("top", f"top_{number}") for number in range(40))
    async with driven(demo_options()) as driver:
        await linted(driver, long)
        pane = driver.bench.spec_pane
        pid = pane.linter.pid
        assert pid is not None
        assert pane.linted == lint_spec(long, None)
        assert len(pane.linted.specs) == 40
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_child_that_dies_is_told_and_replaced() -> None:
    linter = Linter(short=0)
    try:
        assert await linter.lint(SPEC, None) == lint_spec(SPEC, None)
        assert linter.pid is not None
        os.kill(linter.pid, 9)
        with pytest.raises(LintUnavailableError):
            await linter.lint(SPEC, None)
        assert await linter.lint(SPEC, "top.py") == lint_spec(SPEC, "top.py")
    finally:
        await linter.close()


async def test_a_linter_that_does_not_answer_is_said_and_typing_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(self: Linter, text: str, filename: str | None) -> Linted:
        raise LintUnavailableError("TimeoutError: ")

    monkeypatch.setattr(Linter, "lint", silent)
    async with driven(demo_options()) as driver:
        await driver.write_spec(SPEC)
        await driver.shows("The linter did not answer")
        await driver.press("x")
        assert driver.bench.spec_pane.editor.text == SPEC + "x"


async def test_the_help_lists_the_keys_for_findings(tmp_path: Path) -> None:
    async with driven(demo_options()) as driver:
        await driver.press("f1")
        await driver.shows("workbench.next-finding")
        assert "workbench.fix-finding" in driver.text
