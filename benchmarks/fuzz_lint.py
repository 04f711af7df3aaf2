"""Fuzz the linter: no text may make it fail, and none may make it slow.

python benchmarks/fuzz_lint.py [--seconds 600] [--seed 0] [--data ../shared/data] [--keep FOLDER]

Texts are arbitrary bytes (decoded as the program does), Markdown and Python put together from their parts, deep
nesting, lines of a megabyte, and mutations of real prompts, each read as one of the formats, with every rule on. A text
is slow where the part it repeats, given twice as often, takes more than three times the processor time, three times
over.
Every find is printed with what makes it again, and written to --keep. The exit status is 1 if there was one.
"""

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from public_sets import DATA, ROOT, read_prompts

sys.path.insert(0, str(ROOT))

from analyzers.lint import lint_text

FILES = ("spec.py", "spec.md", "spec.txt", None)
SLOW = 3.0
"""Twice the text may take twice the time; what quadratic work takes is four times."""
QUIET = 0.1
"""Seconds below which a ratio says nothing."""
LARGEST = 2_000_000
PARTS = (
    *(
        "# ~## ~- ~* ~1. ~> ~```~```python\n~`~\n~\n\n~    ~\t~| a | b |\n~|---|---|\n~|"
        "~<!--~-->~[x](y)~**~_~---~\\~<div>~&amp;~"
        "<!-- secondpass-disable EX101 -->~Returns ~the list ~of integers ~if ~empty ~raise ValueError~TBD~etc. "
        "~x = [1, 2] ~"
        "xs~f(1) == 2~f(2) -> 4~f([]) should return [] ~Input: xs = [1]\nOutput: 2\n~sorted ~order ~or ~. ~: "
        "~at least ~“~”~’~"
        "between 1 and 10 ~Otherwise, ~as appropriate ~e.g. ~unless ~k ~duplicates ~from index 0 ~rounded ~first "
    ).split("~"),
    "~~~",
)
CODE = tuple(
    'def f(x):\n|def f(xs: list[int], k: int = 1) -> list[int]:\n|    """|"""\n|    |>>> f(1)\n|'
    "    >>> f([1, 2])\n|    [1]\n|"
    "    ...\n|    pass\n|class A:\n|    def __init__(self, a):\n|        |return x\n|assert f(1) == 2\n|import "
    "os\n|(|)|[|]|{|}|"
    "'|\"|'''|#|# noqa: EX101\n|lambda x: |f(|-|not |1|,|:|\\\n|\n|async |@d\n|@overload\n|"
    "if x:\n|raise NotImplementedError\n|"
    "-> |=>|==|float|Optional[int]|\t|Traceback (most recent call last):\n|ValueError: x\n|... \n".split("|")
)
NESTED = (
    "(",
    "[",
    "{",
    "f(",
    "- ",
    "> ",
    "    ",
    "\t",
    "-",
    "not ",
    "lambda: ",
    "list[",
    "`",
    "'",
    '"',
    "**",
    "[[",
    "<",
)
CHARACTERS = "\0\r\x0b\x0c\x1c\x85\u2028\ufeff\u0130ßﬁ\u0301\u202e😀\ud800"


