"""How many tokens a text is: exactly with the model's own tokenizer if that is on disk, else about. No downloads.

A ``tokenizer.json`` of the byte-level BPE kind (GPT-2, Qwen, Llama 3) becomes a tiktoken encoding. Any other kind is
estimated, and so is a text that such an encoding cannot take: a count is exact or it says that it is not.
"""

import json
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiktoken import Encoding

BYTES_PER_TOKEN = 3.6
"""UTF-8 bytes per token of English and Python under the BPE vocabularies of current models (3.2 to 4.2)."""

_LONGEST_EXACT = 2_000_000
"""Characters; a longer text exceeds every context window, so an estimate says the same."""

_GPT2_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


@dataclass(frozen=True, slots=True)
class TokenCount:
    """A number of tokens; ``str()`` marks one that is not exact with "≈"."""

    count: int
    exact: bool

    def __str__(self) -> str:
        return f"{'' if self.exact else '≈'}{self.count}"


def estimate_tokens(text: str) -> int:
    """About how many tokens ``text`` is; at least 1. Wherever it is shown it is marked with "≈"."""
    return max(1, round(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN))


def count_tokens(text: str, tokenizer: Path | None = None) -> TokenCount:
    """The tokens of ``text``, without the frame that a chat template puts around it.

    Args:
        text: What is counted; text of special tokens counts as those tokens, as it does in a server.
        tokenizer: A ``tokenizer.json`` of Hugging Face's tokenizers. Where it is None, cannot be read, or is of a kind
            that is not supported, the count is the estimate.
    """
    if tokenizer is not None and len(text) <= _LONGEST_EXACT and (model := _load(tokenizer)) is not None:
        count = model.count(text)
        if count is not None:
            return TokenCount(count, exact=True)
    return TokenCount(estimate_tokens(text), exact=False)


@dataclass(frozen=True, slots=True)
class _Model:
    encoding: "Encoding"
    nfc: bool

    def count(self, text: str) -> int | None:
        """None if the encoding cannot take it, or does not give it back: then its pattern leaves characters out."""
        try:
            wanted = (unicodedata.normalize("NFC", text) if self.nfc else text).encode("utf-8")
            # ValueError: a lone surrogate above, or a pattern that backtracks too far (a very long run of blanks).
            tokens = self.encoding.encode(wanted.decode("utf-8"), allowed_special="all")
        except ValueError:
            return None
        return len(tokens) if self.encoding.decode_bytes(tokens) == wanted else None


class _UnsupportedError(Exception):
    """The tokenizer does something that tiktoken cannot do."""


def _load(path: Path) -> _Model | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _modified: int, _size: int) -> _Model | None:
    """The model in ``path``; kept, as building one of 150,000 tokens takes half a second."""
    try:
        return _build(json.loads(path.read_text(encoding="utf-8")), str(path))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, _UnsupportedError):
        return None


def _build(content: dict[str, Any], name: str) -> _Model:
    # Imported here: most commands never see a tokenizer, and tiktoken takes 50 ms.
    import tiktoken

    model = content["model"]
    if model.get("type", "BPE") != "BPE" or model.get("byte_fallback") or model.get("dropout"):
        raise _UnsupportedError
    if model.get("continuing_subword_prefix") or model.get("end_of_word_suffix"):
        raise _UnsupportedError
    ranks = _ranks(model["vocab"], model["merges"])
    added = content.get("added_tokens") or ()
    if any(token.get(flag) for token in added for flag in ("lstrip", "rstrip", "single_word")):
        raise _UnsupportedError
    # Only counts are wanted, so ranks take the place of ids and special tokens follow them.
    special = {token["content"]: len(ranks) + number for number, token in enumerate(added)}
    encoding = tiktoken.Encoding(
        name, pat_str=_pattern(content.get("pre_tokenizer")), mergeable_ranks=ranks, special_tokens=special
    )
    return _Model(encoding, nfc=_normalizes(content.get("normalizer")))


def _ranks(vocab: dict[str, int], merges: list[str | list[str]]) -> dict[bytes, int]:
    """Every byte, then what each merge makes, in the order of the merges."""
    letters = _byte_of_letter()
    if not letters.keys() <= vocab.keys():
        raise _UnsupportedError
    ranks = {bytes([byte]): byte for byte in range(256)}
    for merge in merges:
        left, right = merge.split(" ") if isinstance(merge, str) else merge
        if left + right not in vocab:
            raise _UnsupportedError
        ranks.setdefault(bytes(letters[letter] for letter in left + right), len(ranks))
    return ranks


def _byte_of_letter() -> dict[str, int]:
    """GPT-2's alphabet: printable Latin-1 bytes stand for themselves, the other 68 for U+0100 and up, in order."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = {chr(byte): byte for byte in printable}
    hidden = sorted(set(range(256)).difference(printable))
    return letters | {chr(0x100 + number): byte for number, byte in enumerate(hidden)}


def _pattern(pre_tokenizer: dict[str, Any] | None) -> str:
    match pre_tokenizer:
        case {"type": "ByteLevel", "add_prefix_space": False, **rest} if rest.get("use_regex", True):
            return _GPT2_PATTERN
        case {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": str(pattern)}, "behavior": "Isolated"} as split,
                {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False},
            ],
        } if not split.get("invert"):
            return pattern
    raise _UnsupportedError


def _normalizes(normalizer: dict[str, Any] | None) -> bool:
    match normalizer:
        case None:
            return False
        case {"type": "NFC"}:
            return True
    raise _UnsupportedError
