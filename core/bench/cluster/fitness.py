"""Whether a node can judge as this machine would.

``examine`` travels by value, since the node may not have this package; it must not use anything of this module.
"""

import platform
from typing import Any

from core.bench.cluster.sources import sources_digest


def examine() -> dict[str, Any]:
    """What a node has: ``python``, ``executable``, ``secondpass`` (its version or None), ``sources`` (digest of what
    judges, None if it cannot be told) and ``evalplus`` (whether it is there)."""
    import importlib.metadata
    import importlib.util
    import platform
    import sys

    try:
        version = importlib.metadata.version("secondpass")
    except importlib.metadata.PackageNotFoundError:
        version = None
    sources = None
    if version is not None:
        try:
            from core.bench.cluster import sources as judging

            sources = judging.sources_digest()
        except ImportError:
            sources = None
    return {
        "python": platform.python_version(),
        "executable": sys.executable,
        "secondpass": version,
        "sources": sources,
        "evalplus": importlib.util.find_spec("evalplus") is not None,
    }


def why_unfit(there: dict[str, Any], *, version: str) -> str | None:
    """What keeps a node from judging, in words that follow on "it", and what to do; None if nothing does.

    Args:
        there: What ``examine`` said on the node.
        version: Of secondpass here.
    """
    install = f"install there, for {there['executable']}, what runs here: secondpass[bench,ray] {version}"
    if there["secondpass"] is None:
        return f"has no secondpass; {install}"
    if there["secondpass"] != version:
        return f"has secondpass {there['secondpass']} and here is {version}; {install}"
    here = platform.python_version()
    if there["python"].split(".")[:2] != here.split(".")[:2]:
        return f"has Python {there['python']} and here is {here}, and verdicts depend on it; use the same on both"
    if not there["evalplus"]:
        return f"has secondpass without EvalPlus; {install}"
    if there["sources"] != sources_digest():
        return f"has another build of secondpass {version}, whose judge differs from the one here; {install}"
    return None
