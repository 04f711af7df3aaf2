"""The prompt's tokens are counted with the model's own tokenizer where it lies on disk."""

import json
from pathlib import Path

import pytest

from core.engines.mlc_serve import tokenizer_file
from core.engines.pair import EnginePair, Member
from core.events import StageStarted
from tests.analyzers.test_tokens import content
from tests.core.patterns.scripted import ListEngine, fenced, last, run_events
from tests.core.patterns.test_safeguards import RIGHT, request


def put(folder: Path) -> Path:
    folder.mkdir(parents=True)
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(content()), encoding="utf-8")
    return path


async def prompt_tokens(source: str | None) -> int:
    pair = EnginePair("test", Member(ListEngine("coder", [fenced(RIGHT)]), source=source), Member(ListEngine("r", [])))
    return last(await run_events(request(pattern="coder-only"), pair), StageStarted).prompt_tokens


async def test_a_tokenizer_in_the_models_folder_replaces_the_estimate(tmp_path: Path) -> None:
    put(tmp_path / "model")
    estimated = await prompt_tokens(None)
    # A vocabulary of 11 merges needs nearly a token a letter, 3.6 times the estimate.
    assert await prompt_tokens(str(tmp_path / "model")) > 2 * estimated
    assert await prompt_tokens(str(tmp_path / "nowhere")) == estimated


@pytest.mark.parametrize("prefix", ["HF://", "https://huggingface.co/"])
def test_the_files_of_a_downloaded_model_are_found_where_mlc_llm_keeps_them(tmp_path: Path, prefix: str) -> None:
    path = put(tmp_path / "model_weights" / "hf" / "mlc-ai" / "Tiny-MLC")
    environ = {"MLC_LLM_HOME": str(tmp_path)}
    assert tokenizer_file(f"{prefix}mlc-ai/Tiny-MLC", environ) == path
    assert tokenizer_file(f"{prefix}mlc-ai/Other-MLC", environ) is None


def test_a_name_is_not_taken_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "qwen")
    monkeypatch.chdir(tmp_path)
    assert tokenizer_file("qwen", {}) is None
    assert tokenizer_file(str(tmp_path / "qwen"), {}) == tmp_path / "qwen" / "tokenizer.json"
