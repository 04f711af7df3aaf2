"""A run says how many branches a draft has and how many examples could take them."""

import pytest

from core.events import Candidate, ChecksFinished, Notice
from core.request import RunRequest
from tests.core.patterns.scripted import fenced, of_type, run_events, scripted_pair
from tui.cli.narration import tell

SPEC = '''def sign(x: int) -> int:
    """Minus one, zero or one.

    >>> sign(5)
    1
    >>> sign(-2)
    -1
    """
'''
THREE = "def sign(x):\n    if x > 0:\n        return 1\n    return -1 if x < 0 else 0\n"
ONE = "def sign(x):\n    return (x > 0) - (x < 0)\n"


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (THREE, "draft: 3 branches, 2 examples, so some branch is never checked"),
        (ONE, "draft: 1 branch, 2 examples"),
    ],
)
async def test_the_branches_of_a_draft_stand_against_the_examples(draft: str, told: str) -> None:
    pair, _, _ = scripted_pair([fenced(draft)])
    events = await run_events(RunRequest(spec=SPEC, pattern="coder-only"), pair)
    assert told in [tell(event) for event in of_type(events, Notice)]
    (checks,) = of_type(events, ChecksFinished)
    assert next(event.n for event in of_type(events, Notice) if event.text == told) > checks.n


async def test_an_answer_without_code_has_no_branches() -> None:
    pair, _, _ = scripted_pair(["I cannot do that."])
    events = await run_events(RunRequest(spec=SPEC, pattern="coder-only"), pair)
    assert of_type(events, Candidate)[0].code is None
    assert [event for event in of_type(events, Notice) if "branch" in event.text] == []


async def test_code_that_does_not_define_what_was_asked_has_no_branches_of_it() -> None:
    pair, _, _ = scripted_pair([fenced("sign = lambda x: 1 if x > 0 else -1\n")])
    events = await run_events(RunRequest(spec=SPEC, pattern="coder-only"), pair)
    assert [event for event in of_type(events, Notice) if "branch" in event.text] == []
