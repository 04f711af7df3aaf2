"""The plan for a configured pair: what is done, or why it is refused and what would have to give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.config.schema import Placement
from core.engines.protocol import Role
from core.hardware.asking import in_thread
from core.placement.cards import Card, find_cards
from core.placement.figures import figures_of
from core.placement.plan import Attempt, Demand, Kind, Seat, attempts, chosen

if TYPE_CHECKING:
    from core.config import Configuration, ResolvedModel, ResolvedPair

MEANINGS: Mapping[Kind, str] = {
    "resident": "both models on one card",
    "split": "one card each",
    "swap": "one model at a time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done with a pair on this machine.

    Attributes:
        pair: Its name.
        asked: The placement that the configuration names.
        placement: What is done; None where it is refused or nothing runs here.
        seats: The engines that secondpass starts, as they are to be started.
        tried: Every placement that was tried.
        cards: What they were tried on.
        unchecked: Why memory could not be planned, "" where it was. Then the models start as configured.
        problem: Why the pair is refused, one sentence; "" where it is not.
        remedies: What would make it fit, each one clause.
    """

    pair: str
    asked: Placement
    placement: Kind | None
    seats: tuple[Seat, ...] = ()
    tried: tuple[Attempt, ...] = ()
    cards: tuple[Card, ...] = ()
    unchecked: str = ""
    problem: str = ""
    remedies: tuple[str, ...] = ()

    def seat(self, role: Role) -> Seat | None:
        """How ``role``'s engine is started; None if the plan does not say."""
        return next((seat for seat in self.seats if seat.demand.role == role), None)

    @property
    def refusal(self) -> str:
        """The problem with what to do about it; "" where there is none."""
        if not self.problem:
            return ""
        todo = " or ".join(self.remedies) or "choose a pair of smaller models"
        return f"{self.problem}: {todo} (secondpass models plan --pair {self.pair} shows the figures)."


def roles(pair: "ResolvedPair") -> "dict[Role, ResolvedModel]":
    """The models that MLC-LLM serves here, by role."""
    members: dict[Role, ResolvedModel] = {"coder": pair.coder, "reviewer": pair.reviewer}
    return {role: model for role, model in members.items() if model.kind == "mlc"}


async def plan_here(configuration: "Configuration | None", pair: "ResolvedPair", environ: Mapping[str, str]) -> Plan:
    """The plan for ``pair`` with the memory that is free on this machine now. Asks the GPUs' tools.

    With ``configuration``, a pair of it that would fit is proposed where this one does not.
    """
    asked = await in_thread(lambda: demands(pair, environ))
    if not asked or isinstance(asked, str):
        return plan_pair(pair, asked, ())
    cards = await find_cards(environ)
    return await in_thread(lambda: plan_on(configuration, pair, cards, environ))


def plan_on(
    configuration: "Configuration | None", pair: "ResolvedPair", cards: Sequence[Card], environ: Mapping[str, str]
) -> Plan:
    """The plan for ``pair`` on ``cards``. Looks at the disk."""
    plan = plan_pair(pair, demands(pair, environ), cards)
    if not plan.problem or configuration is None:
        return plan
    smaller = largest_fitting(configuration, cards, environ)
    return plan if smaller is None else replace(plan, remedies=(*plan.remedies, _use(smaller)))


def _use(pair: str) -> str:
    return f"use the smaller models of --pair {pair}"


def demands(pair: "ResolvedPair", environ: Mapping[str, str]) -> tuple[Demand, ...] | str:
    """What the models of ``pair`` ask for, or a clause on why that is not known. Looks at the disk."""
    found = []
    for role, model in roles(pair).items():
        config = model.config
        figures = figures_of(config, environ)
        if figures is None:
            return (
                f"the sizes of {model.name} are not known (it is not on disk, and models.toml says nothing of its "
                "architecture)"
            )
        found.append(
            Demand(
                role=role,
                model=model.name,
                figures=figures,
                context=config.context,
                max_tokens=config.max_tokens,
                device=None if config.device == "auto" else config.device,
                fixed_chunk=config.model_lib is not None,
            )
        )
    return tuple(found)


