"""Which files a project's folders hold, and whose settings hold for them."""

import os
import subprocess
from pathlib import Path

import pytest

from core.linting.check import Overrides, Project
from core.linting.documents import find_documents, holds_stub, is_candidate

STUB = 'def f(x: int) -> int:\n    """Return x."""\n'


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in find_documents(folder)]


def write(folder: Path, *files: str, text: str = STUB) -> None:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a/z.md", "a.md", "c/a.txt")
    assert names(tmp_path) == ["a.md", "b.md", "a/z.md", "c/a.txt"]


def test_what_accompanies_a_project_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "CHANGELOG.md", "requirements-dev.txt", "LICENSE.txt", "readme_parser.py", "spec.md")
    assert names(tmp_path) == ["readme_parser.py", "spec.md"]


def test_environments_and_hidden_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, ".git/a.md", "venv/a.md", "my-env/pyvenv.cfg", "my-env/a.md", "build/a.md", "x/a.md")
    assert names(tmp_path) == ["x/a.md"]


def test_what_git_ignores_is_left_out(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write(tmp_path, "out/a.md", "drafts/a.md", "a.md")
    (tmp_path / ".gitignore").write_text("out/\ndrafts/a.md\n")
    assert names(tmp_path) == ["a.md"]
    assert names(tmp_path / "drafts") == []


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path) == ["a.md"]


@pytest.mark.parametrize(
    "text",
    [
        STUB,
        "def f(): ...",
        "async def f():\n    pass",
        'class A:\n    def f(self):\n        """Do it."""\n        raise NotImplementedError',
    ],
)
def test_functions_without_a_body_are_stubs(text: str) -> None:
    assert holds_stub(text)


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    return 1",
        "x = 1",
        "",
        "from typing import Protocol\nclass P(Protocol):\n    def f(self) -> int: ...",
        "from abc import abstractmethod\nclass A:\n    @abstractmethod\n    def f(self): ...",
        "from typing import overload\n@overload\ndef f(x: int) -> int: ...\ndef f(x): return x",
        "def f():\n    def g(): ...\n    return g",
    ],
)
def test_what_is_complete_as_it_stands_is_no_stub(text: str) -> None:
    assert not holds_stub(text)


@pytest.mark.parametrize("name", ["a.rst", ".a.md", "a", "a.pyi", "SECURITY.md"])
def test_other_files_are_not_looked_at(name: str) -> None:
    assert not is_candidate(name)


def test_the_nearest_settings_hold(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "sub/a.md", "sub/deep/a.md", "none/a.md")
    (tmp_path / "pyproject.toml").write_text('[tool.secondpass.lint]\nfail-on = "error"\n')
    (tmp_path / "sub" / "pyproject.toml").write_text('[tool.secondpass.lint]\nfail-on = "info"\n')
    (tmp_path / "none" / "pyproject.toml").write_text('[project]\nname = "secondpass-user"\n')
    project = Project(Overrides(), tmp_path)
    found = {name: project.settings_for(tmp_path / name).fail_on for name in ("a.md", "sub/deep/a.md", "none/a.md")}
    assert found == {"a.md": "error", "sub/deep/a.md": "info", "none/a.md": "error"}


def test_patterns_are_meant_from_the_folder_of_their_settings(tmp_path: Path) -> None:
    write(tmp_path, "old/a.md", "sub/old/a.md")
    (tmp_path / "pyproject.toml").write_text('[tool.secondpass.lint]\nexclude = ["/old"]\n')
    shown = [
        target.path.relative_to(tmp_path).as_posix() for target in Project(Overrides(), tmp_path).targets([tmp_path])
    ]
    assert shown == ["sub/old/a.md"]


def test_a_file_that_is_named_twice_is_linted_once(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    paths = [tmp_path / "a.md", tmp_path, tmp_path / "a.md"]
    assert len(list(Project(Overrides(), tmp_path).targets(paths))) == 1


def test_settings_in_a_broken_file_of_another_tool_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other\n")
    write(tmp_path, "a.md")
    assert Project(Overrides(), tmp_path).settings_for(tmp_path / "a.md").fail_on == "warning"


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbf" + STUB.encode())
    project = Project(Overrides(), tmp_path)
    (target,) = project.targets([tmp_path / "a.py"])
    file = project.lint(target)
    assert file is not None
    assert [spec.name for spec in file.specs] == ["f"]
    assert file.specs[0].line == 1


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_places_are_the_same_whatever_ends_a_line(tmp_path: Path, newline: str) -> None:
    text = 'def f(x: int) -> int:\n    """Return TBD of x."""\n'.replace("\n", newline)
    file = Project(Overrides(), tmp_path).lint_data(tmp_path / "a.py", text.encode())
    (place,) = [finding.place for finding in file.all_findings if finding.code == "AM505"]
    assert (place.line, place.column, place.end_line, place.end_column) == (2, 15, 2, 18)


def test_names_that_are_no_text_are_linted_and_shown(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    try:
        (tmp_path / name).write_text(STUB)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    project = Project(Overrides(), tmp_path)
    (target,) = project.targets([tmp_path])
    file = project.lint(target)
    assert file is not None
    assert file.shown == name
