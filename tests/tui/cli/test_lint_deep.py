"""`secondpass lint --deep`: drafts read or written, findings like all others, and how it ends when it cannot go on."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.test_run_command import PROGRAM, models_toml, secondpass
from tests.standins.running import openai_server
from tests.tui.cli.lint_cases import Lint

SPEC = '''def median(numbers: list[float]) -> float:
    """Return the median of numbers.

    >>> median([3, 1, 2])
    2
    >>> median([1, 2, 3, 10])
    6
    """
'''
SORTS = """def median(numbers):
    s = sorted(numbers)
    n = len(s)
    if not s:
        return 0
    return s[n // 2] if n % 2 else (s[n // 2 - 1] + s[n // 2]) / 2
"""
LIBRARY = "import statistics\n\n\ndef median(numbers):\n    return statistics.median(numbers) if numbers else None\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A spec whose second example is wrong, and two drafts of it."""
    (tmp_path / "spec.py").write_text(SPEC)
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "median-1.py").write_text(SORTS)
    (tmp_path / "drafts" / "median-2.py").write_text(LIBRARY)
    return tmp_path


def codes(out: str) -> list[str]:
    (file,) = json.loads(out)["files"]
    (spec,) = file["specs"]
    return [finding["code"] for finding in spec["findings"]]


def test_deep_findings_stand_among_the_others_and_decide_the_exit_code(folder: Path, lint: Lint) -> None:
    deep = ("--deep", "--drafts-from", "drafts", "spec.py")
    assert lint("--select", "TC", "spec.py").code == 0
    outcome = lint("--select", "TC", "--format", "json", *deep)
    assert (outcome.code, codes(outcome.out)) == (1, ["TC706", "TC705"])
    assert json.loads(outcome.out)["files"][0]["specs"][0]["soundness"] == "contradictory"
    concise = lint("--select", "TC705", "--format", "concise", *deep).out
    assert concise.startswith("spec.py:6:5: ")
    assert "give 2.5 for median([1, 2, 3, 10]), and the example says 6" in concise
    assert "For median([]) drafts return 0 or None: which is meant?" in lint("--select", "TC706", *deep).out


def test_deep_rules_can_be_left_out_and_silenced(folder: Path, lint: Lint) -> None:
    deep = ("--deep", "--drafts-from", "drafts", "--format", "json", "spec.py")
    assert codes(lint("--select", "TC", "--ignore", "TC705", *deep).out) == ["TC706"]
    (folder / "spec.py").write_text(SPEC.rstrip() + "  # noqa: TC705, TC706\n")
    outcome = lint("--select", "TC", *deep)
    assert (outcome.code, codes(outcome.out)) == (0, [])


def test_only_changed_specs_are_compared(folder: Path, lint: Lint) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments], cwd=folder, check=True)

    double = 'def double(number: int) -> int:\n    """Twice number.\n\n    >>> double(2)\n    5\n    """\n\n\n'
    for number, code in enumerate(("number * 2", "number + number"), start=1):
        (folder / "drafts" / f"double-{number}.py").write_text(f"def double(number):\n    return {code}\n")
    (folder / "spec.py").write_text(double + SPEC)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    deep = ("--select", "TC705", "--deep", "--drafts-from", "drafts", "--format", "concise", "spec.py")
    assert lint(*deep).out.count("TC705") == 2
    (folder / "spec.py").write_text(double + SPEC.replace("the median", "the middle"))
    (line,) = lint("--diff-base", "HEAD", *deep).out.splitlines()
    assert "median" in line


def test_no_draft_is_needed_where_no_deep_rule_is_on(folder: Path, lint: Lint) -> None:
    assert lint("--select", "EX", "--deep", "--pair", "absent", "--exit-zero", "spec.py").code == 0


def test_it_says_why_nothing_could_be_compared(folder: Path, lint: Lint) -> None:
    (folder / "drafts" / "median-2.py").unlink()
    outcome = lint("--select", "TC", "--deep", "--drafts-from", "drafts", "spec.py")
    assert outcome.code == 0
    assert "spec.py: median: there is one draft, and it takes two different ones." in outcome.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--drafts", "3"), "add --deep"),
        (("--drafts-from", "drafts"), "add --deep"),
        (("--deep", "--drafts-from", "drafts", "--pair", "demo"), "--pair"),
        (("--deep", "--drafts-from", "absent"), "--drafts-from"),
        (("--deep", "--fix"), "--deep"),
        (("--deep", "--watch"), "--deep"),
        (("--deep", "--pair", "nowhere"), "nowhere"),
    ],
)
def test_options_that_cannot_be_are_refused(folder: Path, lint: Lint, arguments: tuple[str, ...], says: str) -> None:
    outcome = lint("spec.py", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    (told,) = [line for line in outcome.err.splitlines() if line.startswith(("secondpass: ", "Error: "))]
    assert says in told


def test_the_coder_of_a_pair_writes_the_drafts(folder: Path) -> None:
    with openai_server(answer=f"```python\n{SORTS}```") as server:
        (folder / "mine.toml").write_text(models_toml(server.base_url))
        done = secondpass("lint", "--deep", "--models", "mine.toml", "--drafts", "2", "spec.py", cwd=folder)
        assert len(server.stats()["requests"]) == 2
    assert "median: draft 2 of 2" in done.stderr
    assert "all drafts are one, and it takes two different ones" in done.stderr


def test_an_engine_that_is_not_there_gives_3_and_one_sentence(folder: Path) -> None:
    (folder / "mine.toml").write_text(models_toml("http://127.0.0.1:9/v1"))
    done = secondpass("lint", "--deep", "--models", "mine.toml", "spec.py", cwd=folder)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("secondpass: ")]) == 1


def test_the_demo_pair_does_not_pretend_to_know_other_specs(folder: Path) -> None:
    done = secondpass("lint", "--deep", "--pair", "demo", "spec.py", cwd=folder)
    assert (done.returncode, done.stdout) == (3, "")


def test_ctrl_c_ends_it_with_130(folder: Path) -> None:
    with openai_server(rate=2, answer="word " * 500) as server:
        (folder / "mine.toml").write_text(models_toml(server.base_url))
        with subprocess.Popen(
            [PROGRAM, "lint", "--deep", "--models", "mine.toml", "spec.py"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            server.wait_for("requests", 1)
            process.send_signal(signal.SIGINT)
            out, said = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in said
