"""Read a data set with EvalPlus's own loader and keep it in the judge's form. A program of its own: the loader brings
pandas and 140 MB, which nothing else should hold.

    python prepare.py KIND FILE FOLDER

FOLDER gets ``index.json`` (the tasks in the order of the file, without inputs), ``tasks/N.inputs`` (a pickle of
``{"base": [...], "plus": [...]}`` of plain data) and ``tasks/N.canonical`` (the reference solution). The last line of
stdout is ``{"tasks": N}`` or ``{"problem": text}``.
"""

import json
import os
import pickle
import sys
from typing import Any

_KEYS = ("prompt", "canonical_solution", "entry_point")


def _load(kind: str) -> dict[str, dict[str, Any]]:
    from evalplus.data import get_human_eval_plus, get_mbpp_plus

    load = get_human_eval_plus if kind == "humaneval" else get_mbpp_plus
    tasks: dict[str, dict[str, Any]] = load()
    return tasks


def _check(task_id: str, task: dict[str, Any]) -> None:
    for key in _KEYS:
        if not isinstance(task.get(key), str):
            raise ValueError(f"{task_id}: {key} is not a text")
    for key in ("base_input", "plus_input"):
        if task[key] == {}:  # Mbpp/793 has none
            task[key] = []
        if not isinstance(task[key], list) or not all(isinstance(each, list | tuple) for each in task[key]):
            raise ValueError(f"{task_id}: {key} is not a list of lists of arguments")
    if not isinstance(task["atol"], int | float):
        raise ValueError(f"{task_id}: atol is not a number")


def prepare(kind: str, folder: str) -> int:
    """Write the files; the number of tasks. Raises ValueError, AssertionError, KeyError, OSError."""
    tasks = _load(kind)
    if not tasks:
        raise ValueError("it holds no task")
    index = []
    os.makedirs(os.path.join(folder, "tasks"), mode=0o700)
    for number, (task_id, task) in enumerate(tasks.items()):
        _check(task_id, task)
        inputs = {"base": list(task["base_input"]), "plus": list(task["plus_input"])}
        with open(os.path.join(folder, "tasks", f"{number}.inputs"), "wb") as file:
            pickle.dump(inputs, file, protocol=5)
        with open(os.path.join(folder, "tasks", f"{number}.canonical"), "w", encoding="utf-8") as program:
            program.write(task["prompt"] + task["canonical_solution"])
        texts = {key: task[key] for key in _KEYS}
        counts = {"base": len(inputs["base"]), "plus": len(inputs["plus"])}
        index.append({"task_id": task_id, "atol": task["atol"], **counts, **texts})
    with open(os.path.join(folder, "index.json"), "w", encoding="utf-8") as file:
        json.dump({"kind": kind, "tasks": index}, file)
    return len(index)


def main() -> None:
    """See above."""
    kind, source, folder = sys.argv[1:]
    os.environ["HUMANEVAL_OVERRIDE_PATH" if kind == "humaneval" else "MBPP_OVERRIDE_PATH"] = source
    try:
        print(json.dumps({"tasks": prepare(kind, folder)}))
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
    except (ValueError, AssertionError, KeyError, TypeError, IndexError, OSError, EOFError) as error:
        print(json.dumps({"problem": f"{type(error).__name__}: {error}"[:500]}))


if __name__ == "__main__":
    main()
