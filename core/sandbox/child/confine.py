"""The layers a runner puts around itself before it touches the code, in the order that lets each be put on."""

import os
import resource
import sys
from collections.abc import Sequence
from functools import cache

from . import landlock, rights, seatbelt, seccomp
from .linux import prctl
from .reach import reachable_by_anyone

LAYERS = ("user", "landlock", "seccomp", "seatbelt")
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _SIGKILL = 1, 4, 9
_MIB = 1 << 20

_SYSTEM = (
    *("/lib", "/lib64", "/lib32", "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/local/lib", "/usr/share/zoneinfo"),
    *("/etc/ld.so.cache", "/etc/localtime", "/dev/random", "/dev/urandom", "/nix/store"),
)
_DEVICES = ("/dev/null", "/dev/zero")

# What small programs import: loaded early where the code's user could not read the interpreter's folder later.
# fmt: off
_COMMON = (
    "abc", "array", "asyncio", "base64", "bisect", "calendar", "cmath", "collections", "contextlib", "copy", "csv",
    "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "heapq",
    "inspect", "io", "itertools", "json", "math", "numbers", "operator", "pathlib", "pprint", "queue", "random",
    "re", "secrets", "statistics", "string", "struct", "tempfile", "textwrap", "threading", "time", "types",
    "typing", "unicodedata", "uuid",
)
# fmt: on


def supported() -> list[str]:
    """The layers that are worth trying on this platform, for this user."""
    if sys.platform == "darwin":
        return ["seatbelt"]
    if sys.platform != "linux":
        return []
    return [*(["user"] if rights.can_become_another() else []), "landlock", "seccomp"]


@cache
def interpreter_paths() -> list[str]:
    """The folders that imports come from: the standard library, its shared objects, site-packages. Nothing else
    of ``sys.path`` (an editable install adds a checkout to it)."""
    homes = [os.path.realpath(home) + os.sep for home in {sys.prefix, sys.base_prefix, sys.base_exec_prefix}]
    found = [os.path.join(home, "lib") for home in {sys.base_prefix, sys.base_exec_prefix}]
    for path in sys.path:
        if path and os.path.realpath(path).startswith(tuple(homes)):
            found.append(path)
    return list(dict.fromkeys([*found, os.path.dirname(os.__file__)]))


def _limit(which: int, soft: int, hard: int | None = None) -> None:
    ceiling = resource.getrlimit(which)[1]
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def _limits(limits: dict[str, float], *, own_user: bool) -> None:
    seconds = int(limits["total_seconds"]) + 2
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, seconds, seconds + 1)
    _limit(resource.RLIMIT_FSIZE, int(limits["file_mib"] * _MIB))
    _limit(resource.RLIMIT_NOFILE, int(limits["open_files"]))
    if sys.platform == "linux":
        _limit(resource.RLIMIT_MSGQUEUE, 0)
        _limit(resource.RLIMIT_AS, int(limits["memory_mib"] * _MIB))
        if own_user:  # it counts all threads of a user: of use only for a user that nobody else is
            _limit(resource.RLIMIT_NPROC, 64)
    else:
        # Not every system takes these; the self-test finds out whether memory really is limited.
        for which in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
            try:
                _limit(which, int(limits["memory_mib"] * _MIB))
            except (OSError, ValueError):
                continue


def _first_in_line_for_memory() -> None:
    """Have the kernel kill this process first when memory runs out."""
    try:
        # Not open(): its layers touch 200 pages, each of which a new process copies.
        setting = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return  # no /proc: the address space limit has to do
    try:
        os.write(setting, b"1000")
    except OSError:
        return  # not allowed: the same
    finally:
        os.close(setting)


class Prepared:
    """What is the same for every process that one parent forks, made once, before the fork.

    ``rules`` is a descriptor that ``confine`` closes in the process that it restricts; the parent keeps its own.
    """

    __slots__ = ("failed", "filter", "paths", "private", "rules", "unreachable")

    def __init__(self, layers: Sequence[str], private: str) -> None:
        self.private = private
        self.failed: dict[str, str] = {}
        self.paths = interpreter_paths()
        self.unreachable = sys.platform == "linux" and os.geteuid() == 0 and not reachable_by_anyone(self.paths)
        self.rules: int | None = None
        self.filter: seccomp.Filter | None = None
        if "landlock" in layers:
            try:
                self.rules = landlock.ruleset(readable=[*_SYSTEM, *self.paths], devices=_DEVICES, private=private)
            except OSError as error:
                self.failed["landlock"] = str(error)
        if "seccomp" in layers:
            try:
                self.filter = seccomp.Filter(truncate=self.rules is not None and landlock.abi() >= 3)
            except OSError as error:
                self.failed["seccomp"] = str(error)

    def close(self) -> None:
        """Close the descriptor; what is confined stays confined."""
        if self.rules is not None:
            os.close(self.rules)
            self.rules = None


def confine(
    layers: Sequence[str], limits: dict[str, float], private: str, user: int | None, prepared: Prepared | None = None
) -> dict[str, str]:
    """Restrict this process for good, as far as ``layers`` say. Gives the layers that failed, and why.

    ``private`` is the folder it may write, ``user`` who it becomes (layer "user"), ``prepared`` what its parent made
    for the same layers and folder. Raises OSError where going on would leave it with more rights than asked for.
    """
    supervisor = os.getppid()
    os.chdir(private)
    if sys.platform == "linux":
        _first_in_line_for_memory()
    prepared = prepared or Prepared(layers, private)
    failed, rules, paths = prepared.failed, prepared.rules, prepared.paths
    own_user = "user" in layers and user is not None
    was_root = sys.platform == "linux" and os.geteuid() == 0
    keep_reading = False
    if prepared.unreachable:
        keep_reading = own_user and rules is not None and "seccomp" in layers and rights.can_keep_reading()
        if not keep_reading:
            _import_early()
    _limits(limits, own_user=own_user)
    if own_user and user is not None:
        rights.become(user, keep_reading=keep_reading)
    elif was_root:
        rights.drop_capabilities()
    if sys.platform == "linux":
        prctl(_PR_SET_DUMPABLE, 0)
        prctl(_PR_SET_PDEATHSIG, _SIGKILL)  # after the change of user, which resets it
        if os.getppid() != supervisor:
            raise OSError("the supervisor is gone")
    if rules is not None:
        try:
            landlock.enforce(rules)
        except OSError as error:
            failed["landlock"] = str(error)
    if prepared.filter is not None:
        try:
            prepared.filter.install()
        except OSError as error:
            failed["seccomp"] = str(error)
    if "seatbelt" in layers:
        try:
            seatbelt.enforce(readable=paths, private=private)
        except OSError as error:
            failed["seatbelt"] = str(error)
    return failed


def _import_early() -> None:
    import importlib

    for name in _COMMON:
        importlib.import_module(name)
