"""What a command imports decides how fast it answers; what a package imports decides what it can be used without."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "import sys; from tui.cli import main; sys.exit(main())"

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        # The judge's child is a program of its own: it is started as a file and imports by names that only it has.
        # The driver of a Ray cluster is one, too: only that process has Ray.
        programs = ("core.bench.judge.child.", "core.bench.cluster.driver", "core.bench.cluster.dispatch")
        if not module.name.endswith("__main__") and not module.name.startswith(programs):
            importlib.import_module(module.name)
"""


def imported_by(folder: Path, code: str, *arguments: str) -> tuple[set[str], subprocess.CompletedProcess[str]]:
    """Top-level names of all modules that ``python -c code arguments`` imports, and how it ended."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}, done


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]], ids=" ".join)
def test_asking_for_help_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    imported, done = imported_by(tmp_path, PROGRAM, *arguments)
    assert done.returncode == 0, done.stderr[-2000:]
    assert {"tui", "click"} <= imported
    assert imported.isdisjoint({"textual", "rich", "httpx", "pydantic", "markdown_it", "tree_sitter", "asyncio"})


def test_a_run_never_imports_textual(tmp_path: Path, repository: Path) -> None:
    example = str(repository / "examples" / "slugify.md")
    imported, done = imported_by(tmp_path, PROGRAM, "run", "--pair", "demo", example)
    assert done.returncode == 0, done.stderr[-2000:]
    assert {"core", "analyzers"} <= imported
    assert "textual" not in imported


def test_core_and_analyzers_never_bring_textual(tmp_path: Path) -> None:
    imported, done = imported_by(tmp_path, IMPORT_EVERYTHING, "core", "analyzers")
    assert done.returncode == 0, done.stderr[-2000:]
    assert {"core", "analyzers", "httpx", "pydantic"} <= imported
    assert imported.isdisjoint({"textual", "tui", "ray"})


def test_analyzers_bring_nothing_of_ours(tmp_path: Path) -> None:
    imported, done = imported_by(tmp_path, IMPORT_EVERYTHING, "analyzers")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "analyzers" in imported
    assert imported.isdisjoint({"core", "tui", "httpx", "pydantic", "textual"})
