"""Two stored runs on the same tasks."""

from dataclasses import dataclass

from core.bench.reports.read import compared, notes_of, rates
from core.bench.statistics import Paired, holm
from core.bench.store import Store, StoredRun
from core.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A task that one run solves and the other does not; ``before`` and ``after`` are shares of its samples."""

    task: str
    pattern: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPattern:
    """One pattern of two runs. Flips are in the order of the data set, those that were lost first."""

    before: str
    after: str
    paired: Paired
    p_holm: float
    flips: tuple[Flip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs, pattern by pattern, on the tasks that both have finished."""

    before: StoredRun
    after: StoredRun
    patterns: tuple[ComparedPattern, ...]
    notes: tuple[str, ...]

    @property
    def regression(self) -> bool:
        """Whether some pattern is distinguishably worse in the later run."""
        return any(each.paired.distinguishable and each.paired.difference.value < 0 for each in self.patterns)


def compare(store: Store, before: str, after: str) -> Comparison:
    """Compare two runs: each pattern that both have; where each has one pattern only, these two.

    Raises:
        UsageError: There is no such run, they are of different data sets or rules, or have nothing in common.
        StoreError: The store cannot be read.
    """
    one, other = store.run(before), store.run(after)
    for what, first, second in (
        ("data sets", one.config.dataset_title, other.config.dataset_title),
        ("data files", one.config.dataset_digest, other.config.dataset_digest),
        ("profiles of the judge", one.config.profile, other.config.profile),
    ):
        if first != second:
            raise UsageError(
                f"{one.id} and {other.id} cannot be compared: they have different {what} ({first}, {second})."
            )
    results = {run.id: store.results(run) for run in (one, other)}
    names = [(name, name) for name in one.config.patterns if name in other.config.patterns]
    if not names and len(one.config.patterns) == len(other.config.patterns) == 1:
        names = [(one.config.patterns[0], other.config.patterns[0])]
    found = []
    for first, second in names:
        shares = [
            rates(each for each in results[run.id] if each.key.pattern == name)
            for run, name in ((one, first), (other, second))
        ]
        tasks = [task for task in one.config.tasks if task in shares[0] and task in shares[1]]
        if tasks:
            pair = [{task: own[task] for task in tasks} for own in shares]
            flips = [
                Flip(task=task, pattern=second, before=pair[0][task], after=pair[1][task])
                for task in tasks
                if pair[0][task] != pair[1][task]
            ]
            flips.sort(key=lambda flip: flip.after > flip.before)
            found.append((first, second, compared(*pair), tuple(flips)))
    if not found:
        raise UsageError(f"{one.id} and {other.id} have no pattern with finished tasks in common.")
    adjusted = holm([paired.p for _, _, paired, _ in found])
    notes = dict.fromkeys((*notes_of(one, results[one.id]), *notes_of(other, results[other.id])))
    return Comparison(
        before=one,
        after=other,
        patterns=tuple(
            ComparedPattern(before=first, after=second, paired=paired, p_holm=p, flips=flips)
            for (first, second, paired, flips), p in zip(found, adjusted, strict=True)
        ),
        notes=tuple(notes),
    )
