"""What is certain under any weights and values within their ranges, without a draw: proven by the least and the most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from catalynx.decision.ranking.criteria import Floats, Truths
from catalynx.decision.robustness.weight_ranges import least_sum

if TYPE_CHECKING:
    from collections.abc import Iterator

type Integers = np.ndarray[Any, np.dtype[np.int64]]

HALVINGS = 40
NEGLIGIBLE = 1e-9
PAIRS_AT_ONCE = 20_000


class Ranges(NamedTuple):
    """Ranges of values (candidates × criteria) and of weights (one a criterion, or candidates × criteria)."""

    low: Floats
    high: Floats
    weight_low: Floats
    weight_high: Floats

    def of(self, rows: Integers) -> Ranges:
        """Return those of some candidates."""
        if self.weight_low.ndim == 1:
            return Ranges(self.low[rows], self.high[rows], self.weight_low, self.weight_high)
        return Ranges(*(part[rows] for part in self))

    def weights_of(self, row: int) -> tuple[Floats, Floats]:
        """Return the ranges of weights of one candidate."""
        return (self.weight_low, self.weight_high) if self.weight_low.ndim == 1 else (self.weight_low[row], self.weight_high[row])

    def counts(self) -> Truths:
        """Return whether a value is known that may have a weight."""
        return ~np.isnan(self.low) & (self.weight_high > 0)


def extremes(ranges: Ranges) -> tuple[Floats, Floats]:
    """Return the least and the highest score that each candidate can have; NaN where nothing counts."""
    return _least(ranges, ranges.low), 1 - _least(ranges, 1 - ranges.high)


def _least(ranges: Ranges, values: Floats) -> Floats:
    """Return the least weighted mean of what is known.

    Where all is known it is a weighted sum. Otherwise the mean is at least t when the sum of weight × (value − t) is at least 0
    under any weights, and t is halved towards where that ends; the little by which halving may end too high is taken off.
    """
    least = np.full(len(values), np.nan)
    counts = ranges.counts()
    complete = counts.all(axis=1)
    for rows in (np.flatnonzero(complete), np.flatnonzero(counts.any(axis=1) & ~complete)):
        if not rows.size:
            continue
        value, known, (_, _, low, high) = values[rows], counts[rows], ranges.of(rows)
        if known.all():
            least[rows] = least_sum(value, low, high)
            continue
        under, over = np.zeros(len(rows)), np.ones(len(rows))
        for _ in range(HALVINGS):
            middle = (under + over) / 2
            holds = least_sum(np.where(known, value - middle[:, None], 0.0), low, high) >= 0
            under, over = np.where(holds, middle, under), np.where(holds, over, middle)
        least[rows] = under - NEGLIGIBLE
    return np.clip(least, 0, 1)


def always_in_top(ranges: Ranges, bounds: tuple[Floats, Floats], rows: Integers, top: int) -> Iterator[int]:
    """Yield those of `rows` that fewer than `top` others can ever score above."""
    if len(ranges.low) <= top:
        yield from map(int, rows)
        return
    if not rows.size:
        return
    least, most = bounds
    for row in rows:
        rivals = np.flatnonzero((most > least[row]) & (np.arange(len(most)) != row))
        if len(rivals) >= top:
            apart = _apart(ranges, np.full(len(rivals), row), rivals)
            rivals = rivals[~(apart >= -NEGLIGIBLE)]
        if len(rivals) < top:
            yield int(row)


def never_in_top(ranges: Ranges, bounds: tuple[Floats, Floats], rows: Integers, rivals: Integers, top: int) -> Iterator[int]:
    """Yield those of `rows` that at least `top` of the `rivals` always score above."""
    if not rows.size:
        return
    least, most = bounds
    for start in range(0, len(rows), step := max(1, PAIRS_AT_ONCE // max(len(rivals), 1))):
        some = rows[start : start + step]
        above = least[rivals] > most[some, None]
        open_ones = ~above & (above.sum(axis=1, keepdims=True) < top)
        row, rival = np.nonzero(open_ones)
        above[row, rival] = _apart(ranges, rivals[rival], some[row]) > NEGLIGIBLE
        yield from map(int, some[above.sum(axis=1) >= top])


def _apart(ranges: Ranges, better: Integers, worse: Integers) -> Floats:
    """Return by how much each of the first is above its counterpart at least; NaN where weights or knowledge differ."""
    known = ~np.isnan(ranges.low)
    same = known[better].all(axis=1) & known[worse].all(axis=1)
    first, second = ranges.of(better), ranges.of(worse)
    if ranges.weight_low.ndim == 2:
        same &= (first.weight_low == second.weight_low).all(axis=1) & (first.weight_high == second.weight_high).all(axis=1)
    apart = np.full(len(better), np.nan)
    if same.any():
        picked = np.flatnonzero(same)
        first, second = first.of(picked), second.of(picked)
        apart[picked] = least_sum(first.low - second.high, first.weight_low, first.weight_high)
    return apart
