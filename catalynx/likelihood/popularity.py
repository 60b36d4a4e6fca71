"""How sought-after a funder's money is by newcomers: lately, in the same state, among organisations of the same kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from catalynx.likelihood.world import History

SPANS = (1, 2, 3, 5, 10)
SMOOTHING = 5.0


def newcomers_within(history: History, years: int, *, warm: bool | None = None) -> np.ndarray:
    """Return how many new recipients each funder took on in the last `years`; only those new to all (or not), when asked."""
    import numpy as np

    new = history.newcomers
    new = new[new["year"] > history.origin - years]
    if warm is not None:
        new = new[new["warm"] == warm]
    return np.bincount(new["funder"].to_numpy(), minlength=history.shape[1]).astype(np.float64)


def faded_newcomers(history: History, half_life_years: float = 2.0) -> np.ndarray:
    """Return each funder's new recipients, one of `half_life_years` ago counted half."""
    import numpy as np

    new = history.newcomers
    weights = np.exp2(-(history.origin - new["year"].to_numpy()) / half_life_years)
    return np.bincount(new["funder"].to_numpy(), weights=weights, minlength=history.shape[1])


def by_attribute(history: History, codes: np.ndarray, *, half_life_years: float = 5.0) -> np.ndarray:
    """Return values × funders: recipients with each value of an attribute, faded by the age of the pair.

    Parameters
    ----------
    codes : the value of every recipient as a number from 0, -1 where unknown
    """
    import numpy as np

    pairs = history.pairs
    weights = np.exp2(-(history.origin - pairs["first"].to_numpy()) / half_life_years)
    values = codes[pairs["recipient"].to_numpy()]
    known = values >= 0
    table = np.zeros((int(codes.max(initial=-1)) + 1, history.shape[1]))
    np.add.at(table, (values[known], pairs["funder"].to_numpy()[known]), weights[known])
    return table


def lift(table: np.ndarray) -> np.ndarray:
    """Return the log of how much likelier a value is among a funder's recipients than among all, shrunk towards 0."""
    import numpy as np

    totals = table.sum(axis=0)
    overall = (table.sum(axis=1) + 0.5) / (table.sum() + 0.5 * len(table))
    return np.log((table + SMOOTHING * overall[:, None]) / (totals + SMOOTHING)) - np.log(overall[:, None])
