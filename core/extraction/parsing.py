"""Parse text that nobody vouches for, without running it and without being taken down by it."""

import ast
import symtable
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MAX_SOURCE = 64_000
"""Characters that are parsed at once; the parser takes about a second for more, and nobody writes such a function."""
_NAME = "<answer>"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a text is no Python. ``line`` is 1-based, None where no line is to blame."""

    message: str
    line: int | None = None

    def __str__(self) -> str:
        return self.message if self.line is None else f"{self.message} (line {self.line})"


@contextmanager
def _quiet() -> Iterator[None]:
    """Invalid escapes in a model's string literals are its affair: no warning on our stderr, no error under -W."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parse(text: str) -> ast.Module | Failure:
    """The tree of ``text``. Nesting too deep for the parser is a failure like any other."""
    if len(text) > MAX_SOURCE:
        return Failure(f"the code is longer than {MAX_SOURCE:,} characters")
    try:
        with _quiet():
            return ast.parse(text, _NAME)
    except SyntaxError as error:
        return Failure(f"{type(error).__name__}: {error.msg}", error.lineno)
    except (RecursionError, MemoryError):
        return Failure("the code is nested too deeply")
    except ValueError as error:
        return Failure(f"SyntaxError: {error}")


def compiles(text: str) -> Failure | None:
    """What the compiler finds beyond the parser, such as ``return`` outside a function; None if nothing."""
    try:
        with _quiet():
            compile(text, _NAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        return Failure(f"{type(error).__name__}: {error.msg}", error.lineno)
    except (RecursionError, MemoryError):
        return Failure("the code is nested too deeply")
    except ValueError as error:
        return Failure(f"SyntaxError: {error}")
    return None


def global_names(text: str) -> frozenset[str]:
    """Names that ``text`` looks up in its module when it runs or is called, by Python's own scoping rules.

    Names that it binds itself are among them if it also reads them. Empty if the compiler refuses the text.
    """
    try:
        with _quiet():
            table = symtable.symtable(text, _NAME, "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    names: set[str] = set()
    stack = [table]
    while stack:
        scope = stack.pop()
        module = scope.get_type() == "module"
        names.update(
            symbol.get_name()
            for symbol in scope.get_symbols()
            if (symbol.is_referenced() if module else symbol.is_global())
        )
        stack.extend(scope.get_children())
    return frozenset(names)
