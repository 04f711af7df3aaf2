"""All probes for a pair: they run side by side, none holds up the others, and their results decide what can start."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.config import load_configuration
from core.doctor import Probe, Result, Status, examine, models, probes, result_json, verdict
from core.doctor.machine import bench, gpu_result, terminal
from core.doctor.speed import Speed, measure
from core.engines.mlc_install import install_command
from core.errors import EngineError, UsageError
from core.hardware.gpus import Gpu, Gpus
from core.hardware.memory import linux_memory
from core.placement.cards import Card, planned_cards
from core.placement.decision import plan_on
from core.weights.on_disk import weights_of
from tests.standins.running import FOLDER, openai_server
from tests.tui.driving import TalkingEngine, pair_of

REMOTE = """
[models.here]
endpoint = "lab"
served_name = "{name}"

[endpoints.lab]
base_url = "{url}"

[pairs.served]
coder = "here"
reviewer = "here"
"""


async def results_of(pair: str, toml: Path | None = None, **environ: str) -> dict[str, Result]:
    configuration = load_configuration(toml)
    asked = probes(
        configuration, configuration.pair(pair), size=(120, 40), environ={"PATH": "/usr/bin:/bin", **environ}
    )
    found = {result.id: result async for result in examine(asked)}
    assert found.keys() == {each.id for each in asked}
    return found


def served(tmp_path: Path, url: str, name: str = "stand-in") -> Path:
    file = tmp_path / "models.toml"
    file.write_text(REMOTE.format(url=url, name=name))
    return file


async def test_the_demo_pair_needs_nothing_and_can_start() -> None:
    configuration = load_configuration()
    found = await results_of("demo", SECONDPASS_HOME="/tmp", LANG="C.UTF-8", TERM="xterm-256color")
    assert not [each for each in found.values() if each.blocks]
    assert verdict(configuration, configuration.pair("demo"), list(found.values())).can_start
    assert json.loads(json.dumps([result_json(each) for each in found.values()]))


async def test_a_machine_without_mlc_llm_is_told_the_exact_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(models, "is_installed", lambda: False)
    monkeypatch.setattr(models, "placeholders", lambda: ())
    configuration = load_configuration()
    found = await results_of("paper", MLC_LLM_HOME=str(tmp_path), SECONDPASS_HOME=str(tmp_path))
    mlc = found["mlc-llm"]
    assert (mlc.status, mlc.blocks) == (Status.MISSING, True)
    assert mlc.command.startswith(install_command())
    meaning = verdict(configuration, configuration.pair("paper"), list(found.values()))
    assert not meaning.can_start
    assert "mlc-llm" in meaning.blocking
    # Weights that are still to be fetched keep nothing from starting.
    assert found["model.qwen3-32b"].status is Status.WARN


async def test_the_empty_package_from_the_index_is_not_taken_for_mlc_llm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "placeholders", lambda: ("mlc-llm-cpu",))
    result = await models.mlc({}, needed=True)
    assert result.status is Status.ERROR
    assert "empty placeholder" in result.sentence
    assert result.blocks


async def test_mlc_llm_is_imported_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "is_installed", lambda: True)
    monkeypatch.setattr(models, "placeholders", lambda: ())
    result = await models.mlc({"PYTHONPATH": str(FOLDER / "site")}, needed=True)
    assert result.status is Status.OK, result.sentence
    result = await models.mlc({"PYTHONPATH": "/nowhere"}, needed=True)
    assert result.status is Status.ERROR
    assert "No module named 'mlc_llm'" in result.sentence


async def test_weights_are_whole_or_incomplete_or_still_to_be_fetched(tmp_path: Path) -> None:
    model = load_configuration().pair("cpu").coder
    environ = {"MLC_LLM_HOME": str(tmp_path)}
    assert (await models.weights(model, environ, role="Coder")).status is Status.WARN
    folder = weights_of(model, environ).folder
    folder.mkdir(parents=True)
    (folder / "mlc-chat-config.json").write_text("{}")
    records = [{"dataPath": "params_shard_0.bin", "nbytes": 5000}]
    (folder / "tensor-cache.json").write_text(json.dumps({"records": records}))
    half = await models.weights(model, environ, role="Coder")
    assert half.blocks
    assert half.command == "secondpass models pull qwen2_5-coder-0_5b-f32"
    (folder / "params_shard_0.bin").write_bytes(b"x" * 5000)
    whole = await models.weights(model, environ, role="Coder")
    assert (whole.status, whole.details["complete"]) == (Status.OK, True)


async def test_weights_of_another_revision_than_the_pinned_one_block_the_pair(tmp_path: Path) -> None:
    environ = {"MLC_LLM_HOME": str(tmp_path)}
    toml = tmp_path / "models.toml"
    toml.write_text(f'[models.qwen2_5-coder-0_5b-f32]\nrevision = "{"a" * 40}"\n')
    model = load_configuration(toml).pair("cpu").coder
    absent = await models.weights(model, environ, role="Coder")
    assert (absent.status, absent.blocks) == (Status.ERROR, True)
    folder = weights_of(model, environ).folder
    folder.mkdir(parents=True)
    (folder / "mlc-chat-config.json").write_text("{}")
    (folder / "tensor-cache.json").write_text('{"records": [{"dataPath": "s.bin", "nbytes": 1}]}')
    (folder / "s.bin").write_bytes(b"x")
    unknown = await models.weights(model, environ, role="Coder")
    assert unknown.blocks
    assert "of an unknown revision; models.toml pins aaaaaaaaaaaa" in unknown.sentence
    (folder / ".secondpass-revision").write_text("b" * 40)
    assert "revision bbbbbbbbbbbb" in (await models.weights(model, environ, role="Coder")).sentence
    (folder / ".secondpass-revision").write_text("a" * 40)
    assert (await models.weights(model, environ, role="Coder")).status is Status.OK


async def placement_of(monkeypatch: pytest.MonkeyPatch, pair: str, *cards: Card) -> Result:
    async def find_cards(_environ: object) -> tuple[Card, ...]:
        return cards

    monkeypatch.setattr("core.doctor.examination.find_cards", find_cards)
    configuration = load_configuration()
    asked = probes(configuration, configuration.pair(pair), size=None, environ={"MLC_LLM_HOME": "/nowhere"})
    (probe,) = (each for each in asked if each.id == "placement")
    (result,) = [each async for each in examine([probe])]
    return result


async def test_the_plan_is_shown_and_a_pair_that_cannot_fit_is_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    fits = await placement_of(monkeypatch, "paper", *planned_cards([24, 24]))
    assert (fits.status, fits.blocks) == (Status.OK, False)
    assert fits.sentence.startswith("The pair paper fits, split (one card each): coder ")
    assert fits.details["placement"] == "split"
    swapped = await placement_of(monkeypatch, "paper", *planned_cards([24]))
    assert swapped.status is Status.WARN
    refused = await placement_of(monkeypatch, "paper", *planned_cards([8]))
    assert refused.blocks
    assert refused.action == "Use the smaller models of --pair gpu-8gb."
    assert refused.command == "secondpass models plan --pair paper"
    nothing = await placement_of(monkeypatch, "paper")
    assert (nothing.status, nothing.blocks) == (Status.WARN, False)


async def test_a_pair_that_is_loaded_is_not_planned_again_in_what_it_leaves_free() -> None:
    configuration = load_configuration()
    pair = configuration.pair("paper")
    plan = plan_on(configuration, pair, planned_cards([48]), {})
    asked = probes(configuration, pair, size=None, environ={}, placed=plan)
    (probe,) = (each for each in asked if each.id == "placement")
    result = await probe.ask()
    assert result.status is Status.OK
    assert result.sentence.endswith("It is loaded now.")


def test_a_pair_without_models_here_has_no_placement() -> None:
    configuration = load_configuration()
    asked = probes(configuration, configuration.pair("demo"), size=None, environ={})
    assert "placement" not in {each.id for each in asked}


async def test_a_server_that_answers_and_has_the_model_is_ok(tmp_path: Path) -> None:
    with openai_server() as server:
        found = await results_of("served", served(tmp_path, server.base_url))
    assert found["endpoint.lab"].status is Status.OK
    assert "stand-in" in found["endpoint.lab"].sentence
    assert "git-lfs" in found
    assert not found["git-lfs"].blocks


async def test_a_server_without_the_model_keeps_the_pair_from_starting(tmp_path: Path) -> None:
    with openai_server(models=["other"]) as server:
        found = await results_of("served", served(tmp_path, server.base_url))
    assert found["endpoint.lab"].blocks
    assert "does not serve stand-in" in found["endpoint.lab"].sentence


async def test_a_server_that_is_not_there_is_missing_for_its_pair_and_a_warning_for_others(tmp_path: Path) -> None:
    toml = served(tmp_path, "http://127.0.0.1:9/v1")
    assert (await results_of("served", toml))["endpoint.lab"].status is Status.MISSING
    other = (await results_of("demo", toml))["endpoint.lab"]
    assert (other.status, other.blocks) == (Status.WARN, False)


async def test_a_key_that_is_not_set_is_said_before_anybody_is_asked(tmp_path: Path) -> None:
    toml = served(tmp_path, "http://127.0.0.1:9/v1")
    toml.write_text(toml.read_text().replace("[pairs", 'api_key_env = "LAB_KEY"\n\n[pairs'))
    result = (await results_of("served", toml))["endpoint.lab"]
    assert "LAB_KEY" in result.sentence
    assert result.command == "export LAB_KEY="


async def test_a_probe_that_hangs_or_fails_costs_nobody_else_their_answer() -> None:
    async def hangs() -> Result:
        await asyncio.Event().wait()
        raise AssertionError

    async def fails() -> Result:
        raise ValueError("strange machine")

    async def works() -> Result:
        return Result(id="works", title="Works", status=Status.OK, sentence="It works.")

    asked = [Probe("hangs", "Hangs", 0.05, hangs), Probe("fails", "Fails", 5, fails), Probe("works", "Works", 5, works)]
    found = {result.id: result async for result in examine(asked)}
    assert found["hangs"].sentence == "This could not be found out within 0.05 s."
    assert "strange machine" in found["fails"].sentence
    assert found["works"].status is Status.OK


def test_the_pair_that_the_memory_holds_is_recommended() -> None:
    configuration = load_configuration()

    def suits(*totals: int) -> str | None:
        cards = tuple(Gpu(name="GPU", api="cuda", total=total << 30) for total in totals)
        result = gpu_result(Gpus(cards, ()), wanted=True)
        return verdict(configuration, configuration.pair("paper"), [result]).recommended

    assert [suits(8), suits(12), suits(24), suits(48)] == ["gpu-8gb", "gpu-12gb", "gpu-24gb", None]
    assert suits() == "cpu"


def test_memory_is_what_the_container_may_use(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\nHugePages_Total: 0\n")
    assert (linux_memory(tmp_path).total, linux_memory(tmp_path).available) == (16 << 30, 8 << 30)
    (tmp_path / "sys/fs/cgroup").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/memory.max").write_text(f"{4 << 30}\n")
    (tmp_path / "sys/fs/cgroup/memory.current").write_text(f"{1 << 30}\n")
    assert (linux_memory(tmp_path).total, linux_memory(tmp_path).available) == (4 << 30, 3 << 30)


@pytest.mark.parametrize(
    ("environ", "size", "said"),
    [
        ({"TERM": "dumb", "LANG": "C.UTF-8"}, (80, 24), "cannot paint a screen"),
        ({"TERM": "xterm-256color", "LANG": "C"}, (80, 24), "not UTF-8"),
        ({"TERM": "xterm", "LANG": "C.UTF-8"}, (60, 20), "smaller than 80 x 24"),
        ({"TERM": "xterm", "LANG": "C.UTF-8"}, None, "no terminal"),
        ({"TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1"}, (80, 24), "no colours (NO_COLOR is set)."),
    ],
)
async def test_what_the_terminal_cannot_do_is_said(
    environ: Mapping[str, str], size: tuple[int, int] | None, said: str
) -> None:
    assert said in (await terminal(environ, size)).sentence


async def test_the_benchmark_s_command_comes_from_the_package_itself() -> None:
    result = await bench()
    assert result.status is Status.OK or "evalplus==0.3.1" in result.command


async def test_speed_is_counted_from_the_first_token_and_stops_in_time() -> None:
    ticks = iter([0.0, 2.0, 3.0, 4.0, 8.0, 9.0])
    engine = TalkingEngine("coder", [["a"] * 100])
    seen = [speed async for speed in measure(pair_of(engine), "coder", clock=lambda: next(ticks))]
    last = seen[-1]
    assert last == Speed(role="coder", model="coder", ttft=2.0, tokens=4, seconds=6.0, estimated=True, done=True)
    assert last.rate == 0.5
    assert engine.status.phase != "streaming"


async def test_a_short_answer_is_measured_by_the_usage_the_server_sent() -> None:
    ticks = iter([0.0, 1.0, 2.0, 3.0])
    engine = TalkingEngine("coder", [["a", "b"]])
    last = [speed async for speed in measure(pair_of(engine), "coder", clock=lambda: next(ticks))][-1]
    assert (last.tokens, last.estimated, last.rate) == (2, False, 1.0)


async def test_no_speed_is_measured_of_a_script_and_an_engine_that_fails_says_why() -> None:
    from core.engines.pair import open_pair

    with pytest.raises(UsageError, match="come from a script"):
        _ = [each async for each in measure(open_pair(load_configuration().pair("demo")), "coder")]
    with pytest.raises(EngineError, match="no GPU"):
        _ = [each async for each in measure(pair_of(TalkingEngine("coder", broken="no GPU")), "coder")]
