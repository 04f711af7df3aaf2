"""A bounded run of the fuzzer: the same inputs every time. ``make fuzz`` goes on for as long as it is told to."""

import random

import pytest

from tests.fuzzing.mutating import mutated
from tests.fuzzing.targets import TARGETS, Target

EXECUTIONS = {"spec": 60, "samples": 60, "sse": 80}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_input_gets_more_than_its_error_out_of_a_reader(target: Target) -> None:
    corpus = target.corpus
    for data in corpus:
        target.run(data)
    for number in range(EXECUTIONS.get(target.name, 200)):
        draw = random.Random(f"{target.name}/{number}")
        data = mutated(draw, corpus, target.words)
        try:
            target.run(data)
        except Exception as error:
            raise AssertionError(f"input {number}: {data!r}") from error
