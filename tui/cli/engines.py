"""``secondpass engines``: a pair that stays loaded between commands."""

import asyncio
import json
import signal
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from core.engines.gpu_lock import holders
from core.engines.protocol import EngineStatus, Phase, Role
from core.errors import EngineError, ExitCode
from core.events import EnginePhase
from core.keeper.link import ask
from core.keeper.record import Record, keeper_is_there, running_keeper
from tui.cli.configured import configured
from tui.cli.narration import tell
from tui.visible import visible

_NONE = "No pair is kept loaded; secondpass engines start --pair NAME loads one (secondpass models list names them)."


def _say(text: str, *, quiet: bool = False) -> None:
    if not quiet:
        click.echo(f"secondpass: {visible(text)}", err=True)


# start


def start_command(*, pair: str | None, idle: float, quiet: bool, file: Path | None) -> int:
    """Load a pair in a process of its own; returns the exit code.

    Raises:
        SecondpassError: the configuration is wrong, or the pair could not be loaded.
    """
    configuration = configured(file)
    resolved = configuration.pair(pair)
    ours = [model for model in (resolved.coder, resolved.reviewer) if model.kind == "mlc"]
    if not ours:
        what = "its answers are scripted" if resolved.scripted else "its models are served by servers that run already"
        click.echo(visible(f"The pair {resolved.name} has nothing to load on this machine: {what}."))
        return ExitCode.OK
    try:
        status = asyncio.run(_start(resolved, idle, quiet))
    except asyncio.CancelledError:
        others = (
            "somebody else waits for the pair or uses it, so it stays" if keeper_is_there() else "nothing is loaded"
        )
        _say(f"Stopped; {others}.", quiet=quiet)
        return ExitCode.INTERRUPTED
    for line in _lines(status):
        click.echo(visible(line))
    return ExitCode.OK


async def _start(resolved: Any, idle: float, quiet: bool) -> Mapping[str, Any]:
    from core.keeper.starting import start_keeper

    def show(role: Role, status: EngineStatus) -> None:
        event = EnginePhase(role=role, phase=status.phase, detail=status.detail, progress=status.progress)
        line = f"{role}: ready" if status.phase is Phase.READY else tell(event)
        if line is not None:
            _say(line, quiet=quiet)

    def found(record: Record) -> None:
        _say(f"the pair {record.pair} is kept loaded by process {record.pid}, waiting until it is ready", quiet=quiet)

    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue  # as nohup wants it
        loop.add_signal_handler(number, task.cancel)
    return await start_keeper(
        resolved,
        idle_minutes=idle,
        show=show,
        found=found,
        spawning=lambda: _say(f"loading the pair {resolved.name}", quiet=quiet),
    )


# status


def status_command(*, as_json: bool) -> int:
    """Print what is kept loaded and who holds a GPU; returns the exit code."""
    record = running_keeper()
    status = None if record is None else asyncio.run(_status(record))
    gpus = holders()
    if as_json:
        document = {"version": 1, "running": status is not None, "gpus": [asdict(each) for each in gpus]}
        click.echo(json.dumps({**document, **(status or {})}, indent=2, ensure_ascii=False))
        return ExitCode.OK
    for line in [_NONE] if status is None else _lines(status):
        click.echo(visible(line))
    for each in gpus:
        if record is None or each.pid != record.pid:
            click.echo(visible(each.sentence))
    return ExitCode.OK


async def _status(record: Record) -> Mapping[str, Any]:
    try:
        return await ask(record, "status")
    except EngineError:
        # It runs and does not answer: what it wrote down is all there is to say.
        return {
            "pair": record.pair,
            "phase": "hangs",
            "placement": None,
            "pid": record.pid,
            "started": record.started,
            "uptime": None,
            "idle_minutes": record.idle_minutes,
            "idle_left": None,
            "users": None,
            "starters": None,
            "log": record.log,
            "models": [],
        }


def _lines(status: Mapping[str, Any]) -> list[str]:
    uptime = "" if status["uptime"] is None else f", up {_span(status['uptime'])}"
    placed = "" if status["placement"] is None else f", {status['placement']}"
    told = [f"pair     {status['pair']}: {status['phase']}{placed}, process {status['pid']}{uptime}"]
    for model in status["models"]:
        parts = [f"{model['model']}, {model['phase']}"]
        parts += [model["detail"]] if model["detail"] else []
        parts += [f"{model['memory'] / 2**30:.2f} GiB on {model['device'] or 'its device'}"] if model["memory"] else []
        parts += [f"restarted {model['restarts']} x"] if model["restarts"] else []
        told.append(f"{model['role']:<9}{', '.join(parts)}")
        if model["log"]:
            told.append(f"         log {model['log']}")
    told.append(f"log      {status['log']}")
    if status["phase"] == "hangs":
        told.append("It does not answer; secondpass engines stop ends it.")
    elif not status["idle_minutes"]:
        told.append("It stays loaded until secondpass engines stop.")
    elif status["idle_left"] is None:
        told.append(f"It is in use; it unloads itself {status['idle_minutes']:g} minutes after its last use.")
    else:
        told.append(f"It unloads itself in {_span(status['idle_left'])} if it is not used.")
    return told


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


# stop


def stop_command(*, quiet: bool) -> int:
    """Unload what is kept loaded; returns the exit code.

    Raises:
        EngineError: the process cannot be ended.
    """
    from core.keeper.starting import stop_keeper

    if not keeper_is_there():
        running_keeper()  # removes what a dead one left
        click.echo(_NONE)
        return ExitCode.OK
    record = running_keeper()
    asyncio.run(stop_keeper(record, lambda step: _say(step, quiet=quiet)))
    name = "The pair" if record is None else f"The pair {record.pair}"
    click.echo(visible(f"{name} is unloaded."))
    return ExitCode.OK
