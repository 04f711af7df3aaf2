"""``secondpass doctor``: every result as it arrives, then what they mean for the pair."""

import asyncio
import json
import os
import sys
import textwrap
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.errors import ExitCode
from tui.cli.configured import configured
from tui.visible import visible

if TYPE_CHECKING:
    from core.doctor import Result

_COLOURS = {"ok": "green", "warn": "yellow", "missing": "yellow", "error": "red"}
_TITLE = 15
_INDENT = " " * (2 + 8 + _TITLE)


def doctor_command(*, pair: str | None, as_json: bool, models: Path | None) -> int:
    """Examine this machine for ``pair`` (None: the default one); returns the exit code.

    Raises:
        SecondpassError: the configuration is wrong.
    """
    from core.doctor import probes, result_json, verdict

    configuration = configured(models)
    resolved = configuration.pair(pair)
    asked = probes(configuration, resolved, size=_terminal_size())
    results = asyncio.run(_examined(asked, show=not as_json))
    meaning = verdict(configuration, resolved, results)
    if as_json:
        order = [each.id for each in asked]
        document = {
            "version": 1,
            "pair": {
                "name": meaning.pair,
                "can_start": meaning.can_start,
                "blocking": list(meaning.blocking),
                "sentence": meaning.sentence,
            },
            "recommended_pair": meaning.recommended,
            "results": [result_json(each) for each in sorted(results, key=lambda result: order.index(result.id))],
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo()
        click.echo(_filled(meaning.sentence, ""))
        if meaning.recommended is not None:
            click.echo(_filled(f"By its memory, this machine suits: secondpass --pair {meaning.recommended}", ""))
        if not meaning.can_start:
            click.echo("Without any of this: secondpass --pair demo, and secondpass lint FILE.")
    return ExitCode.OK if meaning.can_start else ExitCode.NO


async def _examined(asked: "tuple[object, ...]", *, show: bool) -> "list[Result]":
    from core.doctor import examine

    results = []
    async with aclosing(examine(asked)) as found:  # type: ignore[arg-type]
        async for result in found:
            results.append(result)
            if show:
                _print(result)
    return results


def _print(result: "Result") -> None:
    words = f"{result.status.symbol} {result.status:<8}"
    colour = "red" if result.blocks else _COLOURS[result.status]
    click.echo(_coloured(words, colour) + _filled(f"{result.title:<{_TITLE}}{result.sentence}", _INDENT, 10))
    if result.action:
        click.echo(_filled(f"{_INDENT}{result.action}", _INDENT))
    if result.command:
        # Not broken into lines by us: it is there to be copied.
        click.echo(f"    {visible(result.command)}")


def _coloured(words: str, colour: str) -> str:
    return words if os.environ.get("NO_COLOR") else click.style(words, fg=colour)


def _filled(text: str, indent: str, taken: int = 0) -> str:
    size = _terminal_size()
    width = min(size[0], 120) if size else 0
    if not width:
        return visible(text)
    lines = textwrap.wrap(
        visible(text),
        width,
        initial_indent=" " * taken,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
        replace_whitespace=False,
        drop_whitespace=True,
    )
    return "\n".join(lines)[taken:]


def _terminal_size() -> tuple[int, int] | None:
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        return None
    return (size.columns, size.lines) if size.columns else None
