"""macOS: the sandbox that ``sandbox-exec -p`` applies, through the call that it makes itself (sandbox_init(3)).

The self-test of the tier decides whether it holds; nothing is assumed.
"""

import ctypes
import os
from collections.abc import Iterable

_LIBRARY = "/usr/lib/libsandbox.1.dylib"
_SYSTEM = ("/usr/lib", "/usr/share/zoneinfo", "/System/Library", "/private/var/db/timezone", "/Library/Frameworks")


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def profile(*, readable: Iterable[str], private: str) -> str:
    """The rules in sandbox-exec's language; where several match, the last one counts."""
    folders = sorted({os.path.realpath(path) for path in (*_SYSTEM, *readable, private)})
    devices = " ".join(
        f"(literal {_quoted(path)})" for path in ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
    )
    allowed = " ".join(f"(subpath {_quoted(path)})" for path in folders)
    own = _quoted(os.path.realpath(private))
    return f"""(version 1)
(allow default)
(deny network*)
(deny mach-lookup)
(deny process-fork)
(deny process-exec*)
(deny signal)
(allow signal (target self))
(deny file-read-data)
(allow file-read-data (literal "/") {allowed} {devices})
(deny file-write*)
(allow file-write* (subpath {own}) (literal "/dev/null"))
(deny file-link)
"""


def enforce(*, readable: Iterable[str], private: str) -> None:
    """Confine this process for good. Raises OSError where the system does not offer it or refuses the rules."""
    library = ctypes.CDLL(_LIBRARY)
    message = ctypes.c_char_p()
    rules = profile(readable=readable, private=private).encode()
    if library.sandbox_init(ctypes.c_char_p(rules), ctypes.c_uint64(0), ctypes.byref(message)):
        raise OSError(f"sandbox_init: {(message.value or b'refused').decode(errors='replace')}")
