"""Fix files: apply what the rules offer until nothing more applies, and write the result without losing anything."""

import difflib
import re
from collections import Counter
from collections.abc import Sequence

from analyzers.fixes import apply_fixes
from core.errors import UsageError
from core.linting.check import Project
from core.linting.documents import Document, read_document
from core.linting.report import LintedFile, Placed
from core.saving import write_atomically

MOST_PASSES = 20
"""A fix may bring another finding to light; no rule does so more than a few times over."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")


def fixed_file(project: Project, file: LintedFile, *, unsafe: bool = False) -> tuple[LintedFile, int]:
    """``file`` linted anew with its fixes applied, and how many findings they mended; nothing is written.

    Fixes are applied until none is left, so that fixing the result again changes nothing. A fix that would bring up an
    error that was not there before is left out, and its finding stays.

    Args:
        project: What linted ``file``.
        file: A file without a problem. What was left out of it is not fixed: findings of specs that did not change.
        unsafe: Apply also fixes that may change what the spec says.
    """
    if not _offered(file.all_findings, frozenset(), unsafe):
        return file, 0
    kept = {one.fingerprint for one in file.all_findings}
    file = _linted(project, file, file.text)
    refused = {one.fingerprint for one in file.all_findings} - kept
    count = 0
    for _ in range(MOST_PASSES):
        offered = _offered(file.all_findings, refused, unsafe)
        fixed = apply_fixes(file.text, offered, unsafe=unsafe)
        if not fixed.applied:
            break
        after, applied = _linted(project, file, fixed.text), fixed.applied
        if not _errors(after) <= _errors(file):
            guilty = {one.fingerprint for one in applied if not _is_harmless(project, file, one, unsafe)}
            refused |= guilty
            if guilty or len(applied) == 1:
                continue
            # Each is harmless and all together are not: one at a time.
            applied = applied[:1]
            after = _linted(project, file, apply_fixes(file.text, applied, unsafe=unsafe).text)
        file, count = after, count + len(applied)
    return file, count


def write_fixed(before: LintedFile, after: LintedFile) -> None:
    """Write the text of ``after`` into its file; line ends, a byte order mark and the mode stay as they are.

    Raises:
        UsageError: the file does not hold the text of ``before`` any more, or cannot be written; it is untouched.
    """
    now = read_document(before.path, before.shown)
    if now.text != before.text:
        raise UsageError(f"{before.shown} was changed while it was being fixed and was left as it is; run --fix again.")
    write_atomically(before.path, Document(before.path, after.text, now.marked).content)


def unified_diff(before: LintedFile, after: LintedFile) -> str:
    """The difference of two versions of a file as ``patch`` reads it; "" if there is none."""
    lines = difflib.unified_diff(
        _LINE.findall(before.text), _LINE.findall(after.text), before.shown, after.shown, lineterm="\n"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _offered(findings: Sequence[Placed], refused: frozenset[str] | set[str], unsafe: bool) -> list[Placed]:
    return [
        one for one in findings if one.fix is not None and (one.fix.safe or unsafe) and one.fingerprint not in refused
    ]


def _linted(project: Project, file: LintedFile, text: str) -> LintedFile:
    return project.lint_document(Document(file.path, text), file.settings)


def _is_harmless(project: Project, file: LintedFile, finding: Placed, unsafe: bool) -> bool:
    alone = apply_fixes(file.text, [finding], unsafe=unsafe)
    return _errors(_linted(project, file, alone.text)) <= _errors(file)


def _errors(file: LintedFile) -> Counter[tuple[str, str | None]]:
    """How many errors of each rule each spec has. Their places and texts change with every fix."""
    return Counter((one.code, one.spec) for one in file.all_findings if one.severity == "error")
