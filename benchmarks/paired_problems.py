"""The problems of the paired set as their authors write them: ``benchmarks/paired/NAME.toml``, read and checked.

Each file holds one behaviour with three specs (lean, medium, rich), one reference solution and one list of hidden
inputs. What a reader can see without running anything is checked here; what has to run is in ``paired_runs``.
"""

import ast
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "benchmarks" / "paired"
VARIANTS: Final = ("lean", "medium", "rich")
"""From the poorest spec to the richest."""
CATEGORIES: Final = (
    "text",
    "parsing",
    "dates and intervals",
    "collections",
    "numeric",
    "state",
    "graphs and scheduling",
    "errors",
)
BASE: Final = range(8, 13)
"""How many base inputs a problem has."""
LEAST_PLUS: Final = 35
LEAST_INPUTS: Final = 45
STEP: Final = 15.0
"""Points of richness between two variants, at least."""
SHARED_WITH_DOCTESTS: Final = 5
"""So many hidden inputs may stand in a doctest too."""

_TEXTS = ("category", "title", "note", *VARIANTS, "solution", "base", "plus")
_OPTIONAL = ("atol", "equivalent")
_REACHES_OUT = frozenset(
    "asyncio builtins ctypes io locale multiprocessing os pathlib random secrets shutil signal socket subprocess sys "
    "tempfile threading time urllib uuid".split()
)
"""Modules by which a solution would depend on more than its arguments."""
_CALLS_OUT = frozenset("breakpoint compile eval exec exit globals hash id input locals open print quit vars".split())
_CLOCK = frozenset({"now", "today", "utcnow"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem. ``specs`` by variant; ``equivalent``: mutants that the author shows to change nothing."""

    name: str
    category: str
    title: str
    note: str
    atol: float
    specs: dict[str, str]
    solution: str
    base: tuple[list[Any], ...]
    plus: tuple[list[Any], ...]
    equivalent: tuple["Equivalent", ...]

    @property
    def inputs(self) -> tuple[list[Any], ...]:
        """Base and plus."""
        return self.base + self.plus

    def program(self, variant: str) -> str:
        """A spec with the reference solution as its body."""
        return self.specs[variant] + self.solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """A mutant that no input can tell from the reference: the line as it was and is, and why nothing changes."""

    was: str
    becomes: str
    why: str


class Unreadable(Exception):
    """A problem that cannot be used; ``reasons`` has one sentence for each rule that is broken."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def files(names: tuple[str, ...] = ()) -> list[Path]:
    """The files of all problems, or of those that are named, in the order of their names."""
    if names:
        return [FOLDER / f"{name.removesuffix('.toml').rpartition('/')[2]}.toml" for name in names]
    return sorted(FOLDER.glob("*.toml"))


def read(path: Path) -> Problem:
    """The problem of a file.

    Raises:
        Unreadable: It is not in the format, or breaks a rule that can be seen without running anything.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unreadable([f"cannot be read ({error.strerror})"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unreadable([f"is not TOML ({error})"]) from None
    reasons = list(_shape(content))
    if reasons:
        raise Unreadable(reasons)
    parts = {part: list(_arguments(content[part], part, reasons)) for part in ("base", "plus")}
    problem = Problem(
        name=path.stem,
        category=content["category"],
        title=content["title"],
        note=content["note"],
        atol=content.get("atol", 0),
        specs={variant: content[variant].strip("\n") + "\n" for variant in VARIANTS},
        solution=content["solution"].strip("\n") + "\n",
        base=tuple(parts["base"]),
        plus=tuple(parts["plus"]),
        equivalent=tuple(Equivalent(**each) for each in content.get("equivalent", [])),
    )
    reasons += [*_specs(problem), *_solution(problem)]
    if not reasons:
        reasons += _inputs(problem)
    if reasons:
        raise Unreadable(reasons)
    return problem


def _shape(content: dict[str, Any]) -> Iterator[str]:
    for key in _TEXTS:
        if not isinstance(content.get(key), str) or not content[key].strip():
            yield f"{key} is missing or empty"
    for key in content.keys() - {*_TEXTS, *_OPTIONAL}:
        yield f"{key} is not a key of the format"
    atol = content.get("atol", 0)
    if isinstance(atol, bool) or not isinstance(atol, int | float) or atol < 0:
        yield "atol is not a number from 0"
    if content.get("category") not in CATEGORIES:
        yield f"category is none of {', '.join(CATEGORIES)}"
    equivalent = content.get("equivalent", [])
    if not isinstance(equivalent, list) or not all(map(_is_equivalent, equivalent)):
        yield "equivalent is not a list of { was = ..., becomes = ..., why = ... }"


def _is_equivalent(content: object) -> bool:
    if not isinstance(content, dict) or content.keys() != {"was", "becomes", "why"}:
        return False
    return all(isinstance(text, str) for text in content.values()) and bool(content["was"] and content["why"])


def _arguments(text: str, part: str, reasons: list[str]) -> Iterator[list[Any]]:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    for number, line in enumerate(text.strip().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line, parse_constant=refuse)
        except ValueError as error:
            reasons.append(f"{part}, line {number}: not JSON ({error})")
            continue
        if not isinstance(found, list):
            reasons.append(f"{part}, line {number}: not an array of arguments")
            continue
        yield found


def _specs(problem: Problem) -> Iterator[str]:
    stubs = {}
    for variant, text in problem.specs.items():
        try:
            stubs[variant] = stub(text, problem.name)
        except (SyntaxError, ValueError) as error:
            yield f"{variant}: {error}"
    if len(stubs) < len(VARIANTS):
        return
    shapes = {variant: parameters(function) for variant, function in stubs.items()}
    if len(set(shapes.values())) > 1:
        yield f"the parameters differ over the variants: {'; '.join(f'{k}: {v}' for k, v in shapes.items())}"
    for variant in ("medium", "rich"):
        bare = [each.arg for each in _all_arguments(stubs[variant]) if each.annotation is None]
        if stubs[variant].returns is None:
            bare.append("the result")
        if bare:
            yield f"{variant}: not annotated: {', '.join(bare)}"


def stub(text: str, name: str) -> ast.FunctionDef:
    """The one function of a spec, which has a docstring and no body.

    Raises:
        SyntaxError: It does not parse.
        ValueError: It is not such a stub of ``name``.
    """
    body = ast.parse(text).body
    *before, last = body or [ast.Pass()]
    if not all(isinstance(each, ast.Import | ast.ImportFrom) for each in before):
        raise ValueError("holds more than imports before the function")
    if not isinstance(last, ast.FunctionDef) or last.name != name:
        raise ValueError(f"does not end with the function {name}")
    if last.decorator_list or len(last.body) != 1 or ast.get_docstring(last) is None:
        raise ValueError("the function is not a signature and a docstring alone")
    return last


def parameters(function: ast.FunctionDef) -> str:
    """Names, order, kinds and defaults of a function's parameters, without annotations."""
    plain = ast.parse(ast.unparse(function.args).join(("def f(", "): pass")))
    made = plain.body[0]
    assert isinstance(made, ast.FunctionDef)
    for each in _all_arguments(made):
        each.annotation = None
    return ast.unparse(made.args)


def _all_arguments(function: ast.FunctionDef) -> list[ast.arg]:
    found = function.args
    more = [each for each in (found.vararg, found.kwarg) if each is not None]
    return [*found.posonlyargs, *found.args, *found.kwonlyargs, *more]


def _solution(problem: Problem) -> Iterator[str]:
    if not problem.solution.startswith("    "):
        yield "solution: its first line is not indented by four blanks"
    for variant in VARIANTS:
        try:
            tree = ast.parse(problem.program(variant))
        except SyntaxError as error:
            yield f"solution does not follow the {variant} spec: {error.msg}, line {error.lineno} of both"
            return
        if len(tree.body) != len(ast.parse(problem.specs[variant]).body):
            yield "solution: it holds more than the body of the function"
            return
    for node in ast.walk(ast.parse(problem.program("lean"))):
        match node:
            case ast.Import(names=names):
                modules = {each.name.partition(".")[0] for each in names}
            case ast.ImportFrom(module=module):
                modules = {(module or "").partition(".")[0]}
            case ast.Call(func=ast.Name(id=called)) if called in _CALLS_OUT:
                yield f"solution calls {called}"
                continue
            case ast.Call(func=ast.Attribute(attr=called)) if called in _CLOCK:
                yield f"solution asks the clock ({called})"
                continue
            case _:
                continue
        for module in sorted(modules & _REACHES_OUT):
            yield f"solution imports {module}"


def _inputs(problem: Problem) -> Iterator[str]:
    if len(problem.base) not in BASE:
        yield f"{len(problem.base)} base inputs; {BASE.start} to {BASE.stop - 1} are asked"
    if len(problem.plus) < LEAST_PLUS:
        yield f"{len(problem.plus)} plus inputs; at least {LEAST_PLUS} are asked"
    seen: dict[str, list[Any]] = {}
    for each in problem.inputs:
        key = as_key(each)
        if key in seen:
            yield f"twice among the inputs: {json.dumps(each, ensure_ascii=False)[:120]}"
        seen[key] = each
    if len(seen) < LEAST_INPUTS:
        yield f"{len(seen)} distinct inputs; at least {LEAST_INPUTS} are asked"
    arguments = stub(problem.specs["lean"], problem.name).args
    most = len(arguments.posonlyargs) + len(arguments.args)
    least = most - len(arguments.defaults)
    for each in problem.inputs:
        if not least <= len(each) <= most:
            yield f"not {least} to {most} arguments: {json.dumps(each, ensure_ascii=False)[:120]}"


def as_key(value: Any) -> str:
    """A text that is equal for equal inputs: 1, 1.0 and true differ, the order of keys does not."""
    return json.dumps(value, sort_keys=True)
