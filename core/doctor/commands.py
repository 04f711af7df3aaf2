"""The exact commands that install what is missing, for this platform."""

import importlib.metadata
import importlib.util
import re
import shlex
import sys

_BENCH = re.compile(r"""extra\s*==\s*['"]bench['"]""")


def python_install(*requirements: str, python: str = sys.executable) -> str:
    """The command that installs Python packages into the environment secondpass runs in."""
    packages = " ".join(shlex.quote(each) for each in requirements)
    if importlib.util.find_spec("pip") is None:
        return f"uv pip install --python {shlex.quote(python)} {packages}"
    return f"{shlex.quote(python)} -m pip install {packages}"


def bench_requirements() -> tuple[str, ...]:
    """What the extra ``bench`` adds, as the installed package declares it."""
    declared = importlib.metadata.requires("secondpass") or []
    return tuple(each.partition(";")[0].strip() for each in declared if _BENCH.search(each))
