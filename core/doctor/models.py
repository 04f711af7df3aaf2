"""Probes of what answers for a pair: MLC-LLM, weights on disk, servers that run already."""

import asyncio
import importlib.metadata
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.doctor.result import Detail, Result, Status, gib, short
from core.engines.mlc_install import install_command, is_installed, mlc_command, placeholders
from core.engines.mlc_serve import mlc_home
from core.errors import SecondpassError
from core.hardware.asking import ask_program, in_thread
from core.weights.on_disk import free_bytes, weights_of
from core.weights.revision import same_commit

if TYPE_CHECKING:
    from core.config import ResolvedModel

IMPORT_SECONDS = 40.0
"""Importing MLC-LLM takes 2 to 4 seconds, more while the disk is cold."""

_IMPORT = "import mlc_llm; print('version', getattr(mlc_llm, '__version__', ''))"
_DISTRIBUTION = re.compile(r"mlc[-_.]llm([-_.].+)?", re.IGNORECASE)


async def mlc(environ: Mapping[str, str], *, needed: bool) -> Result:
    """Whether MLC-LLM is installed and can be imported, tried in a process of its own."""
    elsewhere = mlc_command(environ)
    fake = placeholders() if elsewhere is None else ()
    if fake:
        return Result(
            id="mlc-llm",
            title="MLC-LLM",
            status=Status.ERROR,
            sentence=f"Only {', '.join(fake)} 0.1 from PyPI is installed: an empty placeholder, not MLC-LLM.",
            action="Install MLC-LLM from its own index; that replaces the placeholder.",
            command=install_command(),
            needed=needed,
            details={"version": None, "placeholders": list(fake)},
        )
    if elsewhere is None and not is_installed():
        return Result(
            id="mlc-llm",
            title="MLC-LLM",
            status=Status.MISSING,
            sentence="MLC-LLM is not installed; this pair's models run with it."
            if needed
            else "MLC-LLM is not installed, and this pair does not need it.",
            action="Install it from its own index: PyPI has empty placeholders only.",
            command=install_command(),
            needed=needed,
            details={"version": None, "placeholders": []},
        )
    command = elsewhere or (sys.executable, "-P")
    said = await ask_program(*command, "-c", _IMPORT, seconds=IMPORT_SECONDS, environ=environ)
    if said is None:
        return Result(
            id="mlc-llm",
            title="MLC-LLM",
            status=Status.MISSING,
            sentence=f"There is no program {command[0]}, which SECONDPASS_MLC_PYTHON names.",
            action="Set it to the Python that has MLC-LLM, or unset it.",
            needed=needed,
            details={"version": None, "placeholders": []},
        )
    version = next((line.removeprefix("version").strip() for line in said.out.splitlines() if "version" in line), "")
    if said.code != 0:
        return Result(
            id="mlc-llm",
            title="MLC-LLM",
            status=Status.ERROR,
            sentence=f"MLC-LLM is installed but cannot be imported: {said.complaint.rstrip('.')}.",
            action="Install it again, with the package for this machine's driver.",
            command=install_command(),
            needed=needed,
            details={"version": _installed_version(), "placeholders": []},
        )
    version = version or _installed_version() or "of an unknown version"
    return Result(
        id="mlc-llm",
        title="MLC-LLM",
        status=Status.OK,
        sentence=f"MLC-LLM {version} can be imported.",
        needed=needed,
        details={"version": version, "placeholders": []},
    )


def _installed_version() -> str | None:
    named = ((str(each.name), each.version) for each in importlib.metadata.distributions())
    return next((version for name, version in named if _DISTRIBUTION.fullmatch(name or "")), None)


