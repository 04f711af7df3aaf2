"""What runs on a node: an ordinary judge, as a Ray actor. Nothing here knows Ray."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.bench.cluster.shipment import unpack
from core.bench.datasets.prepared import dataset_in, prepared_folder
from core.bench.judge import Judge, Profile
from core.errors import SecondpassError
from core.sandbox import available_tier


class NodeJudge:
    """The judge of a node.

    Args:
        order: ``dataset`` (name, title, kind, digest), ``profile`` (the fields of ``Profile``), ``workers``.
    """

    def __init__(self, order: Mapping[str, Any]) -> None:
        self._order = order
        self._about = order["dataset"]
        self._judge: Judge | None = None
        self._over = asyncio.Event()

    async def has_data(self) -> bool:
        """Whether the data set is prepared here."""
        return (self._folder() / "index.json").is_file()

    async def take_data(self, packed: bytes) -> None:
        """Prepare it from what ``shipment.pack`` gave. Raises ValueError, OSError."""
        unpack(packed, self._folder())

    async def start(self, *, allow_weak: bool) -> dict[str, Any]:
        """Get ready, and say in what sandbox: ``sandbox``, its name, and ``weak``, None or why it is refused.

        Raises:
            SecondpassError: The data set cannot be used.
        """
        tier = available_tier()
        weak = None
        if not (tier.network_blocked and tier.writes_confined) and not allow_weak:
            weak = " ".join(tier.notes)
        else:
            dataset = dataset_in(self._folder(), source=self._folder(), **self._about)
            judge = Judge(
                dataset,
                profile=Profile(**self._order["profile"]),
                workers=self._order["workers"],
                layers=tier.layers,
            )
            self._judge = await judge.__aenter__()
        return {"sandbox": tier.name, "weak": weak}

    async def first_try(self, task: str, code: bytes) -> bytes | None:
        """``Judge.first_try``, with code in UTF-8 (lone surrogates too) and the verdict as JSON."""
        verdict = await self._ready().first_try(task, code.decode("utf-8", "surrogatepass"))
        return None if verdict is None else json.dumps(verdict.to_json()).encode("ascii")

    async def judge(self, task: str, code: bytes) -> bytes:
        """``Judge.judge`` in the same form."""
        verdict = await self._ready().judge(task, code.decode("utf-8", "surrogatepass"))
        return json.dumps(verdict.to_json()).encode("ascii")

    async def stay(self) -> None:
        """Returns when the judge has been ended: whoever waits for it hears of its death."""
        await self._over.wait()

    async def end(self) -> None:
        """End all processes that judge."""
        self._over.set()
        judge, self._judge = self._judge, None
        if judge is not None:
            await judge.__aexit__(None, None, None)

    def _ready(self) -> Judge:
        if self._judge is None:
            raise SecondpassError("This node's judge has ended.")
        return self._judge

    def _folder(self) -> Path:
        return prepared_folder(self._about["kind"], self._about["digest"])
