"""Which columns a row of the table has."""

import pytest

from core.choices import PATTERN_NAMES
from tui.benchmark.columns import columns_for, label


@pytest.mark.parametrize("width", [40, 78, 118, 238])
@pytest.mark.parametrize("count", [1, 2, 3, len(PATTERN_NAMES)])
def test_columns_fit_or_hold_no_more_than_the_marks(width: int, count: int) -> None:
    columns = columns_for(PATTERN_NAMES[:count], width, longest=60)
    taken = sum(column.width + 1 for column in columns)
    assert taken <= width or len(columns) == 1 + count


def test_a_narrow_terminal_has_speed_time_and_failure_for_two_patterns() -> None:
    titles = [column.title for column in columns_for(("coder-only", "review-then-fix"), 78)]
    assert titles == ["task", "stage", "coder", "review", "tok/s", "time", "failure"]


def test_a_wide_one_names_the_patterns_in_full() -> None:
    titles = [column.title for column in columns_for(("coder-only", "review-then-fix"), 118)]
    assert titles[2:4] == ["coder-only", "review-then-fix"]


def test_a_long_name_of_a_task_gets_more_room_where_there_is_some() -> None:
    patterns = ("coder-only", "review-then-fix")
    assert columns_for(patterns, 118, longest=25)[0].width == 25
    assert columns_for(patterns, 118, longest=12)[0].width == 14
    narrow = columns_for(patterns, 78, longest=25)
    assert narrow[0].width == 19
    assert narrow[-1].title == "failure"


def test_a_paired_task_is_known_by_its_problem_and_its_variant() -> None:
    assert label("HumanEval/12") == "HumanEval/12"
    assert label("Paired/wrap_line/lean") == "wrap_line/lean"
    assert label("Paired/throttled_requests/medium", 19) == "throttled_r…/medium"
