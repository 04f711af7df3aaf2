"""The planner's sizes against those that follow from published configurations, and those MLC-LLM itself printed."""

from typing import Any

import pytest

from core.config import load_configuration
from core.placement.architecture import Architecture, architecture, quantization, weights_bytes
from core.placement.figures import Figures, figures_of
from tests.core.placement.published import (
    CONFIGS,
    PARAMETERS,
    REPORTED_WEIGHTS_MIB,
    WEB_LLM_TOTAL_MIB,
)

MIB = 2**20

SHIPPED = {
    "qwen2_5-coder-14b": "Qwen2.5-Coder-14B",
    "qwen2_5-coder-7b": "Qwen2.5-Coder-7B",
    "qwen2_5-coder-3b": "Qwen2.5-Coder-3B",
    "qwen2_5-coder-1_5b": "Qwen2.5-Coder-1.5B",
    "qwen2_5-coder-0_5b-f32": "Qwen2.5-Coder-0.5B",
    "qwen3-32b": "Qwen3-32B",
    "qwen3-14b": "Qwen3-14B",
    "qwen3-8b": "Qwen3-8B",
    "qwen3-4b": "Qwen3-4B",
    "qwen3-0_6b-f32": "Qwen3-0.6B",
}


def counted(config: dict[str, Any]) -> tuple[int, int]:
    """(quantised, not quantised) parameters, tensor by tensor with the names of Hugging Face's checkpoints."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    wide = config["num_attention_heads"] * config["head_dim"]
    narrow = config["num_key_value_heads"] * config["head_dim"]
    quantised = {"embed_tokens": config["vocab_size"] * hidden}
    plain = {"norm": hidden}
    if not config["tie_word_embeddings"]:
        quantised["lm_head"] = config["vocab_size"] * hidden
    for layer in range(config["num_hidden_layers"]):
        quantised |= {
            f"{layer}.q_proj": hidden * wide,
            f"{layer}.k_proj": hidden * narrow,
            f"{layer}.v_proj": hidden * narrow,
            f"{layer}.o_proj": wide * hidden,
            f"{layer}.gate_proj": hidden * inner,
            f"{layer}.up_proj": hidden * inner,
            f"{layer}.down_proj": inner * hidden,
        }
        plain |= {f"{layer}.input_layernorm": hidden, f"{layer}.post_attention_layernorm": hidden}
        if config["model_type"] == "qwen2":
            plain |= {f"{layer}.q_bias": wide, f"{layer}.k_bias": narrow, f"{layer}.v_bias": narrow}
        if config["model_type"] == "qwen3":
            plain |= {f"{layer}.q_norm": config["head_dim"], f"{layer}.k_norm": config["head_dim"]}
    return sum(quantised.values()), sum(plain.values())


def shape_of(name: str) -> Architecture:
    shape = architecture(CONFIGS[name])
    assert shape is not None
    return shape


def figures(name: str, stored: str = "q4f16_1") -> Figures:
    shape, kind = shape_of(name), quantization(stored)
    assert kind is not None
    weights = weights_bytes(shape, kind)
    assert weights is not None
    return Figures(weights=weights, shape=shape, float_bytes=kind.float_bytes, compiled_chunk=1024, origin="disk")


@pytest.mark.parametrize("name", CONFIGS)
def test_weights_follow_from_the_published_configuration(name: str) -> None:
    quantised, plain = counted(CONFIGS[name])
    assert (quantised + plain) / 1e9 == pytest.approx(PARAMETERS[name], rel=0.02)
    assert shape_of(name).parameters() == quantised + plain
    # Four bits a weight, and two bytes of scale for each group of 32.
    assert figures(name).weights == pytest.approx(quantised * 4.5 / 8 + plain * 2, rel=0.0005)
    assert figures(name, "q0f16").weights == (quantised + plain) * 2
    assert figures(name, "q0f32").weights == (quantised + plain) * 4


@pytest.mark.parametrize("name", CONFIGS)
def test_the_kv_cache_follows_from_the_published_configuration(name: str) -> None:
    config = CONFIGS[name]
    numbers = 2 * config["num_hidden_layers"] * config["num_key_value_heads"] * config["head_dim"]
    assert figures(name).kv_bytes_per_token == numbers * 2
    assert figures(name, "q0f32").kv_bytes_per_token == numbers * 4
    # MLC-LLM's own estimate has another 1.25 bytes a token (cpp/serve/config.cc).
    assert figures(name).kv_bytes(10_000) == pytest.approx(10_000 * numbers * 2, rel=0.0005)


@pytest.mark.parametrize("name", REPORTED_WEIGHTS_MIB)
def test_weights_are_what_mlc_llm_printed(name: str) -> None:
    assert figures(name).weights / MIB == pytest.approx(REPORTED_WEIGHTS_MIB[name], abs=0.01)


@pytest.mark.parametrize("name", WEB_LLM_TOTAL_MIB)
def test_weights_cache_and_buffers_together_are_what_web_llm_publishes(name: str) -> None:
    model = figures(name)
    logits = 0 if name.startswith("Llama") else 1024 * model.shape.vocab_size * 4
    buffers = 1024 * 2 * (3 * model.shape.intermediate_size + 9 * model.shape.hidden_size) + logits
    assert (model.weights + model.kv_bytes(4096) + buffers) / MIB == pytest.approx(WEB_LLM_TOTAL_MIB[name], rel=0.02)


def test_what_mlc_llm_claims_is_what_it_printed_for_llama() -> None:
    # Llama-3-8B, four sequences, a chunk of 1024: "Estimated total single GPU memory usage: 5736.325 MB (Parameters:
    # 4308.133 MB. KVCache: 1092.268 MB. Temporary buffer: 335.925 MB)", with 8192 tokens of cache.
    model = figures("Llama-3.1-8B")
    total = model.weights + model.kv_bytes(8192) + model.claimed(1024, 4)
    assert total / MIB == pytest.approx(5736.325, abs=0.5)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_models_say_what_was_published(name: str) -> None:
    config = load_configuration().models[name]
    assert config.architecture is not None
    assert architecture(config.architecture.model_dump()) == shape_of(SHIPPED[name])
    found = figures_of(config, {"MLC_LLM_HOME": "/nowhere"})
    assert found is not None
    assert (found.origin, found.weights) == (
        "models.toml",
        figures(SHIPPED[name], "q0f32" if "f32" in name else "q4f16_1").weights,
    )
    assert config.weights_gib == pytest.approx(found.weights / 2**30, abs=0.05)


def test_three_bit_weights_and_unquantised_embeddings() -> None:
    # 40 weights share 16 bytes of packed values and a 2-byte scale; a row is padded to whole groups.
    three = quantization("Some-Model-q3f16_1-MLC")
    assert three is not None
    assert three.bytes_of(10, 4096) == 10 * 103 * 18
    shape = shape_of("Qwen3-4B")
    two, one = quantization("q4f16_2"), quantization("q4f16_1")
    assert two is not None
    assert one is not None
    embedding = shape.vocab_size * shape.hidden_size
    more = (weights_bytes(shape, two) or 0) - (weights_bytes(shape, one) or 0)
    assert more == embedding * 2 - one.bytes_of(shape.vocab_size, shape.hidden_size)


@pytest.mark.parametrize("text", ["e4m3_e4m3_f16", "q4f16_autoawq", "", "qwen3-32b", "q8f16_9"])
def test_a_quantisation_that_is_not_known_gives_no_size(text: str) -> None:
    assert quantization(text) is None


@pytest.mark.parametrize(
    "change",
    [
        {"num_hidden_layers": None},
        {"hidden_size": "4096"},
        {"vocab_size": -1},
        {"num_attention_heads": 0},
        {"kv_lora_rank": 512},
    ],
)
def test_a_configuration_that_says_too_little_gives_no_shape(change: dict[str, Any]) -> None:
    assert architecture({**CONFIGS["Qwen3-4B"], **change}) is None


def test_parameters_of_other_families_are_not_guessed() -> None:
    shape = architecture({**CONFIGS["Qwen3-4B"], "model_type": "qwen3_moe"})
    kind = quantization("q4f16_1")
    assert shape is not None
    assert kind is not None
    assert shape.parameters() is None
    assert weights_bytes(shape, kind) is None
