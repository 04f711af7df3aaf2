"""Which placement is chosen, with which sizes, and what a refusal says."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.config import Configuration, load_configuration
from core.hardware.gpus import Gpu
from core.placement.cards import Card, cards_of, planned_cards
from core.placement.decision import Plan, largest_fitting, plan_on
from core.placement.explanation import lines, plan_json, summary
from core.placement.plan import Seat

GIB = 2**30
NOWHERE = {"MLC_LLM_HOME": "/nowhere"}
MEMORY = Card(device="cpu:0", name="main memory", total=32 * GIB, free=30 * GIB)


def configured(tmp_path: Path, text: str = "") -> Configuration:
    file = tmp_path / "models.toml"
    file.write_text(text)
    return load_configuration(file)


def plan_for(configuration: Configuration, pair: str, *cards: float) -> Plan:
    return plan_on(configuration, configuration.pair(pair), (*planned_cards(cards), MEMORY), NOWHERE)


@pytest.mark.parametrize(
    ("pair", "cards", "placement"),
    [
        ("paper", [48], "resident"),
        ("paper", [24, 24], "split"),
        ("paper", [24], "swap"),
        ("gpu-24gb", [24], "resident"),
        ("gpu-12gb", [12], "resident"),
        ("gpu-8gb", [8], "resident"),
        ("gpu-24gb", [16], "swap"),
        ("gpu-12gb", [8, 8], "split"),
        # A second card that is too small for either model is no reason to move one there.
        ("gpu-24gb", [48, 2], "resident"),
    ],
)
def test_auto_follows_the_memory(pair: str, cards: list[float], placement: str) -> None:
    plan = plan_for(load_configuration(), pair, *cards)
    assert (plan.placement, plan.problem) == (placement, "")
    devices = {seat.card.device for seat in plan.seats}
    assert len(devices) == (2 if placement == "split" else 1)


def within_limits(plan: Plan) -> None:
    for card in plan.cards:
        seats = [seat for seat in plan.seats if seat.card == card]
        alive = [[seat] for seat in seats] if plan.placement == "swap" else [seats]
        for together in alive:
            assert sum(seat.bytes for seat in together) <= 0.85 * card.total
    for seat in plan.seats:
        figures = seat.demand.figures
        # What MLC-LLM itself checks before it loads a model, its buffers doubled.
        assert figures.weights + figures.claimed(seat.chunk, seat.concurrency) < 0.85 * seat.card.total
        assert seat.total_tokens >= seat.demand.context + 160 * seat.concurrency


@pytest.mark.parametrize("pair", ["paper", "gpu-24gb", "gpu-12gb", "gpu-8gb"])
@pytest.mark.parametrize("cards", [[8], [10], [12], [16], [24], [24, 24], [12, 24], [48], [80], [141], [8, 8, 8, 8]])
def test_no_plan_exceeds_a_card_or_falls_short_of_the_margin(pair: str, cards: list[float]) -> None:
    plan = plan_for(load_configuration(), pair, *cards)
    assert bool(plan.problem) == (plan.placement is None)
    within_limits(plan)


def test_the_32_billion_model_reads_prompts_in_smaller_pieces_on_a_24_gib_card() -> None:
    # With 2048 tokens at a time MLC-LLM claims more than 85 % of the card and never becomes ready.
    plan = plan_for(load_configuration(), "paper", 24, 24)
    reviewer = plan.seat("reviewer")
    assert reviewer is not None
    assert reviewer.chunk == 1024
    figures = reviewer.demand.figures
    assert figures.weights + figures.claimed(2048, 1) > reviewer.card.limit


def test_the_larger_model_goes_to_the_larger_card() -> None:
    plan = plan_for(load_configuration(), "paper", 16, 24)
    coder, reviewer = plan.seat("coder"), plan.seat("reviewer")
    assert coder is not None
    assert reviewer is not None
    assert (coder.card.device, reviewer.card.device) == ("cuda:0", "cuda:1")
    other = plan_for(load_configuration(), "paper", 24, 16)
    assert [seat.card.device for seat in other.seats] == ["cuda:1", "cuda:0"]


def test_more_memory_is_used_for_more_requests_side_by_side() -> None:
    least = [plan_for(load_configuration(), "paper", size).seats for size in (40, 48, 80, 141)]
    numbers = [min((seat.concurrency for seat in seats), default=0) for seats in least]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 16


def test_a_named_placement_is_obeyed_or_refused_with_what_would_help(tmp_path: Path) -> None:
    configuration = configured(tmp_path, '[pairs.paper]\nplacement = "resident"\n')
    plan = plan_for(configuration, "paper", 24)
    assert plan.placement is None
    assert plan.refusal.startswith(
        "The pair paper does not fit into the memory that is free here: resident (on one card) lacks 10.4"
    )
    assert 'set placement = "swap" (one model at a time)' in plan.refusal
    assert "--pair gpu-24gb" in plan.refusal
    assert plan_for(configuration, "paper", 48).placement == "resident"
    assert plan_for(configuration, "paper", 24, 48).placement == "resident"
    swapped = configured(tmp_path, '[pairs.gpu-8gb]\nplacement = "swap"\n')
    assert plan_for(swapped, "gpu-8gb", 48).placement == "swap"
    split = configured(tmp_path, '[pairs.gpu-8gb]\nplacement = "split"\n')
    assert "split (one card each) is impossible, there is one card" in plan_for(split, "gpu-8gb", 48).refusal


def test_a_smaller_context_is_proposed_and_then_fits(tmp_path: Path) -> None:
    both = "[models.{}]\ncontext = {}\nmax_tokens = 1024\n"
    names = ("qwen2_5-coder-7b", "qwen3-14b")
    plan = plan_for(configured(tmp_path, "".join(both.format(name, 40960) for name in names)), "gpu-24gb", 12)
    contexts = [attempt.context for attempt in plan.tried if attempt.context is not None]
    assert contexts
    (proposal,) = [each for each in plan.remedies if "context" in each]
    assert f"a context of {max(contexts)} tokens or less" in proposal
    smaller = configured(tmp_path, "".join(both.format(name, max(contexts)) for name in names))
    assert not plan_for(smaller, "gpu-24gb", 12).problem


def test_other_programs_on_the_card_count() -> None:
    configuration = load_configuration()
    pair = configuration.pair("gpu-12gb")
    empty = Card(device="cuda:0", name="GPU", total=12 * GIB, free=12 * GIB)
    busy = Card(device="cuda:0", name="GPU", total=12 * GIB, free=8 * GIB)
    full = Card(device="cuda:0", name="GPU", total=12 * GIB, free=1 * GIB)
    assert plan_on(configuration, pair, (empty,), NOWHERE).placement == "resident"
    assert plan_on(configuration, pair, (busy,), NOWHERE).placement == "swap"
    refused = plan_on(configuration, pair, (full,), NOWHERE)
    assert "free the GPU of other programs" in refused.remedies
    # Two engines are two processes, each of which takes some of the card for itself.
    assert busy.usable(2) == 7 * GIB


def test_a_device_that_is_named_is_the_place(tmp_path: Path) -> None:
    configuration = configured(tmp_path, '[models.qwen3-4b]\ndevice = "cuda:1"\n')
    plan = plan_for(configuration, "gpu-8gb", 24, 24)
    reviewer = plan.seat("reviewer")
    assert reviewer is not None
    assert reviewer.card.device == "cuda:1"
    absent = configured(tmp_path, '[models.qwen3-4b]\ndevice = "cuda:3"\n')
    assert plan_for(absent, "gpu-8gb", 24, 24).placement is None
    # A card that another interface drives has memory that nobody asked about.
    vulkan = configured(tmp_path, '[models.qwen3-4b]\ndevice = "vulkan"\n')
    assert "vulkan" in plan_for(vulkan, "gpu-8gb", 24).unchecked


def test_models_on_the_cpu_are_placed_in_main_memory() -> None:
    plan = plan_for(load_configuration(), "cpu", 24)
    assert plan.placement == "resident"
    assert {seat.card.device for seat in plan.seats} == {"cpu:0"}
    assert {seat.concurrency for seat in plan.seats} == {1}
    small = Card(device="cpu:0", name="main memory", total=4 * GIB, free=3 * GIB)
    configuration = load_configuration()
    refused = plan_on(configuration, configuration.pair("cpu"), (small,), NOWHERE)
    assert refused.placement in ("swap", None)


def test_without_a_gpu_or_figures_nothing_is_refused(tmp_path: Path) -> None:
    plan = plan_for(load_configuration(), "paper")
    assert (plan.placement, plan.problem) == ("resident", "")
    assert "no GPU" in plan.unchecked
    text = '[models.mine]\nsource = "HF://me/Mine-q4f16_1-MLC"\n[pairs.mine]\ncoder = "mine"\nreviewer = "mine"\n'
    text += 'placement = "swap"\n'
    unknown = plan_for(configured(tmp_path, text), "mine", 8)
    assert (unknown.placement, unknown.seats) == ("swap", ())
    assert "sizes of mine are not known" in summary(unknown)


def test_a_pair_whose_models_run_elsewhere_has_nothing_to_plan(tmp_path: Path) -> None:
    assert plan_for(load_configuration(), "demo", 8).placement is None
    text = '[endpoints.lab]\nbase_url = "http://127.0.0.1:9/v1"\n[models.qwen3-32b]\nendpoint = "lab"\n'
    plan = plan_for(configured(tmp_path, text), "paper", 16)
    # The coder alone: both of its arrangements are the same one.
    assert [seat.demand.role for seat in plan.seats] == ["coder"]
    assert "The pair paper fits: coder" in summary(plan)
    swapped = text + '[pairs.paper]\nplacement = "swap"\n'
    assert plan_for(configured(tmp_path, swapped), "paper", 16).placement == "resident"


def on_disk(home: Path, name: str, *, listing: str = "tensor-cache.json", weights: int, **config: Any) -> None:
    folder = home / "model_weights/hf/me" / name
    folder.mkdir(parents=True)
    shape = {
        "hidden_size": 1024,
        "intermediate_size": 3072,
        "num_attention_heads": 16,
        "num_hidden_layers": 28,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "vocab_size": 151936,
        "prefill_chunk_size": 2048,
        **config,
    }
    chat = {"model_type": "qwen3", "quantization": "q4f16_1", "model_config": shape}
    (folder / "mlc-chat-config.json").write_text(json.dumps(chat))
    records = [{"dataPath": "params_shard_0.bin", "nbytes": weights // 2}]
    metadata = {"metadata": {"ParamBytes": weights}} if listing == "tensor-cache.json" else {}
    (folder / listing).write_text(json.dumps({**metadata, "records": records}))


@pytest.mark.parametrize(
    ("listing", "weights"), [("tensor-cache.json", 3_000_000_000), ("ndarray-cache.json", 1_500_000_000)]
)
def test_files_on_disk_say_the_sizes(tmp_path: Path, listing: str, weights: int) -> None:
    # 32-bit weights are stored as bf16: the shards are half of what is loaded, and ParamBytes says so.
    on_disk(tmp_path, "Mine-MLC", listing=listing, weights=3_000_000_000, num_key_value_heads=4)
    text = '[models.mine]\nsource = "HF://me/Mine-MLC"\n[pairs.mine]\ncoder = "mine"\nreviewer = "mine"\n'
    configuration = configured(tmp_path, text)
    plan = plan_on(configuration, configuration.pair("mine"), planned_cards([24]), {"MLC_LLM_HOME": str(tmp_path)})
    seat = plan.seat("coder")
    assert seat is not None
    figures = seat.demand.figures
    assert (figures.origin, figures.weights) == ("disk", weights)
    assert figures.kv_bytes_per_token == 2 * 28 * 4 * 128 * 2


def test_a_given_library_decides_about_the_prefill_chunk(tmp_path: Path) -> None:
    (tmp_path / "lib.so").touch()
    configuration = configured(tmp_path, '[models.qwen3-4b]\nmodel_lib = "lib.so"\n')
    seat = plan_for(configuration, "gpu-8gb", 24).seat("reviewer")
    assert seat is not None
    assert seat.demand.fixed_chunk
    assert seat.chunk == seat.demand.figures.compiled_chunk


def test_the_largest_pair_that_stays_loaded_is_recommended() -> None:
    configuration = load_configuration()
    suits = [
        largest_fitting(configuration, planned_cards(cards), NOWHERE) for cards in ([4], [8], [12], [24], [24, 24])
    ]
    assert suits == [None, "gpu-8gb", "gpu-12gb", "gpu-24gb", "paper"]


def test_cards_have_the_numbers_that_cuda_gives_them() -> None:
    small = Gpu(name="Small", api="cuda", total=8 * GIB, free=7 * GIB)
    big = Gpu(name="Big", api="cuda", total=24 * GIB, free=23 * GIB)
    silent = Gpu(name="GB10", api="cuda")
    other = Gpu(name="Radeon", api="rocm", total=16 * GIB)
    assert [(card.device, card.name) for card in cards_of((small, silent, big, other), {})] == [
        ("cuda:0", "Small"),
        ("cuda:2", "Big"),
    ]
    hidden = cards_of((small, big), {"CUDA_VISIBLE_DEVICES": "1"})
    assert [(card.device, card.name) for card in hidden] == [("cuda:0", "Big")]
    assert len(cards_of((small, big), {"CUDA_VISIBLE_DEVICES": "GPU-8932f937"})) == 2
    assert cards_of((small, big), {"CUDA_VISIBLE_DEVICES": ""}) == ()


def test_the_explanation_has_every_figure() -> None:
    told = "\n".join(lines(plan_for(load_configuration(), "paper", 24, 24)))
    for said in (
        "weights 17.16 GiB, figures from models.toml (not on disk)",
        "10400 tokens of 256 KiB (2 x 64 layers x 8 KV heads x 128 x 2 bytes)",
        "cuda:1: a card of 24 GiB, 24.00 GiB; usable 20.40 GiB",
        "Not possible: resident (both models on one card) lacks 10.4",
        "Also possible: swap (one model at a time)",
    ):
        assert said in told


def test_the_json_has_bytes_that_add_up() -> None:
    document = json.loads(json.dumps(plan_json(plan_for(load_configuration(), "paper", 24, 24))))
    assert (document["pair"], document["asked"], document["placement"], document["fits"]) == (
        "paper",
        "auto",
        "split",
        True,
    )
    for engine in document["engines"]:
        sizes = engine["bytes"]
        assert sizes["total"] == sizes["weights"] + sizes["kv_cache"] + sizes["buffers"]
    assert [each["placement"] for each in document["tried"]] == ["resident", "split", "swap"]
    refused = plan_json(plan_for(load_configuration(), "paper", 8))
    assert (refused["fits"], refused["placement"], refused["engines"]) == (False, None, [])
    assert plan_json(plan_for(load_configuration(), "demo", 8))["fits"] is None


def test_a_request_may_always_have_the_whole_context() -> None:
    plan = plan_for(load_configuration(), "gpu-24gb", 24)
    for seat in plan.seats:
        assert isinstance(seat, Seat)
        assert seat.total_tokens >= seat.demand.context
        assert seat.total_tokens >= seat.concurrency * min(seat.demand.context, seat.demand.max_tokens + 2048)