def plan_pair(
    pair: "ResolvedPair",
    asked: Sequence[Demand] | str,
    cards: Sequence[Card],
) -> Plan:
    """The plan for ``pair``, whose models ask for ``asked``, on ``cards``.

    Args:
        pair: The pair.
        asked: What ``demands`` found.
        cards: Where models can be.
    """
    wanted = pair.config.placement
    if not asked:
        return Plan(pair=pair.name, asked=wanted, placement=None)
    why = asked if isinstance(asked, str) else _unknown(asked, cards)
    if isinstance(asked, str) or why:
        kind: Kind = "resident" if wanted == "auto" else wanted
        return Plan(pair=pair.name, asked=wanted, placement=kind, cards=tuple(cards), unchecked=why)
    tried = attempts(asked, cards)
    # With one engine of ours there is nothing to arrange: wherever the other model is, this one stays loaded.
    named = wanted == "auto" or len(asked) == 1
    best = chosen(tried) if named else next(each for each in tried if each.kind == wanted)
    if best is not None and best.fits:
        return Plan(
            pair=pair.name, asked=wanted, placement=best.kind, seats=best.seats, tried=tried, cards=tuple(cards)
        )
    return Plan(
        pair=pair.name,
        asked=wanted,
        placement=None,
        tried=tried,
        cards=tuple(cards),
        problem=_problem(pair.name, tried if named else [each for each in tried if each.kind == wanted]),
        remedies=_remedies(asked, tried, cards),
    )


def _unknown(asked: Sequence[Demand], cards: Sequence[Card]) -> str:
    """Why these cards say nothing about where ``asked`` will run, "" if they do."""
    kinds = {card.device.partition(":")[0] for card in cards}
    for demand in asked:
        if demand.device is None:
            if not kinds - {"cpu"}:
                return "no GPU that says how much memory it has was found"
        elif (kind := demand.device.partition(":")[0]) not in kinds:
            return f"the memory of {kind} devices is not known here"
    return ""


def _problem(name: str, tried: Sequence[Attempt]) -> str:
    parts = []
    for attempt in tried:
        one = MEANINGS[attempt.kind] if len(tried) > 1 or attempt.kind != "resident" else "on one card"
        if attempt.short:
            parts.append(f"{attempt.kind} ({one}) lacks {in_gib(attempt.short)}")
        elif attempt.reason and len(tried) == 1:
            parts.append(f"{attempt.kind} ({one}) is impossible, {attempt.reason}")
    return f"The pair {name} does not fit into the memory that is free here: {', '.join(parts)}"


def _remedies(asked: Sequence[Demand], tried: Sequence[Attempt], cards: Sequence[Card]) -> tuple[str, ...]:
    found = [f'set placement = "{each.kind}" ({MEANINGS[each.kind]})' for each in tried if each.fits]
    contexts = [(each.context, each.kind) for each in tried if each.context is not None]
    if contexts and not found:
        context, kind = max(contexts)
        whose = "both models" if len(asked) > 1 else asked[0].model
        found.append(f"set a context of {context} tokens or less for {whose} ({kind} fits then)")
    if any(card.free is not None and card.free < card.limit for card in cards if not card.device.startswith("cpu")):
        found.append("free the GPU of other programs")
    return tuple(found)


def in_gib(size: float) -> str:
    """Bytes as a plan says them: GiB with two decimals."""
    return f"{size / 2**30:.2f} GiB"


def stays_loaded(pair: "ResolvedPair", cards: Sequence[Card], environ: Mapping[str, str]) -> bool:
    """Whether all models of ``pair`` that run here can be loaded at the same time on ``cards``."""
    found = demands(pair, environ)
    if not found or isinstance(found, str) or _unknown(found, cards):
        return False
    return any(each.fits for each in attempts(found, cards) if each.kind != "swap")


def largest_fitting(configuration: "Configuration", cards: Sequence[Card], environ: Mapping[str, str]) -> str | None:
    """The pair with the most bytes of weights that stays loaded on the GPUs of ``cards``; None if there is none."""
    fitting = []
    for name in configuration.pairs:
        pair = configuration.pair(name)
        found = demands(pair, environ)
        if isinstance(found, str) or len(found) < 2 or any(each.device is not None for each in found):
            continue
        if stays_loaded(pair, cards, environ):
            fitting.append((sum(each.figures.weights for each in found), name))
    return max(fitting)[1] if fitting else None