@dataclass(frozen=True, slots=True)
class Case:
    """A text that can be made in any length: ``before``, then ``unit`` over and over."""

    kind: str
    before: str
    unit: str
    after: str = ""

    def text(self, size: int) -> str:
        return self.before + self.unit * max(1, size // len(self.unit)) + self.after


def _some(draw: random.Random, parts: Sequence[str], most: int) -> str:
    return "".join(draw.choice(parts) for _ in range(draw.randint(1, most)))


def arbitrary(draw: random.Random, prompts: Sequence[str]) -> Case:
    """Bytes, decoded as files are."""
    held = bytes(draw.randrange(256) for _ in range(draw.randint(1, 300)))
    return Case("bytes", "", held.decode("utf-8", "replace"))


def markdown(draw: random.Random, prompts: Sequence[str]) -> Case:
    """Parts of Markdown, in any order."""
    return Case("markdown", _some(draw, PARTS, 20), _some(draw, PARTS, 12), _some(draw, PARTS, 3))


def python(draw: random.Random, prompts: Sequence[str]) -> Case:
    """Parts of Python, mostly broken."""
    return Case("python", _some(draw, CODE, 20), _some(draw, CODE, 10), _some(draw, CODE, 3))


def docstring(draw: random.Random, prompts: Sequence[str]) -> Case:
    """A sound stub that documents itself with parts of both, over and over."""
    unit = _some(draw, PARTS + CODE, 9).replace('"""', "").replace("\\", "")
    return Case("docstring", 'def f(xs: list[int], k: int) -> list[int]:\n    """', unit, '\n    """\n')


def nested(draw: random.Random, prompts: Sequence[str]) -> Case:
    """Something that opens and never closes."""
    return Case("nesting", _some(draw, CODE + PARTS, 3), _some(draw, NESTED, 3))


def one_line(draw: random.Random, prompts: Sequence[str]) -> Case:
    """A row of one word, or a few, without a line break."""
    words = _some(draw, PARTS, 5).replace("\n", " ") or "x"
    return Case("one line", draw.choice(("", "def f(xs): ", "Write a function f(xs). ")), words)


def mutated(draw: random.Random, prompts: Sequence[str]) -> Case:
    """A prompt with parts deleted, doubled, swapped and put in."""
    text = draw.choice(prompts)
    for _ in range(draw.randint(1, 12)):
        at, end = sorted((draw.randrange(len(text) + 1), draw.randrange(len(text) + 1)))
        part = draw.choice((*PARTS, *CODE, *CHARACTERS))
        changes: tuple[Callable[[], str], ...] = (
            lambda at=at, part=part, text=text: text[:at] + part + text[at:],  # type: ignore[misc]
            lambda at=at, end=end, text=text: text[:at] + text[min(end, at + 30) :],  # type: ignore[misc]
            lambda at=at, end=end, text=text: text[:end] + text[at:end] + text[end:],  # type: ignore[misc]
            lambda at=at, end=end, text=text: text[at:end] + text[:at] + text[end:],  # type: ignore[misc]
        )
        text = draw.choice(changes)()[:20_000] or "x"
    return Case("mutation", "", text)


MAKERS = (arbitrary, markdown, python, docstring, nested, one_line, mutated, mutated)


def seconds(text: str, filename: str | None) -> float:
    """Processor time of one lint; every finding is looked at, as the program prints them."""
    before = time.process_time()
    report = lint_text(text, filename=filename)
    for finding in report.all_findings:
        if not 0 <= finding.span.start <= finding.span.end <= len(text):
            raise AssertionError(f"{finding.code} points outside of the text: {finding.span}")
    for spec in report.specs:
        if not 0 <= spec.richness.verifiable <= spec.richness.score + 10 <= 110:
            raise AssertionError(f"richness {spec.richness.score}, verifiable {spec.richness.verifiable}")
    return time.process_time() - before


def slow(case: Case, filename: str | None, deadline: float) -> str | None:
    """How much longer than in proportion a case takes, if it does."""
    size = 2_000
    spent = seconds(case.text(size), filename)
    while spent < QUIET and size < LARGEST and time.monotonic() < deadline:
        size *= 2
        spent = seconds(case.text(size), filename)
    if spent < QUIET or time.monotonic() >= deadline:
        return None
    ratios = []
    for _ in range(3):
        one, two = seconds(case.text(size), filename), seconds(case.text(size * 2), filename)
        ratios.append(two / max(one, 1e-9))
        if ratios[-1] <= SLOW:
            return None
    return f"{size} characters take {one:.2f} s, twice as many {min(ratios):.1f} times as long"


def main() -> int:
    """Fuzz for a while."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    try:
        prompts = [prompt.text for found in read_prompts(options.data).values() for prompt in found]
    except FileNotFoundError as error:
        print(f"There is no {error.filename}; name the folder of the two sets with --data.", file=sys.stderr)
        return 4
    deadline = time.monotonic() + options.seconds
    tried: Counter[str] = Counter()
    grown = finds = 0
    number = -1
    while time.monotonic() < deadline:
        number += 1
        draw = random.Random(f"{options.seed}/{number}")
        case = draw.choice(MAKERS)(draw, prompts)
        filename = draw.choice(FILES)
        tried[case.kind] += 1
        problem = None
        try:
            seconds(case.text(len(case.unit)), filename)
            if number % 4 == 0:
                grown += 1
                problem = slow(case, filename, deadline)
        except Exception:
            problem = traceback.format_exc(limit=-4)
        if problem:
            finds += 1
            print(
                f"--seed {options.seed}, text {number} ({case.kind}, as {filename}): {problem}\n  {case!r:.600}",
                flush=True,
            )
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{options.seed}-{number}.txt").write_text(repr(case), encoding="utf-8")
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(tried.items()))
    print(
        f"{number + 1} texts ({kinds}), {grown} of them grown until they took {QUIET} s or {LARGEST} "
        f"characters: {finds} finds."
    )
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
