"""The exact commands that install what is missing, for this platform."""

import importlib.metadata
import importlib.util
import re
import shlex
import shutil
import sys
from collections.abc import Callable

_MANAGERS = (
    ("apt-get", "apt-get install -y {}"),
    ("dnf", "dnf install -y {}"),
    ("pacman", "pacman -S --noconfirm {}"),
    ("zypper", "zypper install -y {}"),
    ("apk", "apk add {}"),
)
"""Linux package managers, each with how it installs; the first that is there is the platform's."""

_BENCH = re.compile(r"""extra\s*==\s*['"]bench['"]""")


def system_install(package: str, *, platform: str, which: Callable[[str], str | None] = shutil.which) -> str:
    """The command that installs a system package; "" where no package manager is known."""
    if platform == "darwin":
        return next((f"{name} install {package}" for name in ("brew", "port") if which(name)), "")
    for name, command in _MANAGERS:
        if which(name):
            return ("sudo " if which("sudo") else "") + command.format(package)
    return ""


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
