"""Fetching weights: where they end, what is kept of an interrupted try, which revision, and what every failure says."""

import asyncio
import shutil
from pathlib import Path

import pytest

from core.errors import EngineError, UsageError
from core.locks import held
from core.weights.on_disk import REVISION_FILE, weights_in
from core.weights.pull import Progress, Pulled, pull
from tests.standins.hub import Hub, make_hub
from tests.standins.processes import ended, written

SOURCE = "HF://me/Tiny-MLC"
SHARDS = (b"a" * 300_000, b"b" * 200_000)
needs_lfs = pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed on this machine")


@pytest.fixture(params=["stand-in", pytest.param("real", marks=needs_lfs)])
def any_hub(request: pytest.FixtureRequest, tmp_path: Path) -> Hub:
    """A hub with the stand-in for git-lfs, and with git-lfs itself."""
    return make_hub(tmp_path, lfs=request.param)


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return make_hub(tmp_path, lfs="stand-in")


def folder_in(hub: Hub) -> Path:
    return Path(hub.environ["MLC_LLM_HOME"]) / "model_weights/hf/me/Tiny-MLC"


async def fetch(hub: Hub, revision: str | None = None, source: str = SOURCE, **environ: str) -> Pulled:
    return await pull(source, revision, {**hub.environ, **environ}, lambda progress: None)


async def refused(hub: Hub, revision: str | None = None, source: str = SOURCE, **environ: str) -> str:
    with pytest.raises(EngineError) as caught:
        await fetch(hub, revision, source, **environ)
    assert not folder_in(hub).exists()
    return str(caught.value)


async def test_weights_are_put_where_mlc_llm_looks_for_them(any_hub: Hub) -> None:
    commit = any_hub.model("me/Tiny-MLC", *SHARDS)
    seen: list[Progress] = []
    done = await pull(SOURCE, None, any_hub.environ, seen.append)
    folder = folder_in(any_hub)
    assert done == Pulled(folder=folder, revision=commit, size=500_000, fetched=True)
    assert (folder / "params_shard_0.bin").read_bytes() == SHARDS[0]
    assert (folder / "params_shard_1.bin").read_bytes() == SHARDS[1]
    found = weights_in(folder, remote=True)
    assert (found.complete, found.revision) == (True, commit)
    assert not (folder / ".git").exists()
    assert [each.name for each in (folder.parents[1] / ".secondpass").iterdir()] == ["me--Tiny-MLC.lock"]
    assert seen[0] == Progress(0, None)
    assert seen[-1] == Progress(500_000, 500_000)
    present = [each.present for each in seen]
    assert present == sorted(present)


@pytest.mark.parametrize("digits", [7, 40])
async def test_a_pinned_revision_is_the_one_that_is_fetched(any_hub: Hub, digits: int) -> None:
    old = any_hub.model("me/Tiny-MLC", b"old" * 1000)
    new = any_hub.model("me/Tiny-MLC", b"new" * 1000)
    assert old != new
    done = await fetch(any_hub, old[:digits])
    assert (done.revision, (done.folder / "params_shard_0.bin").read_bytes()) == (old, b"old" * 1000)
    # Without a pin what is there is taken as it is; a pin on another commit replaces it.
    assert not (await fetch(any_hub)).fetched
    assert not (await fetch(any_hub, old[:digits])).fetched
    again = await fetch(any_hub, new[:digits])
    assert (again.revision, (again.folder / "params_shard_0.bin").read_bytes()) == (new, b"new" * 1000)


async def test_weights_that_mlc_llm_fetched_itself_are_kept_unless_a_revision_is_pinned(hub: Hub) -> None:
    commit = hub.model("me/Tiny-MLC", *SHARDS)
    folder = (await fetch(hub)).folder
    (folder / REVISION_FILE).unlink()
    assert await fetch(hub) == Pulled(folder=folder, revision=None, size=500_000, fetched=False)
    assert (await fetch(hub, commit)).revision == commit


async def test_an_interrupted_download_of_mlc_llm_is_replaced(hub: Hub) -> None:
    hub.model("me/Tiny-MLC", *SHARDS)
    folder = (await fetch(hub)).folder
    (folder / "params_shard_1.bin").write_bytes(b"b" * 10)
    assert (await fetch(hub)).fetched
    assert weights_in(folder, remote=True).complete


async def test_what_has_arrived_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    hub.model("me/Tiny-MLC", *SHARDS)
    log = tmp_path / "fetched"
    said = await refused(hub, STANDIN_LFS_STOP="1", STANDIN_LFS_LOG=str(log))
    assert "https://huggingface.co/me/Tiny-MLC" in said
    assert "the network does not reach it" in said
    assert len(log.read_text().split()) == 1
    seen: list[Progress] = []
    await pull(SOURCE, None, {**hub.environ, "STANDIN_LFS_LOG": str(log)}, seen.append)
    assert seen[1].present > 0
    fetched = log.read_text().split()
    assert len(fetched) == len(set(fetched)) == 2
    assert weights_in(folder_in(hub), remote=True).complete


async def test_a_stop_ends_the_download_and_its_processes(hub: Hub, tmp_path: Path) -> None:
    hub.model("me/Tiny-MLC", *SHARDS)
    half = asyncio.Event()

    def show(progress: Progress) -> None:
        if 0 < progress.present < 500_000:
            half.set()

    environ = {**hub.environ, "STANDIN_LFS_HANG": str(tmp_path / "pid")}
    fetching = asyncio.create_task(pull(SOURCE, None, environ, show))
    number = await asyncio.to_thread(written, tmp_path / "pid")
    await half.wait()  # a part of a file counts
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert await asyncio.to_thread(ended, number)
    assert not folder_in(hub).exists()
    assert (await fetch(hub)).fetched


