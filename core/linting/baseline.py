"""A baseline: the findings that a project knows and lives with, so that only new ones count."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError
from core.linting.report import LintedFile, Placed

VERSION = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """Known findings: how often a fingerprint occurs in a file, whose path is relative to the baseline's folder."""

    file: Path
    known: Counter[tuple[str, str]]

    def name_of(self, path: Path) -> str:
        """What the baseline calls ``path``."""
        folder = self.file.parent
        return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def read_baseline(file: Path) -> Baseline:
    """Read a baseline.

    Raises:
        ConfigurationError: there is none, or it is not one.
    """
    try:
        content = json.loads(file.read_bytes())
        if content["version"] != VERSION:
            raise ConfigurationError(
                f"The baseline {file} has version {content['version']!r}, which this program does not know; "
                "update secondpass, or write it anew with --update-baseline."
            )
        known = Counter(
            (name, str(entry["fingerprint"])) for name, entries in content["files"].items() for entry in entries
        )
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no baseline {file}; write it with "
            f"`secondpass lint --baseline {file.name} --update-baseline PATH`."
        ) from None
    except OSError as error:
        raise ConfigurationError(f"The baseline {file} cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ConfigurationError(
            f"{file} is not a baseline of secondpass; write it anew with --update-baseline."
        ) from None
    return Baseline(file, known)


def apply_baseline(files: Iterable[LintedFile], baseline: Baseline) -> tuple[list[LintedFile], int]:
    """``files`` without their known findings, and how many entries of files that were linted no longer occur."""
    left = Counter(baseline.known)
    names = set()
    result = []
    for file in files:
        name = baseline.name_of(file.path)
        if file.problem is None:
            names.add(name)
        result.append(_without_known(file, name, left))
    stale = sum(count for (name, _), count in left.items() if name in names and count > 0)
    return result, stale


def write_baseline(file: Path, files: Iterable[LintedFile], before: Baseline | None) -> int:
    """Write all findings of ``files`` as the new baseline; entries of other files that still exist are kept.

    Returns:
        How many findings it holds for ``files``.

    Raises:
        UsageError: it cannot be written.
    """
    empty = Baseline(file, Counter())
    entries: dict[str, list[dict[str, Any]]] = {}
    count = 0
    for linted in files:
        findings = linted.all_findings
        entries[empty.name_of(linted.path)] = [
            {"code": one.code, "spec": one.spec, "fingerprint": one.fingerprint} for one in findings
        ]
        count += len(findings)
    if before is not None:
        for name, kept in _raw(before.file).items():
            if name not in entries and (file.parent / name).exists():
                entries[name] = kept
    content = {"version": VERSION, "files": {name: entries[name] for name in sorted(entries) if entries[name]}}
    from core.saving import write_atomically

    write_atomically(file, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return count


def _raw(file: Path) -> dict[str, list[dict[str, Any]]]:
    files: dict[str, list[dict[str, Any]]] = json.loads(file.read_bytes())["files"]
    return files


def _without_known(file: LintedFile, name: str, left: Counter[tuple[str, str]]) -> LintedFile:
    def new(findings: tuple[Placed, ...]) -> tuple[Placed, ...]:
        kept = []
        for finding in findings:
            key = (name, finding.fingerprint)
            if left[key] > 0:
                left[key] -= 1
            else:
                kept.append(finding)
        return tuple(kept)

    before = len(file.all_findings)
    changed = replace(
        file,
        findings=new(file.findings),
        specs=tuple(replace(spec, findings=new(spec.findings)) for spec in file.specs),
    )
    return replace(changed, known=before - len(changed.all_findings))
