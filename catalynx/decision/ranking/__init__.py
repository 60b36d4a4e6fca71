"""Criteria → order: four methods to rank candidates by many criteria, and two to find the weights.

``values`` has one row a candidate and one column a criterion, within 0 and 1, higher is better, NaN where nobody knows.
``weights`` has one number a criterion, or one row a candidate where tracks weigh differently; each row counts by its shares.
Only what is known counts: weights are shared out anew among the criteria that a candidate, or both of a pair, know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalynx.errors import BadParameter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

METHODS = ("weighted sum", "topsis", "promethee", "electre")
"""How to rank; the first is usual."""


def ranked(method: str, values: ArrayLike, weights: ArrayLike) -> np.ndarray[Any, Any]:
    """Score candidates by one of the `METHODS`.

    Parameters
    ----------
    method : "weighted sum", "topsis", "promethee" (PROMETHEE II, usual preference) or "electre" (ELECTRE II)
    values : candidates × criteria, within 0 and 1, NaN where unknown
    weights : one a criterion, or candidates × criteria; at least 0 each

    Returns
    -------
    one score a candidate, higher is better; NaN where nothing is known that has a weight (or, when pairs are compared, nothing
    that any other candidate knows too). Weighted sum, TOPSIS and ELECTRE stay within 0 and 1, PROMETHEE within −1 and 1.

    Raises
    ------
    BadParameter
    """
    from catalynx.decision.ranking.compensating import topsis, weighted_sum
    from catalynx.decision.ranking.electre import electre
    from catalynx.decision.ranking.promethee import promethee

    known = dict(zip(METHODS, (weighted_sum, topsis, promethee, electre), strict=True))
    if method not in known:
        raise BadParameter("method", method, f"one of {', '.join(METHODS)}")
    return known[method](values, weights)


def places(scores: ArrayLike) -> np.ndarray[Any, Any]:
    """Return each candidate's place, 1 for the highest score; equals share the better place, NaN stays NaN."""
    import numpy as np

    score = np.asarray(scores, dtype="float64")
    known = np.isfinite(score)
    ascending = np.sort(score[known])
    place = np.full(score.shape, np.nan)
    place[known] = 1 + len(ascending) - np.searchsorted(ascending, score[known], side="right")
    return place


__all__ = ["METHODS", "places", "ranked"]
