"""The OpenAI-compatible server of transformers, serving the tiny model on a port of this machine."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from report import CheckError

READY_WITHIN = 120.0
"""Seconds. Importing torch and transformers from a cold disk is most of it."""


class TransformersServer:
    """``transformers serve`` as a child process; always on the same port, so that it can be started again.

    Args:
        python: Of the environment that has transformers.
        model: The model's folder, which is also the name that requests ask for.
        work: A folder for its log and its (empty) cache.
        log: The name of that log.
        environment: Variables on top of this process's own.
    """

    def __init__(
        self, python: Path, model: Path, work: Path, environment: Mapping[str, str], log: str = "server.log"
    ) -> None:
        self._program = python.with_name("transformers")
        self._model = model
        self._work = work
        self._environment = environment
        self.log = work / log
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def served_name(self) -> str:
        """The model that its requests ask for."""
        return str(self._model)

    @property
    def pid(self) -> int | None:
        """Of its process, None while none runs."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process is not None else None

    def start(self) -> float:
        """Start it, unless it runs, and wait until it can answer; returns the seconds that took.

        Raises:
            CheckError: it ended, or was not ready in time.
        """
        if self._process is not None and self._process.poll() is None:
            return 0.0
        begun = time.monotonic()
        environment = {
            **os.environ,
            **self._environment,
            # Nothing may be fetched, and the user's own models are none of its business. The folder does not exist,
            # as on a machine that never fetched a model; /v1/models then fails with status 500.
            "HF_HOME": str(self._work / "huggingface"),
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "serve", self._model, "--device=cpu", "--host=127.0.0.1", f"--port={self.port}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        while time.monotonic() - begun < READY_WITHIN:
            if self._process.poll() is not None:
                raise CheckError(f"transformers serve ended with {self._process.returncode}; see {self.log}")
            if self._healthy():
                return time.monotonic() - begun
            time.sleep(0.1)
        self.stop()
        raise CheckError(f"transformers serve was not ready within {READY_WITHIN:.0f} s; see {self.log}")

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in an orderly way; does nothing if it does not run."""
        self._end(signal.SIGTERM)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
