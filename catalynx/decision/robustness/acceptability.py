"""Stochastic multicriteria acceptability analysis: the places a candidate takes when weights and scores vary in their ranges."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from catalynx.decision.ranking.criteria import Floats, checked_values
from catalynx.decision.robustness.certainty import Ranges, always_in_top, extremes, never_in_top
from catalynx.decision.robustness.drawing import Draws, Group, Small
from catalynx.decision.robustness.weight_ranges import checked_ranges, draw_weights
from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

type Integers = np.ndarray[Any, np.dtype[np.int64]]

CELLS_AT_ONCE = 1 << 16
"""Scores drawn together: a quarter of a megabyte, which stays in the processor's cache."""
MOST_CELLS = 4_000_000
"""Cells of rank_acceptability at most: all places of 2,000 candidates, the first of more."""
MOST_COUNTED = 1 << 21
PAIRED = 50
MOST_WEIGHINGS = 64
"""Different ranges of weights among the candidates: tracks, and which criteria can be asked of whom."""


@dataclass(frozen=True, slots=True, eq=False)
class Acceptability:
    """How the places spread over the draws.

    Attributes
    ----------
    rank_acceptability : candidates × places; share of the draws in which the candidate has the place. Equals share the better
        one. NaN for a candidate of which nothing is known that has a weight. Beyond 2,000 candidates only the first places.
    central_weights : candidates × criteria; mean of the weights that make the candidate the first, NaN where none do
    compared : rows that `pairwise` compares, best first by the middle of all ranges
    pairwise : share of the draws in which the row is above the column, equals counting half; NaN on the diagonal
    in_top : share of the draws in which the candidate is among the first `top`
    verdict : whether it stays among them under any weights and scores in the ranges: ``yes`` and ``no`` are proven, otherwise
        ``in x %`` of the draws; ``unknown`` where nothing is known
    samples, top : draws made, places that count as the top

    Notes
    -----
    A share out of 10,000 draws is right within 0.01 in 19 of 20 cases.
    """

    rank_acceptability: Floats
    central_weights: Floats
    compared: Integers
    pairwise: Floats
    in_top: Floats
    verdict: tuple[str, ...]
    samples: int
    top: int


