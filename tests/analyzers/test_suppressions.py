"""Comments that silence findings: how far they reach, and what is said about those that are wrong or of no use."""

import time

import pytest

from analyzers.fixes import apply_fixes
from analyzers.lint import FileReport, lint_text
from analyzers.rules import ALL_RULES, find_rule, select

HEADER = "def count(xs: list[int]) -> int:"
DOCSTRING = '    """Count the items of xs, etc."""'
STUB = f"{HEADER}\n{DOCSTRING}"
MARKDOWN = "# count\n\n{}\n\nWrite `count(xs: list[int]) -> int`, which counts the items of xs, etc.\n"
ONLY = select(["EX101", "AM503", "SP"])


def linted(text: str, filename: str) -> FileReport:
    """``text`` by EX101, AM503 and the SP rules."""
    return lint_text(text, filename=filename, selection=ONLY)


def codes(report: FileReport) -> list[str]:
    """The codes of all findings, sorted."""
    return sorted(one.code for one in report.all_findings)


def mended(text: str, filename: str) -> str:
    """``text`` after the safe fixes of the SP rules."""
    return apply_fixes(text, lint_text(text, filename=filename, selection=ONLY).findings).text


def test_the_specs_of_these_tests_have_two_findings() -> None:
    assert codes(linted(STUB, "a.py")) == ["AM503", "EX101"]
    assert codes(linted(MARKDOWN.format("Text."), "a.md")) == ["AM503", "EX101"]
    assert codes(linted(MARKDOWN.format("Text."), "a.txt")) == ["AM503", "EX101"]


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# noqa: EX101", ["AM503"]),
        ("# noqa: ex101", ["AM503", "EX101"]),
        ("#noqa:EX101", ["AM503"]),
        ("# NOQA: EX101", ["AM503"]),
        ("# noqa: EX101,AM503", []),
        ("# noqa: EX101 AM503", []),
        ("# noqa: EX1", ["AM503"]),
        ("# noqa: EX", ["AM503"]),
        ("# noqa: no-example", ["AM503"]),
        ("# noqa: ALL", []),
        ("# noqa", []),
        ("# noqa  -- shown elsewhere", []),
        ("# type: ignore  # noqa: EX101", ["AM503"]),
        ("# noqa: E501, EX101", ["AM503"]),
        ("# noqa: EX101 if nobody needs one", ["AM503"]),
        ("# noqa: E501", ["AM503", "EX101"]),
        ("# noqa: TC001, D400", ["AM503", "EX101"]),
        ("# noqa: because", ["AM503", "EX101"]),
        ("# ruff: noqa", ["AM503", "EX101"]),
        ("# noqa-example", ["AM503", "EX101"]),
        ("# see noqa: EX101", ["AM503", "EX101"]),
    ],
)
def test_noqa_behind_a_docstring_silences_what_it_names(comment: str, left: list[str]) -> None:
    report = linted(f"{STUB}  {comment}\n", "a.py")
    assert codes(report) == left
    assert report.suppressed == 2 - len(left)


def test_noqa_behind_a_docstring_speaks_of_its_own_spec_only() -> None:
    report = linted(f"{STUB}  # noqa\n\n\n{STUB.replace('count', 'amount')}\n", "a.py")
    assert [len(spec.findings) for spec in report.specs] == [0, 2]


def test_noqa_on_another_line_speaks_of_that_line() -> None:
    text = f'{HEADER}  # noqa: EX101, AM503\n    """Count the items of xs,\n    etc.\n    """\n'
    report = linted(text, "a.py")
    assert codes(report) == ["AM503", "SP901"]
    assert report.suppressed == 1


@pytest.mark.parametrize(
    "text",
    [
        f'{HEADER}\n    """Count the items of xs, etc.  # noqa: EX101"""\n',
        f'{HEADER}\n    """Count the items of xs, etc.\n\n    # noqa: EX101\n    """\n',
        f"{HEADER}\n    '''Count \"\"\"items\"\"\" of xs, etc.  # noqa: EX101'''\n",
        f'MARK = "# noqa: EX101"\n{STUB}\n',
        f'MARK = """\n# secondpass: disable-file\n"""\n{STUB}\n',
    ],
)
def test_what_stands_in_a_string_is_no_comment(text: str) -> None:
    assert codes(linted(text, "a.py")) == ["AM503", "EX101"]


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# secondpass: disable-file=EX101", ["AM503"]),
        ("# secondpass: disable-file=EX101,AM", []),
        ("# secondpass: disable-file = no-example, open-list -- the caller knows", []),
        ("# secondpass: disable-file", []),
        ("#secondpass:disable-file EX101", ["AM503"]),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_a_comment_silences_for_the_whole_python_file(comment: str, left: list[str], before: bool) -> None:
    text = f"{comment}\n\n{STUB}\n" if before else f"{STUB}\n{comment}\n"
    found = [code for code in codes(linted(text, "a.py")) if not code.startswith("SP")]
    assert found == left


