"""Large expected results: kept packed, told by a digest where that is certain, else compared as any other."""

import io
import json
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest

from core.bench.datasets import Dataset, open_dataset
from core.bench.judge import Judge
from core.bench.judge.child import task
from core.bench.judge.profiles import PROFILES

LONG = [(number, f"text {number}", number / 7, None, True) for number in range(20_000)]


def kept(result: Any) -> task.Packed:
    parts = task.packed(result)
    assert parts is not None
    return task.Packed(*parts)


def test_a_small_result_is_not_packed() -> None:
    assert task.packed([1, 2, 3]) is None


@pytest.mark.parametrize(
    "value",
    [LONG, tuple(LONG), "x" * 300_000, list(range(200_000)), [[LONG]]],
    ids=["rows", "tuple", "text", "numbers", "nested"],
)
def test_a_large_result_is_told_by_its_digest_and_comes_back_whole(value: Any) -> None:
    there = kept(value)
    assert there.is_certainly(pickle.loads(pickle.dumps(value)))
    assert there.load() == value


class Agrees:
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __reduce__(self) -> Any:
        raise AssertionError("it was asked")


class AgreeingList(list[Any]):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None


class AgreeingText(str):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


NUMBERS = list(range(200_000))


@pytest.mark.parametrize(
    "other",
    [
        NUMBERS[:-1],
        [*NUMBERS[:-1], -1],
        [float(number) for number in NUMBERS],
        [False, True, *NUMBERS[2:]],
        tuple(NUMBERS),
        AgreeingList(NUMBERS),
        [*NUMBERS[:-1], Agrees()],
        [Agrees()] * 200_000,
        AgreeingText("x"),
        [*NUMBERS[:-1], AgreeingText("199999")],
        iter(NUMBERS),
        None,
    ],
)
def test_what_is_not_the_same_to_the_last_type_is_not_certain(other: Any) -> None:
    assert not kept(NUMBERS).is_certainly(other)


def test_a_piece_that_moves_over_a_border_changes_the_digest() -> None:
    nested = [[0] * 1000] * 300
    assert not kept([0] * 300_000).is_certainly(nested)


@pytest.mark.parametrize(
    "value", [[float("nan")] * 100_000, [b"x" * 300_000], [{1: 2}] * 1 + [0] * 300_000], ids=["nan", "octets", "dict"]
)
def test_what_may_differ_from_its_copy_has_no_digest_and_is_compared(value: Any) -> None:
    there = kept(value)
    assert not there.is_certainly(value)
    assert repr(there.load()) == repr(value)


def test_a_packed_object_is_not_restored() -> None:
    content = pickle.dumps(Path("x"))
    with pytest.raises(pickle.UnpicklingError):
        task.Packed(zlib.compress(content), len(content), None, False).load()


def test_a_result_file_without_all_parts_is_damaged() -> None:
    packed = zlib.compress(pickle.dumps({"base": {"results": [], "seconds": []}}))
    with pytest.raises(pickle.UnpicklingError):
        task._unpacked(io.BufferedReader(io.BytesIO(packed)))


@pytest.fixture
def many_numbers(tmp_path: Path) -> Dataset:
    """One task, whose results are large."""
    path = tmp_path / "large.jsonl"
    task_of_its_own = {
        "task_id": "Large/0",
        "prompt": "def numbers(n):\n",
        "canonical_solution": "    return [each / 8 for each in range(n)]\n",
        "entry_point": "numbers",
        "base_input": [[3], [100_000]],
        "plus_input": [[100_001], [120_000]],
        "atol": 0,
        "contract": "",
    }
    path.write_text(json.dumps(task_of_its_own) + "\n")
    return open_dataset("humaneval+", data=path)


@pytest.mark.parametrize(
    ("body", "passes", "flags"),
    [
        ("return [each / 8 for each in range(n)]", True, ()),
        ("return [each / 8 + 1e-8 for each in range(n)]", True, ()),
        ("return [each / 8 if each % 8 else each // 8 for each in range(n)]", True, ()),
        ("return tuple(each / 8 for each in range(n))", False, ()),
        ("return [each / 8 for each in range(n - (n > 3))]", False, ()),
        ("return [each / 8 for each in range(n - (n > 100_000))]", False, ()),
        ("return type('L', (list,), {'__eq__': lambda s, o: True})([1])", False, ("equality",)),
    ],
)
async def test_large_results_are_judged_as_small_ones_are(
    body: str, passes: bool, flags: tuple[str, ...], many_numbers: Dataset
) -> None:
    async with Judge(many_numbers, profile=PROFILES["strict"], workers=1) as judge:
        verdict = await judge.judge("Large/0", f"def numbers(n):\n    {body}\n")
    assert verdict.problem is None
    assert (verdict.passes_plus, verdict.integrity) == (passes, flags)
    part = verdict.plus or verdict.base
    assert part is not None
    assert part.failure is None or part.failure.expected is None or part.failure.expected.startswith("[0.0, 0.125")
