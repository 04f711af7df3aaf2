"""The confined process: executes the code, then one case after the other, and reports what it sees.

Nothing here decides about pass or fail. Names are bound early because the code may patch modules and built-ins.
"""

import ast
import builtins
import io
import json
import os
import sys
import types
from typing import Any, NoReturn

from .confine import confine
from .encode import encode, text_of, type_name

CODE = "<candidate>"
_CASE = "<example>"
_MAX_SHOWN = 64_000
_MAX_LEAF = 2_000

_write, _exit, _to_json, _type = os.write, os._exit, json.JSONEncoder().encode, type
_traceback_of = BaseException.__dict__["__traceback__"].__get__


class _Output(io.BytesIO):
    """What the code prints through ``sys.stdout`` and ``sys.stderr``, up to a limit."""

    def __init__(self, report: "Report", left: list[int]) -> None:
        super().__init__()
        self._report, self._left = report, left

    def write(self, data: Any) -> int:
        written = super().write(data)
        self._left[0] -= written
        if self._left[0] < 0:
            self._report.send({"type": "output"})
            _exit(1)
        return written


class Report:
    """The line to the supervisor; every message carries the word that the supervisor chose for this process."""

    def __init__(self, descriptor: int, word: str) -> None:
        self._descriptor, self._word = descriptor, word

    def send(self, message: dict[str, Any]) -> None:
        line = (self._word + _to_json(message) + "\n").encode("ascii")
        while line:
            line = line[_write(self._descriptor, line) :]


def _describe(error: BaseException) -> dict[str, Any]:
    """Name, bases, message and place of an exception, whatever its methods do (but hang)."""
    line = None
    step = _traceback_of(error)
    while step is not None:
        if step.tb_frame.f_code.co_filename == CODE:
            line = step.tb_lineno
        step = step.tb_next
    kind = _type(error)
    try:
        text = str.__str__(str(error))
        if isinstance(error, SyntaxError) and error.lineno is not None:
            text = f"{str.__str__(str(error.msg))} (line {int(error.lineno)})"
            line = int(error.lineno) if error.filename == CODE else line
    except BaseException as problem:
        text = f"(its message cannot be read: {type_name(_type(problem))})"
    names = [type_name(base) for base in type.mro(kind)[:-1]]
    return {"names": names, "text": text[:_MAX_SHOWN], "line": line}


