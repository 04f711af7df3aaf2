"""How fast the linter is, all rules on; prints Markdown.

python benchmarks/lint_speed.py [--data ../shared/data] [--rounds 60] [--write docs/performance.md] [--check]

Texts of 10 kB are made of the sets' own prompts, another choice of them each round. Cold: what the analyzer keeps of
texts read before is thrown away first. Typing: a character is written into a text that has just been linted, and it is
linted again, which is what the Workbench does at every pause. Times are processor time of this process; each is also
given as a multiple of a baseline measured beside it, which a busy or slow machine moves as much: markdown-it-py alone
for Markdown, ``ast.parse`` and the search for words for stubs, that search for prose. --check makes the exit status 1
where a bound is missed (5 ms for stubs and prose, 25 ms for Markdown, p95).
"""

import argparse
import ast
import functools
import gc
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from public_sets import DATA, ROOT, read_prompts, write_between

sys.path.insert(0, str(ROOT))

from markdown_it import MarkdownIt

from analyzers.lint import lint_text
from analyzers.rules import ALL_RULES

SIZE = 10_000
_WORD = re.compile(r"\w+|\S")
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_DOCSTRING = re.compile(r"(?s)\"\"\"(.*?)\"\"\"|'''(.*?)'''")


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a text: how one is made, its suffix, what it is compared with, and the bound in ms (p95)."""

    name: str
    suffix: str
    make: Callable[[random.Random, dict[str, Sequence[str]], int], str]
    baseline: Callable[[str], object]
    compared: str
    bound: float


def _joined(parts: Iterator[str], size: int) -> str:
    found: list[str] = []
    length = 0
    while length < size:
        found.append(next(parts))
        length += len(found[-1]) + 2
    return "\n\n".join(found)[:size] if len(found) == 1 else "\n\n".join(found)


def _stubs(draw: random.Random, prompts: dict[str, Sequence[str]], size: int) -> str:
    return _joined(iter(lambda: draw.choice(prompts["HumanEval+"]).strip("\n"), None), size)


def _one_stub(draw: random.Random, prompts: dict[str, Sequence[str]], size: int) -> str:
    """One function with a docstring as long as many: the prose of others, and their examples under its name."""
    body = _joined(iter(lambda: _inside(draw.choice(prompts["HumanEval+, one name"])), None), size)
    lines = "\n".join(f"    {line}".rstrip() for line in body.replace("\\", "").splitlines())
    return f'def solve(numbers: list[int], text: str) -> list[int]:\n    """\n{lines}\n    """\n'


def _ordinary_prose(draw: random.Random, prompts: dict[str, Sequence[str]], size: int) -> str:
    """What a long description is like: paragraphs of sentences, an example now and then."""
    sentences = [
        sentence
        for prompt in prompts["HumanEval+, one name"]
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(_inside(prompt).split(">>>")[0].split()))
        if 30 < len(sentence) < 200 and "(" not in sentence
    ]
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        parts.append(" ".join(draw.choice(sentences) for _ in range(5)))
        if len(parts) % 3 == 0:
            one, other = draw.randrange(9), draw.randrange(9)
            parts.append(f"solve([{one}, {other}]) should return {one + other}.")
    return "\n\n".join(parts)


def _ordinary_stub(draw: random.Random, prompts: dict[str, Sequence[str]], size: int) -> str:
    """One function with a long docstring of that kind and a dozen examples."""
    body = _ordinary_prose(draw, prompts, size - 700).splitlines()
    body += [""] + [line for n in range(12) for line in (f">>> solve([{n}, {n + 1}])", f"{2 * n + 1}")]
    lines = "\n".join(f"    {line}".rstrip() for line in body)
    return f'def solve(numbers: list[int]) -> int:\n    """\n{lines}\n    """\n'


def _prose(draw: random.Random, prompts: dict[str, Sequence[str]], size: int) -> str:
    return _joined(iter(lambda: _inside(draw.choice(prompts["MBPP+, one name"])), None), size)


def _markdown(draw: random.Random, prompts: dict[str, Sequence[str]], size: int) -> str:
    return _joined(iter(lambda: _section(draw, prompts), None), size)


def _section(draw: random.Random, prompts: dict[str, Sequence[str]]) -> str:
    stub = draw.choice(prompts["HumanEval+"]).strip("\n")
    points = "\n".join(f"- {' '.join(_inside(draw.choice(prompts['MBPP+'])).split())}" for _ in range(3))
    table = "| x | result |\n|---|---|\n| 1 | 2 |\n"
    return f"## Task {draw.randrange(1000)}\n\n```python\n{stub}\n```\n\n{points}\n\n{table}"


def _inside(prompt: str) -> str:
    found = _DOCSTRING.search(prompt)
    return re.sub(r"(?m)^[ \t]+", "", (found[1] or found[2] or "") if found else "").strip()


def _stub_baseline(text: str) -> object:
    return ast.parse(text), _WORD.findall(text)


FORMATS = (
    Format("an ordinary stub", ".py", _ordinary_stub, _stub_baseline, "ast.parse and words", 5),
    Format("ordinary prose", ".txt", _ordinary_prose, _WORD.findall, "words", 5),
    Format("stubs", ".py", _stubs, _stub_baseline, "ast.parse and words", 5),
    Format("one long stub", ".py", _one_stub, _stub_baseline, "ast.parse and words", 5),
    Format("prose", ".txt", _prose, _WORD.findall, "words", 5),
    Format("Markdown", ".md", _markdown, _MARKDOWN.parse, "markdown-it-py", 25),
)


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[18]


def sizes(prompts: dict[str, Sequence[str]], rounds: int, missed: list[str]) -> Iterator[str]:
    """10 kB of each format."""
    yield "| 10 kB of | cold p50 | p95 | typing p50 | p95 | bound | compared with | its p50 | ratio cold | typing |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for form in FORMATS:  # whatever is imported late is there before the caches are counted
        lint_text(form.make(random.Random(form.name), prompts, SIZE), filename=f"spec{form.suffix}")
    for form in FORMATS:
        draw = random.Random(form.name)
        texts = [form.make(draw, prompts, SIZE) for _ in range(rounds)]
        base, cold, typing = [], [], []
        for text in texts:
            base.append(cpu(partial(form.baseline, text)))
            forget()
            cold.append(cpu(partial(lint_text, text, filename=f"spec{form.suffix}")))
            at = draw.randrange(len(text))
            edited = f"{text[:at]}e{text[at:]}"
            typing.append(cpu(partial(lint_text, edited, filename=f"spec{form.suffix}")))
        for what, own in (("cold", cold), ("typing", typing)):
            if p95(own) > form.bound:
                missed.append(f"{form.name}, {what}: p95 {p95(own):.1f} ms, and at most {form.bound:g} were promised")
        ratios = " | ".join(f"{statistics.median(own) / statistics.median(base):.1f}" for own in (cold, typing))
        yield (
            f"| {form.name} | {statistics.median(cold):.1f} ms | {p95(cold):.1f} ms "
            f"| {statistics.median(typing):.1f} ms | {p95(typing):.1f} ms | {form.bound:g} ms | {form.compared} "
            f"| {statistics.median(base):.2f} ms | {ratios} |"
        )


@functools.cache
def caches() -> "tuple[functools._lru_cache_wrapper[object], ...]":
    """Every cache of the analyzer. Modules are kept from the collector after that, as the program does it."""
    every = [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]
    own = [each for each in every if (getattr(each, "__module__", "") or "").startswith("analyzers.")]
    gc.freeze()
    return tuple(each for each in own if each.cache_info().maxsize)


def forget() -> None:
    """Empty every cache of the analyzer; what Python's own ``re`` keeps stays, as it does in a program that runs."""
    for kept in caches():
        kept.cache_clear()
    # What was just thrown away is not the work of the text that comes next.
    gc.collect()


