"""Whether a pair has any chance to start, found out in well under a second and without starting anything."""

import os
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.engines.mlc_install import is_installed, missing_sentence, mlc_command, placeholders

if TYPE_CHECKING:
    from core.config import ResolvedModel, ResolvedPair

_CONNECT_SECONDS = 0.5


def why_unavailable(pair: "ResolvedPair") -> str | None:
    """A sentence that says why ``pair`` cannot start on this machine, None if nothing speaks against it."""
    for model in (pair.coder, pair.reviewer):
        reason = _why(model)
        if reason is not None:
            return reason
    return None


def _why(model: "ResolvedModel") -> str | None:
    if model.kind == "demo":
        return None
    if model.endpoint is not None:
        if any(_listens(url) for url in model.endpoint.base_url):
            return None
        return f"Nothing answers at {', '.join(model.endpoint.base_url)}; start that server"
    if mlc_command(os.environ) is not None:
        # Whether that Python has it is found out when it is started.
        return None
    return None if is_installed() and not placeholders() else missing_sentence()


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False
