"""Figure: how often a candidate takes each place when weights and scores vary within what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.figures import wording
from catalynx.figures.colours import ACCENT, OUTLINE
from catalynx.figures.drawing import frame_opts, holoviews, says, told_apart

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "How sure is the order?"
NEEDS = {"candidate_id", "name", "first_place", "last_place", "share"}
NAME_CHARACTERS = 26
PALEST = 0.16


def rank_acceptability(shares: pd.DataFrame, *, top: int = 10, title: str | None = QUESTION) -> hv.Element:
    """Draw one bar a candidate, in pieces: the share of all draws in which it takes the best places, the next, and so on.

    The bars follow each other as in the frame, the first on top; the best places are the darkest.

    Parameters
    ----------
    shares : one row a candidate and group of places: ``candidate_id``, ``name``, ``first_place`` and ``last_place`` (1 is best),
        ``share`` (0–1); the shares of a candidate sum to 1
    top : the places of which the label says how often they are taken
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(shares, NEEDS, name="shares")
    if shares.empty:
        return says("No order was tried: there is no candidate with a score.", title)
    hv = holoviews()
    pieces = acceptability_pieces(shares, top=top)
    count = pieces["row"].nunique()
    drawn = hv.Rectangles(
        pieces.assign(bottom=pieces["row"] - 0.31, top=pieces["row"] + 0.31),
        kdims=["begin", "bottom", "end", "top"],
        vdims=["full_name", "places", "told", "depth"],
    )
    labels = pieces.drop_duplicates("row")
    return drawn.opts(
        **frame_opts(title, 74 + 36 * count), color=ACCENT, fill_alpha="depth", line_color=OUTLINE, line_width=0.6,
        xlabel="share of all draws; darker: better places", ylabel="", xlim=(0, 1), ylim=(-0.6, count - 0.4),
        xticks=[(0, "0 %"), (0.5, "50 %"), (1, "100 %")], yticks=list(zip(labels["row"], labels["label"], strict=True)),
        tools=["hover"], hover_tooltips=[("Candidate", "@full_name"), ("Places", "@places"), ("Share of draws", "@told")],
    )  # fmt: skip


def acceptability_pieces(shares: pd.DataFrame, *, top: int = 10) -> pd.DataFrame:
    """Return the pieces of the bars: where each begins and ends, what places it stands for, and how dark it is.

    Raises
    ------
    MissingColumns
    """
    require(shares, NEEDS, name="shares")
    names = shares.drop_duplicates("candidate_id").set_index("candidate_id")["name"].map(wording.name)
    cut = dict(zip(names.index, told_apart(list(names), NAME_CHARACTERS), strict=True))
    rows = {one: len(names) - 1 - place for place, one in enumerate(names.index)}
    ordered = shares.sort_values(["candidate_id", "first_place"], kind="stable")
    places = [(int(first), int(last)) for first, last in ordered[["first_place", "last_place"]].to_numpy()]
    groups = sorted(set(places))
    depth = {one: 1 - (1 - PALEST) * place / max(1, len(groups) - 1) for place, one in enumerate(groups)}
    end = ordered.groupby("candidate_id", sort=False)["share"].cumsum()
    best = ordered["share"].where(ordered["last_place"] <= top, 0.0)
    best = best.groupby(ordered["candidate_id"], sort=False).transform("sum").clip(0, 1).map(wording.share)
    told = ordered.assign(
        begin=(end - ordered["share"]).clip(0, 1), end=end.clip(0, 1), row=ordered["candidate_id"].map(rows),
        full_name=ordered["candidate_id"].map(names), told=ordered["share"].map(wording.share),
        places=[places_in_words(*one) for one in places], depth=[depth[one] for one in places],
        label=[f"{cut[one]}\n{sure} in the {places_in_words(1, top)}"
               for one, sure in zip(ordered["candidate_id"], best, strict=True)],
    )  # fmt: skip
    return told.sort_values(["row", "first_place"], ascending=[False, True]).reset_index(drop=True)


def places_in_words(first: float, last: float) -> str:
    """Write a group of places: ``1st``, ``top 5``, ``6 to 10``."""
    if last <= 1:
        return "1st"
    return f"top {last:.0f}" if first <= 1 else f"{first:.0f} to {last:.0f}"