def growth(prompts: dict[str, Sequence[str]], most: int, missed: list[str]) -> Iterator[str]:
    """Time per kB from 10 kB up: a flat row is linear growth."""
    steps = [size for size in (10_000, 100_000, 1_000_000, 10_000_000) if size <= most]
    yield f"| ms per kB at | {' | '.join(f'{size // 1000} kB' for size in steps)} |"
    yield "|---" * (len(steps) + 1) + "|"
    for form in FORMATS:
        rates = []
        for size in steps:
            text = form.make(random.Random(size), prompts, size)
            # The best of three, for small ones; collections of garbage are the interpreter's, and grow with what lives.
            runs = 3 if size <= 100_000 else 1
            work = partial(lint_text, text, filename=f"spec{form.suffix}")
            spent = min(_from_cold(work) for _ in range(runs))
            rates.append(spent / len(text) * 1000)
        if rates[-1] > 4 * rates[0]:
            missed.append(f"{form.name}: {rates[0]:.2f} ms per kB grow to {rates[-1]:.2f}")
        yield f"| {form.name} | {' | '.join(f'{rate:.2f}' for rate in rates)} |"


def _from_cold(work: Callable[[], object]) -> float:
    forget()
    return cpu(work)


def commands(prompts: dict[str, Sequence[str]], missed: list[str]) -> Iterator[str]:
    """The program as it is called, wall time: one file from cold, and all prompts of both sets at once."""
    program = shutil.which("secondpass", path=str(Path(sys.executable).parent)) or "secondpass"
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, suffix in (("HumanEval+", ".py"), ("MBPP+", ".txt")):
            for number, text in enumerate(prompts[name]):
                files.append(Path(folder) / f"{name[:4]}{number}{suffix}")
                files[-1].write_text(text, encoding="utf-8")
        yield "| command | wall, best | median | processor, median | bound |"
        yield "|---|---|---|---|---|"
        interpreter = [sys.executable, "-c", "import argparse, json, re"]
        for label, command, bound in (
            ("python -c 'import argparse, json, re'", interpreter, None),
            ("secondpass lint FILE (a stub)", [program, "lint", str(files[0])], 0.25),
            ("secondpass lint FILE (prose)", [program, "lint", str(files[-1])], 0.25),
            (f"secondpass lint DIRECTORY ({len(files)} prompts)", [program, "lint", folder], 1.5),
        ):
            walls, used = zip(*(_called(command) for _ in range(7)), strict=True)
            if bound is not None and min(walls) > bound:
                missed.append(f"{label}: {min(walls):.2f} s, and at most {bound:g} were promised")
            yield (
                f"| `{label}` | {min(walls):.2f} s | {statistics.median(walls):.2f} s "
                f"| {statistics.median(used):.2f} s | {f'{bound:g} s' if bound else ''} |"
            )


