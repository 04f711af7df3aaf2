"""The few calls of Linux's C library that Python does not offer."""

import ctypes
import functools
import os


@functools.cache
def libc() -> ctypes.CDLL:
    """The C library this interpreter runs on."""
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def prctl(option: int, value: int) -> None:
    """prctl(2) with one number; raises OSError."""
    word = ctypes.c_ulong
    if libc().prctl(option, word(value), word(0), word(0), word(0)):
        code = ctypes.get_errno()
        raise OSError(code, f"prctl({option}): {os.strerror(code)}")
