"""`--baseline`: known findings do not count, new ones do."""

import json
from pathlib import Path

import pytest

from tests.tui.cli.lint_cases import CLEAN, CONTRADICTION, NO_EXAMPLE, Lint, Outcome


@pytest.fixture
def adopted(project: Path, lint: Lint) -> Path:
    """The project, all of its findings in baseline.json."""
    outcome = lint("--baseline", "baseline.json", "--update-baseline", ".")
    assert outcome.code == 0
    assert outcome.err.startswith("baseline.json now holds ")
    return project


def with_baseline(lint: Lint, *arguments: str) -> Outcome:
    return lint("--baseline", "baseline.json", "--format", "concise", *arguments)


def test_known_findings_do_not_fail(adopted: Path, lint: Lint) -> None:
    outcome = with_baseline(lint, ".")
    assert (outcome.code, outcome.out) == (0, "")
    assert "in the baseline)" in outcome.err


def test_the_baseline_of_the_settings_is_used(adopted: Path, lint: Lint) -> None:
    (adopted / "pyproject.toml").write_text(
        '[tool.secondpass.lint]\nselect = ["EX", "TC", "AM"]\nbaseline = "baseline.json"\n'
    )
    assert lint(".").code == 0


def test_a_new_finding_fails(adopted: Path, lint: Lint) -> None:
    (adopted / "new.py").write_text(NO_EXAMPLE.replace("vowels", "commas"))
    outcome = with_baseline(lint, ".")
    assert outcome.code == 1
    assert [line.split(":")[0] for line in outcome.out.splitlines()] == ["new.py"]


def test_known_findings_are_known_after_lines_moved(adopted: Path, lint: Lint) -> None:
    (adopted / "error.py").write_text("# a comment\n\n\n" + CONTRADICTION)
    assert with_baseline(lint, ".").code == 0


def test_a_second_finding_of_the_same_kind_is_new(adopted: Path, lint: Lint) -> None:
    (adopted / "error.py").write_text(CONTRADICTION.replace('    """\n', "    >>> double(2)\n    6\n" + '    """\n', 2))
    assert with_baseline(lint, "error.py").code == 1


def test_what_was_mended_is_told_and_dropped(adopted: Path, lint: Lint) -> None:
    (adopted / "error.py").write_text(CLEAN)
    assert "of the baseline no longer occur" in with_baseline(lint, ".").err
    before = json.loads((adopted / "baseline.json").read_text())["files"]
    lint("--baseline", "baseline.json", "--update-baseline", ".")
    after = json.loads((adopted / "baseline.json").read_text())["files"]
    assert "error.py" in before
    assert "error.py" not in after
    assert before["warning.py"] == after["warning.py"]


def test_updating_for_some_files_keeps_the_others(adopted: Path, lint: Lint) -> None:
    (adopted / "error.py").write_text(CLEAN)
    lint("--baseline", "baseline.json", "--update-baseline", "error.py")
    assert with_baseline(lint, ".").code == 0
    assert "warning.py" in json.loads((adopted / "baseline.json").read_text())["files"]


def test_files_that_are_gone_leave_the_baseline(adopted: Path, lint: Lint) -> None:
    (adopted / "error.py").unlink()
    lint("--baseline", "baseline.json", "--update-baseline", "clean.py")
    assert "error.py" not in json.loads((adopted / "baseline.json").read_text())["files"]


def test_paths_are_relative_to_the_baseline_so_that_it_can_be_committed(adopted: Path, lint: Lint) -> None:
    text = (adopted / "baseline.json").read_text()
    assert str(adopted) not in text
    assert set(json.loads(text)["files"]) == {"error.py", "info.py", "warning.py"}


def test_writing_it_twice_gives_the_same_bytes(adopted: Path, lint: Lint) -> None:
    before = (adopted / "baseline.json").read_bytes()
    lint("--baseline", "baseline.json", "--update-baseline", ".")
    assert (adopted / "baseline.json").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is not a baseline of secondpass"),
        ("[]", "is not a baseline of secondpass"),
        ('{"version": 1, "files": {"a": 3}}', "is not a baseline of secondpass"),
        ('{"version": 2}', "has version 2, which this program does not know"),
    ],
)
def test_what_is_no_baseline_exits_2(project: Path, lint: Lint, content: str, reason: str) -> None:
    (project / "baseline.json").write_text(content)
    outcome = with_baseline(lint, ".")
    assert (outcome.code, outcome.out) == (2, "")
    assert reason in outcome.err
