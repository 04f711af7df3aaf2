"""Starting MLC-LLM: visible phases, and a sentence for everything that can go wrong."""

import asyncio
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from core.engines import serverlog
from core.engines.mlc import MlcEngine
from core.engines.protocol import EngineStatus, Phase
from core.errors import EngineError
from tests.core.engines.conftest import MakeEngine
from tests.core.engines.talk import listen, one_sentence, reaches


async def failed_start(engine: MlcEngine) -> str:
    async with asyncio.timeout(60):
        with pytest.raises(EngineError) as caught:
            await engine.start()
    assert engine.status == EngineStatus(Phase.FAILED, str(caught.value))
    await engine.close()
    return str(caught.value)


async def phases_of(engine: MlcEngine) -> list[EngineStatus]:
    seen: list[EngineStatus] = []
    engine.watch(seen.append)
    await engine.start()
    return seen


async def test_an_answer_comes_through_and_the_memory_is_known(make_engine: MakeEngine) -> None:
    engine = make_engine(scenario={"answer": "x = 1", "reasoning": "easy"})
    heard = await listen(engine)
    assert (heard.text, heard.reasoning, heard.error) == ("x = 1", "easy\n", None)
    assert engine.memory is not None
    assert (engine.memory.total, engine.memory.cache) == (9728.5, 1024.5)
    await engine.close()
    assert engine.status.phase is Phase.STOPPED


async def test_a_download_shows_the_bytes_that_are_there(make_engine: MakeEngine) -> None:
    engine = make_engine(load="download", shards=[2 * 2**20] * 3, pause=0.7)
    seen = await phases_of(engine)
    await engine.close()
    downloading = [status for status in seen if status.phase is Phase.DOWNLOADING]
    assert any(status.detail.endswith(" of 6.0 MiB") for status in downloading)
    progress = [status.progress for status in downloading if status.progress is not None]
    assert progress == sorted(progress)
    order = list(dict.fromkeys(status.phase for status in seen))
    assert order == [Phase.STARTING, Phase.DOWNLOADING, Phase.LOADING, Phase.READY, Phase.STOPPED]


async def test_compiling_and_loading_are_shown(make_engine: MakeEngine) -> None:
    engine = make_engine(load="compile", pause=0.5)
    seen = await phases_of(engine)
    await engine.close()
    assert EngineStatus(Phase.COMPILING, "for this GPU, once") in seen
    assert EngineStatus(Phase.LOADING, "9.5 GiB of GPU memory") in seen


@pytest.mark.parametrize(
    ("load", "expected"),
    [
        ("no device", "this machine has no device 'auto'"),
        ("bad json", "the model's configuration file is damaged"),
        ("old driver", "the NVIDIA driver is missing or too old for this MLC-LLM: update the driver, then run"),
        ("new cuda", "the NVIDIA driver is missing or too old"),
        ("other gpu", "was not built for this GPU"),
        ("old glibc", "this system is too old for this MLC-LLM (GLIBC_2.38 is missing)"),
        ("bad cache", "weights are missing or damaged"),
        ("no git", "git is needed to download weights"),
        ("no lfs", "git-lfs is needed to download weights"),
        ("git fails", "could not be downloaded from https://huggingface.co/mlc-ai/Nope"),
        ("compile fails", "could not be compiled for this device"),
        ("gpu memory", "needs 9.0 GiB besides its KV cache but may use 5.0 GiB of GPU memory"),
        ("missing weights", "weights are missing or damaged"),
        ("wrong library", "does not fit this model or this MLC-LLM"),
        ("tokenizer", "tokenizer files are missing or damaged"),
        ("c++ thread fails", "too little free memory"),
        ("aborts", "was ended by SIGABRT after printing"),
    ],
)
async def test_a_failed_start_is_one_sentence_with_the_log(
    make_engine: MakeEngine, tmp_path: Path, load: str, expected: str
) -> None:
    said = await failed_start(make_engine(load=load))
    (log,) = (tmp_path / "logs").iterdir()
    assert expected in said
    assert str(log) in said
    assert one_sentence(said), said


async def test_a_load_that_hangs_without_a_word_ends_at_the_limit(make_engine: MakeEngine) -> None:
    said = await failed_start(make_engine(load="hangs", limits={"loading": 1.0}))
    assert "loading took more than 1 s" in said


async def test_a_python_without_mlc_llm_names_the_command_that_installs_it(make_engine: MakeEngine) -> None:
    said = await failed_start(make_engine(options={"command": None}))
    assert "MLC-LLM is not installed" in said
    assert "https://mlc.ai/wheels mlc-llm-nightly-" in said


