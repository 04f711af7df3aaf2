"""What is expected: the canonical solution's result for every input, and the processor time that it takes."""

import copy
import os
import pickle
import sys
import time
import zlib
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from core.sandbox.child.confine import confine
    from core.sandbox.child.runner import Report
else:
    from _secondpass_sandbox.confine import confine
    from _secondpass_sandbox.runner import Report

from .task import packed, store_truth


class _Compressed:
    """A file that compresses what is written, a piece at a time."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "wb")  # noqa: SIM115 (closed below)
        self._zlib = zlib.compressobj(1)

    def write(self, data: Any) -> int:
        self._file.write(self._zlib.compress(data))
        return len(data)

    def close(self) -> None:
        self._file.write(self._zlib.flush())
        self._file.close()


def keep(job: dict[str, Any], report: Report) -> NoReturn:
    """Check and keep what ``run`` has left, in a process that ends before any code is forked from another."""
    report.send({"type": "ready", "failed": {}})
    try:
        store_truth(os.path.join(job["private"], "truth"), job["truth"])
    except (OSError, pickle.UnpicklingError, zlib.error, EOFError, ValueError) as error:
        report.send({"type": "done", "problem": f"{type(error).__name__}: {error}"[:500]})
        os._exit(0)
    report.send({"type": "done", "problem": None})
    os._exit(0)


def run(job: dict[str, Any], report: Report) -> NoReturn:
    """Confine this process, run the canonical solution on every input, and leave the results in its private folder.

    As EvalPlus does it: every input is copied first; for some tasks only "not None" is kept.
    """
    with open(job["canonical"], encoding="utf-8") as file:
        code = file.read()
    failed = confine(job["layers"], job["limits"], job["private"], job["user"], job["prepared"])
    report.send({"type": "ready", "failed": failed})
    sys.stdin, sys.stdout, sys.stderr = (open(os.devnull, mode) for mode in ("r", "w", "w"))  # noqa: SIM115
    names: dict[str, Any] = {}
    truth: dict[str, Any] = {}
    try:
        exec(compile(code, "<canonical solution>", "exec", dont_inherit=True), names)
        solve = names[job["entry_point"]]
        for part, inputs in job["inputs"].items():
            results: list[Any] = []
            seconds: list[float] = []
            large: dict[int, Any] = {}
            for arguments in inputs:
                own = copy.deepcopy(arguments)
                begun = time.process_time()
                result = solve(*own)
                seconds.append(time.process_time() - begun)
                result = result is not None if job["only_not_none"] else result
                in_parts = packed(result)
                if in_parts is not None:
                    large[len(results)], result = in_parts, None
                results.append(result)
            truth[part] = {"results": results, "seconds": seconds, "packed": large}
        kept = _Compressed(os.path.join(job["private"], "truth"))
        pickle.Pickler(kept, protocol=5).dump(truth)
        kept.close()
    except BaseException as error:
        report.send({"type": "done", "problem": f"{type(error).__name__}: {error}"[:500]})
        os._exit(0)
    report.send({"type": "done", "problem": None})
    os._exit(0)
