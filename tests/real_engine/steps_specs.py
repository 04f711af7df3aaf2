"""Steps: the three specs that the model has learned, and three prompts that it has never seen."""

import ast
import doctest
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from answers import SCRIPTS, Script
from backends import ORDINARY
from programs import Ended, Home, run_program
from report import Report, Step, expect

from core.events import Finding, RunStarted, StageFinished

HUMANEVAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "HumanEvalPlus.jsonl.gz"
UNSEEN = ("HumanEval/0", "HumanEval/31", "HumanEval/53")


def check_specs(report: Report, home: Home) -> None:
    """``secondpass run`` on each spec: real tokens become code that passes the examples."""
    for script in SCRIPTS:
        with report.step(f"secondpass run, {script.name}") as step:
            done = run_program(home, ["run", str(script.path), "--pair", ORDINARY, "--output", "json"])
            must_be_fixed(script, done)
            tokens = done.result["usage"]["completion_tokens"]
            step.saw(f"fix accepted, finding {script.status}, {tokens} tokens, {done.seconds:.1f} s")


def must_be_fixed(script: Script, done: Ended) -> None:
    """Raises:
    CheckError: the run did not end with the fix, or the fix does not pass the examples of the spec.
    """
    expect(done.exit_code == 0, done.last_words)
    result = done.result
    expect(result["accepted"] == "fix", f"accepted is {result['accepted']!r}, not 'fix'")
    expect(not result["checks"]["failed"], f"checks: {result['checks']}")
    expect(result["usage"]["estimated"] is False, "the server's usage was not taken over")
    expect(
        script.status in {event.status for event in done.events if isinstance(event, Finding)},
        f"the finding was not {script.status}",
    )
    expect(not any(event.scripted for event in done.events if isinstance(event, RunStarted)), "the run is scripted")
    answered = {event.stage for event in done.events if isinstance(event, StageFinished)}
    expect(answered == set(script.answers), f"answers to {sorted(answered)}, not to {sorted(script.answers)}")
    code = str(result["code"])
    learned = script.answers["fix"].removeprefix("```python\n").removesuffix("```")
    # Only what we wrote ourselves is executed here, outside the sandbox.
    expect(ast.dump(ast.parse(code)) == ast.dump(ast.parse(learned)), f"the code is not the learned fix: {code!r}")
    namespace: dict[str, Any] = {}
    exec(compile(code, script.name, "exec"), namespace)
    spec = ast.parse(script.path.read_text(encoding="utf-8")).body[0]
    assert isinstance(spec, ast.FunctionDef)
    docstring = ast.get_docstring(spec) or ""
    examples = doctest.DocTestParser().get_doctest(docstring, namespace, script.name, None, 0)
    failed = doctest.DocTestRunner(verbose=False).run(examples, out=lambda _: None)
    expect(failed.attempted > 0 and not failed.failed, f"{failed.failed} of {failed.attempted} examples fail")


def check_unseen(report: Report, home: Home, work: Path) -> None:
    """Prompts that the model has never seen: nonsense for an answer, and still a clear outcome."""
    for name, prompt in unseen_prompts():
        with report.step(f"secondpass run, {name} (never seen)") as step:
            path = work / f"{name.replace('/', '_')}.py"
            path.write_text(prompt, encoding="utf-8")
            done = run_program(home, ["run", str(path), "--pair", ORDINARY, "--output", "json"])
            must_end_clearly(step, done)
    if not HUMANEVAL.is_file():
        with report.step("three prompts of HumanEval+ (never seen)") as step:
            step.outcome = "skipped"
            step.saw("../shared/data/HumanEvalPlus.jsonl.gz is not there")


def unseen_prompts() -> Iterator[tuple[str, str]]:
    """(task, prompt) of the three tasks; nothing where the data set is absent."""
    if not HUMANEVAL.is_file():
        return
    with gzip.open(HUMANEVAL, "rt", encoding="utf-8") as lines:
        for line in lines:
            task = json.loads(line)
            if task["task_id"] in UNSEEN:
                yield task["task_id"], task["prompt"]


def must_end_clearly(step: Step, done: Ended) -> None:
    """Raises:
    CheckError: another exit code than "no", no sentence that says why, or code that passes.
    """
    expect(done.exit_code == 1, f"exit code 1 was expected; {done.last_words}")
    expect(len(done.sentences) == 1, f"not one sentence, but {done.sentences}")
    result = done.result
    code = result["code"]
    expect(code is None or result["checks"]["failed"] > 0, f"nonsense passes: {code!r}")
    answers = [event for event in done.events if isinstance(event, StageFinished)]
    expect(bool(answers) and bool(answers[0].text), "no answer was recorded")
    step.saw(f"exit 1: {done.sentences[0].removeprefix('secondpass: ').split(';')[0]}")
