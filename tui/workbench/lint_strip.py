"""The rows below the editor: score, gain, the finding at the cursor, and on demand what would raise the score."""

from typing import TYPE_CHECKING, get_args

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive

from core.errors import SecondpassError
from core.gain.key import PairKey
from core.request import Guard
from tui.visible import one_line
from tui.widgets.lines import Line, line
from tui.widgets.tone_text import ToneTable, ToneText
from tui.workbench.spec_lint import Linted

if TYPE_CHECKING:
    from analyzers.gain.calibration import Calibration
    from analyzers.rules.model import LintFinding
    from core.gain.store import Known

FIX_KEY, NEXT_KEY, ADVICE_KEY = "Alt+Enter", "Ctrl+N", "F10"


class LintStrip(Vertical):
    """Says what the linter found. It is closed while there is nothing to lint."""

    DEFAULT_CSS = """
    LintStrip { height: auto; padding: 0 1; background: $panel; display: none; }
    LintStrip.open { display: block; }
    LintStrip ToneText { height: auto; width: 1fr; }
    #lint-finding { min-height: 2; max-height: 5; }
    #lint-advice { display: none; max-height: 10; }
    #lint-advice.open { display: block; }
    """

    advised: reactive[bool] = reactive(False)

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._known_for: tuple[PairKey, Guard, int] | None = None
        self._known: Known | None = None
        self._complained = ""

    def compose(self) -> ComposeResult:
        yield ToneText(id="lint-score")
        yield ToneText(id="lint-gain")
        yield ToneTable(id="lint-advice")
        yield ToneText(id="lint-finding")

    def watch_advised(self, advised: bool) -> None:
        """Show or hide the advice."""
        self.query_one("#lint-advice").set_class(advised, "open")

    def close(self) -> None:
        """Say nothing: there is no spec."""
        self.remove_class("open")

    def say(self, text: str) -> None:
        """Say that there is no verdict, and why."""
        self._show("lint-score", line((text, "warn"), hang=2))
        self._show("lint-gain", Line())
        self._show("lint-finding", Line())
        self.query_one("#lint-advice", ToneTable).show(())
        self.add_class("open")

    def show(
        self,
        linted: Linted,
        index: int,
        at_cursor: "tuple[LintFinding, ...]",
        *,
        change: float,
        guard: str,
        key: PairKey | None = None,
    ) -> None:
        """Show spec ``index`` of ``linted`` and the first finding ``at_cursor``; ``key`` is the pair that would run."""
        from tui.workbench import lint_lines

        score = linted.specs[index]
        known: Guard = guard if guard in get_args(Guard) else "off"  # type: ignore[assignment]
        calibration = self._calibration(key, known)
        shown = lint_lines.score_line(score, change, of=len(linted.specs), number=index + 1)
        self._show("lint-score", shown)
        self._show("lint-gain", lint_lines.gain_line(score, known, calibration))
        self.query_one("#lint-advice", ToneTable).show(
            lint_lines.advice_rows(score, known, calibration, most=max(3, self.app.size.height // 6))
        )
        if at_cursor:
            finding = lint_lines.finding_line(at_cursor[0], len(at_cursor) - 1, fix_key=FIX_KEY)
        else:
            finding = lint_lines.count_line(linted.findings, next_key=NEXT_KEY, advice_key=ADVICE_KEY)
        self._show("lint-finding", finding)
        self.add_class("open")

    def _calibration(self, key: PairKey | None, guard: Guard) -> "Calibration | None":
        """What was measured of the pair; read anew only where the pair, the guard or the kept calibrations change."""
        if key is None:
            return None
        from core.gain.store import calibration_for, calibrations_dir

        try:
            changed = calibrations_dir(create=False).stat().st_mtime_ns
        except FileNotFoundError:
            return None  # nothing was ever calibrated
        except (OSError, SecondpassError) as error:
            self._complain(f"The calibrations cannot be read ({error}), so the prediction does not use them.")
            return None
        if self._known is None or self._known_for != (key, guard, changed):
            self._known_for, self._known = (key, guard, changed), calibration_for(key, guard)
            if self._known.problem is not None:
                self._complain(self._known.problem)
        return self._known.calibration

    def _complain(self, problem: str) -> None:
        if problem != self._complained:
            self._complained = problem
            self.notify(one_line(problem, 400), severity="warning", markup=False)

    def _show(self, id_: str, shown: Line) -> None:
        self.query_one(f"#{id_}", ToneText).show(shown)
