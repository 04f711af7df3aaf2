"""What the options of `secondpass lint` do, as its user sees it."""

import json
from pathlib import Path

import pytest

from analyzers.rules import ALL_RULES
from core.linting.gates import GATES
from tests.tui.cli.lint_cases import CLEAN, CONTRADICTION, NO_EXAMPLE, Lint


def codes(lint: Lint, *arguments: str | Path) -> set[str]:
    """The rules that are found, by the JSON format."""
    content = json.loads(lint("--format", "json", *arguments).out)
    return {
        finding["code"]
        for file in content["files"]
        for findings in (file["findings"], *(spec["findings"] for spec in file["specs"]))
        for finding in findings
    }


# Selection


def test_select_leaves_only_what_is_named(project: Path, lint: Lint) -> None:
    assert codes(lint, "--select", "TC,EX102", ".") == {"TC703", "EX102"}


def test_ignore_takes_away(project: Path, lint: Lint) -> None:
    assert not {code for code in codes(lint, "--ignore", "EX", ".") if code.startswith("EX")}


def test_extend_select_adds_to_the_project(project: Path, lint: Lint) -> None:
    (project / "pyproject.toml").write_text('[tool.secondpass.lint]\nselect = ["EX101"]\n')
    assert codes(lint, ".") == {"EX101"}
    assert codes(lint, "--extend-select", "contradictory-examples", ".") == {"EX101", "TC703"}


def test_per_file_ignores_hold_for_the_files_they_name(project: Path, lint: Lint) -> None:
    (project / "old").mkdir()
    (project / "old" / "a.py").write_text(NO_EXAMPLE)
    (project / "pyproject.toml").write_text(
        '[tool.secondpass.lint]\nselect = ["EX101"]\n[tool.secondpass.lint.per-file-ignores]\n"old/*" = ["EX1"]\n'
    )
    assert codes(lint, "old") == set()
    assert codes(lint, "warning.py") == {"EX101"}


def test_the_token_budget_of_the_project_holds(project: Path, lint: Lint) -> None:
    settings = '[tool.secondpass.lint]\nselect = ["ST602"]\n'
    (project / "pyproject.toml").write_text(settings)
    assert codes(lint, "clean.py") == set()
    (project / "pyproject.toml").write_text(f"{settings}token-budget = 20\n")
    assert codes(lint, "clean.py") == {"ST602"}


def test_isolated_reads_no_settings(project: Path, lint: Lint) -> None:
    (project / "pyproject.toml").write_text("[tool.secondpass.lint]\nselect = []\n")
    assert codes(lint, "error.py") == set()
    assert "TC703" in codes(lint, "--isolated", "error.py")


# Which files


def test_a_folder_is_searched_for_specs_only(tmp_path: Path, lint: Lint) -> None:
    for name, text in {
        "a.md": "# one\n\nReturn TBD.\n",
        "b.txt": "Return TBD.",
        "stub.py": NO_EXAMPLE,
        "finished.py": "def f():\n    return 1\n",
        "README.md": "TBD",
        ".hidden.md": "TBD",
        "data.json": "{}",
        "node_modules/x.md": "TBD",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    content = json.loads(lint("--format", "json").out)
    assert [file["path"] for file in content["files"]] == ["a.md", "b.txt", "stub.py"]


def test_a_file_that_is_named_is_linted_whatever_it_is_called(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "README.md").write_text("Return TBD.")
    assert "AM505" in codes(lint, "README.md")
    assert lint("--force-exclude", "--format", "concise", "README.md").out == ""


def test_exclude_leaves_files_out_of_a_search(project: Path, lint: Lint) -> None:
    paths = [file["path"] for file in json.loads(lint("--format", "json", "--exclude", "e*.py", ".").out)["files"]]
    assert paths == ["clean.py", "info.py", "warning.py"]


# Output


def test_the_report_goes_to_a_file_and_the_summary_to_stderr(project: Path, lint: Lint) -> None:
    outcome = lint("-o", "report.json", "--format", "json", "error.py")
    assert outcome.out == ""
    assert outcome.err.startswith("Found 1 error")
    assert json.loads((project / "report.json").read_text())["version"] == 1


def test_quiet_is_only_the_findings(project: Path, lint: Lint) -> None:
    outcome = lint("-q", "clean.py")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_no_color_wins_over_everything(
    project: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in lint("error.py").out) is coloured
    assert "\x1b[" not in lint("-o", "report.txt", "error.py").out


def test_statistics_count_each_rule(project: Path, lint: Lint) -> None:
    outcome = lint("--statistics", "--select", "EX101,TC703", ".")
    assert outcome.out == "1  EX101  warning  no-example\n1  TC703  error    contradictory-examples\n"
    assert outcome.code == 1


def test_the_summary_counts(project: Path, lint: Lint) -> None:
    outcome = lint("--select", "EX101,EX102,TC703", "--format", "concise", ".")
    assert outcome.err == "Found 1 error, 1 warning, 1 info in 4 specs of 4 files.\n"


def test_show_settings_is_the_settings_with_the_rules_that_are_on(project: Path, lint: Lint) -> None:
    import tomllib

    outcome = lint("--show-settings", "--fail-on", "error", "--select", "TC703,EX101", "clean.py")
    assert outcome.code == 0
    assert str(project / "pyproject.toml") in outcome.out
    assert "# rules that are on: EX101 TC703\n" in outcome.out
    assert tomllib.loads(outcome.out)["fail-on"] == "error"


def test_a_gain_is_predicted_with_its_interval_and_basis(project: Path, lint: Lint) -> None:
    outcome = lint("clean.py", "error.py")
    predicted = [line for line in outcome.out.splitlines() if "gain of review" in line]
    assert "80 %:" in predicted[0]
    assert "prior only" in predicted[0]
    assert predicted[1:] == ["   gain of review: none, as the spec contradicts itself"]
    (clean, error) = json.loads(lint("--format", "json", "clean.py", "error.py").out)["files"]
    gain = clean["specs"][0]["gain"]
    assert gain["low"] < gain["points"] < gain["high"]
    assert error["specs"][0]["gain"] is None


# Standard input


def test_standard_input_is_linted_as_the_file_it_stands_for(project: Path, lint: Lint) -> None:
    arguments = ("--select", "TC703", "--format", "concise", "--stdin-filename", "specs/new.py", "-")
    outcome = lint(*arguments, stdin=CONTRADICTION.encode())
    assert outcome.code == 1
    assert outcome.out.startswith("specs/new.py:6:5: error TC703 ")


def test_the_settings_for_standard_input_are_those_of_its_name(project: Path, lint: Lint) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.secondpass.lint]\nselect = ["TC703"]\nper-file-ignores = { "old/*" = ["TC703"] }\n'
    )
    assert lint("--stdin-filename", "old/a.py", "-", stdin=CONTRADICTION.encode()).code == 0
    assert lint("--stdin-filename", "new/a.py", "-", stdin=CONTRADICTION.encode()).code == 1


