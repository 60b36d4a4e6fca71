"""Scores of very many profiles at once, as two products of matrices: which funders are worth a closer look for each.

A criterion whose value depends on the applicant only by one of few classes (its state, its NTEE group, the size of its ask) is
a table of values, one row a class and one column a candidate; the score of a profile is then the sum of one row of each table,
by weight, over the sum of the weights of what is known. Both sums are products of the profiles' classes with the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalynx.errors import BadParameter

if TYPE_CHECKING:
    import numpy as np

PROFILES_AT_ONCE = 8
"""So many rows of scores stay in the processor's cache while the best are picked; larger blocks are ten times slower."""


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best candidates of each profile, one row a profile, best first; of like scores the first candidate.

    Attributes
    ----------
    places : of the candidates among the columns of the tables
    scores : 0–1; NaN where nothing is known
    """

    places: np.ndarray[Any, Any]
    scores: np.ndarray[Any, Any]


def best_for_everyone(classes: np.ndarray[Any, Any], values: np.ndarray[Any, Any], *, top: int = 50) -> Best:
    """Score every candidate for every profile, and keep the best `top` of each.

    Parameters
    ----------
    classes : one row a profile, one column a class of a criterion: its weight where the profile is of that class, else 0
    values : one row a class, one column a candidate: the value for an applicant of that class, NaN where it is unknown

    Raises
    ------
    BadParameter
        `top` is not between 1 and the number of candidates, or the classes do not fit.
    """
    import numpy as np

    if not 1 <= top <= values.shape[1]:
        raise BadParameter("top", top, f"from 1 to the {values.shape[1]:,} candidates")
    if classes.shape[1] != values.shape[0]:
        raise BadParameter("classes", classes.shape[1], f"as many columns as values has rows, {values.shape[0]}")
    wanted = np.ascontiguousarray(classes, dtype=np.float32)
    known = ~np.isnan(values)
    given, held = np.where(known, values, 0).astype(np.float32), known.astype(np.float32)
    places = np.empty((len(wanted), top), dtype=np.int32)
    scores = np.empty((len(wanted), top), dtype=np.float32)
    for start in range(0, len(wanted), PROFILES_AT_ONCE):
        block = wanted[start : start + PROFILES_AT_ONCE]
        with np.errstate(divide="ignore", invalid="ignore"):
            scored = (block @ given) / (block @ held)
        scored[np.isnan(scored)] = -1.0
        for number, row in enumerate(scored, start):
            places[number], scores[number] = _best(row, top)
    scores[scores < 0] = np.nan
    return Best(places, scores)


def _best(row: np.ndarray[Any, Any], top: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the places of the `top` largest, largest first, of like ones the first; and what stands there.

    A bound from a sample leaves few to be sorted; where it leaves too few, all are.
    """
    import numpy as np

    step = max(1, len(row) // 4096)
    sample = row[::step]
    spare = min(len(sample) - 1, 2 * top // step + 8)
    bound = np.partition(sample, len(sample) - 1 - spare)[len(sample) - 1 - spare]
    kept = np.flatnonzero(row >= bound)
    if len(kept) < top:
        kept = np.arange(len(row))
    order = kept[np.argsort(-row[kept], kind="stable")[:top]]
    return order, row[order]
