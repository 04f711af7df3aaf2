"""A calibration as JSON: numbers only, so that predicting needs nothing that fitting needs."""

import json
from dataclasses import asdict
from typing import Any

from analyzers.gain.calibration import Calibration, Chance, Rate
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
        return Calibration(
            **content
            | {
                "draft_wrong": Rate(**content["draft_wrong"]),
                "fix": _chance(content["fix"]),
                "break_": _chance(content["break_"]),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is not a calibration of the gain predictor: {error}") from error


def _chance(content: dict[str, Any]) -> Chance:
    return Chance(**content | {"line": Line(**content["line"]), "base": Rate(**content["base"])})
