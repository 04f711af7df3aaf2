"""Models for the stand-in of MLC-LLM."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.engines.mlc import MlcEngine
from core.engines.mlc_server import StartLimits
from core.engines.timeouts import Timeouts
from tests.standins.running import FAKE_MLC

MakeEngine = Callable[..., MlcEngine]


@pytest.fixture(autouse=True)
def mlc_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """MLC-LLM's folder, empty and for this test only."""
    home = tmp_path / "mlc-home"
    monkeypatch.setenv("MLC_LLM_HOME", str(home))
    monkeypatch.delenv("MLC_TEMP_DIR", raising=False)
    return home


@pytest.fixture
def make_engine(tmp_path: Path) -> MakeEngine:
    """``make_engine(load=..., scenario={...}, timeouts={...}, limits={...})``: an engine of the stand-in."""

    def make(
        *,
        timeouts: dict[str, float] | None = None,
        limits: dict[str, float] | None = None,
        options: dict[str, Any] | None = None,
        **order: Any,
    ) -> MlcEngine:
        folder = tmp_path / "model"
        folder.mkdir(exist_ok=True)
        (folder / "mlc-chat-config.json").write_text("{}")
        (folder / "standin.json").write_text(json.dumps(order))
        chosen: dict[str, Any] = {"source": str(folder), "context": 4096, "command": FAKE_MLC, **(options or {})}
        return MlcEngine(
            "qwen",
            log_dir=tmp_path / "logs",
            timeouts=Timeouts(**(timeouts or {})),
            limits=StartLimits(**(limits or {})),
            **chosen,
        )

    return make
