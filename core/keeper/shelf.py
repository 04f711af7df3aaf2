"""Whether a pair is kept loaded, and how its keeper has placed it."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.hardware.asking import in_thread
from core.keeper.link import ask
from core.keeper.record import Record, fingerprint_of, running_keeper
from core.placement.cards import Card
from core.placement.decision import Plan, demands
from core.placement.plan import Seat

if TYPE_CHECKING:
    from core.config import ResolvedPair

_PLAN_SECONDS = 60.0
"""How long a keeper gets to look at the GPUs and the disk; planning is part of its start."""


class KeeperShelf:
    """Finds the keeper of one pair."""

    def __init__(
        self, pair: "ResolvedPair", mlc: Sequence[str] | None, environ: Mapping[str, str] | None = None
    ) -> None:
        self._pair, self._mlc = pair, mlc
        self._environ = os.environ if environ is None else environ

    async def keeper(self) -> Record | None:
        """The keeper of this very pair, None if none runs.

        Raises:
            SecondpassError: the folder of this user cannot be found.
        """
        found = running_keeper(self._environ)
        if found is None or found.fingerprint != fingerprint_of(self._pair, self._mlc, self._environ):
            return None
        return found

    async def plan(self, keeper: Record) -> Plan:
        """How the keeper has placed it.

        Raises:
            EngineError: it does not fit, or the keeper is gone.
        """
        sent = await ask(keeper, "plan", seconds=_PLAN_SECONDS)
        asked = await in_thread(lambda: demands(self._pair, self._environ))
        by_role = {} if isinstance(asked, str) else {demand.role: demand for demand in asked}
        seats = tuple(
            Seat(
                demand=by_role[seat["role"]],
                card=Card(**seat["card"]),
                concurrency=seat["concurrency"],
                chunk=seat["chunk"],
            )
            for seat in sent["seats"]
            if seat["role"] in by_role
        )
        return Plan(
            pair=self._pair.name,
            asked=self._pair.config.placement,
            placement=sent["placement"],
            seats=seats,
            cards=tuple(dict.fromkeys(seat.card for seat in seats)),
            unchecked=sent["unchecked"],
        )


def plan_to_send(plan: Plan | None) -> Mapping[str, Any]:
    """What ``plan`` needs of a keeper's plan."""
    if plan is None:
        return {"placement": None, "unchecked": "", "seats": []}
    seats = [
        {
            "role": seat.demand.role,
            "card": {
                "device": seat.card.device,
                "name": seat.card.name,
                "total": seat.card.total,
                "free": seat.card.free,
            },
            "concurrency": seat.concurrency,
            "chunk": seat.chunk,
        }
        for seat in plan.seats
    ]
    return {"placement": plan.placement, "unchecked": plan.unchecked, "seats": seats}
