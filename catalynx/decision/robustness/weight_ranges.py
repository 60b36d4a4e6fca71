"""Weights of which only ranges are known: vectors within them that sum to 1, drawn evenly, and the least that they can give."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from catalynx.decision.ranking.criteria import Floats, numbers
from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SWEEPS = 5
"""How often each pair of weights trades before a vector counts as drawn; the pairs are many, so that this forgets the start."""

WORTH_REJECTING = 0.2


def checked_ranges(low: ArrayLike, high: ArrayLike, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return ranges of weights as shares of 1: one a criterion, or candidates × criteria.

    Raises
    ------
    BadParameter : when a range is empty or negative, or no weights within the ranges sum to 1
    """
    lows, highs = numbers(low, "weight_low"), numbers(high, "weight_high")
    for name, given in (("weight_low", lows), ("weight_high", highs)):
        if given.shape not in {(shape[1],), shape}:
            raise BadParameter(
                f"the shape of {name}", given.shape, f"({shape[1]},), one a criterion, or {shape}, one row a candidate"
            )
    if lows.shape != highs.shape:
        raise BadParameter("the shape of weight_high", highs.shape, f"that of weight_low, {lows.shape}")
    for place in map(tuple, np.argwhere(~((lows >= 0) & (lows <= highs) & (highs <= 1))).tolist()):
        index = ", ".join(map(str, place))
        raise BadParameter(
            f"weight_low[{index}], weight_high[{index}]", (float(lows[place]), float(highs[place])), "a range within 0 and 1"
        )
    _check_sums(np.atleast_2d(lows), np.atleast_2d(highs))
    return lows, highs


def _check_sums(lows: Floats, highs: Floats) -> None:
    # A candidate that nothing is asked of has no weights at all.
    asked = highs.max(axis=1, initial=0.0) > 0
    if len(asked) and not asked.any():
        raise BadParameter("weight_high", highs[0].tolist(), "above 0 for at least one criterion")
    for row in np.flatnonzero(asked & ((lows.sum(axis=1) > 1 + 1e-9) | (highs.sum(axis=1) < 1 - 1e-9))):
        sums = float(lows[row].sum()), float(highs[row].sum())
        raise BadParameter(
            "the sums of weight_low and weight_high", sums, "at most 1 and at least 1, so that weights within sum to 1"
        )


def draw_weights(low: Floats, high: Floats, samples: int, chance: np.random.Generator) -> Floats:
    """Draw weight vectors evenly from all that sum to 1 within their ranges.

    Where the ranges leave most vectors in, those drawn outside are thrown away; where they are tight, each vector starts inside
    and pairs of its weights trade a random amount, over and over, which leaves all vectors equally likely.

    Returns
    -------
    samples × criteria
    """
    spare, room = 1 - low.sum(), high - low
    free = np.flatnonzero(room > 0)
    drawn = np.tile(low, (samples, 1))
    if spare <= 0 or not free.size:
        return drawn
    kept, tried = np.empty((0, free.size)), 0
    while len(kept) < samples:
        batch = spare * chance.dirichlet(np.ones(free.size), size=max(samples - len(kept), 1000))
        inside = batch[(batch <= room[free]).all(axis=1)]
        tried += len(batch)
        kept = np.concatenate([kept, inside])[:samples]
        if len(kept) < samples and len(kept) < WORTH_REJECTING * tried:
            kept = _traded(spare, room[free], samples, chance)
    drawn[:, free] += kept
    return drawn


def _traded(spare: float, room: Floats, samples: int, chance: np.random.Generator) -> Floats:
    # One row a criterion: a trade goes along rows.
    amounts = np.repeat((room * (spare / room.sum()))[:, None], samples, axis=1)
    pairs = list(combinations(range(len(room)), 2))
    for _ in range(SWEEPS):
        for place in chance.permutation(len(pairs)):
            one, other = pairs[place]
            both = amounts[one] + amounts[other]
            least = np.maximum(both - room[other], 0.0)
            most = np.minimum(both, room[one])
            amounts[one] = least + chance.random(samples) * (most - least)
            amounts[other] = both - amounts[one]
    return amounts.T


def least_sum(worth: Floats, low: Floats, high: Floats) -> Floats:
    """Return the smallest weighted sum of each row of `worth` under any weights within their ranges that sum to 1.

    Parameters
    ----------
    worth : rows × criteria
    low, high : one a criterion, or as `worth`
    """
    order = np.argsort(worth, axis=1)
    room = np.take_along_axis(np.broadcast_to(high - low, worth.shape), order, axis=1)
    spare = 1 - np.broadcast_to(low, worth.shape).sum(axis=1, keepdims=True)
    # What is left goes to the criterion that is worth least, as far as its range allows, then to the next.
    given = np.clip(spare - (np.cumsum(room, axis=1) - room), 0.0, room)
    return (low * worth).sum(axis=1) + (given * np.take_along_axis(worth, order, axis=1)).sum(axis=1)
