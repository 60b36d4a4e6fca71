"""Weights changed by hand: scores, classes and order of many candidates anew, from arrays that are kept while somebody tries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from catalynx.decision.steadiness import values_and_weights
from catalynx.errors import BadParameter
from catalynx.rules import RECOMMENDATIONS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.rules import Applicant, Rules
    from catalynx.workflows import Decided

    type Floats = np.ndarray[Any, np.dtype[np.float64]]
    type Integers = np.ndarray[Any, np.dtype[np.int64]]

GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "what they give for": ("mission", "field", "population"),
    "where they give": ("geography",),
    "sums that suit us": ("size", "scale", "capacity"),
    "open to newcomers": ("newcomers", "retention", "spread", "openness", "network"),
    "still giving": ("recency", "trend"),
    "time and rivals": ("time", "competition"),
})  # fmt: skip
"""Criteria that are weighed up or down together, in the words of who weighs them."""

MOST_COMPARED: Final = 500
"""A method that compares pairs takes four times as long for twice as many; further down no order matters."""

MOST_TIMES: Final = 5.0
"""A factor above that is a slip of the hand: five times the usual weight outweighs everything else together."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What one answer rests on, as arrays: candidates down, criteria across.

    Attributes
    ----------
    candidate_ids : in the order of the answer, best first
    criteria : names of the columns
    values : 0–1, NaN where unknown or not asked
    weights : as the rules have them, each row summing to 1; 0 where a criterion is not asked
    fails : whether a hard rule excludes the candidate
    ceilings : place in `RECOMMENDATIONS` above which nothing but more knowledge lifts a candidate, whatever it scores
    rules : by which it was answered
    """

    candidate_ids: np.ndarray[Any, Any]
    criteria: tuple[str, ...]
    values: Floats
    weights: Floats
    fails: np.ndarray[Any, np.dtype[np.bool_]]
    ceilings: Integers
    rules: Rules


def kept_of(decided: Decided) -> Kept:
    """Return the arrays of an answer."""
    from catalynx.workflows import applicant_of

    return kept_frames(
        decided.candidates, decided.parts, decided.decisions, applicant_of(decided.profile), decided.rules
    )  # fmt: skip


def kept_frames(
    candidates: pd.DataFrame, parts: pd.DataFrame, decisions: pd.DataFrame, applicant: Applicant, rules: Rules
) -> Kept:
    """Return the arrays of an answer that is given as frames, as ``workflows.Decided`` holds them."""
    ordered = decisions["candidate_id"].to_numpy(dtype=object)
    names = sorted(parts["criterion"].unique(), key=_place)
    values, weights = values_and_weights(parts, ordered, names)
    fails = (decisions["eligibility"] == "fails").to_numpy(dtype=bool)
    # Hours and the day to start are those that were decided by: what is known of the applicant went into them.
    worked = decisions[["candidate_id", "ask_usd", "effort_hours", "start_by"]]
    ceilings = (
        _ceilings(candidates.merge(worked, on="candidate_id", how="left"), parts, applicant, rules)
        .reindex(ordered)
        .to_numpy(dtype="int64")
    )
    return Kept(ordered, tuple(map(str, names)), values, weights, fails, ceilings, rules)


def reweighed(kept: Kept, factors: Mapping[str, float] | None = None, *, method: str = "weighted sum") -> pd.DataFrame:
    """Score, class and rank every candidate anew with each criterion's weight times its factor.

    What to do is told by the weighted mean, since thresholds are made for it; another method changes the order of those of one
    class. Methods that compare pairs are asked of the first `MOST_COMPARED` that no hard rule excludes.

    Parameters
    ----------
    factors : criterion, or group of `GROUPS` → by how much its usual weight is multiplied; 1 where none is given. The factors of
        a criterion and of its group are multiplied.
    method : one of ``decision.ranking.METHODS``

    Returns
    -------
    in the order of `kept`: ``candidate_id``, ``score`` and ``coverage`` (0–1), ``recommendation``, ``rank`` (1 is best), and
    ``worth``, what the method gives: higher is better, missing where it was not asked

    Raises
    ------
    BadParameter
        A factor is no number from 0 to 5, names nothing that is known, or all weights are 0; or there is no such method.
    """
    import numpy as np
    import pandas as pd

    weights = changed_weights(kept, factors or {})
    score, coverage = weighted_mean(kept.values, weights)
    places = classes(kept, score, coverage)
    # As in `decision.decide_candidates`: of two like scores the one that rests on more comes first. Beyond the twelfth digit
    # two sums of the same parts differ by the order in which they were made.
    usual = np.where(np.isnan(score), -np.inf, np.round(score * coverage, 12))
    first = np.lexsort((kept.candidate_ids.astype(str), -usual, places, kept.fails))
    worth = _worth(kept, weights, first, method, score * coverage)
    told = np.where(np.isnan(worth), -np.inf, np.round(worth, 12))
    order = np.lexsort((kept.candidate_ids.astype(str), -usual, -told, places, kept.fails))
    rank = np.empty(len(order), dtype="int64")
    rank[order] = np.arange(1, len(order) + 1)
    names = np.array(RECOMMENDATIONS, dtype=object)[places]
    return pd.DataFrame({
        "candidate_id": kept.candidate_ids, "score": score, "coverage": coverage, "recommendation": names, "rank": rank,
        "worth": worth,
    })  # fmt: skip


def _worth(kept: Kept, weights: Floats, first: Integers, method: str, usual: Floats) -> Floats:
    """Return what the method gives to each of the first candidates; NaN for all others."""
    import numpy as np

    from catalynx.decision.ranking import METHODS, ranked

    if method == METHODS[0]:
        return usual
    compared = first[: min(MOST_COMPARED, int((~kept.fails).sum()))]
    worth = np.full(len(first), np.nan)
    worth[compared] = ranked(method, kept.values[compared], weights[compared])
    return worth


def changed_weights(kept: Kept, factors: Mapping[str, float]) -> Floats:
    """Return the weights of each candidate after the change, each row summing to 1; 0 where nothing is asked any more.

    Raises
    ------
    BadParameter
    """
    import numpy as np

    by_criterion = criterion_factors(factors, kept.criteria)
    weights = kept.weights * np.array([by_criterion[name] for name in kept.criteria])
    whole = weights.sum(axis=1, keepdims=True)
    if len(weights) and not (whole > 0).any():
        raise BadParameter("weights", dict(factors), "weights of which one is above 0: move one of them up")
    changed: Floats = weights / np.where(whole > 0, whole, 1.0)
    return changed


def criterion_factors(factors: Mapping[str, float], criteria: tuple[str, ...]) -> dict[str, float]:
    """Return the factor of each criterion: its own times that of its group.

    Raises
    ------
    BadParameter
    """
    known = {*GROUPS, *criteria, *(name for names in GROUPS.values() for name in names)}
    for name, factor in factors.items():
        if name not in known:
            raise BadParameter("weights", name, f"for one of {', '.join(sorted(known))}")
        if not (math.isfinite(factor) and 0 <= factor <= MOST_TIMES):
            raise BadParameter(f"weights[{name!r}]", factor, f"a number from 0 to {MOST_TIMES:g} times the usual weight")
    group = {name: one for one, names in GROUPS.items() for name in names}
    return {name: factors.get(name, 1.0) * factors.get(group.get(name, ""), 1.0) for name in criteria}


def changed_rules(rules: Rules, factors: Mapping[str, float]) -> Rules:
    """Return rules whose weights are multiplied by the factors, with which `workflows.decide` gives the same scores.

    Raises
    ------
    BadParameter
    """
    from dataclasses import replace

    names = tuple({name for weights in rules.weights.values() for name in weights})
    by_criterion = criterion_factors(factors, names)
    weights = {
        track: {name: weight * by_criterion[name] for name, weight in of_track.items()}
        for track, of_track in rules.weights.items()
    }
    return replace(rules, weights=weights)


def weighted_mean(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return score and coverage of each row: the mean by weight over what is known, NaN without any; the weight that is known."""
    import numpy as np

    known = np.where(np.isnan(values), 0.0, weights)
    coverage: Floats = known.sum(axis=1)
    total = (np.nan_to_num(values) * known).sum(axis=1)
    score: Floats = np.divide(total, coverage, out=np.full(len(values), np.nan), where=coverage > 0)
    return score, coverage


