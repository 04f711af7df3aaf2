"""Specs in plain sentences, with a signature, assertions or sessions among them."""

import re

from analyzers.blocks import number, read_block, rejections
from analyzers.excerpt import Excerpt
from analyzers.found import Context, claim_lines, mask
from analyzers.lazy import lazy
from analyzers.signatures import from_examples, from_text
from analyzers.spec import Spec, SpecFormat

_QUOTES = lazy(r"^[ \t]*[rR]?(?:\"\"\"|''')|(?:\"\"\"|''')[ \t]*$", re.M)
_DIRECTIVE = lazy(r"<!--[ \t]*secondpass-(?:(?!-->|<!--)[^\n])*-->")


def prose_spec(text: str, whole: Excerpt, *, format: SpecFormat = SpecFormat.PROSE) -> Spec:
    """Read the whole text as one spec.

    No part of its prose are triple quotes around it, as MBPP+ has them, and comments that speak to the linter.
    """
    directives = [match.span() for match in _DIRECTIVE.finditer(whole.text)] if "<!--" in whole.text else []
    told = mask(whole.text, directives) if directives else whole.text
    quoted = '"""' in told or "'''" in told
    quotes = [match.span() for match in _QUOTES.finditer(told)] if quoted else []
    excerpt = Excerpt(mask(told, quotes), whole.offsets)
    stated = from_text(excerpt.text)
    signature = stated[0] if stated else from_examples(excerpt)
    if stated and stated[0].source and (line := claim_lines(excerpt.text, *stated[1])):
        excerpt = Excerpt(mask(excerpt.text, [line]), excerpt.offsets)
    context = Context(
        name=signature.name if signature else None,
        parameters=signature.parameters if signature and signature.source else None,
        returns=signature.returns if signature else None,
    )
    reading = read_block(excerpt, context)
    examples = number([reading], one_session=True)
    stripped = told.strip()
    start = told.find(stripped)
    return Spec(
        text=text,
        format=format,
        signature=signature,
        preamble="",
        sentences=reading.sentences,
        examples=examples,
        span=whole.span(start, start + len(stripped)),
        rejected=rejections([reading], examples, context.name),
    )
