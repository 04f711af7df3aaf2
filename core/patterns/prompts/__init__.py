"""The prompts: text files beside this module, and the version that is stored with every result.

A file has a part headed ``=== system ===`` and one headed ``=== user ===`` (``refused.txt`` is a fragment with
neither). ``{{name}}`` stands for a value; values are inserted in one pass, so that a specification that
itself holds ``{{code}}`` stays as it is.
"""

import hashlib
import re
from collections.abc import Collection
from functools import cache
from importlib import resources

from core.engines.protocol import Message

_REVISION = 1
"""Raised by hand with every deliberate change of a prompt; the hash beside it catches the others."""

_TAG = re.compile(r"</([a-z-]+)>")
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


@cache
def _file(name: str) -> str:
    return resources.files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")


def fill(name: str, **values: str) -> str:
    """The text of prompt file ``name`` with its placeholders filled.

    Raises:
        KeyError: the file asks for a value that was not given.
    """
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], _file(name))


def messages(name: str, **values: str) -> tuple[Message, ...]:
    """The chat messages of prompt file ``name``: system, then user."""
    _, _, rest = _file(name).partition("=== system ===\n")
    system, _, user = rest.partition("=== user ===\n")

    def insert(part: str) -> str:
        part = _with_tags_of_its_own(part, values.values())
        return _PLACEHOLDER.sub(lambda match: values[match.group(1)], part).strip()

    return (Message("system", insert(system)), Message("user", insert(user)))


def _with_tags_of_its_own(part: str, values: Collection[str]) -> str:
    """``part``, its tags renamed where a value holds such a tag: a draft that writes ``</code>`` must not be able to
    end the code and go on in our voice."""
    for tag in set(_TAG.findall(part)):
        name, number = tag, 1
        while any(re.search(rf"</?\s*{name}\b", value, re.IGNORECASE) for value in values):
            number += 1
            name = f"{tag}-{number}"
        part = part.replace(f"<{tag}>", f"<{name}>").replace(f"</{tag}>", f"</{name}>")
    return part


@cache
def prompt_version() -> str:
    """Revision and content hash of all prompt files, such as ``1-3fa9c2d1``."""
    digest = hashlib.sha256()
    folder = resources.files(__package__)
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".txt"):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    return f"{_REVISION}-{digest.hexdigest()[:8]}"