def acceptability(
    low: ArrayLike,
    high: ArrayLike,
    weight_low: ArrayLike,
    weight_high: ArrayLike,
    *,
    samples: int = 10_000,
    top: int = 10,
    seed: int = 0,
    paired: int = PAIRED,
) -> Acceptability:
    """Draw weights and scores from their ranges, rank by weighted sum each time, and count.

    Parameters
    ----------
    low, high : ranges of the values, candidates × criteria, within 0 and 1; NaN in both where unknown (then the weights of what
        is known are shared out anew), or 0 and 1 for "it could be anything"
    weight_low, weight_high : ranges of the weights as shares, one a criterion, or candidates × criteria where tracks weigh
        differently: candidates with the same ranges get the same weights in a draw
    samples : draws
    top : how many places count as the top
    seed : chooses the draws; the same seed gives the same answer
    paired : how many of the first candidates are compared by pairs

    Raises
    ------
    BadParameter

    References
    ----------
    Lahdelma, R. and Salminen, P. (2001). SMAA-2: Stochastic multicriteria acceptability analysis for group decision making.
    Operations Research 49(3), 444–454.
    """
    for name, value, least in (("samples", samples, 1), ("top", top, 1), ("seed", seed, 0), ("paired", paired, 0)):
        if not isinstance(value, int) or value < least:
            raise BadParameter(name, value, f"a whole number of at least {least}")
    ranges = _ranges(low, high, weight_low, weight_high)
    count, width = ranges.low.shape
    places = min(count, max(top, MOST_CELLS // max(count, 1)))
    order, bounds = _by_weights(ranges)
    chance = np.random.Generator(np.random.SFC64(seed))
    groups = [
        Group(slice(start, end), draw_weights(*ranges.weights_of(int(order[start])), samples, chance))
        for start, end in pairwise(bounds)
    ]
    compared = _compared(ranges, order)[:paired]
    found = _count(ranges.of(order), groups, places, compared, samples, chance)
    taken, central = np.full((count, places), np.nan), np.full((count, width), np.nan)
    taken[order], central[order] = found.taken / samples, found.central
    in_top = taken[:, :top].sum(axis=1)
    verdict = _verdicts(ranges, in_top, order[compared], top)
    return Acceptability(taken, central, order[compared], _pairwise(found.scores), in_top, verdict, samples, top)


def _ranges(low: ArrayLike, high: ArrayLike, weight_low: ArrayLike, weight_high: ArrayLike) -> Ranges:
    lows, highs = checked_values(low, "low"), checked_values(high, "high")
    if lows.shape != highs.shape:
        raise BadParameter("the shape of high", highs.shape, f"that of low, {lows.shape}")
    for row, column in np.argwhere(~(lows <= highs) & ~(np.isnan(lows) & np.isnan(highs))):
        ends = float(lows[row, column]), float(highs[row, column])
        raise BadParameter(f"low[{row}, {column}], high[{row}, {column}]", ends, "a range, or NaN in both where unknown")
    return Ranges(lows, highs, *checked_ranges(weight_low, weight_high, lows.shape))


def _by_weights(ranges: Ranges) -> tuple[Integers, list[int]]:
    """Return the rows of which anything counts, those with the same ranges of weights together, and where each group ends."""
    counts = np.flatnonzero(ranges.counts().any(axis=1))
    if not counts.size:
        return counts, []
    if ranges.weight_low.ndim == 1:
        return counts, [0, len(counts)]
    both = np.concatenate([ranges.weight_low, ranges.weight_high], axis=1)[counts]
    _, group = np.unique(both, axis=0, return_inverse=True)
    if group.max() >= MOST_WEIGHINGS:
        raise BadParameter(
            "the number of different rows of weight_low and weight_high", int(group.max()) + 1, f"at most {MOST_WEIGHINGS}"
        )
    order = np.argsort(group, kind="stable")
    return counts[order], [int(start) for start in np.searchsorted(group[order], range(int(group.max()) + 2))]


def _compared(ranges: Ranges, order: Integers) -> Integers:
    """Return positions in `order`, the best first by the middle of all ranges."""
    from catalynx.decision.ranking.compensating import weighted_sum

    if not order.size:
        return order
    middle = weighted_sum((ranges.low + ranges.high) / 2, (ranges.weight_low + ranges.weight_high) / 2)
    return np.argsort(-middle[order], kind="stable")


def _count(
    ranges: Ranges, groups: list[Group], places: int, compared: Integers, samples: int, chance: np.random.Generator
) -> _Counted:
    """Draw stretch by stretch and add up: places taken, who was first, scores of those compared."""
    count = len(ranges.low)
    taken = np.zeros(count * places, dtype=np.int64)
    scores = np.empty((len(compared), samples), dtype=np.float32)
    if not count:
        return _Counted(taken.reshape(count, places), np.empty(ranges.low.shape), scores)
    draws = Draws(ranges, groups, chance)
    step = max(1, CELLS_AT_ONCE // count)
    kept = min(places, count)
    cells = np.empty((max(step, min(samples, MOST_COUNTED // kept)), kept), dtype=np.int64)
    filled, late = 0, [np.empty(0, dtype=np.int64)]
    firsts: list[tuple[Integers, Integers]] = []
    for start in range(0, samples, step):
        end = min(start + step, samples)
        score = draws.scores(start, end)
        scores[:, start:end] = score[:, compared].T
        who, shared = _placed(score)
        if filled + len(who) > len(cells):
            taken += np.bincount(cells[:filled].ravel(), minlength=count * places)
            filled = 0
        stretch = cells[filled : filled + len(who)]
        stretch[:] = who[:, :kept]
        late.append(shared.fill(stretch, places))
        filled += len(who)
        firsts += [(np.arange(start, end), who[:, 0].astype(np.int64)), (start + shared.draws[shared.first[0]], shared.first[1])]
    for counted in (cells[:filled].ravel(), np.concatenate(late)):
        taken += np.bincount(counted, minlength=count * places)
    return _Counted(taken.reshape(count, places), _central(groups, firsts, ranges.low.shape), scores)


class _Counted(NamedTuple):
    """Draws in which a candidate takes a place, mean weights of the first, and scores of those compared."""

    taken: Integers
    central: Floats
    scores: Small


class _Shared(NamedTuple):
    """Draws in which candidates have equal scores: which they are, who stands where, and the place that they have."""

    draws: Integers
    who: Integers
    place: Integers

    def fill(self, cells: Integers, places: int) -> Integers:
        """Turn who stands first, second … into cells of candidates × places that count up, in place; equals share a place.

        Returns
        -------
        cells of those who share one of the last places, but stand behind it
        """
        kept = cells.shape[1]
        cells *= places
        cells += np.arange(kept)
        equals = self.who * places + self.place
        cells[self.draws] = equals[:, :kept]
        return equals[:, kept:][self.place[:, kept:] < places]

    @property
    def first(self) -> tuple[Integers, Integers]:
        """Return who shares the first place without standing there: the row among these draws, and the candidate."""
        row, column = np.nonzero(self.place == 0)
        return row[column > 0], self.who[row, column][column > 0]


def _placed(score: Small) -> tuple[Integers, _Shared]:
    """Return for each draw who stands first, second …, and the draws with equals.

    Scores are not negative, so that their bits sort as they do: with the candidate's number behind the bits, whole numbers are
    sorted, which is several times as fast as sorting the numbers of the candidates by score.
    """
    keys = np.empty(score.shape, dtype="<u8")
    halves = keys.view("<u4").reshape(*score.shape, 2)
    halves[..., 0] = np.arange(score.shape[1])
    np.invert(score.view(np.uint32), out=halves[..., 1])
    keys.sort(axis=1)
    who, bits = halves[..., 0], halves[..., 1]
    equal = bits[:, 1:] == bits[:, :-1]
    with_equals = np.flatnonzero(equal.any(axis=1))
    place = np.zeros((len(with_equals), score.shape[1]), dtype=np.int64)
    place[:, 1:] = np.where(equal[with_equals], 0, np.arange(1, score.shape[1]))
    return who, _Shared(with_equals, who[with_equals].astype(np.int64), np.maximum.accumulate(place, axis=1))


def _central(groups: list[Group], firsts: list[tuple[Integers, Integers]], shape: tuple[int, ...]) -> Floats:
    """Return the mean of the weights with which each candidate is the first; NaN where it never is."""
    draw, who = (np.concatenate(parts) for parts in zip(*firsts, strict=True))
    central = np.full(shape, np.nan)
    for group in groups:
        inside = (who >= group.rows.start) & (who < group.rows.stop)
        times = np.bincount(who[inside], minlength=shape[0])
        won = np.flatnonzero(times)
        for criterion, weight in enumerate(group.weights.T):
            central[won, criterion] = np.bincount(who[inside], weight[draw[inside]], shape[0])[won] / times[won]
    return central


def _pairwise(scores: Small) -> Floats:
    count, samples = scores.shape
    share = np.full((count, count), np.nan)
    for row in range(count):
        for column in range(row):
            more = np.count_nonzero(scores[row] > scores[column])
            less = np.count_nonzero(scores[row] < scores[column])
            share[row, column] = (more + (samples - more - less) / 2) / samples
            share[column, row] = 1 - share[row, column]
    return share


def _verdicts(ranges: Ranges, in_top: Floats, compared: Integers, top: int) -> tuple[str, ...]:
    """Say yes or no where that is proven, elsewhere in which share of the draws."""
    told = ["unknown" if np.isnan(share) else f"in {_percent(share)} %" for share in in_top]
    bounds = extremes(ranges)
    for row in always_in_top(ranges, bounds, np.flatnonzero(in_top == 1), top):
        told[row] = "yes"
    for row in never_in_top(ranges, bounds, np.flatnonzero(in_top == 0), compared, top):
        told[row] = "no"
    return tuple(told)


def _percent(share: float) -> str:
    """Round to whole percent, but neither up to all nor down to nothing."""
    if 0 < share < 0.01:
        return "less than 1"
    return "more than 99" if 0.99 < share < 1 else f"{100 * share:.0f}"
