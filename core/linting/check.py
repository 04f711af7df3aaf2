"""Lint files: read, select, lint, gate, place."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from analyzers.lint import FileReport, lint_text
from analyzers.rules.model import SEVERITIES, LintFinding, Rule
from core.errors import SecondpassError
from core.linting.documents import (
    Document,
    decode,
    find_documents,
    holds_stub,
    is_candidate,
    is_excluded,
    read_document,
)
from core.linting.gates import gate_findings
from core.linting.globs import matches
from core.linting.report import Lines, LintedFile, LintedSpec, place_findings
from core.linting.selection import Selectors, named, resolve
from core.linting.settings import FailOn, LintSettings, find_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the command line says over the settings of every project; None and () leave them as they are."""

    isolated: bool = False
    selectors: Selectors = field(default_factory=Selectors)
    fail_on: FailOn | None = None
    min_score: float | None = None
    min_verifiable: float | None = None
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A file to lint, by its absolute path. ``found``: a folder was searched, nobody named the file."""

    path: Path
    found: bool


class Project:
    """Settings and rules by folder, each looked up once; ``shown`` and ``uri`` are counted from ``cwd``."""

    def __init__(self, overrides: Overrides, cwd: Path) -> None:
        self.overrides = overrides
        self.cwd = cwd
        self.settings_of = lru_cache(maxsize=None)(self._settings_of)
        self._rules = lru_cache(maxsize=None)(self._rules_on)
        self._root_of = lru_cache(maxsize=None)(_repository_root)

    def settings_for(self, path: Path) -> LintSettings:
        """The settings that hold for the file ``path`` (absolute).

        Raises:
            ConfigurationError: a pyproject.toml is wrong.
        """
        return self.settings_of(path.parent)

    def rules_for(self, path: Path, settings: LintSettings) -> tuple[Rule, ...]:
        """The rules that are on for ``path``."""
        ignored: frozenset[str] = frozenset()
        if settings.per_file_ignores and path.is_relative_to(settings.root):
            relative = path.relative_to(settings.root).as_posix()
            for pattern, selectors in settings.per_file_ignores:
                if matches(relative, (pattern,)):
                    ignored |= named(selectors)
        on = tuple(rule for rule in self._rules(settings.selectors) if rule.code not in ignored)
        if settings.token_budget is None:
            return on
        from analyzers.rules.structure import with_token_budget

        return with_token_budget(on, settings.token_budget)

    def shown(self, path: Path) -> str:
        """``path`` as people here call it."""
        return path.relative_to(self.cwd).as_posix() if path.is_relative_to(self.cwd) else path.as_posix()

    def uri(self, path: Path) -> str:
        """``path`` relative to its repository, else to the working directory."""
        root = self._root_of(path.parent) or self.cwd
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()

    def targets(self, paths: Iterable[Path], *, force_exclude: bool = False) -> Iterator[Target]:
        """The files to lint, each once: those named, and those that may be specs in the folders named (all absolute).

        A file that is named is linted whatever it is, unless ``force_exclude`` treats it like one that was found.

        Raises:
            ConfigurationError: a pyproject.toml is wrong.
        """
        seen: set[Path] = set()
        for path in paths:
            for target in self._below(path) if os.path.isdir(path) else (Target(path, found=force_exclude),):
                if target.path not in seen and not (target.found and self._left_out(target.path)):
                    seen.add(target.path)
                    yield target

    def _below(self, folder: Path) -> Iterator[Target]:
        return (Target(path, found=True) for path in find_documents(folder))

    def _left_out(self, path: Path) -> bool:
        settings = self.settings_for(path)
        return (
            not is_candidate(path.name)
            or is_excluded(path, settings.root, settings.exclude)
            or is_excluded(path, self.cwd, self.overrides.exclude)
        )

    def lint(self, target: Target) -> LintedFile | None:
        """Lint a file; None if it was found in a folder and turns out to be Python that asks for no code.

        Raises:
            ConfigurationError: its pyproject.toml is wrong. Whatever is wrong with the file itself is its ``problem``.
        """
        return self._lint(target, lambda shown: read_document(target.path, shown))

    def lint_data(self, path: Path, data: bytes) -> LintedFile:
        """Lint ``data`` as if it were the file ``path`` (absolute)."""
        linted = self._lint(Target(path, found=False), lambda shown: decode(data, path, shown))
        assert linted is not None
        return linted

    def _lint(self, target: Target, read: Callable[[str], Document]) -> LintedFile | None:
        path = target.path
        settings, shown = self.settings_for(path), self.shown(path)
        try:
            document = read(shown)
        except SecondpassError as error:
            return LintedFile(path=path, shown=shown, uri=self.uri(path), settings=settings, problem=str(error))
        if target.found and path.suffix == ".py" and not holds_stub(document.text):
            return None
        return self.lint_document(document, settings)

    def lint_document(
        self, document: Document, settings: LintSettings, *, deep: Sequence[LintFinding] = ()
    ) -> LintedFile:
        """Lint a text that was read; ``deep`` findings of its specs are treated like those made here."""
        rules = self.rules_for(document.path, settings)
        report = lint_text(document.text, filename=document.path.name, selection=rules, deep=deep)
        return self._linted(document, settings, report)

    def _linted(self, document: Document, settings: LintSettings, report: FileReport) -> LintedFile:
        lines = Lines(document.text)
        gates = [
            tuple(gate_findings(one, index, min_score=settings.min_score, min_verifiable=settings.min_verifiable))
            for index, one in enumerate(report.specs)
        ]
        per_spec, of_file = place_findings(report, gates, lines)
        specs = tuple(
            LintedSpec(
                name=one.spec.name,
                line=lines.place(one.spec.span).line,
                report=one,
                findings=findings,
            )
            for one, findings in zip(report.specs, per_spec, strict=True)
        )
        return LintedFile(
            path=document.path,
            shown=self.shown(document.path),
            uri=self.uri(document.path),
            settings=settings,
            text=document.text,
            specs=specs,
            findings=of_file,
            suppressed=report.suppressed,
            lines=lines,
        )

    def _settings_of(self, folder: Path) -> LintSettings:
        over = self.overrides
        found = LintSettings(root=self.cwd) if over.isolated else find_settings(folder)
        return replace(
            found,
            fail_on=over.fail_on or found.fail_on,
            min_score=found.min_score if over.min_score is None else over.min_score,
            min_verifiable=found.min_verifiable if over.min_verifiable is None else over.min_verifiable,
        )

    def _rules_on(self, selectors: Selectors) -> tuple[Rule, ...]:
        return resolve((selectors, self.overrides.selectors))


def fails(file: LintedFile) -> bool:
    """Whether a finding of ``file`` is at or above the severity that its settings fail on."""
    least = SEVERITIES.index(file.settings.fail_on)
    return any(SEVERITIES.index(finding.severity) >= least for finding in file.all_findings)


def _repository_root(folder: Path) -> Path | None:
    for place in (folder, *folder.parents):
        if os.path.lexists(place / ".git"):
            return place
    return None
