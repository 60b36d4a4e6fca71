"""ELECTRE II: who outranks whom by a majority of the weight without a strong objection, and the order that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catalynx.decision.ranking.criteria import Criteria, Floats, Truths, criteria_of, known_weights
from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

CONCORDANCE = (0.65, 0.5, 0.35)
DISCORDANCE = (0.65, 0.35)
NEGLIGIBLE = 1e-12
"""Sums of the same weights in another order may differ by this; such a difference decides nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Outranking:
    """Who outranks whom, and the order.

    Attributes
    ----------
    concordance : share of the weight on which the row is at least as good as the column; NaN where nothing is known of both
    discordance : the largest difference by which the row is worse, as a share of the widest range
    strong, weak : whether the row outranks the column
    direct : layers from the top, 1 for those whom nobody outranks
    inverted : layers from the bottom, counted so that 1 is best
    place : mean of both; NaN where nothing can be compared
    """

    concordance: Floats
    discordance: Floats
    strong: Truths
    weak: Truths
    direct: Floats
    inverted: Floats
    place: Floats


def electre(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Return each candidate's place by ELECTRE II as a score: 1 for the first place, 1/n for the n-th of n.

    Raises
    ------
    BadParameter
    """
    place = outranking(values, weights).place
    count = int(np.isfinite(place).sum())
    return (count + 1 - place) / max(count, 1)


def outranking(
    values: ArrayLike,
    weights: ArrayLike,
    *,
    concordance: tuple[float, float, float] = CONCORDANCE,
    discordance: tuple[float, float] = DISCORDANCE,
) -> Outranking:
    """Compare all pairs, and derive the order from the top and from the bottom.

    Parameters
    ----------
    values, weights : as `ranked` takes them
    concordance : shares of the weight needed, falling: with the looser objection strongly, with the stricter strongly, weakly
    discordance : how large an objection may be, as a share of the widest range: the looser, the stricter

    Raises
    ------
    BadParameter

    References
    ----------
    Roy, B. and Bertier, P. (1971). La méthode ELECTRE II. SEMA-METRA. The thresholds are those of Gomes, L. F. A. M., Araya,
    M. C. G. and Carignano, C. (2004), Tomada de decisões em cenários complexos, as scikit-criteria has them. Unlike there, a
    criterion of weight 0 raises no objection.
    """
    asked = criteria_of(values, weights)
    _check_thresholds(concordance, discordance)
    agreeing, objecting = _compared(asked)
    most, half, least = (limit - NEGLIGIBLE for limit in concordance)
    loose, strict = (limit + NEGLIGIBLE for limit in discordance)
    with np.errstate(invalid="ignore"):
        ahead = agreeing - agreeing.T > NEGLIGIBLE
        strong = ahead & (((agreeing >= most) & (objecting <= loose)) | ((agreeing >= half) & (objecting <= strict)))
        weak = ahead & (agreeing >= least) & (objecting <= loose) & ~strong
    counts = np.isfinite(asked.counted()).any(axis=1)
    comparable = np.isfinite(agreeing).any(axis=1) | (counts & (counts.sum() == 1))
    graph = strong | weak
    direct, upward = _layers(graph, comparable), _layers(graph.T, comparable)
    inverted = np.nanmax(upward) + 1 - upward if comparable.any() else upward
    return Outranking(agreeing, objecting, strong, weak, direct, inverted, (direct + inverted) / 2)


def _check_thresholds(concordance: tuple[float, float, float], discordance: tuple[float, float]) -> None:
    most, half, least = concordance
    if not 1 >= most >= half >= least >= 0:
        raise BadParameter("concordance", concordance, "three numbers falling within 1 and 0")
    loose, strict = discordance
    if not 1 >= loose >= strict >= 0:
        raise BadParameter("discordance", discordance, "two numbers falling within 1 and 0")


def _compared(asked: Criteria) -> tuple[Floats, Floats]:
    """Return concordance and discordance; NaN on the diagonal and where nothing is known of both."""
    count = len(asked.values)
    counted = asked.counted()
    known = ~np.isnan(counted)
    shared = known_weights(known, asked.weights)
    agreeing, objecting = np.zeros((count, count)), np.zeros((count, count))
    weight = np.broadcast_to(asked.weights, asked.values.shape)
    widest = 0.0
    for value, knows, of_weight in zip(counted.T, known.T, weight.T, strict=True):
        if not knows.any():
            continue
        widest = max(widest, float(np.ptp(value[knows])))
        # NaN less anything is NaN, which is neither at least 0 nor larger than what is there.
        short = value - value[:, None]
        agreeing += (short <= 0) * (of_weight if asked.weights.ndim == 1 else (of_weight[:, None] + of_weight) / 2)
        np.fmax(objecting, short, out=objecting)
    np.divide(agreeing, shared, out=agreeing, where=shared > 0)
    if widest > 0:
        objecting /= widest
    apart = shared <= 0
    np.fill_diagonal(apart, True)
    agreeing[apart] = objecting[apart] = np.nan
    return agreeing, objecting


def _layers(graph: Truths, comparable: Truths) -> Floats:
    """Number the layers of a graph: 1 for those to whom no arrow leads, 2 for those to whom none leads without these …

    Those on a circle, and all behind it, share one layer.
    """
    layer = np.full(len(graph), np.nan)
    arrows = graph.sum(axis=0)
    left, number = comparable.copy(), 1
    while left.any():
        free = left & (arrows == 0)
        if not free.any():
            free = left.copy()
        layer[free] = number
        arrows -= graph[free].sum(axis=0)
        left &= ~free
        number += 1
    return layer
