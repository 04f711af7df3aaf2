"""The data sets that are known by name, and where their files are looked for."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.paths import data_dir

Kind = Literal["humaneval", "mbpp"]
"""Whose rules of comparison hold: those of HumanEval+ or those of MBPP+."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDataset:
    """A data set that has a name: published ones, and those that are bundled (no ``url``): the problems that the demo
    pair knows, and the paired ones.

    ``md5`` is of the unpacked JSONL, as EvalPlus publishes it; ``variable`` names the environment variable by which
    EvalPlus is told of a local file, which holds here too.
    """

    name: str
    title: str
    kind: Kind
    version: str
    tasks: int
    md5: str
    filename: str
    variable: str
    url: str


KNOWN: dict[str, KnownDataset] = {
    known.name: known
    for known in (
        KnownDataset(
            name="humaneval+",
            title="HumanEval+",
            kind="humaneval",
            version="v0.1.10",
            tasks=164,
            md5="fe585eb4df8c88d844eeb463ea4d0302",
            filename="HumanEvalPlus.jsonl",
            variable="HUMANEVAL_OVERRIDE_PATH",
            url="https://github.com/evalplus/humanevalplus_release/releases/download/v0.1.10/HumanEvalPlus.jsonl.gz",
        ),
        KnownDataset(
            name="mbpp+",
            title="MBPP+",
            kind="mbpp",
            version="v0.2.0",
            tasks=378,
            md5="ee43ecabebf20deef4bb776a405ac5b1",
            filename="MbppPlus.jsonl",
            variable="MBPP_OVERRIDE_PATH",
            url="https://github.com/evalplus/mbppplus_release/releases/download/v0.2.0/MbppPlus.jsonl.gz",
        ),
        KnownDataset(
            name="demo",
            title="Demo problems",
            kind="humaneval",
            version="1",
            tasks=6,
            md5="be2e998be4745a0c93279273940c91a1",
            filename="demo.jsonl",
            variable="SECONDPASS_DEMO_PATH",
            url="",
        ),
        # Its number of tasks and its md5 are written by benchmarks/make_paired_set.py.
        KnownDataset(
            name="paired",
            title="Paired problems",
            kind="humaneval",
            version="1",
            tasks=216,
            md5="e0593fe6563e7e31f998c138e69fe4e7",
            filename="paired.jsonl",
            variable="SECONDPASS_PAIRED_PATH",
            url="",
        ),
    )
}
DATASET_NAMES = tuple(KNOWN)


VARIANTS = ("lean", "medium", "rich")
"""The specs of a paired problem, the poorest first."""


def paired_parts(task: str) -> tuple[str, str] | None:
    """Problem and variant of a task of the paired set, such as "Paired/wrap_line/lean"; None for any other."""
    family, _, rest = task.partition("/")
    problem, _, variant = rest.rpartition("/")
    return (problem, variant) if family == "Paired" and problem and variant in VARIANTS else None


def problem_of(task: str) -> str:
    """What a task is not independent of: the problem of a paired one, else the task itself."""
    parts = paired_parts(task)
    return task if parts is None else parts[0]


def is_short_for(name: str, task: str) -> bool:
    """Whether people mean ``task`` by ``name``: what stands behind its first slash; a paired problem is three tasks."""
    parts = paired_parts(task)
    return name == task.partition("/")[2] or (parts is not None and name == parts[0])


def datasets_folder(*, create: bool = True) -> Path:
    """Where fetched and imported data sets are kept. Raises SecondpassError."""
    return data_dir("datasets", create=create)


def find_file(known: KnownDataset, *, environ: Mapping[str, str] | None = None) -> Path | None:
    """The file of a known data set on this machine, packed or not: the one that EvalPlus's variable names, one that
    was fetched or imported, or one that EvalPlus has downloaded. None if there is none."""
    if not known.url:
        return Path(__file__).with_name(known.filename)
    environ = os.environ if environ is None else environ
    places = [Path(environ[known.variable]).expanduser()] if environ.get(known.variable) else []
    own = datasets_folder(create=False)
    places += [own / known.filename, own / f"{known.filename}.gz"]
    # appdirs' user_cache_dir("evalplus") is platformdirs' without an author.
    import platformdirs

    stem = known.filename.removesuffix(".jsonl")
    places.append(Path(platformdirs.user_cache_dir("evalplus", appauthor=False)) / f"{stem}-{known.version}.jsonl")
    return next((place for place in places if place.is_file()), None)
