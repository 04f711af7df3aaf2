"""A small project of specs, and the command line run on it inside this process."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.cli.commands import command

CLEAN = '''\
def clamp(value: int, low: int, high: int) -> int:
    """Return value limited to the closed range from low to high.

    A value below low gives low, one above high gives high; both bounds belong to the range. The arguments are
    whole numbers from -10**9 to 10**9. Raises ValueError if low is greater than high.

    >>> clamp(5, 0, 10)
    5
    >>> clamp(-3, 0, 10)
    0
    >>> clamp(0, 0, 0)
    0
    """
'''
"""No error and no warning under EX, TC and AM: what the tests select."""

NO_EXAMPLE = '''\
def count_vowels(text: str) -> int:
    """Count the vowels (a, e, i, o and u) in text, in upper or lower case."""
'''
"""EX101, a warning."""

ONE_EXAMPLE = '''\
def count_vowels(text: str) -> int:
    """Count the vowels (a, e, i, o and u) in text, in upper or lower case.

    >>> count_vowels("")
    0
    """
'''
"""EX102, information."""

CONTRADICTION = '''\
def double(value: int) -> int:
    """Return value times two.

    >>> double(2)
    4
    >>> double(2)
    5
    """
'''
"""TC703, an error."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of the command came to."""

    code: int
    out: str
    err: str


Lint = Callable[..., Outcome]


def runner(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lint:
    """A function that runs ``secondpass lint`` in ``folder``, with ``stdin`` as standard input."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def lint(*arguments: str | Path, stdin: bytes = b"", subcommand: str = "lint") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        code = command([subcommand, *map(str, arguments)])
        said = capsys.readouterr()
        return Outcome(int(code), said.out, said.err)

    return lint
