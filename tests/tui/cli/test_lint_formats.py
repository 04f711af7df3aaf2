"""What each format of a lint report looks like, byte by byte, and that the tools it is for can read it.

The expected outputs lie in lint_snapshots/; with SECONDPASS_WRITE_SNAPSHOTS=1 the tests write them instead.
"""

import json
import os
import re
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from analyzers.gain.predict import Gain
from analyzers.rules import ALL_RULES
from core.choices import LINT_FORMATS
from core.linting.gates import GATES
from tests.tui.cli.lint_report import report
from tui.cli.lint_formats import Report, writer

SNAPSHOTS = Path(__file__).with_name("lint_snapshots")


@pytest.fixture(autouse=True)
def _fixed_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of a prediction change with the evidence; the formats shall not."""

    def predict(richness: float, *, soundness: str, guard: str, calibration: object) -> Gain | None:
        assert richness == 40.3
        assert (guard, calibration) == ("off", None)
        if soundness == "contradictory":
            return None
        return Gain(points=3.0, low=-1.5, high=7.5, basis="prior only: two aggregates", extrapolated=False)

    # By module: the package has a function of the module's name.
    monkeypatch.setattr(import_module("analyzers.gain.predict"), "predict", predict)


def written(name: str, of: Report | None = None) -> str:
    return writer(name)(report() if of is None else of)


def without_rules(text: str) -> str:
    """A SARIF log without the catalogue, whose texts may be improved without any change of the format."""
    log = json.loads(text)
    for run in log["runs"]:
        run["tool"]["driver"]["rules"] = []
        run["tool"]["driver"]["semanticVersion"] = ""
        for result in run["results"]:
            result["ruleIndex"] = -1
    return json.dumps(log, indent=1) + "\n"


@pytest.mark.parametrize("name", LINT_FORMATS)
def test_the_report_is_byte_for_byte_what_was_agreed(name: str) -> None:
    text = written(name)
    if name == "sarif":
        text = without_rules(text)
    snapshot = SNAPSHOTS / f"report.{name}.txt"
    if os.environ.get("SECONDPASS_WRITE_SNAPSHOTS"):
        snapshot.write_text(text, encoding="utf-8", newline="")
    assert text.encode() == snapshot.read_bytes()


@pytest.mark.parametrize("name", LINT_FORMATS)
def test_a_report_about_nothing_is_readable_too(name: str) -> None:
    text = written(name, Report(files=()))
    if name in ("json", "sarif", "gitlab"):
        json.loads(text)
    elif name == "junit":
        assert ElementTree.fromstring(text).get("tests") == "0"
    else:
        assert text == ""


@pytest.mark.parametrize("name", ["full", "concise", "github"])
def test_formats_that_terminals_show_print_nothing_that_a_terminal_obeys(name: str) -> None:
    text = written(name)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_the_full_format_has_colours_only_when_asked() -> None:
    plain = report()
    coloured = written("full", Report(files=plain.files, color=True))
    assert "\x1b[" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == written("full")


def test_quiet_leaves_the_scores_out() -> None:
    text = written("full", Report(files=report().files, scores=False))
    assert "richness" not in text
    assert "TC703" in text


def test_the_carets_stand_under_wide_characters() -> None:
    lines = written("full").splitlines()
    (at,) = [index for index, line in enumerate(lines) if "EX102" in line]
    # "def " and then one character that is two columns wide.
    assert lines[at + 2].endswith("| def 名(x):")
    assert lines[at + 3].rpartition("| ")[2] == "    ^^"


def test_a_line_of_a_megabyte_is_cut_around_the_finding() -> None:
    from core.linting.check import Overrides, Project

    text = "Return a number. " * 60_000 + "TBD"
    file = Project(Overrides(isolated=True), Path("/nowhere")).lint_data(Path("/nowhere/a.txt"), text.encode())
    text = written("full", Report(files=(file,), scores=False))
    assert max(map(len, text.splitlines())) < 1_000
    assert "AM505" in text


# GitHub


def test_github_gets_a_command_of_the_right_severity_for_each_finding() -> None:
    commands = [line.split(" ", 1)[0] for line in written("github").splitlines()]
    assert commands == ["::warning", "::warning", "::error", "::notice", "::warning", "::error"]


def test_github_commands_are_escaped() -> None:
    lines = written("github").splitlines()
    assert all(line.startswith("::") for line in lines)
    assert "file=sub/specs/a b%2C%3A%25é.py,line=2," in lines[1]
    assert "“more” says 50 %25 : no,%0Ameasure." in lines[1]


def test_github_takes_columns_only_within_one_line() -> None:
    (spanning,) = [line for line in written("github").splitlines() if "TC703" in line]
    assert ",line=6,endLine=7," in spanning
    assert "col=" not in spanning


# GitLab


def test_gitlab_fingerprints_are_unique() -> None:
    issues = json.loads(written("gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 6
    assert {issue["severity"] for issue in issues} == {"critical", "minor", "info", "blocker"}


def test_the_same_finding_in_two_files_has_two_gitlab_fingerprints(tmp_path: Path) -> None:
    from core.linting.check import Overrides, Project

    project = Project(Overrides(isolated=True), tmp_path)
    files = tuple(project.lint_data(tmp_path / name, b"TBD TBD\n") for name in ("a.txt", "b.txt"))
    issues = json.loads(written("gitlab", Report(files=files)))
    assert len(issues) > 2
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


# JUnit


def test_junit_counts_what_it_holds() -> None:
    root = ElementTree.fromstring(written("junit").encode())
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors", "")) == len(suite.findall("testcase/error"))
    assert root.get("failures") == str(len(root.findall(".//failure"))) == "4"


def test_junit_parses_with_control_characters_in_the_text() -> None:
    message = ElementTree.fromstring(written("junit").encode()).find(".//failure[@message]")
    assert message is not None
    assert "A fence \ufffd is not closed." in ElementTree.tostring(message, encoding="unicode")


# JSON


def test_json_holds_what_the_contract_names() -> None:
    content = json.loads(written("json"))
    assert content["version"] == 1
    file, unreadable = content["files"]
    assert (unreadable["specs"], unreadable["findings"]) == ([], [])
    assert unreadable["problem"].startswith("bad.md is not UTF-8")
    contradictory, suspect = file["specs"]
    assert contradictory["gain"] is None
    assert suspect["gain"].keys() == {"points", "low", "high", "basis", "extrapolated"}
    assert suspect["richness"].keys() == {"score", "verifiable", "components"}
    (of_file,) = file["findings"]
    assert of_file["code"] == "CN302"
    open_list = next(one for one in suspect["findings"] if one["code"] == "AM503")
    assert {"code", "severity", "line", "column", "end_line", "end_column", "message", "hint", "fix"} <= set(open_list)
    assert open_list["fix"] == {
        "safe": True,
        "edits": [{"line": 12, "column": 12, "end_line": 12, "end_column": 17, "text": ""}],
    }


def test_jsonl_holds_the_same_objects_as_json() -> None:
    rows: list[dict[str, Any]] = [json.loads(line) for line in written("jsonl").splitlines()]
    assert [row["type"] for row in rows] == [
        "finding", "spec", "finding", "finding", "spec", "finding", "finding", "problem",
    ]  # fmt: skip
    whole = json.loads(written("json"))["files"][0]
    told = {key: value for key, value in rows[4].items() if key not in ("type", "path")}
    assert told == {key: value for key, value in whole["specs"][1].items() if key != "findings"}


def test_every_rule_of_the_catalogue_is_in_the_sarif_log() -> None:
    rules = json.loads(written("sarif"))["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in (*ALL_RULES, *GATES)]