def classes(kept: Kept, score: Floats, coverage: Floats) -> Integers:
    """Return what to do about each candidate, as a place in `RECOMMENDATIONS`."""
    import numpy as np

    rules = kept.rules
    least = np.array([rules.thresholds[name] for name in RECOMMENDATIONS])
    monitor = RECOMMENDATIONS.index("monitor")
    reached = (np.nan_to_num(score)[:, None] < least).sum(axis=1)
    held = (coverage[:, None] < np.array(rules.least_coverages)).sum(axis=1)
    places = np.maximum.reduce([reached, held, kept.ceilings])
    places = np.where(np.isnan(score), monitor, places)
    found: Integers = np.where(kept.fails, RECOMMENDATIONS.index("decline"), places).astype("int64")
    return found


def _ceilings(candidates: pd.DataFrame, parts: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Return what holds each candidate back whatever it scores: what a perfect score on all data would be decided."""
    import pandas as pd

    from catalynx.decision import recommendations

    bare = candidates.drop(columns=["score", "coverage"], errors="ignore")
    perfect = pd.DataFrame({"score": 1.0, "coverage": 1.0}, index=pd.Index(candidates["candidate_id"]))
    places = {name: place for place, name in enumerate(RECOMMENDATIONS)}
    return recommendations(bare, parts, perfect, applicant, rules).map(places)


def _place(name: str) -> tuple[int, str]:
    ordered = [one for names in GROUPS.values() for one in names]
    return (ordered.index(name) if name in ordered else len(ordered), name)
