"""The hostile corpus (tests/hostile): every program does what its header says it must, and no harm.

Each begins with ``# Attack:`` (what it tries), ``# Must:`` (what has to happen) and perhaps ``# Needs:`` (the promise
of a tier without which it is skipped). It knows CANARY and SECRET (files whose modes leave them open to it), PORT (a
server that listens), PID (the process that runs the sandbox) and USER. Those that are after a verdict are wrong, and
are asked for ``'the right answer'`` as a value, as a doctest and in an assertion. All run as this user and, as root,
also from a process that gave up root; those for the judge are in tests/core/bench/test_hostile_judge.py.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.core.sandbox.driven import ROOT, SOMEBODY, interpreter_for_others

CORPUS = ROOT / "tests" / "hostile"
RIGHT = "'the right answer'"
LIMITS = {"total_seconds": 30.0, "memory_mib": 256, "output_kib": 64, "file_mib": 2, "open_files": 64}


@dataclass(frozen=True)
class Program:
    """One file of the corpus."""

    name: str
    code: str
    must: str
    needs: str | None


def programs() -> list[Program]:
    """The corpus, without what is for the judge."""
    found = []
    for path in sorted(CORPUS.glob("*.py")):
        code = path.read_text(encoding="utf-8", errors="surrogatepass")
        head = dict(line[2:].split(": ", 1) for line in code.splitlines()[:3] if line.startswith("# "))
        assert {"Attack", "Must"} <= head.keys(), path
        found.append(Program(path.stem, code, head["Must"], head.get("Needs")))
    return found


FOR_THE_SANDBOX = [program for program in programs() if not program.name.startswith("judge_")]


def _request(program: Program, scene: dict[str, Any]) -> dict[str, Any]:
    names = "; ".join(f"{name} = {value!r}" for name, value in scene.items()) + "; PID = DRIVER_PID\n"
    if program.must == "not pass":
        cases = [
            {"kind": "value", "source": "attack()", "want": RIGHT, "group": 0},
            {"kind": "doctest", "source": "attack()", "want": RIGHT, "group": 1},
            {"kind": "assert", "source": f"assert attack() == {RIGHT}", "group": 2},
        ]
    else:
        cases = [{"kind": "observe", "source": "attack()", "group": 0}]
        cases += [{"kind": "assert", "source": "assert 1 + 1 == 2", "group": 1}]
    seconds = 1.0 if "stopped" in program.must else 6.0
    limits = {**LIMITS, "case_seconds": seconds}
    return {"name": program.name, "code": names + program.code, "cases": cases, "limits": limits}


@dataclass(frozen=True)
class Played:
    """All programs as one user: what became of each, and what they did to the scene."""

    found: dict[str, Any]
    tier: dict[str, Any]
    damage: list[str]


def _play(copy: Path, python: str, user: int | None) -> Played:
    with (
        tempfile.TemporaryDirectory(prefix="sandbox-test-") as folder,
        tempfile.TemporaryDirectory(prefix="sandbox-test-") as temporary,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as letters,
    ):
        letters.bind(server.getsockname())
        server.setblocking(False)
        letters.setblocking(False)
        for each in (folder, temporary):
            os.chmod(each, 0o777)
        for name, text in (("canary", "precious"), ("secret", "hunter2")):
            Path(folder, name).write_text(text)
            os.chmod(Path(folder, name), 0o666)
            if user is not None:
                os.chown(Path(folder, name), user, user)
        scene = {"CANARY": f"{folder}/canary", "SECRET": f"{folder}/secret", "PORT": server.getsockname()[1]}
        requests = [_request(program, {**scene, "USER": user or os.geteuid()}) for program in FOR_THE_SANDBOX]
        done = subprocess.run(
            [python, "-P", "-s", str(copy / "drive_corpus.py"), str(copy), *([str(user)] if user else [])],
            input=json.dumps(requests),
            env={**os.environ, "TMPDIR": temporary, "SANDBOX_TEST_SECRET": "hunter2", "PYTHONPATH": str(copy)},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        damage = [f"left behind: {answer[what]}" for what in ("children", "left") if answer[what]]
        if (Path(folder, "canary").read_text(), sorted(os.listdir(folder))) != ("precious", ["canary", "secret"]):
            damage.append("files outside were changed")
        for line, receive in ((server, server.accept), (letters, lambda: letters.recv(1))):
            try:
                receive()
                damage.append(f"{line.type} was reached")
            except BlockingIOError:
                pass
        return Played(answer["found"], answer["tier"], damage)


@pytest.fixture(scope="session")
def played(readable_copy: Path) -> Callable[[str], Played]:
    """What the corpus did, once for each user, at the first test that asks."""
    known: dict[str, Played] = {}

    def play(who: str) -> Played:
        if who not in known:
            python: str | None = sys.executable
            if who == "after giving up root":
                python = interpreter_for_others()
            if python is None:
                pytest.skip("no Python here that an unprivileged user can start")
            known[who] = _play(readable_copy, python, SOMEBODY if who == "after giving up root" else None)
        return known[who]

    return play


def _shown_safely(text: str) -> bool:
    return all(each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for each in text)


WHO = ["as this user", *(["after giving up root"] if os.geteuid() == 0 else [])]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("program", FOR_THE_SANDBOX, ids=lambda program: program.name)
def test_it_does_what_its_header_says(program: Program, who: str, played: Callable[[str], Played]) -> None:
    scene = played(who)
    if program.needs is not None and not scene.tier[program.needs]:
        pytest.skip(f"this machine's tier ({scene.tier['name']}) does not promise {program.needs}")
    report = scene.found[program.name]
    outcomes = [result["outcome"] for result in report["results"]]
    texts = [report["load_error"] or "", *(result["got"] for result in report["results"])]
    assert "hunter2" not in "".join(texts)
    assert all(map(_shown_safely, texts))
    match program.must:
        case "not load":
            assert report["load_error"] is not None
            assert "pass" not in outcomes
            return
        case "be refused":
            assert outcomes[0] == "error", texts
        case "be stopped":
            assert outcomes[0] in ("timeout", "crash"), texts
        case "be stopped or refused":
            assert outcomes[0] in ("timeout", "crash", "error"), texts
        case "not pass":
            assert "pass" not in outcomes, texts
            return
        case must:
            assert must in ("do no harm", "show safe text", "leave nothing behind", "not learn the secret"), must
    assert outcomes[1] == "pass", "the next example has to run as if nothing had been"


@pytest.mark.parametrize("who", WHO)
def test_nothing_outside_was_touched_and_nothing_was_left_behind(who: str, played: Callable[[str], Played]) -> None:
    scene = played(who)
    if not all(scene.tier[promise] for promise in ("writes_confined", "network_blocked")):
        pytest.skip(f"this machine's tier ({scene.tier['name']}) does not promise it")
    assert scene.damage == []


def test_the_corpus_is_as_large_as_it_was_promised_to_be() -> None:
    assert len(programs()) >= 60
