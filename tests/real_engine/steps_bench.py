"""Step: the first ten tasks of HumanEval+ through the bench. The model has never seen them, so its answers are
nonsense: every one of them is judged, reported and exported all the same."""

import json
import subprocess
from pathlib import Path

from backends import ORDINARY
from programs import SECONDPASS, Home
from report import Report, expect
from steps_specs import HUMANEVAL

PATTERNS = ("coder-only", "review-then-fix", "plan-then-code")
LIMIT = 10


def check_bench(report: Report, home: Home, work: Path) -> None:
    """``secondpass bench run``, ``show`` and ``export`` with a real engine."""
    with report.step(f"secondpass bench run, HumanEval+ --limit {LIMIT} (never seen)") as step:
        if not HUMANEVAL.is_file():
            step.outcome = "skipped"
            step.saw("../shared/data/HumanEvalPlus.jsonl.gz is not there")
            return
        chosen = [part for name in PATTERNS for part in ("--pattern", name)]
        data = ["--dataset", "humaneval+", "--data", str(HUMANEVAL), "--limit", str(LIMIT), "--label", "tiny"]
        printed = _bench(home, "run", *data, *chosen, "--pair", ORDINARY, "--output", "json", "--quiet")
        content = json.loads(printed)
        planned = LIMIT * len(PATTERNS)
        expect(content["finished"] == planned, f"{content['finished']} of {planned} samples are finished")
        counts = {each["pattern"]: each for each in content["patterns"]}
        for name in PATTERNS:
            each = counts[name]
            expect(each["unjudged"] == 0 and each["samples"] == LIMIT, f"{name}: not every sample is judged: {each}")
            failed = sum(each["failures"].values())
            expect(each["passed"] + failed == LIMIT, f"{name}: {each['passed']} pass, {failed} failures are named")
            step.saw(f"{name}: {each['passed']} of {LIMIT} solved; {each['failures']}")
        words = _bench(home, "show", "tiny")
        expect("not distinguishable" in words or "solve the same" in words, f"a difference is claimed: {words}")
        _exported(home, work)
        step.saw("shown, and exported as HTML, Markdown, CSV, JSON and for EvalPlus")


def _exported(home: Home, work: Path) -> None:
    for form in ("html", "md", "csv", "json"):
        path = work / f"tiny.{form}"
        _bench(home, "export", "tiny", "--format", form, "-o", str(path))
        expect(path.stat().st_size > 0, f"{path} is empty")
    folder = work / "tiny-evalplus"
    _bench(home, "export", "tiny", "--format", "evalplus", "-o", str(folder))
    lines = (folder / "coder-only.jsonl").read_text(encoding="utf-8").splitlines()
    expect(len(lines) == LIMIT, f"{len(lines)} samples were exported, not {LIMIT}")


def _bench(home: Home, *arguments: str) -> str:
    """What ``secondpass bench`` prints.

    Raises:
        CheckError: it did not end with 0, or showed a traceback.
    """
    done = subprocess.run(
        [SECONDPASS, "bench", *arguments],
        env=home.environment,
        cwd=home.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    expect("Traceback" not in done.stdout + done.stderr, f"a traceback reached the user: {done.stderr[-600:]}")
    expect(done.returncode == 0, f"bench {arguments[0]} ended with {done.returncode}: {done.stderr[-300:]}")
    return done.stdout
