"""What is known, and kept, of a node that judges."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeNode:
    """A node: Ray's id of it, its host's name, how many programs it judges at a time, and with what."""

    id: str
    host: str
    workers: int
    sandbox: str
    """The name of its tier."""
    python: str
    program: str
