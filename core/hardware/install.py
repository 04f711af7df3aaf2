"""The command that installs a system package on this platform."""

import shutil
from collections.abc import Callable

_MANAGERS = (
    ("apt-get", "apt-get install -y {}"),
    ("dnf", "dnf install -y {}"),
    ("pacman", "pacman -S --noconfirm {}"),
    ("zypper", "zypper install -y {}"),
    ("apk", "apk add {}"),
)
"""Linux package managers, each with how it installs; the first that is there is the platform's."""


def system_install(package: str, *, platform: str, which: Callable[[str], str | None] = shutil.which) -> str:
    """The command that installs a system package; "" where no package manager is known."""
    if platform == "darwin":
        return next((f"{name} install {package}" for name in ("brew", "port") if which(name)), "")
    for name, command in _MANAGERS:
        if which(name):
            return ("sudo " if which("sudo") else "") + command.format(package)
    return ""
