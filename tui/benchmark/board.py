"""What a live run shows: a fold over the lines that ``bench run --output jsonl`` prints. No screen in here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_REQUESTS = {
    "coder-only": 1,
    "reviewer-only": 1,
    "plan-then-code": 2,
    "review-then-fix": 3,
    "review-then-fix-retry": 4,
    "adversarial": 6,
}
"""Answers that a sample usually takes, to tell how far it is; unknown patterns count as 2."""


class LineError(ValueError):
    """A line of the child is not one of the contract."""


@dataclass(slots=True)
class Sample:
    """Where one sample stands. ``doing`` is waiting, started, a stage's name, judging, done or failed; ``tokens`` and
    ``seconds`` (of the models' work) are those of the ``answers`` so far."""

    doing: str = "waiting"
    passes: bool | None = None
    draft_passes: bool | None = None
    failure: str = ""
    answers: int = 0
    tokens: int = 0
    seconds: float = 0.0
    richness: float | None = None
    error: str = ""

    @property
    def change(self) -> str:
        """ "fixed" or "broke" against its own draft, else ""."""
        if self.passes is None or self.draft_passes is None or self.passes == self.draft_passes:
            return ""
        return "fixed" if self.passes else "broke"

    @property
    def decided(self) -> bool:
        """Whether it is finished and judged."""
        return self.doing == "done" and self.passes is not None


@dataclass(slots=True)
class Board:
    """A run while it goes on. ``changed`` holds the tasks to draw anew; who draws empties it. ``version`` rises with
    every line."""

    run: str = ""
    dataset: str = ""
    pair: str = ""
    tasks: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    planned: int = 0
    finished: int = 0
    per_task: int = 1
    resumed: bool = False
    scripted: bool = False
    complete: bool | None = None
    version: int = 0
    generated: int = 0
    """Tokens that were generated since the run was begun or gone on with."""
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
        self.version += 1

    def _fold(self, content: Mapping[str, Any]) -> None:
        kind = content["type"]
        if kind == "run":
            tasks, patterns = (tuple(str(each) for each in content[name]) for name in ("tasks", "patterns"))
            counts = int(content["planned"]), int(content["finished"]), int(content["samples"])
            names = str(content["id"]), str(content["dataset"]), str(content["pair"])
            self.resumed, self.scripted = bool(content["resumed"]), bool(content["scripted"])
            self.planned, self.finished, self.per_task = counts
            self.run, self.dataset, self.pair = names
            self.tasks, self.patterns = tasks, patterns
            self.changed.update(tasks)
        elif kind == "done":
            self.complete = bool(content["complete"])
        elif kind in ("started", "stage", "finished", "failed"):
            key = (str(content["pattern"]), str(content["task"]), int(content["sample"]))
            old = self.samples.get(key, Sample())
            made = _next(kind, content, old)
            if kind == "finished" and old.doing != "done":
                # Results of an earlier sitting that only lacked a verdict are in the first line's count already.
                self.finished = min(self.planned, self.finished + 1)
            if kind == "stage":
                self.generated += made.tokens - old.tokens
            self.samples[key] = made
            self.changed.add(key[1])

    def rest(self) -> None:
        """Nothing works on the run any more: what was under way waits. Its answers are kept and not asked for again."""
        for (_, task, _), sample in self.samples.items():
            if sample.doing not in ("done", "failed", "waiting"):
                sample.doing = "waiting"
                self.changed.add(task)
        self.version += 1

    def of(self, pattern: str, task: str) -> Iterator[Sample | None]:
        """The samples of a task, None for one that has not begun."""
        return (self.samples.get((pattern, task, number)) for number in range(self.per_task))

    @property
    def share(self) -> float:
        """How much of the run is done, 0 to 1; a sample that is under way counts by the answers that it has."""
        if not self.planned:
            return 0.0
        done = 0.0
        for (pattern, _, _), sample in self.samples.items():
            done += 1.0 if sample.doing == "done" else min(0.9, sample.answers / (_REQUESTS.get(pattern, 2) + 0.5))
        return min(1.0, done / self.planned)


def _next(kind: str, content: Mapping[str, Any], old: Sample) -> Sample:
    if kind == "started":
        return Sample(doing="started")
    if kind == "stage":
        phase = content["phase"]
        answered = phase == "answered"
        return Sample(
            doing="judging" if phase == "judging" else str(content["stage"]),
            answers=old.answers + answered,
            tokens=old.tokens + int((answered and content["tokens"]) or 0),
            seconds=old.seconds + float((answered and content["seconds"]) or 0.0),
        )
    if kind == "failed":
        again = bool(content["again"])
        return Sample(doing="waiting" if again else "failed", error=str(content["error"]))
    return Sample(
        doing="done",
        passes=None if content["passes"] is None else bool(content["passes"]),
        draft_passes=None if content["draft_passes"] is None else bool(content["draft_passes"]),
        failure="" if content["failure"] is None else str(content["failure"]),
        answers=old.answers,
        tokens=int(content["tokens"] or 0),
        seconds=float(content["seconds"] or 0.0),
        richness=content["richness"],
    )
