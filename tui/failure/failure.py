"""A mistake of the program, and what it must not cost the person."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.worker import WorkerFailed

if TYPE_CHECKING:
    from tui.workbench.screen import WorkbenchScreen


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An exception that nobody foresaw, and the person's work as it stood.

    Attributes:
        kind: The name of the exception's class.
        session: The log of the session on the screen, None if there was none.
        running: Whether a run was going on; it ended with the failure.
        spec: What stood in the editor, and ``filename`` its name.
        prompt: What stood at the prompt.
    """

    kind: str
    session: Path | None = None
    running: bool = False
    spec: str = ""
    filename: str | None = None
    prompt: str = ""

    @property
    def kept(self) -> str:
        """What is kept, in a sentence or two."""
        what = []
        if self.session is not None:
            what.append(f"the session {self.session.stem}")
        if self.spec.strip():
            what.append("the spec in the editor")
        if self.prompt.strip():
            what.append("what stood at the prompt")
        if not what:
            return "There was no work of yours that could be lost."
        run = " The run that was going on has ended; what had arrived of it is in the session." if self.running else ""
        return f"Kept: {', '.join(what)}.{run}"


def cause_of(error: BaseException) -> BaseException:
    """The exception itself, where a worker of Textual's wraps it."""
    return error.error if isinstance(error, WorkerFailed) else error


def failure_of(error: BaseException, workbench: "WorkbenchScreen") -> Failure:
    """What ``error`` must not cost: the work on ``workbench`` as it stands, as far as that can still be asked."""
    kind = type(cause_of(error)).__name__
    if not workbench.is_mounted:
        return Failure(kind=kind)
    editor = workbench.spec_pane.editor
    return Failure(
        kind=kind,
        session=workbench.session,
        running=workbench.state.running,
        spec=editor.text,
        filename=editor.filename,
        prompt=workbench.prompt.text,
    )
