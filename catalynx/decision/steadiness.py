"""How steady a class is: in which share of weighings a candidate stays where it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from catalynx.rules import RECOMMENDATIONS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.rules import Rules

    type Floats = np.ndarray[Any, np.dtype[np.float64]]
    type Truths = np.ndarray[Any, np.dtype[np.bool_]]

WEIGHINGS: Final = 1_000
SPREAD: Final = 0.5
SEED: Final = 0
NEGLIGIBLE: Final = 1e-9
"""A sum of shares may miss the threshold that it is by a rounding."""
AT_ONCE: Final = 256
"""So many candidates are weighed at once: their weighings stay within the processor's cache."""


def values_and_weights(parts: pd.DataFrame, candidate_ids: Any, criteria: Sequence[str]) -> tuple[Floats, Floats]:
    """Return criteria of some candidates as arrays: candidates down, criteria across.

    Returns
    -------
    values (NaN unknown) and weights (0 where not asked)
    """
    import numpy as np
    import pandas as pd

    rows = pd.Index(candidate_ids).get_indexer(pd.Index(parts["candidate_id"]))
    columns = pd.Index(criteria).get_indexer(pd.Index(parts["criterion"]))
    values, weights = (np.full((len(candidate_ids), len(criteria)), start) for start in (np.nan, 0.0))
    asked = rows >= 0
    values[rows[asked], columns[asked]] = parts["value"].to_numpy(dtype="float64", na_value=np.nan)[asked]
    weights[rows[asked], columns[asked]] = parts["weight"].to_numpy(dtype="float64")[asked]
    return values, weights


def steadiness(decided: pd.DataFrame, parts: pd.DataFrame, rules: Rules) -> pd.Series:
    """Return in which share of weighings each candidate keeps its class.

    In each of `WEIGHINGS`, drawn from one seed, every criterion weighs from half to one and a half times what it usually does,
    the same for all candidates.

    Parameters
    ----------
    decided : with ``candidate_id``, ``eligibility``, ``score``, ``recommendation`` and ``held_at``, the place in
        `RECOMMENDATIONS` above which nothing but more knowledge lifts it
    parts : the criteria of each candidate's score

    Returns
    -------
    candidate_id → 0–1; without those that a hard rule excludes, and those of which nothing is known that counts
    """
    import numpy as np
    import pandas as pd

    judged = decided[(decided["eligibility"] != "fails") & decided["score"].notna()]
    ids = judged["candidate_id"].to_numpy(dtype=object)
    criteria = sorted(parts["criterion"].unique())
    values, weights = values_and_weights(parts, ids, criteria)
    place = pd.Index(RECOMMENDATIONS).get_indexer(pd.Index(judged["recommendation"]))
    factors = np.random.default_rng(SEED).uniform(1 - SPREAD, 1 + SPREAD, (len(criteria), WEIGHINGS))
    share = np.empty(len(ids))
    # A class is kept where the score still does for it, and would not do for the next one up; what is held there stays below.
    above = np.where(place > judged["held_at"].to_numpy(), place - 1, -1)
    for start in range(0, len(ids), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        kept = _reaches(values[some], weights[some], place[some], rules, factors)
        kept &= ~_reaches(values[some], weights[some], above[some], rules, factors)
        share[some] = kept.mean(axis=1)
    return pd.Series(share, pd.Index(ids, dtype="object"), name="stability")


def _reaches(values: Floats, weights: Floats, place: Any, rules: Rules, factors: Floats) -> Truths:
    """Return whether score and coverage do for a class, candidates × weighings; never for a place of -1.

    Neither asks for a division: a weighted mean is at least t when the sum of weight × (value − t) over what is known is not
    below 0.
    """
    import numpy as np

    scores = np.array([rules.thresholds[name] for name in RECOMMENDATIONS])[place][:, None]
    coverages = np.array(rules.least_coverages)[place][:, None]
    known = ~np.isnan(values)
    enough = _at_least_zero(np.where(known, weights * (values - scores), 0.0), factors)
    enough &= _at_least_zero(weights * (known - coverages), factors)
    enough[place < 0] = False
    return enough


def _at_least_zero(terms: Floats, factors: Floats) -> Truths:
    """Return whether the sum of each row's terms, times the factors of a weighing, is at least 0."""
    import numpy as np

    up, down = terms.clip(min=0).sum(axis=1), terms.clip(max=0).sum(axis=1)
    most, least = up * (1 + SPREAD) + down * (1 - SPREAD), up * (1 - SPREAD) + down * (1 + SPREAD)
    holds = np.broadcast_to((least >= -NEGLIGIBLE)[:, None], (len(terms), factors.shape[1])).copy()
    # What holds under all weights, or under none, has not to be weighed.
    open_ones = np.flatnonzero((least < -NEGLIGIBLE) & (most >= -NEGLIGIBLE))
    holds[open_ones] = terms[open_ones] @ factors >= -NEGLIGIBLE
    return holds
