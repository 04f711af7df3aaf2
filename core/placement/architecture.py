"""The numbers of a model's published configuration, and the sizes that follow from them.

Names are those of Hugging Face's config.json, which MLC-LLM repeats in mlc-chat-config.json under ``model_config``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_QUANTIZATION = re.compile(r"q(?P<bits>[034])(?P<float>b?f16|f32)(?:_(?P<kind>[012]))?")
_GROUPS = {3: (40, 16), 4: (32, 16)}
"""Bits of a weight: (weights that share a scale, bytes of their packed values). Three-bit weights are packed ten to
a 32-bit word. Source: python/mlc_llm/quantization/quantization.py and group_quantization.py of MLC-LLM."""

_DENSE = ("qwen2", "qwen3", "llama", "mistral")
"""Families whose parameters are counted here; the sizes of others come from their files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A decoder's shape. ``model_type`` is the family, such as "qwen3"."""

    model_type: str
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    vocab_size: int
    tie_word_embeddings: bool = False

    def kv_values_per_token(self) -> int:
        """Numbers that the KV cache keeps for each token: a key and a value per layer and KV head."""
        return 2 * self.num_hidden_layers * self.num_key_value_heads * self.head_dim

    def matrices(self) -> Iterator[tuple[int, int]]:
        """(rows, columns) of every weight matrix, embeddings included. Only of the families that are counted here."""
        queries, keys = self.num_attention_heads * self.head_dim, self.num_key_value_heads * self.head_dim
        yield from self.embeddings()
        for _ in range(self.num_hidden_layers):
            yield queries + 2 * keys, self.hidden_size
            yield self.hidden_size, queries
            yield 2 * self.intermediate_size, self.hidden_size
            yield self.hidden_size, self.intermediate_size

    def embeddings(self) -> Iterator[tuple[int, int]]:
        """The token embedding and, unless it shares that one's weights, the output layer."""
        for _ in range(1 if self.tie_word_embeddings else 2):
            yield self.vocab_size, self.hidden_size

    def vectors(self) -> int:
        """Numbers in norms and biases, which are never quantised."""
        layer = 2 * self.hidden_size
        if self.model_type == "qwen2":  # a bias on queries, keys and values
            layer += (self.num_attention_heads + 2 * self.num_key_value_heads) * self.head_dim
        if self.model_type == "qwen3":  # q_norm and k_norm
            layer += 2 * self.head_dim
        return layer * self.num_hidden_layers + self.hidden_size

    def parameters(self) -> int | None:
        """How many parameters there are; None for a family that is not counted here."""
        if self.model_type not in _DENSE:
            return None
        return sum(rows * columns for rows, columns in self.matrices()) + self.vectors()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantization:
    """How MLC-LLM stores weights: ``bits`` per weight (0: not quantised) and ``float_bytes`` of everything else."""

    name: str
    bits: int
    float_bytes: int
    embeddings: bool = True
    """Whether the embedding and the output layer are quantised too."""

    def bytes_of(self, rows: int, columns: int) -> int:
        """A matrix: packed values and one scale per group along a row."""
        if not self.bits:
            return rows * columns * self.float_bytes
        group, packed = _GROUPS[self.bits]
        return rows * -(-columns // group) * (packed + self.float_bytes)


def quantization(text: str) -> Quantization | None:
    """The quantisation that a name such as "q4f16_1" or "…-q4f16_1-MLC" speaks of; None if it is not known here."""
    found = next((each for each in re.split(r"[-/]", text) if _QUANTIZATION.fullmatch(each)), None)
    parts = _QUANTIZATION.fullmatch(found or "")
    if found is None or parts is None:
        return None
    return Quantization(
        name=found,
        bits=int(parts["bits"]),
        float_bytes=4 if parts["float"] == "f32" else 2,
        embeddings=parts["kind"] != "2",
    )


def weights_bytes(architecture: Architecture, stored: Quantization) -> int | None:
    """Bytes of all weights; None for a family that is not counted here."""
    if architecture.parameters() is None:
        return None
    total = sum(stored.bytes_of(rows, columns) for rows, columns in architecture.matrices())
    if not stored.embeddings:
        for rows, columns in architecture.embeddings():
            total += rows * columns * stored.float_bytes - stored.bytes_of(rows, columns)
    return total + architecture.vectors() * stored.float_bytes


def architecture(config: Mapping[str, Any]) -> Architecture | None:
    """The shape that a config.json, or the ``model_config`` of an mlc-chat-config.json, describes.

    None where it lacks a number that is needed: a model whose cache is kept in another way, or no model at all.
    """
    heads = _count(config, "num_attention_heads")
    hidden = _count(config, "hidden_size")
    layers = _count(config, "num_hidden_layers")
    vocabulary = _count(config, "vocab_size")
    if not (heads and hidden and layers and vocabulary) or "kv_lora_rank" in config:
        return None
    return Architecture(
        model_type=str(config.get("model_type", "")),
        hidden_size=hidden,
        intermediate_size=_count(config, "intermediate_size") or 4 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=_count(config, "num_key_value_heads") or heads,
        head_dim=_count(config, "head_dim") or hidden // heads,
        vocab_size=vocabulary,
        tie_word_embeddings=config.get("tie_word_embeddings") is True,
    )


def _count(config: Mapping[str, Any], name: str) -> int | None:
    value = config.get(name)
    return value if type(value) is int and value > 0 else None
