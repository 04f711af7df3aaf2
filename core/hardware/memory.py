"""Main memory, as the platform counts it or as the container limits it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of main memory; ``available`` is None where the platform does not say."""

    total: int
    available: int | None


def main_memory() -> Memory:
    """The main memory of this machine.

    Raises:
        OSError, ValueError, KeyError: the platform does not say.
    """
    if sys.platform == "linux":
        return linux_memory()
    return Memory(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), None)


def linux_memory(root: Path = Path("/")) -> Memory:
    """Main memory as Linux counts it, or what the container may use of it if that is less."""
    fields = dict(line.split(":", 1) for line in (root / "proc/meminfo").read_text().splitlines() if ":" in line)
    total, available = (int(fields[name].split()[0]) << 10 for name in ("MemTotal", "MemAvailable"))
    try:
        limit = int((root / "sys/fs/cgroup/memory.max").read_text())
        used = int((root / "sys/fs/cgroup/memory.current").read_text())
    except (OSError, ValueError):  # no such control group, or "max": no limit
        return Memory(total, available)
    return (
        Memory(min(total, limit), min(available, max(0, limit - used))) if limit < total else Memory(total, available)
    )
