"""Runs against a stand-in server: both schedules agree, drafts are shared, failures of engines and judge are no
failures of samples, and what is finished is never lost or doubled."""

import asyncio
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from core.bench.datasets import Dataset, open_dataset
from core.bench.generation import generate, plan_run
from core.bench.generation.progress import Progress, SampleFailed
from core.bench.judge import Judge
from core.bench.judge.verdicts import Verdict
from core.bench.reports import read_run
from core.bench.store import Result, Schedule, Store, StoredRun
from core.config import load_configuration
from core.engines.pair import EnginePair, open_pair
from core.errors import EngineError, UsageError
from tests.core.bench.scripted_server import answers, models_toml
from tests.standins.running import RunningServer, openai_server

PATTERNS = ("coder-only", "review-then-fix", "review-then-fix-retry")


def pair_at(folder: Path, *servers: RunningServer, concurrency: int | None = None, swap: bool = False) -> EnginePair:
    urls = [server.base_url for server in servers]
    return open_pair(load_configuration(models_toml(folder, *urls, concurrency=concurrency, swap=swap)).pair(None))


async def worked_off(
    store: Store, run: StoredRun, dataset: Dataset, pair: EnginePair, judge: Judge, *, batch: int | None = 4
) -> list[Progress]:
    told: list[Progress] = []
    try:
        await generate(store, run, dataset, pair, judge, told=told.append, batch=batch)
    finally:
        await pair.close()
    return told


def outcome(results: list[Result]) -> dict[Any, Any]:
    return {each.key: (each.draft, each.final, each.passes, each.draft_passes) for each in results}


async def test_phases_and_pipeline_reach_the_same_results_within_the_batch(tmp_path: Path) -> None:
    dataset = open_dataset("demo")
    found = []
    for schedule in ("phases", "pipeline"):
        with openai_server(answers=answers(), ttft=0.02, rate=2000, models=["coder", "reviewer"]) as server:
            pair = pair_at(tmp_path, server)
            config = plan_run(
                dataset,
                pair,
                patterns=PATTERNS,
                guard="proven",
                profile="strict",
                schedule=schedule,
            )
            with Store(tmp_path / f"{schedule}.sqlite") as store:
                run = store.add_run(config)
                async with Judge(dataset, workers=2) as judge:
                    await worked_off(store, run, dataset, pair, judge, batch=3)
                found.append(outcome(store.results(run)))
                assert store.run(run.id).complete
            stats = server.stats()
        drafts = [each for each in stats["requests"] if "Implement this" in each["messages"][-1]["content"]]
        assert len(drafts) == 6, "three patterns share one draft a task"
        assert stats["most_at_work"] <= (3 if schedule == "phases" else 6)
    assert found[0] == found[1]
    fixed = [key for key, (_, _, passes, draft) in found[0].items() if passes and not draft]
    assert {key.pattern for key in fixed} == {"review-then-fix", "review-then-fix-retry"}


async def test_as_many_requests_run_side_by_side_as_the_endpoint_takes(tmp_path: Path) -> None:
    dataset = open_dataset("demo")
    with (
        openai_server(answers=answers(), ttft=0.2, models=["coder", "reviewer"]) as server,
        Store(tmp_path / "s.sqlite") as store,
    ):
        pair = pair_at(tmp_path, server, concurrency=5)
        run = store.add_run(plan_run(dataset, pair, patterns=["coder-only"], guard="off", profile="strict"))
        async with Judge(dataset, workers=2) as judge:
            await worked_off(store, run, dataset, pair, judge, batch=None)
        assert server.stats()["most_at_work"] == 5


@pytest.mark.parametrize("schedule", ["auto", "pipeline"])
async def test_models_that_take_turns_are_changed_only_when_nobody_needs_the_first(
    tmp_path: Path, schedule: Schedule
) -> None:
    dataset = open_dataset("demo")
    with (
        openai_server(answers=answers(), models=["coder", "reviewer"]) as server,
        Store(tmp_path / "s.sqlite") as store,
    ):
        pair = pair_at(tmp_path, server, swap=True)
        config = plan_run(
            dataset, pair, patterns=["review-then-fix"], guard="proven", profile="strict", schedule=schedule
        )
        run = store.add_run(config)
        async with Judge(dataset, workers=2) as judge:
            await worked_off(store, run, dataset, pair, judge)
        assert store.run(run.id).complete
        seen = server.stats()
    models = [each["model"] for each in seen["requests"]]
    changes = sum(one != other for one, other in pairwise(models))
    assert models.count("coder") > 6
    assert changes == 2, "all drafts, all reviews, all fixes"
    assert seen["loads"] == 3


async def test_a_run_over_two_servers_loses_nothing_when_one_of_them_dies(tmp_path: Path) -> None:
    dataset = open_dataset("demo")
    names = ["coder", "reviewer"]
    with (
        openai_server(answers=answers(), rate=300, models=names) as one,
        openai_server(answers=answers(), rate=300, models=names) as other,
        Store(tmp_path / "s.sqlite") as store,
    ):
        pair = pair_at(tmp_path, one, other, concurrency=1)
        run = store.add_run(plan_run(dataset, pair, patterns=PATTERNS, guard="proven", profile="strict"))

        def tell(event: Progress) -> None:
            if event.type == "finished" and one.process.poll() is None:
                one.kill()

        async with Judge(dataset, workers=2) as judge:
            try:
                await generate(store, run, dataset, pair, judge, told=tell)
            finally:
                await pair.close()
        assert one.process.poll() is not None
        assert store.run(run.id).complete
        assert all(each.judged for each in store.results(run))


