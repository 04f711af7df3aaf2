"""How many tokens a text is, about, when no tokenizer is at hand."""

BYTES_PER_TOKEN = 3.6
"""UTF-8 bytes per token of English and Python under the BPE vocabularies of current models (3.2 to 4.2)."""


def estimate_tokens(text: str) -> int:
    """About how many tokens ``text`` is; at least 1. Wherever it is shown it is marked with "≈"."""
    return max(1, round(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN))
