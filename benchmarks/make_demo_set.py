"""Write core/bench/datasets/demo.jsonl: the bundled Python examples as problems in the format of HumanEval+.

python benchmarks/make_demo_set.py [--check]

The demo pair knows these specs, so that a benchmark can be tried with no model, no GPU and no network. ``base`` holds
the inputs of the examples in the spec, ``plus`` hidden ones. --check writes nothing and fails if the file is stale.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "core" / "bench" / "datasets" / "demo.jsonl"

# Bodies and inputs. Those for which a spec asks for an exception are left out: this format compares results.
PROBLEMS: dict[str, tuple[str, list[list[object]], list[list[object]]]] = {
    "merge_intervals": (
        """\
    merged = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
""",
        [[[[1, 4], [2, 6], [8, 9]]], [[[5, 7], [1, 2]]], [[]]],
        [
            [[[1, 2], [2, 3]]],
            [[[1, 10], [2, 3]]],
            [[[0, 0]]],
            [[[3, 3], [3, 3]]],
            [[[-5, -1], [-1, 0], [2, 2]]],
            [[[1, 9], [2, 3], [4, 12], [20, 21]]],
            [[[4, 5], [1, 2], [3, 3]]],
        ],
    ),
    "median": (
        """\
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
""",
        [[[3, 1, 2]], [[4, 1, 3, 2]]],
        [[[7]], [[2, 1]], [[1.5, -1.5]], [[0, 0, 0, 1]], [[9, 8, 7, 6, 5]], [[-3, -1, -2, -4]]],
    ),
    "number_ranges": (
        """\
    runs = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = []
    for run in runs:
        parts += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return ",".join(parts)
""",
        [[[1, 2, 3, 5, 7, 8]], [[4]], [[1, 2]], [[]]],
        [[[1, 2, 3]], [[1, 3, 5]], [[0, 1, 2, 3, 10, 11, 12]], [[7, 8, 10, 11, 12, 14]], [[-2, -1, 0]], [[5, 6]]],
    ),
    "parse_duration": (
        """\
    import re

    found = re.fullmatch(r"(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?", text)
    if not text or found is None:
        raise ValueError(f"not a duration: {text!r}")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds
""",
        [["1h30m"], ["45s"], ["2h5s"]],
        [["0s"], ["90m"], ["1h1m1s"], ["10h"], ["100s"], ["0h0m1s"], ["12m34s"]],
    ),
    "split_bill": (
        """\
    if people < 1:
        raise ValueError("at least one person")
    share, rest = divmod(total_cents, people)
    return [share + 1] * rest + [share] * (people - rest)
""",
        [[1000, 3], [1001, 4], [5, 2]],
        [[0, 3], [1, 3], [2, 3], [999, 1], [100, 7], [7, 7], [6, 7], [12345, 10]],
    ),
    "to_roman": (
        """\
    if not 1 <= number <= 3999:
        raise ValueError(number)
    text = ""
    for value, numeral in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
        (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):
        text += numeral * (number // value)
        number %= value
    return text
""",
        [[3], [1994], [3999]],
        [[1], [4], [9], [40], [90], [400], [444], [888], [2024], [14], [49]],
    ),
}


def lines() -> str:
    """The file: one problem a line."""
    made = []
    for number, (name, (body, base, plus)) in enumerate(PROBLEMS.items()):
        prompt = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
        problem = {
            "task_id": f"Demo/{number}",
            "prompt": prompt,
            "entry_point": name,
            "canonical_solution": body,
            "base_input": base,
            "plus_input": plus,
            "contract": "",
            "atol": 0,
        }
        made.append(json.dumps(problem, ensure_ascii=False))
    return "\n".join(made) + "\n"


def main() -> int:
    """Write or check the file."""
    text = lines()
    if "--check" in sys.argv[1:]:
        current = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
        print("current" if current else f"{TARGET} is stale; run {sys.argv[0]}.")
        return 0 if current else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
