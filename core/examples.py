"""The bundled example specs, and the scripted answers of the demo pair for them.

Each example is a spec in ``examples/`` with a script of the same name in ``examples/scripts/``. The scripts are data
written for this project; no model made them, and everything that plays them says so.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.engines.protocol import Role, Stage
from core.shipped import shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAnswer:
    """What the demo pair says at one point. Fields that are None or "" match anything.

    ``call`` picks among several second opinions: it must occur in the question. ``request`` is what a further turn asks
    for, "" in the first turn.
    """

    stage: Stage
    role: Role
    text: str
    reasoning: str = ""
    round: int | None = None
    pattern: str | None = None
    call: str = ""
    request: str = ""

    def matches(self, *, stage: str, role: str, round: int, pattern: str, question: str, request: str = "") -> bool:
        """Whether this answer belongs to such a request."""
        return (
            (self.stage, self.role) == (stage, role)
            and self.round in (None, round)
            and self.pattern in (None, pattern)
            and self.call in question
            and self.request == " ".join(request.split())
        )

    @property
    def specificity(self) -> int:
        """How many of the optional conditions are set; the most specific match wins."""
        return (self.round is not None) + (self.pattern is not None) + bool(self.call)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledExample:
    """One example: its spec, the pattern it is meant to be run with, and what it shows, in one sentence."""

    name: str
    title: str
    shows: str
    pattern: str
    path: Path
    text: str
    answers: tuple[ScriptedAnswer, ...]

    @property
    def filename(self) -> str:
        """The spec's file name, such as ``median.py``."""
        return self.path.name

    @property
    def follow_ups(self) -> tuple[str, ...]:
        """The further requests that there are answers to, in the order of the script."""
        return tuple(dict.fromkeys(answer.request for answer in self.answers if answer.request))


@cache
def bundled_examples() -> tuple[BundledExample, ...]:
    """All bundled examples, in the order that their scripts give."""
    folder = shipped("examples")
    specs = {path.stem: path for path in folder.iterdir() if path.is_file()}
    loaded = []
    for script_path in (folder / "scripts").glob("*.toml"):
        script = tomllib.loads(script_path.read_text(encoding="utf-8"))
        loaded.append((script["order"], _example(specs[script_path.stem], script)))
    return tuple(example for _, example in sorted(loaded, key=lambda item: item[0]))


def find_example(spec: str) -> BundledExample | None:
    """The example whose spec is ``spec``; line ends, trailing blanks and surrounding blank lines do not count."""
    wanted = _normal(spec)
    return next((example for example in bundled_examples() if _normal(example.text) == wanted), None)


def _example(path: Path, script: dict[str, Any]) -> BundledExample:
    texts = script["texts"]
    answers = []
    for answer in script["answer"]:
        fields = {key: value for key, value in answer.items() if key != "use"}
        if "use" in answer:
            fields["text"] = texts[answer["use"]]
        fields["request"] = " ".join(fields.get("request", "").split())
        answers.append(ScriptedAnswer(**fields))
    return BundledExample(
        name=path.stem,
        title=script["title"],
        shows=script["shows"],
        pattern=script["pattern"],
        path=path,
        text=path.read_text(encoding="utf-8"),
        answers=tuple(answers),
    )


def _normal(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
