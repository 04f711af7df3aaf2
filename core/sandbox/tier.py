"""Which protection this machine offers, found out by trying."""

import contextlib
import functools
import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import SandboxError
from core.sandbox import private
from core.sandbox.cases import Limits

CHILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "child", "__main__.py")
_PROBE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What the sandbox of this machine does; each flag was proven by a confined process that tried.

    ``name`` is shown and stored with results; ``notes`` are sentences on what is not prevented.
    """

    name: str
    network_blocked: bool
    writes_confined: bool
    reads_confined: bool
    processes_blocked: bool
    memory_limited: bool
    notes: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    """What every run puts around the code; a run that cannot is not started."""


def command() -> list[str]:
    """The command line of the child process."""
    return [sys.executable, "-I", "-X", "utf8", CHILD]


def environment() -> dict[str, str]:
    """All that the child process gets to know of our environment: nothing secret."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ") if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    # Every allocation arena reserves address space, which is what the memory limit counts.
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2", **threads, **kept}


def ask(layers: tuple[str, ...] | None) -> dict[str, Any]:
    """Let a process confined by ``layers`` (None: all that the platform may have) try what must not work.

    The answer's keys are those of ``child.probe``. Raises SandboxError if the process does not come up.
    """
    base = private.make()
    try:
        victims = os.path.join(base, "victims")
        os.mkdir(victims)
        os.chmod(victims, 0o777)
        with open(os.path.join(victims, "secret"), "w", encoding="ascii") as file:
            file.write("secret")
        request: dict[str, Any] = {
            "probe": True,
            "layers": layers,
            "limits": asdict(Limits()),
            "base": base,
            "code": "",
            "cases": [],
        }
        with subprocess.Popen(
            command(),
            cwd=base,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            return _answer_of(process, request)
    except OSError as error:
        raise SandboxError(
            f"The sandbox's process cannot be started: {error}; check the Python installation."
        ) from error
    finally:
        private.remove(base)


def _answer_of(process: subprocess.Popen[bytes], request: dict[str, Any]) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    # The line stays open until the answer is there: closing it ends the child.
    watchdog = threading.Timer(_PROBE_SECONDS, process.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        line = process.stdout.readline()
    finally:
        watchdog.cancel()
    with contextlib.suppress(ValueError):
        answer = json.loads(line)
        if "probed" in answer:
            probed: dict[str, Any] = answer["probed"]
            return probed
        line = json.dumps(answer.get("failed", answer)).encode()
    process.kill()
    reason = (line + process.stderr.read()).decode(errors="replace").strip()[-300:] or "it said nothing"
    raise SandboxError(f"The sandbox does not come up on this machine ({reason}), so no code can be run.")


_FALL_BACKS: tuple[tuple[str, ...] | None, ...] = (None, ("landlock", "seccomp"), ("seccomp",), ())
"""What is tried in turn when programs do not work in the sandbox: every layer, then fewer."""


def _proven() -> tuple[tuple[str, ...], dict[str, Any]]:
    problem: SandboxError | None = None
    for wanted in _FALL_BACKS:
        try:
            answer = ask(wanted)
            layers = tuple(answer["layers"])
            if answer["failed"]:  # what holds without them, and how programs fare, is another question
                layers = tuple(layer for layer in layers if layer not in answer["failed"])
                answer = ask(layers)
        except SandboxError as error:
            problem = error
            continue
        if answer["usable"] and not answer["failed"]:
            return layers, answer
    raise problem or SandboxError("Python programs do not work in the sandbox of this machine, so no code can be run.")


_NOTES = {
    "network_blocked": "Programs can use the network.",
    "writes_confined": "Programs can write wherever this user may.",
    "reads_confined": "Programs can read whatever this user may, the home directory included.",
    "processes_blocked": "Programs can start processes, and may leave them behind.",
    "signals_blocked": "Programs can send signals to this user's processes, this program included.",
    "memory_limited": "The memory of programs is not limited.",
}


def _name(layers: tuple[str, ...], proven: dict[str, Any]) -> str:
    if "seatbelt" in layers:
        return "macOS sandbox" if proven["network_blocked"] and proven["writes_confined"] else "limits only"
    names = {"landlock": "Landlock", "seccomp": "seccomp", "user": "own user"}
    return " + ".join(names[layer] for layer in ("landlock", "seccomp", "user") if layer in layers) or "limits only"


@functools.cache
def _tier() -> Tier:
    layers, proven = _proven()
    return Tier(
        name=_name(layers, proven),
        network_blocked=proven["network_blocked"],
        writes_confined=proven["writes_confined"],
        reads_confined=proven["reads_confined"],
        processes_blocked=proven["processes_blocked"] and proven["signals_blocked"],
        memory_limited=proven["memory_limited"],
        notes=tuple(text for name, text in _NOTES.items() if not proven[name]),
        layers=layers,
    )


_once = threading.Lock()


def proven_tier() -> Tier:
    """The tier, found out at the first call (some 80 ms) and remembered. Raises SandboxError if there is none."""
    with _once:
        return _tier()


def available_tier() -> Tier:
    """The tier to show; one named "none" where the sandbox does not come up. Never raises."""
    try:
        return proven_tier()
    except SandboxError as error:
        return Tier(
            name="none",
            network_blocked=False,
            writes_confined=False,
            reads_confined=False,
            processes_blocked=False,
            memory_limited=False,
            notes=(str(error),),
        )
