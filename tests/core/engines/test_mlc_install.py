"""Which command installs MLC-LLM, and whether a placeholder was installed in its place."""

from pathlib import Path

import pytest

from core.engines import mlc_install
from core.engines.mlc_errors import explain_failure
from core.engines.mlc_install import flavour, install_command, missing_sentence, placeholders
from core.engines.mlc_output import ServerOutput
from core.engines.mlc_serve import ServeOptions, serve_arguments
from core.engines.protocol import Phase


def test_empty_packages_from_pypi_are_recognised_by_name_and_version() -> None:
    fakes = [("mlc-llm-nightly-cpu", "0.1"), ("mlc_ai_cpu", "0.1")]
    others = [("mlc-llm-nightly-cu128", "0.20.dev5"), ("mlcx", "0.1")]
    assert placeholders(fakes + others) == ("mlc-llm-nightly-cpu", "mlc_ai_cpu")


def test_the_sentence_names_the_placeholder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlc_install, "placeholders", lambda: ("mlc-llm-nightly-cpu",))
    assert "only the empty placeholder package mlc-llm-nightly-cpu 0.1 from PyPI is installed" in missing_sentence()


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun", "cu130"),
        ("Kernel Module  570.1", "cu128"),
        ("?", "cu128"),
    ],
)
def test_the_flavour_follows_the_driver(tmp_path: Path, driver: str, expected: str) -> None:
    folder = tmp_path / "proc/driver/nvidia"
    folder.mkdir(parents=True)
    (folder / "version").write_text(driver)
    assert flavour("linux", tmp_path) == expected
    assert flavour("darwin", tmp_path) == "cpu"


def test_the_flavour_without_nvidia(tmp_path: Path) -> None:
    assert flavour("linux", tmp_path) == "cpu"
    (tmp_path / "opt/rocm").mkdir(parents=True)
    assert flavour("linux", tmp_path) == "rocm62"


def test_the_command_uses_mlcs_own_index() -> None:
    command = install_command("cu128", python="/venv/bin/python")
    assert command.startswith(("/venv/bin/python -m pip install", "uv pip install --python /venv/bin/python"))
    assert command.endswith("-f https://mlc.ai/wheels mlc-llm-nightly-cu128 mlc-ai-nightly-cu128 psutil")


def test_the_cache_always_has_the_margin_that_every_running_request_needs() -> None:
    for concurrency in (1, 4, 16):
        options = ServeOptions(source="HF://a/b", context=8192, concurrency=concurrency, total=100)
        overrides = serve_arguments(options, port=1)[-1]
        assert f"max_total_seq_length={8192 + 160 * concurrency}" in overrides
    assert ServeOptions(source="HF://a/b", context=8192, total=40000).total_tokens == 40000


def test_a_weights_folder_that_is_there_is_no_download() -> None:
    output = ServerOutput()
    output.read("[2026-01-01] INFO download_cache.py: Downloading model from HuggingFace: HF://mlc-ai/Tiny")
    output.read("[2026-01-01] INFO download_cache.py: Weights already downloaded: \x1b[1m/cache/Tiny\x1b[0m")
    assert output.phase is Phase.STARTING


def test_lines_that_say_what_goes_well_explain_no_failure() -> None:
    output = ServerOutput()
    output.read("[2026-01-01 10:00:00] INFO jit.py:1: Using cached model lib: /cache/tokenizer.so")
    output.read('[12:00:00] /project/cpp/serve/config.cc:682: Under mode "local", tokenizer and out of memory')
    assert explain_failure(output) is None
    output.read("[12:00:00] /project/cpp/x.cc:68: Check failed: Cannot open /models/x/params_shard_0.bin")
    assert "weights are missing or damaged" in str(explain_failure(output))


def test_a_traceback_that_a_library_survives_does_not_end_a_start() -> None:
    output = ServerOutput()
    for line in ("Traceback (most recent call last):", '  File "x.py", line 1', "ImportError: no flashinfer"):
        output.read(line)
    assert not output.failed
