"""Runs the reference of a paired problem, or mutants of it: a process of its own, with limits, that paired_runs starts.

    python paired_child.py < REQUEST

The request is one JSON object with ``program``, ``name``, ``inputs`` and ``atol``, and the answer is one line.

- With ``specs`` (programs by variant): ``{"results": [...], "seconds": processor time of all calls, "broken":
  [sentences], "doctests": {variant: {"calls": [...], "wants": [...], "failed": [sentences]}}}``.
- With ``mutants`` (programs): ``{"ends": [...], "broken": [...]}``, one word for each mutant: "survived", or how it was
  killed ("result", "error", "time").
"""

import copy
import doctest
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from evalplus.eval import is_floats

_MEMORY = 2 << 30
_SECONDS = 0.5
"""Of processor time that a mutant may take on all inputs; a reference takes a tenth of that at most."""
_WAITING = 10.0
_REPEATS = 3


def _load(program: str, name: str) -> Callable[..., Any]:
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(program, "<program>", "exec", dont_inherit=True), names)
    found: Callable[..., Any] = names[name]
    return found


def _shown(value: Any) -> str:
    return repr(value)[:160]


def _plain(value: Any) -> bool:
    """Whether JSON gives back the same value, tuples and keys that are not texts excluded."""
    match value:
        case None | bool() | int() | str():
            return True
        case float():
            return value == value and value not in (float("inf"), float("-inf"))
        case list():
            return all(map(_plain, value))
        case dict():
            return all(type(key) is str for key in value) and all(map(_plain, value.values()))
    return False


def _reference(request: dict[str, Any]) -> dict[str, Any]:
    solve = _load(request["program"], request["name"])
    results: list[Any] = []
    broken: list[str] = []
    for arguments in request["inputs"]:
        given = copy.deepcopy(arguments)
        try:
            out = solve(*given)
        except Exception as error:
            broken.append(f"the reference raises {type(error).__name__} ({error}) for {_shown(arguments)}")
            results.append(None)
            continue
        if given != arguments:
            broken.append(f"the reference changes its argument {_shown(arguments)}")
        if not _plain(out):
            broken.append(f"the reference gives {_shown(out)}, which is not JSON, for {_shown(arguments)}")
            out = None
        results.append(out)
    seconds = min(_timed(solve, request["inputs"]) for _ in range(_REPEATS)) if not broken else 0.0
    return {"results": results, "seconds": seconds, "broken": broken}


def _timed(solve: Callable[..., Any], inputs: list[Any]) -> float:
    given = copy.deepcopy(inputs)
    begun = time.process_time()
    for arguments in given:
        solve(*arguments)
    return time.process_time() - begun


def _doctests(program: str, name: str) -> dict[str, list[str]]:
    """The examples of a spec, and those that its reference fails."""
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(program, "<program>", "exec", dont_inherit=True), names)
    text = names[name].__doc__ or ""
    try:
        test = doctest.DocTestParser().get_doctest(text, names, name, None, 0)
    except ValueError as error:
        return {"calls": [], "wants": [], "failed": [str(error)]}
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    failed = [" ".join(each.split()[1:])[:300] for each in "".join(said).split("*" * 70) if each.strip()]
    return {
        "calls": [example.source.strip() for example in test.examples],
        "wants": [example.want.strip() for example in test.examples],
        "failed": failed,
    }


def _agrees(out: Any, expected: Any, atol: float) -> bool:
    """The judge's comparison (see core.bench.judge.child.part)."""
    if out == expected:
        return True
    if atol == 0:
        return False
    same = type(out) is type(expected) and (not isinstance(expected, list) or len(out) == len(expected))
    return same and bool(np.allclose(out, expected, rtol=1e-07, atol=atol))


def _end_of(program: str, name: str, inputs: list[Any], expected: list[Any], atol: float) -> int:
    try:
        solve = _load(program, name)
        for arguments, right in zip(inputs, expected, strict=True):
            if atol == 0 and is_floats(right):
                atol = 1e-6
            if not _agrees(solve(*arguments), right, atol):
                return 1
    except BaseException:
        return 2
    return 0


def _mutant(program: str, request: dict[str, Any], expected: list[Any]) -> str:
    child = os.fork()
    if child == 0:
        # The default actions end the process, whatever the code catches.
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        signal.setitimer(signal.ITIMER_REAL, _WAITING)
        os._exit(_end_of(program, request["name"], request["inputs"], expected, request["atol"]))
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        return {0: "survived", 1: "result"}.get(os.WEXITSTATUS(status), "error")
    return "time" if os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGALRM) else "error"


def main() -> None:
    """See above."""
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    answer_to = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    answer = _reference(request)
    if "mutants" in request:
        ends = [_mutant(program, request, answer["results"]) for program in request["mutants"]]
        answer = {"ends": ends, "broken": answer["broken"]}
    else:
        answer["doctests"] = {variant: _doctests(text, request["name"]) for variant, text in request["specs"].items()}
    with os.fdopen(answer_to, "w") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    main()
