"""Drafts written now: several by the coder of a pair, each from the spec alone."""

from collections.abc import Callable
from dataclasses import replace

from analyzers.spec import Spec
from core.deep.drafts import Draft
from core.engines.pair import EnginePair, Member
from core.events import Event, Notice
from core.patterns import prompts
from core.patterns.candidates import extract_program
from core.patterns.pipeline import Pipeline

_TEMPERATURE = 0.8
"""At least this: at 0 every draft would be the same one."""


async def write_drafts(spec: Spec, pair: EnginePair, count: int, emit: Callable[[Event], None]) -> tuple[Draft, ...]:
    """``count`` drafts of ``spec``, sampled with seeds of their own; answers without a program are left out.

    ``emit`` takes the events of each answer as it comes. The pair stays open.

    Raises:
        EngineError: the coder cannot start, or failed.
    """
    found = []
    for number in range(1, count + 1):
        p = Pipeline(
            spec=spec,
            pair=_sampled(pair, number),
            pattern="coder-only",
            guard="proven",
            rounds=0,
            emit=emit,
        )
        label = f"draft {number}"
        emit(Notice(text=f"{spec.name or 'spec'}: {label} of {count}"))
        messages = prompts.messages("draft", spec=spec.text, target=p.target)
        extraction = extract_program(spec, await p.ask("draft", "coder", messages, round=1, candidate=label))
        if extraction.code is None:
            emit(Notice(text=f"{label}: {extraction.problem}"))
        else:
            found.append(Draft(extraction.code, label))
    return tuple(found)


def _sampled(pair: EnginePair, number: int) -> EnginePair:
    """``pair`` with a coder that is sampled anew; it shares the engines."""
    usual = pair.sampling("coder")
    sampling = replace(usual, temperature=max(usual.temperature, _TEMPERATURE), seed=(usual.seed or 0) + number)
    # Only the coder is asked, so nothing has to make room for it.
    return EnginePair(pair.name, Member(pair.coder, sampling), Member(pair.reviewer))
