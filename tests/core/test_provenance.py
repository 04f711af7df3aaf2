"""Where lines come from."""

from hypothesis import given
from hypothesis import strategies as st

from core.hunks import text_lines
from core.provenance import Version, blame, ranges

LINES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=10).map("\n".join)


def test_a_line_belongs_to_the_version_that_brought_it() -> None:
    draft, fix = "one\ntwo\nthree\n", "one\n2\nthree\nfour\n"
    mine = "one\n2\nthree!\nfour\n"
    assert blame([Version(draft), Version(fix, (0,)), Version(mine, (1, 0))])[-1] == (0, 1, 2, 1)


def test_a_line_that_came_back_belongs_to_where_it_came_from() -> None:
    draft, fix = "one\ntwo\n", "one\n2\n"
    assert blame([Version(draft), Version(fix, (0,)), Version(draft, (1, 0))])[-1] == (0, 0)


@given(st.lists(LINES, min_size=1, max_size=5))
def test_every_line_has_an_owner_that_is_not_later(codes: list[str]) -> None:
    versions = [Version(code, (place - 1,) if place else ()) for place, code in enumerate(codes)]
    for place, (version, owners) in enumerate(zip(versions, blame(versions), strict=True)):
        assert len(owners) == len(text_lines(version.code))
        assert all(0 <= owner <= place for owner in owners)


def test_line_numbers_are_told_in_ranges() -> None:
    assert ranges([3]) == "3"
    assert ranges([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8"
