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


@dataclass(frozen=True)
class Chances:
    """Trees and a logit, half each, for the log-odds, and two numbers that set them right on a later period.

    Attributes
    ----------
    offset, slope : log-odds = offset + slope × the mean of both scores
    """

    columns: np.ndarray
    boosted: Boosted
    linear: Linear
    offset: float
    slope: float

    def log_odds(self, features: np.ndarray) -> np.ndarray:
        """Return the calibrated log-odds of rows of features."""
        return self.offset + self.slope * self._raw(features)

    def _raw(self, features: np.ndarray) -> np.ndarray:
        return _mean_score(self.boosted, self.linear, features[:, self.columns])


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
    offset, slope = platt(_mean_score(boosted, linear, rows[:, columns]), came, np.concatenate([one.weights() for one in later]))
    return Chances(columns, boosted, linear, offset, slope)


def _mean_score(boosted: Boosted, linear: Linear, features: np.ndarray) -> np.ndarray:
    return (boosted.score(features) + linear.score(features)) / 2


def platt(scores: np.ndarray, came: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return offset and slope of the log-odds that make what came likeliest [Platt 1999], by Newton's steps."""
    import numpy as np

    rate = float(np.clip((weights * came).sum() / weights.sum(), LEAST, MOST))
    centre = float((weights * scores).sum() / weights.sum())
    offset, slope = float(np.log(rate / (1 - rate))), 0.0
    centred = scores - centre
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(offset + slope * centred, -30, 30)))
        spread = weights * chance * (1 - chance)
        miss = weights * (came - chance)
        pull = np.array([miss.sum(), (miss * centred).sum()])
        cross = (spread * centred).sum()
        curve = np.array([[spread.sum(), cross], [cross, (spread * centred**2).sum()]]) + 1e-9 * np.eye(2)
        step = np.clip(np.linalg.solve(curve, pull), -1, 1)
        offset, slope = offset + float(step[0]), slope + float(step[1])
        if float(np.abs(step).max()) < 1e-9:
            break
    return offset - slope * centre, slope


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
