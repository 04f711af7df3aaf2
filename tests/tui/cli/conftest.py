"""What the tests of the commands share."""

from pathlib import Path

import pytest

from tests.tui.cli.lint_cases import CLEAN, CONTRADICTION, NO_EXAMPLE, ONE_EXAMPLE, Lint, runner


@pytest.fixture
def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lint:
    """The lint command, run in ``tmp_path``."""
    return runner(tmp_path, monkeypatch, capsys)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """``tmp_path`` with one spec of each severity and a clean one; EX, TC and AM are selected."""
    for name, text in (
        ("clean", CLEAN),
        ("warning", NO_EXAMPLE),
        ("info", ONE_EXAMPLE),
        ("error", CONTRADICTION),
    ):
        (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "pyproject.toml").write_text('[tool.secondpass.lint]\nselect = ["EX", "TC", "AM"]\n')
    return tmp_path
