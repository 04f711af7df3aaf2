"""``secondpass models``: what is on disk, what fits into memory, and fetching weights."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.config import Configuration, ResolvedModel
from core.errors import ExitCode, UsageError
from tui.cli.bench_progress import Progress
from tui.cli.configured import configured
from tui.visible import visible

if TYPE_CHECKING:
    from core.placement.decision import Plan
    from core.weights.on_disk import Weights

_MIB = 1 << 20


# list


def list_command(*, as_json: bool, file: Path | None) -> None:
    """Print every model of the configuration.

    Raises:
        SecondpassError: the configuration is wrong.
    """
    from core.weights.on_disk import weights_of

    configuration = configured(file)
    models = [configuration.model(name) for name in configuration.models]
    found = {model.name: weights_of(model, os.environ) for model in models if model.kind == "mlc"}
    if as_json:
        rows = [_model_json(model, configuration, found.get(model.name)) for model in models]
        click.echo(json.dumps({"version": 1, "models": rows}, indent=2, ensure_ascii=False))
        return
    width = max((len(model.name) for model in models), default=0)
    for model in models:
        pairs = ", ".join(_pairs_of(model.name, configuration)) or "no pair"
        click.echo(visible(f"{model.name:<{width}}  {_state(model, found.get(model.name))}  ({pairs})"))


def _pairs_of(model: str, configuration: Configuration) -> list[str]:
    return [name for name, pair in configuration.pairs.items() if model in (pair.coder, pair.reviewer)]


def _state(model: ResolvedModel, found: "Weights | None") -> str:
    from core.doctor.result import gib, short

    if model.kind == "demo":
        return "scripted"
    if found is None:
        return f"served by the endpoint {model.config.endpoint}"
    at = "" if found.revision is None else f", revision {found.revision[:12]}"
    pinned = model.config.revision
    if pinned is not None and not (found.revision or "").startswith(pinned):
        at += f", pinned to {pinned[:12]}"
    if found.complete:
        return f"{gib(found.total or found.present)} in {short(found.folder)}{at}"
    expected = found.total or (model.config.weights_gib or 0) * 2**30
    size = f", {gib(expected)}" if expected else ""
    if found.present:
        return f"incomplete, {gib(found.present)} of {gib(expected) if expected else 'an unknown size'}{at}"
    return f"not on disk{size}{at}"


def _model_json(model: ResolvedModel, configuration: Configuration, found: "Weights | None") -> Mapping[str, object]:
    expected = None if model.config.weights_gib is None else int(model.config.weights_gib * 2**30)
    return {
        "name": model.name,
        "kind": model.kind,
        "source": model.config.source,
        "endpoint": model.config.endpoint,
        "pairs": _pairs_of(model.name, configuration),
        "folder": None if found is None else str(found.folder),
        "complete": None if found is None else found.complete,
        "present": None if found is None else found.present,
        "total": expected if found is None or found.total is None else found.total,
        "revision": None if found is None else found.revision,
        "pinned": model.config.revision,
    }


# plan


def plan_command(*, pair: str | None, sizes: Sequence[float] | None, as_json: bool, file: Path | None) -> int:
    """Print where the models of ``pair`` go, on this machine or on cards of ``sizes`` GiB; returns the exit code.

    Raises:
        SecondpassError: the configuration is wrong.
    """
    from core.placement.explanation import lines, plan_json

    configuration = configured(file)
    plan = asyncio.run(_planned(configuration, pair, sizes))
    if as_json:
        click.echo(json.dumps({"version": 1, **plan_json(plan)}, indent=2, ensure_ascii=False))
    else:
        for line in lines(plan):
            click.echo(visible(line))
    return ExitCode.NO if plan.problem else ExitCode.OK


async def _planned(configuration: Configuration, name: str | None, sizes: Sequence[float] | None) -> "Plan":
    from core.placement.cards import main_memory_card, planned_cards
    from core.placement.decision import plan_here, plan_on

    pair = configuration.pair(name)
    if sizes is None:
        return await plan_here(configuration, pair, os.environ)
    memory = main_memory_card()
    cards = (*planned_cards(sizes), *(() if memory is None else (memory,)))
    return plan_on(configuration, pair, cards, os.environ)


# pull


def pull_command(names: Sequence[str], *, pair: str | None, yes: bool, quiet: bool, file: Path | None) -> None:
    """Fetch weights: of the models called ``names``, or else of ``pair``.

    Raises:
        UsageError: nobody agreed to use the network, or there is nothing that could be fetched.
        EngineError: something could not be fetched.
    """
    from core.weights.pull import url_of

    if names and pair is not None:
        raise UsageError("Name models or a pair, not both.")
    configuration = configured(file)
    wanted = _wanted(configuration, names, pair)
    for model in wanted:
        url_of(model.config.source or "")
    missing = [model for model in wanted if not _is_here(model)]
    for model in wanted:
        if model not in missing:
            click.echo(visible(f"{model.name} is on disk: {_state_of(model)}."))
    if missing and not yes:
        _agree(missing)
    for model in missing:
        asyncio.run(_pull(model, quiet=quiet))


def _wanted(configuration: Configuration, names: Sequence[str], pair: str | None) -> list[ResolvedModel]:
    if names:
        models = [configuration.model(name) for name in dict.fromkeys(names)]
        for model in models:
            if model.kind != "mlc":
                raise UsageError(f"{model.name} has no weights on this machine: {_state(model, None)}.")
        return models
    resolved = configuration.pair(pair)
    models = list({model.name: model for model in (resolved.coder, resolved.reviewer)}.values())
    fetched = [model for model in models if model.kind == "mlc"]
    if not fetched:
        raise UsageError(f"The pair {resolved.name} needs no weights on this machine.")
    return fetched


def _is_here(model: ResolvedModel) -> bool:
    from core.weights.on_disk import weights_of
    from core.weights.revision import same_commit

    found = weights_of(model, os.environ)
    pinned = model.config.revision
    return found.complete and (pinned is None or same_commit(pinned, found.revision))


def _state_of(model: ResolvedModel) -> str:
    from core.weights.on_disk import weights_of

    return _state(model, weights_of(model, os.environ))


def _agree(missing: Sequence[ResolvedModel]) -> None:
    from core.weights.pull import url_of

    what = []
    for model in missing:
        size = "" if model.config.weights_gib is None else f" ({model.config.weights_gib:g} GiB)"
        what.append(f"{model.name}{size} from {url_of(model.config.source or '')}")
    if not sys.stdin.isatty():
        raise UsageError(f"Fetching {' and '.join(what)} uses the network; agree to that with --yes.")
    if not click.confirm(visible(f"Fetch {' and '.join(what)}?"), err=True):
        raise click.Abort


async def _pull(model: ResolvedModel, *, quiet: bool) -> None:
    from core.doctor.result import gib
    from core.weights import pull as pulling

    if not quiet:
        click.echo(visible(f"secondpass: looking up {pulling.url_of(model.config.source or '')}"), err=True)
    shown: Progress | None = None

    def show(progress: pulling.Progress) -> None:
        nonlocal shown
        if progress.total is None:
            return
        if shown is None:
            done, total = progress.present // _MIB, progress.total // _MIB
            shown = Progress(f"MiB of {model.name}", total, done=done, quiet=quiet)
            shown.__enter__()
        shown.reach(progress.present // _MIB)

    try:
        done = await pulling.pull(model.config.source or "", model.config.revision, os.environ, show)
    finally:
        if shown is not None:
            shown.__exit__(None, None, None)
    at = "" if done.revision is None else f", revision {done.revision[:12]}"
    click.echo(visible(f"{model.name} is in {done.folder}: {gib(done.size)}{at}."))
