"""What changed since a commit, by git: which lines of which files."""

import os
import re
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import UsageError
from core.linting.report import LintedFile, LintedSpec

_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.M)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between the working tree and the commit it grew from."""

    root: Path
    base: str
    changed: frozenset[str]
    new: frozenset[str]

    def touches(self, path: Path) -> bool:
        """Whether the file changed at all."""
        return self._name(path) in self.changed | self.new

    def lines(self, path: Path) -> tuple[range, ...] | None:
        """The changed lines of a file; an empty range for what was only removed. None: all of them."""
        name = self._name(path)
        if name in self.new:
            return None
        patch = _git(
            self.root, "diff", "--unified=0", "--no-color", "--no-ext-diff", self.base, "--", f":(literal){name}"
        )
        ranges = []
        for match in _HUNK.finditer(patch):
            first = int(match[1])
            ranges.append(range(first, first + int(match[2] if match[2] is not None else 1)))
        return tuple(ranges)

    def _name(self, path: Path) -> str:
        real = Path(os.path.realpath(path))
        return real.relative_to(self.root).as_posix() if real.is_relative_to(self.root) else ""


def changes_since(reference: str, folder: Path) -> Changes:
    """What changed in the repository of ``folder`` since its history left that of ``reference``.

    Changes that are staged, not staged, or in files that git does not know yet all count.

    Raises:
        UsageError: this is no repository, there is no git, or no such commit.
    """
    root = Path(os.path.realpath(os.fsdecode(_git(folder, "rev-parse", "--show-toplevel")).rstrip("\n")))
    if reference.startswith("-") or not _succeeds(root, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}"):
        raise UsageError(
            f"git knows no commit {reference!r} here (--diff-base); fetch it, or name another branch, tag or commit."
        )
    if not _succeeds(root, "merge-base", reference, "HEAD"):
        raise UsageError(
            f"{reference} and HEAD have no common commit here (--diff-base); in a shallow clone, fetch all of "
            "the history (GitHub: `fetch-depth: 0`)."
        )
    base = os.fsdecode(_git(root, "merge-base", reference, "HEAD")).strip()
    changed = _names(_git(root, "diff", "--name-only", "-z", "--diff-filter=d", base))
    added = _names(_git(root, "diff", "--name-only", "-z", "--diff-filter=A", "--no-renames", base))
    unknown = _names(_git(root, "ls-files", "-z", "--others", "--exclude-standard"))
    return Changes(root, base, changed, added | unknown)


def only_changed(file: LintedFile, changes: Changes) -> LintedFile:
    """``file`` with only those specs that a changed line belongs to, and the findings that stand on changed lines."""
    ranges = changes.lines(file.path)
    if ranges is None:
        return file

    def hit(first: int, last: int) -> bool:
        # An empty range stands behind the line it names: something between that line and the next was removed.
        return any(one.start <= last and first < one.stop if one else first <= one.start < last for one in ranges)

    def changed(spec: LintedSpec) -> bool:
        place = file.lines.place(spec.report.spec.span)
        return hit(place.line, place.end_line)

    return replace(
        file,
        specs=tuple(spec for spec in file.specs if changed(spec)),
        findings=tuple(one for one in file.findings if hit(one.place.line, one.place.end_line)),
    )


def _names(output: bytes) -> frozenset[str]:
    return frozenset(name for name in os.fsdecode(output).split("\0") if name)


def _succeeds(folder: Path, *arguments: str) -> bool:
    return _run(folder, *arguments).returncode == 0


def _git(folder: Path, *arguments: str) -> bytes:
    done = _run(folder, *arguments)
    if done.returncode:
        said = os.fsdecode(done.stderr).strip().splitlines()
        reason = said[-1].removeprefix("fatal: ") if said else f"git ended with {done.returncode}"
        raise UsageError(f"--diff-base needs a git repository and {folder} is not in a usable one ({reason}).")
    return done.stdout


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("--diff-base needs git, which is not installed or not on the PATH.") from None
