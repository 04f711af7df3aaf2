"""Read what a starting MLC-LLM server prints: its phases, and the failures after which it would hang for ever."""

import json
import re
from dataclasses import dataclass, field

from core.engines.mlc_wrapper import REPORT
from core.engines.protocol import Phase
from core.escapes import without_escapes

_KEPT = 200
"""Lines of output that are remembered to explain a failure."""

_PHASES: tuple[tuple[re.Pattern[str], Phase, str], ...] = (
    (re.compile(r"\[Git\] Cloning"), Phase.DOWNLOADING, "the weights"),
    (re.compile(r"\[Git LFS\] Downloading|Downloaded https?://"), Phase.DOWNLOADING, ""),
    (re.compile(r"Compiling using commands below"), Phase.COMPILING, "for this GPU, once"),
    (
        re.compile(r"Moving .* to |Weights already downloaded|Use cached weight"),
        Phase.STARTING,
        "(weights are here)",
    ),
    (re.compile(r"Using (compiled|cached) model lib|Using library model"), Phase.LOADING, "the weights"),
    (re.compile(r"The selected engine mode is|The actual engine mode is"), Phase.LOADING, "the weights"),
)

_MEMORY = re.compile(
    r"Estimated total single GPU memory usage: (?P<total>[\d.]+) MB \(Parameters: (?P<weights>[\d.]+) MB\.? "
    r"KVCache: (?P<cache>[\d.]+) MB\.? Temporary buffer: (?P<buffers>[\d.]+) MB"
)

_DEVICE = re.compile(r"Using device: (\w+:\d+)")

_FATAL = re.compile(
    r"^Exception in thread |Insufficient GPU memory error|terminate called after|"
    r"^(tvm\.error\.|tvm_ffi\.)?\w*(InternalError|TVMError)\b"
)
"""Printed when a load has failed. The process may stay up all the same and never become ready.

Python errors of the main thread are not looked for here: the wrapper reports those, and a traceback that a
library prints and survives must not end a start that goes on.
"""


_NARRATION = re.compile(r"\bINFO\b|^\[[\d:]+\] \S+: (Under mode|The actual engine mode|Estimated total|Total )")
"""Lines that say what goes well; words in them ("tokenizer", "model lib") explain no failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuMemory:
    """MLC-LLM's own estimate for one GPU, in MiB."""

    total: float
    weights: float
    cache: float
    buffers: float


@dataclass(slots=True)
class ServerOutput:
    """What the lines read so far say."""

    phase: Phase = Phase.STARTING
    detail: str = ""
    memory: GpuMemory | None = None
    device: str | None = None
    """The device that MLC-LLM found where none was given."""
    failed: bool = False
    report: tuple[str, str] | None = None
    """Type and message of the exception that ended the server, where the wrapper saw it."""
    lines: list[str] = field(default_factory=list)

    def read(self, raw: str) -> bool:
        """Take in one line; whether the phase or its detail changed."""
        line = without_escapes(raw).rstrip()
        if not line:
            return False
        self.lines = [*self.lines[-(_KEPT - 1) :], line]
        if line.startswith(REPORT):
            self.failed = True
            self.report = _parse_report(line.removeprefix(REPORT))
            return False
        self.failed = self.failed or _FATAL.search(line) is not None
        if found := _MEMORY.search(line):
            self.memory = GpuMemory(**{name: float(value) for name, value in found.groupdict().items()})
            return self._move(Phase.LOADING, f"{self.memory.total / 1024:.1f} GiB of GPU memory")
        if found := _DEVICE.search(line):
            self.device = found[1]
        for pattern, phase, detail in _PHASES:
            if pattern.search(line):
                return self._move(phase, detail or self.detail)
        return False

    @property
    def complaints(self) -> str:
        """The lines that may explain a failure."""
        return "\n".join(line for line in self.lines if not line.startswith(REPORT) and _NARRATION.search(line) is None)

    @property
    def last_line(self) -> str:
        """The last line that says anything, without the wrapper's own report."""
        return next((line for line in reversed(self.lines) if not line.startswith(REPORT)), "")

    def _move(self, phase: Phase, detail: str) -> bool:
        changed = (phase, detail) != (self.phase, self.detail)
        self.phase, self.detail = phase, detail
        return changed


def _parse_report(text: str) -> tuple[str, str]:
    try:
        report = json.loads(text)
        return str(report["type"]), str(report["message"])
    except (ValueError, KeyError, TypeError):
        return "Error", text
