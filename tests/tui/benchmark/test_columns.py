"""Which columns a row of the table has."""

import pytest

from core.choices import PATTERN_NAMES
from tui.benchmark.columns import columns_for


@pytest.mark.parametrize("width", [40, 78, 118, 238])
@pytest.mark.parametrize("count", [1, 2, 3, len(PATTERN_NAMES)])
def test_columns_fit_or_hold_no_more_than_the_marks(width: int, count: int) -> None:
    columns = columns_for(PATTERN_NAMES[:count], width)
    taken = sum(column.width + 1 for column in columns)
    assert taken <= width or len(columns) == 1 + count


def test_a_narrow_terminal_has_speed_time_and_failure_for_two_patterns() -> None:
    titles = [column.title for column in columns_for(("coder-only", "review-then-fix"), 78)]
    assert titles == ["task", "stage", "coder", "review", "tok/s", "time", "failure"]


def test_a_wide_one_names_the_patterns_in_full() -> None:
    titles = [column.title for column in columns_for(("coder-only", "review-then-fix"), 118)]
    assert titles[2:4] == ["coder-only", "review-then-fix"]
