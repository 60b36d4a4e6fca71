"""Which funder, given that there is one: a conditional logit over the candidates of each recipient [McFadden 1974]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

CLIP = 4.0
"""Standard deviations past which a feature counts no further: what was never seen in learning must not decide alone."""
STEPS = 200


@dataclass(frozen=True)
class Choice:
    """Weights of standardised features; a missing feature counts as its mean."""

    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray

    def score(self, features: np.ndarray) -> np.ndarray:
        """Return one score a row of `features`, higher is likelier."""
        result: np.ndarray = _standardised(features, self.mean, self.spread) @ self.weights
        return result


def fit_choice(features: np.ndarray, chosen: np.ndarray, group: np.ndarray, *, ridge: float) -> Choice:
    """Find the weights under which the chosen rows of each group are likeliest.

    Parameters
    ----------
    features : rows × features, NaN where missing
    chosen : whether the row was chosen; each group has one at least
    group : number of the group of each row, 0, 0, 1, 1, 1, …: sorted, without gaps. A group with n chosen weighs √n
    ridge : penalty of squared weights
    """
    import numpy as np
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    mean, spread = _moments(features)
    standard = _standardised(features, mean, spread)
    taken = chosen.astype(np.float64)
    hits = np.bincount(group, weights=taken)
    starts = np.searchsorted(group, np.arange(len(hits)))
    weight = 1 / np.sqrt(hits)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = standard @ weights
        top = np.maximum.reduceat(scores, starts)
        likely = np.exp(scores - top[group])
        total = np.add.reduceat(likely, starts)
        share = likely / total[group]
        by_row = weight[group]
        value = (weight * hits * (np.log(total) + top)).sum() - (by_row * taken * scores).sum() + ridge * (weights @ weights) / 2
        slope = ridge * weights - standard.T @ (by_row * (taken - hits[group] * share))
        return float(value), slope

    with threadpool_limits(1):
        found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return Choice(mean, spread, found.x)


def _moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each feature over the rows where it is known."""
    import numpy as np

    finite = np.isfinite(features)
    count = np.maximum(finite.sum(axis=0), 1)
    mean = np.where(finite, features, 0).sum(axis=0, dtype=np.float64) / count
    spread = np.sqrt(np.where(finite, (features - mean) ** 2, 0).sum(axis=0, dtype=np.float64) / count)
    return mean, spread


def _standardised(features: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    import numpy as np

    scaled = (features - mean) / np.where(spread > 1e-9, spread, np.inf)
    return np.clip(np.nan_to_num(scaled, nan=0.0, posinf=0.0, neginf=0.0), -CLIP, CLIP)


@dataclass(frozen=True)
class Linear:
    """A logit over standardised features; a missing feature counts as its mean."""

    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray
    offset: float

    def score(self, features: np.ndarray) -> np.ndarray:
        """Return the log-odds of each row."""
        result: np.ndarray = self.offset + _standardised(features, self.mean, self.spread) @ self.weights
        return result


def fit_linear(features: np.ndarray, labels: np.ndarray, weights: np.ndarray, *, ridge: float = 100.0) -> Linear:
    """Find the logit under which `labels` are likeliest, with a penalty of `ridge` on squared weights."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    mean, spread = _moments(features)
    with threadpool_limits(1):
        model = LogisticRegression(C=1 / ridge, max_iter=STEPS).fit(
            _standardised(features, mean, spread), labels, sample_weight=weights
        )
    return Linear(mean, spread, model.coef_[0], float(model.intercept_[0]))
