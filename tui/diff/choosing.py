"""What the person makes of a change: one choice a hunk, a cursor, and the way back. No widget in here."""

from dataclasses import dataclass, replace

from core.events import HunkChoice
from core.hunks import Hunk, assemble, hunks_between, text_lines

TAKEN = HunkChoice(taken=True)
LEFT_OUT = HunkChoice(taken=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """The hunks between ``before`` and ``after`` and what became of each. ``at`` is the hunk at the cursor."""

    before: str
    after: str
    hunks: tuple[Hunk, ...]
    choices: tuple[HunkChoice, ...]
    at: int = 0
    past: tuple[tuple[HunkChoice, ...], ...] = ()

    @classmethod
    def between(
        cls, before: str, after: str, *, taken: bool = True, choices: tuple[HunkChoice, ...] = ()
    ) -> "Choosing":
        """All hunks ``taken`` or left out to begin with, or as ``choices`` say if there is one for each."""
        hunks = hunks_between(before, after)
        if len(choices) != len(hunks):
            choices = (TAKEN if taken else LEFT_OUT,) * len(hunks)
        return cls(before=before, after=after, hunks=hunks, choices=choices)

    @property
    def code(self) -> str:
        """What the choices make of the old text."""
        return assemble(self.before, self.hunks, self.choices)

    @property
    def taken(self) -> int:
        """How many hunks are taken."""
        return sum(choice.taken for choice in self.choices)

    @property
    def reasons(self) -> int:
        """How many hunks are left out with a reason."""
        return sum(not choice.taken and bool(choice.reason) for choice in self.choices)

    @property
    def edited(self) -> bool:
        """Whether a hunk that is taken was edited."""
        return any(choice.taken and choice.edited is not None for choice in self.choices)

    @property
    def choice(self) -> HunkChoice:
        """The choice at the cursor."""
        return self.choices[self.at]

    @property
    def lines_at(self) -> tuple[str, ...]:
        """What would stand in the place of the hunk at the cursor if it is taken."""
        edited = self.choice.edited
        return self.hunks[self.at].after if edited is None else tuple(text_lines(edited))

    def moved(self, step: int) -> "Choosing":
        """With the cursor ``step`` hunks further."""
        return replace(self, at=max(0, min(len(self.hunks) - 1, self.at + step)))

    def chosen(self, choice: HunkChoice) -> "Choosing":
        """With ``choice`` at the cursor."""
        if choice == self.choice:
            return self
        choices = (*self.choices[: self.at], choice, *self.choices[self.at + 1 :])
        return replace(self, choices=choices, past=(*self.past, self.choices))

    def every(self, choice: HunkChoice) -> "Choosing":
        """With ``choice`` for every hunk that is not so already; edited lines are kept in mind."""
        choices = tuple(
            each if each.taken == choice.taken else replace(choice, edited=each.edited) for each in self.choices
        )
        return self if choices == self.choices else replace(self, choices=choices, past=(*self.past, self.choices))

    def undone(self) -> "Choosing":
        """With the last choice taken back; the cursor goes to where it was made."""
        if not self.past:
            return self
        before = self.past[-1]
        at = next((i for i, (a, b) in enumerate(zip(before, self.choices, strict=True)) if a != b), self.at)
        return replace(self, choices=before, past=self.past[:-1], at=at)
