"""The scores of a spec as a prediction needs them, for text that a run or a session holds."""

from analyzers.lint import SpecReport, lint_text


def read_scores(text: str, *, filename: str | None = None, name: str | None = None) -> SpecReport:
    """The report of the spec called ``name`` in ``text``; of the last one where none is called so."""
    reports = lint_text(text, filename=filename).specs
    return next((each for each in reports if each.spec.name == name), reports[-1])