async def weights(model: "ResolvedModel", environ: Mapping[str, str], *, role: str) -> Result:
    """The weights of one model of the pair."""
    found = await in_thread(lambda: weights_of(model, environ))
    expected = int((model.config.weights_gib or 0) * 2**30) or None
    free = await in_thread(lambda: free_bytes(found.folder))
    pinned = model.config.revision
    pull = f"secondpass models pull {shlex.quote(model.name)}"
    common = {
        "id": f"model.{model.name}",
        "title": role,
        "details": {
            "model": model.name,
            "folder": str(found.folder),
            "present": found.present,
            "total": found.total if found.total is not None else expected,
            "complete": found.complete,
            "revision": found.revision,
            "pinned": pinned,
        },
    }
    if found.complete and pinned is not None and not same_commit(pinned, found.revision):
        of = "an unknown revision" if found.revision is None else f"revision {found.revision[:12]}"
        return Result(
            status=Status.ERROR,
            sentence=f"{model.name} is on disk in {short(found.folder)}, but of {of}; models.toml pins {pinned[:12]}.",
            action="Fetch the pinned weights, or correct the revision in the settings.",
            command=pull if found.remote else "",
            needed=True,
            **common,  # type: ignore[arg-type]
        )
    if found.complete:
        at = "" if found.revision is None else f", revision {found.revision[:12]}"
        sentence = f"{model.name} is on disk: {gib(found.present)} in {short(found.folder)}{at}."
        return Result(status=Status.OK, sentence=sentence, needed=True, **common)  # type: ignore[arg-type]
    if found.folder.is_dir():
        of = "" if found.total is None else f" of {gib(found.total)}"
        return Result(
            status=Status.ERROR,
            sentence=f"{model.name} is incomplete in {short(found.folder)}: {gib(found.present)}{of}; "
            "MLC-LLM would take it for whole and never become ready.",
            action="Fetch it again." if found.remote else "Convert or copy it again.",
            command=pull if found.remote else "",
            needed=True,
            **common,  # type: ignore[arg-type]
        )
    if not found.remote:
        return Result(
            status=Status.MISSING,
            sentence=f"{model.name} is not there: {found.folder} does not exist.",
            action="Correct the model's source in the settings.",
            needed=True,
            **common,  # type: ignore[arg-type]
        )
    size = "" if expected is None else f"{gib(expected)} "
    room = expected is None or free is None or free > expected * 1.05
    when = "have to be fetched" if pinned is not None else "will be fetched at the first start"
    return Result(
        status=Status.WARN if room and pinned is None else Status.ERROR,
        sentence=f"{model.name} is not on disk; {size}{when}, to {short(mlc_home(environ))}"
        + ("." if room or free is None else f", but only {gib(free)} are free there."),
        action="It can be fetched beforehand." if room else "Make room, or set MLC_LLM_HOME to a larger disk.",
        command=pull if room else "",
        needed=True,
        **common,  # type: ignore[arg-type]
    )


async def other_weights(models: Sequence["ResolvedModel"], environ: Mapping[str, str]) -> Result:
    """Which models of the other pairs are on disk."""
    found = await in_thread(lambda: [(each.name, weights_of(each, environ)) for each in models])
    here = [(name, each) for name, each in found if each.complete]
    names = ", ".join(f"{name} ({gib(each.present)})" for name, each in here)
    return Result(
        id="models",
        title="Other models",
        status=Status.OK,
        sentence=f"On disk: {names}." if here else "No model of another pair is on disk; none has to be.",
        details={"models": [{"model": name, "folder": str(w.folder), "present": w.present} for name, w in here]},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A server as configured: its addresses, and the models of the configuration that it should serve."""

    name: str
    urls: tuple[str, ...]
    api_key: str | None
    key_env: str | None
    wanted: tuple[str, ...]
    needed: bool


async def endpoint(asked: Asked, *, seconds: float) -> Result:
    """Whether a server answers and has the models wanted of it."""
    answers = await asyncio.gather(*(_list_models(url, asked, seconds) for url in asked.urls))
    good = [each for each in answers if not isinstance(each, SecondpassError)]
    bad = [str(each).rstrip(".") for each in answers if isinstance(each, SecondpassError)]
    served = sorted({name for names in good for name in names})
    absent = [name for name in asked.wanted if served and name not in served]
    details: dict[str, Detail] = {
        "urls": list(asked.urls),
        "answering": len(good),
        "served": served,
        "wanted": list(asked.wanted),
    }
    common = {"id": f"endpoint.{asked.name}", "title": f"Server {asked.name}", "needed": asked.needed}
    if not good:
        return Result(
            status=Status.MISSING if asked.needed else Status.WARN,
            sentence=f"{bad[0]}.",
            action="Start that server, or correct base_url in the settings.",
            details=details,
            **common,  # type: ignore[arg-type]
        )
    offers = f"; it offers {', '.join(served[:5])}{' and more' if len(served) > 5 else ''}" if served else ""
    if absent:
        return Result(
            status=Status.ERROR,
            sentence=f"{asked.urls[0]} answers, but does not serve {', '.join(absent)}{offers}.",
            action="Set served_name in the settings to a model that it offers.",
            details=details,
            **common,  # type: ignore[arg-type]
        )
    of = "" if len(asked.urls) == 1 else f" ({len(good)} of {len(asked.urls)} addresses)"
    trouble = f" Not all do: {bad[0]}." if bad else ""
    return Result(
        status=Status.WARN if bad else Status.OK,
        sentence=f"{asked.urls[0]} answers{of}{offers}.{trouble}",
        action="Start the others, or take them out of base_url." if bad else "",
        details=details,
        **common,  # type: ignore[arg-type]
    )


async def _list_models(url: str, asked: Asked, seconds: float) -> tuple[str, ...] | SecondpassError:
    from core.engines.endpoint import Endpoint
    from core.engines.timeouts import Timeouts

    server = Endpoint(
        url,
        model=asked.wanted[0] if asked.wanted else asked.name,
        served_name=None,
        api_key=asked.api_key,
        key_env=asked.key_env,
        timeouts=Timeouts(connect=seconds),
    )
    try:
        return await server.list_models()
    except SecondpassError as error:
        return error
    finally:
        await server.close()
