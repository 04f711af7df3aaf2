"""docs/rules.md is what the catalogue says."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from analyzers.rules import ALL_RULES
from core.linting.gates import GATES


@pytest.fixture
def generator(repository: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location("make_rules", repository / "docs" / "make_rules.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_page_is_current(generator: ModuleType, repository: Path) -> None:
    page = (repository / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == generator.page(), "the catalogue changed: run `python docs/make_rules.py`"


def test_every_rule_has_an_entry_and_every_link_of_the_page_a_target(generator: ModuleType) -> None:
    page = generator.page()
    headings = re.findall(r"^### (.+)$", page, re.M)
    assert [title.split()[0] for title in sorted(headings)] == sorted(rule.code for rule in (*ALL_RULES, *GATES))
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
    assert set(re.findall(r"\(#([^)]+)\)", page)) == anchors


def test_every_option_and_setting_is_on_the_page_of_the_command(repository: Path) -> None:
    from core.choices import LINT_FORMATS
    from core.linting.settings import KEYS
    from tui.cli.lint_options import lint

    page = (repository / "docs" / "lint.md").read_text(encoding="utf-8")
    options = {option for parameter in lint.params for option in parameter.opts if option.startswith("-")}
    for word in (*options, *LINT_FORMATS):
        assert f"`{word}" in page, f"docs/lint.md does not name {word}"
    for key in KEYS:
        assert f"\n{key} = " in page or f".{key}]" in page, f"docs/lint.md does not show {key}"


def test_the_settings_that_the_page_shows_are_taken(tmp_path: Path, repository: Path) -> None:
    from core.linting.settings import read_settings

    page = (repository / "docs" / "lint.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", page, re.S)
    (tmp_path / "pyproject.toml").write_text(block)
    settings = read_settings(tmp_path / "pyproject.toml")
    assert settings is not None
    assert settings.min_verifiable == 20
    assert settings.per_file_ignores == (("specs/legacy/*", ("EX", "CN301")),)
