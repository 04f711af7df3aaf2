"""Who holds a GPU, and what those who find it taken are told."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.engines.gpu_lock import KEEPER, GpuLocks, GpuTakenError, gpu_of, holders
from tests.core.engines.talk import one_sentence


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"SECONDPASS_HOME": str(tmp_path)}


_HOLD = """
import asyncio, os, sys
from core.engines.gpu_lock import GpuLocks
program, *devices = sys.argv[1:]
locks = GpuLocks(program=program, pair="paper", environ=os.environ)
asyncio.run(locks.take(devices))
print("holds", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_program(environ: dict[str, str], program: str, *devices: str) -> Iterator[int]:
    """A process that holds the GPUs; the value is its id."""
    command = [sys.executable, "-I", "-c", _HOLD, program, *devices]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env={**os.environ, **environ}, text=True, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "holds\n"
        yield process.pid
        process.communicate()


@pytest.mark.parametrize(
    ("device", "visible", "expected"),
    [
        ("cuda:1", None, "1"),
        ("cuda", None, "0"),
        (None, None, "0"),
        ("auto", None, "0"),
        ("cpu", None, None),
        ("cpu:0", None, None),
        ("vulkan:1", "3", "1"),
        ("cuda:0", "3,1", "3"),
        ("cuda:1", "3,1", "1"),
        (None, "2", "2"),
        ("cuda:0", "GPU-8932f937", "GPU-8932f937"),
    ],
)
def test_gpus_are_told_apart_by_their_number_on_the_machine(
    device: str | None, visible: str | None, expected: str | None
) -> None:
    assert gpu_of(device, {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}) == expected


async def test_a_taken_gpu_says_who_has_it_and_leaves_the_others_free(environ: dict[str, str]) -> None:
    mine = GpuLocks(program="secondpass run", pair="mine", environ=environ)
    with another_program(environ, "the Workbench", "cuda:1") as pid:
        with pytest.raises(GpuTakenError) as caught:
            await mine.take(["cuda:0", "cuda:1"])
        said = str(caught.value)
        assert f"GPU 1 is in use by the Workbench with the pair paper (process {pid}, since " in said
        assert one_sentence(said)
        assert [(each.gpu, each.pid) for each in holders(environ)] == [("1", pid)], "all or none"
        await mine.take(["cuda:0", "cpu"])
        assert {(each.gpu, each.pid) for each in holders(environ)} == {("0", os.getpid()), ("1", pid)}
        assert mine.holder(["cuda:0"]) is None
        assert (found := mine.holder(["cuda:1"])) is not None
        assert found.program == "the Workbench"
        mine.release()
    assert holders(environ) == ()


async def test_a_kept_pair_is_offered_or_can_be_unloaded(environ: dict[str, str]) -> None:
    mine = GpuLocks(program="secondpass run", pair="mine", environ=environ)
    with another_program(environ, KEEPER, "cuda:0"), pytest.raises(GpuTakenError) as caught:
        await mine.take(["cuda:0"])
    assert "(--pair paper)" in str(caught.value)
    assert "secondpass engines stop" in str(caught.value)
    assert one_sentence(str(caught.value))


def test_a_machine_where_nothing_ran_yet_has_no_holders_and_no_folder(environ: dict[str, str], tmp_path: Path) -> None:
    assert holders(environ) == ()
    assert list(tmp_path.iterdir()) == []


async def test_a_file_system_without_locks_does_not_keep_models_from_loading(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    mine = GpuLocks(program="secondpass run", pair="mine", environ=environ)
    await mine.take(["cuda:0"])
    assert holders(environ) == ()
    mine.release()
