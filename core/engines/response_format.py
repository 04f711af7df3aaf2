"""How a server is asked for JSON of a given schema."""

import json
from typing import Any, Literal

Form = Literal["json_schema", "json_object"]

FORMS: tuple[Form, ...] = ("json_schema", "json_object")
"""In the order in which they are tried: OpenAI's, then MLC-LLM's, which refuses the first one with 422. A server that
takes neither answers freely."""


def response_format(form: Form, schema: str) -> dict[str, Any]:
    """The request's field ``response_format`` for ``schema``, a JSON schema as JSON text."""
    if form == "json_object":
        return {"type": "json_object", "schema": schema}
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": json.loads(schema)}}
