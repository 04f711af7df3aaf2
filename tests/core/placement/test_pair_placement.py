"""An opened pair starts its engines as planned: device, context, cache, requests side by side; or not at all."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.config import load_configuration
from core.engines.pair import EnginePair, open_pair
from core.engines.protocol import Phase
from core.errors import EngineError
from tests.standins.running import FAKE_MLC

SHAPE = {
    "hidden_size": 4096,
    "intermediate_size": 12288,
    "num_attention_heads": 32,
    "num_hidden_layers": 36,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 151936,
    "prefill_chunk_size": 2048,
}
GIB = 2**30
Cards = Callable[..., None]


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    """``cards(8, 8)``: from now on nvidia-smi shows cards of these sizes in GiB; nothing else on them."""
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def show(*sizes: float) -> None:
        rows = "\n".join(f"Card, {int(size * 1024)}, {int(size * 1024)}, 580.1" for size in sizes)
        script = tools / "nvidia-smi"
        script.write_text(f"#!/bin/sh\ncat <<'ROWS'\n{rows}\nROWS\n")
        script.chmod(0o755)

    return show


@pytest.fixture
def open_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., EnginePair]:
    """``open_here(placement=..., weights=(GiB, GiB))``: a pair of two models on disk, served by the stand-in."""
    monkeypatch.setenv("MLC_LLM_HOME", str(tmp_path / "mlc-home"))
    monkeypatch.setenv("SECONDPASS_HOME", str(tmp_path / "home"))

    def make(*, placement: str = "auto", weights: tuple[float, float] = (4, 4), models: str = "") -> EnginePair:
        text = f'[pairs.mine]\ncoder = "coder"\nreviewer = "reviewer"\nplacement = "{placement}"\n'
        for name, size in zip(("coder", "reviewer"), weights, strict=True):
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            chat = {"model_type": "qwen3", "quantization": "q4f16_1", "model_config": SHAPE}
            (folder / "mlc-chat-config.json").write_text(json.dumps(chat))
            (folder / "tensor-cache.json").write_text(json.dumps({"metadata": {"ParamBytes": int(size * GIB)}}))
            (folder / "standin.json").write_text(json.dumps({"record": str(tmp_path / f"{name}.seen")}))
            text += f'[models.{name}]\nsource = "{folder}"\ncontext = 8192\nmax_tokens = 2048\n{models}'
        file = tmp_path / "models.toml"
        file.write_text(text)
        return open_pair(load_configuration(file).pair("mine"), mlc=FAKE_MLC)

    return make


def seen(tmp_path: Path, name: str) -> tuple[str, dict[str, int]]:
    """The device that the stand-in was given, and its overrides."""
    found: dict[str, Any] = json.loads((tmp_path / f"{name}.seen").read_text())
    overrides = dict(each.split("=") for each in found["overrides"].split(";"))
    return found["device"], {key: int(value) for key, value in overrides.items()}


async def test_one_card_each_where_there_are_two(
    tmp_path: Path, cards: Cards, open_here: Callable[..., EnginePair]
) -> None:
    cards(12, 8)
    pair = open_here(weights=(4, 6))
    await asyncio.gather(pair.start("coder"), pair.start("reviewer"))
    assert pair.plan is not None
    assert pair.plan.placement == "split"
    for name in ("coder", "reviewer"):
        seat = pair.plan.seat(name)
        device, overrides = seen(tmp_path, name)
        assert seat is not None
        assert device == seat.card.device
        assert overrides == {
            "context_window_size": 8192,
            "max_num_sequence": seat.concurrency,
            "max_total_seq_length": seat.total_tokens,
            "prefill_chunk_size": seat.chunk,
        }
    assert seen(tmp_path, "coder")[0] == "cuda:1"
    assert seen(tmp_path, "reviewer")[0] == "cuda:0"
    await pair.close()


async def test_one_at_a_time_where_both_are_too_large(cards: Cards, open_here: Callable[..., EnginePair]) -> None:
    cards(8)
    pair = open_here()
    coder = await pair.start("coder")
    reviewer = await pair.start("reviewer")
    assert pair.plan is not None
    assert pair.plan.placement == "swap"
    assert (coder.status.phase, reviewer.status.phase) == (Phase.STOPPED, Phase.READY)
    await pair.close()


async def test_both_stay_where_they_fit(cards: Cards, open_here: Callable[..., EnginePair]) -> None:
    cards(24)
    pair = open_here()
    coder = await pair.start("coder")
    reviewer = await pair.start("reviewer")
    assert (coder.status.phase, reviewer.status.phase) == (Phase.READY, Phase.READY)
    assert pair.plan is not None
    assert pair.plan.placement == "resident"
    await pair.close()


async def test_nothing_starts_that_cannot_fit_and_the_next_try_looks_again(
    tmp_path: Path, cards: Cards, open_here: Callable[..., EnginePair]
) -> None:
    cards(4)
    pair = open_here()
    with pytest.raises(EngineError, match="does not fit into the memory that is free here"):
        await pair.start("coder")
    assert not (tmp_path / "coder.seen").exists()
    cards(24)
    await pair.start("coder")
    assert pair.plan is not None
    await pair.close()


async def test_a_plan_holds_while_an_engine_is_alive(cards: Cards, open_here: Callable[..., EnginePair]) -> None:
    cards(24)
    pair = open_here()
    await pair.start("coder")
    first = pair.plan
    # What the first engine takes is missing from what is free now: that must not change where the second one goes.
    cards(1)
    await pair.start("reviewer")
    assert pair.plan is first
    await pair.close()
    with pytest.raises(EngineError, match="does not fit"):
        await pair.start("coder")


async def test_a_named_placement_that_cannot_be_is_refused(cards: Cards, open_here: Callable[..., EnginePair]) -> None:
    cards(8)
    pair = open_here(placement="resident")
    with pytest.raises(EngineError, match=r'set placement = "swap"'):
        await pair.start("coder")
    await pair.close()


async def test_weights_of_another_revision_are_not_loaded(
    tmp_path: Path, cards: Cards, open_here: Callable[..., EnginePair]
) -> None:
    cards(24)
    pair = open_here(models=f'revision = "{"a" * 12}"\n')
    with pytest.raises(EngineError, match="is a folder whose commit is not known"):
        await pair.start("coder")
    (tmp_path / "coder/.secondpass-revision").write_text("b" * 40)
    with pytest.raises(EngineError, match=f"pins coder to revision {'a' * 12}, but .* is at commit {'b' * 12}"):
        await pair.start("coder")
    (tmp_path / "coder/.secondpass-revision").write_text("a" * 40)
    await pair.start("coder")
    await pair.close()


async def test_without_any_gpu_the_models_start_as_configured(
    tmp_path: Path, open_here: Callable[..., EnginePair], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.placement.decision.find_cards", no_cards)
    pair = open_here()
    await pair.start("coder")
    device, overrides = seen(tmp_path, "coder")
    assert device == "auto"
    assert overrides == {"context_window_size": 8192, "max_num_sequence": 1, "max_total_seq_length": 8352}
    await pair.close()


async def no_cards(_environ: object) -> tuple[()]:
    return ()
