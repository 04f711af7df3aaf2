"""``secondpass bench data``: the data sets on this machine."""

import gzip
import hashlib
import sys
from pathlib import Path

import click

from core.bench.datasets.known import KNOWN, KnownDataset, datasets_folder, find_file
from core.errors import DataError, UsageError
from tui.cli.bench_progress import Progress

_PIECE = 1 << 20
_BUNDLED = {
    "demo": "bundled (what the demo pair knows)",
    "paired": "bundled (the same problems with lean, medium and rich specs; docs/paired.md)",
}


def list_command() -> None:
    """Print every data set with where it is, or how to get it."""
    for known in KNOWN.values():
        place = find_file(known)
        if place is None:
            what = f"not here; secondpass bench data fetch {known.name}"
        elif not known.url:
            what = _BUNDLED[known.name]
        else:
            same = _digest(place) == known.md5
            what = str(place) if same else f"{place} (another version: its md5 is not {known.md5})"
        print(f"{known.name:<11} {known.title} {known.version}, {known.tasks} tasks: {what}")


def fetch_command(name: str, *, yes: bool) -> None:
    """Download a data set, check it, and keep it.

    Raises:
        UsageError: Nobody agreed to use the network.
        DataError: It cannot be downloaded, or is not what was published.
    """
    known = KNOWN[name]
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"Downloading {known.title} uses the network; agree to that with --yes.")
        if not click.confirm(f"Download {known.title} {known.version} from {known.url}?", err=True):
            raise click.Abort
    target = datasets_folder() / f"{known.filename}.gz"
    part = target.with_suffix(".part")
    try:
        _download(known, part)
        digest = _digest(part)
        if digest != known.md5:
            raise DataError(
                f"What {known.url} sent is not {known.title} {known.version} (md5 {digest}); try again later."
            )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    print(f"{known.title} is in {target}.")


def _download(known: KnownDataset, part: Path) -> None:
    import httpx

    try:
        with (
            httpx.stream("GET", known.url, follow_redirects=True, timeout=30.0) as answer,
            part.open("wb") as file,
        ):
            answer.raise_for_status()
            total = int(answer.headers.get("content-length", 0)) // _PIECE + 1
            with Progress(f"MiB of {known.title}", total) as progress:
                for piece in answer.iter_bytes(_PIECE):
                    file.write(piece)
                    progress.step()
    except httpx.HTTPError as error:
        raise DataError(
            f"{known.url} cannot be downloaded ({str(error) or type(error).__name__}); download it elsewhere and use "
            "`secondpass bench data import FILE`."
        ) from None
    except OSError as error:
        raise DataError(f"{part} cannot be written ({error.strerror or error}); make room and try again.") from None


def import_command(file: Path, name: str | None) -> None:
    """Copy a file that the person has to where data sets are kept.

    Raises:
        DataError: It cannot be read, or is no data set.
        UsageError: It is not told which one it is.
    """
    digest = _digest(file)
    found = next((known for known in KNOWN.values() if known.md5 == digest and known.url), None)
    if found is None and name is None:
        raise UsageError(
            f"{file} is none of the published versions (md5 {digest}); say with --dataset whose format it is in."
        )
    known = found or KNOWN[name or ""]
    if found is not None and name is not None and found.name != name:
        raise UsageError(f"{file} is {found.title}, not {KNOWN[name].title}; leave out --dataset.")
    from core.bench.datasets import open_dataset

    opened = open_dataset(known.name, data=file)  # what cannot be read is not kept
    packed = file.suffix == ".gz"
    target = datasets_folder() / (f"{known.filename}.gz" if packed else known.filename)
    part = target.with_suffix(".part")
    try:
        part.write_bytes(file.read_bytes())
        part.replace(target)
    except OSError as error:
        raise DataError(f"{target} cannot be written ({error.strerror or error}); make room and try again.") from None
    finally:
        part.unlink(missing_ok=True)
    # The unpacked file is found first: another version must not stay in front of this one.
    other = datasets_folder() / (known.filename if packed else f"{known.filename}.gz")
    other.unlink(missing_ok=True)
    what = f"{known.title} {known.version}" if found else f"another version of {known.title}"
    print(f"{what}, {len(opened.problems)} tasks, is in {target}.")


def _digest(path: Path) -> str:
    """md5 of the unpacked file."""
    digest = hashlib.md5(usedforsecurity=False)
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except (OSError, EOFError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise DataError(f"{path} cannot be read ({why}); name another file.") from None
    return digest.hexdigest()
