"""Fixing files: until nothing more applies, as they were in everything else, and never over a newer version."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.rules.model import Edit, Fix, Hit, Rule
from analyzers.spec import Span
from analyzers.subject import Subject
from core.errors import UsageError
from core.linting.check import Overrides, Project, Target
from core.linting.fixing import fixed_file, unified_diff, write_fixed
from core.linting.report import LintedFile
from core.linting.selection import Selectors

STUB = '''\
def total(xs: list[int]) -> int:
    """Add up the numbers.

    total([1, 2]) -> 3
    total([]) -> 0
    """  # noqa: EX103
'''
FIXED = '''\
def total(xs: list[int]) -> int:
    """Add up the numbers.

    >>> total([1, 2])
    3
    >>> total([])
    0
    """
'''


def project(folder: Path, select: tuple[str, ...] | None = None) -> Project:
    """A project without settings of its own."""
    return Project(Overrides(isolated=True, selectors=Selectors(select=select)), folder)


def linted(folder: Path, data: bytes, name: str = "total.py", select: tuple[str, ...] | None = None) -> LintedFile:
    """The file ``name`` with these bytes, linted."""
    path = folder / name
    path.write_bytes(data)
    file = project(folder, select).lint(Target(path, found=False))
    assert file is not None
    assert file.problem is None
    return file


def fix_and_write(folder: Path, data: bytes, name: str = "total.py") -> tuple[bytes, int]:
    """What is in the file after fixing, and how many findings were fixed."""
    before = linted(folder, data, name)
    after, count = fixed_file(project(folder), before)
    write_fixed(before, after)
    return (folder / name).read_bytes(), count


def test_all_safe_fixes_are_applied_and_counted(tmp_path: Path) -> None:
    assert fix_and_write(tmp_path, STUB.encode()) == (FIXED.encode(), 2)


def test_fixing_again_changes_nothing(tmp_path: Path) -> None:
    once, _ = fix_and_write(tmp_path, STUB.encode())
    before = linted(tmp_path, once)
    assert fixed_file(project(tmp_path), before) == (before, 0)


def test_what_a_fix_brings_to_light_is_fixed_too(tmp_path: Path) -> None:
    # Only once its bracket is closed can the example be read, and become a doctest.
    text = STUB.replace("    total([1, 2]) -> 3\n    total([]) -> 0", "    total([1, 2] -> 3").replace(
        "  # noqa: EX103", ""
    )
    after, count = fixed_file(project(tmp_path), linted(tmp_path, text.encode()))
    assert ">>> total([1, 2])\n    3\n" in after.text
    assert count == 2


def test_findings_that_are_suppressed_are_not_fixed(tmp_path: Path) -> None:
    before = linted(tmp_path, STUB.replace("EX103", "EX106").encode())
    assert fixed_file(project(tmp_path), before) == (before, 0)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_stay(tmp_path: Path, newline: str) -> None:
    after, _ = fix_and_write(tmp_path, STUB.replace("\n", newline).encode())
    assert after == FIXED.replace("\n", newline).encode()


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    after, _ = fix_and_write(tmp_path, b"\xef\xbb\xbf" + STUB.encode())
    assert after == b"\xef\xbb\xbf" + FIXED.encode()


def test_the_mode_of_the_file_stays(tmp_path: Path) -> None:
    before = linted(tmp_path, STUB.encode())
    before.path.chmod(0o640)
    write_fixed(before, fixed_file(project(tmp_path), before)[0])
    assert before.path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["total.py"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text(STUB, encoding="utf-8")
    (tmp_path / "link.py").symlink_to("real.py")
    before = project(tmp_path).lint(Target(tmp_path / "link.py", found=False))
    assert before is not None
    write_fixed(before, fixed_file(project(tmp_path), before)[0])
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").read_text(encoding="utf-8") == FIXED


def test_a_file_that_was_changed_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    before = linted(tmp_path, STUB.encode())
    after, _ = fixed_file(project(tmp_path), before)
    before.path.write_text("def other(): ...\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"^total\.py was changed while it was being fixed"):
        write_fixed(before, after)
    assert before.path.read_text(encoding="utf-8") == "def other(): ...\n"


def test_a_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    before = linted(tmp_path, STUB.encode())
    after, _ = fixed_file(project(tmp_path), before)
    before.path.unlink()
    with pytest.raises(UsageError, match=r"There is no file total\.py"):
        write_fixed(before, after)
    assert not before.path.exists()


def test_a_failed_write_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = linted(tmp_path, STUB.encode())
    after, _ = fixed_file(project(tmp_path), before)

    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(UsageError, match="No space left on device"):
        write_fixed(before, after)
    assert before.path.read_text(encoding="utf-8") == STUB
    assert os.listdir(tmp_path) == ["total.py"]


def test_findings_of_specs_that_were_left_out_are_not_fixed(tmp_path: Path) -> None:
    second = STUB.replace("total", "product")
    before = linted(tmp_path, f"{STUB}\n\n{second}".encode())
    only = replace(before, specs=before.specs[:1], findings=())
    after, count = fixed_file(project(tmp_path), only)
    assert count == 1
    assert after.text == f"{FIXED.rstrip()}  # noqa: EX103\n\n\n{second}"


def test_rules_that_are_off_fix_nothing(tmp_path: Path) -> None:
    before = linted(tmp_path, STUB.encode(), select=("EX101",))
    assert fixed_file(project(tmp_path, ("EX101",)), before) == (before, 0)


def replacing(code: str, old: str, new: str, *, severity: str = "warning", safe: bool = True) -> Rule:
    """A rule that finds ``old`` and offers to replace it."""

    def check(subject: Subject) -> Iterator[Hit]:
        at = subject.spec.text.find(old)
        if at >= 0:
            span = Span(at, at + len(old))
            yield Hit(span=span, message=f"{old} is here.", fix=Fix(safe, (Edit(span, new),)) if new else None)

    return Rule(
        code=code,
        name=code.lower(),
        severity="error" if severity == "error" else "warning",
        summary="",
        why="",
        hint="",
        bad="",
        good="",
        check=check,
    )


def with_rules(folder: Path, monkeypatch: pytest.MonkeyPatch, *rules: Rule) -> Project:
    """A project in which only these rules are on."""
    made = project(folder)
    monkeypatch.setattr(made, "rules_for", lambda path, settings: rules)
    return made


def lint_in(made: Project, text: str) -> LintedFile:
    """``text`` as a file of the project."""
    (made.cwd / "a.txt").write_text(text, encoding="utf-8")
    file = made.lint(Target(made.cwd / "a.txt", found=False))
    assert file is not None
    return file


def test_a_fix_that_brings_up_an_error_is_left_out_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = (
        replacing("XA101", "alpha", "worse"),
        replacing("XB101", "beta", "gamma"),
        replacing("XC101", "worse", "", severity="error"),
    )
    made = with_rules(tmp_path, monkeypatch, *rules)
    after, count = fixed_file(made, lint_in(made, "alpha and beta"))
    assert (after.text, count) == ("alpha and gamma", 1)
    assert [one.code for one in after.all_findings] == ["XA101"]


def test_fixes_that_only_together_bring_up_an_error_are_not_both_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = (
        replacing("XA101", "alpha", "one"),
        replacing("XB101", "beta", "two"),
        replacing("XC101", "one and two", "", severity="error"),
    )
    made = with_rules(tmp_path, monkeypatch, *rules)
    after, count = fixed_file(made, lint_in(made, "alpha and beta"))
    assert (after.text, count) == ("one and beta", 1)


def test_an_error_that_was_there_before_stops_no_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = (replacing("XA101", "alpha", "one"), replacing("XC101", "beta", "", severity="error"))
    made = with_rules(tmp_path, monkeypatch, *rules)
    assert fixed_file(made, lint_in(made, "alpha and beta"))[0].text == "one and beta"


def test_rules_that_undo_each_other_come_to_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = (replacing("XA101", "alpha", "beta"), replacing("XB101", "beta", "alpha"))
    made = with_rules(tmp_path, monkeypatch, *rules)
    after, _ = fixed_file(made, lint_in(made, "alpha"))
    assert after.text in ("alpha", "beta")


def test_unsafe_fixes_have_to_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = with_rules(tmp_path, monkeypatch, replacing("XA101", "alpha", "one", safe=False))
    before = lint_in(made, "alpha")
    assert fixed_file(made, before) == (before, 0)
    assert fixed_file(made, before, unsafe=True)[0].text == "one"


@pytest.mark.parametrize("data", [STUB.encode(), STUB.rstrip().encode(), STUB.replace("\n", "\r\n").encode()])
def test_patch_applies_the_difference(tmp_path: Path, data: bytes) -> None:
    before = linted(tmp_path, data)
    after, _ = fixed_file(project(tmp_path), before)
    (tmp_path / "total.diff").write_bytes(unified_diff(before, after).encode())
    command = ["git", "apply", "-p0", "--unsafe-paths", "total.diff"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert before.path.read_bytes() == after.text.encode()


def test_no_difference_is_no_text(tmp_path: Path) -> None:
    before = linted(tmp_path, FIXED.encode())
    assert unified_diff(before, before) == ""


LINES = (
    "total([1, 2]) -> 3",
    "total([1, 2]) -> 4",
    "total([]) => 0.",
    "total(['a']) => 0",
    "total([1, 2] -> 3",
    "total([1, 2] -> 'x'",
    "total(1, 2) -> true",
    ">>>total([7])",
    "7",
    "",
    "Returns a number, etc.",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=8), st.sampled_from(["", "  # noqa: EX103,TC703"]))
def test_fixing_brings_up_no_error_and_fixing_twice_is_fixing_once(
    tmp_path: Path, lines: list[str], comment: str
) -> None:
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    text = f'def total(xs: list[int]) -> int:\n    """Add up the numbers.\n\n{body}\n    """{comment}\n'
    before = linted(tmp_path, text.encode())
    after, count = fixed_file(project(tmp_path), before)
    assert (count > 0) == (after.text != before.text)

    def errors(file: LintedFile) -> list[str]:
        return sorted(one.code for one in file.all_findings if one.severity == "error")

    assert len(errors(after)) <= len(errors(before))
    again, more = fixed_file(project(tmp_path), after)
    assert (again.text, more) == (after.text, 0)
