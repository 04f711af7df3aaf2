"""Make the environment that trains and serves the tiny model.

It is apart from the program's own environment, because secondpass never needs torch. ``SECONDPASS_TORCH_SPEC`` names
torch, because which build fits depends on the machine; everything else is pinned with hashes in
requirements/real-engine.txt. A second call with the same Python, pins and torch does nothing.
"""

import hashlib
import platform
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

DEFAULT_TORCH = "torch==2.13.0"
PINS = Path(__file__).resolve().parents[2] / "requirements" / "real-engine.txt"

SIZES = """\
About to download into {folder}:
  transformers with its server, and what both need: about 60 MB;
  {torch}: about 200 MB as a CPU build{elsewhere}.
About 1.2 GB on disk with a CPU build. `make clean` removes it."""
ELSEWHERE = (
    "; PyPI's own build for Linux brings NVIDIA's libraries along, several GB. For a CPU build"
    " there, let pip look at PyTorch's index: PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu with"
    f" SECONDPASS_TORCH_SPEC={DEFAULT_TORCH}+cpu"
)
"""Measured with transformers 5.23.0 and torch 2.13.0+cpu on Linux x86-64."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def environment_key(torch_spec: str) -> str:
    """What the environment is made from; another key means that it is made again."""
    parts = (PINS.read_text(encoding="utf-8"), torch_spec, sys.version, platform.machine())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def prepare(folder: Path, torch_spec: str) -> Path:
    """Make the environment in ``folder`` if it is not there yet; returns its Python.

    ``torch_spec`` names torch as pip takes it.

    Raises:
        subprocess.CalledProcessError: pip failed; it has said why.
    """
    python = folder / "bin" / "python"
    stamp = folder / "made-from"
    key = environment_key(torch_spec)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == key and python.exists():
        say(f"{folder} is ready")
        return python
    say(SIZES.format(folder=folder, torch=torch_spec, elsewhere=ELSEWHERE if sys.platform == "linux" else ""))
    begun = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    # Hashes are all or nothing within one call of pip, and a torch chosen by the user has none here.
    subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(PINS)], check=True, stdout=sys.stderr)
    subprocess.run([*pip, torch_spec], check=True, stdout=sys.stderr)
    subprocess.run([str(python), "-m", "pip", "check"], check=True, stdout=sys.stderr)
    stamp.write_text(key, encoding="utf-8")
    say(f"made {folder} in {time.monotonic() - begun:.0f} s")
    return python
