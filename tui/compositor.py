"""A compositor that asks only those widgets to render themselves of which something changed."""

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.widget import Widget


class FrugalCompositor(Compositor):
    """Renders for a partial update the widgets that are seen in a changed region.

    Textual renders all those in the smallest rectangle around every changed region. On a screen with a clock at the
    bottom and text that streams at the top that is all of them, ten times a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changed: tuple[Region, ...] | None = None

    @property
    def visible_widgets(self) -> dict[Widget, tuple[Region, Region]]:
        shown = super().visible_widgets
        if self._changed is None:
            return shown
        asked: set[Widget] = set()
        for changed in self._changed:
            for widget, (region, clip) in shown.items():  # the foremost first
                visible = region.intersection(clip)
                if visible.overlaps(changed):
                    asked.add(widget)
                    if visible.contains_region(changed):
                        break  # nothing of what lies behind it is seen
        return {widget: place for widget, place in shown.items() if widget in asked}

    def render_partial_update(self) -> ChopsUpdate | None:
        # Where lines are cut follows from every widget, and is kept: it must be known before some are left out.
        _ = self.cuts
        self._changed = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = None
