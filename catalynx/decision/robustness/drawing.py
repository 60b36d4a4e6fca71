"""Scores of all candidates, draw by draw: values from their ranges, weighed by weights that were drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from catalynx.decision.ranking.criteria import Floats

if TYPE_CHECKING:
    from catalynx.decision.robustness.certainty import Ranges

type Small = np.ndarray[Any, np.dtype[np.float32]]

TINY = 1e-30
STEPS = 1 << 16
"""Values are drawn in so many steps of their range: four of them come out of one random number."""


class Group(NamedTuple):
    """Candidates that share their ranges of weights: the rows where they stand, and draws × criteria of weights."""

    rows: slice
    weights: Floats


class Draws:
    """The draws of one analysis, a stretch at a time.

    Criteria are added one by one rather than by a matrix product: candidates that are alike then have exactly equal scores.
    """

    def __init__(self, ranges: Ranges, groups: list[Group], chance: np.random.Generator) -> None:
        known = ~np.isnan(ranges.low)
        self._known = known.T.astype(np.float32)
        self._low = np.where(known, ranges.low, 0.0).T.astype(np.float32)
        self._width = (np.where(known, ranges.high - ranges.low, 0.0).T / (STEPS - 1)).astype(np.float32)
        self._groups = [(group.rows, group.weights.astype(np.float32)) for group in groups]
        self._chance = chance

    def scores(self, start: int, end: int) -> Small:
        """Return draws × candidates, within 0 and 1."""
        score = np.zeros((end - start, self._low.shape[1]), dtype=np.float32)
        for rows, weights in self._groups:
            self._add(score[:, rows], rows, weights[start:end])
        return score

    def _add(self, score: Small, rows: slice, weights: Small) -> None:
        complete = bool(self._known[:, rows].all())
        held = np.empty(score.shape, dtype=np.float32)
        whole = np.zeros(score.shape, dtype=np.float32)
        for low, width, known, weight in zip(
            self._low[:, rows], self._width[:, rows], self._known[:, rows], weights.T[:, :, None], strict=True
        ):
            if not known.any() or not weight.any():
                continue
            if width.any():
                self._draw(held)
                held *= width
                held += low
                held *= weight
            else:
                np.multiply(weight, low, out=held)
            score += held
            if not complete:
                np.multiply(weight, known, out=held)
                whole += held
        if not complete:
            score /= np.maximum(whole, np.float32(TINY), out=whole)

    def _draw(self, held: Small) -> None:
        """Fill with steps, 0 to all but one of them alike likely."""
        numbers = self._chance.bit_generator.random_raw(-(-held.size // 4))
        held.ravel()[:] = numbers.view(np.uint16)[: held.size]
