"""A limit as a row: the sum of what the chosen applications use is at most what there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from datetime import date

type Floats = np.ndarray[Any, np.dtype[np.float64]]
type Integers = np.ndarray[Any, np.dtype[np.int64]]
type Flags = np.ndarray[Any, np.dtype[np.bool_]]

TOLERANCE = 1e-6
"""Hours (dollars, applications) by which a limit may be passed: what the solver's arithmetic can tell apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """``used[k]`` of each application ``columns[k]`` that is chosen, at most ``most`` in sum.

    ``words`` says the limit; ``kind`` as in `answers.Binding`; hours have their roles and the days within which they lie.
    """

    words: str
    kind: str
    columns: Integers
    used: Floats
    most: float
    roles: tuple[str, ...] = ()
    from_day: date | None = None
    to_day: date | None = None

    def at(self, chosen: Floats) -> float:
        """Return what a choice uses."""
        return float(self.used @ chosen[self.columns])

    def broken(self, chosen: Floats) -> bool:
        """Whether a choice uses more than there is."""
        return self.at(chosen) > self.most + TOLERANCE * max(1.0, abs(self.most))


def row(words: str, kind: str, used: Floats, most: float) -> Row:
    """Return the row that a full vector of uses makes."""
    columns = np.flatnonzero(used)
    return Row(words, kind, columns, used[columns].astype("float64"), float(most))


def matrix(rows: list[Row], width: int) -> tuple[Floats, Floats]:
    """Return rows × columns of uses, and what there is of each."""
    uses = np.zeros((len(rows), width))
    for place, one in enumerate(rows):
        uses[place, one.columns] = one.used
    return uses, np.array([one.most for one in rows], dtype="float64")
