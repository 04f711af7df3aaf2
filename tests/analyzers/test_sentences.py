"""Where sentences end."""

from hypothesis import given
from hypothesis import strategies as st

from analyzers import sentences

_PARTS = st.sampled_from(
    [
        "a",
        "A list",
        "Return it",
        "e.g",
        "e",
        "g",
        "etc",
        "list",
        "st",
        "no",
        "1",
        "x.y",
        "“so”",
        "é",
        "Input",
        "For example",
        ":",
    ]
)
_BETWEEN = st.sampled_from([" ", ". ", ".", ".. ", ".) ", ", ", '." '])


@given(st.lists(st.tuples(_PARTS, _BETWEEN), min_size=1, max_size=12))
def test_a_block_without_other_marks_is_cut_like_any(parts: list[tuple[str, str]]) -> None:
    block = "".join(part + between for part, between in parts)
    quick = sentences._cut_smooth(block)
    if quick is None:
        return
    # With a line break behind it the block is read as any other, which may hold all kinds of white space.
    assert quick == list(sentences._cut(block + "\n"))
