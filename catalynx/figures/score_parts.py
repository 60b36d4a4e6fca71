"""Figure: what a score is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.figures.colours import ACCENT, OUTLINE, QUIET
from catalynx.figures.drawing import frame_opts, holoviews, says, shortened

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "What is the score made of?"
NEEDS = {"criterion", "value", "weight", "contribution", "because"}


def score_parts(parts: pd.DataFrame, *, title: str | None = QUESTION) -> hv.Element:
    """Draw what each criterion gives to one candidate's score, before what it could give at most.

    The strong bars add up to the score, the pale ones to 1. A criterion without data has no bar and is
    called unknown: its weight was shared out among the others.

    Parameters
    ----------
    parts : the rows of one candidate; needs ``criterion``, ``value``, ``weight``, ``contribution``, ``because``
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(parts, NEEDS, name="parts")
    known = parts["value"].notna()
    if not known.any():
        return says("No criterion has data, so there is no score.", title)
    hv = holoviews()
    ordered = parts.assign(
        most=(parts["weight"] / parts.loc[known, "weight"].sum()).where(known),
        label=[
            f"{shortened(criterion.replace('_', ' '), 22)}  " + (f"{given:.2f}" if has else "unknown")
            for criterion, given, has in zip(parts["criterion"], parts["contribution"], known, strict=True)
        ],
    ).sort_values(["contribution", "weight"], na_position="first")
    tooltips = [
        ("Criterion", "@criterion"),
        ("Gives", "@contribution{0.00}"),
        ("At most", "@most{0.00}"),
        ("Because", "@because"),
    ]
    shared = {"invert_axes": True, "bar_width": 0.6, "line_color": OUTLINE, "line_width": 0.6}
    at_most = hv.Bars(ordered, "label", ["most", "criterion", "contribution", "because"]).opts(
        color=QUIET, alpha=0.45, tools=["hover"], hover_tooltips=tooltips, **shared
    )
    gives = hv.Bars(ordered, "label", ["contribution"]).opts(color=ACCENT, **shared)
    return (at_most * gives).opts(
        **frame_opts(title, 64 + 32 * len(parts)), xlabel="", ylabel="gives; pale: at most",
        ylim=(0, float(ordered["most"].max()) * 1.05), show_legend=False,
    )  # fmt: skip
