"""``secondpass lint``: what the options ask for, done."""

import gc
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import ExitCode, SecondpassError, UsageError
from core.linting.check import Overrides, Project, Target, fails
from core.linting.documents import MOST_BYTES
from core.linting.report import LintedFile
from core.linting.selection import Selectors, named
from tui.cli.lint_formats import FOR_PEOPLE, Report, writer
from tui.cli.lint_gain import PREDICTING, predicted
from tui.cli.lint_told import fixed_line, statistics, summary
from tui.visible import visible

_STDIN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class LintOptions:
    """The command's arguments and options, as given."""

    paths: tuple[str, ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    exclude: tuple[str, ...]
    force_exclude: bool
    format: str
    destination: Path | None
    fail_on: Any
    min_score: float | None
    min_verifiable: float | None
    exit_zero: bool
    fix: bool
    unsafe_fixes: bool
    diff: bool
    baseline: Path | None
    update_baseline: bool
    diff_base: str | None
    statistics: bool
    watch: bool
    stdin_filename: str | None
    isolated: bool
    show_settings: bool
    explain: str | None
    quiet: bool
    deep: Any = None
    """A ``tui.cli.lint_deep.DeepOptions``, None for the rules that need no drafts."""

    @property
    def from_stdin(self) -> bool:
        """Whether the spec comes from standard input."""
        return _STDIN in self.paths


def lint_command(options: LintOptions) -> int:
    """Lint; returns the exit code.

    Raises:
        SecondpassError: the options or the settings cannot be.
    """
    if options.explain is not None:
        from tui.cli.rules import meant, told

        print(told(meant(options.explain), color=_color(options)))
        return ExitCode.OK
    _check(options)
    # Hardly anything here is garbage that only the collector finds, and it looks at everything again and again.
    gc.set_threshold(100_000)
    overrides = _overrides(options)
    # Names of files and texts of specs are printed whatever the locale says.
    encoding = None if options.format in FOR_PEOPLE else "utf-8"
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding=encoding, errors="backslashreplace")  # type: ignore[union-attr]
    if options.show_settings:
        from tui.cli.lint_told import shown_settings

        print(shown_settings(_project(overrides), _paths(options)), end="")
        return ExitCode.OK
    if options.watch:  # until Ctrl+C
        from tui.cli.lint_watch import watch

        watch(lambda: _project(overrides), _paths(options), lambda project: _once(options, project))
    return _once(options, _project(overrides))


def _once(options: LintOptions, project: Project) -> int:
    pass_ = _Pass(options, project)
    files = pass_.from_stdin() if options.from_stdin else pass_.from_files()
    if options.diff:
        return pass_.end(files, failed=pass_.changed > 0)
    if options.deep is not None:
        from tui.cli.lint_deep import deepened

        files = deepened(options.deep, project, files)
    files = pass_.without_known(files)
    if options.update_baseline:
        return pass_.end(files, failed=False)
    _deliver(options, files)
    return pass_.end(files, failed=any(fails(file) for file in files))


class _Pass:
    """One pass over the files."""

    def __init__(self, options: LintOptions, project: Project) -> None:
        self._options = options
        self._project = project
        self._changes: Any = None
        self.changed = 0
        self.fixed = 0
        if options.diff_base is not None:
            from core.linting.changes import changes_since

            self._changes = changes_since(options.diff_base, project.cwd)

    def from_files(self) -> list[LintedFile]:
        """Lint what was named and found; in the order of the paths."""
        targets = self._project.targets(_paths(self._options), force_exclude=self._options.force_exclude)
        return list(self._linted(targets))

    def from_stdin(self) -> list[LintedFile]:
        """Lint standard input; with --fix the text goes to stdout and the report to stderr."""
        name = self._options.stdin_filename
        file = self._project.lint_data(self._project.cwd / (name or "stdin"), sys.stdin.buffer.read(MOST_BYTES + 1))
        file = replace(file, shown=name or "-")
        if not (self._options.fix or self._options.diff) or file.problem is not None:
            return [file]
        from core.linting.fixing import fixed_file

        fixed, count = fixed_file(self._project, file, unsafe=self._options.unsafe_fixes)
        self._note_fixes(file, fixed, count)
        if self._options.fix:
            sys.stdout.write(fixed.text)
            sys.stdout.flush()
        return [replace(fixed, shown=name or "-")]

    def _linted(self, targets: Iterator[Target]) -> Iterator[LintedFile]:
        for target in targets:
            if self._changes is not None and not self._changes.touches(target.path) and target.path.exists():
                continue
            file = self._project.lint(target)
            if file is None:
                continue
            if file.problem is None:
                file = self._reduced(file)
                if self._options.fix or self._options.diff:
                    file = self._mended(file)
            yield file

    def _reduced(self, file: LintedFile) -> LintedFile:
        if self._changes is None:
            return file
        from core.linting.changes import only_changed

        return only_changed(file, self._changes)

    def _mended(self, file: LintedFile) -> LintedFile:
        from core.linting.fixing import fixed_file, write_fixed

        fixed, count = fixed_file(self._project, file, unsafe=self._options.unsafe_fixes)
        if count and self._options.fix:
            write_fixed(file, fixed)
        self._note_fixes(file, fixed, count)
        return self._reduced(fixed) if count else file

    def _note_fixes(self, before: LintedFile, after: LintedFile, count: int) -> None:
        self.changed += bool(count)
        self.fixed += count
        if count and self._options.diff:
            from core.linting.fixing import unified_diff

            sys.stdout.write(visible(unified_diff(before, after)))

    def without_known(self, files: list[LintedFile]) -> list[LintedFile]:
        """``files`` without what the baseline holds; writes the baseline if that is asked for."""
        place = self._options.baseline or self._project.settings_of(self._project.cwd).baseline
        if place is None:
            if self._options.update_baseline:
                raise UsageError("--update-baseline needs to know the file: add --baseline FILE, or set baseline.")
            return files
        from core.linting.baseline import apply_baseline, read_baseline, write_baseline

        place = Path(os.path.abspath(place))
        if self._options.update_baseline:
            before = read_baseline(place) if place.exists() else None
            count = write_baseline(place, [file for file in files if file.problem is None], before)
            findings = "finding" if count == 1 else "findings"
            self._say(f"{self._project.shown(place)} now holds {count} {findings} of these files.")
            return files
        kept, stale = apply_baseline(files, read_baseline(place))
        if stale and self._changes is None:
            gone = "entry of the baseline no longer occurs" if stale == 1 else "entries of the baseline no longer occur"
            self._say(f"{stale} {gone}; --update-baseline drops them.")
        return kept

    def end(self, files: list[LintedFile], *, failed: bool) -> int:
        """Say what came of it; returns the exit code."""
        for file in files:
            if file.problem is not None:
                print(f"secondpass: {visible(file.problem)}", file=sys.stderr)
        if self.fixed:
            self._say(fixed_line(self.fixed, self.changed, applied=self._options.fix))
        if not (self._options.diff or self._options.update_baseline):
            self._say(summary(files, self._options.paths))
        if any(file.problem is not None for file in files):
            return ExitCode.USAGE
        return ExitCode.NO if failed and not self._options.exit_zero else ExitCode.OK

    def _say(self, sentence: str) -> None:
        if not self._options.quiet:
            print(visible(sentence), file=sys.stderr)


