"""What a stand-in server answers to the demo problems: drafts of which every second one is wrong, reviews that prove
it, fixes that mend it."""

from pathlib import Path

from core.bench.datasets import open_dataset


def answers() -> list[tuple[str, str]]:
    """(words of the request, answer), for ``openai_server(answers=...)``."""
    made: list[tuple[str, str]] = []
    problems = list(open_dataset("demo").problems.values())
    for number, problem in enumerate(problems):
        name = problem.entry_point
        right = f"```python\n{problem.canonical}```"
        wrong = f"```python\n{problem.prompt}    return None\n```"
        call = {"merge_intervals": f"{name}([])", "number_ranges": f"{name}([])", "split_bill": f"{name}(5, 2)"}.get(
            name, ""
        )
        expected = {"merge_intervals": "[]", "number_ranges": "''", "split_bill": "[3, 2]"}.get(name, "")
        defects = (
            f"VERDICT: DEFECTS\nFINDING 1\nTITLE: it gives nothing\nINPUT: {call}\nEXPECTED: {expected}\nWHY: so.\n"
        )
        broken = number % 2 == 0
        made += [
            (f"The code was run on the examples|{name}", right),
            (f"This is wrong with the code|{name}", right),
            (f"Check the code against each|{name}", defects if broken else "VERDICT: NO DEFECT"),
            (f"Plan the implementation|{name}", "1. Do it."),
            (f"Implement this specification|{name}", wrong if broken else right),
        ]
    return made


def models_toml(folder: Path, *urls: str, concurrency: int | None = None, swap: bool = False) -> Path:
    """A models.toml whose default pair are two models of the servers at ``urls``."""
    path = folder / "models.toml"
    path.write_text(
        f"""default_pair = "standin"

[endpoints.standin]
base_url = {list(urls)}
{"" if concurrency is None else f"concurrency = {concurrency}"}

[models.standin-coder]
endpoint = "standin"
served_name = "coder"

[models.standin-reviewer]
endpoint = "standin"
served_name = "reviewer"

[pairs.standin]
coder = "standin-coder"
reviewer = "standin-reviewer"
placement = "{"swap" if swap else "auto"}"
""",
        encoding="utf-8",
    )
    return path
