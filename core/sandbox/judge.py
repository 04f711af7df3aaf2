"""From what a case showed to its outcome. The code's process never learns what is wanted, nor has it a say in this."""

from typing import Any

from core.sandbox import compare
from core.sandbox.asserts import Plan, holds
from core.sandbox.child.text import cut, safe

Observation = dict[str, Any]
"""What a runner reports of one case: ``shown`` (printed and displayed text), ``repr``, ``value`` (encoded, of the last
expression), ``only`` (the value is all that was shown), ``want``/``want_error`` (of a wanted expression), ``raised``
({"names": class and its bases, "text", "line"}), ``steps`` ([{"values": [...], "also": [...], "reprs": [...], "holds"},
...], of an assertion that was taken apart); every key may be absent."""

Verdict = dict[str, Any]
"""The fields of a CaseResult."""


def _verdict(outcome: str, got: str = "", exception: str | None = None, line: int | None = None) -> Verdict:
    return {"outcome": outcome, "got": cut(safe(got)), "exception": exception, "line": line}


def wanted_exception(want: str) -> tuple[str, str | None] | None:
    """(name, message or None) of "raises NAME[: message]" or of a traceback as doctest writes it, else None."""
    text = want.strip()
    if text.startswith("raises "):
        name, colon, message = text.removeprefix("raises ").partition(":")
        return name.strip().rpartition(".")[2], message.strip() if colon and message.strip() else None
    if text.startswith(("Traceback (most recent call last):", "Traceback (innermost last):")):
        for line in text.splitlines()[1:]:
            if line and not line[0].isspace() and line != "...":
                name, colon, message = line.partition(":")
                rest = text[text.index(line) + len(line) :]
                return name.strip().rpartition(".")[2], (message.strip() + rest).strip() if colon else None
    return None


def alike(want: str, got: str) -> bool:
    """doctest's comparison of texts, with ELLIPSIS and NORMALIZE_WHITESPACE."""
    if want.rstrip() == got.rstrip():
        return True
    if "..." not in want and "<BLANKLINE>" not in want:
        return want.split() == got.split()
    import doctest  # slow to import, and needed only here

    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return doctest.OutputChecker().check_output(want.rstrip() + "\n", got.rstrip() + "\n", flags)


def verdict(kind: str, want: str | None, seen: Any, plan: Plan | None = None) -> Verdict:
    """The verdict on one case that came to its end; ``plan`` is how an assertion was taken apart."""
    try:
        return _judge(kind, want, seen, plan)
    except (compare.Unreadable, ValueError, TypeError, KeyError, AttributeError, LookupError, RecursionError):
        # Only a report that was tampered with is malformed.
        return _verdict("crash", "its report cannot be read")


def _judge(kind: str, want: str | None, seen: Observation, plan: Plan | None) -> Verdict:
    raised = seen.get("raised")
    if raised is not None:
        return _judge_exception(kind, want, raised)
    got = str(seen.get("repr") or "")
    if kind == "assert":
        return _verdict("pass") if plan is None else _judge_steps(plan, seen["steps"])
    if kind == "observe":
        return _verdict("pass", got if seen.get("only") else str(seen.get("shown", "")) + got)
    if want is None:
        return _verdict("error", "the case has nothing to compare with")
    if kind == "doctest":
        shown = str(seen.get("shown", ""))
        exception = wanted_exception(want) if want.lstrip().startswith("Traceback") else None
        passed = exception is None and (_alike_shown(want, shown, seen) or _same_literal(want, seen))
        return _verdict("pass" if passed else "fail", shown.rstrip("\n") or got)
    if wanted_exception(want) is not None:
        return _verdict("fail", got)
    if seen.get("want_error"):
        return _verdict("error", f"the expected value cannot be computed: {seen['want_error']}")
    return _verdict("pass" if _same_value(want, seen) else "fail", got)


def _judge_steps(plan: Plan, seen: list[dict[str, Any]]) -> Verdict:
    for step, told in zip(plan.steps, seen, strict=False):
        if len(told["values"]) != len(step.leaves):
            raise compare.Unreadable("not one value for every expression")
        if not holds(step, told["values"], told["also"], told["holds"] is True):
            shown = [f"{leaf} is {text}" for leaf, text in zip(step.leaves, told["reprs"], strict=True)]
            return _verdict("fail", "AssertionError" + (": " + ", ".join(shown) if shown else ""), "AssertionError")
    if len(seen) != len(plan.steps):
        raise compare.Unreadable("an assertion is missing")
    return _verdict("pass")


def _alike_shown(want: str, shown: str, seen: Observation) -> bool:
    return not seen.get("cut") and alike(want, shown)


def _same_literal(want: str, seen: Observation) -> bool:
    literal = compare.literal(want)
    return literal is not None and bool(seen.get("only")) and "value" in seen and _same(seen["value"], literal[0])


def _same_value(want: str, seen: Observation) -> bool:
    literal = compare.literal(want)
    if literal is not None:
        return _same(seen.get("value"), literal[0])
    return _same(seen.get("value"), compare.decode(seen.get("want"))) if seen.get("want") != ["..."] else False


def _same(form: Any, want: Any) -> bool:
    return form != ["..."] and compare.same(compare.decode(form), want)


def _line(told: Any) -> int | None:
    return told if type(told) is int and 0 < told < 1 << 31 else None


def _judge_exception(kind: str, want: str | None, raised: dict[str, Any]) -> Verdict:
    names = [str(name) for name in raised["names"]]
    name, message, line = names[0], str(raised["text"]), _line(raised.get("line"))
    got = f"{name}: {message}" if message else name
    expected = wanted_exception(want) if want and kind in ("doctest", "value") else None
    if expected is not None:
        wanted, wanted_message = expected
        by_name = wanted == name if kind == "doctest" else wanted in names
        by_message = wanted_message is None or alike(wanted_message, message)
        return _verdict("pass" if by_name and by_message else "fail", got, name, line)
    outcome = "fail" if kind == "assert" and "AssertionError" in names else "error"
    return _verdict(outcome, got, name, line)
