"""How sure a mean over recipients is, and the difference of two: resampled recipients, with a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

DRAWS = 2000
SEED = 20100101


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with the interval that holds 95 of 100 resampled means."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


def estimate(values: np.ndarray, *, draws: int = DRAWS, seed: int = SEED) -> Estimate:
    """Return the mean of `values` (one a recipient) and its percentile bootstrap interval; of differences, pass those."""
    import numpy as np

    if not len(values):
        return Estimate(float("nan"), float("nan"), float("nan"))
    generator = np.random.Generator(np.random.PCG64(seed))
    means = np.empty(draws)
    for draw in range(draws):
        means[draw] = values[generator.integers(0, len(values), len(values))].mean()
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(values.mean()), float(low), float(high))
