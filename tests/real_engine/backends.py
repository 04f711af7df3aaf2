"""The two ways to a real server: transformers' own, and MLC-LLM through the ``mlc`` engine."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import psutil
from report import CheckError
from swap_front import SwapFront
from transformers_server import TransformersServer

from core.engines.mlc import MlcEngine
from core.engines.pair import EnginePair

CONTEXT = 4096
"""Tokens; what the tiny model is made for."""

ORDINARY, PATIENT, WIDE = "tiny", "tiny-patient", "tiny-wide"
"""Pairs: short answers; long answers, for the draft that never ends; a window for a prompt that takes seconds."""

TWO, SWAP, TIGHT = "tiny-two", "tiny-swap", "tiny-tight"
"""Pairs: an engine process for each role; the same, of which one is alive at a time; a window that an answer fills."""

TIGHT_CONTEXT = 512


class Backend(Protocol):
    """Serves the tiny model to the pairs of ``models_toml``."""

    title: str
    wide_context: int
    into_prefill: float
    """Seconds after which a prompt that fills the wide context is surely being read, and is not read yet."""

    def prepare(self, model: Path) -> str:
        """Make ready what can be made once, and say what it was."""

    restarts: bool
    """Whether somebody starts an engine again that has crashed."""

    def models_toml(self) -> str:
        """The configuration of the pairs."""

    def start(self) -> str:
        """Start the server, if it is ours to start and does not run yet, and say what was seen."""

    def kill(self, program: int) -> None:
        """Kill the server that the process ``program`` talks to, as a crash would."""

    def start_both(self) -> str:
        """Start an engine for each role, where they are ours to start, and say what was seen."""

    def kill_reviewer(self, program: int) -> None:
        """Kill the engine of the reviewer of ``TWO`` that the process ``program`` talks to, as a crash would."""

    def answers(self, pair: EnginePair) -> list[int]:
        """How many chat requests the engine of each role of ``pair`` was asked, by its own log."""

    def stop_engines(self) -> None:
        """Stop what was started; an engine that is asked later is started then, or by ``start``."""

    def alive(self, program: int) -> list[int]:
        """Process ids of the engines that ``program`` can talk to now, in the order in which they were started."""

    def stop(self) -> None:
        """End what was started."""


class TransformersBackend:
    """``transformers serve``: a server that already runs, as the ``openai`` engine sees it."""

    title = "transformers serve"
    wide_context = 65536
    """The server does not hold a prompt against the model's own window."""
    into_prefill = 1.0
    restarts = False

    def __init__(self, python: Path, model: Path, work: Path, environment: Mapping[str, str]) -> None:
        self._model = model
        self._server = TransformersServer(python, model, work, environment)
        self._reviewer = TransformersServer(python, model, work, environment, "server-reviewer.log")
        self._front = SwapFront({"coder": self._server, "reviewer": self._reviewer})

    def prepare(self, model: Path) -> str:
        return f"served from {model.name}/ as it is"

    def models_toml(self) -> str:
        server = f'[endpoints.tiny]\nbase_url = ["{self._server.base_url}"]\n'
        return (
            server
            + _pairs(
                lambda context: (
                    f'endpoint = "tiny"\nserved_name = {json.dumps(str(self._model))}\ncontext = {context}\n'
                ),
                self.wide_context,
            )
            + self._engines_of_their_own()
        )

    def _engines_of_their_own(self) -> str:
        served = f"served_name = {json.dumps(str(self._model))}"
        return "".join(
            (
                _model("two-coder", f'endpoint = "tiny"\n{served}', CONTEXT),
                f'[endpoints.two-reviewer]\nbase_url = ["{self._reviewer.base_url}"]\n',
                _model("two-reviewer", f'endpoint = "two-reviewer"\n{served}', CONTEXT),
                _pair(TWO, "two-coder", "two-reviewer"),
                f'[endpoints.front]\nbase_url = ["{self._front.base_url}"]\n',
                _model("swap-coder", 'endpoint = "front"\nserved_name = "coder"', CONTEXT),
                _model("swap-reviewer", 'endpoint = "front"\nserved_name = "reviewer"', CONTEXT),
                _pair(SWAP, "swap-coder", "swap-reviewer", "swap"),
                _model(TIGHT, f'endpoint = "tiny"\n{served}', TIGHT_CONTEXT, 480),
                _pair(TIGHT, TIGHT, TIGHT),
            )
        )

    def start(self) -> str:
        return f"ready after {self._server.start():.1f} s"

    def kill(self, program: int) -> None:
        self._server.kill()

    def start_both(self) -> str:
        seconds = self._server.start() + self._reviewer.start()
        return f"both ready after {seconds:.1f} s"

    def kill_reviewer(self, program: int) -> None:
        self._reviewer.kill()

    def alive(self, program: int) -> list[int]:
        return [pid for server in (self._server, self._reviewer) if (pid := server.pid) is not None]

    def answers(self, pair: EnginePair) -> list[int]:
        return [_asked(server.log) for server in (self._server, self._reviewer)]

    def stop_engines(self) -> None:
        self._server.stop()
        self._reviewer.stop()

    def stop(self) -> None:
        self._front.close()
        self.stop_engines()


