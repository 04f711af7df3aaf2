"""Rules of the house that no tool checks: file sizes, locks, and what make says where it cannot work."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

MOST_LINES = 400
SOURCES = ("analyzers", "benchmarks", "core", "tests", "tui")
LOCKS = ("core", "build", "dev", "bench")


def test_no_file_is_longer_than_400_lines(repository: Path) -> None:
    files = [file for folder in SOURCES for file in (repository / folder).rglob("*") if file.suffix in (".py", ".tcss")]
    assert len(files) > 50
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {str(file.relative_to(repository)): n for file, n in lengths.items() if n > MOST_LINES} == {}


def requirements(lock: str) -> list[str]:
    """The requirements of a lock, one string each with its hashes."""
    lines = "\n".join(line for line in lock.splitlines() if not line.lstrip().startswith("#"))
    return [line for line in lines.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.mark.parametrize("name", [*LOCKS, "audit", "real-engine"])
def test_a_lock_pins_by_hash_and_names_no_index(name: str, repository: Path) -> None:
    lock = (repository / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert requirements(lock)
    for requirement in requirements(lock):
        assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==\S+ ", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement
    assert not re.search(r"https?:|file:|--(index|find|extra|trusted)", lock)


def test_the_locks_hold_what_pyproject_asks_for(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = {lock: pins((repository / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")) for lock in LOCKS}
    groups = project["dependency-groups"]
    core = {name_of(line) for line in project["project"]["dependencies"]}
    build = {name_of(line) for line in groups["build"]}
    development = {name_of(line) for line in groups["dev"] if isinstance(line, str)}
    assert core <= pinned["core"].keys()
    assert build <= pinned["build"].keys()
    assert core | build | development <= pinned["dev"].keys()
    assert {name_of(line) for line in project["project"]["optional-dependencies"]["bench"]} <= pinned["bench"].keys()


def test_the_locks_agree(repository: Path) -> None:
    pinned = {lock: pins((repository / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")) for lock in LOCKS}
    for package, version in (pinned["core"] | pinned["build"]).items():
        assert pinned["dev"][package] == version
    for package, version in pinned["core"].items():
        assert pinned["bench"][package] == version


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", lock, flags=re.MULTILINE))


def name_of(requirement: str) -> str:
    [name] = re.findall(r"^[A-Za-z0-9-]+", requirement)
    return str(name).lower()


@pytest.fixture
def checkout(repository: Path, tmp_path: Path) -> Path:
    """What make needs to begin, in a folder whose name has spaces."""
    folder = tmp_path / "a fresh clone"
    shutil.copytree(repository / "requirements", folder / "requirements")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(repository / name, folder)
    return folder


def interpreter(folder: Path, script: str) -> str:
    """A stand-in for Python: ``script`` is shell."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return "./python"


@pytest.mark.parametrize("target", ["run", "test", "lint", "types", "lock"])
def test_make_says_when_there_is_no_python(checkout: Path, target: str) -> None:
    done = make(checkout, target, f"PYTHON={interpreter(checkout, 'exit 1')}")
    assert done.returncode == 2
    assert "No Python 3.11 or newer was found" in done.stderr
    assert not (checkout / ".venv").exists()


def test_make_says_when_python_cannot_make_environments(checkout: Path) -> None:
    without_venv = 'case "$2" in *ensurepip*) exit 1;; esac'
    done = make(checkout, "test", f"PYTHON={interpreter(checkout, without_venv)}")
    assert done.returncode == 2
    assert "./python cannot make virtual environments" in done.stderr
    assert "python3-venv" in done.stderr


def test_make_alone_lists_the_targets(checkout: Path) -> None:
    done = make(checkout)
    assert done.returncode == 0
    assert {"run", "test", "lint", "types", "check", "lock", "clean"} <= set(
        re.findall(r"^make (\S+)", done.stdout, re.M)
    )


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
