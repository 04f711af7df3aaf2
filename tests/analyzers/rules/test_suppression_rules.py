"""SP: suppressions that silence nothing, those that name no rule, and the look-alikes that are in order."""

import pytest

from analyzers.lint import lint_text
from analyzers.rules import find_rule

HEADER = "def count(xs: list[int]) -> int:"
# It has two findings, EX101 and AM503.
STUB = f'{HEADER}\n    """Count the items of xs, etc."""'
SOUND = find_rule("SP901").good.rstrip()
PAGE = "# count\n\n{}\n\nWrite `count(xs: list[int]) -> int`, which counts the items of xs, etc.\n"


def hits(code: str, text: str) -> list[str]:
    """The messages of one rule, all others being on."""
    filename = "spec.md" if text.startswith("# count") else "spec.py"
    return [one.message for one in lint_text(text, filename=filename).findings if one.code == code]


UNUSED = (
    f"{SOUND}  # noqa: EX101\n",
    f"{SOUND}  # noqa: EX101, AM503\n",
    f"{SOUND}  # noqa: no-example\n",
    f"{SOUND}  # noqa: AM\n",
    f"{STUB}  # noqa: EX101, AM503, TC703\n",
    f"{STUB}  # noqa: TC7\n",
    f"# secondpass: disable-file=EX105\n{STUB}\n",
    f"{STUB}\n# secondpass: disable-file=CN301\n",
    f"# secondpass: disable-file\n{SOUND}\n",
    PAGE.format("<!-- secondpass-disable-next-line EX105 -->"),
    PAGE.format("<!-- secondpass-disable TC -->"),
    PAGE.format("<!-- secondpass-disable-file AM505 -->"),
    PAGE.format("<!-- secondpass-enable AM503 -->"),
    PAGE.format("<!-- secondpass-disable AM503 -->\n\n<!-- secondpass-enable AM503 -->"),
    f"{SOUND}  # noqa: E501, EX101\n",
)
IN_USE = (
    f"{STUB}  # noqa: EX101, AM503\n",
    f"{STUB}  # noqa: EX101\n",
    f"{STUB}  # noqa: no-example -- shown elsewhere\n",
    f"{STUB}  # noqa\n",
    f"{SOUND}  # noqa\n",
    f"{SOUND}  # noqa: E501\n",
    f"{SOUND}  # noqa: TC705\n",
    f"{SOUND}  # see noqa: EX101\n",
    f'MARK = "# noqa: EX101"\n{SOUND}\n',
    f"# secondpass: disable-file=AM\n{STUB}\n",
    f"# secondpass: disable-file\n{STUB}\n",
    PAGE.format("<!-- secondpass-disable-next-line AM503 -->"),
    PAGE.format("<!-- secondpass-disable -->\n\n<!-- secondpass-enable EX -->"),
    PAGE.format("```\n<!-- secondpass-disable-file TC -->\n```"),
    PAGE.format("<!-- to be disabled: EX105 -->"),
)
UNKNOWN = (
    f"{STUB}  # noqa: EX199\n",
    f"{STUB}  # noqa: EX101, AM599\n",
    f"{STUB}  # noqa: TC7011\n",
    f"# secondpass: disable-file=no-exmaple\n{STUB}\n",
    f"# secondpass: disable-file=SC801\n{STUB}\n",
    f"# secondpass: disable-file=EX101,QQ\n{STUB}\n",
    f"# secondpass: disable-next-line=EX101\n{STUB}\n",
    f"# secondpass: disable=EX101\n{STUB}\n",
    PAGE.format("<!-- secondpass-disable-next-line QQ -->"),
    PAGE.format("<!-- secondpass-disable-nextline AM -->"),
    PAGE.format("<!-- secondpass-enable XX101 -->"),
    PAGE.format("<!-- secondpass-disable-file AM5O3 -->"),
    PAGE.format("<!-- secondpass-ignore AM503 -->"),
)
KNOWN = (
    f"{STUB}  # noqa: EX101\n",
    f"{STUB}  # noqa: EX1\n",
    f"{STUB}  # noqa: open-list\n",
    f"{STUB}  # noqa: ALL\n",
    f"{STUB}  # noqa: E501, D400, TC001\n",
    f"{STUB}  # noqa: EX101 if nobody needs one\n",
    f"{STUB}  # noqa: because\n",
    f"{STUB}  # ruff: noqa\n",
    f'MARK = """\n# secondpass: disable-file=QQ\n"""\n{STUB}\n',
    f"# secondpass is what lints this: EX199 is no rule of it\n{STUB}\n",
    PAGE.format("<!-- secondpass-disable-next-line AM503 -- all items are meant -->"),
    PAGE.format("<!-- secondpass-disable -->"),
    PAGE.format("<!-- a note on secondpass: QQ -->"),
    PAGE.format("`<!-- secondpass-disable-file QQ -->`"),
)


@pytest.mark.parametrize("text", UNUSED)
def test_what_silences_nothing_is_reported(text: str) -> None:
    assert len(hits("SP901", text)) == 1


@pytest.mark.parametrize("text", IN_USE)
def test_what_is_of_use_here_or_to_another_tool_is_left_alone(text: str) -> None:
    assert hits("SP901", text) == []


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_names_no_rule_is_reported(text: str) -> None:
    assert len(hits("SP902", text)) == 1


@pytest.mark.parametrize("text", KNOWN)
def test_names_prefixes_reasons_and_other_tools_are_no_mistake(text: str) -> None:
    assert hits("SP902", text) == []
