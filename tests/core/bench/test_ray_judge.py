"""Judging on a real Ray cluster: of two nodes on this machine, one of which is killed, and of this machine alone."""

import asyncio
import contextlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from core.bench.cluster import ClusterError, RayJudge, check_usable
from core.bench.cluster import judge as asking_side
from core.bench.cluster.fitness import examine, why_unfit
from core.bench.cluster.node import NodeJudge
from core.bench.cluster.shipment import pack, unpack
from core.bench.datasets import Dataset, open_dataset
from core.bench.judge import Judge, JudgeNode, Judging, PartVerdict, Profile, Verdict
from core.bench.samples import Sample
from core.bench.store import Store
from core.bench.verify import verify
from core.errors import SecondpassError, UsageError
from core.sandbox import available_tier
from tests.core.bench.making import config

# A checkout's tests have Ray (requirements/dev.txt); there is no wheel of it for Intel Macs.
pytestmark = [pytest.mark.timeout(300)]
needs_ray = pytest.mark.skipif(
    sys.platform == "darwin" and platform.machine() != "arm64", reason="there is no Ray for this machine"
)

SHORT = Profile(name="short", minimum_seconds=0.2, flags_fail=True, names_crashes=True)
TASK = "Demo/4"
BODIES = {
    "wrong": "    return [1]\n",
    "raises": "    return 1 / 0\n",
    "ends": "    import os; os._exit(1)\n",
    "loops": "    while True:\n        pass\n",
    "reaches": "    import sys; sys._getframe(1).f_locals\n    return [1]\n",
    "not UTF-8": '    return "\ud800"\n',
}


