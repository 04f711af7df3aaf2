"""Where the files that come with the program are: in the wheel, or at the top of the repository."""

from pathlib import Path

from core.errors import SecondpassError

_PACKAGE = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """The path of a shipped file or folder, such as ``shipped("models.toml")`` or ``shipped("examples")``.

    A wheel holds them as package data (see ``force-include`` in pyproject.toml), a checkout at its top level.
    The working directory is never looked at, so a file of the same name there cannot take their place.

    Raises:
        SecondpassError: the file is in neither place, so the installation is incomplete.
    """
    for root in (_PACKAGE / "shipped_files", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    name = "/".join(parts)
    raise SecondpassError(f"{name} is missing from the installation in {_PACKAGE.parent}; install secondpass again.")
