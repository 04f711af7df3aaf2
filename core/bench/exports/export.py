"""Choose a format, render, and write."""

from collections.abc import Callable, Mapping
from pathlib import Path

from core.bench.exports import evalplus, markdown, page, tables
from core.bench.reports import RunReport, report_of
from core.bench.store import Store
from core.errors import UsageError
from core.saving import write_atomically

_FORMATS: Mapping[str, tuple[str, Callable[[Store, str], str]]] = {
    "evalplus": (".jsonl", evalplus.samples_of),
    "json": (".json", tables.json_of),
    "csv": (".csv", tables.csv_of),
    "md": (".md", lambda store, run: markdown.report_text(_report(store, run))),
    "html": (".html", lambda store, run: page.report_page(_report(store, run), store.results(store.run(run)))),
}
FORMATS = tuple(_FORMATS)


def _report(store: Store, run: str) -> RunReport:
    stored = store.run(run)
    return report_of(stored, store.results(stored))


def rendered(store: Store, run: str, form: str) -> str:
    """The run as text in ``form``.

    Raises:
        UsageError: There is no such run or format.
        StoreError: The store cannot be read.
    """
    if form not in _FORMATS:
        raise UsageError(f"There is no format {form!r}; there are {', '.join(FORMATS)}.")
    return _FORMATS[form][1](store, run)


def export(store: Store, run: str, form: str, destination: Path | None = None) -> tuple[Path, ...]:
    """Write a run to ``destination``, by default a file named after it in the working directory.

    ``evalplus`` writes, for every pattern, a file of samples and beside it the results in EvalPlus's own format under
    the name that EvalPlus gives them; ``destination`` is a folder then.

    Returns:
        The files that were written.

    Raises:
        UsageError: There is no such run or format, or a file cannot be written.
        StoreError: The store cannot be read.
    """
    stored = store.run(run)
    if form == "evalplus":
        return evalplus.write(store, stored, destination or Path(f"secondpass-{stored.id}"))
    text = rendered(store, stored.id, form)
    path = destination or Path(f"secondpass-{stored.id}{_FORMATS[form][0]}")
    if path.is_dir():
        path /= f"secondpass-{stored.id}{_FORMATS[form][0]}"
    write_atomically(path, text)
    return (path,)
