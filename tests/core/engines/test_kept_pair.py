"""A pair that uses what a keeper has loaded: crashes, hangs, one model at a time, and a keeper that goes away."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.config import load_configuration
from core.engines import mlc
from core.engines.gpu_lock import holders
from core.engines.pair import EnginePair, open_pair
from core.engines.protocol import Phase
from core.errors import EngineError
from core.keeper import roster
from core.keeper.kept import KeptEngine
from core.keeper.link import KeeperGoneError, ask
from core.keeper.record import Record, running_keeper
from core.keeper.starting import start_keeper, stop_keeper
from tests.core.engines.talk import Heard, listen, no_socket_is_left, one_sentence, reaches
from tests.standins.kept import CODE, StandInPair, make_pair
from tests.standins.processes import ended

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are counted by way of /proc")


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInPair]:
    """The pair of a test, for this process too."""
    made = make_pair(tmp_path / "pair")
    for name in ("SECONDPASS_HOME", "SECONDPASS_MODELS", "SECONDPASS_MLC_PYTHON", "MLC_LLM_HOME"):
        monkeypatch.setenv(name, made.environ[name])
    yield made
    if (record := running_keeper()) is not None:
        asyncio.run(stop_keeper(record))
    assert made.processes() == {}


async def keep(placement: str = "auto") -> Record:
    resolved = load_configuration().pair("mine")
    await start_keeper(resolved, idle_minutes=10, show=lambda *_: None, found=lambda _: None)
    record = running_keeper()
    assert record is not None
    return record


def opened() -> EnginePair:
    return open_pair(load_configuration().pair("mine"), program="a test")


async def restarts(record: Record) -> dict[str, int]:
    return {each["role"]: each["restarts"] for each in (await ask(record, "status"))["models"]}


async def test_a_kept_pair_holds_no_gpu_itself_and_closing_it_leaves_the_models_loaded(mine: StandInPair) -> None:
    record = await keep()
    pair = opened()
    heard = await listen(await pair.start("coder"))
    assert (heard.text, heard.error) == (CODE, None)
    assert [each.pid for each in holders()] == [record.pid]
    assert pair.plan is not None
    assert pair.plan.placement == "resident"
    await pair.close()
    assert pair.coder.status.phase is Phase.STOPPED
    assert {each["phase"] for each in (await ask(record, "status"))["models"]} == {"ready"}


async def test_a_crash_before_the_first_token_is_repaired_by_the_keeper_and_asked_again(
    mine: StandInPair, tmp_path: Path
) -> None:
    mine.order("coder", scenario={"faults": ["crash_first"]}, starts=str(tmp_path / "starts"), first_only=True)
    await keep()
    pair = opened()
    heard = await listen(await pair.start("coder"))
    assert (heard.text, heard.error) == (CODE, None)
    assert len((tmp_path / "starts").read_text().split()) == 2
    await pair.close()


async def test_a_crash_in_mid_answer_is_told_and_the_next_request_is_answered(
    mine: StandInPair, tmp_path: Path
) -> None:
    mine.order("coder", scenario={"faults": ["crash_mid"]}, starts=str(tmp_path / "starts"), first_only=True)
    record = await keep()
    pair = opened()
    coder = await pair.start("coder")
    heard = await listen(coder)
    assert heard.text
    assert heard.completed is None
    assert "ended with exit code 70" in str(heard.error)
    assert one_sentence(str(heard.error))
    again = await listen(await pair.start("coder"))
    assert (again.text, again.error) == (CODE, None)
    assert await restarts(record) == {"coder": 1, "reviewer": 0}
    await pair.close()


async def test_one_model_at_a_time_is_swapped_by_the_keeper(tmp_path: Path, mine: StandInPair) -> None:
    text = (mine.folder / "models.toml").read_text().replace('placement = "auto"', 'placement = "swap"')
    (mine.folder / "models.toml").write_text(text)
    record = await keep()
    pair = opened()
    for role, phases in (("coder", ["ready", "stopped"]), ("reviewer", ["stopped", "ready"])):
        heard = await listen(await pair.start(role))  # type: ignore[arg-type]
        assert heard.error is None
        assert [each["phase"] for each in (await ask(record, "status"))["models"]] == phases
    await pair.close()


async def test_a_model_in_use_is_not_swapped_away(mine: StandInPair) -> None:
    text = (mine.folder / "models.toml").read_text().replace('placement = "auto"', 'placement = "swap"')
    (mine.folder / "models.toml").write_text(text)
    mine.order("coder", scenario={"answer": "word " * 40, "rate": 40})
    await keep()
    first, second = opened(), opened()
    heard = Heard()
    answer = asyncio.create_task(listen(await first.start("coder"), into=heard))
    await heard.first.wait()
    review = await listen(await second.start("reviewer"))
    assert answer.done(), "the reviewer was loaded when the coder had answered"
    assert (heard.error, review.error) == (None, None)
    await first.close()
    await second.close()


def coder_of(record: Record) -> KeptEngine:
    return KeptEngine(record, "coder", model="coder", context=8192, thinking=None)


def test_starts_side_by_side_leave_no_connection_behind(mine: StandInPair) -> None:
    async def side_by_side() -> Heard:
        coder = coder_of(await keep())
        await asyncio.gather(*(coder.start() for _ in range(4)))
        heard = await listen(coder)
        await coder.close()
        return heard

    mine.order("coder", scenario={"load": 0.3})
    with no_socket_is_left():
        heard = asyncio.run(side_by_side())
    assert (heard.text, heard.error) == (CODE, None)


async def test_a_request_that_waits_for_a_model_of_an_engine_that_is_closed_connects_to_nothing(
    mine: StandInPair,
) -> None:
    coder = coder_of(await keep())
    answer = asyncio.create_task(listen(coder))
    await asyncio.sleep(0)
    await coder.close()
    heard = await answer
    assert "was closed while it was used" in str(heard.error)
    assert coder.status.phase is Phase.STOPPED


async def test_a_stop_is_at_once_and_the_model_stays(mine: StandInPair) -> None:
    mine.order("coder", scenario={"answer": "word " * 2000, "rate": 100})
    record = await keep()
    pair = opened()
    coder = await pair.start("coder")
    heard = Heard()
    answer = asyncio.create_task(listen(coder, into=heard))
    await heard.first.wait()
    answer.cancel()
    with suppress(asyncio.CancelledError):
        await answer
    await reaches(coder, Phase.READY)
    assert await restarts(record) == {"coder": 0, "reviewer": 0}
    await pair.close()


async def test_without_the_keeper_the_pair_starts_servers_of_its_own(mine: StandInPair) -> None:
    record = await keep()
    pair = opened()
    assert (await listen(await pair.start("coder"))).error is None
    await stop_keeper(record)
    assert (await listen(await pair.start("coder"))).error is None
    assert [(each.pid, each.program) for each in holders()] == [(os.getpid(), "a test")]
    await pair.close()
    assert holders() == ()


async def test_a_keeper_that_ends_in_mid_answer_is_one_error(mine: StandInPair) -> None:
    mine.order("coder", scenario={"answer": "word " * 2000, "rate": 100})
    record = await keep()
    pair = opened()
    heard = Heard()
    answer = asyncio.create_task(listen(await pair.start("coder"), into=heard))
    await heard.first.wait()
    await stop_keeper(record)
    await answer
    assert heard.text
    assert "has just been unloaded" in str(heard.error)
    assert one_sentence(str(heard.error))
    await pair.close()


async def test_nobody_without_the_token_is_answered(mine: StandInPair) -> None:
    record = await keep()
    reader, writer = await asyncio.open_connection("127.0.0.1", record.port)
    writer.write(b'{"token": "guess", "op": "stop"}\n')
    assert await reader.read() == b""
    writer.close()
    for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"[]\n", b'{"op": "stop"}\n', b"\xff\n", b"x" * 200_000 + b"\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", record.port)
        with suppress(ConnectionError):
            writer.write(garbage)
            assert await reader.read() == b""
        writer.close()
    assert (await ask(record, "status"))["phase"] == "ready"


async def test_a_keeper_that_is_gone_is_one_sentence(mine: StandInPair) -> None:
    record = await keep()
    await stop_keeper(record)
    with pytest.raises(KeeperGoneError) as caught:
        await ask(record, "status")
    assert one_sentence(str(caught.value).replace("secondpass engines stop ends it", ""))


async def test_a_pair_of_the_same_program_waits_for_the_one_before_it(mine: StandInPair) -> None:
    first, second = opened(), opened()
    await first.start("coder")
    waiting = asyncio.create_task(second.start("coder"))
    await asyncio.wait({waiting}, timeout=0.2)
    assert not waiting.done()
    await first.close()
    await waiting
    await second.close()


async def test_a_failed_start_gives_the_gpu_back(mine: StandInPair) -> None:
    mine.order("coder", load="missing weights")
    pair = opened()
    with pytest.raises(EngineError, match="weights are missing or damaged"):
        await pair.start("coder")
    assert holders() == ()
    await pair.close()


async def test_an_unused_server_that_stops_to_answer_is_replaced(
    mine: StandInPair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "_HEALTH_EVERY", 0.1)
    monkeypatch.setattr(roster, "_HEALTH_SECONDS", 0.5)
    monkeypatch.setattr(mlc, "_HEALTH", 0.5)
    record = tmp_path / "seen.json"
    mine.order("coder", record=str(record))
    kept = roster.Roster(open_pair(load_configuration().pair("mine"), share=False))
    await kept.load()
    first = json.loads(record.read_text())["pid"]
    os.kill(first, signal.SIGSTOP)
    await reaches(kept.engines["coder"], Phase.FAILED)
    await reaches(kept.engines["coder"], Phase.READY)
    assert json.loads(record.read_text())["pid"] != first
    assert [each["restarts"] for each in kept.told()] == [1, 0]
    await kept.close()
    assert ended(first)
