"""All probes for one pair: which there are, running them side by side, and what they mean together."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.doctor import machine, models
from core.doctor.engines import kept_pair
from core.doctor.result import Result, Status, Verdict
from core.engines.mlc_install import mlc_command
from core.errors import ConfigurationError
from core.hardware.asking import in_thread
from core.hardware.gpus import Gpu, find_gpus
from core.keeper.shelf import KeeperShelf
from core.placement.cards import cards_of, find_cards
from core.placement.decision import Plan, largest_fitting, plan_on, stays_loaded
from core.placement.decision import roles as placed_roles
from core.weights.on_disk import repository, weights_of

if TYPE_CHECKING:
    from core.config import Configuration, ResolvedModel, ResolvedPair

ENDPOINT_SECONDS = 3.0
"""How long a server gets to list its models."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One question to this machine. ``seconds`` is the most it may take; ``ask`` asks it."""

    id: str
    title: str
    seconds: float
    ask: Callable[[], Awaitable[Result]]
    needed: bool = False


def probes(
    configuration: "Configuration",
    pair: "ResolvedPair",
    *,
    size: tuple[int, int] | None,
    environ: Mapping[str, str] | None = None,
    placed: Plan | None = None,
) -> tuple[Probe, ...]:
    """The probes for ``pair``, in the order to list them; nothing is asked yet.

    Args:
        configuration: Where the other pairs and endpoints are.
        pair: The pair that is to start.
        size: Columns and rows of the terminal, None without one.
        environ: The environment, by default the process's.
        placed: How the pair is placed already, while its engines hold memory.
    """
    environ = os.environ if environ is None else environ
    members = _members(pair)
    served = [each for each in members.values() if each.kind == "mlc"]
    remote = [each for each in served if repository(each.config.source or "") is not None]
    made = [
        Probe("gpu", "GPU", 20, lambda: _gpu(served)),
        Probe("memory", "Memory", 5, machine.memory),
        *_placement(configuration, pair, environ, placed, needed=bool(served)),
        *([Probe("engines", "Kept pair", 10, lambda: kept_pair(environ))] if served else []),
        Probe(
            "mlc-llm",
            "MLC-LLM",
            models.IMPORT_SECONDS + 5,
            lambda: models.mlc(environ, needed=bool(served)),
            bool(served),
        ),
        Probe("git-lfs", "git lfs", 12, lambda: _git_lfs(remote, environ), bool(remote)),
    ]
    for role, model in members.items():
        if model.kind == "mlc":
            made.append(Probe(f"model.{model.name}", role, 20, _weights(model, environ, role), True))
    made += [_endpoint(each, 2 * ENDPOINT_SECONDS) for each in _asked(configuration, pair, environ)]
    made.append(Probe("sandbox", "Sandbox", 90, machine.sandbox, True))
    made.append(Probe("folders", "Folders", 10, lambda: machine.folders(environ), True))
    made.append(Probe("python", "Python", 5, machine.python))
    made.append(Probe("terminal", "Terminal", 5, lambda: machine.terminal(environ, size)))
    others = _others(configuration, pair)
    if others:
        made.append(Probe("models", "Other models", 20, lambda: models.other_weights(others, environ)))
    made.append(Probe("bench", "Benchmark", 5, machine.bench))
    return tuple(made)


async def examine(asked: Sequence[Probe]) -> AsyncGenerator[Result, None]:
    """Run all probes side by side and yield each result as it arrives.

    A probe that fails or takes too long is a result too (an error that says so); none can keep the others waiting.
    """
    tasks = [asyncio.create_task(_run(probe)) for probe in asked]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(probe: Probe) -> Result:
    try:
        async with asyncio.timeout(probe.seconds):
            result = await probe.ask()
            return replace(result, id=probe.id)
    except TimeoutError:
        sentence = f"This could not be found out within {probe.seconds:g} s."
    except Exception as error:
        # One probe that a strange machine upsets must not cost the answers of the others; it says what upset it.
        sentence = f"This could not be found out ({type(error).__name__}: {error})."
    return Result(id=probe.id, title=probe.title, status=Status.ERROR, sentence=sentence)


def verdict(configuration: "Configuration", pair: "ResolvedPair", results: Sequence[Result]) -> Verdict:
    """What the results of all probes mean for ``pair``."""
    blocking = [each for each in results if each.blocks]
    if pair.scripted and not blocking:
        sentence = "The demo pair needs nothing: its answers come from a script."
    elif blocking:
        titles = ", ".join(each.title for each in blocking)
        sentence = f"The pair {pair.name} cannot start here yet; see {titles}."
    elif any(each.status is not Status.OK for each in results):
        sentence = f"Nothing speaks against starting the pair {pair.name}; look at what is not ok."
    else:
        sentence = f"Nothing speaks against starting the pair {pair.name}."
    return Verdict(
        pair=pair.name,
        blocking=tuple(each.id for each in blocking),
        sentence=sentence,
        recommended=_recommended(configuration, pair, results),
    )


