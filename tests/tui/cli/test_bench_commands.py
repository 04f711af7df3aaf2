"""The ``bench`` commands: runs made, resumed, shown, compared, exported and deleted; samples made elsewhere judged."""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from core.bench.datasets import known, open_dataset
from core.bench.store import Store, store_path
from core.bench.store.lock import writing
from tui.cli.commands import command

Run = Callable[..., tuple[int, str, str]]
DEMO = ("bench", "run", "--dataset", "demo", "--pair", "demo")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, run in ``tmp_path``: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = command(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return call


def canonical_samples(path: Path, *, key: str = "solution") -> Path:
    """Samples of the demo problems: every second one is wrong."""
    lines = []
    for number, problem in enumerate(open_dataset("demo").problems.values()):
        body = problem.canonical_solution if number % 2 == 0 else "    return None\n"
        text = body if key == "completion" else problem.prompt + body
        lines.append(json.dumps({"task_id": problem.task_id, key: text}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_run_is_made_shown_exported_compared_and_deleted(run: Run, tmp_path: Path) -> None:
    code, out, err = run(*DEMO, "--pattern", "coder-only", "--pattern", "review-then-fix", "--label", "mine")
    assert code == 0, err
    assert "SCRIPTED" in out
    assert "review-then-fix" in out
    assert "SCRIPTED DEMO" in err
    code, out, _ = run("bench", "show", "mine", "--task", "0")
    assert code == 0
    assert "finding  " in out
    assert "+++ final" in out
    code, out, _ = run("bench", "list")
    assert "finished" in out
    assert "mine" in out
    code, out, _ = run("bench", "export", "last", "--format", "html", "-o", "report.html")
    assert (code, out) == (0, "report.html\n")
    assert "SCRIPTED" in (tmp_path / "report.html").read_text()
    code, out, _ = run("bench", "compare", "last", "mine", "--fail-on-regression")
    assert code == 0
    assert "solve the same" in out
    assert run("bench", "delete", "mine")[0] == 2
    assert run("bench", "delete", "mine", "--yes")[0] == 0
    code, out, err = run("bench", "list")
    assert (code, out) == (0, "")
    assert "no run yet" in err


def test_json_lines_begin_with_the_run_and_end_with_done(run: Run) -> None:
    code, out, _ = run(*DEMO, "--pattern", "review-then-fix", "--limit", "2", "--output", "jsonl")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert (lines[0]["type"], lines[0]["tasks"], lines[0]["planned"]) == ("run", ["Demo/0", "Demo/1"], 2)
    finished = [line for line in lines if line["type"] == "finished"]
    assert {line["task"] for line in finished} == {"Demo/0", "Demo/1"}
    assert finished[0].keys() >= {"passes", "draft_passes", "base", "plus", "failure", "seconds", "tokens", "richness"}
    assert (lines[-1]["type"], lines[-1]["complete"]) == ("done", True)


def test_one_json_object_holds_the_figures(run: Run) -> None:
    code, out, _ = run(*DEMO, "--output", "json")
    content = json.loads(out)
    assert code == 0
    assert [each["pattern"] for each in content["patterns"]] == ["coder-only", "review-then-fix"]
    assert content["pairs"][0]["paired"]["fixed"] == 2


def test_a_dry_run_asks_nothing_and_keeps_nothing(run: Run) -> None:
    code, out, _ = run(*DEMO, "--dry-run")
    assert code == 0
    assert "12 in all" in out
    assert "not known" in out
    assert run("bench", "list")[1] == ""


def test_a_finished_run_that_is_resumed_generates_nothing(run: Run) -> None:
    run(*DEMO, "--limit", "2", "--label", "mine")
    code, out, _ = run("bench", "run", "--resume", "mine", "--output", "jsonl")
    assert code == 0
    assert [json.loads(line)["type"] for line in out.splitlines()] == ["run", "done"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("bench", "run", "--pair", "demo"), 2, "--dataset"),
        ((*DEMO, "--ids", "99"), 2, "has no task '99'"),
        ((*DEMO, "--pair", "nobody"), 2, "nobody"),
        (("bench", "run", "--dataset", "humaneval+", "--pair", "demo"), 4, "bench data fetch humaneval+"),
        (("bench", "run", "--dataset", "demo", "--pair", "paper"), 3, "cannot start"),
        ((*DEMO, "--endpoints", "list.txt"), 2, "is scripted and uses no server"),
        (("bench", "run", "--dataset", "demo", "--pair", "paper", "--endpoints", "none"), 2, "none cannot be read"),
        (("bench", "run", "--resume", "nothing"), 2, "no run 'nothing'"),
        (("bench", "show", "nothing"), 2, "no run 'nothing'"),
        (("bench", "verify", "nowhere.jsonl", "--dataset", "demo"), 2, "nowhere.jsonl cannot be read"),
        (("bench", "data", "fetch", "mbpp+"), 2, "--yes"),
        (("bench", "data", "import", "nowhere"), 4, "nowhere cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_its_exit_code(
    run: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    found, out, err = run(*arguments)
    assert (found, out) == (code, "")
    assert words in err
    assert "Traceback" not in err
    assert run("bench", "list")[1] == ""


def test_resuming_refuses_options_that_would_change_the_run(run: Run) -> None:
    run(*DEMO, "--limit", "1", "--label", "mine")
    code, _, err = run("bench", "run", "--resume", "mine", "--guard", "off", "--limit", "3")
    assert code == 2
    assert "--guard, --limit" in err


def test_a_second_writer_is_refused_in_one_sentence(run: Run) -> None:
    with writing(store_path(create=True)):
        code, _, err = run(*DEMO)
    assert code == 2
    assert "Another benchmark run" in err


def test_samples_made_elsewhere_are_judged_and_known_the_second_time(run: Run, tmp_path: Path) -> None:
    samples = canonical_samples(tmp_path / "samples.jsonl")
    code, out, err = run("bench", "verify", str(samples), "--dataset", "demo")
    assert code == 0, err
    assert "base and plus 50.0" in out
    code, out, _ = run("bench", "verify", str(samples), "--dataset", "demo", "--format", "json", "-o", "out.json")
    content = json.loads(out)
    assert (content["tasks"], content["pass_at_1"]) == (6, {"base": 0.5, "plus": 0.5})
    assert [each["base"] for each in content["results"]] == ["pass", "fail"] * 3
    assert [each["plus"] for each in content["results"]] == ["pass", None] * 3
    with Store(readonly=True) as store:
        digest = open_dataset("demo").digest
        first = json.loads(samples.read_text().splitlines()[0])
        assert store.verdict(digest, "Demo/0", first["solution"], "strict") is not None
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["hash"] == digest
    assert written["eval"]["Demo/1"][0]["base_status"] == "fail"


def test_completions_packed_files_and_folders_are_the_same_samples(run: Run, tmp_path: Path) -> None:
    plain = canonical_samples(tmp_path / "completions.jsonl", key="completion")
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(canonical_samples(tmp_path / "solutions.jsonl").read_bytes()))
    folder = tmp_path / "folder"
    for line in (tmp_path / "solutions.jsonl").read_text().splitlines():
        sample = json.loads(line)
        place = folder / sample["task_id"].replace("/", "_")
        place.mkdir(parents=True)
        (place / "0.py").write_text(sample["solution"])
    found = []
    for path in (plain, packed, folder):
        _, out, _ = run("bench", "verify", str(path), "--dataset", "demo", "--format", "json")
        found.append(json.loads(out)["results"])
    assert found[0] == found[1] == found[2]


def test_some_tasks_several_samples_and_extraction(run: Run, tmp_path: Path) -> None:
    problem = open_dataset("demo").problems["Demo/4"]
    answer = f"Here it is:\n\n```python\n{problem.canonical}```\n"
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps({"task_id": "Demo/4", "solution": answer}) + "\n" for _ in range(2)))
    _, out, _ = run("bench", "verify", str(path), "--dataset", "demo", "--format", "json")
    assert json.loads(out)["pass_at_1"]["plus"] == 0
    _, out, _ = run("bench", "verify", str(path), "--dataset", "demo", "--extract")
    assert "1 of 6 tasks, 2 samples" in out
    assert "base and plus 100.0" in out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: not a sample"),
        ('{"task_id": "Demo/0"}', "line 2: neither solution nor completion"),
        ('{"task_id": "Demo/0", "solution": ["a"]}', "line 2: solution is not a text"),
        ('{"task_id": "HumanEval/0", "solution": ""}', "no task 'HumanEval/0'"),
    ],
)
def test_a_broken_line_is_named(run: Run, tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text('{"task_id": "Demo/0", "solution": ""}\n' + line + "\n")
    code, _, err = run("bench", "verify", str(path), "--dataset", "demo")
    assert code == 2
    assert words in err


def test_an_empty_and_a_binary_file_are_no_samples(run: Run, tmp_path: Path) -> None:
    for name, content in (("empty.jsonl", b""), ("binary.jsonl", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(content)
        code, _, err = run("bench", "verify", name, "--dataset", "demo")
        assert code == 2
        assert name in err


def test_a_fetched_data_set_is_checked_and_one_that_is_not_the_published_is_not_kept(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = gzip.compress(Path(known.__file__).with_name("demo.jsonl").read_bytes())

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/there" else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    published = known.KNOWN["humaneval+"]
    from dataclasses import replace

    try:
        monkeypatch.setitem(known.KNOWN, "humaneval+", replace(published, url=f"{url}/gone"))
        code, _, err = run("bench", "data", "fetch", "humaneval+", "--yes")
        assert code == 4
        assert "cannot be downloaded" in err
        monkeypatch.setitem(known.KNOWN, "humaneval+", replace(published, url=f"{url}/there"))
        code, _, err = run("bench", "data", "fetch", "humaneval+", "--yes")
        assert code == 4
        assert "is not HumanEval+" in err
        assert known.find_file(published, environ={}) is None
        same = replace(published, url=f"{url}/there", md5=known.KNOWN["demo"].md5)
        monkeypatch.setitem(known.KNOWN, "humaneval+", same)
        code, _out, _ = run("bench", "data", "fetch", "humaneval+", "--yes")
        assert code == 0
        assert known.find_file(same, environ={}) is not None
    finally:
        server.shutdown()
        server.server_close()


def test_a_published_file_is_imported_and_told_by_its_content(run: Run, shared_data: Path) -> None:
    code, out, err = run("bench", "data", "import", str(shared_data / "HumanEvalPlus.jsonl.gz"))
    assert code == 0, err
    assert "HumanEval+ v0.1.10, 164 tasks" in out
    assert "not here" not in run("bench", "data", "list")[1].splitlines()[0]


def test_another_version_needs_to_be_named(run: Run) -> None:
    bundled = Path(known.__file__).with_name("demo.jsonl")
    code, _, err = run("bench", "data", "import", str(bundled))
    assert code == 2
    assert "--dataset" in err
    code, out, _ = run("bench", "data", "import", str(bundled), "--dataset", "humaneval+")
    assert code == 0
    assert "another version of HumanEval+, 6 tasks" in out


def test_ctrl_c_stops_at_once_keeps_what_is_finished_and_says_how_to_go_on(tmp_path: Path) -> None:
    slow = tmp_path / "slow.jsonl"
    bundled = Path(known.__file__).with_name("demo.jsonl").read_text().splitlines()
    first = json.loads(bundled[0])
    loops = first["prompt"] + "    while True:\n        pass\n"
    slow.write_text("".join(json.dumps({"task_id": "Demo/0", "solution": f"{loops}# {n}\n"}) + "\n" for n in range(40)))
    process = subprocess.Popen(
        [sys.executable, "-c", "from tui.cli import main; main()", "bench", "verify", str(slow), "--dataset", "demo"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "SECONDPASS_HOME": str(tmp_path / "home")},
        start_new_session=True,
    )
    verdicts = tmp_path / "home" / "data" / "bench" / "runs.sqlite"
    while not verdicts.exists():
        assert process.poll() is None
        threading.Event().wait(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert b"Traceback" not in err


def test_a_reader_that_goes_away_is_no_failure_of_the_program() -> None:
    program = [sys.executable, "-c", "from tui.cli import main; main()", *DEMO, "--output", "jsonl"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait() != 0
