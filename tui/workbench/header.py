"""The rows above and below the panes, as text: roles, stage track, status line, outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from rich.cells import cell_len
from rich.text import Text

from core.engines.protocol import EngineStatus, Phase, Role
from core.events import CodeChosen, CodeSaved, RunFailed, RunFinished, RunStopped, SaveUndone
from core.examples import find_example
from tui.visible import one_line
from tui.widgets.lines import Line, line
from tui.workbench import figures
from tui.workbench.state import Step, Workbench

SCRIPTED = "SCRIPTED DEMO: answers come from a script, no model runs"

SCRIPTED_SHORT = "SCRIPTED DEMO, no model runs"

_TRACKS: dict[str, tuple[Step, ...]] = {
    "coder-only": ("draft", "check"),
    "reviewer-only": ("draft", "check"),
    "plan-then-code": ("plan", "draft", "check"),
    "review-then-fix": ("draft", "review", "fix", "check"),
    "review-then-fix-retry": ("draft", "review", "fix", "retry", "check"),
    "adversarial": ("draft", "review", "fix", "check"),
}
_DOTS = {
    Phase.STOPPED: "○",
    Phase.STARTING: "◌",
    Phase.DOWNLOADING: "◌",
    Phase.COMPILING: "◌",
    Phase.LOADING: "◌",
    Phase.READY: "●",
    Phase.PREFILL: "◐",
    Phase.STREAMING: "●",
    Phase.BUSY: "◐",
    Phase.FAILED: "✗",
}
_DOT_TONES = {Phase.READY: "good", Phase.STREAMING: "good", Phase.FAILED: "bad", Phase.STOPPED: "muted"}


@dataclass(frozen=True, slots=True)
class Roles:
    """Names of the two models, known before any run, and whether they are scripted."""

    coder: str
    reviewer: str
    scripted: bool


def home_path(path: Path, home: Path | None = None) -> str:
    """``path`` with the home folder as ~."""
    home = home or Path.home()
    return f"~/{path.relative_to(home)}".rstrip("/.") if path.is_relative_to(home) else str(path)


def roles_line(folder: str, roles: Roles, state: Workbench, width: int, now: float = 0.0) -> Line:
    """Folder and roles with the state of their engines; what does not fit in ``width`` cells is left out in order."""
    both = [_role("coder", roles.coder, state.coder), _role("reviewer", roles.reviewer, state.reviewer)]
    for detailed, with_folder in ((True, True), (False, True), (False, False)):
        parts: list[tuple[str, str]] = [(f"{one_line(folder, 60)} · ", "muted")] if with_folder else []
        for index, (name, model, status) in enumerate(both):
            if index:
                parts.append((" · ", "muted"))
            detail = f" {one_line(status.detail, 40)}" if detailed and status.detail and not roles.scripted else ""
            share = f" {status.progress:.0%}" if status.progress is not None else _reading(state, name, now)
            parts += [
                (f"{name} ", "muted"),
                (f"{one_line(model, 40)} ", "strong"),
                (f"{_DOTS[status.phase]} {status.phase}{share}{detail}", _DOT_TONES.get(status.phase, "warn")),
            ]
        made = line(*parts, wrap=False)
        if cell_len(made.text) <= width:
            return made
    return made


def _reading(state: Workbench, role: Role, now: float) -> str:
    reading = figures.prefill(state, role, now)
    if reading is None or not state.running:
        return ""
    share = f" ~{reading.share:.0%}" if reading.share is not None else ""
    return f" of ~{figures.thousands(reading.tokens)} tokens{share} {reading.seconds:.0f} s"


def _role(role: Role, model: str, status: EngineStatus) -> tuple[Role, str, EngineStatus]:
    return role, model, status


def track_line(state: Workbench, pattern: str, *, plain: bool = False) -> Line:
    """The stages of the pattern: the running one in brackets, finished ones ticked; ``plain`` says both in words."""
    track = _TRACKS.get(pattern, _TRACKS["review-then-fix"])
    step = "review" if state.step == "opinion" else state.step
    parts: list[tuple[str, str]] = []
    for index, each in enumerate(track):
        if index:
            parts.append((", " if plain else "─", "muted"))
        if each == step and state.running:
            parts.append((f"{each} now" if plain else f"[{each.upper()}]", "strong"))
        elif each in state.steps_done:
            parts.append((f"{each} done" if plain else f"{each.upper()}✓", "good"))
        elif plain:
            parts.append((f"{each} not begun", "muted"))
        else:
            parts.append((each.upper(), "muted"))
    return line(*parts, wrap=False)


def _speed(state: Workbench, role: Role, now: float) -> str:
    speed = figures.speed(state, role, now)
    if speed is None:
        return ""
    about = "~" if speed.estimated else ""
    rate = "– tok/s" if speed.tokens_per_second is None else f"{about}{speed.tokens_per_second:.0f} tok/s"
    return rate if speed.ttft is None else f"{rate} ttft {speed.ttft:.1f}s"


def _with_bars(speed: str, bars: str) -> str:
    rate, ttft, seconds = speed.partition(" ttft ")
    return f"{rate} {bars}{ttft}{seconds}" if bars else speed


def status_line(
    state: Workbench,
    now: float,
    hint: str,
    width: int,
    *,
    plain: bool = False,
    bars: Mapping[Role, str] | None = None,
    next_context: figures.Context | None = None,
) -> Line:
    """Speeds, context, time and cost, and what the stop key does; shortened from the middle to ``width`` cells."""
    roles: tuple[Role, ...] = ("coder", "reviewer")
    speeds = [
        (f"{role} {_with_bars(text, (bars or {}).get(role, ''))}", f"{role[0].upper()} {text.replace(' ttft ', '/')}")
        for role in roles
        if (text := _speed(state, role, now))
    ]
    # Before the first answer the meter shows what would be sent now.
    meter = figures.context(state) or next_context
    if meter is None:
        long_meter = short_meter = ""
    else:
        about = "~" if meter.estimated else ""
        short_meter = f"ctx {about}{figures.thousands(meter.used)}/{figures.thousands(meter.available)}"
        filled = min(6, max(1, round(meter.share * 6)))
        long_meter = short_meter if plain else f"{short_meter} {'█' * filled}{'░' * (6 - filled)}"
    spent = ""
    if state.run is not None:
        price = figures.dollars(figures.cost(state, now)) if state.run.usd_per_hour else "$0"
        spent = f"{figures.elapsed(state, now):.1f} s · {price}"
    plainer = [f"{role} {text}" for role in roles if (text := _speed(state, role, now))]
    full = [" │ ".join(long for long, _ in speeds), long_meter, spent, hint]
    short = [" ".join(short for _, short in speeds), short_meter, spent, hint]
    for segments in (
        full,
        [" │ ".join(plainer), *full[1:]],
        [short[0], *full[1:]],
        short,
        short[1:],
        short[2:],
        short[3:],
    ):
        text = " │ ".join(segment for segment in segments if segment)
        if cell_len(text) <= width:
            break
    meter_tone = "bad" if meter and meter.share > 0.9 else "warn" if meter and meter.share > 0.7 else "text"
    parts: list[tuple[str, str]] = []
    for segment in text.split(" │ "):
        if parts:
            parts.append((" │ ", "muted"))
        parts.append((segment, meter_tone if segment.startswith("ctx") else "strong" if segment == hint else "text"))
    return line(*parts, wrap=False)


def outcome_line(state: Workbench) -> Line | None:
    """One sentence about how the run ended and what can be done now; None while there is nothing to say."""
    ending = state.ending
    done = max((*state.saved[-1:], state.undone, state.put_together), key=lambda each: each.n if each else -1)
    match done:
        case CodeSaved():
            kept = f" {PurePath(done.backup).name} holds what was there." if done.backup else ""
            where = f"{done.candidate} to {done.path}" + (" (replaced)" if done.replaced else "")
            return line(("✓ Saved: ", "good"), f"{where}.{kept} Alt+U takes it back.", hang=2)
        case SaveUndone():
            what = f"what was there before is again in {done.path}" if done.restored else f"{done.path} is gone again"
            return line(("● Taken back: ", "info"), f"{what}.", hang=2)
        case CodeChosen():
            return _put_together(state, done)
    match ending:
        case RunFailed():
            kept = " What was written so far is kept; Ctrl+S saves it." if ending.code else ""
            return line(("✗ Error: ", "bad"), f"{one_line(ending.message)}{kept} {_again(state)}", hang=2)
        case RunStopped():
            best = f"{ending.candidate} stands; Ctrl+S saves it. " if ending.code else ""
            none = "" if ending.code or state.base_stands else "There is no finished code yet. "
            return line(("■ Stopped. ", "warn"), f"{best}{none}{_again(state)}", hang=2)
        case RunFinished(code=None):
            return line(("✗ No code: ", "bad"), f"no answer held code that can be used. {_again(state)}", hang=2)
        case RunFinished():
            return _finished(ending, changed=bool(state.guards) or state.turn > 1)
    return None


def _again(state: Workbench) -> str:
    """How what came to nothing can be tried again: F4 would begin anew where there is code already."""
    return "The code before it stands; send the request again, or another." if state.base_stands else "F4 runs again."


def _put_together(state: Workbench, chosen: CodeChosen) -> Line:
    left_out = f", {len(chosen.rejected)} left out" if chosen.rejected else ""
    what = f"{chosen.label or 'your choice'} stands ({chosen.taken} taken{left_out}"
    what += ", edited)" if chosen.edited else ")"
    total = next((each for each in reversed(state.totals) if each.candidate == chosen.label), None)
    count = total.passed + total.failed if total is not None else 0
    if total is None or not count:
        return line(("● Done: ", "info"), f"{what}. Ctrl+S saves it.", hang=2)
    mark = ("✗ Done: ", "bad") if total.failed else ("✓ Done: ", "good")
    return line(mark, f"{what} and passes {total.passed} of {count} examples. Ctrl+S saves it.", hang=2)


def _finished(ending: RunFinished, *, changed: bool) -> Line:
    total = ending.passed + ending.failed
    what = f"{ending.candidate} stands"
    hunks = " Alt+H goes through the change." if changed else ""
    if not total:
        return line(
            ("● Done: ", "info"),
            f"{what}; the spec has no example that could be checked. Ctrl+S saves it.{hunks}",
            hang=2,
        )
    if ending.failed:
        return line(
            ("✗ Done: ", "bad"),
            f"{what}, but {ending.failed} of {total} examples fail. Ctrl+S saves it anyway.{hunks}",
            hang=2,
        )
    return line(
        ("✓ Done: ", "good"), f"{what} and passes {ending.passed} of {total} examples. Ctrl+S saves it.{hunks}", hang=2
    )


def placeholder(state: Workbench, *, scripted: bool, focused: bool) -> tuple[str, str]:
    """What the empty prompt says can be asked for now (and how to get there), and what Tab writes into it."""
    known = _follow_ups(state) if scripted and not state.running and state.code is not None else ()
    if state.running:
        said = "What comes next? It waits for this run. / commands"
    elif state.code is None:
        said = "/ commands, ! shell; or say in words what is to be written"
    elif known:
        said = f"Ask for a change ({'Tab; ' if focused else ''}the script knows: {one_line(known[0], 34)})"
    else:
        said = "Ask for a change: words, @file, examples. / commands, ! shell"
    return said if focused else f"i: {said}", known[0] if known else ""


def _follow_ups(state: Workbench) -> tuple[str, ...]:
    """The requests that the demo pair can answer next."""
    example = find_example(state.run.spec) if state.run else None
    asked = state.run.requests if state.run else ()
    return tuple(each for each in example.follow_ups if each not in asked) if example else ()


def plain(text: str, style: str = "") -> Text:
    """Text that is never parsed as markup and holds no control characters."""
    return Text(one_line(text), style=style)
