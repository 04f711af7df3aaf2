"""The data of one task: inputs, expected results and reference times, as files that the judge itself wrote."""

import hashlib
import io
import json
import mmap
import os
import pickle
import zlib
from collections.abc import Iterable
from typing import Any

from evalplus.eval import is_floats

_NAMES = frozenset("bool bytearray complex dict float frozenset int list range set slice str tuple".split())
_COLLECTIONS = frozenset(("Counter", "OrderedDict", "defaultdict", "deque"))
_MOST = 8 << 30
"""Bytes of a result file, unpacked, that are still taken for one."""
_LARGE = 1 << 18
"""Bytes of a pickled result from which on it stays packed."""
_TIMES_LARGER = 16
"""Room for a value in memory, as a multiple of its pickle; lists of numbers take up to 13 times as much."""
_PIECE = 1_000
_FIXED = frozenset((int, str, bool, float, type(None)))

_type, _blake2b, _inflate = type, hashlib.blake2b, zlib.decompress


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


def load_inputs(path: str | int) -> dict[str, list[Any]]:
    """``{"base": inputs, "plus": inputs}``, each input a list of arguments. Raises OSError, UnpicklingError.

    Here and below a descriptor does for a path; it is closed.
    """
    with open(path, "rb") as file:
        inputs: dict[str, list[Any]] = _Unpickler(file).load()
    return inputs


class Packed:
    """A large expected result, which stays packed until somebody has to look into it.

    Unpacked in the parent, a result of a gigabyte would be copied page by page into every process that compares with
    it. Most right results are the same to the last type, and those a digest tells; only others are compared with the
    value itself.
    """

    __slots__ = ("_content", "_digest", "floats", "size")

    def __init__(self, content: bytes, size: int, digest: bytes | None, floats: bool) -> None:
        self._content, self.size, self._digest, self.floats = content, size, digest, floats

    @property
    def memory(self) -> int:
        """Bytes to leave free for the value."""
        return _TIMES_LARGER * self.size

    def is_certainly(self, result: Any) -> bool:
        """Whether ``result`` is this value, made of the same types; if not, it may still equal it."""
        return self._digest is not None and self._digest == digest_of(result)

    def has(self, digest: bytes | None) -> bool:
        """Whether this is the digest of the value."""
        return digest is not None and self._digest == digest

    def load(self) -> Any:
        """The value. Raises UnpicklingError, zlib.error."""
        return _Unpickler(io.BytesIO(_inflate(self._content, bufsize=self.size))).load()


def loaded(expected: Any) -> Any:
    """An expected result, unpacked if it is packed. Raises UnpicklingError, zlib.error."""
    return expected.load() if _type(expected) is Packed else expected


def room_for(results: Iterable[Any]) -> int:
    """Bytes of memory that unpacking any one of the expected results takes, at most."""
    return max((each.memory for each in results if _type(each) is Packed), default=0)


def packed(result: Any) -> tuple[bytes, int, bytes | None, bool] | None:
    """What ``Packed`` is made of if ``result`` is large, else None."""
    content = pickle.dumps(result, protocol=5)
    if len(content) < _LARGE:
        return None
    digest = digest_of(result) if _is_fixed(result) else None
    try:
        # What is made of the same values does not always share them in the same way.
        if digest is not None and digest != digest_of(pickle.loads(content)):
            digest = None
    except MemoryError:
        digest = None
    return zlib.compress(content, 1), len(content), digest, is_floats(result)


class _PlainPickler(pickle.Pickler):
    """Takes exact built-in types only, and asks no value how it is to be pickled."""

    def reducer_override(self, value: Any) -> Any:
        raise ValueError


class _Hashed:
    """A file that keeps the digest of what is written."""

    def __init__(self) -> None:
        self._hash = _blake2b(digest_size=32)
        self.write = self._hash.update

    def digest(self) -> bytes:
        return self._hash.digest()


CLASSES = (Packed, _Hashed, _PlainPickler, _Unpickler)
"""Those that decide whether a result is right."""


def digest_of(result: Any) -> bytes | None:
    """Two results have the same one only if they are equal and made of the same types, if one of them ``_is_fixed``.

    It is that of the pickle, piece by piece, which a value is restored from. Equal results can have different ones
    (a text that is there twice is pickled otherwise than one that is used twice), or none.
    """
    kind = _type(result)
    seen = _Hashed()
    try:
        if kind is str:
            _PlainPickler(seen, 5).dump(result)
        elif kind is list or kind is tuple:
            seen.write(kind.__name__.encode())
            for start in range(0, len(result), _PIECE):
                _PlainPickler(seen, 5).dump(result[start : start + _PIECE])
        else:
            return None
    except (ValueError, RecursionError):
        return None
    return seen.digest()


def _is_fixed(value: Any) -> bool:
    """Whether ``value`` is made of exact types without octets and sets, and equals a copy of itself (nan does not)."""
    kind = _type(value)
    if kind is not list and kind is not tuple:
        return kind in _FIXED and value == value
    kinds = set(map(_type, value))
    if kinds <= _FIXED:
        return float not in kinds or all(each == each for each in value)
    return all(map(_is_fixed, value))


def _unpacked(file: Any) -> dict[str, Any]:
    truth: dict[str, Any] = _Unpickler(io.BufferedReader(_Inflated(file), 1 << 20)).load()
    try:
        for part in truth.values():
            for index, parts in part.pop("packed").items():
                part["results"][index] = Packed(*parts)
    except (AttributeError, LookupError, TypeError) as error:
        raise pickle.UnpicklingError("the results are incomplete") from error
    return truth


def load_truth(path: str | int) -> dict[str, Any]:
    """``{"base": {"results": [...], "seconds": [...]}, "plus": ...}``; large results are ``Packed``.

    Raises OSError, UnpicklingError, zlib.error.
    """
    with open(path, "rb") as file:
        json.loads(file.readline(4_096))
        return _unpacked(file)


def store_truth(packed: str, path: str) -> dict[str, Any]:
    """Check what a confined process left at ``packed``, keep it at ``path`` and give the truth.

    The first line of the file says what the parts cost, so that work can be ordered without loading it. Raises
    OSError, UnpicklingError, zlib.error.
    """
    with open(packed, "rb") as file:
        truth = _unpacked(file)
        for part in truth.values():
            for result in part["results"]:
                if type(result) is Packed:
                    result.load()
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
