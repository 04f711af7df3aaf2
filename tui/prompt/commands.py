"""The commands that can be typed at the prompt."""

import difflib
from dataclasses import dataclass

from core.choices import GUARDS, PATTERN_NAMES


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name without the slash, what it does, and the choices of its argument ("" allows none)."""

    name: str
    does: str
    choices: tuple[str, ...] = ()


COMMANDS: tuple[Command, ...] = (
    Command("run", "run the spec in the editor from the start"),
    Command("stop", "stop what is running"),
    Command("new", "begin a new session with an empty spec"),
    Command("undo", "go back to how things stood before this turn"),
    Command("pattern", "how the two models are put together", PATTERN_NAMES),
    Command("guard", "which fixes may replace the code", GUARDS),
    Command("review", "ask me which findings go to the coder, or go on by itself", ("ask", "go-on")),
    Command("diff", "look at the change hunk by hunk: take, edit or reject"),
    Command("save", "save the code that stands into a file"),
    Command("unsave", "take the last save back: the file is again what it was"),
    Command("copy", "copy the code or text of the open pane"),
    Command("who", "show who wrote which line of the code, and why"),
    Command("shell", "run a command of your own, as !pytest -q does"),
    Command("examples", "choose a bundled example"),
    Command("sessions", "past sessions"),
    Command("bench", "the benchmark screen"),
    Command("doctor", "what works on this machine, and what to do about what does not"),
    Command("settings", "models, pairs, endpoints and the interface"),
    Command("log", "the program's own log and those of the engines"),
    Command("theme", "the next colours: dark, light, high contrast, the terminal's own"),
    Command("help", "every key"),
    Command("quit", "leave"),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed behind a slash: a command with its argument, or ``problem``, one sentence why it is none."""

    command: Command | None
    argument: str = ""
    problem: str = ""


def read_command(text: str) -> Typed | None:
    """The command in ``text``; None if it does not begin with a slash.

    A path such as ``/etc/hosts`` is no command: commands are one word.
    """
    stripped = text.strip()
    if not stripped.startswith("/") or "/" in stripped[1:].split(maxsplit=1)[:1]:
        return None
    name, _, argument = stripped[1:].partition(" ")
    argument = argument.strip()
    command = next((each for each in COMMANDS if each.name == name.lower()), None)
    if command is None:
        near = difflib.get_close_matches(name.lower(), [each.name for each in COMMANDS], n=1)
        return Typed(None, problem=f"There is no command /{name}" + (f"; did you mean /{near[0]}?" if near else "."))
    if command.choices and argument not in command.choices:
        return Typed(None, problem=f"/{command.name} takes one of {', '.join(command.choices)}.")
    if argument and not command.choices:
        return Typed(None, problem=f"/{command.name} takes nothing behind it.")
    return Typed(command, argument)


def read_shell(text: str) -> str | None:
    """The command for a shell in ``text``, one line behind ``!``; None if it is none.

    ``![`` begins a picture in Markdown, and a text of several lines is meant for the models: neither must ever reach a
    shell because somebody pasted a spec.
    """
    stripped = text.strip()
    if not stripped.startswith("!") or stripped.startswith("![") or "\n" in stripped:
        return None
    return stripped[1:].strip()
