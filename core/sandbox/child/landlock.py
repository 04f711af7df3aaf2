"""File, TCP and signal confinement by Landlock (Linux 5.13 and later; the more, the newer).

The three calls have the same numbers on every architecture. ``linux/landlock.h`` gives the rights.
"""

import ctypes
import errno
import fcntl
import os
import stat
import struct
from collections.abc import Iterable

from .linux import libc, prctl

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

_READ = _EXECUTE | _READ_FILE | _READ_DIR
# Neither links, sockets, pipes nor devices can be made in the private folder: nothing there points elsewhere.
_PRIVATE = (
    _READ_FILE | _READ_DIR | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
)
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP = 0b11
_FIRST_KEPT = 16
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


def abi() -> int:
    """The Landlock version of this kernel, 0 where it has none or it is switched off."""
    version = libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    return int(version) if version > 0 else 0


def _handled(version: int) -> int:
    newest = 12 + (version >= 2) + (version >= 3) + (version >= 5)
    return int((1 << (newest + 1)) - 1)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what does not exist, or cannot be opened, is not needed
    try:
        if not stat.S_ISDIR(os.fstat(beneath).st_mode):
            rights &= _OF_A_FILE
        rule = struct.pack("=Qi", rights, beneath)
        if libc().syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.c_char_p(rule), ctypes.c_uint(0)):
            raise OSError(ctypes.get_errno(), f"landlock_add_rule: {path}")
    finally:
        os.close(beneath)


def ruleset(*, readable: Iterable[str], devices: Iterable[str], private: str) -> int:
    """A descriptor of the rules: read and execute ``readable``, read and write ``devices``, all but run ``private``.

    Raises OSError where the kernel has no Landlock.
    """
    version = abi()
    if not version:
        raise OSError(errno.ENOSYS, "no Landlock")
    handled = _handled(version)
    words = [handled, _TCP if version >= 4 else 0, _ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0]
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("=QQQ", *words)[:size]
    made = libc().syscall(_CREATE_RULESET, ctypes.c_char_p(attributes), ctypes.c_size_t(size), ctypes.c_uint(0))
    if made < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    made = _moved_up(made)
    for path in readable:
        _allow(made, path, _READ & handled)
    for path in devices:
        _allow(made, path, (_READ_FILE | _WRITE_FILE) & handled)
    _allow(made, private, _PRIVATE & handled)
    return int(made)


def _moved_up(descriptor: int) -> int:
    """The descriptor, out of the way of those that a new runner gets."""
    moved: int = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_KEPT)
    os.close(descriptor)
    return moved


def enforce(rules: int) -> None:
    """Confine the calling thread and all it starts, for good; closes the descriptor. Raises OSError."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    failed = libc().syscall(_RESTRICT_SELF, rules, ctypes.c_uint(0))
    code = ctypes.get_errno()
    os.close(rules)
    if failed:
        raise OSError(code, "landlock_restrict_self")
