"""Calibrations on disk: kept for one pair under one guard, and never a reason for a prediction to fail."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzers.gain.calibration import cold_start
from analyzers.gain.fitting import fit
from core.config import load_configuration
from core.errors import SecondpassError, UsageError
from core.gain.key import PairKey, pair_key, quantisation
from core.gain.refit import refit
from core.gain.store import Known, calibration_for, calibrations_dir, save_calibration
from tests.analyzers.simulated_outcomes import simulate

KEY = PairKey(coder="a/b", reviewer="c", quantisation="q4f16_1+q4f16_1", prompt_version="p1")
PROVEN = replace(fit(simulate(40, slope=0.05, seed=1)), guard="proven")


def test_what_was_kept_comes_back() -> None:
    save_calibration(KEY, PROVEN)
    assert calibration_for(KEY, "proven") == Known(PROVEN)


def test_nothing_kept_is_the_cold_start_and_makes_no_folder() -> None:
    assert calibration_for(KEY, "proven") == Known()
    assert not calibrations_dir(create=False).exists()


@pytest.mark.parametrize("part", ["coder", "reviewer", "quantisation", "prompt_version"])
def test_another_part_of_the_key_is_another_pair(part: str) -> None:
    save_calibration(KEY, PROVEN)
    assert calibration_for(replace(KEY, **{part: "other"}), "proven") == Known()


def test_unguarded_outcomes_serve_a_guard_that_was_not_measured_and_never_the_reverse() -> None:
    off = fit(simulate(40, slope=0.05, seed=2))
    save_calibration(KEY, off)
    assert calibration_for(KEY, "strict") == Known(off)
    save_calibration(KEY, PROVEN)
    assert calibration_for(KEY, "proven") == Known(PROVEN)
    assert calibration_for(KEY, "off") == Known(off)
    assert calibration_for(replace(KEY, coder="x"), "off") == Known()


def _edited(path: Path, **changes: Any) -> str:
    return json.dumps(json.loads(path.read_text()) | changes)


def _deeper(path: Path, *keys: str, value: Any) -> str:
    content = json.loads(path.read_text())
    place = content["calibration"]
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return json.dumps(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: "",
        lambda path: "[]",
        lambda path: path.read_text()[:-40],
        lambda path: "[" * 100_000,
        lambda path: _edited(path, schema_version=2),
        lambda path: _edited(path, key={}),
        lambda path: _edited(path, guard="off"),
        lambda path: _edited(path, calibration=None),
        lambda path: _deeper(path, "outcomes", value="many"),
        lambda path: _deeper(path, "draft_wrong", "yes", value=float("nan")),
        lambda path: _deeper(path, "draft_wrong", value={"yes": 0, "no": 0}),
        lambda path: _deeper(path, "fix", "line", "scale", value=0),
        lambda path: _deeper(path, "fix", "line", "slope", value="steep"),
        lambda path: _deeper(path, "break_", "base", "no", value=-1),
        lambda path: _deeper(path, "guard", value="off"),
        lambda path: _deeper(path, "standing", value="surely"),
    ],
)
def test_a_damaged_file_is_one_sentence_and_the_cold_start(damage: Any) -> None:
    path = save_calibration(KEY, PROVEN)
    path.write_text(damage(path))
    known = calibration_for(KEY, "proven")
    assert known.calibration is None
    assert known.problem is not None
    assert str(path) in known.problem
    assert known.problem.count(".json") == 1
    assert known.problem.endswith("delete it, or measure this pair again.")
    assert "\n" not in known.problem


def test_a_file_of_a_newer_version_says_so() -> None:
    path = save_calibration(KEY, PROVEN)
    path.write_text(_edited(path, schema_version=2))
    assert "schema version 2 and this program reads up to 1" in (calibration_for(KEY, "proven").problem or "")


def test_bytes_that_are_no_text_and_a_folder_in_its_place_are_told_about() -> None:
    path = save_calibration(KEY, PROVEN)
    path.write_bytes(b"\xff\xfe\x00")
    assert calibration_for(KEY, "proven").problem
    path.unlink()
    path.mkdir()
    assert "cannot be read" in (calibration_for(KEY, "proven").problem or "")


def test_a_damaged_file_of_the_guard_leaves_the_unguarded_one_and_is_still_told_about() -> None:
    off = fit(simulate(40, slope=0.05, seed=2))
    save_calibration(KEY, off)
    save_calibration(KEY, PROVEN).write_text("{")
    known = calibration_for(KEY, "proven")
    assert known.calibration == off
    assert known.problem is not None


def test_what_cannot_be_written_leaves_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_calibration(KEY, PROVEN)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(SecondpassError, match="No space left"):
        save_calibration(KEY, replace(PROVEN, outcomes=41))
    assert calibration_for(KEY, "proven") == Known(PROVEN)
    assert list(path.parent.iterdir()) == [path]


def test_refitting_keeps_the_calibration_and_reports_on_it() -> None:
    outcomes = simulate(120, slope=0.1, seed=3)
    done = refit(KEY, outcomes, guard="strict")
    assert done.calibration.guard == "strict"
    assert calibration_for(KEY, "strict") == Known(done.calibration)
    assert "120 outcomes, guard strict" in done.report
    again = refit(KEY, simulate(12, slope=0.1, seed=3), guard="strict")
    assert calibration_for(KEY, "strict").calibration == again.calibration
    assert len(list(done.path.parent.iterdir())) == 1


def test_refitting_from_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="no judged outcome"):
        refit(KEY, [], guard="off")
    assert cold_start().outcomes == 0


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("HF://mlc-ai/Qwen2.5-Coder-14B-Instruct-q4f16_1-MLC", "q4f16_1"),
        ("/models/Qwen3-0.6B-q0f32-MLC", "q0f32"),
        ("Qwen/Qwen3-32B-AWQ", "awq"),
        ("qwen3:32b-q4_K_M", "q4_k_m"),
        ("Qwen/Qwen3-32B", "unknown"),
        ("awqward/model", "unknown"),
    ],
)
def test_quantisations_are_read_off_the_names_of_weights(source: str, found: str) -> None:
    assert quantisation(source) == found


def test_a_configured_pair_has_a_key() -> None:
    key = pair_key(load_configuration().pair("paper"))
    assert (key.coder, key.reviewer) == ("qwen2_5-coder-14b", "qwen3-32b")
    assert key.quantisation == "q4f16_1+q4f16_1"
    assert key.prompt_version
