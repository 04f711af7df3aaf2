"""One ``mlc_llm serve`` process, from its start to its end."""

import asyncio
import json
import os
import secrets
import shutil
import signal
import site
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.child import Child, describe_exit
from core.engines import mlc_wrapper
from core.engines.mlc_errors import explain_death, explain_failure
from core.engines.mlc_output import GpuMemory, ServerOutput
from core.engines.mlc_serve import ServeOptions, check_files, downloaded, free_port, serve_arguments, working_folder
from core.engines.protocol import EngineStatus, Phase
from core.engines.replies import quoted
from core.engines.serverlog import ServerLog
from core.engines.timeouts import Timeouts
from core.errors import EngineError
from core.weights.revision import check_revision

if TYPE_CHECKING:
    from core.engines.endpoint import Endpoint

_WRAPPER = str(Path(mlc_wrapper.__file__).resolve())

_LOOK = 0.1
"""Seconds between two looks at a starting server."""

_PROBE = 0.5
"""Seconds between two questions whether it answers, and between two looks at the size of a download."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartLimits:
    """The most seconds that each phase of a start may take; for a download, that it may stand still."""

    starting: float = 180.0
    downloading: float = 300.0
    compiling: float = 1800.0
    loading: float = 900.0

    def of(self, phase: Phase) -> float:
        named = {
            Phase.DOWNLOADING: self.downloading,
            Phase.COMPILING: self.compiling,
            Phase.LOADING: self.loading,
        }
        return named.get(phase, self.starting)


class PortTakenError(EngineError):
    """Another program took the port between our choice and the server's use of it."""


class MlcServer:
    """A server process with its key, port, log file and folders. Make one with :func:`start_server`."""

    def __init__(self, model: str, options: ServeOptions, log_dir: Path, limits: StartLimits) -> None:
        self.model = model
        self.key = secrets.token_hex(32)
        self.port = free_port()
        self.log = ServerLog(log_dir, f"mlc-{model}", secret=self.key)
        self.load_seconds = 0.0
        self._options = options
        self._limits = limits
        self._output = ServerOutput()
        self._child: Child | None = None
        self._folder: Path | None = None
        self._progress: tuple[int, int | None] = (0, None)
        self._show: Callable[[EngineStatus], None] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def memory(self) -> GpuMemory | None:
        """What the server says it needs on one GPU."""
        return self._output.memory

    @property
    def device(self) -> str | None:
        """The device in use, as far as it is known."""
        return self._options.device or self._output.device

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int | None:
        """The process, which leads a group of its own."""
        return self._child.pid if self._child is not None else None

    async def exited(self, seconds: float | None = None) -> bool:
        """Wait for the process to end, at most ``seconds``; whether it has."""
        return self._child is None or await self._child.exited(seconds)

    async def stop(self, *, politely: bool = True) -> None:
        """End the process group and remove its folders; the log stays."""
        if self._child is not None:
            await (self._child.stop() if politely else self._child.kill())
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, True)
        self.log.close()

    def failure(self, what: str, *, late: bool = False) -> EngineError:
        """The error for a start that failed; one that was ``late`` has printed nothing that would explain it."""
        kind = PortTakenError if any("address already in use" in line for line in self._output.lines) else EngineError
        known = None if late else explain_failure(self._output)
        if known is not None:
            return kind(f"MLC-LLM could not start {self.model}: {known} (log: {self.log.path}).")
        said = quoted(": ".join(self._output.report) if self._output.report else self._output.last_line)
        return kind(
            f"MLC-LLM could not start {self.model} ({what}{f' after printing {said!r}' if said else ''}): "
            f"the log may say why, {self.log.path}."
        )

    def death(self) -> EngineError:
        """The error for a process that ended while it was used."""
        code = self._child.returncode if self._child is not None else None
        said = quoted(self._output.last_line)
        after = f" after printing {said!r}" if said else ""
        if (known := explain_death(self._output)) is not None:
            return EngineError(
                f"MLC-LLM serving {self.model} {describe_exit(code)}{after}, {known}; it starts again with the next "
                f"request (log: {self.log.path})."
            )
        if code in {-signal.SIGKILL, 128 + signal.SIGKILL}:
            after += " (the system does that when main memory runs out)"
        return EngineError(
            f"MLC-LLM serving {self.model} {describe_exit(code)}{after}: it starts again with the next request "
            f"(log: {self.log.path})."
        )

    async def launch(self, command: Sequence[str], show: Callable[[EngineStatus], None]) -> None:
        """Start the process and return when it answers; ``show`` hears of the phases."""
        show(EngineStatus(Phase.STARTING))
        self._show = show
        arguments = serve_arguments(self._options, port=self.port)
        extra = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
        order = json.dumps({"arguments": arguments, "key": self.key, "site": extra}) + "\n"
        self._folder = await asyncio.to_thread(working_folder, os.environ)
        try:
            self._child = await Child.start(
                [*command, _WRAPPER],
                order=order.encode(),
                cwd=self._folder / "work",
                env={**os.environ, **self._settings(self._folder)},
                on_line=self._read,
            )
        except OSError as error:
            raise EngineError(
                f"The Python that is to run MLC-LLM for {self.model} cannot be started ({command[0]}: "
                f"{error.strerror}): correct its path."
            ) from error
        try:
            await self._wait_until_ready(show)
        finally:
            self._show = None

    def _settings(self, folder: Path) -> dict[str, str]:
        return {
            "MLC_TEMP_DIR": os.environ.get("MLC_TEMP_DIR", str(folder / "downloads")),
            # Nothing may ask a question on the terminal that the user sees.
            "GIT_TERMINAL_PROMPT": "0",
            # GPUs have the numbers that nvidia-smi gives them, by which the planner names them.
            "CUDA_DEVICE_ORDER": os.environ.get("CUDA_DEVICE_ORDER", "PCI_BUS_ID"),
            # Phases show when they begin, not when a buffer is full.
            "PYTHONUNBUFFERED": "1",
        }

    def _read(self, raw: str) -> None:
        line = self.log.clean(raw)
        if not line:
            return
        self.log.write(line)
        if self._output.read(line) and self._show is not None:
            self._show(EngineStatus(self._output.phase, self._output.detail))

    async def _wait_until_ready(self, show: Callable[[EngineStatus], None]) -> None:
        from core.engines.endpoint import Endpoint

        assert self._child is not None
        endpoint = Endpoint(
            self.base_url,
            model=self.model,
            served_name=None,
            api_key=self.key,
            key_env=None,
            timeouts=Timeouts(connect=2.0),
        )
        watch = _PhaseWatch(self._limits)
        probed = 0.0
        try:
            while True:
                if await self._child.exited(_LOOK):
                    raise self.failure(f"it {describe_exit(self._child.returncode)}")
                if self._output.failed:
                    # It mostly says more, and some failures do end the process.
                    ended = await self._child.exited(2.0)
                    raise self.failure(f"it {describe_exit(self._child.returncode)}" if ended else "loading failed")
                now = time.monotonic()
                look = now - probed >= _PROBE
                status = await self._current(look)
                show(status)
                if (late := watch.late(status, now)) is not None:
                    raise self.failure(f"{status.phase} took more than {late:g} s", late=True)
                if look:
                    probed = now
                    if status.phase in {Phase.STARTING, Phase.LOADING} and await _answers(endpoint):
                        self.load_seconds = now - watch.loading_since
                        return
        finally:
            await endpoint.close()

    async def _current(self, look: bool) -> EngineStatus:
        phase, detail = self._output.phase, self._output.detail
        if phase is not Phase.DOWNLOADING or self._folder is None:
            return EngineStatus(phase, detail)
        if look:
            self._progress = await asyncio.to_thread(downloaded, Path(self._settings(self._folder)["MLC_TEMP_DIR"]))
        present, total = self._progress
        if not total:
            return EngineStatus(phase, detail or f"{present / 2**20:.0f} MiB")
        unit, name = (2**30, "GiB") if total >= 2**30 else (2**20, "MiB")
        return EngineStatus(phase, f"{present / unit:.1f} of {total / unit:.1f} {name}", min(present / total, 1.0))


