"""Criteria → score: the weighted mean over the criteria that have data, with the share of the weight that had any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import empty_frame, require
from catalynx.errors import BadParameter
from catalynx.scoring.criterion import criteria

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules


def score_candidates(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Ask every criterion that has a weight of every candidate.

    Parameters
    ----------
    candidates : one row a candidate, as ``columns.RESULTS["candidates"]``
    applicant, rules : for whom, and by which weights

    Returns
    -------
    rows as ``columns.RESULTS["score_parts"]``: one a candidate and criterion. ``weight`` is the share of the candidate's
    whole weight; ``contribution = value × weight / weight that had data``, so contributions sum to the score.

    Raises
    ------
    MissingColumns, BadParameter
    """
    import pandas as pd

    require(candidates, {"candidate_id", "kind"}, name="candidates")
    known = criteria()
    asked = {name for weights in rules.weights.values() for name, weight in weights.items() if weight > 0}
    for name in sorted(asked - set(known)):
        raise BadParameter("weights", name, f"for criteria that exist: {', '.join(known)}")
    if candidates.empty:
        return empty_frame("score_parts")
    parts = []
    for name in (name for name in known if name in asked):
        shares = {kind: weights.get(name, 0.0) / sum(weights.values()) for kind, weights in rules.weights.items()}
        weight = candidates["kind"].map(shares).astype("float64").fillna(0.0)
        chosen = candidates[weight > 0]
        require(chosen, known[name].needs, name="candidates")
        part = known[name].judge(chosen, applicant, rules)
        parts.append(part.assign(candidate_id=chosen["candidate_id"], criterion=name, weight=weight[weight > 0]))
    stacked = pd.concat(parts, ignore_index=True)
    had_data = stacked["weight"].where(stacked["value"].notna(), 0.0).groupby(stacked["candidate_id"]).transform("sum")
    stacked["contribution"] = stacked["value"] * stacked["weight"] / had_data.where(had_data > 0)
    return stacked[["candidate_id", "criterion", "value", "weight", "contribution", "because"]]


def totals(parts: pd.DataFrame) -> pd.DataFrame:
    """Sum the parts of each candidate.

    Returns
    -------
    frame indexed by candidate_id with ``score`` (0–1; NA when no criterion had data) and ``coverage`` (0–1)
    """
    require(parts, {"candidate_id", "value", "weight", "contribution"}, name="parts")
    if parts.empty:
        return empty_frame("decisions").set_index("candidate_id")[["score", "coverage"]]
    grouped = parts.assign(covered=parts["weight"].where(parts["value"].notna(), 0.0)).groupby("candidate_id", sort=False)
    sums = grouped.agg(coverage=("covered", "sum"), weight=("weight", "sum"))
    sums["score"] = grouped["contribution"].sum(min_count=1).clip(0, 1)
    sums["coverage"] = (sums["coverage"] / sums["weight"]).clip(0, 1)
    return sums[["score", "coverage"]]
