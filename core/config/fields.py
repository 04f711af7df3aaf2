"""The fields of models.toml as a form shows them, read from the schema: kinds, choices, defaults, descriptions."""

import ast
import inspect
import types
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from core.config.schema import TABLES, File, Table

Kind = Literal["text", "number", "whole", "switch", "choice", "reference", "list"]

_REFERENCES = {
    ("pairs", "coder"): "models",
    ("pairs", "reviewer"): "models",
    ("models", "endpoint"): "endpoints",
    ("", "default_pair"): "pairs",
}
"""Keys whose value is the name of a table of another kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key of a table.

    Attributes:
        table: "models", "pairs", "endpoints", "interface", or "" for the top of the file.
        name: The key.
        kind: What it holds; a "list" is texts separated by commas in a form.
        choices: All values of a "choice".
        refers_to: For a "reference", the kind of table that it names.
        optional: It may be absent without a default ("not set").
        required: It must be there.
        default: What holds where it is absent, None for nothing.
        description: One or two sentences.
    """

    table: str
    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    optional: bool
    required: bool
    default: object
    description: str


def fields_of(table: str) -> tuple[Field, ...]:
    """The fields of a table ("" is the top of the file), in the order of the schema."""
    model: type[Table] = TABLES[table] if table else File
    told = _docstrings(model)
    found = [_field(table, name, info, told.get(name, "")) for name, info in model.model_fields.items()]
    return tuple(each for each in found if each is not None)


def _docstrings(model: type[Table]) -> Mapping[str, str]:
    """What stands below the fields of ``model``. Pydantic would read it at every start, for forms that few open."""
    [definition] = ast.parse(inspect.getsource(model)).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: text.value.value
        for field, text in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }


def _field(table: str, name: str, info: FieldInfo, told: str) -> Field | None:
    inner, optional = _unwrapped(info.annotation)
    described = _kind(inner)
    if described is None:
        return None  # a table of its own
    kind, choices = described
    refers_to = _REFERENCES.get((table, name), "")
    return Field(
        table=table,
        name=name,
        kind="reference" if refers_to else kind,
        choices=choices,
        refers_to=refers_to,
        optional=optional,
        required=info.is_required(),
        default=None if info.is_required() else info.get_default(),
        description=" ".join(told.replace("``", "").split()),
    )


def _unwrapped(annotation: object) -> tuple[object, bool]:
    """The type without Annotated and None, and whether it may be None."""
    optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            members = [each for each in get_args(annotation) if each is not type(None)]
            optional = optional or len(members) < len(get_args(annotation))
            annotation = members[0]
        else:
            return annotation, optional


def _kind(annotation: object) -> tuple[Kind, tuple[str, ...]] | None:
    if get_origin(annotation) is Literal:
        return "choice", tuple(map(str, get_args(annotation)))
    if get_origin(annotation) is tuple:
        return "list", ()
    kinds: Mapping[object, Kind] = {str: "text", bool: "switch", int: "whole", float: "number"}
    kind = kinds.get(annotation)
    return None if kind is None else (kind, ())


class NotAValue(ValueError):
    """What was typed is no value of the field's kind; the text says what is wanted."""


def read_value(field: Field, text: str) -> object:
    """The value that ``text`` stands for in a form.

    Raises:
        NotAValue: it is none of the field's kind. Whether the value is allowed is the schema's business.
    """
    text = text.strip()
    if field.kind == "switch":
        if text in ("true", "false"):
            return text == "true"
        raise NotAValue("must be true or false")
    if field.kind == "whole":
        try:
            return int(text.replace("_", ""))
        except ValueError:
            raise NotAValue(f"must be a whole number, not {text[:40]}") from None
    if field.kind == "number":
        try:
            return float(text)
        except ValueError:
            raise NotAValue(f"must be a number, not {text[:40]}") from None
    if field.kind == "list":
        items = [each.strip() for each in text.split(",") if each.strip()]
        return items[0] if len(items) == 1 else items
    return text


def show_value(value: object) -> str:
    """How a form shows a value of the file; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