class MlcBackend:
    """The same model converted for MLC-LLM; secondpass starts the server itself."""

    title = "MLC-LLM"
    wide_context = CONTEXT
    into_prefill = 0.3
    restarts = True

    def __init__(self, work: Path) -> None:
        self._folder = work / "mlc"
        self._library = self._folder / "tiny.so"

    def prepare(self, model: Path) -> str:
        mlc = [sys.executable, "-m", "mlc_llm"]
        weights = ["--quantization", "q0f32", "--output", str(self._folder)]
        config = str(self._folder / "mlc-chat-config.json")
        window = ["--context-window-size", str(CONTEXT), "--prefill-chunk-size", "2048"]
        for command in (
            [*mlc, "convert_weight", str(model), "--device", "cpu", *weights],
            [*mlc, "gen_config", str(model), "--conv-template", "qwen2", *window, *weights],
            [*mlc, "compile", config, "--device", "cpu", "--output", str(self._library)],
        ):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode:
                raise CheckError(f"{' '.join(command[1:4])} ended with {done.returncode}: {done.stderr[-800:]}")
        return "converted and compiled for the CPU"

    def models_toml(self) -> str:
        source, library = json.dumps(str(self._folder)), json.dumps(str(self._library))
        serving = f'source = {source}\nmodel_lib = {library}\ndevice = "cpu"'
        return _pairs(lambda context: f"{serving}\ncontext = {context}\n", self.wide_context) + "".join(
            (
                _model("two-coder", serving, CONTEXT),
                _model("two-reviewer", serving, CONTEXT),
                _pair(TWO, "two-coder", "two-reviewer", "resident"),
                _pair(SWAP, "two-coder", "two-reviewer", "swap"),
                _model(TIGHT, serving, TIGHT_CONTEXT, 480),
                _pair(TIGHT, TIGHT, TIGHT),
            )
        )

    def start(self) -> str:
        return "secondpass starts it"

    def kill(self, program: int) -> None:
        self._kill([pid for pid, line in descendants(program) if "mlc_wrapper" in line or "mlc_llm" in line])

    def start_both(self) -> str:
        return "secondpass starts them"

    def kill_reviewer(self, program: int) -> None:
        # The coder is asked first, so its engine is the first one; a later one is the reviewer's.
        wrappers = self.alive(program)[1:]
        self._kill([*wrappers, *(pid for wrapper in wrappers for pid, _ in descendants(wrapper))])

    def alive(self, program: int) -> list[int]:
        below = psutil.Process(program).children(recursive=True)
        wrappers = {each.pid: each for each in below if any("mlc_wrapper" in word for word in each.cmdline())}
        # Each of them forks the server, which goes by the same name.
        return sorted(pid for pid, each in wrappers.items() if each.ppid() not in wrappers)

    def answers(self, pair: EnginePair) -> list[int]:
        logs = [
            each.log_path for each in (pair.engine("coder"), pair.engine("reviewer")) if isinstance(each, MlcEngine)
        ]
        return [_asked(log) for log in logs if log is not None]

    def stop_engines(self) -> None:
        return None

    def stop(self) -> None:
        return None

    def _kill(self, victims: list[int]) -> None:
        if not victims:
            raise CheckError("secondpass has no MLC-LLM process that could be killed")
        for pid in victims:
            os.kill(pid, signal.SIGKILL)


def _pairs(serving: Callable[[int], str], wide_context: int) -> str:
    parts = []
    for name, context, most in (
        (ORDINARY, CONTEXT, 320),
        (PATIENT, CONTEXT, 2500),
        (WIDE, wide_context, 320),
    ):
        parts.append(f"[models.{name}]\n{serving(context)}max_tokens = {most}\n")
        parts.append(_pair(name, name, name))
    return "\n".join(parts)


def _asked(log: Path) -> int:
    return log.read_text(encoding="utf-8", errors="replace").count("POST /v1/chat/completions")


def _model(name: str, serving: str, context: int, most: int = 320) -> str:
    return f"[models.{name}]\n{serving}\ncontext = {context}\nmax_tokens = {most}\n"


def _pair(name: str, coder: str, reviewer: str, placement: str = "auto") -> str:
    return f'[pairs.{name}]\ncoder = "{coder}"\nreviewer = "{reviewer}"\nplacement = "{placement}"\n'


def descendants(program: int) -> list[tuple[int, str]]:
    """(process id, command line) of every process below ``program``."""
    listed = subprocess.run(["ps", "-axo", "pid=,ppid=,command="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    children: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        if len(row) == 3:
            children.setdefault(int(row[1]), []).append((int(row[0]), row[2]))
    found: list[tuple[int, str]] = []
    waiting = [program]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += [pid for pid, _ in below]
    return found
