"""PROMETHEE II: how much more each candidate is preferred to the others than they are to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catalynx.decision.ranking.criteria import Criteria, Floats, Truths, criteria_of, known_weights
from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

ROWS_AT_ONCE = 128


def promethee(values: ArrayLike, weights: ArrayLike, *, indifference: float = 0.0, preference: float = 0.0) -> Floats:
    """Return each candidate's net flow, within −1 and 1.

    Parameters
    ----------
    values, weights : as `ranked` takes them
    indifference, preference : a difference up to the first counts nothing, from the second on all, linear between (Brans's
        type V); with both 0 any difference counts all (type I, "usual")

    Returns
    -------
    mean over the others of preference for it less preference for them; 0 where it is the only candidate, NaN where it knows
    nothing that another knows too

    Raises
    ------
    BadParameter

    Notes
    -----
    When all is known and the weights are the same for everybody, criteria are sorted, so that n candidates take n log n steps.
    Otherwise all pairs are compared, some rows at a time.

    References
    ----------
    Brans, J.-P. and Vincke, P. (1985). A preference ranking organisation method. Management Science 31(6), 647–656.
    """
    asked = criteria_of(values, weights)
    if not 0 <= indifference <= preference <= 1:
        raise BadParameter("indifference, preference", (indifference, preference), "within 0 and 1, the first at most the second")
    if asked.complete and asked.weights.ndim == 1:
        return _by_sorting(asked, indifference, preference)
    return _by_pairs(asked, indifference, preference)


def _by_sorting(asked: Criteria, indifference: float, preference: float) -> Floats:
    count = len(asked.values)
    flow = np.zeros(count)
    for column, weight in zip(asked.values.T, asked.weights, strict=True):
        if weight > 0:
            flow += weight * (_usual(column) if preference == 0 else _linear(column, indifference, preference))
    return flow / max(count - 1, 1)


def _usual(column: Floats) -> Floats:
    """Return how many others are less, less how many are more."""
    order = np.argsort(column)
    ascending = column[order]
    starts = np.empty(len(column), dtype=bool)
    starts[:1] = True
    np.not_equal(ascending[1:], ascending[:-1], out=starts[1:])
    first = np.flatnonzero(starts)
    after = np.append(first[1:], len(column))
    balance = np.empty(len(column))
    # Equals stand in one run: those before it are less, those after it are more.
    balance[order] = np.repeat((first + after - len(column)).astype("float64"), after - first)
    return balance


def _linear(column: Floats, indifference: float, preference: float) -> Floats:
    ascending = np.sort(column)
    summed = np.concatenate([[0.0], np.cumsum(ascending)])

    def preferred(sign: float) -> Floats:
        """Sum the preference over those on one side: less (1) or more (−1)."""
        side = "left" if sign > 0 else "right"
        near = np.searchsorted(ascending, column - sign * indifference, side)  # type: ignore[call-overload]
        far = np.searchsorted(ascending, column - sign * preference, side)  # type: ignore[call-overload]
        whole = (far if sign > 0 else len(column) - far).astype("float64")
        if preference == indifference:
            return whole
        between = sign * (near - far)
        excess = between * (column * sign - indifference) - (summed[near] - summed[far])
        return whole + excess / (preference - indifference)

    return preferred(1.0) - preferred(-1.0)


def _by_pairs(asked: Criteria, indifference: float, preference: float) -> Floats:
    counted = asked.counted()
    known = ~np.isnan(counted)
    shared = known_weights(known, asked.weights)
    np.fill_diagonal(shared, 0.0)
    value = np.ascontiguousarray(np.where(known, counted, 0.0).T)
    # A column of weights that is the same for all is spread out, so that one rule serves both.
    weight = np.ascontiguousarray(np.broadcast_to(asked.weights, asked.values.shape).T) * known.T
    flow = np.zeros(len(asked.values))
    for start in range(0, len(flow), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        balance = np.zeros((len(flow[rows]), len(flow)))
        for criterion, knows in enumerate(known.T):
            step = _preference(value[criterion, rows, None] - value[criterion], indifference, preference)
            step *= _pair_weight(weight[criterion], knows, rows)
            balance += step
        np.divide(balance, shared[rows], out=balance, where=shared[rows] > 0)
        balance[shared[rows] <= 0] = 0.0
        flow[rows] = balance.sum(axis=1)
    others = (shared > 0).sum(axis=1)
    return np.where(others > 0, flow / np.maximum(others, 1), _alone(known))


def _pair_weight(weight: Floats, knows: Truths, rows: slice) -> Floats:
    """Return the mean weight of each pair, 0 where one of them does not know."""
    return (weight[rows, None] * knows + knows[rows, None] * weight) / 2


def _preference(difference: Floats, indifference: float, preference: float) -> Floats:
    """Return preference for the first less preference for the second."""
    if preference == 0:
        return np.sign(difference)
    size = np.abs(difference)
    if preference == indifference:
        return np.sign(difference) * (size > preference)
    return np.sign(difference) * np.clip((size - indifference) / (preference - indifference), 0.0, 1.0)


def _alone(known: Truths) -> Floats:
    """Return 0 for the one candidate of which anything is known, if there is but one; NaN for the others."""
    counts = known.any(axis=1)
    return np.where(counts & (counts.sum() == 1), 0.0, np.nan)