class _PhaseWatch:
    """Notices a phase that takes too long, or a download that stands still."""

    def __init__(self, limits: StartLimits) -> None:
        self._limits = limits
        self._phase = Phase.STARTING
        self._status: EngineStatus | None = None
        self._since = self.loading_since = time.monotonic()

    def late(self, status: EngineStatus, now: float) -> float | None:
        """The limit that was exceeded, None while all is well."""
        moved = status.phase is not self._phase or (status.phase is Phase.DOWNLOADING and status != self._status)
        if moved:
            if status.phase is not self._phase:
                self.loading_since = now
            self._phase, self._since = status.phase, now
        self._status = status
        limit = self._limits.of(status.phase)
        return limit if now - self._since > limit else None


async def _answers(endpoint: "Endpoint") -> bool:
    try:
        await endpoint.list_models()
    except EngineError:
        return False
    return True


async def start_server(
    model: str,
    options: ServeOptions,
    *,
    log_dir: Path,
    limits: StartLimits,
    command: Sequence[str] | None,
    show: Callable[[EngineStatus], None],
) -> MlcServer:
    """Start a server and return it when it answers.

    ``command`` is the Python (with options) that has ``mlc_llm``; None is this one, isolated from the folder and
    the environment it is started in. ``show`` hears of every phase.

    Raises:
        EngineError: it did not start; nothing of it is left but its log.
    """
    check_files(options)
    await asyncio.to_thread(check_revision, model, options.source, options.revision, os.environ)
    try:
        return await _start_once(MlcServer(model, options, log_dir, limits), command, show)
    except PortTakenError:
        return await _start_once(MlcServer(model, options, log_dir, limits), command, show)


async def _start_once(
    server: MlcServer, command: Sequence[str] | None, show: Callable[[EngineStatus], None]
) -> MlcServer:
    try:
        await server.launch(command or (sys.executable, "-I"), show)
    except BaseException:
        await asyncio.shield(server.stop(politely=False))
        raise
    return server
