"""`secondpass lint` as processes: the pre-commit hook, completion in a shell, --watch, a closed pipe, and its start."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.tui.cli.lint_cases import CLEAN, CONTRADICTION, NO_EXAMPLE

PROGRAM = str(Path(sys.executable).with_name("secondpass"))

NOT_NEEDED = ("asyncio", "httpx", "markdown_it", "pydantic", "radon", "subprocess", "textual", "tiktoken", "tomllib")
"""Modules that cost milliseconds and that linting a stub can do without."""


def secondpass(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def hook(repository: Path) -> dict[str, str]:
    """The hook's settings; the file is a list of one mapping with plain values, so no YAML library is needed."""
    lines = (repository / ".pre-commit-hooks.yaml").read_text().removeprefix("- ").splitlines()
    return dict(line.strip().split(": ", 1) for line in lines)


def test_the_hook_fails_a_commit_with_a_bad_spec_and_leaves_other_files_alone(tmp_path: Path, repository: Path) -> None:
    settings = hook(repository)
    kinds = {"python": "*.py", "markdown": "*.md", "plain-text": "*.txt"}
    files = {
        "specs/bad.py": CONTRADICTION,
        "specs/good.py": CLEAN,
        "code.py": "def f():\n    return 1\n",
        "README.md": "# TBD\n\nTBD\n",
        "left/out.py": CONTRADICTION,
        "pyproject.toml": '[tool.secondpass.lint]\nselect = ["TC", "AM"]\nexclude = ["left"]\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    types = settings["types_or"].strip("[]").split(", ")
    patterns = [kinds[kind] for kind in types]
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=tmp_path, check=True, capture_output=True, text=True)
    staged = listed.stdout.split()
    assert len(staged) == 5

    program, *arguments = shlex.split(settings["entry"])
    assert program == "secondpass"
    result = secondpass(*arguments, *staged, cwd=tmp_path)
    assert result.returncode == 1
    assert {line.split(":")[0] for line in result.stdout.splitlines() if re.match(r"\S+:\d+:\d+: ", line)} == {
        "specs/bad.py"
    }
    (tmp_path / "specs/bad.py").write_text(CLEAN)
    result = secondpass(*arguments, *staged, cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion_script(tmp_path: Path, shell: str) -> None:
    result = secondpass(cwd=tmp_path, _SECONDPASS_COMPLETE=f"{shell}_source")
    assert "_SECONDPASS_COMPLETE=" + f"{shell}_complete" in result.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("lint --sel", "plain,--select"),
        ("lint --format sa", "plain,sarif"),
        ("lint --select TC703,EX10", "plain,TC703,EX101"),
        ("lint --explain no-ex", "plain,no-example"),
        ("rules tc70", "plain,TC703"),
        ("lint spe", "file,spe"),
    ],
)
def test_options_choices_rules_and_files_are_completed(tmp_path: Path, words: str, offered: str) -> None:
    line = f"secondpass {words}"
    result = secondpass(
        cwd=tmp_path,
        COMP_WORDS=line,
        COMP_CWORD=str(len(line.split()) - 1),
        _SECONDPASS_COMPLETE="bash_complete",
    )
    assert offered in result.stdout.splitlines()
    assert result.stderr == ""


def test_bash_takes_the_completion_script(tmp_path: Path) -> None:
    script = 'eval "$(_SECONDPASS_COMPLETE=bash_source "$0")" && complete -p secondpass'
    done = subprocess.run(["bash", "-c", script, PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.split()[-1]) == (0, "secondpass")


def test_a_reader_that_goes_away_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(CONTRADICTION)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [PROGRAM, "lint", "-q", "a.py"],
            cwd=tmp_path,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_watching_lints_again_after_a_change_and_ends_with_130(tmp_path: Path) -> None:
    spec = tmp_path / "a.py"
    spec.write_text(NO_EXAMPLE)
    (tmp_path / "pyproject.toml").write_text('[tool.secondpass.lint]\nselect = ["EX101", "TC703"]\n')
    process = subprocess.Popen(
        [PROGRAM, "lint", "--watch", "--format", "concise", "."],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    guard = threading.Timer(60, process.kill)
    guard.start()
    try:
        seen = iter(process.stdout.readline, "")
        assert any("EX101" in line for line in seen)
        assert any("Watching for changes" in line for line in seen)
        spec.write_text(CONTRADICTION)
        assert any("TC703" in line for line in seen)
        assert any("Watching for changes" in line for line in seen)
        (tmp_path / "pyproject.toml").write_text("[tool.secondpass.lint]\nselct = []\n")
        assert any("is not a known key" in line for line in seen)
        assert any("Watching for changes" in line for line in seen)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    finally:
        guard.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def test_linting_a_stub_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(CLEAN)
    script = (
        "import sys; from tui.cli.commands import command; command(['lint', '-q', 'a.py']);"
        f"print(*sorted(set(sys.modules) & set({NOT_NEEDED!r})), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.split() == []