def _recommended(configuration: "Configuration", pair: "ResolvedPair", results: Sequence[Result]) -> str | None:
    """The pair with the largest models that this machine's cards hold, if ``pair`` does not fit them."""
    found = next((each for each in results if each.id == "gpu"), None)
    if found is None or pair.scripted or not placed_roles(pair):
        return None
    cards = found.details.get("gpus")
    sizes = [card for card in cards if isinstance(card, Mapping)] if isinstance(cards, list) else []
    empty = cards_of([Gpu(name="", api=str(card["api"]), total=_whole(card["total"])) for card in sizes], {})
    if not sizes:
        return "cpu" if "cpu" in configuration.pairs and pair.name != "cpu" else None
    best = largest_fitting(configuration, empty, os.environ)
    return best if best != pair.name and not stays_loaded(pair, empty, os.environ) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _members(pair: "ResolvedPair") -> dict[str, "ResolvedModel"]:
    """The models by role; one model in both roles stands once."""
    if pair.coder.name == pair.reviewer.name:
        return {"Coder and reviewer": pair.coder}
    return {"Coder": pair.coder, "Reviewer": pair.reviewer}


def _others(configuration: "Configuration", pair: "ResolvedPair") -> list["ResolvedModel"]:
    own = {pair.coder.name, pair.reviewer.name}
    found: dict[str, ResolvedModel] = {}
    for name in configuration.pairs:
        for model in _members(configuration.pair(name)).values():
            if model.kind == "mlc" and model.name not in own:
                found[model.name] = model
    return list(found.values())


async def _gpu(served: Sequence["ResolvedModel"]) -> Result:
    devices = {(each.config.device or "auto").partition(":")[0] for each in served} - {"cpu"}
    found = await find_gpus(sys.platform)
    return machine.gpu_result(found, wanted=bool(devices), needed=bool(devices - {"auto"}))


def _placement(
    configuration: "Configuration",
    pair: "ResolvedPair",
    environ: Mapping[str, str],
    placed: Plan | None,
    *,
    needed: bool,
) -> list[Probe]:
    if not needed:
        return []
    return [Probe("placement", "Placement", 25, lambda: _plan(configuration, pair, environ, placed), True)]


async def _plan(
    configuration: "Configuration", pair: "ResolvedPair", environ: Mapping[str, str], placed: Plan | None
) -> Result:
    plan = placed
    if plan is None:
        shelf = KeeperShelf(pair, mlc_command(environ), environ)
        if (keeper := await shelf.keeper()) is not None:
            placed = plan = await shelf.plan(keeper)
    if plan is None:
        cards = await find_cards(environ)
        plan = await in_thread(lambda: plan_on(configuration, pair, cards, environ))
    return machine.placement_result(plan, loaded=placed is not None)


async def _git_lfs(remote: Sequence["ResolvedModel"], environ: Mapping[str, str]) -> Result:
    fetch = await in_thread(lambda: any(not weights_of(each, environ).complete for each in remote))
    return await machine.git_lfs(needed=fetch)


def _weights(model: "ResolvedModel", environ: Mapping[str, str], role: str) -> Callable[[], Awaitable[Result]]:
    return lambda: models.weights(model, environ, role=role)


def _endpoint(asked: "models.Asked | Result", seconds: float) -> Probe:
    if isinstance(asked, Result):
        return Probe(asked.id, asked.title, seconds, lambda: _at_once(asked), asked.needed)
    return Probe(
        f"endpoint.{asked.name}",
        f"Server {asked.name}",
        seconds,
        lambda: models.endpoint(asked, seconds=ENDPOINT_SECONDS),
        asked.needed,
    )


async def _at_once(result: Result) -> Result:
    return result


def _asked(
    configuration: "Configuration", pair: "ResolvedPair", environ: Mapping[str, str]
) -> list["models.Asked | Result"]:
    """Every configured endpoint; those of the pair are needed, and are asked for the pair's models."""
    used: dict[str, list[str]] = {}
    for model in _members(pair).values():
        if model.config.endpoint is not None:
            names = used.setdefault(model.config.endpoint, [])
            if model.served_name is not None:
                names.append(model.served_name)
    asked: list[models.Asked | Result] = []
    for name, config in configuration.endpoints.items():
        needed = name in used
        try:
            key = config.api_key(environ)
        except ConfigurationError as error:
            asked.append(
                Result(
                    id=f"endpoint.{name}",
                    title=f"Server {name}",
                    status=Status.ERROR if needed else Status.WARN,
                    sentence=str(error),
                    action="Set the variable before secondpass is started.",
                    command=f"export {config.api_key_env}=",
                    needed=needed,
                )
            )
            continue
        asked.append(
            models.Asked(
                name=name,
                urls=config.base_url,
                api_key=key,
                key_env=config.api_key_env,
                wanted=tuple(dict.fromkeys(used.get(name, ()))),
                needed=needed,
            )
        )
    return asked
