"""Score → how it differs from that of a middling candidate, criterion by criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require

if TYPE_CHECKING:
    import pandas as pd


def compare_with_middling(parts: pd.DataFrame, alike: pd.Series, counts: pd.Series | None = None) -> pd.DataFrame:
    """Set every part of a score beside what the median candidate of its group would have got for the same criterion.

    ``difference = (value − median value) × weight / weight that had data``. So a candidate's differences sum to its score
    less the score of a candidate that is middling on each of the criteria that are known of it.

    Parameters
    ----------
    parts : rows as ``columns.RESULTS["score_parts"]`` of all candidates: the medians are theirs
    alike : candidate_id → group whose members are compared with each other, for example the track
    counts : candidate_id → whether it counts for the medians; without it all do

    Returns
    -------
    `parts` with ``share`` (of the score's weight that had data, 0–1), ``median_value`` (0–1, over the group's candidates of
    which the criterion is known), ``median_count`` (how many those are), and ``difference`` (−1–1); all missing where the
    value is unknown, but the median

    Raises
    ------
    MissingColumns
    """
    require(parts, {"candidate_id", "criterion", "value", "weight", "contribution"}, name="parts")
    group = parts["candidate_id"].map(alike)
    counted = parts["value"].astype("float64")
    if counts is not None:
        counted = counted.where(parts["candidate_id"].map(counts).astype("boolean").fillna(False).astype(bool))
    values = counted.groupby([group, parts["criterion"]], dropna=False)
    known = parts["value"].notna()
    had_data = parts["weight"].where(known, 0.0).groupby(parts["candidate_id"]).transform("sum")
    share = (parts["weight"] / had_data.where(had_data > 0)).where(known)
    median = values.transform("median")
    return parts.assign(
        share=share,
        median_value=median,
        median_count=values.transform("count"),
        difference=parts["contribution"] - median * share,
    )


def middling_score(compared: pd.DataFrame) -> float | None:
    """Return the score of a candidate that is middling on every criterion that is known of this one; None when none is.

    Parameters
    ----------
    compared : one candidate's rows of `compare_with_middling`
    """
    require(compared, {"median_value", "share"}, name="compared")
    known = compared["share"].notna()
    return float((compared["median_value"] * compared["share"])[known].sum()) if known.any() else None
