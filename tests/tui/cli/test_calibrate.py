"""``secondpass calibrate``: a pair behind a stand-in server is measured, kept, used, listed and retired."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.bench.datasets import open_dataset
from core.bench.store import Store
from core.config import load_configuration
from core.gain.key import pair_key
from core.gain.store import calibration_for, calibrations_dir
from tests.core.bench.scripted_server import models_toml
from tests.standins.running import openai_server
from tui.cli.commands import command

Run = Callable[..., tuple[int, str, str]]
PROBLEMS = 8
SPECS = 3 * PROBLEMS


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, run in ``tmp_path``: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = command(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return call


def answers() -> list[tuple[str, str]]:
    """Every second problem is drafted wrong; a review asks for what a doctest shows, so only specs with doctests prove
    it, and are fixed."""
    made: list[tuple[str, str]] = []
    problems = list(open_dataset("paired").problems.values())
    for number in range(PROBLEMS):
        rich = problems[3 * number + 2]
        name = f"def {rich.entry_point}("
        lines = rich.prompt.splitlines()
        call, want = next(
            (line.split(">>>")[1].strip(), lines[at + 1].strip()) for at, line in enumerate(lines) if ">>>" in line
        )
        defects = f"VERDICT: DEFECTS\nFINDING 1\nTITLE: nothing\nINPUT: {call}\nEXPECTED: {want}\nWHY: so.\n"
        broken = number % 2 == 0
        right = f"```python\n{rich.canonical}```"
        wrong = f"```python\n{rich.prompt}    return None\n```"
        made += [
            (f"This is wrong with the code|{name}", right),
            (f"Check the code against each|{name}", defects if broken else "VERDICT: NO DEFECT"),
            (f"Implement this specification|{name}", wrong if broken else right),
        ]
    return made


def test_a_pair_is_measured_and_everything_predicts_with_it_until_its_prompts_change(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with openai_server(answers=answers()) as server:
        models = str(models_toml(tmp_path, server.base_url))
        code, out, err = run("calibrate", "--models", models, "--limit", str(PROBLEMS), "--yes")
    assert code == 0, err
    assert "how long that takes is not known yet" in err
    assert f"{PROBLEMS} problems x 3 specs x 2 sample(s), temperature 0.2" in out
    lean, rich = (next(line.split() for line in out.splitlines() if line.startswith(kind)) for kind in ("lean", "rich"))
    # Half of the drafts are right; a lean spec gives nothing to prove the others wrong with.
    assert (lean[2], lean[3]) == ("50.0", "50.0")
    assert (rich[2], rich[3]) == ("50.0", "100.0")
    assert f"0 of {SPECS} right drafts were broken" in out
    assert "points of gain for ten points of richness" in out
    assert "no dependence on richness can be told" not in out.split("Drafts:")[0]
    assert "42 of 482" in out
    assert "explained by the others" in out

    key = pair_key(load_configuration(Path(models)).pair())
    known = calibration_for(key, "proven").calibration
    assert known is not None
    assert known.outcomes == 2 * SPECS
    spec = tmp_path / "spec.py"
    spec.write_text('def last(values: list[int]) -> int:\n    """Give the last value; 0 if there is none."""\n')
    code, out, _ = run("run", "--dry-run", "--models", models, str(spec))
    assert f"{2 * SPECS} outcomes of this pair" in out

    code, out, _ = run("calibrate", "--list", "--models", models)
    assert "used by standin" in out
    (kept,) = calibrations_dir().glob("*.json")
    monkeypatch.setattr("core.patterns.prompts.prompt_version", lambda: "another")
    code, out, _ = run("calibrate", "--list", "--models", models)
    assert f"RETIRED: the prompts were {key.prompt_version}, now another" in out
    code, out, _ = run("calibrate", "--list", "--models", models, "--output", "json")
    (row,) = json.loads(out)["calibrations"]
    assert row["file"] == str(kept)
    assert row["used_by"] == []
    assert row["provenance"]["problems"] == PROBLEMS


def test_a_run_goes_on_where_it_was_left_and_asks_no_model_twice(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.bench.generation.runner._PAUSE", 0.0)
    with openai_server(
        answers=answers(), faults=[None] * 9 + [{"status": 400, "body": "no"}], faults_repeat=True
    ) as bad:
        models = str(models_toml(tmp_path, bad.base_url))
        code, _, err = run("calibrate", "--models", models, "--limit", "2", "--samples", "1", "--yes")
    assert code == 3, err
    assert "secondpass calibrate --resume" in err
    with Store(readonly=True) as store:
        (stored,) = store.runs()
        kept = stored.finished
    assert 0 < kept < stored.planned
    with openai_server(answers=answers()) as server:
        models_toml(tmp_path, server.base_url)
        code, out, err = run("calibrate", "--models", models, "--resume", "--yes")
        assert code == 0, err
        assert "2 problems x 3 specs" in out
        assert "too few whole problems for a slope" in out
        asked = server.stats()["requests"]
        # Complete: nothing is left to ask, so nobody is asked for consent either.
        code, again, err = run("calibrate", "--models", models, "--resume")
        assert code == 0, err
        assert server.stats()["requests"] == asked
        assert again.splitlines()[0] == out.splitlines()[0]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--pair", "demo"), 3, "is scripted"),
        (("--resume", "--samples", "3"), 2, "leave out --samples"),
        (("--resume",), 2, "There is no calibration of the pair standin"),
        (("--samples", "3", "--temperature", "0"), 2, "the same answer again"),
        ((), 2, "agree to that with --yes"),
        (("--yes",), 3, "cannot start"),
    ],
)
def test_what_cannot_be_calibrated_is_said_in_one_sentence(
    run: Run, tmp_path: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    models = str(models_toml(tmp_path, "http://127.0.0.1:9/v1"))
    found, out, err = run("calibrate", "--models", models, *options)
    assert found == code, err
    assert said in err
    assert not out


def test_a_damaged_calibration_is_listed_with_what_to_do(run: Run) -> None:
    folder = calibrations_dir()
    (folder / "broken.json").write_text("{")
    code, out, _ = run("calibrate", "--list")
    assert code == 0
    assert "not used: it is damaged; delete" in out
