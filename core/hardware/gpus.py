"""Which GPUs this machine has, asked of the tools that come with their drivers.

NVIDIA: nvidia-smi. AMD: rocm-smi, or else the kernel's own files. Apple: system_profiler and sysctl. Any other, and
where none of these tools is installed: vulkaninfo. A tool that is absent is no error.
"""

import asyncio
import csv
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.hardware.asking import Said, ask_program

_SECONDS = 8.0
_WSL_TOOL = "/usr/lib/wsl/lib/nvidia-smi"
_APPLE_SHARE = 0.75
"""Part of the unified memory that Metal lets the GPU use by default (recommendedMaxWorkingSetSize, rounded)."""

Ask = Callable[..., Awaitable[Said | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU. ``total`` and ``free`` are bytes of memory, None where nobody says; ``driver`` is its version."""

    name: str
    api: str
    """What MLC-LLM would drive it with: cuda, rocm, metal or vulkan."""
    total: int | None = None
    free: int | None = None
    driver: str = ""


@dataclass(frozen=True, slots=True)
class Gpus:
    """The GPUs that were found, and sentences about tools that are there and failed."""

    found: tuple[Gpu, ...]
    problems: tuple[str, ...]


async def find_gpus(platform: str, *, ask: Ask = ask_program, root: Path = Path("/")) -> Gpus:
    """The GPUs of this machine. ``platform`` is ``sys.platform``; ``ask`` and ``root`` are replaced in tests."""
    if platform == "darwin":
        said = await ask("system_profiler", "-json", "SPDisplaysDataType", seconds=_SECONDS)
        memory = await ask("sysctl", "-n", "hw.memsize", seconds=_SECONDS)
        return _answered("system_profiler", said, lambda text: apple(text, memory.out if memory else ""))
    nvidia, amd = await asyncio.gather(_nvidia(ask), _amd(ask, root))
    found, problems = (*nvidia.found, *amd.found), (*nvidia.problems, *amd.problems)
    if found:
        return Gpus(found, problems)
    said = await ask("vulkaninfo", "--summary", seconds=_SECONDS)
    vulkan_ = _answered("vulkaninfo", said, vulkan)
    return Gpus(vulkan_.found, (*problems, *vulkan_.problems))


async def _nvidia(ask: Ask) -> Gpus:
    query = ("--query-gpu=name,memory.total,memory.free,driver_version", "--format=csv,noheader,nounits")
    said = await ask("nvidia-smi", *query, seconds=_SECONDS)
    if said is None:
        said = await ask(_WSL_TOOL, *query, seconds=_SECONDS)
    return _answered("nvidia-smi", said, nvidia)


async def _amd(ask: Ask, root: Path) -> Gpus:
    said = await ask("rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json", seconds=_SECONDS)
    told = _answered("rocm-smi", said, amd)
    return told if told.found else Gpus(amd_by_kernel(root), told.problems)


def _answered(tool: str, said: Said | None, read: Callable[[str], tuple[Gpu, ...]]) -> Gpus:
    if said is None:
        return Gpus((), ())
    if said.code != 0:
        return Gpus((), (f"{tool} failed ({said.complaint})",))
    try:
        return Gpus(read(said.out), ())
    except (ValueError, KeyError, TypeError, AttributeError):
        return Gpus((), (f"{tool} said something that could not be read",))


def nvidia(text: str) -> tuple[Gpu, ...]:
    """GPUs in what nvidia-smi prints for the query above: name, MiB in all, MiB free, driver."""
    rows = (row for row in csv.reader(text.splitlines(), skipinitialspace=True) if len(row) == 4)
    return tuple(
        Gpu(name=name, api="cuda", total=_mebibytes(total), free=_mebibytes(free), driver=driver)
        for name, total, free, driver in rows
    )


def _mebibytes(text: str) -> int | None:
    # Machines with unified memory (Jetson, DGX Spark) say [N/A].
    return int(text) << 20 if text.strip().isdigit() else None


def amd(text: str) -> tuple[Gpu, ...]:
    """GPUs in the JSON of rocm-smi, whose keys differ from version to version."""
    cards: dict[str, dict[str, Any]] = json.loads(text)
    gpus = []
    for key, card in sorted(cards.items()):
        if not key.startswith("card"):
            continue
        values = {name.lower(): str(value) for name, value in card.items()}
        total, used = values.get("vram total memory (b)"), values.get("vram total used memory (b)")
        names = (values.get(each, "") for each in ("card series", "card model", "device name", "card sku"))
        name = next((each for each in names if each and not each.startswith("0x") and each != "N/A"), "AMD GPU")
        size = int(total) if total and total.isdigit() else None
        free = size - int(used) if size is not None and used and used.isdigit() else None
        gpus.append(Gpu(name=name, api="rocm", total=size, free=free))
    return tuple(gpus)


def amd_by_kernel(root: Path) -> tuple[Gpu, ...]:
    """AMD GPUs as the kernel's driver shows them, for machines without ROCm: MLC-LLM drives them with Vulkan."""
    gpus = []
    for file in sorted((root / "sys/class/drm").glob("card*/device/mem_info_vram_total")):
        try:
            total = int(file.read_text())
            used = int(file.with_name("mem_info_vram_used").read_text())
        except (OSError, ValueError):
            continue  # no such figures on this card; vulkaninfo names it then
        gpus.append(Gpu(name="AMD GPU", api="vulkan", total=total, free=total - used))
    return tuple(gpus)


def apple(displays: str, memory: str) -> tuple[Gpu, ...]:
    """GPUs in the JSON of system_profiler; those of Apple silicon share the machine's ``memory`` (bytes, as text)."""
    shared = int(memory) if memory.strip().isdigit() else None
    gpus = []
    for card in json.loads(displays)["SPDisplaysDataType"]:
        name = str(card.get("sppci_model") or card.get("_name") or "GPU")
        own = re.match(r"(\d+)\s*(GB|MB)", str(card.get("spdisplays_vram") or ""))
        total = int(own[1]) << (30 if own[2] == "GB" else 20) if own else None
        if total is None and name.startswith("Apple") and shared is not None:
            total = int(shared * _APPLE_SHARE)
        gpus.append(Gpu(name=name, api="metal", total=total))
    return tuple(gpus)


def vulkan(text: str) -> tuple[Gpu, ...]:
    """GPUs in what ``vulkaninfo --summary`` prints; drivers that compute on the CPU are none."""
    gpus = []
    for block in re.split(r"^GPU\d+:\s*$", text, flags=re.MULTILINE)[1:]:
        values = dict(re.findall(r"^\s*(\w+)\s*=\s*(.+?)\s*$", block, flags=re.MULTILINE))
        if "deviceName" in values and not values.get("deviceType", "").endswith("_CPU"):
            gpus.append(Gpu(name=values["deviceName"], api="vulkan", driver=values.get("driverInfo", "")))
    return tuple(gpus)
