"""``make check-real-engine``: a real (tiny) model, behind a real server, drives the whole program.

Usage: python check.py [--engine openai|mlc]

It makes the environment, records what our own prompts ask for, trains the model until it has memorised the answers,
serves it, and drives ``secondpass run`` and the Workbench through it. Exit codes: 0 everything was seen, 1 something
was not as it must be, 2 the environment could not be made, 3 ENGINE=mlc without MLC-LLM.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from backends import CONTEXT, Backend, MlcBackend, TransformersBackend
from prepare_environment import DEFAULT_TORCH, prepare
from programs import Home
from recording import RecordingError, record
from report import CheckError, Report, Step, say
from steps_bench import check_bench
from steps_engines import check_engines
from steps_specs import check_specs, check_unseen
from steps_trouble import check_killed_server, check_overflow, check_stops
from steps_workbench import check_workbench

from core.engines.mlc_install import is_installed, missing_sentence, placeholders
from core.sandbox import available_tier

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
ENVIRONMENT = REPOSITORY / ".env-real-engine"
WORK = REPOSITORY / ".make" / "real-engine"

TRAINING_SECONDS = 240
"""For a machine that is busy with other things; alone, two cores need about 10."""

TORCH_ENVIRONMENT = {
    # Threads that spin while they wait for each other make torch five times slower where the cores are shared.
    "OMP_WAIT_POLICY": "PASSIVE",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "PYTHONUNBUFFERED": "1",
}

WITHOUT_MLC = 3


def main() -> int:
    parser = argparse.ArgumentParser(description="Drive secondpass through a tiny model that was trained for it.")
    parser.add_argument("--engine", choices=("openai", "mlc"), default="openai")
    engine = parser.parse_args().engine
    if engine == "mlc" and (not is_installed() or placeholders()):
        say(f"The check of the mlc engine was not run: {missing_sentence()}, then `make check-real-engine ENGINE=mlc`.")
        return WITHOUT_MLC
    report = Report()
    prepared = False
    try:
        python = _environment(report)
        prepared = True
        _check(report, python, engine)
    except CheckError:
        # Told by the step that raised it; without that step nothing is left to check.
        say("The check ends here.")
    print(f"\n{report.table()}")
    if not prepared:
        return 2
    print(f"check-real-engine: {'passed' if report.passed else 'FAILED'}; logs and sessions are in {WORK}")
    return 0 if report.passed else 1


def _environment(report: Report) -> Path:
    with report.step("environment", needed=True) as step:
        torch_spec = os.environ.get("SECONDPASS_TORCH_SPEC") or DEFAULT_TORCH
        try:
            python = prepare(ENVIRONMENT, torch_spec)
        except subprocess.CalledProcessError as error:
            raise CheckError(
                f"pip ended with {error.returncode}, see above; name a torch that pip can find here in"
                " SECONDPASS_TORCH_SPEC and run it again"
            ) from error
        step.saw(f"{torch_spec} and transformers in {ENVIRONMENT.name}/")
    return python


def _check(report: Report, python: Path, engine: str) -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    home = Home(WORK / "home")
    home.folder.mkdir(parents=True)
    model, conversations = WORK / "tiny-qwen2", WORK / "conversations.jsonl"
    with report.step("record our own prompts", needed=True) as step:
        _record(step, conversations)
    with report.step("train the tiny model", needed=True) as step:
        _train(step, python, conversations, model)
    backend: Backend = (
        MlcBackend(WORK) if engine == "mlc" else TransformersBackend(python, model, WORK, TORCH_ENVIRONMENT)
    )
    try:
        with report.step(f"serve it: {backend.title}", needed=True) as step:
            step.saw(backend.prepare(model))
            step.saw(backend.start())
            home.models.write_text(backend.models_toml(), encoding="utf-8")
        check_specs(report, home)
        check_workbench(report, home, backend)
        check_unseen(report, home, WORK)
        check_bench(report, home, WORK)
        check_stops(report, home, backend, conversations)
        check_overflow(report, home, WORK)
        check_killed_server(report, home, backend)
        check_engines(report, home, backend, conversations, WORK)
    finally:
        backend.stop()


def _record(step: Step, conversations: Path) -> None:
    try:
        recorded = asyncio.run(record(CONTEXT))
    except RecordingError as error:
        raise CheckError(str(error)) from error
    conversations.write_text("".join(f"{json.dumps(each)}\n" for each in recorded), encoding="utf-8")
    step.saw(f"{len(recorded)} requests of our pipeline, sandbox: {available_tier().name}")


def _train(step: Step, python: Path, conversations: Path, model: Path) -> None:
    done = subprocess.run(
        [python, HERE / "train_tiny.py", conversations, model, f"--seconds={TRAINING_SECONDS}", f"--context={CONTEXT}"],
        env={**os.environ, **TORCH_ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise CheckError(f"the training ended with {done.returncode}, see above")
    summary = json.loads(done.stdout)
    step.saw(
        f"{summary['conversations']} conversations memorised by {summary['parameters'] / 1e6:.1f} M parameters"
        f" in {summary['steps']} steps, {summary['seconds']} s; the longest has {summary['longest']} tokens"
    )


if __name__ == "__main__":
    sys.exit(main())
