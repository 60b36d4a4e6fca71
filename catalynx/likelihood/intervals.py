"""How far off a funder's volume can be: the spread of what came around what was expected in earlier windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from catalynx.likelihood.chances import Chances
    from catalynx.likelihood.lessons import Lesson

SHARE = 0.90
SPREADS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 5.0, 8.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """A funder's volume varies by a factor of mean 1 and variance ``variance`` (gamma), and its count by chance around it."""

    variance: float

    def counts(self, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the interval that holds 90 of 100 counts, for each expected count (negative binomial)."""
        import numpy as np
        from scipy.stats import nbinom

        size = 1 / self.variance
        mean = np.maximum(expected, 1e-9)
        success = size / (size + mean)
        return nbinom.ppf((1 - SHARE) / 2, size, success), nbinom.ppf((1 + SHARE) / 2, size, success)

    def holds(self, expected: np.ndarray, observed: np.ndarray) -> np.ndarray:
        """Return whether each observed count lies in its interval."""
        low, high = self.counts(expected)
        result: np.ndarray = (observed >= low) & (observed <= high)
        return result

    def factors(self) -> tuple[float, float]:
        """Return by how much a chance may be lower or higher, 90 of 100 times."""
        from scipy.stats import gamma

        size = 1 / self.variance
        return float(gamma.ppf((1 - SHARE) / 2, size) / size), float(gamma.ppf((1 + SHARE) / 2, size) / size)


def fit_spread(lessons: Sequence[Lesson], model: Chances) -> Spread:
    """Find the variance under which what came funder by funder in `lessons` is likeliest, each lesson at its own level.

    Funders of which nothing came and hardly anything was expected say nothing about it, and weigh little by themselves.
    """
    import numpy as np
    from scipy.stats import nbinom

    from catalynx.likelihood.chances import chances_of

    pairs = []
    for one in lessons:
        flat = one.features.reshape(-1, one.features.shape[-1])
        chance = chances_of(model.log_odds(flat)).reshape(one.counts.shape)
        weight = np.where(one.counts, one.weight[:, None], 0)
        expected, observed = (weight * chance).sum(axis=0), (weight * one.labels).sum(axis=0).round()
        asked = one.counts.any(axis=0)
        level = observed[asked].sum() / max(expected[asked].sum(), 1e-9)
        pairs += list(zip(np.maximum(expected[asked] * level, 1e-9), observed[asked], strict=True))
    mean, came = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    fits = {variance: nbinom.logpmf(came, 1 / variance, 1 / (1 + variance * mean)).sum() for variance in SPREADS}
    return Spread(max(fits, key=lambda variance: (fits[variance], -variance)))
