"""Criteria → score: the weighted mean over the criteria that have data, with the share of the weight that had any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalynx.columns import empty_frame, require
from catalynx.errors import BadParameter
from catalynx.rules import TRACKS
from catalynx.scoring.criterion import criteria

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.rules import Applicant, Rules


def score_candidates(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Ask every criterion that has a weight on a candidate's track, and applies to it, of every candidate.

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

    weights = criterion_weights(candidates, rules)
    if candidates.empty:
        return empty_frame("score_parts")
    parts = []
    for name in map(str, weights.columns):
        criterion, weight = criteria()[name], weights[name]
        chosen = candidates[weight > 0]
        require(chosen, criterion.needs, name="candidates")
        part = criterion.judge(chosen, applicant, rules)
        parts.append(part.assign(candidate_id=chosen["candidate_id"], criterion=name, weight=weight[weight > 0]))
    if not parts:
        return empty_frame("score_parts")
    stacked = pd.concat(parts, ignore_index=True)
    had_data = stacked["weight"].where(stacked["value"].notna(), 0.0).groupby(stacked["candidate_id"]).transform("sum")
    stacked["contribution"] = stacked["value"] * stacked["weight"] / had_data.where(had_data > 0)
    return stacked[["candidate_id", "criterion", "value", "weight", "contribution", "because"]]


def criterion_weights(candidates: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return each criterion's share of the whole weight of each candidate; 0 where it is not asked.

    Raises
    ------
    MissingColumns, BadParameter
    """
    import pandas as pd

    require(candidates, {"candidate_id", "kind", "track"}, name="candidates")
    known = criteria()
    asked = {name for weights in rules.weights.values() for name, weight in weights.items() if weight > 0}
    for name in sorted(asked - set(known)):
        raise BadParameter("weights", name, f"for criteria that exist: {', '.join(known)}")
    if candidates.empty:
        return pd.DataFrame(index=candidates.index)
    track = pd.Categorical(candidates["track"], categories=TRACKS).codes
    columns = {}
    for name in (name for name in known if name in asked):
        weight = _by_track(name, rules)[track]
        applies = known[name].applies
        columns[name] = weight if applies is None else weight * applies(candidates).to_numpy(dtype="float64")
    weights = pd.DataFrame(columns, index=candidates.index)
    whole = weights.sum(axis=1)
    return weights.div(whole.where(whole > 0, 1.0), axis=0)


def _by_track(name: str, rules: Rules) -> np.ndarray[Any, Any]:
    import numpy as np

    # What is on no known track has the last, which is nothing.
    return np.array([rules.weights.get(track, {}).get(name, 0.0) for track in TRACKS] + [0.0])


AT_ONCE = 8_192
"""Candidates whose sums are made together."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Scores of many candidates without their sentences.

    Attributes
    ----------
    values, weights : one column a criterion; a value is NaN where it is unknown
    score, coverage : as `totals` gives them, in the order of the candidates
    """

    values: np.ndarray[Any, Any]
    weights: np.ndarray[Any, Any]
    score: np.ndarray[Any, Any]
    coverage: np.ndarray[Any, Any]


def weigh_candidates(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> Weighed:
    """Score many candidates at once: the same scores as `score_candidates` and `totals` give, without sentences."""
    import numpy as np

    weights = criterion_weights(candidates, rules)
    values = np.full((weights.shape[1], len(candidates)), np.nan)
    for place, name in enumerate(weights.columns):
        criterion = criteria()[str(name)]
        require(candidates, criterion.needs, name="candidates")
        asked = weights[name].to_numpy() > 0
        if not asked.any():
            continue
        every = bool(asked.all())
        chosen = candidates if every else candidates[asked]
        found = (
            criterion.judge(chosen, applicant, rules)["value"]
            if criterion.values is None
            else criterion.values(chosen, applicant, rules)
        )
        values[place, asked] = found.to_numpy(dtype="float64")
    score, coverage = weigh(values, np.ascontiguousarray(weights.to_numpy().T))
    return Weighed(values.T, weights.to_numpy(), score, coverage)


def weigh(values: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the weighted mean of the values that are known, and the share of the weight that had any.

    Parameters
    ----------
    values, weights : one row a criterion, one column a candidate; a value is NaN where it is unknown

    Returns
    -------
    score (NaN where nothing is known) and coverage, both within 0 and 1
    """
    import numpy as np

    count = values.shape[1]
    score, coverage = np.empty(count), np.empty(count)
    # A stretch at a time, so that the sums stay in the processor's cache while the criteria are added.
    for start in range(0, count, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        score[part], coverage[part] = _weigh(values[:, part], weights[:, part])
    return score, coverage


def _weigh(values: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    import numpy as np

    count = values.shape[1]
    total, had, whole, held = np.zeros(count), np.zeros(count), np.zeros(count), np.empty(count)
    for value, weight in zip(values, weights, strict=True):
        known = value == value
        whole += weight
        np.multiply(weight, known, out=held)
        had += held
        np.multiply(value, held, out=held, where=known)
        total += held
    with np.errstate(divide="ignore", invalid="ignore"):
        score, coverage = total / had, had / whole
    score[had == 0] = np.nan
    coverage[whole == 0] = 0.0
    return np.clip(score, 0, 1, out=score), np.clip(coverage, 0, 1, out=coverage)


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
