"""Ask once whether the models.toml of the working directory may be used."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from core.config.trust import LocalFile, abilities, remember
from core.errors import SecondpassError
from tui.visible import one_line
from tui.widgets.question import QuestionPanel

if TYPE_CHECKING:
    from tui.app_screens import AppScreens

_YES, _NO = "Use it: I trust this folder", "Ignore it"


class TrustScreen(ModalScreen[bool | None]):
    """Whether the file is trusted; None: the question is put off to the next start."""

    DEFAULT_CSS = """
    TrustScreen { align: center middle; }
    #trust-box {
        width: 90%; max-width: 100; height: auto; max-height: 90%; border: round $warning; background: $surface;
        padding: 0 1;
    }
    #trust-says { height: auto; max-height: 10; margin: 1 0; }
    #trust-box Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Later", id="trust.later", priority=True),
    ]

    def __init__(self, file: LocalFile) -> None:
        super().__init__()
        self._file = file

    def compose(self) -> ComposeResult:
        file = self._file
        with Vertical(id="trust-box") as box:
            box.border_title = "This folder has a models.toml of its own"
            box.border_subtitle = "1 or 2 answers · Esc asks again next time"
            again = " It was trusted before and was changed since." if file.changed else ""
            yield Static(
                f"{one_line(str(file.path))} can send what you write to other machines and load native libraries. "
                f"If it came with a project you do not know, ignore it.{again}",
                markup=False,
            )
            with VerticalScroll(id="trust-says", can_focus=False):
                for sentence in abilities(file.text) or ("It only says how things look or behave.",):
                    yield Static(f"• {one_line(sentence, 300)}", markup=False)
            yield QuestionPanel(id="trust-question")

    def on_mount(self) -> None:
        panel = self.query_one(QuestionPanel)
        question = "Use it? You are asked again when it changes."
        panel.ask("trust", question, (_YES, _NO))
        panel.focus()

    def on_question_panel_answered(self, event: QuestionPanel.Answered) -> None:
        event.stop()
        _ = self.dismiss(event.choice == _YES)

    def action_dismiss_none(self) -> None:
        """Decide the next time; it is ignored until then."""
        _ = self.dismiss(None)


def ask_trust(app: "AppScreens", local: LocalFile | None, then: Callable[[], None] | None) -> None:
    """Ask about ``local``. At the start ``then`` goes on without it; trusted, the program is opened again with it."""
    if local is None or not local.digest:
        app.notify("There is no models.toml of its own in this folder that could be used.", markup=False)
    elif not isinstance(app.screen, TrustScreen):
        _ = app.push_screen(TrustScreen(local), partial(_answered, app, local, then))


def _answered(app: "AppScreens", local: LocalFile, then: Callable[[], None] | None, trusted: bool | None) -> None:
    if trusted is not None:
        try:
            remember(local, trusted=trusted)
        except SecondpassError as error:
            app.workbench.say(str(error))
            return
    if then is None and trusted is not None:
        does = "is used" if trusted else "is ignored"
        app.notify(f"{local.path} {does} from the next start on (secondpass --continue).", markup=False)
    elif then is not None and trusted:
        app.open_again()  # nothing was done yet, so everything can be made anew
    elif then is not None:
        then()
