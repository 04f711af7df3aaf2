"""Which exit code `secondpass lint` gives, and that every error is one sentence."""

import os
from pathlib import Path

import pytest

from tests.tui.cli.lint_cases import CLEAN, NO_EXAMPLE, Lint, Outcome

SETTINGS = "[tool.secondpass.lint]\n"


def assert_one_sentence(outcome: Outcome, *parts: str) -> None:
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    (told,) = [line for line in outcome.err.splitlines() if line.startswith(("secondpass: ", "Error: "))]
    for part in parts:
        assert part in told


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        (severity, fail_on, int(found >= least))
        for found, severity in enumerate(("clean", "info", "warning", "error"))
        for least, fail_on in enumerate(("info", "warning", "error"), 1)
    ],
)
def test_findings_at_or_above_the_fail_severity_exit_1(
    project: Path, lint: Lint, severity: str, fail_on: str, code: int
) -> None:
    assert lint("--fail-on", fail_on, f"{severity}.py").code == code


@pytest.mark.parametrize(("severity", "code"), [("clean", 0), ("info", 0), ("warning", 1), ("error", 1)])
def test_warnings_fail_by_default(project: Path, lint: Lint, severity: str, code: int) -> None:
    assert lint(f"{severity}.py").code == code


def test_the_fail_severity_of_the_project_holds_unless_the_option_says_otherwise(project: Path, lint: Lint) -> None:
    (project / "pyproject.toml").write_text(f'{SETTINGS}select = ["EX"]\nfail-on = "error"\n')
    assert lint("warning.py").code == 0
    assert lint("--fail-on", "warning", "warning.py").code == 1


def test_exit_zero_shows_the_findings_and_exits_0(project: Path, lint: Lint) -> None:
    outcome = lint("--exit-zero", "--format", "concise", "error.py")
    assert outcome.code == 0
    assert "TC703" in outcome.out


def test_exit_zero_does_not_hide_a_file_that_could_not_be_linted(project: Path, lint: Lint) -> None:
    assert lint("--exit-zero", "absent.py").code == 2


@pytest.mark.parametrize(
    ("option", "minimum", "code", "gate"),
    [("--min-score", 100, 1, "SC801"), ("--min-score", 1, 0, ""), ("--min-verifiable", 1, 0, "")],
)
def test_a_minimum_score_is_a_gate(project: Path, lint: Lint, option: str, minimum: int, code: int, gate: str) -> None:
    outcome = lint(option, str(minimum), "--format", "concise", "clean.py")
    assert outcome.code == code
    assert gate in outcome.out


def test_the_verifiable_minimum_fails_a_spec_without_examples(project: Path, lint: Lint) -> None:
    outcome = lint("--min-verifiable", "30", "--fail-on", "error", "--format", "concise", "warning.py")
    assert outcome.code == 1
    assert "error SC802" in outcome.out


