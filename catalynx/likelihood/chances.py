"""Chances: how likely a new pair comes on record within the window, learned on one period and calibrated on a later one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx.likelihood.boosting import Boosted, fit_boosted
from catalynx.likelihood.choice import Linear, fit_linear
from catalynx.likelihood.features import INGREDIENTS
from catalynx.likelihood.lessons import Lesson, joined

if TYPE_CHECKING:
    import numpy as np

LEAST, MOST = 1e-6, 0.95
SIZE = ("its_usd", "held_pairs")
"""What tells a recipient's size: money and pairs on record. Trees learn the small ones too high where few of them came."""


@dataclass(frozen=True)
class Chances:
    """Trees and a logit, half each, for the log-odds, and what sets them right on a later period.

    Attributes
    ----------
    offset, slope : log-odds = offset + slope × the mean of both scores + the terms of size
    by_size : weights of the terms of ``SIZE``
    size_columns : their places among the features
    """

    columns: np.ndarray
    boosted: Boosted
    linear: Linear
    offset: float
    slope: float
    by_size: np.ndarray
    size_columns: np.ndarray

    def log_odds(self, features: np.ndarray) -> np.ndarray:
        """Return the calibrated log-odds of rows of features."""
        import numpy as np

        scores = _mean_score(self.boosted, self.linear, features[:, self.columns])
        terms = np.column_stack([scores, _terms(features, self.size_columns)])
        result: np.ndarray = self.offset + np.einsum("ij,j->i", terms, np.array([self.slope, *self.by_size]))
        return result


def fit_chances(learn: Sequence[Lesson], later: Sequence[Lesson], *, without: str | None = None) -> Chances:
    """Learn from `learn`, whose windows end before those of `later` begin, and set right on `later`."""
    import numpy as np

    left_out = () if without is None else INGREDIENTS[without]
    names = later[0].names
    columns = np.array([place for place, name in enumerate(names) if not (left_out and name.startswith(left_out))])
    features, labels, _ = joined(learn, only_asked=False)
    weights = np.concatenate([one.weights() for one in learn])
    features = features[:, columns]
    boosted = fit_boosted(features, labels, weights=weights)
    linear = fit_linear(features, labels, weights)
    rows, came, _ = joined(later, only_asked=False)
    size = np.array([names.index(name) for name in SIZE])
    terms = np.column_stack([_mean_score(boosted, linear, rows[:, columns]), _terms(rows, size)])
    offset, slopes = platt(terms, came, np.concatenate([one.weights() for one in later]))
    return Chances(columns, boosted, linear, offset, float(slopes[0]), slopes[1:], size)


def _mean_score(boosted: Boosted, linear: Linear, features: np.ndarray) -> np.ndarray:
    return (boosted.score(features) + linear.score(features)) / 2


def _terms(features: np.ndarray, columns: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.nan_to_num(features[:, columns].astype(np.float64), nan=0.0)


def platt(terms: np.ndarray, came: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """Return offset and slopes of the log-odds that make what came likeliest [Platt 1999], by Newton's steps.

    Parameters
    ----------
    terms : rows × terms, the score first; one that does not vary gets no slope
    """
    import numpy as np

    share = weights / weights.sum()
    rate = float(np.clip((share * came).sum(), LEAST, MOST))
    centre = (share[:, None] * terms).sum(axis=0)
    spread = np.sqrt((share[:, None] * (terms - centre) ** 2).sum(axis=0))
    spread = np.where(spread > 1e-9, spread, np.inf)
    standard = np.column_stack([np.ones(len(terms)), (terms - centre) / spread])
    found = np.zeros(standard.shape[1])
    found[0] = np.log(rate / (1 - rate))
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(np.einsum("ij,j->i", standard, found), -30, 30)))
        bend = weights * chance * (1 - chance)
        pull = np.einsum("i,ij->j", weights * (came - chance), standard)
        curve = np.einsum("i,ij,ik->jk", bend, standard, standard) + 1e-9 * np.eye(len(found))
        step = np.clip(np.linalg.solve(curve, pull), -1, 1)
        found += step
        if float(np.abs(step).max()) < 1e-9:
            break
    slopes = found[1:] / spread
    return float(found[0] - slopes @ centre), slopes


def chances_of(log_odds: np.ndarray) -> np.ndarray:
    """Return chances within ``LEAST`` and ``MOST``."""
    import numpy as np

    return np.clip(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))), LEAST, MOST)


def shift_to(log_odds: np.ndarray, volume: float) -> float:
    """Return what to add to all log-odds so that the chances sum to `volume`, found by halving."""
    low, high = -15.0, 15.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(chances_of(log_odds + middle).sum()) < volume:
            low = middle
        else:
            high = middle
    return (low + high) / 2