def program(body: str) -> str:
    return f"def split_bill(total_cents, people):\n{body}"


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The address of a cluster of two nodes with a processor each, and the program that holds it."""
    script = str(Path(__file__).with_name("ray_cluster.py"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        # Ray gives a node 30 seconds to start, which a machine with much else to do may exceed.
        for _ in range(3):
            with subprocess.Popen(
                [sys.executable, script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            ) as process:
                assert process.stdout is not None
                if address := process.stdout.readline().strip():
                    yield address, process
                    return
        pytest.fail("the cluster does not start")


def told(verdict: Verdict) -> Verdict:
    """Without what differs from run to run."""

    def part(each: PartVerdict | None) -> PartVerdict | None:
        return None if each is None else replace(each, seconds=0.0, cpu_seconds=None)

    return replace(verdict, base=part(verdict.base), plus=part(verdict.plus))


async def all_judged(judge: Judging, dataset: Dataset) -> dict[str, Verdict]:
    codes = {problem.task_id: (problem.task_id, problem.canonical) for problem in dataset.problems.values()}
    codes |= {name: (TASK, program(body)) for name, body in BODIES.items()}
    verdicts = await asyncio.gather(*(judge.judge(task, code) for task, code in codes.values()))
    return dict(zip(codes, map(told, verdicts), strict=True))


@needs_ray
async def test_two_nodes_give_the_verdicts_of_this_machine_and_name_their_sandbox(
    cluster: tuple[str, "subprocess.Popen[str]"],
) -> None:
    dataset = open_dataset("demo")
    async with Judge(dataset, profile=SHORT, workers=2) as judge:
        expected = await all_judged(judge, dataset)
    nodes: list[JudgeNode] = []
    async with RayJudge(dataset, profile=SHORT, address=cluster[0], joined=nodes.append) as judge:
        assert await all_judged(judge, dataset) == expected
        await until(lambda: len(nodes) == 2)
    assert expected["loops"].base is not None
    assert expected["loops"].base.first is not None, "tried again, undisturbed, on its node"
    assert [node.workers for node in nodes] == [1, 1]
    assert {(node.sandbox, node.python) for node in nodes} == {(available_tier().name, platform.python_version())}


@needs_ray
async def test_a_killed_judge_is_started_again_and_what_kills_it_twice_is_no_failure_of_the_code(
    cluster: tuple[str, "subprocess.Popen[str]"],
) -> None:
    dataset = open_dataset("demo")
    notices: list[str] = []
    nodes: list[JudgeNode] = []
    slow = program("    import time; time.sleep(60)\n")
    canonical = dataset.problems[TASK].canonical
    async with RayJudge(dataset, address=cluster[0], joined=nodes.append, notice=notices.append) as judge:
        await until(lambda: len(nodes) == 2)
        verdict = asyncio.create_task(judge.judge(TASK, slow))
        for lost in (1, 2):
            await until(lambda: len(busy()) == 1)
            busy()[0].kill()
            await until(lambda lost=lost: len(notices) == lost)  # type: ignore[misc]
        unjudged = await verdict
        assert unjudged.base is unjudged.plus is None
        assert unjudged.problem is not None
        assert "lost twice" in unjudged.problem
        assert (await judge.judge(TASK, canonical)).passes_plus
    with Store(Path(os.environ["SECONDPASS_HOME"]) / "s.sqlite") as store:
        store.add_verdict(dataset.digest, TASK, slow, "strict", unjudged)
        assert store.verdict(dataset.digest, TASK, slow, "strict") is None


@needs_ray
async def test_without_a_node_that_can_judge_the_sentence_names_the_first_and_what_to_do(
    cluster: tuple[str, "subprocess.Popen[str]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "99.0")
    notices: list[str] = []
    with pytest.raises(UsageError, match=r"No node can judge: .* and here is 99\.0; install there"):
        async with RayJudge(open_dataset("demo"), address=cluster[0], notice=notices.append):
            pass
    assert len(notices) >= 1
    assert "left out" in notices[0]


@needs_ray
async def test_what_a_dying_node_was_judging_is_judged_elsewhere(
    cluster: tuple[str, "subprocess.Popen[str]"],
) -> None:
    """The last test that needs both nodes."""
    address, process = cluster
    assert process.stdin is not None
    dataset = open_dataset("demo")
    nodes: list[JudgeNode] = []
    notices: list[str] = []
    canonical = dataset.problems[TASK].canonical
    codes = [f"import time; time.sleep(0.3)  # {number}\n{canonical}" for number in range(16)]
    async with RayJudge(dataset, address=address, joined=nodes.append, notice=notices.append) as judge:
        await until(lambda: len(nodes) == 2)
        tasks = [asyncio.create_task(judge.judge(TASK, code)) for code in codes]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        process.stdin.write("kill\n")
        process.stdin.flush()
        verdicts = await asyncio.gather(*tasks)
    assert all(verdict.passes_plus for verdict in verdicts)
    assert len(notices) == 1
    assert "was lost" in notices[0]


@needs_ray
def test_a_run_on_a_local_cluster_stops_leaves_nothing_behind_and_goes_on_on_another(
    cluster: tuple[str, "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    secondpass = [sys.executable, "-c", "import sys; from tui.cli import main; sys.exit(main())"]
    demo = ("bench", "run", "--dataset", "demo", "--pair", "demo", "--pattern", "review-then-fix", "--samples", "6")
    with subprocess.Popen(
        [*secondpass, *demo, "--ray", "local", "--output", "jsonl"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = (json.loads(line) for line in process.stdout)
        run = next(lines)["id"]
        next(line for line in lines if line["type"] == "finished")
        others = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=30)
        assert process.returncode == 130, said
    assert f"--resume {run}" in said
    assert json.loads(rest.splitlines()[-1])["complete"] is False
    assert psutil.wait_procs(others, timeout=30)[1] == []
    with Store() as store:
        kept = {each.key for each in store.results(store.run(run))}
        assert [node.sandbox for node in store.run(run).nodes] == [available_tier().name]
    assert 0 < len(kept) < 36
    done = subprocess.run(
        [*secondpass, "bench", "run", "--resume", run, "--ray", cluster[0], "--jobs", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "judges 1 at a time" in done.stderr
    assert "(Ray)" in done.stdout
    with Store() as store:
        results = store.results(store.run(run))
    assert kept < {each.key for each in results}
    assert len(results) == 36
    assert all(each.judged for each in results)


@needs_ray
async def test_an_address_where_nothing_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_side, "_CONNECTING_ELSEWHERE", 2.0)
    with pytest.raises(ClusterError, match=r"No Ray cluster answers at ray://127\.0\.0\.1:9 within 2 s") as raised:
        async with RayJudge(open_dataset("demo"), address="ray://127.0.0.1:9"):
            pass
    assert raised.value.exit_code == 3


async def test_a_cluster_that_is_lost_ends_the_judging_of_samples_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In place of Ray: a driver that connects, has a node, and dies at the first request.
    driver = tmp_path / "driver.py"
    node = {"id": "1", "host": "a", "workers": 1, "sandbox": "none", "python": "3", "program": "secondpass"}
    driver.write_text(
        "import json, sys\n"
        "sys.stdin.readline()\n"
        f"for event in ({{'event': 'connected'}}, {{'event': 'node', **{node}}}):\n"
        "    print(json.dumps(event), flush=True)\n"
        "sys.stdin.readline()\n"
        "sys.exit('the control store does not answer')\n"
    )
    monkeypatch.setattr(asking_side, "_PROGRAM", (sys.executable, "-I", str(driver)))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    dataset = open_dataset("demo")
    samples = [Sample(task, 0, "pass") for task in dataset.problems]
    async with RayJudge(dataset, address="auto") as judge:
        with pytest.raises(ClusterError, match=r"at auto was lost, .* \(the control store does not answer\)"):
            await verify(samples, dataset, judge)
        with pytest.raises(ClusterError, match="was lost"):
            await judge.judge(TASK, "pass")


def test_what_cannot_be_used_is_said_before_anything_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("", "somewhere", "http://host:1", "ray://host", "ray://ho st:1"):
        with pytest.raises(UsageError, match="no address of a Ray cluster"):
            check_usable(address)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"Ray, which is not installed here: pip install 'secondpass\[bench,ray\]'"):
        check_usable("auto")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secondpass": None}, "has no secondpass; install there"),
        ({"secondpass": "0.0.9"}, "has secondpass 0.0.9 and here is"),
        ({"python": "3.1.4"}, "has Python 3.1.4 and here is"),
        ({"evalplus": False}, "without EvalPlus"),
        ({"sources": "0" * 64}, "another build"),
        ({"sources": None}, "another build"),
    ],
)
def test_a_node_that_would_judge_otherwise_is_told_apart(changes: dict[str, object], words: str) -> None:
    about = examine()
    version = about["secondpass"]
    assert why_unfit(about, version=version) is None
    reason = why_unfit(about | changes, version=version)
    assert reason is not None
    assert words in reason


async def test_a_node_without_a_real_sandbox_is_refused_unless_that_is_agreed_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dataset = open_dataset("demo")
    about = {"name": dataset.name, "title": dataset.title, "kind": dataset.kind, "digest": dataset.digest}
    profile = {"name": "strict", "minimum_seconds": 4.0}
    weak = replace(
        available_tier(), name="limits only", writes_confined=False, notes=("Programs can write anywhere.",), layers=()
    )
    monkeypatch.setattr("core.bench.cluster.node.available_tier", lambda: weak)
    node = NodeJudge({"dataset": about, "profile": profile, "workers": 1})
    assert await node.start(allow_weak=False) == {"sandbox": "limits only", "weak": "Programs can write anywhere."}
    with pytest.raises(SecondpassError, match="has ended"):
        await node.judge(TASK, b"")
    assert await node.start(allow_weak=True) == {"sandbox": "limits only", "weak": None}
    await node.end()


async def test_a_node_makes_the_data_set_from_what_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = open_dataset("demo")
    packed = pack(dataset.folder)
    monkeypatch.setenv("SECONDPASS_HOME", str(tmp_path))
    about = {"name": dataset.name, "title": dataset.title, "kind": dataset.kind, "digest": dataset.digest}
    profile = {"name": "strict", "minimum_seconds": 4.0}
    node = NodeJudge({"dataset": about, "profile": profile, "workers": 1})
    assert not await node.has_data()
    await node.take_data(packed)
    assert await node.has_data()
    async with contextlib.AsyncExitStack() as stack:
        await node.start(allow_weak=True)
        stack.push_async_callback(node.end)
        verdict = json.loads(await node.judge(TASK, dataset.problems[TASK].canonical.encode()))
    assert (verdict["base"]["status"], verdict["plus"]["status"]) == ("pass", "pass")
    await node.take_data(packed)  # by another node of the same host, a moment later


def test_a_shipment_that_names_other_files_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    (folder / "tasks").mkdir(parents=True)
    (folder / "index.json").write_text("{}")
    packed = pack(folder).replace(b"index.json", b"../../x.py")
    with pytest.raises(ValueError, match="holds no file"):
        unpack(packed, tmp_path / "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made"]


def test_the_nodes_of_a_run_are_kept_and_a_store_from_before_them_is_read(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    node = JudgeNode(id="1f", host="a", workers=8, sandbox="limits only", python="3.11.7", program="secondpass 0.1.0")
    with Store(path) as store:
        run = store.add_run(config([TASK], ["coder-only"]))
        store._db.execute("DROP TABLE nodes")
        store._db.execute("PRAGMA user_version = 1")
    with Store(path, readonly=True) as store:
        assert store.run(run.id).nodes == ()
    with Store(path) as store:
        store.add_node(run.id, node)
        store.add_node(run.id, node)
    with Store(path, readonly=True) as store:
        assert store.run(run.id).nodes == (node,)


def busy() -> list[psutil.Process]:
    """The judges of nodes that have a program in work: its process is forked from one of theirs."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if "".join(process.cmdline()).startswith("ray::NodeJudge") and any(
                each.children() for each in process.children()
            ):
                found.append(process)
    return found


async def until(met: Callable[[], bool]) -> None:
    """Wait for ``met`` to hold; the test's own time limit ends it if it never does."""
    while not met():  # noqa: ASYNC110  # other processes do not set events
        await asyncio.sleep(0.05)
