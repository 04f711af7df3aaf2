"""Who is asked when: drafts before reviews where models take turns, later stages first where both are there."""

import asyncio
from collections.abc import Mapping

from core.bench.generation.gate import Gate
from core.engines.protocol import Role, Stage

Step = tuple[Role, Stage]
REVIEWED: tuple[Step, ...] = (("coder", "draft"), ("reviewer", "review"), ("coder", "fix"))


class Watched:
    """Samples on their way through a gate, and the order in which their requests began."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.begun: list[tuple[Stage, int]] = []
        self.active: dict[Role, int] = {"coder": 0, "reviewer": 0}
        self.most: dict[Role, int] = {"coder": 0, "reviewer": 0}
        self.together = False

    async def sample(self, place: int, steps: tuple[Step, ...] = REVIEWED) -> None:
        async with self.gate.sample():
            for role, stage in steps:
                async with self.gate.away() as trip, self.gate.turn(trip, role, stage, place):
                    self.begun.append((stage, place))
                    self.active[role] += 1
                    self.most[role] = max(self.most[role], self.active[role])
                    self.together = self.together or min(self.active.values()) > 0
                    for _ in range(3):
                        await asyncio.sleep(0)
                    self.active[role] -= 1


def made(*, phases: bool, batch: Mapping[Role, int], busy: int = 4) -> Watched:
    return Watched(Gate(batch=batch, phases=phases, busy=busy))


async def test_in_phases_every_draft_comes_before_every_review_and_every_review_before_every_fix() -> None:
    watched = made(phases=True, batch={"coder": 2, "reviewer": 2})
    await asyncio.gather(*(watched.sample(place) for place in range(7)))
    stages = [stage for stage, _ in watched.begun]
    assert stages == ["draft"] * 7 + ["review"] * 7 + ["fix"] * 7
    assert not watched.together
    assert watched.most == {"coder": 2, "reviewer": 2}


async def test_a_pipeline_has_both_roles_at_work_and_finishes_samples_first() -> None:
    watched = made(phases=False, batch={"coder": 2, "reviewer": 1})
    await asyncio.gather(*(watched.sample(place) for place in range(7)))
    assert watched.together
    assert watched.most == {"coder": 2, "reviewer": 1}
    assert watched.begun.index(("fix", 0)) < watched.begun.index(("draft", 6))


async def test_requests_of_one_task_follow_each_other_whoever_came_first() -> None:
    watched = made(phases=True, batch={"coder": 1, "reviewer": 1}, busy=16)
    draft: tuple[Step, ...] = (("coder", "draft"),)
    await asyncio.gather(*(watched.sample(place, draft) for place in (2, 0, 1, 2, 0, 1)))
    assert [place for _, place in watched.begun[1:]] == [0, 0, 1, 1, 2]


async def test_a_stopped_request_gives_its_turn_to_the_next() -> None:
    watched = made(phases=False, batch={"coder": 1, "reviewer": 1})
    hanging = asyncio.Event()

    async def hang() -> None:
        async with watched.gate.sample(), watched.gate.away() as trip, watched.gate.turn(trip, "coder", "draft", 0):
            hanging.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await hanging.wait()
    other = asyncio.create_task(watched.sample(1))
    await asyncio.sleep(0)
    assert watched.begun == []
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(10):
        await other
    assert [stage for stage, _ in watched.begun] == ["draft", "review", "fix"]


async def test_whoever_asks_the_same_model_again_keeps_its_phase_though_nobody_else_is_on_the_way() -> None:
    watched = made(phases=True, batch={"coder": 1, "reviewer": 1})
    opinion: tuple[Step, ...] = (("coder", "draft"), ("reviewer", "review"), ("reviewer", "opinion"), ("coder", "fix"))
    await asyncio.gather(watched.sample(0), watched.sample(1), watched.sample(2, opinion))
    stages = [stage for stage, _ in watched.begun]
    assert stages == ["draft"] * 3 + ["review"] * 3 + ["opinion"] + ["fix"] * 3
