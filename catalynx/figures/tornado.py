"""Figure: what moves a result most when one input at a time goes from its low to its high."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.figures.colours import ACCENT, OUTLINE, WARNING
from catalynx.figures.drawing import frame_opts, holoviews, says, shortened

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "What would change it most?"
NEEDS = {"input", "low", "high", "low_told", "high_told"}


def tornado(
    swings: pd.DataFrame, base: float, *, result: str = "score", limit: int = 10, title: str | None = QUESTION
) -> hv.Element:
    """Draw for each input how far the result goes when it alone goes from its low to its high, the widest on top.

    Parameters
    ----------
    swings : one row an input: ``input``, the result at its ``low`` and at its ``high``, and these two values of the input in
        words (``low_told``, ``high_told``)
    base : the result as it is; the line in the middle
    result : what the axis measures, in words
    limit : how many inputs
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(swings, NEEDS, name="swings")
    bars = tornado_bars(swings, base, limit=limit)
    if bars.empty:
        return says("No input was varied.", title)
    hv = holoviews()
    drawn = hv.Rectangles(bars, kdims=["begin", "bottom", "end", "top"], vdims=["input", "told", "at", "colour"]).opts(
        color="colour", line_color=OUTLINE, line_width=0.6, tools=["hover"],
        hover_tooltips=[("Input", "@input"), ("When it is", "@told"), (result.capitalize(), "@at{0.00}")],
    )  # fmt: skip
    labels = bars.drop_duplicates("row")
    low, high = min(base, float(bars["begin"].min())), max(base, float(bars["end"].max()))
    room = (high - low) * 0.06 or 0.01
    middle = hv.VLine(base).opts(color=OUTLINE, line_width=1.5)
    return (drawn * middle).opts(
        **frame_opts(title, 74 + 32 * len(labels)), xlabel=f"{result}; blue: the input is higher, red: lower", ylabel="",
        yticks=list(zip(labels["row"], labels["label"], strict=True)), ylim=(-0.6, len(labels) - 0.4),
        xlim=(low - room, high + room), show_legend=False,
    )  # fmt: skip


def tornado_bars(swings: pd.DataFrame, base: float, *, limit: int = 10) -> pd.DataFrame:
    """Return two bars an input, from the base to the result at its low and at its high, the input with the widest span first.

    Raises
    ------
    MissingColumns
    """
    import pandas as pd

    require(swings, NEEDS, name="swings")
    known = swings.dropna(subset=["low", "high"])
    span = known[["low", "high"]].assign(base=base)
    known = known.assign(span=span.max(axis=1) - span.min(axis=1))
    known = known.sort_values(["span", "input"], ascending=[False, True]).head(limit).reset_index(drop=True)
    rows = []
    for place, one in enumerate(known.to_dict("records")):
        row = len(known) - 1 - place
        for end, colour in (("low", WARNING), ("high", ACCENT)):
            at = float(one[end])
            rows.append({
                "row": row, "bottom": row - 0.3, "top": row + 0.3, "begin": min(base, at), "end": max(base, at), "at": at,
                "input": one["input"], "told": one[f"{end}_told"], "colour": colour,
                "label": f"{shortened(str(one['input']), 22)}  ±{one['span'] / 2:.2f}",
            })  # fmt: skip
    columns = ["row", "bottom", "top", "begin", "end", "at", "input", "told", "colour", "label"]
    return pd.DataFrame(rows, columns=columns)
