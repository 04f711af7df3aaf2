"""The SARIF log: valid, and with what viewers need to follow a finding from one version of a file to the next."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzers.rules import ALL_RULES
from core.linting.gates import GATES
from tests.tui.cli.lint_cases import CONTRADICTION, NO_EXAMPLE, Lint
from tests.tui.cli.lint_report import report
from tui.cli.lint_formats import writer

OFFICIAL = os.environ.get("SECONDPASS_SARIF_SCHEMA")
"""Path of OASIS's own sarif-schema-2.1.0.json, for those who have it: it is validated against as well."""


def schemas() -> list[Any]:
    named = [Path(__file__).with_name("sarif_2_1_0_written.schema.json"), *([Path(OFFICIAL)] if OFFICIAL else [])]
    return [json.loads(file.read_text(encoding="utf-8")) for file in named]


def assert_valid(log: Any) -> None:
    for schema in schemas():
        validator = jsonschema.validators.validator_for(schema)
        validator.check_schema(schema)
        jsonschema.validate(log, schema, cls=validator, format_checker=validator.FORMAT_CHECKER)


def run_of(text: str) -> Any:
    log = json.loads(text)
    assert_valid(log)
    (run,) = log["runs"]
    return run


def prints(lint: Lint, *paths: str | Path) -> dict[str, tuple[str, ...]]:
    """The fingerprints of the findings by rule."""
    found: dict[str, tuple[str, ...]] = {}
    for result in run_of(lint("--format", "sarif", *paths).out)["results"]:
        (fingerprint,) = result["partialFingerprints"].values()
        found[result["ruleId"]] = (*found.get(result["ruleId"], ()), fingerprint)
    return found


def test_a_log_with_every_kind_of_content_is_valid() -> None:
    assert_valid(json.loads(writer("sarif")(report())))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda run: run.pop("tool"),
        lambda run: run["results"][0].update(level="info"),
        lambda run: run["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
        lambda run: run["results"][0].update(rulId="EX101"),
        lambda run: run.update(columnKind="codePoints"),
    ],
)
def test_the_schema_of_these_tests_refuses_what_the_standard_refuses(spoil: Any) -> None:
    log = json.loads(writer("sarif")(report()))
    spoil(log["runs"][0])
    with pytest.raises(jsonschema.ValidationError):
        assert_valid(log)


def test_a_file_that_cannot_be_linted_is_a_failed_invocation(tmp_path: Path, lint: Lint) -> None:
    (invocation,) = run_of(lint("--format", "sarif", "absent.md").out)["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert "There is no file absent.md" in told["message"]["text"]


def test_columns_are_counted_in_code_points(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "a.txt").write_text("Return 😀😀 TBD of it.", encoding="utf-8")
    run = run_of(lint("--format", "sarif", "--select", "AM505", "a.txt").out)
    assert run["columnKind"] == "unicodeCodePoints"
    (result,) = run["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (11, 14)


def test_paths_are_relative_to_the_repository_with_forward_slashes_and_quoted(tmp_path: Path, lint: Lint) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    folder = tmp_path / "some specs"
    folder.mkdir()
    (folder / "a#é.py").write_text(NO_EXAMPLE)
    outcomes = [lint("--format", "sarif", "some specs/a#é.py"), lint("--format", "sarif", folder)]
    for outcome in outcomes:
        locations = {json.dumps(result["locations"][0]["physicalLocation"]["artifactLocation"])
                     for result in run_of(outcome.out)["results"]}  # fmt: skip
        assert locations == {'{"uri": "some%20specs/a%23%C3%A9.py", "uriBaseId": "%SRCROOT%"}'}


def test_a_file_outside_of_the_repository_has_an_absolute_uri(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, lint: Lint
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "a.py"
    outside.write_text(NO_EXAMPLE)
    result = run_of(lint("--format", "sarif", outside).out)["results"][0]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": outside.as_uri()}


def test_every_rule_has_help_in_text_and_markdown() -> None:
    rules = json.loads(writer("sarif")(report()))["runs"][0]["tool"]["driver"]["rules"]
    assert len(rules) == len(ALL_RULES) + len(GATES)
    for rule, told in zip((*ALL_RULES, *GATES), rules, strict=True):
        assert told["help"]["text"].startswith(rule.hint)
        assert rule.bad.rstrip() in told["help"]["markdown"]
        assert rule.good.rstrip() in told["help"]["markdown"]
        assert told["defaultConfiguration"]["level"] == {"info": "note"}.get(rule.severity, rule.severity)


def test_rule_indexes_point_at_the_rule(project: Path, lint: Lint) -> None:
    run = run_of(lint("--format", "sarif", ".").out)
    assert run["results"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_fingerprints_stay_when_lines_above_move(tmp_path: Path, lint: Lint) -> None:
    file = tmp_path / "a.py"
    file.write_text(NO_EXAMPLE + "\n\n" + CONTRADICTION)
    before = prints(lint, "a.py")
    file.write_text("# one\n\n# two\n\n\n" + CONTRADICTION + "\n\n" + NO_EXAMPLE)
    assert prints(lint, "a.py") == before
    assert before["TC703"]


def test_equal_findings_of_one_file_have_different_fingerprints(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "a.py").write_text("\n\n".join([NO_EXAMPLE] * 3))
    found = prints(lint, "--select", "EX101", "a.py")["EX101"]
    assert len(set(found)) == len(found) == 3


def test_another_finding_has_another_fingerprint(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "a.py").write_text(CONTRADICTION)
    (tmp_path / "b.py").write_text(CONTRADICTION.replace("double", "twice"))
    assert prints(lint, "a.py")["TC703"] != prints(lint, "b.py")["TC703"]
