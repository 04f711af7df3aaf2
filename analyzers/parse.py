"""Parse a specification, whatever it is written in, into the one model that everything else reads."""

import re
from pathlib import PurePath

from analyzers.excerpt import Excerpt, normalise
from analyzers.flaws import python_flaws, with_flaws
from analyzers.lazy import lazy
from analyzers.prose import prose_spec
from analyzers.python_stub import Module, read_module, specs_of
from analyzers.spec import Spec, SpecFormat

_SUFFIXES = {
    ".py": SpecFormat.PYTHON,
    ".pyi": SpecFormat.PYTHON,
    ".md": SpecFormat.MARKDOWN,
    ".markdown": SpecFormat.MARKDOWN,
    ".txt": SpecFormat.PROSE,
}
_DEFINES = lazy(r"^(?:async[ \t]+def|def|class)[ \t]+\w", re.M)
_STARTS_AS_PYTHON = lazy(
    r"(?:\s*#[^\n]*\n)*\s*(?:from\s+[\w.]+\s+import\b|import\s+\w|(?:async\s+def|def|class)\s+\w|@\w|[rR]?\"\"\"|[rR]?''')"
)
_MARKDOWN = lazy(r"^(?:#{1,6}[ \t]+\S|[ \t>]*(?:```|~~~)|[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*\|)", re.M)
_MARKDOWN_LIST = lazy(r"^[ \t]*[-*+][ \t]+[^\n]*`[^`\n]+`", re.M)


def parse_specs(text: str, *, filename: str | None = None, format: SpecFormat | None = None) -> tuple[Spec, ...]:
    """Parse every spec in ``text``, in order; there is always at least one.

    A Python file holds one spec for each stub (a function or class whose body is still to be written), Markdown one
    for each stub in a fence, prose exactly one. The format is ``format``, else what the suffix of ``filename`` says
    (.py, .md, .markdown, .txt), else it is recognised.

    The text is only read, never evaluated, and nothing is raised whatever it holds. Where nothing was recognised, the
    spec has no signature and no examples.
    """
    whole = normalise(text)
    if format is None and filename is not None:
        format = _SUFFIXES.get(PurePath(filename).suffix.lower())
    module = _module(whole, format)
    if format is None:
        format = _sniff(whole, module)
    if format is SpecFormat.PYTHON:
        specs = specs_of(text, module) if module else (prose_spec(text, whole, format=format),)
        return specs if module and module.intact else with_flaws(specs, python_flaws(whole))
    if format is SpecFormat.MARKDOWN:
        # Here and not above: markdown-it takes 20 ms to import, and most specs are stubs.
        from analyzers.markdown import markdown_specs

        return markdown_specs(text, whole)
    specs = (prose_spec(text, whole),)
    # Prose that begins as a stub does is a stub that cannot be read.
    stub = _STARTS_AS_PYTHON.match(whole.text) and _DEFINES.search(whole.text)
    return with_flaws(specs, python_flaws(whole)) if stub else specs


def parse_spec(text: str, *, filename: str | None = None, format: SpecFormat | None = None) -> Spec:
    """Parse ``text`` and return the spec that is meant.

    That is the last stub: helpers with bodies come before it, as in HumanEval's prompts. If every definition has a
    body, the last one is meant and the others are its preamble. See ``parse_specs``.
    """
    return parse_specs(text, filename=filename, format=format)[-1]


def _module(whole: Excerpt, format: SpecFormat | None) -> Module | None:
    wanted = format in (None, SpecFormat.PYTHON) and _DEFINES.search(whole.text)
    return read_module(whole) if wanted else None


def _sniff(whole: Excerpt, module: Module | None) -> SpecFormat:
    if module is not None and _STARTS_AS_PYTHON.match(whole.text):
        return SpecFormat.PYTHON
    if _MARKDOWN.search(whole.text) or _MARKDOWN_LIST.search(whole.text):
        return SpecFormat.MARKDOWN
    return SpecFormat.PYTHON if module is not None else SpecFormat.PROSE
