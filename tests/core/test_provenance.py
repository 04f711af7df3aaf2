"""Where lines come from."""

from hypothesis import given
from hypothesis import strategies as st

from core.hunks import text_lines
from core.provenance import Blame, Version, ranges, unchanged

LINES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=10).map("\n".join)


def test_a_line_belongs_to_the_version_that_brought_it() -> None:
    draft, fix = "one\ntwo\nthree\n", "one\n2\nthree\nfour\n"
    mine = "one\n2\nthree!\nfour\n"
    assert Blame().of([Version(draft), Version(fix, (0,)), Version(mine, (1, 0))])[-1] == (0, 1, 2, 1)


def test_a_line_that_came_back_belongs_to_where_it_came_from() -> None:
    draft, fix = "one\ntwo\n", "one\n2\n"
    assert Blame().of([Version(draft), Version(fix, (0,)), Version(draft, (1, 0))])[-1] == (0, 0)


@given(st.lists(LINES, min_size=1, max_size=5))
def test_every_line_has_an_owner_that_is_not_later(codes: list[str]) -> None:
    versions = [Version(code, (place - 1,) if place else ()) for place, code in enumerate(codes)]
    for place, (version, owners) in enumerate(zip(versions, Blame().of(versions), strict=True)):
        assert len(owners) == len(text_lines(version.code))
        assert all(0 <= owner <= place for owner in owners)


def test_line_numbers_are_told_in_ranges() -> None:
    assert ranges([3]) == "3"
    assert ranges([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8"


@given(st.lists(LINES, min_size=1, max_size=5), st.lists(LINES, min_size=1, max_size=5), st.integers(0, 5))
def test_what_is_known_of_earlier_versions_changes_nothing(one: list[str], other: list[str], kept: int) -> None:
    def chain(codes: list[str]) -> list[Version]:
        return [Version(code, (place - 1,) if place else ()) for place, code in enumerate(codes)]

    blame = Blame()
    for codes in (one, one[:kept] + other, one):
        assert blame.of(chain(codes)) == Blame().of(chain(codes))


@given(LINES.map(text_lines), LINES.map(text_lines))
def test_unchanged_lines_are_the_same_and_in_order(old: list[str], new: list[str]) -> None:
    pairs = unchanged(old, new)
    assert all(old[a] == new[b] for a, b in pairs)
    assert pairs == sorted(set(pairs))
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    assert len(unchanged(old, old)) == len(old)
