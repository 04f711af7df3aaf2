"""A running MLC-LLM server: crashes, hangs, stops, and no process left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from core.engines import mlc
from core.engines.mlc import MlcEngine
from core.engines.protocol import Phase
from tests.core.engines.conftest import MakeEngine
from tests.core.engines.talk import Heard, listen, one_sentence, reaches
from tests.standins.running import FAKE_MLC, Seen


def seen_by(engine: MlcEngine) -> Seen:
    assert engine._server is not None
    return Seen(engine._server.port)


SLOW_ANSWER = {"answer": "word " * 2000, "rate": 100}


def group_is_gone(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return True
    # Ended processes may wait to be reaped by whoever adopted them.
    return all(state in "ZX" for state in states_of(leader))


def states_of(leader: int) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in listed.splitlines())
    return [stat[0] for pgid, stat in rows if int(pgid) == leader]


def wait_until_gone(leader: int) -> None:
    deadline = time.monotonic() + 15
    while not group_is_gone(leader):
        assert time.monotonic() < deadline, f"processes of group {leader} are left: {states_of(leader)}"
        time.sleep(0.02)


def leader_of(engine: MlcEngine) -> int:
    assert engine._server is not None
    assert engine._server.pid is not None
    return engine._server.pid


async def test_a_crash_in_mid_answer_is_one_error_and_the_engine_starts_again(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = make_engine(scenario={"answer": "one two three four", "faults": ["crash_mid"]})
    await engine.start()
    leader = leader_of(engine)
    heard = await listen(engine)
    assert heard.text.startswith("one two")
    assert "ended with exit code 70" in str(heard.error)
    assert str(engine.log_path) in str(heard.error)
    assert one_sentence(str(heard.error))
    assert (await reaches(engine, Phase.FAILED)).detail == str(heard.error)
    wait_until_gone(leader)
    record = tmp_path / "seen.json"
    order = {"scenario": {"answer": "one two three four"}, "record": str(record)}
    (tmp_path / "model" / "standin.json").write_text(json.dumps(order))
    again = await listen(engine)
    assert again.text == "one two three four"
    assert json.loads(record.read_text())["device"] == "cuda:0", "the device found by the first start is kept"
    assert leader_of(engine) != leader
    await engine.close()


async def test_a_crash_before_the_first_token_is_repaired_and_the_request_asked_again(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    engine = make_engine(scenario={"answer": "fine", "faults": ["crash_first"]}, starts=str(starts), first_only=True)
    seen: list[str] = []
    engine.watch(lambda status: seen.append(status.detail))
    heard = await listen(engine)
    assert (heard.text, heard.error) == ("fine", None)
    assert len(starts.read_text().split()) == 2
    assert "again in 0.5 s, after a crash" in seen
    await engine.close()


async def test_a_request_that_crashes_every_server_is_an_error_and_the_pauses_grow(
    make_engine: MakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlc, "_FIRST_PAUSE", 0.01)
    starts = tmp_path / "starts"
    engine = make_engine(scenario={"faults": ["crash_first"], "faults_repeat": True}, starts=str(starts))
    seen: list[str] = []
    engine.watch(lambda status: seen.append(status.detail))
    first, second = await listen(engine), await listen(engine)
    for heard in (first, second):
        assert "ended with exit code 70" in str(heard.error)
        assert one_sentence(str(heard.error))
    assert len(starts.read_text().split()) == 4, "each request is asked twice, and no more"
    assert [each for each in seen if "after a crash" in each] == [
        f"again in {seconds} s, after a crash" for seconds in ("0.01", "0.02", "0.04")
    ]
    await engine.close()


async def test_a_dead_engine_thread_is_noticed_at_once_and_not_by_a_stall(make_engine: MakeEngine) -> None:
    engine = make_engine(scenario={"faults": ["engine_dies"]}, timeouts={"stall": 3600})
    async with asyncio.timeout(30):
        heard = await listen(engine)
    assert heard.text
    assert "ended with exit code 1 after printing" in str(heard.error)
    assert "the KV cache is full" in str(heard.error)
    await engine.close()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("gpu_full", "the GPU ran out of memory: free it"), ("gpu_fault", "the GPU reported a fault")],
)
async def test_the_end_of_a_server_in_use_is_explained(make_engine: MakeEngine, fault: str, expected: str) -> None:
    engine = make_engine(scenario={"answer": "one two three four", "faults": [fault]})
    heard = await listen(engine)
    assert heard.text
    assert expected in str(heard.error)
    assert one_sentence(str(heard.error))
    await engine.close()


async def test_reasoning_is_switched_off_by_text_because_the_templates_have_no_switch(make_engine: MakeEngine) -> None:
    engine = make_engine(options={"thinking": False})
    await listen(engine)
    (request,) = seen_by(engine).stats()["requests"]
    assert request["messages"][-1]["content"].endswith(" /no_think")
    assert "chat_template_kwargs" not in request
    await engine.close()


async def test_a_server_killed_from_outside_is_one_error_and_starts_again(make_engine: MakeEngine) -> None:
    engine = make_engine(scenario=SLOW_ANSWER)
    await engine.start()
    heard = Heard()
    reader = asyncio.create_task(listen(engine, into=heard))
    await heard.first.wait()
    os.killpg(leader_of(engine), signal.SIGKILL)
    await reader
    assert "was ended by SIGKILL" in str(heard.error)
    assert "when main memory runs out" in str(heard.error)
    await reaches(engine, Phase.FAILED)
    await engine.start()
    assert engine.status.phase is Phase.READY
    await engine.close()


async def test_a_crash_between_requests_is_noticed_and_repaired_by_the_next(make_engine: MakeEngine) -> None:
    engine = make_engine(scenario={"answer": "fine"})
    await engine.start()
    os.killpg(leader_of(engine), signal.SIGKILL)
    await reaches(engine, Phase.FAILED)
    assert (await listen(engine)).text == "fine"
    await engine.close()


async def test_closing_is_orderly_and_leaves_no_process(make_engine: MakeEngine) -> None:
    engine = make_engine()
    await engine.start()
    leader = leader_of(engine)
    await engine.close()
    assert group_is_gone(leader)
    assert engine.log_path is not None
    assert "Shutting down" in engine.log_path.read_text(), "SIGINT came first"


async def test_closing_in_mid_answer_ends_the_answer_and_the_process(make_engine: MakeEngine) -> None:
    engine = make_engine(scenario=SLOW_ANSWER)
    heard = Heard()
    reader = asyncio.create_task(listen(engine, into=heard))
    await heard.first.wait()
    leader = leader_of(engine)
    await engine.close()
    await reader
    assert heard.error is not None
    assert group_is_gone(leader)
    assert engine.status.phase is Phase.STOPPED


async def test_a_stop_in_prefill_shows_busy_until_the_server_is_free(make_engine: MakeEngine) -> None:
    engine = make_engine(scenario={"ttft": 0.8, "serial": True})
    await engine.start()
    reader = asyncio.create_task(listen(engine))
    await reaches(engine, Phase.PREFILL)
    await seen_by(engine).saw("requests", 1)
    reader.cancel()
    with suppress(asyncio.CancelledError):
        await reader
    assert engine.status.phase is Phase.BUSY
    await reaches(engine, Phase.READY)
    assert seen_by(engine).stats()["hung_up_in_prefill"] == 1
    await engine.close()


async def test_a_prefill_that_takes_longer_than_loading_is_not_waited_for(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mlc, "_LEAST_BUSY", 0.3)
    engine = make_engine(scenario={"ttft": 600, "serial": True})
    await engine.start()
    leader = leader_of(engine)
    reader = asyncio.create_task(listen(engine))
    await reaches(engine, Phase.PREFILL)
    await seen_by(engine).saw("requests", 1)
    reader.cancel()
    with suppress(asyncio.CancelledError):
        await reader
    # The next server is fast: the request that waits for the old one is answered by it.
    (tmp_path / "model" / "standin.json").write_text(json.dumps({"scenario": {"answer": "from the new one"}}))
    assert engine.status.phase is Phase.BUSY
    async with asyncio.timeout(30):
        heard = await listen(engine)
    assert (heard.text, heard.error) == ("from the new one", None)
    assert leader_of(engine) != leader
    wait_until_gone(leader)
    await engine.close()


async def test_a_stalled_server_that_answers_nothing_else_is_ended(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlc, "_HEALTH", 0.5)
    # A serial engine that hangs in one answer gives no other either, as when MLC-LLM's engine thread has died.
    engine = make_engine(scenario={"faults": ["stall_mid"], "serial": True}, timeouts={"stall": 0.5})
    await engine.start()
    leader = leader_of(engine)
    heard = await listen(engine)
    assert heard.text
    assert "hangs and was ended: it starts again with the next request" in str(heard.error)
    wait_until_gone(leader)
    await reaches(engine, Phase.FAILED)
    await engine.start()
    assert engine.status.phase is Phase.READY
    await engine.close()


async def test_a_stall_of_a_healthy_server_ends_only_the_answer(make_engine: MakeEngine) -> None:
    engine = make_engine(scenario={"faults": ["stall_mid"]}, timeouts={"stall": 0.5})
    await engine.start()
    leader = leader_of(engine)
    heard = await listen(engine)
    assert "sent no further token for 0.5 s" in str(heard.error)
    assert (await listen(engine)).error is None
    assert leader_of(engine) == leader
    await engine.close()


async def test_a_refusal_leaves_the_server_running(make_engine: MakeEngine) -> None:
    engine = make_engine(scenario={"window": 2})
    heard = await listen(engine)
    assert "The prompt has 8 tokens" in str(heard.error)
    assert engine.status.phase is Phase.READY
    await engine.close()


PARENT = """
import asyncio, json, sys
from pathlib import Path
from core.engines.mlc import MlcEngine

