"""The README's command lines, run as they are printed."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"
INTERACTIVE = ("--continue", ".venv/bin/secondpass --pair demo")


def printed_commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith(".venv/bin/secondpass ")]
    return [line for line in lines if not line.endswith(INTERACTIVE)]


@pytest.mark.parametrize("command", printed_commands())
def test_a_printed_command_works(command: str, repository: Path) -> None:
    program, *arguments = shlex.split(command)
    assert program == ".venv/bin/secondpass"
    done = subprocess.run(
        [Path(sys.executable).with_name("secondpass"), *arguments],
        cwd=repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    # The one example that goes wrong is announced as such.
    expected = 1 if arguments[0] == "run" and "plan-then-code" in command else 0
    assert done.returncode == expected, done.stderr
    assert "Traceback" not in done.stderr


def test_the_readme_prints_commands_that_are_tested() -> None:
    assert len(printed_commands()) >= 7


def test_every_link_in_the_documentation_leads_somewhere(repository: Path) -> None:
    broken = []
    for page in [README, *sorted((repository / "docs").glob("*.md")), repository / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://")) and not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []
