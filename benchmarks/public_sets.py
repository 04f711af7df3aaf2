"""The prompts of the two public sets, as benchmarks of the analyzer read them."""

import gzip
import json
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT.parent / "shared" / "data"
FILES: Final = {"HumanEval+": "HumanEvalPlus.jsonl.gz", "MBPP+": "MbppPlus.jsonl.gz"}
"""By the name of the set, the richer one first."""


class Prompt(NamedTuple):
    """One task; ``id`` is such as "HumanEval/47", ``name`` what it asks to define."""

    id: str
    text: str
    name: str


def read_prompts(data: Path) -> dict[str, tuple[Prompt, ...]]:
    """By the name of the set, in the order of its file.

    Raises:
        FileNotFoundError: ``data`` does not hold both sets.
    """
    found = {}
    for name, file in FILES.items():
        with gzip.open(data / file, "rt", encoding="utf-8") as lines:
            tasks = [json.loads(line) for line in lines]
        found[name] = tuple(Prompt(task["task_id"], task["prompt"], task["entry_point"]) for task in tasks)
    return found


def between(page: Path, name: str) -> str:
    """What stands between the two marks of a page; "" where it lacks one of them."""
    _, _, rest = page.read_text(encoding="utf-8").partition(f"<!-- {name} begins -->\n")
    found, ended, _ = rest.partition(f"\n<!-- {name} ends -->")
    return found if ended else ""


def write_between(page: Path, name: str, report: str) -> None:
    """Replace what stands between ``<!-- NAME begins -->`` and ``<!-- NAME ends -->`` of a page.

    Raises:
        ValueError: The page lacks one of the two marks.
    """
    begin, end = f"<!-- {name} begins -->", f"<!-- {name} ends -->"
    text = page.read_text(encoding="utf-8")
    before, begun, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended:
        raise ValueError(f"{page} lacks {begin} and {end}: write them where the report belongs.")
    page.write_text(f"{before}{begin}\n{report}\n{end}{after}", encoding="utf-8")
