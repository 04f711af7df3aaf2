"""Probes of the machine itself: Python, memory, GPUs, programs, folders, the sandbox, the terminal."""

import importlib.metadata
import importlib.util
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from core import paths
from core.doctor.commands import bench_requirements, python_install
from core.doctor.result import Detail, Result, Status, gib, short
from core.errors import SecondpassError
from core.hardware.asking import ask_program, in_thread
from core.hardware.gpus import Gpu, Gpus
from core.hardware.install import system_install
from core.hardware.memory import main_memory
from core.placement.decision import Plan
from core.placement.explanation import plan_json, summary

_LEAST_DISK = 200 << 20
"""Free bytes below which sessions and logs may soon fail to be written."""


async def python() -> Result:
    """The interpreter and the platform."""
    version = platform.python_version()
    supported = sys.platform in ("linux", "darwin")
    where = f"{platform.system()} {platform.release()} on {platform.machine()}"
    return Result(
        id="python",
        title="Python",
        status=Status.OK if supported else Status.WARN,
        sentence=f"Python {version} at {sys.executable}, {where}"
        + ("." if supported else "; secondpass is tested on Linux and macOS only."),
        details={"version": version, "executable": sys.executable, "platform": sys.platform, "system": where},
    )


async def memory() -> Result:
    """Main memory."""
    found = main_memory()
    free = "" if found.available is None else f", {gib(found.available)} of it available"
    small = found.total < 4 << 30
    return Result(
        id="memory",
        title="Memory",
        status=Status.WARN if small else Status.OK,
        sentence=f"{gib(found.total)} of main memory{free}"
        + ("; that is little for any model, the demo works." if small else "."),
        details={"total": found.total, "available": found.available},
    )


def gpu_result(gpus: Gpus, *, wanted: bool, needed: bool = False) -> Result:
    """What to say of ``gpus``.

    Args:
        gpus: What was found.
        wanted: A model of the pair is to run on one.
        needed: A model's device names a GPU, so that it cannot fall back to the CPU.
    """
    details = {
        "gpus": [
            {"name": g.name, "api": g.api, "total": g.total, "free": g.free, "driver": g.driver} for g in gpus.found
        ]
    }
    if not gpus.found:
        why = "MLC-LLM is very slow on a CPU" if wanted else "none is needed"
        failed = f" {'; '.join(gpus.problems)}." if gpus.problems else ""
        return Result(
            id="gpu",
            title="GPU",
            status=Status.ERROR if gpus.problems else Status.MISSING if wanted else Status.OK,
            sentence=f"No GPU was found, and {why}.{failed}",
            action="Install or repair the GPU's driver, or use the pair for a CPU (--pair cpu), a server that runs "
            "elsewhere, or the demo pair."
            if wanted
            else "",
            needed=needed,
            details=details,
        )
    sentence = "; ".join(_described(each) for each in gpus.found) + "."
    return Result(
        id="gpu",
        title="GPU" if len(gpus.found) == 1 else f"{len(gpus.found)} GPUs",
        status=Status.WARN if gpus.problems else Status.OK,
        sentence=sentence + (f" ({'; '.join(gpus.problems)}.)" if gpus.problems else ""),
        details=details,
    )


def placement_result(plan: Plan, *, loaded: bool) -> Result:
    """What to say of the memory plan of a pair; ``loaded`` if its engines hold that memory now."""
    todo = f"{' Or '.join(_capital(each) for each in plan.remedies)}." if plan.remedies else ""
    limited = plan.unchecked or plan.placement == "swap"
    status = Status.ERROR if plan.problem else Status.WARN if limited else Status.OK
    sentence = summary(plan)
    if plan.placement == "swap" and not plan.problem:
        todo = "Every change of the role loads a model; a pair of smaller models would stay loaded."
    return Result(
        id="placement",
        title="Placement",
        status=status,
        sentence=f"{sentence} It is loaded now." if loaded else sentence,
        action=todo,
        command=f"secondpass models plan --pair {shlex.quote(plan.pair)}",
        needed=True,
        details=dict(plan_json(plan)),  # type: ignore[arg-type]
    )


