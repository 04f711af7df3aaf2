"""Alt with a digit is a key, not the character that macOS types for it."""

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


def read_alt_digits_as_keys() -> None:
    """Let Textual report Esc 3, which terminals send for Alt+3, as alt+3; it types a pound sign otherwise (8.2.8).

    A terminal that means the character sends the character.
    """
    for digit in "0123456789":
        _ = ANSI_SEQUENCES_KEYS.pop(f"\x1b{digit}", None)  # type: ignore[attr-defined]


def is_no_text(event: events.Key) -> bool:
    """Whether a key with Alt must be kept from a text editor, which would write its digit; bindings get it then."""
    if event.key.startswith("alt+"):
        event.prevent_default()
        return True
    return False