def test_a_comment_to_the_linter_is_no_prose() -> None:
    text = f"# secondpass: disable-file=CN301\n{STUB}\n"
    assert [one.text for one in lint_text(text, filename="a.py").specs[0].spec.sentences] == [
        "Count the items of xs, etc."
    ]
    prose = MARKDOWN[9:].format("<!-- secondpass-disable-file CN301 -->")
    sentences = [one.text for one in lint_text(prose, filename="a.txt").specs[0].spec.sentences]
    assert not any("secondpass" in sentence for sentence in sentences)


@pytest.mark.parametrize("filename", ["a.md", "a.txt"])
@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("<!-- secondpass-disable-next-line AM503 -->", ["EX101"]),
        ("<!-- secondpass-disable-next-line AM503 -- all items are meant -->", ["EX101"]),
        ("<!-- secondpass-disable-next-line AM -->", ["EX101"]),
        ("<!--secondpass-disable-next-line AM503-->", ["EX101"]),
        ("<!-- secondpass-disable AM503 -->", ["EX101"]),
        ("<!-- secondpass-disable AM503 -->\n\n<!-- secondpass-enable AM503 -->", ["AM503", "EX101", "SP901"]),
        ("<!-- secondpass-disable -->\n\n<!-- secondpass-enable -->", ["AM503", "EX101"]),
        ("<!-- secondpass-disable AM503 -->\n\n<!-- secondpass-enable EX101 -->", ["EX101", "SP901"]),
        ("<!-- secondpass-disable-file EX101 -->", ["AM503"]),
        ("<!-- secondpass-disable-file EX101,AM503 -->", []),
        ("<!-- secondpass-disable-file -->", []),
        ("<!-- a note -->", ["AM503", "EX101"]),
        ("Text with <!-- secondpass-disable-file --> in it.", ["AM503", "EX101"]),
        ("```\n<!-- secondpass-disable-file -->\n```", ["AM503", "EX101"]),
        ("`<!-- secondpass-disable-file -->`", ["AM503", "EX101"]),
    ],
)
def test_comments_in_markdown_and_prose_silence_what_they_name(filename: str, comment: str, left: list[str]) -> None:
    assert codes(linted(MARKDOWN.format(comment), filename)) == left


def test_enabling_one_rule_leaves_the_others_disabled() -> None:
    text = "<!-- secondpass-disable -->\n\n# count\n\n<!-- secondpass-enable EX -->\n\n" + MARKDOWN[9:].format("More.")
    assert codes(linted(text, "a.md")) == []


def test_the_next_line_may_be_a_fence() -> None:
    fence = f"```python\n{STUB}\n```"
    assert codes(linted(f"# Counting\n\n{fence}\n", "a.md")) == ["AM503", "EX101"]
    text = f"# Counting\n\n<!-- secondpass-disable-next-line -->\n\n{fence}\n\nNot this, etc.\n"
    report = linted(text, "a.md")
    # EX101 stands at the heading, above the comment.
    assert [one.span.start > text.index("Not this") for one in report.all_findings] == [False, True]
    assert codes(report) == ["AM503", "EX101"]
    assert report.suppressed == 1


def test_noqa_works_in_a_fence() -> None:
    text = f"# Counting\n\n```python\n{STUB}  # noqa: EX101\n```\n"
    assert codes(linted(text, "a.md")) == ["AM503"]


def test_line_ends_make_no_difference() -> None:
    for newline in ("\r\n", "\r"):
        text = MARKDOWN.format("<!-- secondpass-disable-next-line AM503 -->").replace("\n", newline)
        assert codes(linted(text, "a.md")) == ["EX101"]
        assert codes(linted(f"{STUB}  # noqa: EX101\n".replace("\n", newline), "a.py")) == ["AM503"]


@pytest.mark.parametrize(
    ("text", "filename", "after"),
    [
        (f"{STUB}  # noqa: EX102\n", "a.py", f"{STUB}\n"),
        (f"{STUB}  # noqa: EX101, EX102\n", "a.py", f"{STUB}  # noqa: EX101, EX102\n"),
        (f"{STUB}  # noqa: EX103, E501\n", "a.py", f"{STUB}  # noqa: E501\n"),
        (f"{STUB}  # noqa: E501, EX103, EX101\n", "a.py", f"{STUB}  # noqa: E501, EX101\n"),
        (f"{STUB}  # noqa: EX103  # pragma: no cover\n", "a.py", f"{STUB}  # pragma: no cover\n"),
        (f"{STUB}  # noqa: EX103 said so\n", "a.py", f"{STUB}  # noqa: EX103 said so\n"),
        (f"# secondpass: disable-file=EX103\n{STUB}\n", "a.py", f"{STUB}\n"),
        (f"# secondpass: disable-file=EX103,EX101\n{STUB}\n", "a.py", f"# secondpass: disable-file=EX101\n{STUB}\n"),
        (
            MARKDOWN.format("<!-- secondpass-disable-file EX103 -->"),
            "a.md",
            MARKDOWN.format("").replace("\n\n\n\n", "\n\n"),
        ),
    ],
)
def test_what_silences_nothing_is_found_and_removed(text: str, filename: str, after: str) -> None:
    rules = [rule for rule in ALL_RULES if rule.code in ("EX101", "EX103", "AM503", "SP901")]
    if "EX102" in text and "EX101" not in text:
        rules.append(find_rule("EX102"))
    findings = lint_text(text, filename=filename, selection=rules).findings
    assert [one.code for one in findings] == (["SP901"] if "EX101, EX102" not in text else [])
    fixed = apply_fixes(text, findings).text
    assert fixed == after
    again = lint_text(fixed, filename=filename, selection=rules).findings
    assert len(again) == ("said so" in text)


