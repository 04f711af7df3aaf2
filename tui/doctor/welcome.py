"""Whether the Doctor was shown by itself already: once, at the very first start, and never again."""

from core.paths import config_dir

_MARKER = "doctor-was-shown"


def was_shown() -> bool:
    """Whether the person has seen and left it."""
    return (config_dir(create=False) / _MARKER).exists()


def remember_shown() -> None:
    """Keep that it was left.

    Raises:
        OSError, SecondpassError: the folder of the configuration cannot be written.
    """
    (config_dir() / _MARKER).write_text(
        "secondpass showed what works on this machine at its first start. Delete this file to see it again.\n",
        encoding="utf-8",
    )
