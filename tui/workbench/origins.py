"""Who wrote which line: drafted, changed because of a finding, asked for in a further turn, or the person's own."""

from dataclasses import dataclass, replace
from functools import lru_cache

from core.events import Candidate, Finding
from core.provenance import Blame, Version, ranges
from tui.visible import one_line
from tui.widgets.feeds import code_lines
from tui.widgets.lines import Line, Span, line
from tui.workbench.state import Workbench, turns

_blame = Blame()

_SENT = {"proven", "supported", "requested"}


@dataclass(frozen=True, slots=True)
class Origin:
    """What brought a line: a ``mark`` of at most three cells ("" for what the first draft held), and it in words."""

    mark: str
    text: str


def origins(state: Workbench, name: str) -> tuple[Origin, ...]:
    """The origin of every line of the program called ``name`` (a candidate, or what the person put together)."""
    versions: list[Version] = []
    brought: list[Origin] = []
    last: int | None = None
    places: dict[str, int] = {}
    for turn in turns(state):
        places = {}
        for candidate in turn.candidates:
            if candidate.code is not None:
                base = next((guard.base for guard in turn.guards if guard.candidate == candidate.candidate), None)
                parent = places.get(base) if base is not None else last
                places[candidate.candidate] = len(versions)
                versions.append(Version(candidate.code, () if parent is None else (parent,)))
                brought.append(_of_candidate(turn, candidate, base))
        chosen = turn.put_together
        if chosen is not None:
            parents = (places.get(chosen.candidate), places.get(chosen.base, last))
            places[turn.standing] = len(versions)
            versions.append(Version(chosen.code, tuple(each for each in parents if each is not None)))
            brought.append(Origin("you", "you, when you went through the change"))
        last = places.get(turn.standing, last)
    if name not in places:
        return ()
    return tuple(brought[place] for place in _blame.of(versions)[places[name]])


def _of_candidate(turn: Workbench, candidate: Candidate, base: str | None) -> Origin:
    number = turn.turn
    where = f"turn {number}, " if number > 1 else ""
    if base is None:
        if number > 1 and turn.run is not None and turn.run.requests:
            return Origin(f"t{number}", f"turn {number}: {one_line(turn.run.requests[-1], 120)}")
        return Origin("", f"{candidate.candidate}, by the {candidate.role}")
    findings = _causes(turn, base)
    if not findings:
        return Origin(_short(candidate.candidate), f"{where}{candidate.candidate}, after examples failed")
    told = "; ".join(f"finding {place}, {each.status}: {one_line(each.title, 100)}" for place, each in findings)
    more = "+" if len(findings) > 1 else ""
    return Origin(f"f{findings[0][0]}{more}"[:3], f"{where}{candidate.candidate} for {told}")


def _causes(turn: Workbench, base: str) -> list[tuple[int, Finding]]:
    """The findings about ``base`` that its author was told, with their numbers in the turn."""
    about = [(place, each) for place, each in enumerate(turn.findings, start=1) if each.candidate == base]
    for sent in turn.sent:
        if sent.candidate == base:
            return [(place, each) for place, each in about if each.id in sent.sent]
    return [each for each in about if each[1].status in _SENT] or about


def _short(label: str) -> str:
    kind, _, number = label.rpartition(" ")
    return f"{kind[:1]}{number}"[:3] if kind else label[:3]


@lru_cache(maxsize=64)
def marked_code(code: str, known: tuple[Origin, ...]) -> tuple[Line, ...]:
    """``code`` with a mark before every line that the first draft did not hold; without marks if there is none."""
    shown = code_lines(code)
    if not any(origin.mark for origin in known):
        return tuple(shown)
    marks = [origin.mark for origin in known] + [""] * max(0, len(shown) - len(known))
    return tuple(replace(each, lead=(Span(f"{mark:<3} ", "info"),)) for each, mark in zip(shown, marks, strict=False))


def legend(known: tuple[Origin, ...]) -> list[Line]:
    """Every origin with its lines, the first draft's last."""
    lines_of: dict[Origin, list[int]] = {}
    for number, origin in enumerate(known, start=1):
        lines_of.setdefault(origin, []).append(number)
    made = [line(("Who wrote which line (w hides this)", "heading"))]
    for origin, numbers in sorted(lines_of.items(), key=lambda item: item[0].mark == ""):
        plural = "s" if len(numbers) > 1 else ""
        made.append(
            line(
                (f"{origin.mark or '·':<3} ", "info"),
                (f"line{plural} {ranges(numbers)}: ", "strong"),
                origin.text,
                hang=4,
            )
        )
    return [*made, line()]
