"""The parsed specification: one frozen model for every format a spec can be written in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class SpecFormat(StrEnum):
    """How a spec is written."""

    PYTHON = "python"
    MARKDOWN = "markdown"
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Span:
    """Code-point offsets into the spec's original text, ``end`` exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``annotation`` and ``default`` are source text, None where absent. ``name`` carries no stars."""

    name: str
    annotation: str | None
    default: str | None = None
    kind: Literal["positional_only", "positional", "varargs", "keyword_only", "varkw"] = "positional"


@dataclass(frozen=True, slots=True)
class Signature:
    """What the spec asks to define. For a class, ``parameters`` are those of ``__init__`` if it is given.

    Where the spec only names it ("a function named solve", ``assert solve(1) == 2``), ``source`` is "" and
    ``parameters`` is empty because they are unknown, and ``kind`` is function unless the text says class.
    """

    kind: Literal["function", "class"]
    name: str
    parameters: tuple[Parameter, ...]
    returns: str | None
    source: str
    """The header as written, such as ``def solve(xs: list[int]) -> int:``, or ``solve(xs, k)`` in prose."""

    @property
    def header(self) -> str:
        """``source`` as a header that Python accepts above a body; "" where the parameters are unknown."""
        if not self.source:
            return ""
        begun = self.source.split(maxsplit=1)[0] in ("def", "async", "class")
        return ("" if begun else "def ") + self.source.rstrip(": \t\n") + ":"


@dataclass(frozen=True, slots=True)
class Example:
    """A visible example that can be run.

    ``source`` is Python. What it and ``want`` are depends on ``kind``:

    - ``doctest``: one interactive statement; ``want`` is the text that a session would show ("" for nothing; it may
      be a traceback).
    - ``assert``: statements that check themselves; ``want`` is None.
    - ``arrow`` (``f(2) -> 4``, "f(2) should return 4") and ``table``: ``source`` is an expression, ``want`` is the
      expression it must equal, or "raises NAME".

    Examples with the same ``group`` share a namespace and run in order.
    """

    kind: Literal["doctest", "assert", "arrow", "table"]
    source: str
    want: str | None
    group: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """What is written as an example and cannot be run as it stands; ``text`` is the example as written.

    ``reason``: ``syntax`` (call or result is not Python), ``name`` (it calls something else than what the spec
    defines; ``called`` says what), ``open`` (it uses ``names`` that nothing defines). ``mend`` is what makes it run,
    text to write at a place, and None where that is not certain.
    """

    kind: Literal["doctest", "assert", "arrow", "table"]
    text: str
    reason: Literal["syntax", "name", "open"]
    called: str | None
    span: Span
    mend: tuple[Span, str] | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something about the spec's structure that its parser had to guess at.

    ``repair`` is the text that, inserted at ``at`` (an offset), mends it; None where that is not certain.
    """

    kind: Literal["unclosed fence", "unclosed docstring", "indentation", "syntax"]
    detail: str
    span: Span
    at: int | None = None
    repair: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the spec's prose, white space folded."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Spec:
    """A specification of one function or class."""

    text: str
    format: SpecFormat
    signature: Signature | None
    preamble: str
    """Python that the stub brings along (imports, constants, helper functions); "" if none."""
    sentences: tuple[Sentence, ...]
    examples: tuple[Example, ...]
    span: Span
    rejected: tuple[Rejected, ...] = ()
    flaws: tuple[Flaw, ...] = ()

    @property
    def name(self) -> str | None:
        """The name to define, None if the spec does not say."""
        return self.signature.name if self.signature else None

    def line_of(self, span: Span) -> int:
        """The 1-based line on which ``span`` begins."""
        return self.text.count("\n", 0, span.start) + 1
