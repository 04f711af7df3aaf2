"""How long a review of a pair takes: measured in its sessions, else calculated from the draft, else assumed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from core.gain.key import PairKey
from core.sessions import list_sessions

RUNS = 9
"""The newest reviewed runs whose median counts."""
LOGS = 60
"""How many of the newest logs are looked through for them: a run must not wait for years of sessions."""
REVIEW_TOKENS = 1200
"""Tokens of a review that was never timed, reasoning included. Assumed, and said to be."""
ASSUMED_SECONDS = 60.0
"""For a draft without usable figures of its speed."""

_STAGES = frozenset({"review", "opinion", "fix"})


@dataclass(frozen=True, slots=True)
class ReviewTime:
    """Seconds of all review and fix answers of a run, and what that rests on, in words."""

    seconds: float
    basis: str


def review_time(key: PairKey | None, *, draft_tokens: int, draft_seconds: float) -> ReviewTime:
    """What reviewing and fixing a draft is expected to take.

    Args:
        key: The pair, None if it has no history.
        draft_tokens: Tokens of the draft's answer.
        draft_seconds: What that answer took.
    """
    timed = [] if key is None else list(_timed(key))
    if timed:
        runs = "the last review" if len(timed) == 1 else f"the median of the last {len(timed)} reviews"
        return ReviewTime(median(timed), f"{runs} of this pair")
    if draft_tokens > 0 and draft_seconds > 0:
        speed = draft_tokens / draft_seconds
        seconds = (REVIEW_TOKENS + draft_tokens) / speed
        return ReviewTime(seconds, f"assuming {REVIEW_TOKENS:,} tokens of review at the draft's {speed:.0f} a second")
    return ReviewTime(ASSUMED_SECONDS, "assumed, as nothing was timed")


def _timed(key: PairKey) -> Iterator[float]:
    """Seconds of the newest runs of ``key`` in which something was reviewed."""
    found = 0
    for session in list_sessions()[:LOGS]:
        if found == RUNS:
            return
        seconds = None if session.scripted else _seconds(session.path, key)
        if seconds is not None:
            found += 1
            yield seconds


def _seconds(path: Path, key: PairKey) -> float | None:
    """None for another pair, for a log without a completed review, and for one that cannot be read."""
    total, reviewed = 0.0, False
    try:
        with path.open(encoding="utf-8") as lines:
            first = _event(lines.readline())
            of_pair = (first.get("coder"), first.get("reviewer"), first.get("quantisation", ""))
            if of_pair != (key.coder, key.reviewer, key.quantisation):
                return None
            for line in lines:
                # Most lines are pieces of answers; decoding those would take most of the time.
                event = _event(line) if '"stage_finished"' in line else {}
                if event.get("stage") in _STAGES and event.get("finish_reason") in ("stop", "length"):
                    total += float(event["seconds"])
                    reviewed = reviewed or event["stage"] == "review"
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a damaged log times nothing; `sessions show` says what is wrong with it
    return total if reviewed else None


def _event(line: str) -> dict[str, Any]:
    event = json.loads(line)
    return event if isinstance(event, dict) else {}
