"""Whatever the models and the cards: a plan that is made holds, and a context that is proposed fits."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.placement.architecture import Architecture
from core.placement.cards import Card
from core.placement.figures import Figures
from core.placement.plan import Attempt, Demand, attempts, chosen

GIB = 2**30


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    heads = draw(st.sampled_from([8, 14, 32, 64]))
    shape = Architecture(
        model_type=draw(st.sampled_from(["qwen2", "qwen3", "llama", "other"])),
        hidden_size=draw(st.integers(512, 8192)),
        intermediate_size=draw(st.integers(1024, 32768)),
        num_hidden_layers=draw(st.integers(8, 96)),
        num_attention_heads=heads,
        num_key_value_heads=draw(st.integers(1, heads)),
        head_dim=draw(st.sampled_from([64, 96, 128])),
        vocab_size=draw(st.integers(30_000, 260_000)),
    )
    return Figures(
        weights=draw(st.integers(GIB // 4, 40 * GIB)),
        shape=shape,
        float_bytes=draw(st.sampled_from([2, 4])),
        compiled_chunk=draw(st.sampled_from([512, 1000, 2048, 8192])),
        origin="disk",
    )


@st.composite
def wanted(draw: st.DrawFn, *, roles: tuple[str, ...] = ("coder", "reviewer")) -> tuple[Demand, ...]:
    context = st.integers(2048, 65_536)
    found = []
    for role in roles:
        size = draw(context)
        found.append(
            Demand(
                role=role,  # type: ignore[arg-type]
                model=role,
                figures=draw(figures()),
                context=size,
                max_tokens=draw(st.integers(1, size - 1)),
                fixed_chunk=draw(st.booleans()),
            )
        )
    return tuple(found)


@st.composite
def cards(draw: st.DrawFn) -> tuple[Card, ...]:
    found = []
    for number in range(draw(st.integers(1, 3))):
        total = draw(st.integers(2 * GIB, 160 * GIB))
        free = draw(st.one_of(st.none(), st.integers(0, total)))
        found.append(Card(device=f"cuda:{number}", name="card", total=total, free=free))
    return tuple(found)


def holds(attempt: Attempt) -> None:
    for card in {seat.card for seat in attempt.seats}:
        seats = [seat for seat in attempt.seats if seat.card == card]
        groups = [[seat] for seat in seats] if attempt.kind == "swap" else [seats]
        for alive in groups:
            assert sum(seat.bytes for seat in alive) <= card.usable(len(alive)) <= 0.85 * card.total
    for seat in attempt.seats:
        assert seat.loads
        assert seat.total_tokens >= seat.demand.context + 160 * seat.concurrency


@settings(deadline=None)
@given(wanted(), cards())
def test_a_placement_that_fits_holds_and_one_that_does_not_says_what_is_missing(
    demands: tuple[Demand, ...], places: tuple[Card, ...]
) -> None:
    tried = attempts(demands, places)
    for attempt in tried:
        holds(attempt)
        assert attempt.fits or attempt.short > 0 or attempt.reason
    best = chosen(tried)
    assert (best is None) == (not any(attempt.fits for attempt in tried))


@settings(deadline=None)
@given(wanted(), cards())
def test_a_context_that_is_proposed_fits(demands: tuple[Demand, ...], places: tuple[Card, ...]) -> None:
    for attempt in attempts(demands, places):
        if attempt.context is None:
            continue
        # "That many tokens or less": a model with a smaller context keeps it.
        sizes = [min(each.context, attempt.context) for each in demands]
        smaller = [
            replace(each, context=size, max_tokens=min(each.max_tokens, size // 2))
            for each, size in zip(demands, sizes, strict=True)
        ]
        (again,) = (each for each in attempts(smaller, places) if each.kind == attempt.kind)
        assert again.fits


@settings(deadline=None)
@given(wanted(), cards())
def test_if_both_fit_together_they_fit_one_at_a_time(demands: tuple[Demand, ...], places: tuple[Card, ...]) -> None:
    resident, split, swap = attempts(demands, places)
    if resident.fits:
        assert swap.fits
    assert not split.fits or len(places) > 1
