"""The folder that one run of the sandbox keeps its files in."""

import os
import tempfile

from core.errors import SandboxError
from core.sandbox.child.reach import reachable_by_anyone
from core.sandbox.child.sweep import remove

__all__ = ["make", "remove"]


def make() -> str:
    """A new folder that others may pass through but not look into. Raises SandboxError."""
    parents = [tempfile.gettempdir()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # The code will run as a user of its own, who has to get there.
        parents = [path for path in (*parents, "/tmp", "/var/tmp") if reachable_by_anyone([path])]
    try:
        folder = os.path.realpath(tempfile.mkdtemp(prefix="secondpass-", dir=parents[0] if parents else None))
        os.chmod(folder, 0o711)
    except OSError as error:
        raise SandboxError(
            f"No private folder for running code can be made: {error}; free some space, or set TMPDIR."
        ) from error
    return folder