def test_a_suppression_of_a_rule_that_did_not_run_may_be_of_use() -> None:
    text = f"{STUB}  # noqa: EX103, TC705\n"
    assert not lint_text(text, filename="a.py", selection=select(["EX101", "SP"])).findings
    assert [one.code for one in lint_text(text, filename="a.py", selection=select(["EX", "SP"])).findings] == ["SP901"]


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: E501"])
def test_what_other_tools_may_need_is_left_alone(comment: str) -> None:
    good = find_rule("SP901").good.rstrip()
    assert not lint_text(f"{good}  {comment}\n", filename="a.py").findings


def test_a_whole_file_that_needs_no_silence_is_told_so_only_if_every_rule_ran() -> None:
    text = f"# secondpass: disable-file\n{find_rule('SP901').good}"
    assert [one.code for one in lint_text(text, filename="a.py").findings] == ["SP901"]
    assert not lint_text(text, filename="a.py", selection=ONLY).findings


@pytest.mark.parametrize(
    ("text", "filename", "message"),
    [
        (f"{STUB}  # noqa: EX199\n", "a.py", "There is no rule 'EX199'; did you mean EX1"),
        (f"# secondpass: disable-file=no-exmaple\n{STUB}\n", "a.py", "did you mean no-example?"),
        (f"# secondpass: disable-file=SC801\n{STUB}\n", "a.py", "SC801 is a minimum that the project sets"),
        (
            f"# secondpass: disable-next-line=EX101\n{STUB}\n",
            "a.py",
            "Python files have no suppression 'disable-next-line'.",
        ),
        (MARKDOWN.format("<!-- secondpass-disable-next-line QQ -->"), "a.md", "There is no rule 'QQ'"),
        (
            MARKDOWN.format("<!-- secondpass-disable-nextline AM -->"),
            "a.md",
            "did you mean secondpass-disable-next-line?",
        ),
        (MARKDOWN.format("<!-- secondpass-enable XX101 -->"), "a.txt", "There is no rule 'XX101'; did you mean EX101?"),
    ],
)
def test_what_names_no_rule_is_told_with_the_nearest(text: str, filename: str, message: str) -> None:
    (one,) = linted(text, filename).findings
    assert one.code == "SP902"
    assert message in one.message
    assert codes(linted(text, filename)) == ["AM503", "EX101", "SP902"]


@pytest.mark.parametrize("code", ["SP901", "SP902"])
def test_each_rule_about_suppressions_finds_its_own_bad_file_and_not_its_good_one(code: str) -> None:
    rule = find_rule(code)
    assert code in codes(lint_text(rule.bad, filename="a.py"))
    assert code not in codes(lint_text(rule.good, filename="a.py"))


def test_findings_about_suppressions_can_be_silenced() -> None:
    text = f"# secondpass: disable-file=SP902\n# secondpass: disable-file=QQ1\n{STUB}\n"
    report = linted(text, "a.py")
    assert codes(report) == ["AM503", "EX101"]
    assert report.suppressed == 1


def test_a_finding_that_was_judged_false_does_not_count_against_soundness() -> None:
    text = f'{HEADER}\n    """Count the items.\n\n    >>> count([1])\n    1\n    >>> count([1])\n    2\n    """'
    assert lint_text(f"{text}\n").specs[0].soundness == "contradictory"
    report = lint_text(f"{text}  # noqa: TC703\n", selection=select(["EX"]))
    assert report.specs[0].soundness != "contradictory"
    assert report.suppressed == 0


@pytest.mark.parametrize(
    "text",
    [
        "<!-- secondpass-" * 60_000,
        "# noqa: " + "EX101, " * 40_000,
        '"""' * 100_000 + "noqa\\",
        "\\\"'" * 100_000 + "# noqa",
        "```\n" * 40_000 + "<!-- secondpass-disable -->",
    ],
    ids=["open comments", "codes", "quotes", "escapes", "fences"],
)
def test_hostile_texts_are_read_in_linear_time(text: str) -> None:
    from analyzers.comments import markup_comments, python_comments

    started = time.perf_counter()
    list(python_comments(text))
    list(markup_comments(text))
    assert time.perf_counter() - started < 5
