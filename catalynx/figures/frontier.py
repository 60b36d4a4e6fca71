"""Figure: how much value the hours can bring, from few hours to all there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.figures.colours import ACCENT, OUTLINE, WARNING
from catalynx.figures.drawing import counted, frame_opts, holoviews, says

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "What would more hours bring, and fewer cost?"
NEEDS = {"along", "value", "told"}


def frontier(
    points: pd.DataFrame, *, along: str = "hours", value: str = "points", here: tuple[float, float] | None = None,
    title: str | None = QUESTION,
) -> hv.Element:  # fmt: skip
    """Draw the best value for every amount of hours (or of risk) as dots on a line; the plan that is shown is the large dot.

    Parameters
    ----------
    points : one row a plan: ``along`` (hours, or risk), ``value``, ``told`` (what the plan holds, in words)
    along, value : what the axes measure, in words
    here : ``along`` and ``value`` of the plan that is shown
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(points, NEEDS, name="points")
    if points.empty:
        return says("No plan was made, so nothing can be compared.", title)
    hv = holoviews()
    ordered = points.sort_values("along").astype({"along": float, "value": float})
    drawn = [
        hv.Curve(ordered, "along", "value").opts(color=OUTLINE, line_width=1.6),
        hv.Points(ordered, ["along", "value"], "told").opts(
            size=9, color=ACCENT, line_color=OUTLINE, tools=["hover"],
            hover_tooltips=[(along.capitalize(), "@along{0,0}"), (value.capitalize(), "@value{0,0.0}"), ("Holds", "@told")]),
    ]  # fmt: skip
    if here is not None:
        drawn.append(hv.Points([here], ["along", "value"]).opts(size=17, color=WARNING, line_color=OUTLINE, alpha=0.85))
    across = [*ordered["along"], *([here[0]] if here else [])]
    high = max([*ordered["value"], *([here[1]] if here else [])])
    return hv.Overlay(drawn).opts(
        **frame_opts(title, 280), xlabel=along + ("; large dot: this plan" if here else ""), ylabel=value, show_legend=False,
        xlim=(0, max(across) * 1.06 or 1), ylim=(min(0, float(ordered["value"].min())), high * 1.12 or 1),
        xformatter=counted(), yformatter=counted(),
    )  # fmt: skip
