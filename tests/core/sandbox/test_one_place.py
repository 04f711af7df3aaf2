"""Generated code is executed in one place: the processes of the sandbox, which the judge uses, too."""

import ast
from pathlib import Path

EXECUTES = {
    "core/sandbox/child/runner.py": "examples, counterexamples, drafts",
    "core/bench/judge/child/part.py": "samples, confined by the sandbox's layers",
    "core/bench/judge/child/truth.py": "reference solutions, confined by the sandbox's layers",
}
FORKS = {
    "core/sandbox/child/watch.py": "every process that executes",
    "core/sandbox/child/probe.py": "the self-test",
    "core/keeper/process.py": "a process of ours, to the background",
    "core/engines/mlc_wrapper.py": "the model's server and its guardian",
}


def calls(path: Path) -> set[str]:
    """Names of what a module calls, with the module before a dot."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_nothing_else_executes_code_or_forks(repository: Path) -> None:
    executing, forking = set(), set()
    for package in ("analyzers", "core", "tui"):
        for path in (repository / package).rglob("*.py"):
            called = calls(path)
            name = path.relative_to(repository).as_posix()
            executing |= {name} if called & {"exec", "eval", "runpy.run_path", "runpy.run_module"} else set()
            forking |= {name} if called & {"os.fork", "os.posix_spawn", "os.system", "os.popen"} else set()
    assert executing == EXECUTES.keys()
    assert forking == FORKS.keys()


def test_what_executes_confines_itself_first(repository: Path) -> None:
    for name in EXECUTES:
        text = (repository / name).read_text(encoding="utf-8")
        body = text[text.index("def run(job") :]
        assert 'confine(job["layers"]' in body, name
        assert body.index('confine(job["layers"]') < min(
            body.find(each) for each in ("session.load(", "part.run(", "exec(") if each in body
        )
