"""Figure: which candidates come first, how they score, and what to do about each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.figures import wording
from catalynx.figures.colours import CLASSES, OUTLINE
from catalynx.figures.drawing import frame_opts, holoviews, says, told_apart

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "Which come first, and how do they score?"
NAME_CHARACTERS = 25
NEEDS = {"rank", "name", "funder_name", "recommendation", "score", "coverage"}


def ranked_scores(decisions: pd.DataFrame, *, limit: int = 10, title: str | None = QUESTION) -> hv.Element:
    """Draw the scores of the `limit` best ranked candidates as bars from zero, best rank on top.

    What to do ranks before the score, so a lower bar can stand above a higher one.

    Parameters
    ----------
    decisions : needs ``rank``, ``name``, ``funder_name``, ``recommendation``, ``score`` (0–1) and ``coverage`` (0–1);
        rows without a score are left out: they have no bar to draw
    limit : how many
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    best = best_scores(decisions, limit=limit)
    if best.empty:
        return says("No candidate has a score yet.", title)
    hv = holoviews()
    names = best["name"].map(wording.name)
    bars = best.assign(
        candidate=[
            f"{rank}  {name}\n{score:.2f}, {todo}"
            for rank, name, score, todo in zip(
                best["rank"], told_apart(list(names), NAME_CHARACTERS), best["score"], best["recommendation"], strict=True
            )
        ],
        full_name=names,
        funder=best["funder_name"].map(wording.name),
        known=best["coverage"].map(wording.share),
        colour=best["recommendation"].map(CLASSES),
    )
    return hv.Bars(
        bars.iloc[::-1], kdims="candidate", vdims=["score", "full_name", "funder", "recommendation", "known", "colour"]
    ).opts(
        **frame_opts(title, 60 + 40 * len(best)), color="colour", line_color=OUTLINE, line_width=0.8, bar_width=0.62,
        invert_axes=True, xlabel="", ylabel="score, 0 to 1", ylim=(0, 1), tools=["hover"],
        hover_tooltips=[("Candidate", "@full_name"), ("Funder", "@funder"), ("Score, 0–1", "@score{0.00}"),
                        ("What to do", "@recommendation"), ("Share of the weight with data", "@known")],
    )  # fmt: skip


def best_scores(decisions: pd.DataFrame, *, limit: int = 10) -> pd.DataFrame:
    """Return the rows behind the figure, best first.

    Raises
    ------
    MissingColumns
    """
    require(decisions, NEEDS, name="decisions")
    return decisions[decisions["score"].notna()].nsmallest(limit, "rank")
