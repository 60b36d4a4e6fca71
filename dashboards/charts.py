"""A chart on a page: the figure, and the table behind it for whoever cannot or does not want to see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards.fragments import fragment, pane, show
from dashboards.shell import skeleton


class Chart:
    """A place for a figure with its table; `draw` fills it."""

    def __init__(self) -> None:
        import panel as pn

        self._figure = pn.Column(skeleton(), sizing_mode="stretch_width", margin=0)
        self._table = pane(fragment("empty.html"))
        self.body = pn.Column(self._figure, self._table, sizing_mode="stretch_width", margin=0)

    def draw(
        self, figure: Any, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int] = ()
    ) -> None:
        """Show `figure`, and behind a switch the table of `rows`; columns in `numeric` are aligned to the right."""
        import panel as pn

        # Figures carry the height they need; the place they get decides the width.
        self._figure[:] = [pn.pane.HoloViews(figure, sizing_mode="stretch_width", margin=0, linked_axes=False)]
        show(self._table, fragment("chart_table.html", caption=caption, heads=heads, rows=rows, numeric=numeric))

    def clear(self, says: Any) -> None:
        """Show a message instead of a figure."""
        self._figure[:] = [pane(says)]
        show(self._table, fragment("empty.html"))
