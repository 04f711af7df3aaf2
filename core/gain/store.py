"""Calibrations on disk: one file for a pair under a guard, replaced as a whole or not at all."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import SecondpassError
from core.gain.key import PairKey
from core.paths import data_dir
from core.saving import write_atomically

if TYPE_CHECKING:
    from analyzers.gain.calibration import Calibration, Guard

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored for a pair: ``calibration`` None is the cold start, ``problem`` a sentence about a bad file."""

    calibration: "Calibration | None" = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a calibration was measured on. ``slope``: points of pass@1 that ten points of richness add to the gain, with
    the ends of its interval; None where there were too few problems.
    """

    pair: str
    dataset: str
    digest: str
    run: str
    problems: int
    samples: int
    temperature: float
    slope: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A stored calibration as a list shows it; ``problem`` says why it cannot be used, and the rest is then unknown."""

    path: Path
    key: PairKey | None = None
    guard: str = ""
    made: str = ""
    outcomes: int = 0
    standing: str = ""
    provenance: Provenance | None = None
    problem: str | None = None


class _Damaged(ValueError):
    """The file is not what was written."""


def calibrations_dir(*, create: bool = True) -> Path:
    """The folder of the calibrations, mode 0700.

    Raises:
        SecondpassError: it cannot be made or written to.
    """
    return data_dir("calibrations", create=create)


def save_calibration(key: PairKey, calibration: "Calibration", *, provenance: Provenance | None = None) -> Path:
    """Keep ``calibration`` as the one of ``key`` under its guard; returns the file.

    Raises:
        SecondpassError: it cannot be written; what was there before is untouched.
    """
    from analyzers.gain.stored import calibration_to_json

    content = {
        "schema_version": SCHEMA_VERSION,
        "key": asdict(key),
        "guard": calibration.guard,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "calibration": json.loads(calibration_to_json(calibration)),
        "provenance": None if provenance is None else asdict(provenance),
    }
    path = _path(key, calibration.guard, create=True)
    write_atomically(path, json.dumps(content, indent=1, sort_keys=True, allow_nan=False) + "\n")
    return path


def calibration_for(key: PairKey, guard: "Guard") -> Known:
    """The calibration to predict with for ``key`` under ``guard``.

    One that was measured under this guard, else one measured with the guard off (the prediction scales that by a guess
    and says so), else none: the cold start. A file that cannot be used counts as none; ``problem`` then names it.
    """
    problem = None
    for measured in dict.fromkeys((guard, "off")):
        try:
            path = _path(key, measured, create=False)
            return Known(_read(path, key, measured), problem)
        except FileNotFoundError:
            continue
        except SecondpassError as error:
            return Known(problem=str(error))
        except OSError as error:
            problem = (
                f"The calibration {path} cannot be read ({error.strerror or error}), so the prediction does not use "
                "it; check its permissions."
            )
        except (ValueError, RecursionError) as error:
            what = str(error) if isinstance(error, _Damaged) else "it is damaged"
            problem = (
                f"The calibration {path} cannot be used ({what}), so the prediction does not use it; "
                "delete it, or measure this pair again."
            )
    return Known(problem=problem)


def list_calibrations() -> tuple[Listed, ...]:
    """All calibrations on this machine, the newest first; those that cannot be used come last.

    Raises:
        SecondpassError: the data folder cannot be used.
    """
    found = [_listed(path) for path in sorted(calibrations_dir(create=False).glob("*.json"))]
    return tuple(sorted(found, key=lambda each: (each.problem is None, each.made), reverse=True))


def _listed(path: Path) -> Listed:
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        key, guard = PairKey(**content["key"]), content["guard"]
        calibration = _read(path, key, guard)
        given = content.get("provenance")
        if given is not None:
            slope = given["slope"]
            given = Provenance(**given | {"slope": None if slope is None else tuple(map(float, slope))})
    except OSError as error:
        return Listed(path=path, problem=f"it cannot be read ({error.strerror or error})")
    except _Damaged as error:
        return Listed(path=path, problem=str(error))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Listed(path=path, problem="it is damaged")
    return Listed(
        path=path,
        key=key,
        guard=guard,
        made=str(content.get("made", "")),
        outcomes=calibration.outcomes,
        standing=calibration.standing,
        provenance=given,
    )


def _path(key: PairKey, guard: str, *, create: bool) -> Path:
    # A digest: names of models may hold slashes, and be longer than a file's name may be.
    identity = json.dumps([*asdict(key).values(), guard])
    digest = hashlib.sha256(identity.encode()).hexdigest()[:20]
    return calibrations_dir(create=create) / f"{digest}.json"


def _read(path: Path, key: PairKey, guard: str) -> "Calibration":
    from analyzers.gain.stored import calibration_from_json

    content: Any = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise _Damaged("it is damaged")
    version = content.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise _Damaged(f"it has schema version {version} and this program reads up to {SCHEMA_VERSION}")
    if version != SCHEMA_VERSION or content.get("key") != asdict(key) or content.get("guard") != guard:
        raise _Damaged("it is not of this pair, guard and version")
    calibration = calibration_from_json(json.dumps(content.get("calibration")))
    if calibration.guard != guard:
        raise _Damaged("its guard is not the one that it was kept for")
    return calibration