def test_a_gate_in_the_settings_holds_and_the_option_wins(project: Path, lint: Lint) -> None:
    (project / "pyproject.toml").write_text(f"{SETTINGS}select = []\nmin-score = 100\n")
    assert lint("clean.py").code == 1
    assert lint("--min-score", "0", "clean.py").code == 0


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("absent.md", None, "There is no file absent.md"),
        ("binary.md", b"\x7fELF\0\0", "binary.md is a binary file"),
        ("latin.md", "Zurückgeben".encode("latin-1"), "latin.md is not UTF-8 text (byte 4)"),
        ("large.txt", b"a " * 8_000_001, "large.txt is larger than 16 MB"),
    ],
)
def test_a_file_that_cannot_be_linted_exits_2(
    tmp_path: Path, lint: Lint, name: str, data: bytes | None, reason: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    outcome = lint("-q", name)
    assert outcome.code == 2
    assert_one_sentence(outcome, reason)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_exits_2(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "secret.md").write_text("Return one.")
    (tmp_path / "secret.md").chmod(0)
    outcome = lint("-q", "secret.md")
    assert outcome.code == 2
    assert_one_sentence(outcome, "secret.md cannot be read (Permission denied)")


def test_a_link_that_leads_to_itself_exits_2(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "loop.md").symlink_to("loop.md")
    outcome = lint("-q", "loop.md")
    assert outcome.code == 2
    assert_one_sentence(outcome, "loop.md cannot be read (Too many levels of symbolic links)")


def test_a_name_that_no_file_can_have_exits_2(tmp_path: Path, lint: Lint) -> None:
    outcome = lint("-q", f"{'a' * 300}.md")
    assert outcome.code == 2
    assert_one_sentence(outcome, "cannot be read (File name too long)")


def test_the_other_files_are_linted_all_the_same(project: Path, lint: Lint) -> None:
    outcome = lint("--format", "concise", "absent.py", "error.py")
    assert outcome.code == 2
    assert "TC703" in outcome.out
    assert "There is no file absent.py" in outcome.err


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ("[tool.secondpass.lint\n", ("not valid TOML", "line 1")),
        ("[tool]\nsecondpass = 3\n", ("line 2: tool.secondpass must be a table, not 3",)),
        (f"{SETTINGS}selct = []\n", ("line 2: tool.secondpass.lint.selct is not a known key", '"select"?')),
        (f"{SETTINGS}colour = 1\n", ("colour is not a known key; the keys are select,",)),
        (
            f'{SETTINGS}\nignore = ["EX999"]\n',
            ("line 3", "names an unknown rule: There is no rule 'EX999'; did you mean EX"),
        ),
        (f'{SETTINGS}select = "EX"\n', ('must be an array of texts in quotes, not "EX"',)),
        (f'{SETTINGS}fail-on = "never"\n', ('must be one of error, warning, info, not "never"',)),
        (f"{SETTINGS}min-score = 101\n", ("min-score must be a number from 0 to 100, not 101",)),
        (f"{SETTINGS}min-verifiable = true\n", ("min-verifiable must be a number from 0 to 50, not true",)),
        (f"{SETTINGS}token-budget = 0\n", ("token-budget must be 1 or more, not 0",)),
        (f"{SETTINGS}baseline = 1\n", ("baseline must be a path in quotes, not 1",)),
        (f'{SETTINGS}[tool.secondpass.lint.per-file-ignores]\n"a.py" = ["XX1"]\n', ('"a.py"', "line 3", "'XX1'")),
    ],
)
def test_wrong_settings_exit_2_and_name_file_line_and_key(
    tmp_path: Path, lint: Lint, settings: str, parts: tuple[str, ...]
) -> None:
    (tmp_path / "spec.py").write_text(CLEAN)
    (tmp_path / "pyproject.toml").write_text(settings)
    outcome = lint("spec.py")
    assert outcome.code == 2
    assert_one_sentence(outcome, "pyproject.toml", *parts)
    assert lint("--isolated", "--select", "EX1", "spec.py").code == 0


def test_settings_that_are_no_text_exit_2(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff[tool.secondpass.lint]")
    (tmp_path / "spec.py").write_text(CLEAN)
    assert_one_sentence(lint("spec.py"), "pyproject.toml is not UTF-8 text (byte 1)")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--selct", "EX"), ("--selct",)),
        (("--select", "EX11"), ("--select: There is no rule 'EX11'", "EX101")),
        (("--ignore", "no-exampel"), ("--ignore", "no-example")),
        (("--extend-select", "QQ"), ("--extend-select", "'QQ'")),
        (("--explain", "EX1O1"), ("'EX1O1'", "EX101")),
        (("--format", "xml"), ("--format", "'xml'", "junit")),
        (("--fail-on", "never"), ("--fail-on",)),
        (("--min-score", "101"), ("--min-score", "0<=x<=100")),
        (("--unsafe-fixes",), ("--unsafe-fixes", "--fix or --diff")),
        (("--fix", "--diff"), ("use one of them",)),
        (("--statistics", "--format", "json"), ("--statistics",)),
        (("--update-baseline",), ("--update-baseline", "--baseline FILE")),
        (("--stdin-filename", "a.md"), ("--stdin-filename", "add - as the path")),
        (("-", "spec.py"), ("cannot be linted together",)),
        (("-", "--watch"), ("--watch is about files",)),
        (("-", "--diff-base", "main"), ("--diff-base is about files",)),
        (("--watch", "--fix"), ("--watch only looks",)),
        (("--baseline", "absent.json"), ("There is no baseline", "--update-baseline")),
    ],
)
def test_wrong_usage_exits_2(tmp_path: Path, lint: Lint, arguments: tuple[str, ...], parts: tuple[str, ...]) -> None:
    (tmp_path / "spec.py").write_text(NO_EXAMPLE)
    paths = () if "-" in arguments else ("spec.py",)
    outcome = lint(*arguments, *paths)
    assert outcome.code == 2
    assert_one_sentence(outcome, *parts)


def test_a_folder_without_specs_is_clean_and_says_so(tmp_path: Path, lint: Lint) -> None:
    outcome = lint(tmp_path)
    assert outcome.code == 0
    assert outcome.err.startswith("No spec was found in ")
