"""In CI, data that is there must be used: a test that skips for lack of it fails the run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_that_looks_at_the_data(shared_data):
    if not (shared_data / "answers.jsonl").exists():
        pytest.skip("../shared/data/answers.jsonl is not there")

def test_that_needs_none():
    pass

@pytest.mark.skip(reason="macOS only")
def test_of_another_platform():
    pass
"""


@pytest.fixture
def checkout(tmp_path: Path, repository: Path) -> Path:
    folder = tmp_path / "main" / "tests"
    folder.mkdir(parents=True)
    shutil.copy(repository / "tests" / "conftest.py", folder)
    (folder / "test_sample.py").write_text(TESTS, encoding="utf-8")
    return tmp_path / "main"


def outcome(checkout: Path, *options: str, ci: bool) -> tuple[int, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CI"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "tests"]
    done = subprocess.run(
        command,
        cwd=checkout,
        env=environ | ({"CI": "true"} if ci else {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["one process", "xdist"])
def test_ci_fails_if_data_that_is_there_was_not_used(checkout: Path, options: list[str]) -> None:
    (checkout.parent / "shared" / "data").mkdir(parents=True)
    code, output = outcome(checkout, *options, ci=True)
    assert code == 1
    assert "FAILED tests/test_sample.py::test_that_looks_at_the_data: skipped for lack of ../shared/data" in output
    assert "test_of_another_platform: skipped for lack" not in output


def test_ci_passes_if_the_data_was_used(checkout: Path) -> None:
    data = checkout.parent / "shared" / "data"
    data.mkdir(parents=True)
    (data / "answers.jsonl").touch()
    assert outcome(checkout, ci=True)[0] == 0


def test_ci_passes_where_there_is_no_data(checkout: Path) -> None:
    code, output = outcome(checkout, ci=True)
    assert code == 0
    assert "1 passed, 2 skipped" in output


def test_by_hand_a_skip_is_a_skip(checkout: Path) -> None:
    (checkout.parent / "shared" / "data").mkdir(parents=True)
    assert outcome(checkout, ci=False)[0] == 0