class _Session:
    def __init__(self, report: Report, output_kib: float) -> None:
        left = [int(output_kib * 1024)]
        self.printed = _Output(report, left)
        self.displayed: list[Any] = []
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
        sys.stdout = self._text(self.printed)
        sys.stderr = self._text(_Output(report, left))
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]
        sys.displayhook = self._display
        self.module = types.ModuleType("candidate")
        sys.modules["candidate"] = self.module
        self.names = self.module.__dict__

    @staticmethod
    def _text(target: io.BytesIO) -> io.TextIOWrapper:
        return io.TextIOWrapper(target, "utf-8", errors="backslashreplace", newline="\n", write_through=True)

    def _display(self, value: object) -> None:
        self.displayed.append(value)
        if value is not None:
            builtins._ = value  # type: ignore[attr-defined]
            self.printed.write((text_of(value) + "\n").encode("utf-8", "backslashreplace"))

    def load(self, code: str) -> None:
        exec(compile(code, CODE, "exec", dont_inherit=True, optimize=0), self.names)

    def observe(self, case: dict[str, Any]) -> dict[str, Any]:
        """Run one case; what was seen, in the keys of ``judge.Observation``."""
        self.printed.seek(0)
        self.printed.truncate()
        self.displayed.clear()
        try:
            return self._observe(case)
        except BaseException as error:
            return {"raised": _describe(error), **self._shown()}

    def _shown(self) -> dict[str, Any]:
        octets = io.BytesIO.getvalue(self.printed)
        text = octets.decode("utf-8", "backslashreplace")
        return {"shown": text[:_MAX_SHOWN], "cut": len(text) > _MAX_SHOWN}

    def _observe(self, case: dict[str, Any]) -> dict[str, Any]:
        kind, source = case["kind"], case["source"]
        if "steps" in case:
            return {"steps": self._assert(case["before"], case["steps"])}
        if kind in ("value", "observe"):
            expression = _expression(source)
            if expression is not None or kind == "value":
                return self._evaluate(expression or source, case.get("want_expression"))
        tree = ast.parse(source, _CASE, "exec")
        if kind == "assert":
            exec(compile(tree, _CASE, "exec", dont_inherit=True, optimize=0), self.names)
            return {}
        interactive = ast.Interactive(body=tree.body)
        exec(compile(interactive, _CASE, "single", dont_inherit=True, optimize=0), self.names)
        seen = self._shown()
        if len(self.displayed) == 1:
            value = self.displayed[0]
            alone = "" if value is None else text_of(value) + "\n"
            seen["only"] = seen["shown"] == alone
            seen["value"] = encode(value)
            seen["repr"] = text_of(value)[:_MAX_SHOWN]
        return seen

    def _assert(self, before: str, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Evaluate the parts of an assertion, and what the assertion makes of them, until one does not hold."""
        if before:
            exec(compile(before, _CASE, "exec", dont_inherit=True, optimize=0), self.names)
        told = []
        for step in steps:
            values = [self._value(leaf) for leaf in step["leaves"]]
            # Locals of their own, so that the code's names stay as they are.
            leaves = {f"_leaf_{number}": value for number, value in enumerate(values)}
            forms = [encode(value) for value in values]
            also = [encode(self._value(each, leaves)) for each in step["also"]]
            held = None if step["test"] is None else bool(self._value(step["test"], leaves))
            reprs = [text_of(value)[:_MAX_LEAF] for value in values]
            told.append({"values": forms, "also": also, "reprs": reprs, "holds": held})
            if held is False:
                break
        return told

    def _value(self, source: str, leaves: dict[str, Any] | None = None) -> Any:
        return eval(compile(source, _CASE, "eval", dont_inherit=True, optimize=0), self.names, leaves)

    def _evaluate(self, source: Any, want: str | None) -> dict[str, Any]:
        value = eval(compile(source, _CASE, "eval", dont_inherit=True, optimize=0), self.names)
        seen = {"repr": text_of(value)[:_MAX_SHOWN], "value": encode(value), **self._shown()}
        seen["only"] = not seen["shown"]
        if want is not None:
            try:
                wanted = eval(compile(want.strip(), _CASE, "eval", dont_inherit=True, optimize=0), self.names)
                seen["want"] = encode(wanted)
            except BaseException as error:
                problem = _describe(error)
                seen["want_error"] = f"{problem['names'][0]}: {problem['text']}"
        return seen


def _expression(source: str) -> ast.Expression | None:
    try:
        return ast.parse(source.strip(), _CASE, "eval")
    except SyntaxError:
        return None


def run(job: dict[str, Any], report: Report) -> NoReturn:
    """Confine this process, execute ``job["code"]``, replay and run the cases, and end the process.

    ``job``: layers, limits, private, user, code, replay, cases (see supervise).
    """
    limits = job["limits"]
    sys.dont_write_bytecode = True
    os.environ.update(HOME=job["private"], TMPDIR=job["private"])
    failed = confine(job["layers"], limits, job["private"], job["user"])
    report.send({"type": "ready", "failed": failed})
    session = _Session(report, limits["output_kib"])
    try:
        session.load(job["code"])
    except BaseException as error:
        report.send({"type": "loaded", "raised": _describe(error)})
        _exit(0)
    report.send({"type": "loaded"})
    for case in job["replay"]:
        session.observe(case)
        report.send({"type": "replayed"})
    for case in job["cases"]:
        report.send({"type": "seen", "seen": session.observe(case)})
    _exit(0)
