"""Figure: how many candidates fall into each class of decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.figures.colours import CLASSES, OUTLINE
from catalynx.figures.drawing import counted, frame_opts, holoviews, says

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "How many of each decision?"


def class_counts(decisions: pd.DataFrame, *, title: str | None = QUESTION) -> hv.Element:
    """Draw the number of candidates in each class of decision, best class on top.

    Parameters
    ----------
    decisions : needs ``recommendation``
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    counts = counts_by_class(decisions)
    if not counts["count"].sum():
        return says("There is no decision yet.", title)
    hv = holoviews()
    shown = counts.assign(
        label=[f"{name}  {count:,}" for name, count in zip(counts["recommendation"], counts["count"], strict=True)],
        colour=counts["recommendation"].map(CLASSES),
    )
    return hv.Bars(shown.iloc[::-1], "label", ["count", "recommendation", "colour"]).opts(
        **frame_opts(title, 64 + 54 * len(shown)),
        color="colour",
        line_color=OUTLINE,
        line_width=0.6,
        bar_width=0.62,
        invert_axes=True,
        xlabel="",
        ylabel="candidates",
        xformatter=counted(),
        ylim=(0, float(shown["count"].max()) * 1.05),
        tools=["hover"],
        hover_tooltips=[("Decision", "@recommendation"), ("Candidates", "@count{0,0}")],
    )


def counts_by_class(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return ``recommendation`` and ``count``, best class first, classes without a candidate included.

    Raises
    ------
    MissingColumns
    """
    require(decisions, {"recommendation"}, name="decisions")
    counts = decisions["recommendation"].value_counts().reindex(list(CLASSES), fill_value=0)
    return counts.rename_axis("recommendation").reset_index(name="count")
