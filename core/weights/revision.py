"""Weights that are pinned: only those of one commit are loaded."""

from collections.abc import Mapping

from core.errors import EngineError
from core.weights.on_disk import folder_of, repository, revision_of


def same_commit(pinned: str, found: str | None) -> bool:
    """Whether ``found``, a full commit, is the one that ``pinned`` (7 digits of it or more) means."""
    return found is not None and found.startswith(pinned)


def check_revision(model: str, source: str, pinned: str | None, environ: Mapping[str, str]) -> None:
    """Find out before a start whether the weights on disk are those that models.toml pins. Reads the disk.

    Raises:
        EngineError: they are not, or not there, or nobody wrote down which they are.
    """
    if pinned is None:
        return
    folder = folder_of(source, environ)
    found = revision_of(folder)
    if same_commit(pinned, found):
        return
    if repository(source) is None:
        said = "is a folder whose commit is not known" if found is None else f"is at commit {found[:12]}"
        raise EngineError(
            f"models.toml pins {model} to revision {pinned[:12]}, but {folder} {said}: check that commit out there, or "
            "correct the revision."
        )
    if not folder.is_dir():
        what = "are not on disk"
    elif found is None:
        what = f"in {folder} come from an unknown revision (MLC-LLM fetched them itself)"
    else:
        what = f"in {folder} are of revision {found[:12]}"
    raise EngineError(
        f"models.toml pins {model} to revision {pinned[:12]}, but its weights {what}: fetch the pinned ones with "
        f"`secondpass models pull {model}`, or correct the revision."
    )
