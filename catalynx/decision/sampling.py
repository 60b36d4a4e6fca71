"""Where to ask a function of several inputs, and what its answers say of each input; computed by SALib."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

LEVELS = 4
SLICES = 10
RESAMPLES = 100
BY_CHANCE = "chance alone"
"""An input that PAWN is given though nothing depends on it: as much as this, any input may seem to matter."""

type Index = tuple[int, int, str, str, float, float, float]


class Design:
    """The points of one analysis, such that the first of them are a smaller analysis of the same kind.

    Parameters
    ----------
    method : "sobol", "morris" or "pawn"
    spans : name, low end, high end of each input
    samples, seed : how many, and which

    Attributes
    ----------
    names : the inputs, in the order of the columns of `rows`
    rows : one a run of the function; a column more than names holds `BY_CHANCE`
    rows_per_sample : how many runs belong together
    """

    def __init__(self, method: str, spans: Sequence[tuple[str, float, float]], samples: int, seed: int) -> None:
        self.method, self._seed = method, seed
        self.names = [name for name, _, _ in spans]
        asked = [*spans, (BY_CHANCE, 0.0, 1.0)] if method == "pawn" else list(spans)
        self._asked = [name for name, _, _ in asked]
        self._problem = {
            "num_vars": len(asked),
            "names": self._asked,
            "bounds": [[low, high] for _, low, high in asked],
        }
        self.rows_per_sample = len(spans) + (1 if method == "morris" else 2)
        self.rows = self._points(samples)

    def _points(self, samples: int) -> np.ndarray[Any, Any]:
        if self.method == "sobol":
            from SALib.sample import sobol

            return sobol.sample(self._problem, samples, calc_second_order=False, seed=self._seed)
        if self.method == "morris":
            from SALib.sample import morris

            return morris.sample(self._problem, samples, num_levels=LEVELS, seed=self._seed)
        import numpy as np
        from scipy.stats import qmc

        # Any part of Halton's points is spread evenly, unlike a part of a Latin hypercube.
        lows, highs = np.array(self._problem["bounds"]).T
        points = qmc.Halton(len(lows), seed=self._seed).random(samples * self.rows_per_sample)
        return qmc.scale(points, lows, highs)

    def indices(self, samples: int, outcomes: np.ndarray[Any, Any]) -> Iterator[Index]:
        """Yield what the runs of the first samples say: samples, runs, input, index, value, low, high."""
        runs = samples * self.rows_per_sample
        found = self._analysed(self.rows[:runs], outcomes[:runs])
        for place, name in enumerate(self._asked):
            for index, (values, half_widths) in found.items():
                value, half = float(values[place]), float("nan") if half_widths is None else float(half_widths[place])
                yield samples, runs, name, index, value, value - half, value + half

    def _analysed(self, rows: np.ndarray[Any, Any], outcomes: np.ndarray[Any, Any]) -> dict[str, tuple[Any, Any]]:
        """Return index → its values, and half the width of what chance allows."""
        import numpy as np

        if self.method == "sobol":
            from SALib.analyze import sobol

            if np.ptp(outcomes) == 0:
                nothing = np.full(len(self.names), np.nan)
                return {"first": (nothing, nothing), "total": (nothing, nothing)}
            told = sobol.analyze(self._problem, outcomes, calc_second_order=False, num_resamples=RESAMPLES, seed=self._seed)
            return {"first": (told["S1"], told["S1_conf"]), "total": (told["ST"], told["ST_conf"])}
        if self.method == "morris":
            from SALib.analyze import morris

            told = morris.analyze(self._problem, rows, outcomes, num_levels=LEVELS, num_resamples=RESAMPLES, seed=self._seed)
            return {"mu_star": (told["mu_star"], told["mu_star_conf"]), "mu": (told["mu"], None), "sigma": (told["sigma"], None)}
        if np.ptp(outcomes) == 0:
            same = np.zeros(len(self._asked))
            return {"median": (same, None), "maximum": (same, None)}
        from SALib.analyze import pawn

        told = pawn.analyze(self._problem, rows, outcomes, S=SLICES)
        return {"median": (told["median"], None), "maximum": (told["maximum"], None)}
