"""How every screen looks, at two sizes, dark, light and without colour.

A change of a screen shows in a diff of tests/tui/gallery/shots. If it is meant:

    SECONDPASS_UPDATE_SNAPSHOTS=1 python -m pytest tests/tui/test_snapshots.py
"""

import os
import shutil
import time
from itertools import groupby
from pathlib import Path

import pytest

from tests.tui.driving import NARROW, WIDE, Driver
from tests.tui.gallery.scenes import SCENES, scene

SHOTS = Path(__file__).parent / "gallery" / "shots"
UPDATE = bool(os.environ.get("SECONDPASS_UPDATE_SNAPSHOTS"))


@pytest.fixture(autouse=True)
def _same_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some screens show where the program keeps its files."""
    home = Path("/tmp/secondpass-gallery")
    shutil.rmtree(home, ignore_errors=True)
    monkeypatch.setenv("SECONDPASS_HOME", str(home))
    monkeypatch.setenv("EDITOR", "ed")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def rows(driver: Driver) -> list[str]:
    """The screen as text."""
    return driver.text.splitlines()


def styles(driver: Driver) -> list[str]:
    """The screen's styles: what each letter means, then for every row its runs, as "a12 b3"."""
    strips = driver.app.screen._compositor.render_strips()
    letters: dict[str, str] = {}
    made = []
    for strip in strips:
        cells = []
        for segment in strip:
            style = segment.style.without_color if driver.app.no_color and segment.style else segment.style
            look = str(style.clear_meta_and_links() if style else "none")
            letter = letters.setdefault(look, _letter(len(letters)))
            cells += [letter] * segment.cell_length
        made.append(" ".join(f"{letter}{len(list(run))}" for letter, run in groupby(cells)))
    return [*(f"{letter} = {look}" for look, letter in letters.items()), *made]


def _letter(number: int) -> str:
    return (
        chr(ord("a") + number) if number < 26 else f"{chr(ord('A') + (number - 26) // 26)}{chr(ord('a') + number % 26)}"
    )


async def shot(name: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> str:
    """A scene as a file holds it."""
    parts = []
    async with scene(name, size) as driver:
        parts.append(["# text", *rows(driver), "# dark", *styles(driver)])
        driver.app.theme = "secondpass-light"
        await driver.still()
        assert rows(driver) == parts[0][1 : parts[0].index("# dark")], "a theme changes colours, no words"
        parts.append(["# light", *styles(driver)])
    monkeypatch.setenv("NO_COLOR", "1")
    async with scene(name, size) as driver:
        parts.append(["# NO_COLOR", *styles(driver)])
    return "\n".join(line for part in parts for line in part) + "\n"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
@pytest.mark.parametrize("name", SCENES)
async def test_screen_looks_as_it_did(name: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    made = await shot(name, size, monkeypatch)
    path = SHOTS / f"{name}-{size[0]}x{size[1]}.txt"
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert path.is_file(), "new screen: run this with SECONDPASS_UPDATE_SNAPSHOTS=1 and look at what it writes"
    assert made == path.read_text(encoding="utf-8"), (
        f"{path.name} differs; SECONDPASS_UPDATE_SNAPSHOTS=1 writes it anew"
    )


def test_no_snapshot_is_left_of_a_screen_that_is_gone() -> None:
    assert {path.stem.rpartition("-")[0] for path in SHOTS.iterdir()} == set(SCENES)


@pytest.mark.parametrize("path", sorted(SHOTS.iterdir()) if SHOTS.is_dir() else [], ids=lambda path: path.stem)
def test_without_colour_there_is_none(path: Path) -> None:
    plain = path.read_text(encoding="utf-8").partition("# NO_COLOR\n")[2]
    assert plain
    assert "#" not in plain, "a colour"
