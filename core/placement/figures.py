"""What one model takes of memory: from its files on disk, or from the figures in models.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from core.placement.architecture import Architecture, Quantization, architecture, quantization, weights_bytes
from core.weights.on_disk import CACHES, folder_of, read_json

if TYPE_CHECKING:
    from core.config import ModelConfig

MIB = 1 << 20

_NO_LOGITS_OF_PROMPTS = ("llama",)
"""Families whose compiled library plans no memory for logits at every position of a chunk (batch_verify)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sizes of one model as MLC-LLM loads it.

    Attributes:
        weights: Bytes of all weights in GPU memory.
        shape: The model's architecture.
        float_bytes: Bytes of a number in the KV cache and in temporary buffers: 2 (f16) or 4 (f32).
        compiled_chunk: Tokens of a prefill chunk as the model's own configuration says.
        origin: Where the figures come from.
    """

    weights: int
    shape: Architecture
    float_bytes: int
    compiled_chunk: int
    origin: Literal["disk", "models.toml"]

    @property
    def kv_bytes_per_token(self) -> int:
        """2 x layers x KV heads x head dimension x bytes of a number."""
        return self.shape.kv_values_per_token() * self.float_bytes

    def kv_bytes(self, tokens: int) -> int:
        """The KV cache for ``tokens`` in all; MLC-LLM keeps another 1.25 bytes a token beside it."""
        return int(tokens * (self.kv_bytes_per_token + 1.25))

    def buffers(self, chunk: int, concurrency: int) -> int:
        """Bytes that are used besides weights and KV cache while ``concurrency`` requests run."""
        return self._activations(chunk) + self._workspace(chunk, concurrency)

    def claimed(self, chunk: int, concurrency: int) -> int:
        """Bytes besides weights and KV cache that MLC-LLM counts when it decides whether a model fits at all.

        It doubles the temporary buffers for safety, and counts those of functions that are never called here.
        """
        logits = 0 if self.shape.model_type in _NO_LOGITS_OF_PROMPTS else chunk * self.shape.vocab_size * 4
        return 2 * (self._activations(chunk) + logits) + self._workspace(max(chunk, self.compiled_chunk), concurrency)

    def _activations(self, chunk: int) -> int:
        # Not from MLC-LLM's source: the sizes that it reports for Llama-3-8B, Qwen3-1.7B (exactly) and for others
        # (within a fifth) follow it; see tests/core/placement/test_published_sizes.py.
        return chunk * self.float_bytes * (3 * self.shape.intermediate_size + 9 * self.shape.hidden_size)

    def _workspace(self, chunk: int, concurrency: int) -> int:
        """As EstimateMemoryUsageOnMode of MLC-LLM's cpp/serve/config.cc adds it up."""
        shape = self.shape
        queries, keys, width = shape.num_attention_heads, shape.num_key_value_heads, shape.head_dim
        cache = (concurrency + 1) * 88 + chunk * (queries + 1) * 8 + chunk * width * (queries + keys) * 4 + 48 * MIB
        model = chunk * 4 + concurrency * 4 + (chunk * 2 + concurrency) * width * queries * 2
        logits = concurrency * 20 + concurrency * shape.vocab_size * 16.125
        return int(cache + model + logits)


def figures_of(model: "ModelConfig", environ: Mapping[str, str]) -> Figures | None:
    """The sizes of a configured model; None where neither its files nor models.toml say enough.

    Looks at the disk.
    """
    if model.source is None or model.endpoint is not None:
        return None
    return _from_disk(folder_of(model.source, environ)) or _from_configuration(model)


def _from_disk(folder: Path) -> Figures | None:
    chat = read_json(folder / "mlc-chat-config.json")
    inner = chat.get("model_config")
    config: Mapping[str, Any] = inner if isinstance(inner, Mapping) else read_json(folder / "config.json")
    shape = architecture({"model_type": chat.get("model_type", ""), **config})
    stored = quantization(str(chat.get("quantization", ""))) or quantization(folder.name)
    weights = _listed_bytes(folder)
    if shape is None or stored is None or weights is None:
        return None
    chunk = config.get("prefill_chunk_size")
    return Figures(
        weights=weights,
        shape=shape,
        float_bytes=stored.float_bytes,
        compiled_chunk=chunk if type(chunk) is int and chunk > 0 else _chunk_of(shape),
        origin="disk",
    )


def _listed_bytes(folder: Path) -> int | None:
    """Bytes of the weights in memory. The shards of 32-bit weights are stored as bf16, so their sizes say less."""
    for name in CACHES:
        listed = read_json(folder / name)
        metadata = listed.get("metadata")
        total = metadata.get("ParamBytes") if isinstance(metadata, Mapping) else None
        if isinstance(total, int | float) and total > 0:
            return int(total)
        records = listed.get("records")
        if isinstance(records, list) and records:
            try:
                return sum(int(each["nbytes"]) for each in records)
            except (KeyError, TypeError, ValueError):
                return None
    return None


def _from_configuration(model: "ModelConfig") -> Figures | None:
    if model.architecture is None:
        return None
    shape = architecture(model.architecture.model_dump())
    stored: Quantization | None = quantization(model.source or "")
    if shape is None or stored is None:
        return None
    weights = weights_bytes(shape, stored)
    if weights is None and model.weights_gib is not None:
        weights = int(model.weights_gib * 2**30)
    if weights is None:
        return None
    return Figures(
        weights=weights,
        shape=shape,
        float_bytes=stored.float_bytes,
        compiled_chunk=_chunk_of(shape),
        origin="models.toml",
    )


def _chunk_of(shape: Architecture) -> int:
    """What MLC-LLM compiles with where nothing is said (python/mlc_llm/model/*/…_model.py)."""
    return 2048 if shape.model_type == "qwen3" else 8192