async def test_a_kill_between_the_last_two_steps_costs_nothing(hub: Hub, tmp_path: Path) -> None:
    commit = hub.model("me/Tiny-MLC", *SHARDS)
    folder = (await fetch(hub)).folder
    folder.rename(folder.parents[1] / ".secondpass/me--Tiny-MLC")
    log = tmp_path / "fetched"
    done = await fetch(hub, STANDIN_LFS_LOG=str(log))
    assert (done.revision, log.exists()) == (commit, False)
    assert weights_in(folder, remote=True).complete


async def test_locks_of_a_git_that_was_killed_do_not_stop_the_next_try(hub: Hub) -> None:
    hub.model("me/Tiny-MLC", *SHARDS)
    await refused(hub, STANDIN_LFS_STOP="1")
    git = folder_in(hub).parents[1] / ".secondpass/me--Tiny-MLC/.git"
    for name in ("index.lock", "shallow.lock", "config.lock", "HEAD.lock"):
        (git / name).touch()
    assert (await fetch(hub)).fetched


async def test_two_programs_do_not_fetch_the_same_weights(hub: Hub) -> None:
    hub.model("me/Tiny-MLC", *SHARDS)
    lock = folder_in(hub).parents[1] / ".secondpass/me--Tiny-MLC.lock"
    lock.parent.mkdir(parents=True)
    with held(lock, EngineError("held")):
        assert "Another secondpass is fetching HF://me/Tiny-MLC now" in await refused(hub)
    await fetch(hub)


async def test_a_link_in_a_repository_leads_nowhere(hub: Hub, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    hub.model("me/Tiny-MLC", *SHARDS)
    files = {
        "mlc-chat-config.json": b"{}",
        "tensor-cache.json": b'{"records": [{"dataPath": "s.bin", "nbytes": 5}]}',
        "s.bin": b"12345",
    }
    hub.commit("me/Tiny-MLC", files, links={"tokenizer.json": str(secret)})
    folder = (await fetch(hub)).folder
    assert not (folder / "tokenizer.json").is_symlink()
    assert (folder / "tokenizer.json").read_text() == str(secret)


async def test_a_repository_that_is_not_there(hub: Hub) -> None:
    said = await refused(hub, source="HF://me/Nope")
    assert "https://huggingface.co/me/Nope" in said
    assert "there is no such repository, or it is not public" in said


async def test_no_network(hub: Hub) -> None:
    said = await refused(hub, GIT_CONFIG_KEY_0="url.http://127.0.0.1:9/.insteadOf", http_proxy="", https_proxy="")
    assert "the network does not reach it: check the connection" in said


async def test_a_revision_that_is_not_there(hub: Hub) -> None:
    hub.model("me/Tiny-MLC", *SHARDS)
    assert "has no revision deadbeef: correct the revision" in await refused(hub, "deadbeef")
    assert "has no revision" in await refused(hub, "0" * 40)


async def test_a_repository_without_a_converted_model(hub: Hub) -> None:
    hub.commit("me/Tiny-MLC", {"config.json": b"{}", "model.bin": b"x" * 50})
    assert "holds no model converted for MLC-LLM" in await refused(hub)


async def test_too_little_disk_is_found_out_before_anything_large_is_fetched(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.model("me/Tiny-MLC", *SHARDS)
    monkeypatch.setattr("core.weights.pull.free_bytes", lambda folder: 1000)
    log = tmp_path / "fetched"
    said = await refused(hub, STANDIN_LFS_LOG=str(log))
    assert "GiB are free in" in said
    assert "MLC_LLM_HOME" in said
    assert not log.exists()


async def test_a_home_that_cannot_be_written(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EngineError, match="set MLC_LLM_HOME to a folder that can be written"):
        await fetch(hub, MLC_LLM_HOME=str(tmp_path / "file"))


@pytest.mark.parametrize("lfs", ["none", "nothing"])
async def test_missing_tools_are_named_with_the_command(tmp_path: Path, lfs: str) -> None:
    hub = make_hub(tmp_path, lfs="none")
    environ = dict(hub.environ)
    if lfs == "nothing":
        environ["PATH"] = str(tmp_path / "empty")
    with pytest.raises(EngineError) as caught:
        await pull(SOURCE, None, environ, lambda progress: None)
    what = "git-lfs is needed" if lfs == "none" else "git is needed"
    assert what in str(caught.value)
    assert "git-lfs" in str(caught.value)


@pytest.mark.parametrize("source", ["/a/folder", "HF://noslash", "HF://a/b/c", "HF://../x", "HF://me/x y"])
async def test_what_is_no_repository_is_not_asked_for(hub: Hub, source: str) -> None:
    with pytest.raises(UsageError):
        await fetch(hub, source=source)


def test_the_revision_of_a_checkout_is_read_from_git(hub: Hub, tmp_path: Path) -> None:
    commit = hub.model("me/Tiny-MLC", *SHARDS)
    assert weights_in(hub.folder / ".work/me/Tiny-MLC", remote=False).revision == commit
    assert weights_in(tmp_path / "nowhere", remote=False).revision is None
    (tmp_path / REVISION_FILE).write_text("not a commit")
    assert weights_in(tmp_path, remote=False).revision is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"records": 5}', '{"records": [{}]}', "[" * 100_000])
def test_a_damaged_list_of_shards_is_no_weights(tmp_path: Path, content: str) -> None:
    (tmp_path / "tensor-cache.json").write_text(content)
    (tmp_path / "mlc-chat-config.json").write_text("{}")
    found = weights_in(tmp_path, remote=True)
    assert (found.complete, found.total) == (False, None)
