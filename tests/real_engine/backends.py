"""The two ways to a real server: transformers' own, and MLC-LLM through the ``mlc`` engine."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from report import CheckError
from transformers_server import TransformersServer

CONTEXT = 4096
"""Tokens; what the tiny model is made for."""

ORDINARY, PATIENT, WIDE = "tiny", "tiny-patient", "tiny-wide"
"""Pairs: short answers; long answers, for the draft that never ends; a window for a prompt that takes seconds."""


class Backend(Protocol):
    """Serves the tiny model to the pairs of ``models_toml``."""

    title: str
    wide_context: int
    into_prefill: float
    """Seconds after which a prompt that fills the wide context is surely being read, and is not read yet."""

    def prepare(self, model: Path) -> str:
        """Make ready what can be made once, and say what it was."""

    def models_toml(self) -> str:
        """The configuration of the three pairs."""

    def start(self) -> str:
        """Start the server, if it is ours to start and does not run yet, and say what was seen."""

    def kill(self, program: int) -> None:
        """Kill the server that the process ``program`` talks to, as a crash would."""

    def stop(self) -> None:
        """End what ``start`` started."""


class TransformersBackend:
    """``transformers serve``: a server that already runs, as the ``openai`` engine sees it."""

    title = "transformers serve"
    wide_context = 65536
    """The server does not hold a prompt against the model's own window."""
    into_prefill = 1.0

    def __init__(self, python: Path, model: Path, work: Path, environment: Mapping[str, str]) -> None:
        self._model = model
        self._server = TransformersServer(python, model, work, environment)

    def prepare(self, model: Path) -> str:
        return f"served from {model.name}/ as it is"

    def models_toml(self) -> str:
        server = f'[endpoints.tiny]\nbase_url = ["{self._server.base_url}"]\n'
        return server + _pairs(
            lambda context: f'endpoint = "tiny"\nserved_name = {json.dumps(str(self._model))}\ncontext = {context}\n',
            self.wide_context,
        )

    def start(self) -> str:
        return f"ready after {self._server.start():.1f} s"

    def kill(self, program: int) -> None:
        self._server.kill()

    def stop(self) -> None:
        self._server.stop()


class MlcBackend:
    """The same model converted for MLC-LLM; secondpass starts the server itself."""

    title = "MLC-LLM"
    wide_context = CONTEXT
    into_prefill = 0.3

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
        return _pairs(
            lambda context: f'source = {source}\nmodel_lib = {library}\ndevice = "cpu"\ncontext = {context}\n',
            self.wide_context,
        )

    def start(self) -> str:
        return "secondpass starts it"

    def kill(self, program: int) -> None:
        victims = [pid for pid, command in descendants(program) if "mlc_wrapper" in command or "mlc_llm" in command]
        if not victims:
            raise CheckError("secondpass has no MLC-LLM process that could be killed")
        for pid in victims:
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        return None


def _pairs(serving: Callable[[int], str], wide_context: int) -> str:
    parts = []
    for name, context, most in (
        (ORDINARY, CONTEXT, 320),
        (PATIENT, CONTEXT, 2500),
        (WIDE, wide_context, 320),
    ):
        parts.append(f"[models.{name}]\n{serving(context)}max_tokens = {most}\n")
        parts.append(f'[pairs.{name}]\ncoder = "{name}"\nreviewer = "{name}"\n')
    return "\n".join(parts)


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
