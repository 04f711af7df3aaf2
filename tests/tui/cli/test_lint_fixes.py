"""`--fix` and `--diff` from the command line; what a fix does to a text is tested with core.linting.fixing."""

from pathlib import Path

import pytest

from tests.tui.cli.lint_cases import CLEAN, NO_EXAMPLE, Lint

UNUSED = CLEAN.rstrip("\n") + "  # noqa: EX101\n"
"""One finding, SP901, with a safe fix that takes the comment out."""


@pytest.fixture
def fixable(project: Path) -> Path:
    """The project with fixable.py, and SP901 selected as well."""
    (project / "pyproject.toml").write_text('[tool.secondpass.lint]\nselect = ["EX", "TC", "SP"]\n')
    (project / "fixable.py").write_text(UNUSED)
    return project


def test_fix_mends_the_file_and_then_it_is_clean(fixable: Path, lint: Lint) -> None:
    outcome = lint("--fix", "--format", "concise", "fixable.py")
    assert (fixable / "fixable.py").read_text() == CLEAN
    assert (outcome.code, outcome.out) == (0, "")
    assert "Fixed 1 finding in 1 file." in outcome.err
    assert lint("--fix", "fixable.py").code == 0


def test_what_cannot_be_fixed_still_fails(fixable: Path, lint: Lint) -> None:
    outcome = lint("--fix", "--format", "concise", "fixable.py", "warning.py")
    assert outcome.code == 1
    assert outcome.out.startswith("warning.py:")
    assert (fixable / "warning.py").read_text() == NO_EXAMPLE


def test_diff_shows_the_fix_changes_nothing_and_exits_1(fixable: Path, lint: Lint) -> None:
    outcome = lint("--diff", "fixable.py")
    assert outcome.code == 1
    assert '-    """  # noqa: EX101\n+    """\n' in outcome.out
    assert "Would fix 1 finding in 1 file." in outcome.err
    assert (fixable / "fixable.py").read_text() == UNUSED


def test_diff_is_clean_where_there_is_nothing_to_fix(fixable: Path, lint: Lint) -> None:
    assert (lint("--diff", "warning.py").code, lint("--diff", "warning.py").out) == (0, "")


def test_standard_input_is_fixed_to_standard_output(fixable: Path, lint: Lint) -> None:
    arguments = ("--fix", "--format", "concise", "--stdin-filename", "x.py", "-")
    outcome = lint(*arguments, stdin=(UNUSED + "\n\n" + NO_EXAMPLE).encode())
    assert outcome.out == CLEAN + "\n\n" + NO_EXAMPLE
    assert outcome.code == 1
    assert "x.py:16:5: warning EX101" in outcome.err


def test_standard_input_that_needs_no_fix_comes_back_as_it_was(fixable: Path, lint: Lint) -> None:
    outcome = lint("--fix", "-q", "--stdin-filename", "x.py", "-", stdin=CLEAN.encode())
    assert (outcome.code, outcome.out, outcome.err) == (0, CLEAN, "")


def test_findings_say_that_they_can_be_fixed(fixable: Path, lint: Lint) -> None:
    outcome = lint("--format", "concise", "fixable.py")
    assert outcome.out.endswith(" [fixable]\n")
    assert "1 finding can be fixed with --fix." in outcome.err
    assert "[1 fixable]" in lint("--statistics", "fixable.py").out
