"""What would have to change for a recommendation to change: the nearest weights, and the smallest change of each value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catalynx.decision.ranking.compensating import weighted_sum
from catalynx.decision.ranking.criteria import Floats, Truths, criteria_of
from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

BEYOND = 1e-9
"""How far past a threshold a score is brought, so that rounding does not bring it back."""

HALVINGS = 120
FARTHEST = 1e12


@dataclass(frozen=True, slots=True, eq=False)
class Flip:
    """What brings each candidate into another class.

    Attributes
    ----------
    to : the class; None where there is none in this direction, or something else than the score holds it back
    weights : candidates × criteria; the weights nearest to those given (in a straight line) with which it gets there, as shares;
        NaN where no weights do
    distance : how far these are
    values : candidates × criteria; the value which that criterion alone would have to have, also where it is unknown; NaN where
        no value within 0 and 1 does, or the criterion has no weight
    changes : by how much that differs from the value it has; NaN where it is unknown
    """

    to: tuple[str | None, ...]
    weights: Floats
    distance: Floats
    values: Floats
    changes: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Flips:
    """The class that each candidate's score reaches, and what would flip it.

    Attributes
    ----------
    score : weighted mean of what is known
    reached : the class; None where there is no score
    up, down : what brings it into the next better class, and into the next worse
    """

    score: Floats
    reached: tuple[str | None, ...]
    up: Flip
    down: Flip


def what_would_flip(
    values: ArrayLike, weights: ArrayLike, thresholds: Mapping[str, float], *, at_most: Sequence[str | None] | None = None
) -> Flips:
    """Find the smallest changes that bring each candidate into the next class, up and down.

    Parameters
    ----------
    values, weights : as `catalynx.decision.ranking.ranked` takes them
    thresholds : class → least score, best first, as ``Rules.thresholds``
    at_most : the best class that each candidate may have whatever its score, None where nothing holds it back

    Raises
    ------
    BadParameter
    """
    asked = criteria_of(values, weights)
    names, levels = _classes(thresholds)
    score = weighted_sum(asked.values, asked.weights)
    ceiling = _ceilings(at_most, names, len(score))
    known = np.isfinite(score)
    # The first class whose threshold the score reaches; the last one takes what reaches none.
    by_score = np.minimum((score[:, None] < levels).sum(axis=1), len(names) - 1)
    place = np.maximum(by_score, ceiling)
    better = np.where(known & (place > ceiling), place - 1, -1)
    worse = np.where(known & (place + 1 < len(names)), place + 1, -1)
    up_level = np.where(better >= 0, levels[better], np.nan)
    down_level = np.where(worse >= 0, levels[place], np.nan)
    weight = np.broadcast_to(asked.weights, asked.values.shape)
    return Flips(
        score,
        _named(np.where(known, place, -1), names),
        _flip(asked.values, weight, up_level, 1.0, _named(better, names)),
        _flip(asked.values, weight, down_level, -1.0, _named(worse, names)),
    )


def _classes(thresholds: Mapping[str, float]) -> tuple[list[str], Floats]:
    names, levels = list(thresholds), np.array(list(thresholds.values()), dtype="float64")
    if not names or not (np.isfinite(levels).all() and (np.diff(levels) <= 0).all()):
        raise BadParameter("thresholds", dict(thresholds), "classes with the least score of each, best first")
    return names, levels


def _ceilings(at_most: Sequence[str | None] | None, names: list[str], count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if at_most is None:
        return np.zeros(count, dtype=np.int64)
    if len(at_most) != count:
        raise BadParameter("the length of at_most", len(at_most), f"{count}, one a candidate")
    for name in at_most:
        if name is not None and name not in names:
            raise BadParameter("at_most", name, f"one of {', '.join(names)}, or None")
    return np.array([0 if name is None else names.index(name) for name in at_most], dtype=np.int64)


def _named(places: np.ndarray[tuple[int], np.dtype[np.int64]], names: list[str]) -> tuple[str | None, ...]:
    return tuple(None if place < 0 else names[place] for place in places)


def _flip(values: Floats, weights: Floats, level: Floats, sign: float, to: tuple[str | None, ...]) -> Flip:
    """Find what brings scores to a level: up to it and beyond (sign 1), or below it (−1)."""
    goal = level + sign * BEYOND
    gain = sign * (values - goal[:, None])
    nearest = _nearest(weights, np.where(np.isnan(gain), 0.0, gain))
    alone = _alone(values, weights, goal, sign)
    return Flip(to, nearest, np.sqrt(((nearest - weights) ** 2).sum(axis=1)), alone, alone - values)


def _alone(values: Floats, weights: Floats, goal: Floats, sign: float) -> Floats:
    """Return the value that each criterion alone would have to have for the score to reach its goal."""
    known = ~np.isnan(values)
    had = np.where(known, weights, 0.0)
    others_weight = had.sum(axis=1, keepdims=True) - had
    others = (had * np.where(known, values, 0.0)).sum(axis=1, keepdims=True) - had * np.where(known, values, 0.0)
    needed = np.full(values.shape, np.nan)
    np.divide(goal[:, None] * (others_weight + weights) - others, weights, out=needed, where=weights > 0)
    needed[~((needed >= 0) & (needed <= 1))] = np.nan
    return needed


def _nearest(weights: Floats, gain: Floats) -> Floats:
    """Return the weights nearest to those given whose sum of weight × gain is not negative; NaN where there are none.

    They are given + pull × gain brought back to shares, where the pull is the smallest that suffices: the sum grows with it.
    """
    found = np.full(weights.shape, np.nan)
    can = np.flatnonzero((gain.max(axis=1, initial=-np.inf) > 0) & (weights.sum(axis=1) > 0))
    if not can.size:
        return found
    start, worth = weights[can], gain[can]

    def reached(pull: Floats) -> tuple[Floats, Truths]:
        shares = _shares(start + pull[:, None] * worth)
        return shares, (shares * worth).sum(axis=1) >= 0

    low, high = np.full(len(can), 1 / FARTHEST), np.full(len(can), FARTHEST)
    best, enough = reached(high)
    best[~enough] = np.nan
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        shares, holds = reached(middle)
        best[holds] = shares[holds]
        low, high = np.where(holds, low, middle), np.where(holds, middle, high)
        if (high - low <= 1e-12 * high).all():
            break
    found[can] = best
    return found


def _shares(given: Floats) -> Floats:
    """Return the nearest rows that are not negative and sum to 1.

    References
    ----------
    Held, M., Wolfe, P. and Crowder, H. P. (1974). Validation of subgradient optimization. Mathematical Programming 6, 62–88.
    """
    falling = -np.sort(-given, axis=1)
    excess = (np.cumsum(falling, axis=1) - 1) / np.arange(1, given.shape[1] + 1)
    kept = (falling > excess).sum(axis=1)
    return np.maximum(given - np.take_along_axis(excess, kept[:, None] - 1, axis=1), 0.0)