def _capital(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _described(gpu: Gpu) -> str:
    size = "" if gpu.total is None else f", {gib(gpu.total)}"
    free = "" if gpu.free is None else f" ({gib(gpu.free)} free)"
    return f"{gpu.name}{size}{free}, {gpu.api}"


async def git_lfs(*, needed: bool, platform: str = sys.platform) -> Result:
    """git with its large-file extension; ``needed`` if weights of the pair are still to be fetched."""
    git = await ask_program("git", "--version", seconds=5)
    said = await ask_program("git", "lfs", "version", seconds=5) if git is not None else None
    if said is not None and said.code == 0:
        return Result(
            id="git-lfs",
            title="git lfs",
            status=Status.OK,
            sentence=f"{said.out.strip().split(' ')[0]} is installed.",
            needed=needed,
            details={"version": said.out.strip()},
        )
    what, package = ("git is", "git git-lfs") if git is None else ("The git lfs extension is", "git-lfs")
    why = "MLC-LLM fetches weights from Hugging Face with it"
    return Result(
        id="git-lfs",
        title="git lfs",
        status=Status.MISSING,
        sentence=f"{what} not installed; {why}, and weights of this pair are not here yet."
        if needed
        else f"{what} not installed; {why}, but this pair needs nothing fetched.",
        action="Install it, then look again.",
        command=system_install(package, platform=platform),
        needed=needed,
        details={"version": None},
    )


async def bench() -> Result:
    """The extra for the benchmark."""
    if importlib.util.find_spec("evalplus") is not None:
        version = importlib.metadata.version("evalplus")
        return Result(
            id="bench",
            title="Benchmark",
            status=Status.OK,
            sentence=f"EvalPlus {version} is installed, so HumanEval+ and MBPP+ can be judged.",
            details={"evalplus": version},
        )
    return Result(
        id="bench",
        title="Benchmark",
        status=Status.MISSING,
        sentence="EvalPlus is not installed; only the benchmark needs it.",
        action="Install the extra packages of the benchmark if you want to measure pairs.",
        command=python_install(*(bench_requirements() or ("evalplus==0.3.1",))),
        details={"evalplus": None},
    )


async def sandbox(*, tier: Callable[[], object] | None = None) -> Result:
    """What confines generated code here, proven by a process that tries what must not work."""
    from core.sandbox.tier import Tier, available_tier

    found = await in_thread(tier or available_tier)
    assert isinstance(found, Tier)
    confined = found.network_blocked and found.writes_confined
    details: dict[str, Detail] = {
        "tier": found.name,
        "network_blocked": found.network_blocked,
        "writes_confined": found.writes_confined,
        "reads_confined": found.reads_confined,
        "processes_blocked": found.processes_blocked,
        "memory_limited": found.memory_limited,
    }
    notes = f" {' '.join(found.notes)}" if found.notes else ""
    if found.name == "none":
        status, sentence, action = (
            Status.ERROR,
            notes.strip(),
            "See docs/sandbox.md; nothing can be checked without it.",
        )
    elif not confined:
        status = Status.ERROR
        sentence = f"Generated code cannot be confined here.{notes}"
        action = "Pass --allow-weak-sandbox if you accept that (see docs/sandbox.md)."
    else:
        status, action = (Status.WARN if found.notes else Status.OK), ""
        sentence = f"{found.name}: generated code gets no network and writes nowhere else.{notes}"
    return Result(
        id="sandbox", title="Sandbox", status=status, sentence=sentence, action=action, needed=True, details=details
    )


_FOLDERS: Mapping[str, Callable[..., Path]] = {
    "config": paths.config_dir,
    "data": paths.data_dir,
    "log": paths.log_dir,
    "cache": paths.cache_dir,
}


async def folders(environ: Mapping[str, str]) -> Result:
    """Whether the folders of configuration, sessions, logs and caches can be written. Makes none."""
    return await in_thread(lambda: _folders(environ))


def _folders(environ: Mapping[str, str]) -> Result:
    try:
        places = {name: place(create=False, environ=environ) for name, place in _FOLDERS.items()}
    except SecondpassError as error:
        return Result(id="folders", title="Folders", status=Status.ERROR, sentence=str(error), needed=True)
    details = {name: str(place) for name, place in places.items()}
    bad = [place for place in places.values() if not _writable(place)]
    free = shutil.disk_usage(_existing(places["data"])).free
    if bad:
        return Result(
            id="folders",
            title="Folders",
            status=Status.ERROR,
            sentence=f"{', '.join(map(str, dict.fromkeys(bad)))} cannot be written to, so nothing would be kept.",
            action="Correct the permissions, or set SECONDPASS_HOME to a folder you can write to.",
            needed=True,
            details=details,
        )
    low = free < _LEAST_DISK
    return Result(
        id="folders",
        title="Folders",
        status=Status.WARN if low else Status.OK,
        sentence=f"Sessions are kept in {short(places['data'])}, settings in {short(places['config'])}; "
        f"{gib(free)} of disk are free.",
        action="Make room: sessions may soon not be kept any more." if low else "",
        needed=True,
        details=details | {"free": free},
    )


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def _writable(path: Path) -> bool:
    nearest = _existing(path)
    return nearest.is_dir() and os.access(nearest, os.R_OK | os.W_OK | os.X_OK)


async def terminal(environ: Mapping[str, str], size: tuple[int, int] | None) -> Result:
    """What the terminal can show, as far as the environment tells; ``size`` is columns and rows, None without one."""
    term = environ.get("TERM", "")
    encoding = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    utf8 = "utf8" in encoding.lower().replace("-", "") or (sys.platform == "darwin" and not encoding)
    if environ.get("NO_COLOR"):
        colours = "no colours (NO_COLOR is set)"
    elif environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        colours = "16 million colours"
    else:
        colours = "256 colours" if "256" in term else "16 colours"
    inside = [
        name for name, variable in (("tmux", "TMUX"), ("screen", "STY"), ("SSH", "SSH_TTY")) if environ.get(variable)
    ]
    program = environ.get("TERM_PROGRAM") or term or "none"
    inside = [name for name in inside if name != program]
    shape = "" if size is None else f", {size[0]} x {size[1]}"
    sentence = f"{program}{' in ' + ' in '.join(inside) if inside else ''}{shape}, {colours}"
    if size is None:
        problem, action = "this is no terminal", "Start secondpass in one for the Workbench; the commands need none."
    elif term in ("", "dumb"):
        problem, action = (
            "a terminal called like this cannot paint a screen",
            "Use another terminal, or set TERM rightly.",
        )
    elif not utf8:
        problem, action = "text is not UTF-8 here", "Set LANG to a UTF-8 locale, such as C.UTF-8."
    elif size[0] < 80 or size[1] < 24:
        problem, action = "that is smaller than 80 x 24", "Make the window larger."
    else:
        problem, action = "", ""
    return Result(
        id="terminal",
        title="Terminal",
        status=Status.WARN if problem else Status.OK,
        sentence=f"{sentence}; {problem}." if problem else f"{sentence}.",
        action=action,
        details={
            "term": term,
            "columns": size[0] if size else None,
            "rows": size[1] if size else None,
            "colours": colours,
            "utf8": utf8,
            "inside": inside,
        },
    )
