"""Boosted trees on one thread: the sums of several threads differ in their last bits, and so would the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier

PARAMETERS = {
    "max_iter": 120, "learning_rate": 0.06, "max_leaf_nodes": 8, "min_samples_leaf": 60, "l2_regularization": 10.0,
    "max_features": 0.3, "early_stopping": False,
}  # fmt: skip


@dataclass(frozen=True)
class Boosted:
    """Trees over those features that vary."""

    columns: np.ndarray
    trees: tuple[HistGradientBoostingClassifier, ...]

    def score(self, features: np.ndarray) -> np.ndarray:
        """Return the mean log-odds of the trees, one a row."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            chosen = features[:, self.columns]
            result: np.ndarray = sum(tree.decision_function(chosen) for tree in self.trees) / len(self.trees)
        return result


def fit_boosted(
    features: np.ndarray, labels: np.ndarray, *, weights: np.ndarray | None = None, seeds: Sequence[int] = (0,)
) -> Boosted:
    """Learn to tell labelled rows from others, once for each seed."""
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    finite = np.isfinite(features)
    low = np.where(finite, features, np.inf).min(axis=0)
    high = np.where(finite, features, -np.inf).max(axis=0)
    columns = np.flatnonzero(high > low)
    with threadpool_limits(1):
        trees = tuple(
            HistGradientBoostingClassifier(random_state=seed, **PARAMETERS).fit(
                features[:, columns], labels, sample_weight=weights
            )
            for seed in seeds
        )
    return Boosted(columns, trees)
