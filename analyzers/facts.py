"""Facts about a subject that several rules ask for, worked out once for each subject."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from analyzers.subject import Subject

T = TypeVar("T")


def fact(compute: Callable[[Subject], T]) -> Callable[[Subject], T]:
    """Keep what ``compute`` returns with the subject it was asked for, as a cached property would.

    A property of ``Subject`` itself would make it depend on every analysis that rules are built on.
    """
    key = f"{compute.__module__}.{compute.__qualname__}"

    @wraps(compute)
    def ask(subject: Subject) -> T:
        known = vars(subject)
        if key not in known:
            known[key] = compute(subject)
        return cast(T, known[key])

    return ask
