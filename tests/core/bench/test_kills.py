"""kill -9 in the middle of a run: nothing finished is lost or doubled, and the result is that of an undisturbed run.

``benchmarks/bench_kills.py`` does the same fifty times.
"""

import random
from pathlib import Path

from tests.core.bench.killing import run_to_the_end
from tests.core.bench.scripted_server import answers, models_toml
from tests.standins.running import openai_server


def test_a_run_survives_being_killed(tmp_path: Path) -> None:
    with openai_server(answers=answers(), ttft=0.05, rate=1500, models=["coder", "reviewer"]) as server:
        models = models_toml(tmp_path, server.base_url)
        undisturbed = run_to_the_end(tmp_path / "one", models, kills=0, draw=random.Random(0), longest=0)
        killed = run_to_the_end(tmp_path / "other", models, kills=4, draw=random.Random(1), longest=2.5)
    assert killed.lost == 0
    assert killed.results == undisturbed.results