async def main():
    folder, log_dir, *command = sys.argv[1:]
    engine = MlcEngine("qwen", source=folder, context=4096, log_dir=Path(log_dir), command=command)
    engine.watch(lambda status: print(json.dumps([status.phase, engine._server and engine._server.pid]), flush=True))
    await engine.start()
    print(json.dumps(["running", engine._server.pid]), flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def start_parent(folder: Path, logs: Path, until: str) -> "tuple[subprocess.Popen[str], list[object]]":
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), str(logs), *FAKE_MLC], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    for line in parent.stdout:
        said: list[object] = json.loads(line)
        if said[0] == until:
            return parent, said
    raise AssertionError("the parent ended early")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_killed_parent(make_engine: MakeEngine, tmp_path: Path, number: signal.Signals) -> None:
    make_engine()
    parent, said = start_parent(tmp_path / "model", tmp_path / "logs", "running")
    leader = said[1]
    assert isinstance(leader, int)
    assert len(states_of(leader)) == 2
    parent.send_signal(number)
    parent.wait(10)
    assert parent.stdout is not None
    parent.stdout.close()
    wait_until_gone(leader)


def test_a_compiler_does_not_outlive_a_parent_killed_during_the_start(make_engine: MakeEngine, tmp_path: Path) -> None:
    note = tmp_path / "compiler.pid"
    make_engine(load="compile", compiler=str(note), pause=60)
    parent, _ = start_parent(tmp_path / "model", tmp_path / "logs", "compiling")
    while not (note.exists() and note.read_text()):
        time.sleep(0.02)
    compiler = int(note.read_text())
    leader = os.getpgid(compiler)
    parent.kill()
    parent.wait(10)
    assert parent.stdout is not None
    parent.stdout.close()
    wait_until_gone(leader)


async def test_the_server_dies_with_its_guardian(make_engine: MakeEngine) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux has a parent-death signal")
    engine = make_engine()
    await engine.start()
    leader = leader_of(engine)
    os.kill(leader, signal.SIGKILL)
    await reaches(engine, Phase.FAILED)
    wait_until_gone(leader)
    await engine.close()
