"""`secondpass run` and `secondpass sessions`, as processes: what goes where, and with which exit code."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.standins.running import openai_server

PROGRAM = str(Path(sys.executable).with_name("secondpass"))
Result = subprocess.CompletedProcess[str]


def secondpass(*arguments: str | Path, cwd: Path, stdin: str | bytes | None = None, **environ: str) -> Result:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        cwd=cwd,
        input=data if data is not None else b"",
        capture_output=True,
        timeout=90,
        check=False,
        env={**os.environ, **environ},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def examples(repository: Path) -> Path:
    return repository / "examples"


def assert_one_sentence(result: Result) -> None:
    """An error is one line for people: no traceback, nothing on stdout."""
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    errors = [line for line in result.stderr.splitlines() if line.startswith(("secondpass: ", "Error: "))]
    assert len(errors) == 1, result.stderr


def test_the_code_goes_to_stdout_and_everything_else_to_stderr(tmp_path: Path, examples: Path) -> None:
    result = secondpass("run", "--pair", "demo", examples / "merge_intervals.py", cwd=tmp_path)
    assert result.returncode == 0
    namespace: dict[str, object] = {}
    exec(compile(result.stdout, "stdout", "exec"), namespace)
    assert callable(namespace["merge_intervals"])
    assert "SCRIPTED DEMO" in result.stderr
    assert "fix 1 accepted" in result.stderr


def test_quiet_says_nothing_on_success(tmp_path: Path, examples: Path) -> None:
    result = secondpass("run", "-q", "--pair", "demo", examples / "to_roman.py", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


def test_every_example_gives_code_that_passes_or_says_which_example_fails(tmp_path: Path, examples: Path) -> None:
    failing = {}
    for path in sorted([*examples.glob("*.py"), *examples.glob("*.md")]):
        result = secondpass("run", "--pair", "demo", path, cwd=tmp_path)
        if result.returncode:
            failing[path.name] = (result.returncode, result.stderr.splitlines()[-1])
    assert list(failing) == ["number_ranges.py"], failing
    code, said = failing["number_ranges.py"]
    assert code == 1
    assert "fails examples 1, 3" in said
    assert "review-then-fix-retry" in said


def test_json_output_is_the_stable_object(tmp_path: Path, examples: Path) -> None:
    result = secondpass("run", "--pair", "demo", "--output", "json", examples / "shorten.md", cwd=tmp_path)
    answer = json.loads(result.stdout)
    assert result.returncode == 0
    assert {"code", "accepted", "pattern", "checks", "findings", "usage", "seconds", "session"} <= answer.keys()
    assert (answer["accepted"], answer["pattern"]) == ("fix", "review-then-fix")
    assert answer["checks"] == {"passed": 3, "failed": 0}
    assert [finding["status"] for finding in answer["findings"]] == ["supported"]
    shown = secondpass("sessions", "show", answer["session"], "--output", "code", cwd=tmp_path)
    assert shown.stdout == answer["code"]


@pytest.mark.parametrize("example", ["lru_cache.py", "median.py", "slugify.md", "split_bill.py"])
def test_jsonl_output_validates_against_the_published_schema(
    tmp_path: Path, examples: Path, repository: Path, example: str
) -> None:
    schema = json.loads((repository / "docs" / "events.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    result = secondpass(
        "run", "--pair", "demo", "--pattern", "adversarial", "--output", "jsonl", examples / example, cwd=tmp_path
    )
    events = [json.loads(line) for line in result.stdout.splitlines()]
    for event in events:
        validator.validate(event)
    assert events[0]["type"] == "run_started"
    assert events[-1]["type"] == "run_finished"
    (log,) = Path(os.environ["SECONDPASS_HOME"], "data", "sessions").iterdir()
    for line in log.read_text(encoding="utf-8").splitlines():
        validator.validate(json.loads(line))


def test_output_to_a_file(tmp_path: Path, examples: Path) -> None:
    result = secondpass("run", "--pair", "demo", "-o", "out.py", examples / "to_roman.py", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "")
    assert "def to_roman" in (tmp_path / "out.py").read_text()


def test_output_to_a_place_that_cannot_be_written(tmp_path: Path, examples: Path) -> None:
    result = secondpass("run", "-q", "--pair", "demo", "-o", "no/out.py", examples / "to_roman.py", cwd=tmp_path)
    assert result.returncode == 2
    assert_one_sentence(result)
    assert not Path(os.environ["SECONDPASS_HOME"], "data").exists(), "no engine is asked for code that has no place"


def test_the_spec_can_come_from_a_pipe(tmp_path: Path, examples: Path) -> None:
    result = secondpass("run", "--pair", "demo", "-", cwd=tmp_path, stdin=(examples / "to_roman.py").read_text())
    assert result.returncode == 0
    assert "def to_roman" in result.stdout


def test_dry_run_asks_nothing_and_keeps_no_session(tmp_path: Path, examples: Path) -> None:
    result = secondpass("run", "--dry-run", examples / "merge_intervals.py", cwd=tmp_path)
    assert result.returncode == 0
    assert "qwen3-32b" in result.stdout
    assert "3 examples" in result.stdout
    assert not Path(os.environ["SECONDPASS_HOME"], "data").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "binary"),
        (b"caf\xe9 au lait", "not UTF-8"),
        (b"x" * 1_100_000, "larger than 1000 kB"),
    ],
)
def test_a_file_that_is_no_spec(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "spec.md").write_bytes(content)
    result = secondpass("run", "--pair", "demo", "spec.md", cwd=tmp_path)
    assert result.returncode == 2
    assert_one_sentence(result)
    assert message in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "missing.py"], "There is no file missing.py"),
        (["run", "."], "is a folder"),
        (["run", "--pair", "papper", "spec.py"], 'did you mean "paper"'),
        (["run", "--models", "missing.toml", "spec.py"], "missing.toml"),
        (["run", "--pattern", "hope", "spec.py"], "hope"),
        (["run", "--rounds", "many", "spec.py"], "many"),
        (["run", "spec.py::other"], "other"),
        (["rum"], "rum"),
        (["--pair", "demo", "run", "spec.py"], "behind the command"),
        (["sessions", "show", "1999"], "secondpass sessions list"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "spec.py").write_text("def f(x: int) -> int:\n    '''Add one.'''\n")
    result = secondpass(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert message.lower() in result.stderr.lower()


def test_the_demo_pair_refuses_a_spec_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text('def mine(x: int) -> int:\n    """Add one.\n\n    >>> mine(1)\n    2\n    """\n')
    result = secondpass("run", "-q", "--pair", "demo", "mine.py", cwd=tmp_path)
    assert result.returncode == 3
    assert_one_sentence(result)


def test_a_pair_that_cannot_start_is_exit_code_3_and_never_the_demo(tmp_path: Path, examples: Path) -> None:
    (tmp_path / "models.toml").write_text(
        'default_pair = "mine"\n[models.m]\nendpoint = "nowhere"\n[endpoints.nowhere]\nbase_url = "http://127.0.0.1:9/v1"\n'
        '[pairs.mine]\ncoder = "m"\nreviewer = "m"\n'
    )
    result = secondpass("run", "-q", "--models", "models.toml", examples / "to_roman.py", cwd=tmp_path)
    assert result.returncode == 3
    assert_one_sentence(result)
    assert "127.0.0.1:9" in result.stderr


def test_the_workbench_without_a_terminal_gives_a_hint(tmp_path: Path) -> None:
    result = secondpass(cwd=tmp_path)
    assert result.returncode == 2
    assert_one_sentence(result)
    assert "secondpass run" in result.stderr


def test_sessions_are_listed_and_shown(tmp_path: Path, examples: Path) -> None:
    assert "no sessions yet" in secondpass("sessions", "list", cwd=tmp_path).stderr
    secondpass("run", "-q", "--pair", "demo", examples / "shorten.md", cwd=tmp_path)
    listed = secondpass("sessions", "list", cwd=tmp_path).stdout
    assert "demo (scripted)" in listed
    assert "finished" in listed
    session = listed.split()[0]
    shown = secondpass("sessions", "show", session, cwd=tmp_path).stdout
    assert "fix 1 refused" in shown
    assert "def shorten" in shown
    events = secondpass("sessions", "show", session[:-2], "--output", "jsonl", cwd=tmp_path).stdout
    assert json.loads(events.splitlines()[0])["type"] == "run_started"


def test_a_damaged_session_is_one_sentence(tmp_path: Path, examples: Path) -> None:
    secondpass("run", "-q", "--pair", "demo", examples / "to_roman.py", cwd=tmp_path)
    (log,) = Path(os.environ["SECONDPASS_HOME"], "data", "sessions").iterdir()
    lines = log.read_text().splitlines()
    log.write_text("\n".join([*lines[:3], "garbage", *lines[3:]]) + "\n")
    result = secondpass("sessions", "show", log.stem, cwd=tmp_path)
    assert result.returncode == 2
    assert "line 4" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_home_that_cannot_be_written_costs_only_the_session(tmp_path: Path, examples: Path) -> None:
    (tmp_path / "file").write_text("")
    result = secondpass(
        "run", "--pair", "demo", examples / "to_roman.py", cwd=tmp_path, SECONDPASS_HOME=str(tmp_path / "file" / "home")
    )
    assert result.returncode == 0
    assert "def to_roman" in result.stdout
    assert "not kept as a session" in result.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, examples: Path) -> None:
    with subprocess.Popen(
        [PROGRAM, "run", "--pair", "demo", "--output", "jsonl", str(examples / "to_roman.py")],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(timeout=60) == 128 + signal.SIGPIPE
    assert "Traceback" not in said


def models_toml(url: str) -> str:
    return (
        f'default_pair = "mine"\n[models.m]\nendpoint = "here"\n[endpoints.here]\nbase_url = "{url}"\n'
        '[pairs.mine]\ncoder = "m"\nreviewer = "m"\n'
    )


def test_ctrl_c_stops_and_keeps_what_had_arrived(tmp_path: Path) -> None:
    (tmp_path / "spec.py").write_text("def f(x: int) -> int:\n    '''Add one.'''\n")
    with openai_server(rate=5, answer="word " * 200) as server:
        (tmp_path / "models.toml").write_text(models_toml(server.base_url))
        with subprocess.Popen(
            [PROGRAM, "run", "--models", "models.toml", "--output", "jsonl", "spec.py"],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            next(line for line in process.stdout if '"type":"token"' in line)
            process.send_signal(signal.SIGINT)
            output, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopped" in said
    assert json.loads(output.splitlines()[-1])["type"] == "run_stopped"
    (log,) = Path(os.environ["SECONDPASS_HOME"], "data", "sessions").iterdir()
    kept = [json.loads(line) for line in log.read_text().splitlines()]
    assert kept[-1]["type"] == "run_stopped"
    assert "word" in next(event["text"] for event in kept if event["type"] == "stage_finished")
