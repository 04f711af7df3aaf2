"""`--diff-base`: only the specs that changed since a commit."""

import subprocess
from pathlib import Path

import pytest

from tests.tui.cli.lint_cases import CONTRADICTION, NO_EXAMPLE, Lint

SECOND = NO_EXAMPLE.replace("vowels", "commas")


def git(folder: Path, *arguments: str) -> None:
    names = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository_of_specs(project: Path) -> Path:
    """A repository with two.py, which holds two specs without examples, and the project's files; all committed."""
    (project / "two.py").write_text(NO_EXAMPLE + "\n\n" + SECOND)
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "specs")
    return project


def found(lint: Lint, *arguments: str) -> list[str]:
    out = lint("--diff-base", "main", "--select", "EX101,TC703", "--format", "concise", *arguments).out
    return [":".join(line.split(":")[:2]) for line in out.splitlines()]


def test_nothing_changed_is_clean(repository_of_specs: Path, lint: Lint) -> None:
    outcome = lint("--diff-base", "main", "--format", "concise", ".")
    assert (outcome.code, outcome.out) == (0, "")


def test_only_the_spec_that_changed_counts(repository_of_specs: Path, lint: Lint) -> None:
    file = repository_of_specs / "two.py"
    file.write_text(file.read_text().replace("commas (a", "all commas (a"))
    assert found(lint, ".") == ["two.py:5"]


def test_a_spec_that_moved_did_not_change(repository_of_specs: Path, lint: Lint) -> None:
    file = repository_of_specs / "two.py"
    file.write_text("# a comment\n" + file.read_text())
    assert found(lint, ".") == []


def test_a_removed_line_changes_its_spec(repository_of_specs: Path, lint: Lint) -> None:
    file = repository_of_specs / "error.py"
    file.write_text(CONTRADICTION.replace("    Return value times two.\n", "", 1).replace("\n\n", "\n", 1))
    assert found(lint, ".") == ["error.py:5"]


def test_a_new_file_counts_whole_staged_or_not(repository_of_specs: Path, lint: Lint) -> None:
    (repository_of_specs / "new.py").write_text(NO_EXAMPLE)
    assert found(lint, ".") == ["new.py:1"]
    git(repository_of_specs, "add", "new.py")
    assert found(lint, ".") == ["new.py:1"]


def test_commits_of_the_branch_count_and_those_of_the_base_do_not(repository_of_specs: Path, lint: Lint) -> None:
    git(repository_of_specs, "checkout", "-q", "-b", "topic")
    (repository_of_specs / "mine.py").write_text(NO_EXAMPLE)
    git(repository_of_specs, "add", "-A")
    git(repository_of_specs, "commit", "-q", "-m", "mine")
    git(repository_of_specs, "checkout", "-q", "main")
    (repository_of_specs / "warning.py").write_text(SECOND)
    git(repository_of_specs, "commit", "-q", "-a", "-m", "theirs")
    git(repository_of_specs, "checkout", "-q", "topic")
    assert found(lint, ".") == ["mine.py:1"]


@pytest.mark.parametrize("reference", ["absent", "--output=/tmp/x", ""])
def test_an_unknown_commit_exits_2(repository_of_specs: Path, lint: Lint, reference: str) -> None:
    outcome = lint(f"--diff-base={reference}", ".")
    assert outcome.code == 2
    assert "--diff-base" in outcome.err


def test_outside_of_a_repository_it_exits_2(project: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    outcome = lint("--diff-base", "main", ".")
    assert outcome.code == 2
    assert "needs a git repository" in outcome.err


def test_a_history_without_a_common_commit_is_explained(repository_of_specs: Path, lint: Lint) -> None:
    git(repository_of_specs, "checkout", "-q", "--orphan", "other")
    git(repository_of_specs, "commit", "-q", "-m", "other")
    outcome = lint("--diff-base", "main", ".")
    assert outcome.code == 2
    assert "fetch-depth: 0" in outcome.err


def test_a_file_that_is_absent_is_still_a_problem(repository_of_specs: Path, lint: Lint) -> None:
    assert lint("--diff-base", "main", "absent.py").code == 2
