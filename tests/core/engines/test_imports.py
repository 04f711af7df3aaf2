"""What making an engine costs before it is used."""

import subprocess
import sys

CODE = """
import sys
from pathlib import Path
from core.engines.mlc import MlcEngine
from core.engines.openai import OpenAIEngine
OpenAIEngine("m", base_urls=["http://127.0.0.1:1/v1"], context=1)
MlcEngine("m", source="HF://a/b", context=1, log_dir=Path("."))
print(sorted({"httpx", "httpx_sse", "textual", "pydantic", "mlc_llm"} & set(sys.modules)))
"""


def test_making_an_engine_imports_no_http_client() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
