"""Weighted sum and TOPSIS: methods in which a strength makes up for a weakness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catalynx.decision.ranking.criteria import Floats, checked_shares, criteria_of, numbers

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
    matrix = numbers(values, "values")
    if matrix.ndim == 2 and matrix.size:
        # One row a criterion: whether all is known and within 0 and 1 is then seen from its best and its worst.
        columns = np.ascontiguousarray(matrix.T)
        best, worst = columns.max(axis=1), columns.min(axis=1)
        if worst.min() >= 0 and best.max() <= 1 and np.ndim(weights) == 1:
            return _closeness_of_complete(columns, best, worst, checked_shares(weights, matrix.shape))
    asked = criteria_of(matrix, weights)
    if not asked.values.size:
        return np.empty(0)
    known = ~np.isnan(asked.values)
    best = np.where(known, asked.values, -np.inf).max(axis=0)
    worst = np.where(known, asked.values, np.inf).min(axis=0)
    below = np.where(known, best - asked.values, 0.0) * asked.weights
    above = np.where(known, asked.values - worst, 0.0) * asked.weights
    closeness = _closeness((below * below).sum(axis=1), (above * above).sum(axis=1))
    closeness[~((asked.weights > 0) & known).any(axis=1)] = np.nan
    return closeness


def _closeness_of_complete(columns: Floats, best: Floats, worst: Floats, weights: Floats) -> Floats:
    squared = weights * weights
    below, above = best[:, None] - columns, columns - worst[:, None]
    return _closeness(squared @ np.square(below, out=below), squared @ np.square(above, out=above))


def _closeness(below: Floats, above: Floats) -> Floats:
    """Return closeness out of squared distances from the best and from the worst; 1 where there is neither."""
    from_best, from_worst = np.sqrt(below, out=below), np.sqrt(above, out=above)
    both = from_best + from_worst
    if both.min() > 0:
        return from_worst / both
    return np.divide(from_worst, both, out=np.ones(both.shape), where=both > 0)


def _divided(total: Floats, whole: Floats) -> Floats:
    score = np.full(total.shape, np.nan)
    return np.divide(total, whole, out=score, where=whole > 0)
