"""The memory planner: which placement of a pair's models fits, with which caches and how many requests at once.

Pure functions on figures and cards. Three things must hold:

- weights and what MLC-LLM claims besides them stay below 85 % of the card (else it refuses to load the model);
- weights, KV cache and buffers of all engines that are alive on a card fit into what is free of it, and into 85 %;
- the KV cache holds the context and 160 tokens more for each request (the last of them are unusable).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.engines.mlc_serve import MARGIN
from core.engines.protocol import Role
from core.placement.cards import Card
from core.placement.figures import Figures

Kind = Literal["resident", "split", "swap"]

CONCURRENCIES = (16, 8, 4, 2, 1)
"""Requests side by side that are tried. Few steps: each is compiled into a library of its own. A CPU gets one: it is
the arithmetic that takes its time, and more requests share it."""

CHUNKS = (2048, 1024, 512)
"""Tokens of a prefill chunk that are tried: smaller ones need smaller buffers and read prompts a little slower."""

PROMPT = 2048
"""Tokens that a request's prompt is expected to have when several run side by side."""

_STEP = 256
"""Contexts that are proposed are multiples of it."""

_LEAST_CONTEXT = 2048
"""No smaller context is proposed: a spec, a review and an answer need that much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one role asks for.

    Attributes:
        role: Which of the two.
        model: Its name in models.toml.
        figures: Its sizes.
        context: Window of one request, in tokens.
        max_tokens: Most tokens of an answer.
        device: Where it has to run; None where that is open.
        fixed_chunk: The prefill chunk cannot be chosen, because a compiled library is given.
    """

    role: Role
    model: str
    figures: Figures
    context: int
    max_tokens: int
    device: str | None = None
    fixed_chunk: bool = False

    @property
    def chunks(self) -> tuple[int, ...]:
        """Prefill chunks to try, the largest first."""
        if self.fixed_chunk:
            return (self.figures.compiled_chunk,)
        most = min(self.context, self.figures.compiled_chunk)
        return tuple(each for each in CHUNKS if each <= most) or (most,)

    def total_tokens(self, concurrency: int) -> int:
        """Tokens of KV cache for ``concurrency`` requests: one of full length, or all of a usual one."""
        usual = min(self.context, self.max_tokens + PROMPT)
        return max(self.context, concurrency * usual) + MARGIN * concurrency


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where and how one role's engine runs; ``chunk`` is the tokens of a prefill chunk."""

    demand: Demand
    card: Card
    concurrency: int
    chunk: int

    @property
    def total_tokens(self) -> int:
        return self.demand.total_tokens(self.concurrency)

    @property
    def kv_bytes(self) -> int:
        return self.demand.figures.kv_bytes(self.total_tokens)

    @property
    def buffers(self) -> int:
        return self.demand.figures.buffers(self.chunk, self.concurrency)

    @property
    def bytes(self) -> int:
        """All that this engine takes."""
        return self.demand.figures.weights + self.kv_bytes + self.buffers

    @property
    def loads(self) -> bool:
        """Whether MLC-LLM would not refuse the model on this card."""
        figures = self.demand.figures
        return figures.weights + figures.claimed(self.chunk, self.concurrency) < self.card.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One placement tried. ``seats`` is empty where it does not fit.

    Attributes:
        kind: Which placement.
        seats: Where every engine would be.
        short: Bytes that are missing on the card that lacks the most; 0 where it fits.
        reason: Why it was not even tried ("there is one card"), or "".
        context: It would fit if no engine had a larger context than this; None where no context would do.
    """

    kind: Kind
    seats: tuple[Seat, ...] = ()
    short: int = 0
    reason: str = ""
    context: int | None = None

    @property
    def fits(self) -> bool:
        return bool(self.seats)

    @property
    def concurrency(self) -> int:
        """The least that a role gets."""
        return min((seat.concurrency for seat in self.seats), default=0)


def attempts(demands: Sequence[Demand], cards: Sequence[Card]) -> tuple[Attempt, ...]:
    """Every placement of ``demands`` on ``cards`` (not empty), tried: resident, split, swap."""
    return (_resident(demands, cards), _split(demands, cards), _swap(demands, cards))


def chosen(tried: Sequence[Attempt]) -> Attempt | None:
    """What ``auto`` takes: one card each if both serve at least as many requests there, else both on one, else swap."""
    by_kind = {attempt.kind: attempt for attempt in tried if attempt.fits}
    resident, split = by_kind.get("resident"), by_kind.get("split")
    if split is not None and (resident is None or split.concurrency >= resident.concurrency):
        return split
    return resident or by_kind.get("swap")


def _resident(demands: Sequence[Demand], cards: Sequence[Card]) -> Attempt:
    options = [card for card in cards if all(_allowed(demand, card) for demand in demands)]
    if not options:
        return Attempt(kind="resident", reason="the models' devices are different ones")
    return _best("resident", [_together("resident", demands, card) for card in options])


def _split(demands: Sequence[Demand], cards: Sequence[Card]) -> Attempt:
    if len(demands) < 2:
        return Attempt(kind="split", reason="only one model runs here")
    pairs = [(a, b) for a in cards for b in cards if a != b and _allowed(demands[0], a) and _allowed(demands[1], b)]
    if not pairs:
        usable = {card for card in cards for demand in demands if _allowed(demand, card)}
        reason = "there is one card" if len(usable) < 2 else "the models' devices leave one card"
        return Attempt(kind="split", reason=reason)
    return _best("split", [_apart("split", demands, pair) for pair in pairs])


def _swap(demands: Sequence[Demand], cards: Sequence[Card]) -> Attempt:
    if len(demands) < 2:
        return Attempt(kind="swap", reason="only one model runs here")
    options = [[card for card in cards if _allowed(demand, card)] for demand in demands]
    if not all(options):
        return Attempt(kind="swap", reason="a model's device is not on this machine")
    chosen_cards = [max(each, key=lambda card: card.usable(1)) for each in options]
    return _apart("swap", demands, chosen_cards)


def _allowed(demand: Demand, card: Card) -> bool:
    """An open device is a GPU where there is one; main memory only where the model says so."""
    if demand.device is None:
        return not card.device.startswith("cpu")
    kind, _, number = demand.device.partition(":")
    return card.device == f"{kind}:{number or 0}"


def _best(kind: Kind, tried: Sequence[Attempt]) -> Attempt:
    fitting = [attempt for attempt in tried if attempt.fits]
    if fitting:
        return max(fitting, key=lambda attempt: attempt.concurrency)
    return min(tried, key=lambda attempt: (-(attempt.context or 0), attempt.short))


def _apart(kind: Kind, demands: Sequence[Demand], cards: Sequence[Card]) -> Attempt:
    """Each engine alone on its card."""
    alone = [_together(kind, [demand], card) for demand, card in zip(demands, cards, strict=True)]
    if all(attempt.fits for attempt in alone):
        return Attempt(kind=kind, seats=tuple(seat for attempt in alone for seat in attempt.seats))
    failed = [attempt for attempt in alone if not attempt.fits]
    contexts = [attempt.context for attempt in failed]
    possible = [context for context in contexts if context is not None]
    context = min(possible) if len(possible) == len(contexts) else None
    return Attempt(kind=kind, short=max(attempt.short for attempt in failed), context=context)


def _together(kind: Kind, demands: Sequence[Demand], card: Card) -> Attempt:
    """All engines on one card, with as many requests side by side as fit."""
    for concurrency in (1,) if card.device.startswith("cpu") else CONCURRENCIES:
        for step in range(max(len(demand.chunks) for demand in demands)):
            seats = _seats(demands, card, concurrency, step)
            if _missing(seats, card) == 0:
                return Attempt(kind=kind, seats=seats)
    least = _seats(demands, card, 1, len(CHUNKS))
    return Attempt(kind=kind, short=_missing(least, card), context=_context(least, card))


def _seats(demands: Sequence[Demand], card: Card, concurrency: int, step: int) -> tuple[Seat, ...]:
    return tuple(
        Seat(demand=each, card=card, concurrency=concurrency, chunk=each.chunks[min(step, len(each.chunks) - 1)])
        for each in demands
    )


def _missing(seats: Sequence[Seat], card: Card) -> int:
    """Bytes that the card lacks for ``seats``; 0 where they fit and MLC-LLM loads them."""
    over = sum(seat.bytes for seat in seats) - card.usable(len(seats))
    for seat in seats:
        figures = seat.demand.figures
        over = max(over, figures.weights + figures.claimed(seat.chunk, seat.concurrency) - card.limit + 1)
    return max(0, over)


def _context(seats: Sequence[Seat], card: Card) -> int | None:
    """The largest context, were it the same for all, with which ``seats`` (of one request each) would fit."""
    if not all(seat.loads for seat in seats):
        return None
    fixed = sum(seat.demand.figures.weights + seat.buffers for seat in seats)
    each = sum(seat.demand.figures.kv_bytes_per_token + 1.25 for seat in seats)
    tokens = (card.usable(len(seats)) - fixed) / each - MARGIN
    context = int(tokens // _STEP) * _STEP
    return context if context >= _LEAST_CONTEXT else None
