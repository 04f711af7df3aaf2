"""Whether MLC-LLM is installed, and the command that installs it on this machine."""

import importlib.metadata
import importlib.util
import re
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

INDEX = "https://mlc.ai/wheels"
"""MLC-LLM's own package index; PyPI has only empty placeholders under its names."""

_OLDEST_DRIVERS = (("cu130", 580), ("cu128", 570))
"""Package flavour and the NVIDIA driver branch that its CUDA version needs (CUDA toolkit release notes)."""


COMMAND = "SECONDPASS_MLC_PYTHON"
"""The variable that names a Python of another environment that has ``mlc_llm``."""


def mlc_command(environ: Mapping[str, str]) -> Sequence[str] | None:
    """The Python, with options, that has ``mlc_llm`` where the environment names one; None is this one."""
    words = shlex.split(environ.get(COMMAND, ""))
    # Isolated from the folder and the environment it is started in, unless somebody says how it is to be called.
    return (*words, "-I") if len(words) == 1 else tuple(words) or None


def is_installed() -> bool:
    """Whether ``mlc_llm`` can be found by this interpreter; it is not imported (3 s, 420 MB)."""
    return importlib.util.find_spec("mlc_llm") is not None


def placeholders(installed: Iterable[tuple[str, str]] | None = None) -> tuple[str, ...]:
    """Names of the empty 0.1 packages from PyPI that are installed in place of MLC-LLM.

    ``installed`` is (name, version) of distributions, by default those of this environment.
    """
    if installed is None:
        installed = ((str(found.name), found.version) for found in importlib.metadata.distributions())
    pattern = re.compile(r"mlc[-_](llm|ai)([-_].+)?", re.IGNORECASE)
    return tuple(sorted(name for name, version in installed if version == "0.1" and pattern.fullmatch(name or "")))


def flavour(platform: str = sys.platform, root: Path = Path("/")) -> str:
    """The package flavour for this machine's GPU: cu130, cu128, rocm62 or cpu.

    Every Linux package contains Vulkan and every macOS package Metal, so "cpu" is right for other GPUs too.
    """
    if platform != "linux":
        return "cpu"
    driver = root / "proc/driver/nvidia/version"
    if driver.is_file():
        found = re.search(r"Kernel Module\D*(\d+)\.", driver.read_text(errors="replace"))
        branch = int(found[1]) if found else 0
        return next((name for name, oldest in _OLDEST_DRIVERS if branch >= oldest), "cu128")
    return "rocm62" if (root / "opt/rocm").is_dir() else "cpu"


def install_command(kind: str | None = None, *, python: str = sys.executable) -> str:
    """The shell command that installs MLC-LLM into this environment. ``kind`` is a flavour."""
    kind = kind or flavour()
    # psutil is imported by MLC-LLM but not declared.
    packages = f"mlc-llm-nightly-{kind} mlc-ai-nightly-{kind} psutil"
    if importlib.util.find_spec("pip") is None:
        return f"uv pip install --python {python} --prerelease allow -U -f {INDEX} {packages}"
    return f"{python} -m pip install --pre -U -f {INDEX} {packages}"


def missing_sentence() -> str:
    """What to say where ``mlc_llm`` cannot be imported."""
    fake = placeholders()
    if fake:
        return (
            f"only the empty placeholder {'packages' if len(fake) > 1 else 'package'} {', '.join(fake)} 0.1 from PyPI "
            f"{'are' if len(fake) > 1 else 'is'} installed, not MLC-LLM: run {install_command()}"
        )
    return f"MLC-LLM is not installed: run {install_command()}"
