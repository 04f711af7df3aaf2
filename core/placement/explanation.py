"""A plan in words and as JSON. Sizes in words are GiB (2^30 bytes), in JSON bytes."""

from collections.abc import Mapping

from core.placement.cards import Card
from core.placement.decision import MEANINGS, Plan, in_gib
from core.placement.plan import Attempt, Seat


def summary(plan: Plan) -> str:
    """The plan in one sentence."""
    if plan.problem:
        return f"{plan.problem}."
    if plan.placement is None:
        return f"The pair {plan.pair} loads no model on this machine, so no memory is planned."
    if plan.unchecked:
        return f"Memory was not planned, because {plan.unchecked}; the models start as configured ({plan.placement})."
    where = "; ".join(
        f"{seat.demand.role} {in_gib(seat.bytes)} on {seat.card.device}, {_at_a_time(seat.concurrency)}"
        for seat in plan.seats
    )
    if len(plan.seats) == 1:
        return f"The pair {plan.pair} fits: {where}."
    return f"The pair {plan.pair} fits, {plan.placement} ({MEANINGS[plan.placement]}): {where}."


def _at_a_time(concurrency: int) -> str:
    return "one request at a time" if concurrency == 1 else f"{concurrency} requests side by side"


def lines(plan: Plan) -> list[str]:
    """The plan in full: what each engine takes, what else was tried, and what would have to give."""
    told = [summary(plan)]
    for card in _cards(plan):
        free = "" if card.free is None else f", {in_gib(card.free)} free"
        engines = max(1, sum(seat.card == card for seat in plan.seats) if plan.placement != "swap" else 1)
        usable = in_gib(card.usable(engines))
        told.append(f"{card.device}: {card.name}, {in_gib(card.total)}{free}; usable {usable}")
    for seat in plan.seats:
        told += _engine(seat)
    told += [_attempt(each) for each in plan.tried if each.kind != plan.placement and not _pointless(each, plan)]
    if plan.problem:
        told += [f"What would help: {each}." for each in plan.remedies]
    return told


def _cards(plan: Plan) -> tuple[Card, ...]:
    used = {seat.card for seat in plan.seats}
    return tuple(card for card in plan.cards if card in used or (not used and not card.device.startswith("cpu")))


def _engine(seat: Seat) -> list[str]:
    demand, figures = seat.demand, seat.demand.figures
    per_token = figures.kv_bytes_per_token / 1024
    source = "the files on disk" if figures.origin == "disk" else "models.toml (not on disk)"
    return [
        f"{demand.role}: {demand.model} on {seat.card.device}, {in_gib(seat.bytes)}",
        f"  weights {in_gib(figures.weights)}, figures from {source}",
        f"  KV cache {in_gib(seat.kv_bytes)}: {seat.total_tokens} tokens of {per_token:g} KiB "
        f"(2 x {figures.shape.num_hidden_layers} layers x {figures.shape.num_key_value_heads} KV heads x "
        f"{figures.shape.head_dim} x {figures.float_bytes} bytes)",
        f"  buffers {in_gib(seat.buffers)}: prefill {seat.chunk} tokens at a time",
        f"  context {demand.context} tokens, {_at_a_time(seat.concurrency)}",
    ]


def _pointless(attempt: Attempt, plan: Plan) -> bool:
    """Arrangements of two are no news where one engine runs."""
    return bool(attempt.reason) and len(plan.seats) == 1


def _attempt(attempt: Attempt) -> str:
    what = f"{attempt.kind} ({MEANINGS[attempt.kind]})"
    if attempt.fits:
        return f"Also possible: {what}, {_at_a_time(attempt.concurrency)}."
    if attempt.reason:
        return f"Not possible: {what}, {attempt.reason}."
    context = "" if attempt.context is None else f"; it fits with a context of {attempt.context} tokens"
    return f"Not possible: {what} lacks {in_gib(attempt.short)}{context}."


def plan_json(plan: Plan) -> Mapping[str, object]:
    """The plan as docs/engines.md documents it, without the version."""
    return {
        "pair": plan.pair,
        "asked": plan.asked,
        "placement": plan.placement,
        "fits": None if plan.unchecked or (plan.placement is None and not plan.problem) else not plan.problem,
        "sentence": summary(plan),
        "remedies": list(plan.remedies),
        "cards": [
            {"device": card.device, "name": card.name, "total": card.total, "free": card.free, "usable": card.usable(1)}
            for card in plan.cards
        ],
        "engines": [
            {
                "role": seat.demand.role,
                "model": seat.demand.model,
                "device": seat.card.device,
                "context": seat.demand.context,
                "concurrency": seat.concurrency,
                "total_tokens": seat.total_tokens,
                "prefill_chunk_size": seat.chunk,
                "kv_bytes_per_token": seat.demand.figures.kv_bytes_per_token,
                "bytes": {
                    "weights": seat.demand.figures.weights,
                    "kv_cache": seat.kv_bytes,
                    "buffers": seat.buffers,
                    "total": seat.bytes,
                },
                "figures": seat.demand.figures.origin,
            }
            for seat in plan.seats
        ],
        "tried": [
            {
                "placement": each.kind,
                "fits": each.fits,
                "short": each.short,
                "reason": each.reason,
                "context": each.context,
            }
            for each in plan.tried
        ],
    }
