"""Tables of examples: a column of calls or inputs, or one column for each parameter, and a column of results."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.bindings import call_of, call_with
from analyzers.calls import is_exception
from analyzers.excerpt import Excerpt
from analyzers.found import Context, Found
from analyzers.lazy import lazy
from analyzers.rejected import Left, rejected_row
from analyzers.scan import closed_expression, closes

_CALLS = frozenset({"call", "calls", "input", "inputs", "expression", "invocation", "arguments", "argument", "example"})
_RESULTS = frozenset({"result", "results", "output", "outputs", "expected", "returns", "return", "value", "gives"})
_DECORATION = "`* \t"
_RAISES = lazy(r"(?:(?:raises?|throws?)[ \t]+(?:an?[ \t]+)?)?[`*]*([A-Z]\w*)[`*]*", re.I)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text, and where it stands in the line of its row."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows; each row comes with the excerpt of its line."""

    header: tuple[str, ...]
    rows: tuple[tuple[Excerpt, tuple[Cell, ...]], ...]


def read_table(table: Table, context: Context) -> tuple[list[tuple[Excerpt, Found]], list[tuple[Excerpt, Left]]]:
    """The rows that can be run, and those that were meant to be; each with the excerpt its positions count in."""
    found: list[tuple[Excerpt, Found]] = []
    left: list[tuple[Excerpt, Left]] = []
    if context.name is None:
        return found, left
    header = [cell.strip(_DECORATION) for cell in table.header]
    result = _column(header, _RESULTS)
    if result is None:
        return found, left
    parameters = [p.name for p in context.parameters or ()]
    named = {name: header.index(name) for name in parameters if name in header and header.index(name) != result}
    call = _column([*header[:result], "", *header[result + 1 :]], _CALLS)
    for excerpt, cells in table.rows:
        if len(cells) <= result or not cells[result].text:
            continue
        used = [result]
        source = None
        if named:
            values = {name: cells[at].text.strip(_DECORATION) for name, at in named.items() if at < len(cells)}
            if all(closes(value, context.known) for value in values.values()):
                source = call_of(context, values)
                used += named.values()
        elif call is not None and call < len(cells):
            source = _call(cells[call].text.strip(_DECORATION), context)
            used.append(call)
        want = _want(cells[result].text, context)
        inputs = [
            cells[at].text.strip(_DECORATION) for at in (*named.values(), call) if at is not None and at < len(cells)
        ]
        start, end = min(cells[at].start for at in used), max(cells[at].end for at in used)
        if source and want:
            found.append((excerpt, Found(kind="table", source=source, want=want, start=start, end=end)))
        elif rejected := rejected_row(inputs, cells[result].text.strip(_DECORATION), (start, end), context):
            left.append((excerpt, rejected))
    return found, left


def _column(header: Sequence[str], words: frozenset[str]) -> int | None:
    """The first column that one of the words names."""
    return next((at for at, cell in enumerate(header) if words & set(re.findall(r"[a-z]+", cell.lower()))), None)


def _call(cell: str, context: Context) -> str | None:
    """The call that an input cell stands for."""
    if re.match(rf"{re.escape(context.name or '')}\s?\(", cell):
        return cell if closes(cell, context.names) else None
    if not context.parameters:
        return None
    required = sum(1 for parameter in context.parameters if parameter.default is None)
    if required == 1 and closes(cell, context.known) and not _is_bare_tuple(cell):
        return call_with(context, [cell])
    # Several arguments separated by commas: a list of them has as many items as there are parameters.
    tree = closed_expression(f"[{cell}]", context.known)
    items = len(getattr(tree, "elts", ()))
    return f"{context.name}({cell})" if tree is not None and items == required > 1 else None


def _is_bare_tuple(cell: str) -> bool:
    tree = closed_expression(f"[{cell}]", frozenset())
    return len(getattr(tree, "elts", ())) != 1


def _want(cell: str, context: Context) -> str | None:
    text = cell.strip(_DECORATION)
    if closes(text, context.known) and not is_exception(text, context):
        return text
    error = _RAISES.fullmatch(cell.strip())
    return f"raises {error[1]}" if error and is_exception(error[1], context) else None
