"""Weights out of what people say: comparison by pairs (AHP), swing weights, and weights of groups shared out in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from catalynx.decision.ranking.criteria import Floats, numbers
from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Mean inconsistency of random comparisons of 1, 2 … 15 things: Saaty, T. L. (1980), The Analytic Hierarchy Process."""

CONSISTENT_UP_TO = 0.10
"""A consistency ratio above this asks for the comparisons to be looked at again (Saaty 1980)."""


def pairwise_weights(matrix: ArrayLike) -> tuple[Floats, float]:
    """Return weights out of comparisons by pairs, and how consistent these are.

    Parameters
    ----------
    matrix : how many times the row counts as much as the column, usually 1/9 to 9; of each pair one side may be NaN, and the
        diagonal too

    Returns
    -------
    weights that sum to 1 (the principal eigenvector), and the consistency ratio: 0 when comparisons agree wholly, above
    `CONSISTENT_UP_TO` when they should be looked at again

    Raises
    ------
    BadParameter : when it is not square, not positive, not reciprocal, or compares more than 15 things
    """
    given = numbers(matrix, "matrix")
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not 1 <= len(given) <= len(RANDOM_INDEX):
        raise BadParameter("the shape of matrix", given.shape, f"square, for 1 to {len(RANDOM_INDEX)} things")
    full = _completed(given)
    found, vectors = np.linalg.eig(full)
    largest = int(np.argmax(found.real))
    vector = np.abs(vectors[:, largest].real)
    count = len(full)
    if RANDOM_INDEX[count - 1] == 0:
        return vector / vector.sum(), 0.0
    index = (found[largest].real - count) / (count - 1)
    return vector / vector.sum(), max(0.0, float(index / RANDOM_INDEX[count - 1]))


def _completed(given: Floats) -> Floats:
    """Fill what is left open by its counterpart, and refuse what cannot be."""
    full = given.copy()
    np.fill_diagonal(full, np.where(np.isnan(np.diag(full)), 1.0, np.diag(full)))
    for row, column in np.argwhere(~np.isnan(full) & ~((full > 0) & np.isfinite(full))):
        raise BadParameter(f"matrix[{row}, {column}]", float(full[row, column]), "a number above 0")
    full = np.where(np.isnan(full), 1 / full.T, full)
    for row, column in np.argwhere(np.isnan(full)):
        raise BadParameter(f"matrix[{row}, {column}]", None, "known from at least one side")
    for row, column in np.argwhere(np.abs(full * full.T - 1) > 0.01):
        expected = f"1 / matrix[{column}, {row}], which is {1 / full[column, row]:.4g}" if row != column else "1"
        raise BadParameter(f"matrix[{row}, {column}]", float(full[row, column]), expected)
    return full


def swing_weights(points: ArrayLike) -> Floats:
    """Return weights out of points given to the swing of each criterion from worst to best, usually 100 for the largest.

    Raises
    ------
    BadParameter : when one is negative or unknown, or none is above 0

    References
    ----------
    von Winterfeldt, D. and Edwards, W. (1986). Decision Analysis and Behavioral Research. Cambridge University Press.
    """
    given = numbers(points, "points")
    if given.ndim != 1 or not given.size:
        raise BadParameter("the shape of points", given.shape, "one number a criterion")
    for place in np.flatnonzero(~(np.isfinite(given) & (given >= 0))):
        raise BadParameter(f"points[{place}]", float(given[place]), "a number of at least 0")
    if given.max() <= 0:
        raise BadParameter("points", given.tolist(), "such that at least one is above 0")
    shares = given / given.max()
    return shares / shares.sum()


def shared_out(groups: Mapping[str, float], within: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Share the weights of groups out among their criteria.

    Parameters
    ----------
    groups : group → weight
    within : group → criterion → weight among those of its group

    Returns
    -------
    criterion → weight; they sum to 1. A group of weight 0 leaves its criteria 0.

    Raises
    ------
    BadParameter : when the groups differ, a criterion stands in two, or weights cannot be used
    """
    if groups.keys() != within.keys():
        raise BadParameter("within", sorted(within), f"for the groups {', '.join(sorted(groups))}")
    found: dict[str, float] = {}
    of_groups = swing_weights(list(groups.values()))
    for name, share in zip(groups, of_groups, strict=True):
        among = within[name]
        for criterion, part in zip(among, swing_weights(list(among.values())), strict=True):
            if criterion in found:
                raise BadParameter("within", criterion, "in one group only")
            found[criterion] = float(share * part)
    return found