def test_standard_input_without_a_name_is_a_dash(tmp_path: Path, lint: Lint) -> None:
    outcome = lint("--format", "concise", "--select", "AM505", "-", stdin=b"Return TBD.")
    assert outcome.out.startswith("-:1:8: error AM505")


def test_standard_input_that_is_no_text_exits_2(tmp_path: Path, lint: Lint) -> None:
    outcome = lint("-q", "-", stdin=b"\xff")
    assert outcome.code == 2
    assert "is not UTF-8 text" in outcome.err


# Determinism


@pytest.mark.parametrize("name", ["json", "jsonl", "sarif", "gitlab", "junit", "github"])
def test_machine_formats_give_the_same_bytes_for_the_same_input(project: Path, lint: Lint, name: str) -> None:
    assert lint("--format", name, ".").out == lint("--format", name, ".").out


# Rules


@pytest.mark.parametrize("rule", [*ALL_RULES, *GATES], ids=lambda rule: rule.code)
def test_every_rule_is_explained(tmp_path: Path, lint: Lint, rule: object) -> None:
    code, name = rule.code, rule.name  # type: ignore[attr-defined]
    explained = lint("--explain", code)
    assert explained.code == 0
    assert explained.out.startswith(f"{code} {name} (")
    for heading in ("Write instead", "Bad", "Good"):
        assert f"\n{heading}\n" in explained.out
    assert lint(name, subcommand="rules").out == explained.out
    assert lint(code.lower(), subcommand="rules").out == explained.out


def test_all_rules_are_listed_one_a_line(tmp_path: Path, lint: Lint) -> None:
    lines = lint(subcommand="rules").out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.code for rule in (*ALL_RULES, *GATES)]


def test_a_family_is_listed(tmp_path: Path, lint: Lint) -> None:
    lines = lint("tc7", subcommand="rules").out.splitlines()
    assert len(lines) > 3
    assert all(line.startswith("TC7") for line in lines)
    assert [line.split()[0] for line in lint("SC", subcommand="rules").out.splitlines()] == ["SC801", "SC802"]


def test_rules_as_json_hold_all_that_is_known(tmp_path: Path, lint: Lint) -> None:
    (rule,) = json.loads(lint("EX101", "--format", "json", subcommand="rules").out)
    assert rule.keys() == {
        "code", "name", "severity", "summary", "why", "hint", "bad", "good", "fixable", "deep",
    }  # fmt: skip


def test_an_unknown_rule_is_answered_with_the_nearest(tmp_path: Path, lint: Lint) -> None:
    outcome = lint("no-exampel", subcommand="rules")
    assert outcome.code == 2
    assert "did you mean no-example?" in outcome.err


def test_the_help_names_every_exit_code(tmp_path: Path, lint: Lint) -> None:
    outcome = lint("--help")
    assert outcome.code == 0
    assert "Exit codes: 0 clean, 1 findings" in outcome.out


def test_a_clean_spec_is_clean(project: Path, lint: Lint) -> None:
    assert (project / "clean.py").read_text() == CLEAN
    assert codes(lint, "clean.py") == set()
