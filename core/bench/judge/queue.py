"""What waits to be judged, in an order that spares loading: the data of one task can be hundreds of MB."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

J = TypeVar("J")


@dataclass(slots=True)
class TaskQueue(Generic[J]):
    """Jobs by task. A worker stays with its task, else takes the heaviest that nobody holds."""

    weights: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, list[J]] = field(default_factory=dict)
    held: dict[Hashable, str] = field(default_factory=dict)

    def put(self, task: str, job: J, weight: float) -> None:
        """Add a job; ``weight`` is about the seconds that the task takes."""
        self.weights[task] = weight
        self.waiting.setdefault(task, []).append(job)

    def take(self, worker: Hashable) -> J | None:
        """The next job for ``worker``; None if nothing waits."""
        if not self.waiting:
            return None
        task = self.held.get(worker, "")
        if task not in self.waiting:
            others = {held for holder, held in self.held.items() if holder != worker}
            free = [name for name in self.waiting if name not in others]
            task = max(free or self.waiting, key=self.weights.__getitem__)
        jobs = self.waiting[task]
        job = jobs.pop()
        if not jobs:
            del self.waiting[task]
        self.held[worker] = task
        return job

    def leave(self, worker: Hashable) -> None:
        """``worker`` takes nothing any more."""
        self.held.pop(worker, None)