def _called(command: Sequence[str]) -> tuple[float, float]:
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    # An installed program is compiled: so is this one, by the first of the calls.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    wall = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print or write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--rounds", type=int, default=60, help="texts of 10 kB per format, at least 2")
    parser.add_argument("--largest", type=int, default=10_000_000, help="characters of the largest text (10,000,000)")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    try:
        sets = read_prompts(options.data)
    except FileNotFoundError as error:
        print(f"There is no {error.filename}; name the folder of the two sets with --data.", file=sys.stderr)
        return 4
    prompts: dict[str, Sequence[str]] = {name: [p.text for p in found] for name, found in sets.items()}
    # A long text about one function calls it by one name.
    prompts |= {
        f"{name}, one name": [re.sub(rf"\b{p.name}\b", "solve", p.text) for p in found] for name, found in sets.items()
    }
    missed: list[str] = []
    python = ".".join(map(str, sys.version_info[:2]))
    lines = [f"CPython {python}, {len(ALL_RULES)} rules, {options.rounds} texts per format.", ""]
    lines += [*sizes(prompts, options.rounds, missed), "", *growth(prompts, options.largest, missed), ""]
    lines += commands(prompts, missed)
    if options.write:
        write_between(options.write, "lint speed", "\n".join(lines))
    else:
        print("\n".join(lines))
    for line in missed:
        print(f"Missed: {line}.", file=sys.stderr)
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