def _deliver(options: LintOptions, files: list[LintedFile]) -> None:
    if options.statistics:
        text = statistics(files)
    else:
        if options.format in PREDICTING and not (options.isolated or options.quiet):
            files = predicted(files)
        report = Report(files=tuple(files), scores=not options.quiet, color=_color(options))
        text = writer(options.format)(report)
    if options.destination is not None:
        from core.saving import write_atomically

        write_atomically(options.destination, text)
    else:
        # Standard output holds the fixed text of standard input.
        stream = sys.stderr if options.from_stdin and options.fix else sys.stdout
        stream.write(text)
        stream.flush()


def _color(options: LintOptions) -> bool:
    if os.environ.get("NO_COLOR") or options.destination is not None:
        return False
    if os.environ.get("FORCE_COLOR"):  # logs of a CI job that show colours and are no terminal
        return True
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def _check(options: LintOptions) -> None:
    """Raise UsageError for options that cannot go together."""
    if options.from_stdin and len(options.paths) > 1:
        raise UsageError("Standard input (-) cannot be linted together with files; run the command twice.")
    if options.stdin_filename is not None and not options.from_stdin:
        raise UsageError("--stdin-filename says what standard input stands for; add - as the path.")
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise UsageError("--unsafe-fixes only says which fixes to take; add --fix or --diff.")
    if options.fix and options.diff:
        raise UsageError("--diff changes nothing and --fix does; use one of them.")
    if options.statistics and options.format not in FOR_PEOPLE:
        raise UsageError(f"--statistics is a table for people; leave out --format {options.format}.")
    of_files = {"--watch": options.watch, "--diff-base": options.diff_base, "--baseline": options.baseline}
    for flag, given in of_files.items():
        if given and options.from_stdin:
            raise UsageError(f"{flag} is about files and cannot be used with standard input.")
    if options.deep is not None and (options.watch or options.fix or options.diff):
        raise UsageError("--deep takes time and runs code; use --watch, --fix and --diff without it.")
    if options.watch and (options.fix or options.diff or options.update_baseline):
        raise UsageError("--watch only looks; use --fix, --diff and --update-baseline without it.")
    for flag, codes in (
        ("--select", options.select),
        ("--extend-select", options.extend_select),
        ("--ignore", options.ignore),
    ):
        try:
            named(codes)
        except ValueError as error:
            raise UsageError(f"{flag}: {error}") from None


def _overrides(options: LintOptions) -> Overrides:
    return Overrides(
        isolated=options.isolated,
        selectors=Selectors(select=options.select or None, extend_select=options.extend_select, ignore=options.ignore),
        fail_on=options.fail_on,
        min_score=options.min_score,
        min_verifiable=options.min_verifiable,
        exclude=options.exclude,
    )


def _project(overrides: Overrides) -> Project:
    try:
        return Project(overrides, Path.cwd())
    except FileNotFoundError:
        raise SecondpassError("The working directory is gone; change to another.") from None


def _paths(options: LintOptions) -> list[Path]:
    return [Path(os.path.abspath(path)) for path in options.paths or (".",)]
