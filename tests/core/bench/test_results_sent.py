"""What reaches the referee is what the code returned, as data; nothing in it is called."""

import collections
import datetime
import decimal
import fractions
import os
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.bench.judge.child.results import Opaque, Sender, receive


def through(value: Any) -> Any:
    """``value`` as it comes out of the line."""
    reading, writing = os.pipe()
    sender = Sender(writing)
    sender.send(value)
    sender._file.close()
    with os.fdopen(reading, "rb") as file:
        return receive(file)


PLAIN = [
    *(None, True, 0, -(2**200), 1.5, float("inf"), "é\ud800", b"\0", complex(1, -2), range(3), slice(1, None)),
    [1, [2.0, (None,)], {"a": {1, 2}, (1,): frozenset("ab")}],
    bytearray(b"x"),
    collections.Counter("aab"),
    collections.OrderedDict(b=1, a=2),
    collections.deque([1, 2]),
    collections.defaultdict(int, a=1),
    fractions.Fraction(1, 3),
    decimal.Decimal("1.10"),
    datetime.date(2026, 1, 2),
    datetime.datetime(2026, 1, 2, 3, 4),
    datetime.timedelta(days=1, microseconds=5),
    np.float64(1.5),
    np.int8(-3),
    np.bool_(True),
]


# By number: a set is written in another order in another process, and all processes must name a test alike.
@pytest.mark.parametrize("value", PLAIN, ids=map(str, range(len(PLAIN))))
def test_plain_data_comes_out_as_it_went_in(value: Any) -> None:
    got = through(value)
    assert type(got) is type(value)
    assert got == value


def test_an_array_keeps_its_type_and_shape() -> None:
    got = through(np.arange(6, dtype=np.int16).reshape(2, 3))
    assert (got.dtype, got.tolist()) == (np.int16, [[0, 1, 2], [3, 4, 5]])


Point = collections.namedtuple("Point", "x y")


class Odd(list):  # type: ignore[type-arg]
    """Equal to anything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __reduce_ex__(self, protocol: object) -> Any:
        raise AssertionError("it was asked")

    __iter__ = None  # type: ignore[assignment]


def test_a_subclass_that_compares_by_content_is_its_content_and_not_its_type() -> None:
    got = through(Point(1, 2))
    assert got == (1, 2)
    assert type(got) is not tuple


@pytest.mark.parametrize("make", [Odd, object, lambda: print, lambda: Odd, lambda: iter([])])
def test_any_other_object_is_equal_to_nothing(make: Callable[[], Any]) -> None:
    got = through([make()])[0]
    assert isinstance(got, Opaque)
    assert got.decides == (make is Odd)


def test_no_pickle_can_name_a_function() -> None:
    for attack in (b"cos\nsystem\n(S'true'\ntR.", b"cbuiltins\neval\n(S'1'\ntR.", pickle.dumps(os.system)):
        reading, writing = os.pipe()
        os.write(writing, attack)
        os.close(writing)
        with os.fdopen(reading, "rb") as file, pytest.raises(pickle.UnpicklingError):
            receive(file)
