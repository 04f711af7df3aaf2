"""A calibration as JSON: numbers only, so that predicting needs nothing that fitting needs."""

import json
import math
from dataclasses import asdict, astuple
from typing import Any, get_args

from analyzers.gain.calibration import Calibration, Chance, Guard, Rate, Standing
from analyzers.gain.logistic import Line

SCHEMA_VERSION = 1


def calibration_to_json(calibration: Calibration) -> str:
    """One line of JSON, its keys sorted."""
    return json.dumps({"schema_version": SCHEMA_VERSION} | asdict(calibration), sort_keys=True)


def calibration_from_json(text: str) -> Calibration:
    """The calibration that ``calibration_to_json`` wrote.

    Raises:
        ValueError: the text is not a calibration, or one of another schema version.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        version = content.pop("schema_version")
        if version != SCHEMA_VERSION:
            raise ValueError(f"schema version {version}, this program reads {SCHEMA_VERSION}")
        found = Calibration(
            **content
            | {
                "draft_wrong": Rate(**content["draft_wrong"]),
                "fix": _chance(content["fix"]),
                "break_": _chance(content["break_"]),
            }
        )
        _check(found)
        return found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"This is not a calibration of the gain predictor: {error}") from error


def _chance(content: dict[str, Any]) -> Chance:
    branches = content["by_branches"]
    lines = {"line": Line(**content["line"]), "by_branches": None if branches is None else Line(**branches)}
    return Chance(**content | lines | {"base": Rate(**content["base"])})


def _check(found: Calibration) -> None:
    """A file can hold anything: what the prediction calculates with must be numbers that it can calculate with."""
    rates = (found.draft_wrong, found.fix.base, found.break_.base)
    heads = (found.fix, found.break_)
    lines = [line for head in heads for line in (head.line, head.by_branches) if line is not None]
    every = [value for rate in rates for value in astuple(rate)]
    every += [value for line in lines for value in astuple(line)]
    every += [found.line_from, found.line_to, found.seen_from, found.seen_to]
    counts = [found.outcomes, *(count for head in heads for count in (head.events, head.of, head.most_branches))]
    sound = (
        all(type(value) in (int, float) and math.isfinite(value) for value in every)
        and all(type(count) is int and count >= 0 for count in counts)
        and all(rate.yes >= 0 and rate.no >= 0 and rate.yes + rate.no > 0 for rate in rates)
        and all(line.scale > 0 and min(line.variance_intercept, line.variance_slope) >= 0 for line in lines)
        and found.line_from <= found.line_to
        and found.guard in get_args(Guard)
        and found.standing in get_args(Standing)
        and all(type(chance.uses_line) is bool for chance in heads)
    )
    if not sound:
        raise ValueError("its numbers are not those of a fit")
