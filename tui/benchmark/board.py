"""What a live run shows: a fold over the lines that ``bench run --output jsonl`` prints. No screen in here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class LineError(ValueError):
    """A line of the child is not one of the contract."""


@dataclass(slots=True)
class Sample:
    """Where one sample stands. ``doing`` is waiting, a stage's name, judging, done or failed; times in seconds."""

    doing: str = "waiting"
    passes: bool | None = None
    draft_passes: bool | None = None
    failure: str = ""
    tokens: int | None = None
    seconds: float | None = None
    richness: float | None = None
    error: str = ""

    @property
    def change(self) -> str:
        """ "fixed" or "broke" against its own draft, else ""."""
        if self.passes is None or self.draft_passes is None or self.passes == self.draft_passes:
            return ""
        return "fixed" if self.passes else "broke"


@dataclass(slots=True)
class Board:
    """A run while it goes on. ``changed`` holds the tasks to draw anew; who draws empties it."""

    run: str = ""
    dataset: str = ""
    patterns: tuple[str, ...] = ()
    planned: int = 0
    finished: int = 0
    resumed: bool = False
    complete: bool | None = None
    samples: dict[tuple[str, str, int], Sample] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def take(self, line: str | bytes) -> None:
        """Fold one line in. Kinds that a later version may add are passed over.

        Raises:
            LineError: It is not an object of the contract; the board is as it was.
        """
        try:
            content = json.loads(line)
            if not isinstance(content, dict):
                raise TypeError("not an object")
            self._fold(content)
        except (ValueError, KeyError, TypeError) as error:
            raise LineError(f"The run printed a line that is not understood ({error}).") from error

    def _fold(self, content: Mapping[str, Any]) -> None:
        kind = content["type"]
        if kind == "run":
            self.run, self.dataset = str(content["id"]), str(content["dataset"])
            self.patterns = tuple(str(each) for each in content["patterns"])
            self.planned, self.finished = int(content["planned"]), int(content["finished"])
            self.resumed = bool(content["resumed"])
        elif kind == "done":
            self.complete = bool(content["complete"])
        elif kind in ("started", "stage", "finished", "failed"):
            key = (str(content["pattern"]), str(content["task"]), int(content["sample"]))
            old = self.samples.get(key, Sample())
            made = _next(kind, content, old)
            if kind == "finished" and old.doing != "done":
                # Results of an earlier sitting that only lacked a verdict are in the first line's count already.
                self.finished = min(self.planned, self.finished + 1)
            self.samples[key] = made
            self.changed.add(key[1])


def _next(kind: str, content: Mapping[str, Any], old: Sample) -> Sample:
    if kind == "started":
        return Sample(doing="started")
    if kind == "stage":
        judging = content["phase"] == "judging"
        return Sample(doing="judging" if judging else str(content["stage"]), tokens=old.tokens, seconds=old.seconds)
    if kind == "failed":
        again = bool(content["again"])
        return Sample(doing="waiting" if again else "failed", error=str(content["error"]))
    return Sample(
        doing="done",
        passes=bool(content["passes"]),
        draft_passes=None if content["draft_passes"] is None else bool(content["draft_passes"]),
        failure="" if content["failure"] is None else str(content["failure"]),
        tokens=content["tokens"],
        seconds=content["seconds"],
        richness=content["richness"],
    )
