"""The memory that models can be placed in: GPUs as MLC-LLM numbers them, or main memory."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.hardware.asking import in_thread
from core.hardware.gpus import Gpu, find_gpus
from core.hardware.memory import main_memory

UTILIZATION = 0.85
"""Part of a card's memory that MLC-LLM takes at most (its gpu_memory_utilization)."""

RUNTIME = 1 << 29
"""Bytes that a process takes of a card besides what it allocates (a CUDA context, its kernels): an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One place for models. Sizes in bytes; ``free`` is None where nobody says.

    ``device`` is MLC-LLM's name for it, such as ``cuda:0``.
    """

    device: str
    name: str
    total: int
    free: int | None = None

    @property
    def limit(self) -> int:
        """What MLC-LLM takes at most."""
        return int(self.total * UTILIZATION)

    def usable(self, engines: int) -> int:
        """What ``engines`` of ours may allocate together: what is free now, and no more than MLC-LLM takes."""
        return self.limit if self.free is None else max(0, min(self.limit, self.free - engines * RUNTIME))


def cards_of(gpus: Sequence[Gpu], environ: Mapping[str, str]) -> tuple[Card, ...]:
    """The cards that one MLC-LLM can use: those of one kind, the kind with the most memory.

    GPUs that do not say their size are left out; so are NVIDIA ones that CUDA_VISIBLE_DEVICES hides.
    """
    kinds: dict[str, list[tuple[int, Gpu]]] = {}
    for gpu in gpus:
        listed = kinds.setdefault(gpu.api, [])
        listed.append((len(listed), gpu))
    if "cuda" in kinds:
        kinds["cuda"] = _visible(kinds["cuda"], environ.get("CUDA_VISIBLE_DEVICES"))
    made = [
        tuple(
            Card(device=f"{api}:{number}", name=gpu.name, total=gpu.total, free=gpu.free)
            for number, gpu in listed
            if gpu.total is not None
        )
        for api, listed in kinds.items()
    ]
    return max(made, key=lambda cards: sum(card.total for card in cards), default=())


def _visible(gpus: list[tuple[int, Gpu]], setting: str | None) -> list[tuple[int, Gpu]]:
    """The GPUs in the order and with the numbers that CUDA gives them; other names than numbers say nothing here."""
    if setting is None:
        return gpus
    wanted = [each.strip() for each in setting.split(",")]
    if wanted[0] in ("", "-1"):  # none at all
        return []
    if not all(each.isdigit() for each in wanted):
        return gpus
    by_number = dict(gpus)
    chosen = [by_number[int(each)] for each in wanted if int(each) in by_number]
    return list(enumerate(chosen))


def main_memory_card() -> Card | None:
    """Main memory as a place for models that run on the CPU; None where the platform does not say."""
    try:
        memory = main_memory()
    except (OSError, ValueError, KeyError):
        return None
    return Card(device="cpu:0", name="main memory", total=memory.total, free=memory.available)


async def find_cards(environ: Mapping[str, str]) -> tuple[Card, ...]:
    """All places for models on this machine: its GPUs, then main memory."""
    gpus = await find_gpus(sys.platform)
    memory = await in_thread(main_memory_card)
    return (*cards_of(gpus.found, environ), *(() if memory is None else (memory,)))


def planned_cards(sizes: Sequence[float]) -> tuple[Card, ...]:
    """Cards of another machine, of ``sizes`` GiB each, with nothing else on them."""
    return tuple(
        Card(device=f"cuda:{number}", name=f"a card of {size:g} GiB", total=int(size * 2**30))
        for number, size in enumerate(sizes)
    )
