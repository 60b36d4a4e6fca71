"""What a ranking method may be handed: values within 0 and 1 or unknown, weights that are not negative and not all 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

type Floats = np.ndarray[Any, np.dtype[np.float64]]
type Truths = np.ndarray[Any, np.dtype[np.bool_]]


class Criteria(NamedTuple):
    """Values and weights that were looked at.

    Attributes
    ----------
    values : candidates × criteria
    weights : shares; one a criterion, or candidates × criteria where a candidate on which nothing counts has zeros
    complete : whether every value is known
    """

    values: Floats
    weights: Floats
    complete: bool

    def counted(self) -> Floats:
        """Return the values that count when candidates are compared: NaN where one is unknown, or has no weight for it."""
        return np.where(self.weights > 0, self.values, np.nan)


def criteria_of(values: ArrayLike, weights: ArrayLike) -> Criteria:
    """Look at values and weights and turn the weights into shares.

    Raises
    ------
    BadParameter : naming the value and where it stands
    """
    matrix = checked_values(values, "values")
    shares = checked_shares(weights, matrix.shape)
    # The sum is NaN when any value is; that is quicker to see than each NaN.
    return Criteria(matrix, shares, bool(np.isfinite(matrix.sum())))


def numbers(given: ArrayLike, name: str) -> Floats:
    """Return what was handed in as an array of floats.

    Raises
    ------
    BadParameter
    """
    try:
        return np.asarray(given, dtype="float64")
    except (TypeError, ValueError):
        raise BadParameter(name, given, "numbers, NaN where unknown") from None


def checked_values(values: ArrayLike, name: str) -> Floats:
    """Return candidates × criteria within 0 and 1, or NaN.

    Raises
    ------
    BadParameter
    """
    matrix = numbers(values, name)
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise BadParameter(f"the shape of {name}", matrix.shape, "candidates × criteria, with at least one criterion")
    if not matrix.size or (matrix.min() >= 0 and matrix.max() <= 1):
        return matrix
    outside = (matrix < 0) | (matrix > 1)
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise BadParameter(f"{name}[{row}, {column}]", float(matrix[row, column]), "within 0 and 1, or NaN where unknown")
    return matrix


def checked_shares(weights: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Return weights as shares of their sum, by row where there are rows.

    Raises
    ------
    BadParameter
    """
    given = numbers(weights, "weights")
    if given.shape != (shape[1],) and given.shape != shape:
        raise BadParameter(
            "the shape of weights", given.shape, f"({shape[1]},), one a criterion, or {shape}, one row a candidate"
        )
    if not given.size:
        return given
    total = given.sum(axis=-1, keepdims=True)
    if given.min() >= 0 and np.isfinite(total).all():
        if given.ndim == 1 and total[0] > 0:
            return given / total
        if given.ndim == 2 and total.max() > 0:
            return given / np.where(total > 0, total, 1.0)
        raise BadParameter("weights", given.ravel()[:8].tolist(), "such that at least one is above 0")
    wrong = ~(np.isfinite(given) & (given >= 0))
    if not wrong.any():
        raise BadParameter("the sum of weights", float(total.max()), "a number that can be written down; use smaller weights")
    place = tuple(np.argwhere(wrong)[0].tolist())
    raise BadParameter(f"weights[{', '.join(map(str, place))}]", float(given[place]), "a number of at least 0")


def known_weights(known: Truths, weights: Floats) -> Floats:
    """Return for each pair of candidates the weight of the criteria that both know.

    Where candidates weigh differently, a pair's weights are the mean of both.
    """
    has = known.astype("float64")
    one_sided = (has * weights) @ has.T
    return one_sided if weights.ndim == 1 else (one_sided + one_sided.T) / 2
