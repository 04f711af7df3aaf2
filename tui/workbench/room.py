"""How much of the context window a run will take, told before anything is sent."""

from dataclasses import dataclass

from analyzers.tokens import estimate_tokens
from core.request import RunRequest

FRAME_TOKENS = 300
"""About what the instructions around a spec take, in the longest of the prompts."""
TIGHT = 0.75
"""Share of the window from which little room is left for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Estimated tokens of the prompt, and the smaller context window of the two models (0: not known)."""

    used: int
    window: int

    @property
    def fits(self) -> bool:
        """Whether an answer has any room beside it; the estimate may be a tenth too small."""
        return not self.window or round(1.1 * self.used) + 16 < self.window

    @property
    def tight(self) -> bool:
        """Whether little room is left."""
        return bool(self.window) and self.used > TIGHT * self.window

    @property
    def warning(self) -> str:
        """What is about to happen, "" if there is room."""
        told = f"About {self.used:,} of {self.window:,} tokens of context"
        if not self.fits:
            # Not refused: it is an estimate, and the run itself counts with the model's own tokenizer where it has it.
            return f"{told}: it does not fit. Shorten it or name fewer files; the same key again tries it all the same."
        if self.tight:
            return f"{told}: little room is left for the answer. The same key again sends it."
        return ""


def room_of(request: RunRequest, window: int) -> Room:
    """What a run of ``request`` takes of ``window``: spec, requests, files and the code that it goes on from."""
    follow_up = request.follow_up
    texts = [request.spec, *(file.text for file in request.files)]
    if follow_up is not None:
        texts += [*follow_up.requests, follow_up.base]
    return Room(used=FRAME_TOKENS + sum(estimate_tokens(text) for text in texts if text), window=window)
