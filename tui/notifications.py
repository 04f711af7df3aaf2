"""Telling the terminal that something wants the person: OSC 9, OSC 777 or the bell, by what it understands."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.events import ApprovalRequested, Event, ReviewOffered, RunFailed, RunFinished, RunStopped
from tui.visible import one_line

if TYPE_CHECKING:
    from core.config import InterfaceConfig

_OSC9 = frozenset({"iTerm.app", "WezTerm", "ghostty", "WarpTerminal", "rio"})
"""Values of TERM_PROGRAM."""
_LONGEST = 120


def news(event: Event) -> str | None:
    """What a person who looks elsewhere wants to hear of ``event``; None for nothing."""
    match event:
        case RunFinished():
            total = event.passed + event.failed
            checks = f", {event.passed} of {total} examples pass" if total else ""
            return f"The run has ended: {event.candidate or 'no code'}{checks}."
        case RunFailed():
            return f"The run failed: {one_line(event.message, 80)}"
        case RunStopped():
            return "The run was stopped."
        case ApprovalRequested():
            return f"A question waits: {one_line(event.question, 80)}"
        case ReviewOffered():
            return f"The review waits for you: {len(event.findings)} findings."
    return None


def wanted(interface: "InterfaceConfig | None", *, focused: bool) -> bool:
    """Whether the person wants to be told now."""
    when = interface.notifications if interface is not None else "unfocused"
    return when == "always" or (when == "unfocused" and not focused)


def notification(text: str, how: str, environ: Mapping[str, str]) -> str:
    """What to send to the terminal.

    Args:
        text: One sentence.
        how: "osc9", "osc777", "bell", or "auto" for what the terminal says of itself in ``environ``.
        environ: The environment.
    """
    # A control character would end the sequence, a semicolon separates its parts.
    safe = one_line(text, _LONGEST).replace(";", ",")
    match _understood(environ) if how == "auto" else how:
        case "osc9":
            return f"\x1b]9;{safe}\x07"
        case "osc777":
            return f"\x1b]777;notify;secondpass;{safe}\x07"
    return "\x07"


def _understood(environ: Mapping[str, str]) -> str:
    if environ.get("TMUX") or environ.get("STY"):
        return "bell"  # tmux and screen swallow the others, and mark the window at a bell
    if environ.get("TERM_PROGRAM") in _OSC9 or environ.get("KITTY_WINDOW_ID") or environ.get("WT_SESSION"):
        return "osc9"
    if environ.get("VTE_VERSION") or environ.get("TERM", "").startswith(("foot", "rxvt")):
        return "osc777"
    return "bell"
