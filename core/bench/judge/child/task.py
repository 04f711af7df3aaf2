"""The data of one task: inputs, expected results and reference times, as files that the judge itself wrote."""

import io
import json
import mmap
import os
import pickle
import zlib
from typing import Any

_NAMES = frozenset("bool bytearray complex dict float frozenset int list range set slice str tuple".split())
_COLLECTIONS = frozenset(("Counter", "OrderedDict", "defaultdict", "deque"))
_MOST = 8 << 30
"""Bytes of a result file, unpacked, that are still taken for one."""


class _Unpickler(pickle.Unpickler):
    """Takes plain data only: what computes the results is a data set's code, and a data set can come from anywhere."""

    def find_class(self, module: str, name: str) -> Any:
        if (module == "builtins" and name in _NAMES) or (module == "collections" and name in _COLLECTIONS):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"a result is of the type {module}.{name}, which cannot be kept")


class _Inflated(io.RawIOBase):
    """A zlib stream as a readable file, so that the packed and the pickled form are never held whole."""

    def __init__(self, packed: io.BufferedReader) -> None:
        self._packed, self._zlib, self._left = packed, zlib.decompressobj(), b""
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left and not self._zlib.eof:
            piece = self._zlib.unconsumed_tail or self._packed.read(1 << 16)
            if not piece:
                break
            self._left = self._zlib.decompress(piece, 1 << 20)
        taken = self._left[: len(buffer)]
        self._left = self._left[len(taken) :]
        self._taken += len(taken)
        if self._taken > _MOST:
            raise pickle.UnpicklingError("the results are too large")
        buffer[: len(taken)] = taken
        return len(taken)


def owned(path: str) -> bool:
    """Whether the file is this user's own and nobody else may write it."""
    status = os.stat(path)
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def own_memory_mib() -> int:
    """Address space of this process, which every fork begins with; 0 where it cannot be read."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * mmap.PAGESIZE // (1 << 20)
    except (OSError, ValueError, IndexError):
        return 0


def load_inputs(path: str) -> dict[str, list[Any]]:
    """``{"base": inputs, "plus": inputs}``, each input a list of arguments. Raises OSError, UnpicklingError."""
    with open(path, "rb") as file:
        inputs: dict[str, list[Any]] = _Unpickler(file).load()
    return inputs


def load_truth(path: str) -> dict[str, Any]:
    """``{"base": {"results": [...], "seconds": [...]}, "plus": ...}``. Raises OSError, UnpicklingError, zlib.error."""
    with open(path, "rb") as file:
        json.loads(file.readline(4_096))
        truth: dict[str, Any] = _Unpickler(io.BufferedReader(_Inflated(file), 1 << 20)).load()
    return truth


def store_truth(packed: str, path: str) -> dict[str, Any]:
    """Check what a confined process left at ``packed``, keep it at ``path`` and give the truth.

    The first line of the file says what the parts cost, so that work can be ordered without loading it. Raises
    OSError, UnpicklingError, zlib.error.
    """
    with open(packed, "rb") as file:
        truth: dict[str, Any] = _Unpickler(io.BufferedReader(_Inflated(file), 1 << 20)).load()
        for part in truth.values():
            if len(part["results"]) != len(part["seconds"]) or not all(type(s) is float for s in part["seconds"]):
                raise pickle.UnpicklingError("the results are incomplete")
        head = {name: round(sum(part["seconds"]), 6) for name, part in truth.items()}
        file.seek(0)
        temporary = f"{path}.{os.getpid()}"
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as kept:
            kept.write(json.dumps(head).encode("ascii") + b"\n")
            while piece := file.read(1 << 20):
                kept.write(piece)
            kept.flush()
            os.fsync(kept.fileno())
    os.replace(temporary, path)
    return truth
