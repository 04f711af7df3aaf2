"""Giving up root: an unprivileged user of its own for every program, and no capability it does not need."""

import ctypes
import os
import struct

from .linux import libc, prctl

_CHOWN, _DAC_OVERRIDE, _DAC_READ_SEARCH, _KILL, _SETGID, _SETUID = 0, 1, 2, 5, 6, 7
_NEEDED = (_CHOWN, _KILL, _SETGID, _SETUID)
_PR_SET_KEEPCAPS, _PR_CAPBSET_DROP = 8, 24
_VERSION_3 = 0x20080522


def capabilities() -> int:
    """The effective capabilities of this process as a bit set; 0 where they cannot be read."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", _VERSION_3, 0))
    data = ctypes.create_string_buffer(24)
    if libc().capget(header, data):
        return 0
    low, _, _, high, _, _ = struct.unpack("=6I", data.raw)
    return int(low | high << 32)


def can_become_another() -> bool:
    """Whether this process can hand a child to another user, and still kill it and own its files."""
    held = capabilities()
    able = all(held >> capability & 1 for capability in _NEEDED)
    return os.geteuid() == 0 and able and _highest_user() > 10_000


def _highest_user() -> int:
    """The highest user number of this user namespace."""
    highest = 0
    try:
        with open("/proc/self/uid_map", encoding="ascii") as lines:
            for line in lines:
                start, _, count = (int(word) for word in line.split())
                highest = max(highest, start + count - 1)
    except (OSError, ValueError):
        return 65_533
    return highest


def a_free_user() -> int:
    """A user number that nobody has: high and random, or, in a small user namespace, one of the highest."""
    highest, dice = _highest_user(), int.from_bytes(os.urandom(8), "big")
    if highest > 0x7000_0000:
        return 0x6000_0000 + dice % 0x1000_0000
    return highest - dice % 4_000


_emptied: list[bool] = []


def empty_bounding_set() -> None:
    """Let nothing that this process or a child of it starts gain a capability; it keeps those it has itself."""
    if _emptied:  # by the parent: what is dropped from this set never comes back
        return
    _emptied.append(True)
    for capability in range(64):
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            break  # past the last one, or not allowed to: no_new_privs keeps the set out of use anyway


def drop_capabilities(kept: int = 0) -> None:
    """Give up all capabilities but those in the bit set ``kept``, for good. Raises OSError."""
    empty_bounding_set()
    header = ctypes.create_string_buffer(struct.pack("=Ii", _VERSION_3, 0))
    data = ctypes.create_string_buffer(struct.pack("=6I", kept, kept, 0, 0, 0, 0))
    if libc().capset(header, data):
        raise OSError(ctypes.get_errno(), "capset")


def become(user: int, *, keep_reading: bool) -> None:
    """Turn this process (root) into ``user``. Raises OSError, and the process must then end.

    ``keep_reading`` keeps the one capability that reads files whatever their mode, for an interpreter in a home
    directory closed to others: Landlock and the call filter must confine what is read.
    """
    kept = 0
    if keep_reading:
        kept = 1 << (_DAC_READ_SEARCH if capabilities() >> _DAC_READ_SEARCH & 1 else _DAC_OVERRIDE)
        prctl(_PR_SET_KEEPCAPS, 1)
    empty_bounding_set()  # only who may set capabilities can do this, so before the change of user
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    drop_capabilities(kept)


def can_keep_reading() -> bool:
    """Whether ``become(keep_reading=True)`` would work."""
    held = capabilities()
    return bool(held >> _DAC_READ_SEARCH & 1 or held >> _DAC_OVERRIDE & 1)
