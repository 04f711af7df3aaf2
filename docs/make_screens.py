"""Write a picture of every screen, at two sizes, to be looked at: SVG, and PNG where rsvg-convert is installed.

    python docs/make_screens.py FOLDER [--theme dark|light|contrast|terminal] [--only NAME]

The screens are those of the snapshot tests (tests/tui/gallery), and some that show times.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import checkout  # noqa: F401  (first: it makes the tests importable)
from make_screenshot import without_network

from tests.tui.gallery.scenes import SCENES, UNSTEADY_SCENES, scene

SIZES = ((120, 40), (80, 24))
EVERY = SCENES | UNSTEADY_SCENES


async def draw(name: str, size: tuple[int, int], theme: str, folder: Path) -> Path:
    """Write one picture; returns where."""
    path = folder / f"{name}-{size[0]}x{size[1]}.svg"
    async with scene(name, size, theme) as driver:
        path.write_text(without_network(driver.app.export_screenshot(title=name)), encoding="utf-8")
    return path


def main() -> None:
    """Draw them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", default="dark")
    parser.add_argument("--only", choices=sorted(EVERY))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in [options.only] if options.only else EVERY:
        for size in SIZES:
            with tempfile.TemporaryDirectory() as home:
                os.environ["SECONDPASS_HOME"] = home
                path = asyncio.run(draw(name, size, options.theme, options.folder))
            if shutil.which("rsvg-convert"):
                subprocess.run(["rsvg-convert", "-o", path.with_suffix(".png"), path], check=True)
            print(path, flush=True)


if __name__ == "__main__":
    main()