async def test_a_python_that_is_not_there_is_said_so(make_engine: MakeEngine) -> None:
    said = await failed_start(make_engine(options={"command": ["/nonexistent/python"]}))
    assert "/nonexistent/python: No such file or directory" in said


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"source": "/nonexistent/model"}, "The folder /nonexistent/model does not exist"),
        ({"model_lib": "/nonexistent/lib.so"}, "The compiled library /nonexistent/lib.so does not exist"),
    ],
)
async def test_missing_files_are_found_before_anything_starts(
    make_engine: MakeEngine, tmp_path: Path, options: dict[str, Any], expected: str
) -> None:
    said = await failed_start(make_engine(options=options))
    assert expected in said
    assert not (tmp_path / "logs").exists()


async def test_the_server_is_called_as_documented(make_engine: MakeEngine, tmp_path: Path, mlc_home: Path) -> None:
    record = tmp_path / "seen.json"
    engine = make_engine(record=str(record), options={"device": "cuda:1", "concurrency": 4})
    await engine.start()
    await engine.close()
    seen = json.loads(record.read_text())
    assert seen["model"] == str(tmp_path / "model")
    assert (seen["device"], seen["mode"], seen["host"]) == ("cuda:1", "local", "127.0.0.1")
    assert seen["overrides"] == "context_window_size=4096;max_num_sequence=4;max_total_seq_length=4736"
    assert os.listdir(mlc_home / "secondpass") == [], "its working folder is gone"
    assert seen["cwd"].startswith(str(mlc_home / "secondpass"))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to read the arguments of processes")
async def test_the_key_is_in_no_argument_no_environment_and_no_log(make_engine: MakeEngine, tmp_path: Path) -> None:
    engine = make_engine()
    await engine.start()
    server = engine._server
    assert server is not None
    assert server.pid is not None
    group = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if group_of(pid) == server.pid]
    assert len(group) == 2, "the guardian and the server"
    for anyone in filter(str.isdigit, os.listdir("/proc")):
        assert server.key not in read(Path(f"/proc/{anyone}/cmdline"))
    for pid in group:
        assert server.key not in read(Path(f"/proc/{pid}/environ"))
        assert "mlc_wrapper.py" in read(Path(f"/proc/{pid}/cmdline"))
    await listen(engine)
    await engine.close()
    assert engine.log_path is not None
    assert server.key not in engine.log_path.read_text()
    assert stat.S_IMODE(engine.log_path.stat().st_mode) == 0o600


async def test_the_key_is_taken_out_of_what_the_server_prints(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STANDIN_MLC_TOO_OLD", "1")
    said = await failed_start(make_engine())
    (log,) = (tmp_path / "logs").iterdir()
    assert "unrecognized arguments: --api-key=***" in log.read_text()
    assert "too old (it does not know --api-key=***)" in said


def group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


async def test_nothing_reaches_the_terminal(make_engine: MakeEngine, capfd: pytest.CaptureFixture[str]) -> None:
    engine = make_engine(load="compile")
    await listen(engine)
    await engine.close()
    assert capfd.readouterr() == ("", "")


async def test_only_the_last_logs_are_kept(make_engine: MakeEngine, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for second in range(20):
        (logs / f"mlc-qwen-20200101-0000{second:02d}-000000.log").write_text("old")
    (logs / "mlc-qwen-other.log").write_text("not ours")
    engine = make_engine()
    await engine.start()
    await engine.close()
    names = sorted(path.name for path in logs.iterdir())
    assert len(names) == 7
    assert "mlc-qwen-other.log" in names
    assert "mlc-qwen-20200101-000019-000000.log" in names


def test_a_log_is_turned_over_before_it_grows_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serverlog, "_LARGEST", 1000)
    log = serverlog.ServerLog(tmp_path, "mlc-qwen", secret="hush")
    for number in range(200):
        log.write(log.clean(f"line {number} hush"))
    log.close()
    files = sorted(tmp_path.iterdir())
    assert [path.suffixes for path in files] == [[".log"], [".log", ".1"]]
    assert all(path.stat().st_size <= 1000 for path in files)
    assert files[0].read_text().endswith("line 199 ***\n")
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


async def test_a_start_that_is_cancelled_leaves_nothing(make_engine: MakeEngine, mlc_home: Path) -> None:
    engine = make_engine(load="hangs")
    starting = asyncio.create_task(engine.start())
    await reaches(engine, Phase.LOADING)
    (folder,) = (mlc_home / "secondpass").iterdir()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert engine.status.phase is Phase.STOPPED
    assert not folder.exists()


async def test_what_a_dead_program_left_of_a_download_is_removed(make_engine: MakeEngine, mlc_home: Path) -> None:
    import socket

    left = mlc_home / "secondpass" / f"{socket.gethostname()}-999999999-abc"
    other = mlc_home / "secondpass" / "another-host-999999999-abc"
    for folder in (left, other):
        (folder / "downloads").mkdir(parents=True)
    engine = make_engine()
    await engine.start()
    await engine.close()
    assert not left.exists()
    assert other.exists()
