"""Make docs/screenshot.svg: the Workbench after a real run of a bundled example on the demo pair.

    python docs/make_screenshot.py [--example NAME] [--size 120x36] [--theme dark|light] [-o FILE]

The picture holds no reference to fonts on the network: a viewer shows it in its own monospaced font.
"""

import argparse
import asyncio
import os
import re
import tempfile
from pathlib import Path

from core.config import load_configuration
from core.examples import bundled_examples
from tui.app import AppOptions, SecondpassApp
from tui.workbench.examples import ExampleList

_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")
_FONTS = "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_PATIENCE_SECONDS = 60


async def picture(example_name: str, size: tuple[int, int], theme: str) -> str:
    """The SVG of the screen at the end of the run."""
    example = next(each for each in bundled_examples() if each.name == example_name)
    app = SecondpassApp(AppOptions(pair=load_configuration().pair("demo")))
    async with app.run_test(size=size) as pilot:
        app.theme = f"secondpass-{theme}"
        app.workbench.folder = Path.home() / "project"
        await pilot.pause()
        app.workbench.query_one("#welcome-examples").post_message(ExampleList.Chosen(example))
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while app.workbench.state.ending is None:
                await pilot.pause()
        app.workbench.draw()
        await pilot.pause()
        svg = app.export_screenshot(title="secondpass --pair demo")
    return without_network(svg)


def without_network(svg: str) -> str:
    """``svg`` without references to fonts on the network."""
    svg = (
        _FONT_FACE.sub("", svg)
        .replace("Fira Code, monospace", _FONTS)
        .replace("font-family: Fira Code", f"font-family: {_FONTS}")
    )
    svg = svg.replace("font-family: arial", "font-family: sans-serif")
    for line in svg.splitlines():
        if "url(http" in line:
            raise SystemExit(f"The picture still refers to the network: {line.strip()[:100]}")
    return svg


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--example", default="merge_intervals")
    parser.add_argument("--size", default="120x36")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).with_name("screenshot.svg"))
    options = parser.parse_args()
    columns, rows = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory() as home:
        os.environ["SECONDPASS_HOME"] = home
        svg = asyncio.run(picture(options.example, (columns, rows), options.theme))
    options.output.write_text(svg + "\n", encoding="utf-8")
    print(f"{options.output}: {len(svg) // 1024} KiB")


if __name__ == "__main__":
    main()
