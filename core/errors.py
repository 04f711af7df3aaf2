"""The errors a user can meet, and the exit codes that go with them.

Every message is one sentence that says what is wrong, where, and what to do. A screen or a command
shows ``str(error)`` and exits with ``error.exit_code``; nothing else of an error reaches the user.
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of every command (a stable contract, see docs/commands.md)."""

    OK = 0
    NO = 1
    """The answer is no: the final code fails a visible example."""
    USAGE = 2
    """Wrong usage or configuration."""
    ENGINE = 3
    """An engine is not available, failed, or does not know the spec (demo)."""
    DATA = 4
    """A data set is missing."""
    INTERNAL = 70
    """secondpass itself failed; the traceback is in its log file."""
    INTERRUPTED = 130


class SecondpassError(Exception):
    """Base of all errors that are shown to a user."""

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class UsageError(SecondpassError):
    """A command or an input file was used in a way that cannot work."""


class ConfigurationError(SecondpassError):
    """models.toml or an environment variable is wrong."""


class EngineError(SecondpassError):
    """An engine cannot be reached, cannot start, or failed while answering."""

    exit_code = ExitCode.ENGINE


class UnknownSpecError(EngineError):
    """The demo pair was given a spec it has no script for."""


class DataError(SecondpassError):
    """A data set is not on this machine, or its file cannot be used."""

    exit_code = ExitCode.DATA


class SandboxError(SecondpassError):
    """The sandbox could not be set up, so nothing was run in it."""


def first_of(errors: BaseExceptionGroup[SecondpassError]) -> SecondpassError:
    """The first of errors that tasks have raised side by side; they mostly say the same."""
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            return first_of(error)
        return error
    raise AssertionError("an exception group holds an exception")
