"""Probe of the pair that is kept loaded between commands, and of who holds a GPU."""

from collections.abc import Mapping

from core.doctor.result import Detail, Result, Status
from core.engines.gpu_lock import holders
from core.errors import EngineError
from core.keeper.link import ask
from core.keeper.record import running_keeper


async def kept_pair(environ: Mapping[str, str]) -> Result:
    """Which pair is kept loaded, and which programs of this user hold a GPU."""
    record = running_keeper(environ)
    others = [each for each in holders(environ) if record is None or each.pid != record.pid]
    details: dict[str, Detail] = {
        "pair": None if record is None else record.pair,
        "pid": None if record is None else record.pid,
        "phase": None,
        "holders": [{"gpu": each.gpu, "pid": each.pid, "program": each.program, "pair": each.pair} for each in others],
    }
    if record is None:
        held = " ".join(each.sentence for each in others)
        return Result(
            id="engines",
            title="Kept pair",
            status=Status.OK,
            sentence=held or "No pair is kept loaded between commands.",
            details=details,
        )
    try:
        status = await ask(record, "status")
    except EngineError:
        return Result(
            id="engines",
            title="Kept pair",
            status=Status.WARN,
            sentence=f"The pair {record.pair} is kept loaded by process {record.pid}, which does not answer.",
            action="End it.",
            command="secondpass engines stop",
            details=details | {"phase": "hangs"},
        )
    failed = status["phase"] == "failed"
    left = status["idle_left"]
    until = "" if left is None else f"; it unloads itself in {max(1, round(left / 60))} min if it is not used"
    return Result(
        id="engines",
        title="Kept pair",
        status=Status.WARN if failed else Status.OK,
        sentence=f"The pair {record.pair} is kept loaded by process {record.pid}: {status['phase']}{until}.",
        action="See why with secondpass engines status." if failed else "",
        command="secondpass engines status" if failed else "",
        details=details | {"phase": status["phase"]},
    )