async def test_several_samples_are_drawn_with_seeds_of_their_own(tmp_path: Path) -> None:
    dataset = open_dataset("demo")
    with (
        openai_server(answers=answers(), models=["coder", "reviewer"]) as server,
        Store(tmp_path / "s.sqlite") as store,
    ):
        pair = pair_at(tmp_path, server)
        config = plan_run(dataset, pair, patterns=["coder-only"], guard="off", profile="strict", samples=3, limit=1)
        run = store.add_run(config)
        async with Judge(dataset, workers=2) as judge:
            await worked_off(store, run, dataset, pair, judge)
        seeds = [each.get("seed") for each in server.stats()["requests"]]
        assert len(seeds) == len(set(seeds)) == 3
        assert read_run(store, run.id).patterns[0].at_k.keys() == {1}


async def test_an_answer_that_breaks_off_is_asked_again_counted_and_never_scored(tmp_path: Path) -> None:
    dataset = open_dataset("demo")
    with (
        openai_server(answers=answers(), faults=["drop_mid"], models=["coder", "reviewer"]) as server,
        Store(tmp_path / "s.sqlite") as store,
    ):
        pair = pair_at(tmp_path, server)
        config = plan_run(dataset, pair, patterns=["coder-only"], guard="off", profile="strict", limit=2)
        run = store.add_run(config)
        async with Judge(dataset, workers=2) as judge:
            told = await worked_off(store, run, dataset, pair, judge, batch=1)
        assert store.run(run.id).complete
        assert len(store.attempts(run.id)) == sum(isinstance(each, SampleFailed) for each in told)
        assert [each.judged for each in store.results(run)] == [True, True]


async def test_a_dead_engine_ends_the_run_with_a_sentence_and_no_sample_is_scored(tmp_path: Path) -> None:
    dataset = open_dataset("demo")
    with openai_server(answers=answers(), models=["coder", "reviewer"]) as server:
        pair = pair_at(tmp_path, server)
        server.kill()
        with Store(tmp_path / "s.sqlite") as store:
            config = plan_run(dataset, pair, patterns=["coder-only"], guard="off", profile="strict")
            run = store.add_run(config)
            async with Judge(dataset, workers=1) as judge:
                with pytest.raises(EngineError, match="--resume"):
                    await worked_off(store, run, dataset, pair, judge)
            assert store.results(run) == []
            assert store.run(run.id).failed_attempts > 0


async def test_a_judge_that_fails_is_no_failure_of_the_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = open_dataset("demo")
    with (
        openai_server(answers=answers(), models=["coder", "reviewer"]) as server,
        Store(tmp_path / "s.sqlite") as store,
    ):
        pair = pair_at(tmp_path, server)
        run = store.add_run(plan_run(dataset, pair, patterns=["coder-only"], guard="off", profile="strict", limit=2))
        async with Judge(dataset, workers=1) as judge:

            async def broken(task: str, code: str) -> Verdict:
                return Verdict(base=None, plus=None, problem="the judge's process ended twice on it")

            monkeypatch.setattr(judge, "judge", broken)
            await worked_off(store, run, dataset, pair, judge)
        report = read_run(store, run.id)
        assert (report.patterns[0].samples, report.patterns[0].failures) == (0, {})
        assert len(store.results(run)) == 2
        async with Judge(dataset, workers=1) as judge:
            await worked_off(store, run, dataset, pair_at(tmp_path, server), judge)
        assert read_run(store, run.id).patterns[0].samples == 2


async def test_stopping_keeps_what_is_finished_and_resuming_completes_without_asking_again(tmp_path: Path) -> None:
    dataset = open_dataset("demo")
    with (
        openai_server(answers=answers(), ttft=0.05, models=["coder", "reviewer"]) as server,
        Store(tmp_path / "s.sqlite") as store,
    ):
        pair = pair_at(tmp_path, server)
        run = store.add_run(plan_run(dataset, pair, patterns=PATTERNS, guard="proven", profile="strict"))
        async with Judge(dataset, workers=2) as judge:
            stop = asyncio.Event()
            told: list[Progress] = []

            def tell(event: Progress) -> None:
                told.append(event)
                if sum(each.type == "finished" for each in told) == 4:
                    stop.set()

            task = asyncio.create_task(generate(store, run, dataset, pair, judge, told=tell, batch=2))
            await stop.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await pair.close()
        kept = len(store.results(run))
        assert 4 <= kept < run.planned
        async with Judge(dataset, workers=2) as judge:
            await worked_off(store, run, dataset, pair_at(tmp_path, server), judge)
        interrupted = outcome(store.results(run))
        whole = store.add_run(replace(run.config))
        async with Judge(dataset, workers=2) as judge:
            await worked_off(store, whole, dataset, pair_at(tmp_path, server), judge)
        assert interrupted == outcome(store.results(whole))
        assert len(interrupted) == run.planned
    assert Counter(key.pattern for key in interrupted) == dict.fromkeys(PATTERNS, 6)


def test_a_plan_names_what_is_wrong_with_it(tmp_path: Path) -> None:
    dataset = open_dataset("demo")
    pair = open_pair(load_configuration().pair("demo"))
    for changes, words in (
        ({"patterns": ["nothing"]}, "no pattern 'nothing'"),
        ({"profile": "lenient"}, "no profile 'lenient'"),
        ({"ids": ["Demo/9"]}, "did you mean Demo/"),
    ):
        arguments = {"patterns": ["coder-only"], "guard": "proven", "profile": "strict"} | changes
        with pytest.raises(UsageError, match=words):
            plan_run(dataset, pair, **arguments)  # type: ignore[arg-type]
    config = plan_run(dataset, pair, patterns=["coder-only"], guard="proven", profile="strict", ids=["3", "Demo/1"])
    assert config.tasks == ("Demo/1", "Demo/3")
