"""Figure: how one ratio of an organisation developed, beside the median of its peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalynx.columns import require
from catalynx.figures import wording
from catalynx.figures.colours import ACCENT, OUTLINE
from catalynx.figures.drawing import frame_opts, holoviews, says

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "How did it develop?"
NEEDS = {"tax_year", "value"}
UNITS = {"share": "per cent", "months": "months", "usd": "dollars a dollar"}


def ratio_by_year(
    years: pd.DataFrame, *, unit: str, peer_median: float | None = None, title: str | None = QUESTION
) -> hv.Element:
    """Draw a ratio over the tax years on file as dots on a line; the median of the peers is a broken line.

    Parameters
    ----------
    years : needs ``tax_year`` and ``value``; years without a value are left out
    unit : ``share``, ``months`` or ``usd``
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(years, NEEDS, name="years")
    known = years.dropna(subset=["tax_year", "value"]).sort_values("tax_year")
    if known.empty:
        return says("No year on file has a value.", title)
    hv = holoviews()
    scale = 100.0 if unit == "share" else 1.0
    points = [(int(year), float(value) * scale) for year, value in known[["tax_year", "value"]].to_numpy()]
    shown = [value for _, value in points] + ([] if peer_median is None else [peer_median * scale])
    low, high = min(0.0, *shown), max(0.0, *shown)
    room = (high - low) * 0.18 or 1.0
    first, last = points[0][0], points[-1][0]
    step = max(1, -(-(last - first + 1) // 7))
    drawn: list[Any] = [hv.HLine(0).opts(color=OUTLINE, line_width=0.6)]
    if peer_median is not None:
        drawn += [
            hv.HLine(peer_median * scale).opts(color=OUTLINE, line_dash="dashed", line_width=1.4),
        ]  # fmt: skip
    drawn += [
        hv.Curve(points, "x", "y").opts(color=ACCENT, line_width=2),
        hv.Points([(*point, in_words(point[1] / scale, unit)) for point in points], ["x", "y"], "told").opts(
            size=11, color=ACCENT, line_color=OUTLINE, tools=["hover"],
            hover_tooltips=[("Tax year", "@x{0}"), ("Value", "@told")]),
    ]  # fmt: skip
    # Beside the axis, where text takes the colour of the page: the value of the first and the last year, and what the line is.
    told = {year: f"{year}\n{in_words(value / scale, unit)}" for year, value in (points[0], points[-1])}
    note = "tax year" if peer_median is None else "tax year; broken: median of peers"
    return hv.Overlay(drawn).opts(
        **frame_opts(title, 220), xlabel=note, ylabel=UNITS[unit], show_legend=False, xlim=(first - 0.8, last + 0.8),
        ylim=(low - (room if low < 0 else 0.0), high + room),
        xticks=[(year, told.get(year, str(year))) for year in range(last, first - 1, -step)],
    )  # fmt: skip


def in_words(value: Any, unit: str) -> str:
    """Write a ratio: ``12.3 %``, ``4.5 months``, ``$0.27``."""
    if wording.is_unknown(value):
        return wording.UNKNOWN
    sign = "−" if value < 0 else ""
    size = abs(float(value))
    return {"share": f"{sign}{100 * size:.1f} %", "months": f"{sign}{size:.1f} months", "usd": f"{sign}${size:.2f}"}[unit]
