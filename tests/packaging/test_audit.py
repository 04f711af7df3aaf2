"""The step that looks for known holes in the locks: it fails for a hole, and not for lack of an advisory service."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

Answer = list[dict[str, object]]

HOLE = {"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"], "aliases": [], "description": ""}
CLEAN: Answer = [{"name": "click", "version": "8.4", "vulns": []}]
HOLED: Answer = [{"name": "jinja2", "version": "2.4.1", "vulns": [HOLE]}]
UNKNOWN: Answer = [{"name": "click", "version": "8.4", "skip_reason": "Dependency not found on PyPI"}]


def audited(tmp_path: Path, repository: Path, answer: Answer | None) -> tuple[int, str]:
    """Run .ci/audit with a stand-in for pip-audit that answers so; None: it cannot ask."""
    checkout = tmp_path / "checkout"
    (checkout / ".ci").mkdir(parents=True)
    shutil.copy(repository / ".ci" / "audit", checkout / ".ci")
    shutil.copytree(repository / "requirements", checkout / "requirements")
    folder = checkout / ".env-audit" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(shutil.which("python3") or "/usr/bin/python3")
    status = 1 if answer is None or any(package.get("vulns") for package in answer) else 0
    write = "" if answer is None else f"printf '%s' '{json.dumps({'dependencies': answer})}' > \"$output\""
    (folder / "pip-audit").write_text(
        "#!/bin/sh\n"
        'while [ $# -gt 0 ]; do [ "$1" = --output ] && output=$2; shift; done\n'
        f"{write}\necho 'ConnectionError: no route' >&2\nexit {status}\n"
    )
    (folder / "pip-audit").chmod(0o755)
    lock = (checkout / "requirements" / "audit.txt").read_bytes()
    key = subprocess.run(["cksum"], input=lock, capture_output=True, check=True).stdout.decode().strip()
    (folder.parent / f".lock-{key.replace(' ', '-')}").touch()
    done = subprocess.run([checkout / ".ci" / "audit"], capture_output=True, text=True, check=False, env=os.environ)
    return done.returncode, done.stdout


def test_a_known_hole_fails_and_is_named(tmp_path: Path, repository: Path) -> None:
    status, said = audited(tmp_path, repository, HOLED)
    assert status == 1
    assert "jinja2 2.4.1: PYSEC-2019-217, fixed in 2.10.1" in said


def test_without_holes_it_says_how_many_packages_were_looked_at(tmp_path: Path, repository: Path) -> None:
    status, said = audited(tmp_path, repository, CLEAN)
    assert status == 0
    assert "requirements/dev.txt: 0 known holes in 1 of 1 packages" in said


@pytest.mark.parametrize("answer", [None, UNKNOWN], ids=["no connection", "no answer"])
def test_without_an_advisory_service_it_says_so_and_does_not_fail(
    tmp_path: Path, repository: Path, answer: Answer | None
) -> None:
    status, said = audited(tmp_path, repository, answer)
    assert status == 0
    assert "skipped: no advisory service" in said
