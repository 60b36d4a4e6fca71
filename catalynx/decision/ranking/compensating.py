"""Weighted sum and TOPSIS: methods in which a strength makes up for a weakness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catalynx.decision.ranking.criteria import Criteria, Floats, criteria_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def weighted_sum(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Return the weighted mean of each candidate's known values, within 0 and 1; NaN where none has a weight.

    Raises
    ------
    BadParameter

    References
    ----------
    Fishburn, P. C. (1967). Additive utilities with incomplete product sets. Operations Research 15(3), 537–542.
    """
    asked = criteria_of(values, weights)
    if asked.complete and asked.weights.ndim == 1:
        return asked.values @ asked.weights
    weight = np.broadcast_to(asked.weights, asked.values.shape)
    if not asked.complete:
        known = ~np.isnan(asked.values)
        weight = weight * known
        value = np.where(known, asked.values, 0.0)
    else:
        value = asked.values
    whole = weight.sum(axis=1)
    return _divided((value * weight).sum(axis=1), whole)


def topsis(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Return how near each candidate is to the best of every criterion, and how far from the worst, within 0 and 1.

    Best and worst are those among the candidates; values are compared as they are, as all are within 0 and 1. A candidate
    that is at the best of all it knows has 1, even where best and worst are the same, as with one candidate.

    Raises
    ------
    BadParameter

    References
    ----------
    Hwang, C.-L. and Yoon, K. (1981). Multiple Attribute Decision Making. Springer.
    """
    asked = criteria_of(values, weights)
    if not asked.values.size:
        return np.empty(0)
    from_best, from_worst = _distances(asked)
    both = from_best + from_worst
    if both.min() > 0:
        return from_worst / both
    counts = (asked.weights > 0) & ~np.isnan(asked.values)
    closeness = np.where(counts.any(axis=1), 1.0, np.nan)
    np.divide(from_worst, both, out=closeness, where=both > 0)
    return closeness


def _distances(asked: Criteria) -> tuple[Floats, Floats]:
    """Return the distance of each candidate from the best and from the worst; unknown criteria have none."""
    if asked.complete:
        best, worst = asked.values.max(axis=0), asked.values.min(axis=0)
        below, above = best - asked.values, asked.values - worst
    else:
        known = ~np.isnan(asked.values)
        best = np.where(known, asked.values, -np.inf).max(axis=0)
        worst = np.where(known, asked.values, np.inf).min(axis=0)
        below = np.where(known, best - asked.values, 0.0)
        above = np.where(known, asked.values - worst, 0.0)
    below *= asked.weights
    above *= asked.weights
    return np.sqrt(np.einsum("ij,ij->i", below, below)), np.sqrt(np.einsum("ij,ij->i", above, above))


def _divided(total: Floats, whole: Floats) -> Floats:
    score = np.full(total.shape, np.nan)
    return np.divide(total, whole, out=score, where=whole > 0)
