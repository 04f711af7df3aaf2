"""``secondpass lint --deep``: drafts of each spec, written by a pair's coder or read from files, and what they show."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from analyzers.rules.model import LintFinding
from analyzers.spec import Spec
from core.errors import UsageError
from core.linting.check import Project
from core.linting.documents import Document
from core.linting.report import LintedFile
from tui.visible import visible

if TYPE_CHECKING:
    from core.deep.drafts import Draft

DEFAULT_DRAFTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepOptions:
    """Where drafts come from: ``drafts_from`` if given, else the coder of ``pair`` (None: the default pair)."""

    pair: str | None = None
    drafts: int | None = None
    drafts_from: Path | None = None
    models: Path | None = None
    allow_weak_sandbox: bool = False
    quiet: bool = False


def deep_options(
    *,
    deep: bool,
    pair: str | None,
    drafts: int | None,
    drafts_from: Path | None,
    models: Path | None,
    allow_weak_sandbox: bool,
    quiet: bool,
) -> DeepOptions | None:
    """What the command line says, None without --deep.

    Raises:
        UsageError: options that mean nothing without --deep, or that exclude each other.
    """
    given = {"--pair": pair, "--drafts": drafts, "--drafts-from": drafts_from, "--models": models}
    if not deep:
        for flag, value in given.items():
            if value is not None:
                raise UsageError(f"{flag} says where the drafts of --deep come from; add --deep.")
        return None
    if drafts_from is not None:
        for flag in ("--pair", "--drafts", "--models"):
            if given[flag] is not None:
                raise UsageError(f"{flag} is about drafts that are written now, --drafts-from reads them; use one.")
    return DeepOptions(
        pair=pair,
        drafts=drafts,
        drafts_from=drafts_from,
        models=models,
        allow_weak_sandbox=allow_weak_sandbox,
        quiet=quiet,
    )


def deepened(options: DeepOptions, project: Project, files: Iterable[LintedFile]) -> list[LintedFile]:
    """``files`` linted again with what drafts of their specs show; files with a problem stay as they are.

    Raises:
        SecondpassError: the drafts cannot be read, the pair cannot start or fails, or nothing can be run safely.
    """
    import asyncio  # every other use of the command does without it

    return asyncio.run(_deepened(options, project, list(files)))


async def _deepened(options: DeepOptions, project: Project, files: list[LintedFile]) -> list[LintedFile]:
    from core.deep.check import DEEP_CODES, deep_findings

    codes = [DEEP_CODES & {rule.code for rule in project.rules_for(file.path, file.settings)} for file in files]
    if not any(chosen and file.specs for chosen, file in zip(codes, files, strict=True)):
        return files
    _check_sandbox(options)
    source = _Files(options.drafts_from) if options.drafts_from is not None else _Pair(options)
    done = []
    try:
        for file, chosen in zip(files, codes, strict=True):
            whole = _linted(project, file)
            spans = [spec.report.spec.span for spec in whole.specs]
            found: list[LintFinding] = []
            for spec in file.specs if chosen else ():
                drafts = await source.drafts(spec.report.spec, file)
                # An index counts all specs of the file, of which --diff-base may have left only some.
                index = spans.index(spec.report.spec.span)
                result = await deep_findings(spec.report.subject, drafts, chosen, index=index)
                if result.note and not options.quiet:
                    name = spec.name or f"the spec on line {spec.line}"
                    print(visible(f"{file.shown}: {name}: {result.note}."), file=sys.stderr)
                found.extend(result.findings)
            done.append(_reduced(_linted(project, file, found), file, whole))
    finally:
        await source.close()
    return done


def _linted(project: Project, file: LintedFile, found: Sequence[LintFinding] = ()) -> LintedFile:
    """All of ``file``, linted again."""
    if file.problem is not None:
        return file
    linted = project.lint_document(Document(file.path, file.text), file.settings, deep=found)
    return replace(linted, shown=file.shown)


def _reduced(deep: LintedFile, file: LintedFile, whole: LintedFile) -> LintedFile:
    """``deep`` with only those specs and findings that ``file`` has of the ``whole``."""
    if len(file.specs) == len(whole.specs):
        return deep
    kept = {spec.report.spec.span for spec in file.specs}
    dropped = [finding for finding in whole.findings if finding not in file.findings]
    return replace(
        deep,
        specs=tuple(spec for spec in deep.specs if spec.report.spec.span in kept),
        findings=tuple(finding for finding in deep.findings if finding not in dropped),
    )


def _check_sandbox(options: DeepOptions) -> None:
    from core.sandbox import available_tier

    tier = available_tier()
    if not (tier.network_blocked and tier.writes_confined) and not options.allow_weak_sandbox:
        raise UsageError(
            f"This machine cannot confine generated code ({' '.join(tier.notes)}); "
            "pass --allow-weak-sandbox if you accept that (see docs/sandbox.md)."
        )


class _Files:
    """Drafts that were stored."""

    def __init__(self, place: Path) -> None:
        from core.deep.stored import read_drafts

        self._stored = read_drafts(place)

    async def drafts(self, spec: Spec, file: LintedFile) -> "tuple[Draft, ...]":
        return self._stored.of(spec, file.path.stem)

    async def close(self) -> None:
        """Nothing is open."""


class _Pair:
    """Drafts that the coder of a pair writes now."""

    def __init__(self, options: DeepOptions) -> None:
        from core.engines.pair import open_pair
        from tui.cli.configured import configured
        from tui.cli.narration import Narrator

        configuration = configured(options.models)
        self._pair = open_pair(configuration.pair(options.pair), program="secondpass lint")
        self._count = DEFAULT_DRAFTS if options.drafts is None else options.drafts
        self._narrator = Narrator(quiet=options.quiet)
        if self._pair.scripted:
            print("secondpass: SCRIPTED DEMO: no model is running, every draft is the same.", file=sys.stderr)

    async def drafts(self, spec: Spec, file: LintedFile) -> "tuple[Draft, ...]":
        from core.deep.written import write_drafts

        return await write_drafts(spec, self._pair, self._count, self._narrator.see)

    async def close(self) -> None:
        await self._pair.close()
