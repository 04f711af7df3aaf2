"""What the models are told: the spec, what was asked for since, and the files that were given with it."""

from collections.abc import Sequence
from dataclasses import replace

from analyzers.parse import parse_specs
from analyzers.spec import Example, Span, Spec
from core.events import ContextFile
from core.fencing import fenced

_LATER = "\n\nLater requests; where one differs from what stands above it, the request holds:\n"


def with_requests(spec: Spec, requests: Sequence[str]) -> Spec:
    """``spec`` with the requests at the end of its text.

    Examples in a request that call what the spec defines are examples of the result, and are checked like the others.
    """
    for number, request in enumerate(requests, start=1):
        text = f"{spec.text.rstrip()}{_LATER if number == 1 else chr(10)}\n{number}. "
        offset = len(text)
        group = max((example.group for example in spec.examples), default=-1) + 1
        examples = _examples(request, spec.name, offset=offset, group=group)
        spec = replace(spec, text=text + request.strip(), examples=(*spec.examples, *examples))
    return spec


def _examples(request: str, name: str | None, *, offset: int, group: int) -> tuple[Example, ...]:
    stripped = request.strip()
    return tuple(
        replace(
            example,
            group=group + example.group,
            span=Span(offset + example.span.start, offset + example.span.end),
        )
        for spec in parse_specs(stripped, filename="request.txt")
        if spec.name == name
        for example in spec.examples
    )


def briefing(spec: Spec, files: Sequence[ContextFile]) -> str:
    """The spec as prompts hold it, with the files behind it."""
    parts = [spec.text]
    for file in files:
        parts.append(f"The file {file.name}, given as context; it is not to be changed:\n\n{fenced(file.text)}")
    return "\n\n".join(parts)
