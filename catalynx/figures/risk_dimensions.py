"""Figure: what could go wrong with one candidate, in each dimension of risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.figures import wording
from catalynx.figures.colours import OUTLINE, QUIET, WARNING
from catalynx.figures.drawing import frame_opts, holoviews, says

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "What could go wrong?"
LEAST = 0.005
"""A risk that is written 0.00 stands out nowhere."""
NEEDS = {"dimension", "risk", "known", "signals"}


def risk_dimensions(dimensions: pd.DataFrame, *, title: str | None = QUESTION) -> hv.Element:
    """Draw the risk of each dimension from 0 (nothing known speaks of it) to 1; the largest stands out, unknown has no bar.

    Parameters
    ----------
    dimensions : needs ``dimension``, ``risk`` (missing where no signal has data), and how many of its ``signals`` are ``known``
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(dimensions, NEEDS, name="dimensions")
    if dimensions.empty:
        return says("No risk was judged.", title)
    hv = holoviews()
    largest = dimensions["risk"].max()
    bars = dimensions.iloc[::-1].assign(
        label=[f"{name}  {wording.score(risk)}" for name, risk in dimensions.iloc[::-1][["dimension", "risk"]].to_numpy()],
        colour=[WARNING if risk == largest and risk >= LEAST else QUIET for risk in dimensions.iloc[::-1]["risk"]],
        risk=dimensions["risk"].astype(float),
    )
    return hv.Bars(bars, "label", ["risk", "dimension", "known", "signals", "colour"]).opts(
        **frame_opts(title, 64 + 34 * len(bars)),
        color="colour",
        line_color=OUTLINE,
        line_width=0.6,
        bar_width=0.62,
        invert_axes=True,
        xlabel="",
        ylabel="risk",
        ylim=(0, 1),
        tools=["hover"],
        hover_tooltips=[("Dimension", "@dimension"), ("Risk", "@risk{0.00}"), ("Signals with data", "@known of @signals")],
    )
