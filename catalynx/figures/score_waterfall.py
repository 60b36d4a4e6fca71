"""Figure: what lifts a score above, or pulls it below, that of a middling candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.figures.colours import ACCENT, OUTLINE, QUIET, WARNING
from catalynx.figures.drawing import frame_opts, holoviews, says

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "What sets it apart from a middling candidate?"
NEEDS = {"criterion", "value", "contribution", "share", "median_value", "difference", "because"}
MIDDLING, SCORE = "a middling one", "its score"


def score_waterfall(compared: pd.DataFrame, *, title: str | None = QUESTION) -> hv.Element:
    """Draw the way from a middling candidate's score to this one's: each criterion lifts it (+) or pulls it down (−).

    Parameters
    ----------
    compared : one candidate's rows of ``scoring.compare_with_middling``
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    steps = waterfall_steps(compared)
    if steps.empty:
        return says("No criterion has data, so there is no score.", title)
    hv = holoviews()
    place = range(len(steps) - 1, -1, -1)
    bars = steps.assign(
        bottom=[at - 0.31 for at in place],
        top=[at + 0.31 for at in place],
        colour=[QUIET if kind == "total" else ACCENT if kind == "lifts" else WARNING for kind in steps["kind"]],
    )
    drawn = hv.Rectangles(
        bars, kdims=["begin", "bottom", "end", "top"], vdims=["step", "change", "own", "middling", "because", "colour"]
    )
    ticks = [(at, f"{step}  {change}") for at, step, change in zip(place, steps["step"], steps["change"], strict=True)]
    low = float(min(0.0, steps[["begin", "end"]].min().min()))
    high = float(steps[["begin", "end"]].max().max())
    tooltips = [("", "@step @change"), ("Its value, 0–1", "@own"), ("Middling value", "@middling"), ("Because", "@because")]
    return drawn.opts(
        **frame_opts(title, 64 + 30 * len(steps)), color="colour", line_color=OUTLINE, line_width=0.6, xlabel="score, 0 to 1",
        ylabel="", yticks=ticks, ylim=(-0.6, len(steps) - 0.4), xlim=(low, min(1.0, high * 1.08)), tools=["hover"],
        hover_tooltips=tooltips,
    )  # fmt: skip


def waterfall_steps(compared: pd.DataFrame) -> pd.DataFrame:
    """Return the bars of the figure from the top: the middling score, the criteria by how much they change it, the score.

    Returns
    -------
    ``step`` (words), ``kind`` (total, lifts, pulls), ``begin`` and ``end`` (0–1), ``change``, ``own`` and ``middling`` (as
    written for people), ``because``; empty when no criterion has data

    Raises
    ------
    MissingColumns
    """
    import pandas as pd

    require(compared, NEEDS, name="compared")
    known = compared[compared["share"].notna()]
    known = known.assign(size=known["difference"].abs()).sort_values(["size", "criterion"], ascending=[False, True])
    at = middling = float((known["median_value"] * known["share"]).sum())
    rows = [_total(MIDDLING, middling)] if len(known) else []
    for row in known.to_dict("records"):
        difference = float(row["difference"])
        rows.append({
            "step": str(row["criterion"]).replace("_", " "), "kind": "lifts" if difference >= 0 else "pulls", "begin": at,
            "end": at + difference, "change": _signed(difference), "own": f"{row['value']:.2f}",
            "middling": f"{row['median_value']:.2f}", "because": row["because"],
        })  # fmt: skip
        at += difference
    return pd.DataFrame([*rows, _total(SCORE, at)] if rows else [], columns=_COLUMNS)


_COLUMNS = ["step", "kind", "begin", "end", "change", "own", "middling", "because"]


def _total(step: str, score: float) -> dict[str, object]:
    because = "the sum of what is above it" if step == SCORE else "the median of each criterion, by the same weights"
    return {
        "step": step, "kind": "total", "begin": 0.0, "end": score, "change": f"{score:.2f}", "own": "", "middling": "",
        "because": because,
    }  # fmt: skip


def _signed(difference: float) -> str:
    written = f"{abs(difference):.2f}"
    return "±0.00" if written == "0.00" else f"{'+' if difference > 0 else '−'}{written}"
