"""Counting tokens: with a model's own tokenizer.json where it is supported, else an estimate that says so."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzers.tokens import TokenCount, count_tokens, estimate_tokens

QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SPECIAL = "<|im_start|>"

# The alphabet of byte-level BPE, written out here a second way: what HF's ByteLevel.alphabet() gives.
PRINTABLE = {*range(33, 127), *range(161, 173), *range(174, 256)}
ALPHABET = [chr(byte) for byte in sorted(PRINTABLE)] + [chr(256 + number) for number in range(256 - len(PRINTABLE))]

MERGES = ["h e", "l l", "he ll", "hell o", "Ġ w", "Ġw o", "r e", "Ġ Ġ", "ĠĠ ĠĠ", "Ã ©", "1 2"]


def split(pattern: str, behavior: str = "Isolated") -> dict[str, Any]:
    return {
        "type": "Sequence",
        "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
        ],
    }


def content(**changes: Any) -> dict[str, Any]:
    """A tokenizer.json as Qwen's, but for its size."""
    made = ["".join(merge.split(" ")) for merge in MERGES]
    vocab = {token: number for number, token in enumerate([*ALPHABET, *made])}
    return {
        "version": "1.0",
        "added_tokens": [{"id": len(vocab), "content": SPECIAL, "special": True, "lstrip": False, "rstrip": False}],
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": split(QWEN),
        "model": {"type": "BPE", "vocab": vocab, "merges": MERGES, "byte_fallback": False},
        **changes,
    }


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(**changes: Any) -> Path:
        path = tmp_path / "tokenizer.json"
        path.write_text(json.dumps(content(**changes)), encoding="utf-8")
        return path

    return write


# What `Tokenizer.from_file(...).encode(text).ids` of the tokenizers library (0.23) gives for this very file.
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("hello", 1),
        ("hello world", 5),
        ("hello  world", 6),
        ("here", 2),
        ("1212", 4),
        ("    x", 4),
        ("caf\u00e9", 4),
        ("cafe\u0301", 4),
        ("\u6f22", 3),
        ("hello\n\nhello", 4),
        (f"{SPECIAL}hello{SPECIAL}", 3),
        ("it's", 4),
    ],
)
def test_a_byte_level_tokenizer_counts_as_its_own_library_does(
    written: Callable[..., Path], text: str, count: int
) -> None:
    assert count_tokens(text, written()) == TokenCount(count, exact=True)


def test_merges_may_be_written_as_pairs(written: Callable[..., Path]) -> None:
    model = content()["model"] | {"merges": [merge.split(" ") for merge in MERGES]}
    assert count_tokens("hello world", written(model=model)) == TokenCount(5, exact=True)


def test_the_pattern_of_gpt2_is_known_without_being_written(written: Callable[..., Path]) -> None:
    tokenizer = written(pre_tokenizer={"type": "ByteLevel", "add_prefix_space": False}, normalizer=None)
    assert count_tokens("1212", tokenizer) == TokenCount(2, exact=True)
    assert count_tokens("hello world", tokenizer) == TokenCount(5, exact=True)


UNSUPPORTED = [
    {"model": content()["model"] | {"type": "WordPiece"}},
    {"model": content()["model"] | {"type": "Unigram", "vocab": [["a", -1.0]]}},
    {"model": content()["model"] | {"byte_fallback": True}},
    {"model": content()["model"] | {"end_of_word_suffix": "</w>"}},
    {"model": content()["model"] | {"vocab": {"a": 0}}},
    {"model": content()["model"] | {"merges": ["x y"]}},
    {"model": content()["model"] | {"merges": ["no-pair"]}},
    {"model": None},
    {"normalizer": {"type": "Lowercase"}},
    {"pre_tokenizer": None},
    {"pre_tokenizer": {"type": "Whitespace"}},
    {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True}},
    {"pre_tokenizer": split(QWEN, "Removed")},
    {"pre_tokenizer": split("(unclosed")},
    {"added_tokens": [{"content": "<mask>", "lstrip": True}]},
]


@pytest.mark.parametrize("changes", UNSUPPORTED, ids=lambda changes: json.dumps(changes)[:40])
def test_any_other_kind_is_estimated_and_says_so(written: Callable[..., Path], changes: dict[str, Any]) -> None:
    text = "hello world, hello again"
    assert count_tokens(text, written(**changes)) == TokenCount(estimate_tokens(text), exact=False)


def test_a_pattern_that_leaves_characters_out_is_not_trusted(written: Callable[..., Path]) -> None:
    tokenizer = written(pre_tokenizer=split(r"\p{L}+"))
    assert count_tokens("hello", tokenizer).exact
    assert not count_tokens("hello hello", tokenizer).exact


@pytest.mark.parametrize("text", ["\ud800 hello", " " * 1_500_000, "hello " * 400_000])
def test_a_text_that_it_cannot_take_is_estimated(written: Callable[..., Path], text: str) -> None:
    assert count_tokens(text, written()) == TokenCount(estimate_tokens(text), exact=False)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00", '{"model": 3}', "[" * 100_000])
def test_a_file_that_is_no_tokenizer_costs_only_the_exactness(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(text, encoding="utf-8")
    assert not count_tokens("hello", path).exact
    assert not count_tokens("hello", tmp_path / "absent.json").exact
    assert not count_tokens("hello", tmp_path).exact


def test_a_tokenizer_that_changed_on_disk_is_read_again(written: Callable[..., Path]) -> None:
    assert count_tokens("hello", written()).count == 1
    assert count_tokens("hello", written(model=content()["model"] | {"merges": ["h e"]})).count == 4


def test_without_a_tokenizer_it_is_the_marked_estimate() -> None:
    assert str(count_tokens("x" * 36)) == "≈10"
    assert str(TokenCount(10, exact=True)) == "10"
    assert count_tokens("").count == 1


def test_nothing_is_downloaded(written: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert count_tokens("hello", written()).exact


def test_tiktoken_is_imported_for_a_tokenizer_only(written: Callable[..., Path]) -> None:
    code = (
        "import sys; from pathlib import Path; from analyzers.tokens import count_tokens; count_tokens('hello')\n"
        "print('tiktoken' in sys.modules); count_tokens('hello', Path(sys.argv[1])); print('tiktoken' in sys.modules)\n"
        "print('requests' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(written())], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["False", "True", "False"]
