"""Reading spec files, and which files of a folder are specs."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import UsageError
from core.linting.globs import matches

MOST_BYTES = 16_000_000
"""Beyond this a file is a data set or a mistake, not a spec."""
SUFFIXES = (".md", ".txt", ".py")
"""What a folder is searched for."""

_SKIPPED_FOLDERS = frozenset(
    "__pycache__ node_modules site-packages venv env build dist target vendor __pypackages__".split()
)
_NOT_SPECS = re.compile(
    r"(?:readme|change-?log|changes|history|news|contributing|contributors|code[-_]of[-_]conduct|security|license|licence|"
    r"copying|notice|authors|support|governance|agents|claude|todo|requirements|constraints|cmakelists|robots|llms|"
    r"pull_request_template)(?:[-_.].*)?",
    re.I,
)
"""Names of files that accompany a project. They hold text, but nothing that asks for code."""
_MAY_HOLD_A_STUB = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]", re.M)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read. ``text`` has no byte order mark; ``marked`` says that the file begins with one."""

    path: Path
    text: str
    marked: bool = False

    @property
    def content(self) -> str:
        """What belongs into the file."""
        return "\ufeff" + self.text if self.marked else self.text


def read_document(path: Path, shown: str) -> Document:
    """Read a spec file; line ends stay as they are.

    Raises:
        UsageError: there is no such file, or it holds no text; the sentence calls it ``shown``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no file {shown}; check its name.") from None
    except IsADirectoryError:
        raise UsageError(f"{shown} is a folder; name the files in it.") from None
    except OSError as error:
        raise UsageError(f"{shown} cannot be read ({error.strerror}); check its permissions.") from None
    return decode(data, path, shown)


def decode(data: bytes, path: Path, shown: str) -> Document:
    """The text of ``data``.

    Raises:
        UsageError: it is no text, or too much of it.
    """
    if len(data) > MOST_BYTES:
        raise UsageError(f"{shown} is larger than {MOST_BYTES // 1_000_000} MB, which is no spec; exclude it.")
    if b"\0" in data:
        raise UsageError(f"{shown} is a binary file; a spec is text (Python, Markdown or prose).")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8.") from None
    return Document(path, text.removeprefix("\ufeff"), text.startswith("\ufeff"))


def find_documents(folder: Path) -> Iterator[Path]:
    """The files in ``folder`` and below that may be specs, sorted; hidden ones and what git ignores are left out.

    ``.py`` files are told apart by their content: see ``holds_stub``.
    """
    ignored = _ignored_by_git(folder)
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED_FOLDERS
            and not (here / name / "pyvenv.cfg").exists()
            and os.path.join(place, name) not in ignored
        )
        for name in sorted(files):
            if is_candidate(name) and os.path.join(place, name) not in ignored:
                yield here / name


def is_candidate(name: str) -> bool:
    """Whether a file of this name is looked at when a folder is searched."""
    stem, suffix = os.path.splitext(name)
    return suffix in SUFFIXES and not name.startswith(".") and not (suffix != ".py" and _NOT_SPECS.fullmatch(stem))


def is_excluded(path: Path, root: Path, patterns: tuple[str, ...]) -> bool:
    """Whether the ``exclude`` patterns of the project at ``root`` name ``path``."""
    return bool(patterns) and path.is_relative_to(root) and matches(path.relative_to(root).as_posix(), patterns)


def holds_stub(text: str) -> bool:
    """Whether a Python text has a function still to be written: its body is a docstring, ``...`` or the like.

    Declarations that are complete as they stand (protocols, abstract methods, overloads) are no stubs, nor are
    functions inside of functions.
    """
    if not _MAY_HOLD_A_STUB.search(text):
        return False
    from analyzers.stubs import asks_for_code

    return asks_for_code(text)


def _ignored_by_git(folder: Path) -> frozenset[str]:
    """Absolute paths of the files and folders that git ignores below ``folder``; none outside of a repository."""
    folder = Path(os.path.abspath(folder))
    if not any((place / ".git").exists() for place in (folder, *folder.parents)):
        return frozenset()
    import subprocess  # takes 3 ms to import, and a file that is named needs no git

    command = ["git", "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    except OSError:  # no git on this machine, so nobody here relies on what it ignores
        return frozenset()
    names: Iterable[str] = os.fsdecode(done.stdout).split("\0")
    return frozenset(os.path.join(folder, name.rstrip("/")) for name in names if name)
