"""Figure: where the grants of a funder go, or to which fields, with those of our own told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from catalynx.columns import require
from catalynx.figures.colours import ACCENT, OUTLINE, QUIET
from catalynx.figures.drawing import counted, frame_opts, holoviews, says, shortened

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "Where do their grants go?"
FIELDS = "Which fields do they fund?"
NEEDS = {"group", "count", "ours"}
MOST: Final = 8
NAME_LENGTH: Final = 22


def grants_by(counts: pd.DataFrame, *, title: str | None = QUESTION) -> hv.Element:
    """Draw the groups with most grants as bars from zero; those of our own stand out, and are shown however few they have.

    Parameters
    ----------
    counts : needs ``group`` (how it is called), ``count`` of grants, and ``ours`` (it is one of our own)
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(counts, NEEDS, name="counts")
    if counts.empty:
        return says("No grant on record tells this of its recipient.", title)
    hv = holoviews()
    shown = shown_groups(counts)
    bars = shown.assign(
        label=[
            f"{shortened(group, NAME_LENGTH)}  {count:,}" for group, count in zip(shown["group"], shown["count"], strict=True)
        ],
        colour=[ACCENT if ours else QUIET for ours in shown["ours"]],
    )
    return hv.Bars(bars.iloc[::-1], "label", ["count", "group", "colour"]).opts(
        **frame_opts(title, 64 + 28 * len(bars)),
        color="colour",
        line_color=OUTLINE,
        line_width=0.6,
        bar_width=0.7,
        invert_axes=True,
        xlabel="",
        ylabel="grants; strong: ours" if bars["ours"].any() else "grants",
        xformatter=counted(),
        ylim=(0, max(1.0, float(bars["count"].max()) * 1.05)),
        tools=["hover"],
        hover_tooltips=[("Group", "@group"), ("Grants", "@count{0,0}")],
    )


def shown_groups(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the groups that are drawn, the largest first: as many as there is room for, our own among them.

    Raises
    ------
    MissingColumns
    """
    require(counts, NEEDS, name="counts")
    ordered = counts.sort_values(["count", "group"], ascending=[False, True], kind="stable")
    first = ordered.head(MOST).index
    return ordered[ordered.index.isin(first) | ordered["ours"].astype(bool)]
