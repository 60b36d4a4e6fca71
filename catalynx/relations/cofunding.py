"""Funders that share grantees: how closely a funder is tied to those that gave to us already, and which are central.

The tie of two funders is the cosine of their sets of grantees, ``shared / √(grantees of one × grantees of the other)``; our own
organisation does not count among the grantees, so that the tie says nothing of gifts to us. The tie of a funder to all of ours is
``1 − Π(1 − tie)``: it rises with every funder that it shares grantees with, from 0 (none) towards 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalynx.errors import BadParameter

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

    type Array = np.ndarray[Any, Any]

DAMPING = 0.85
"""Share of steps in which the walk of PageRank goes on; else it begins anew at any funder [Brin and Page 1998]."""
CLOSE_ENOUGH, MOST_STEPS = 1e-10, 200


@dataclass(frozen=True, slots=True, eq=False)
class Funding:
    """Which funder gave to whom, as two tables of zeros and ones.

    Attributes
    ----------
    by_recipient, by_funder : one row a recipient, or a funder, with a one for each of its funders, or recipients
    """

    by_recipient: csr_matrix
    by_funder: csr_matrix

    def funders_of(self, recipients: Sequence[int]) -> Array:
        """Return the funders that gave to any of `recipients`, in order."""
        import numpy as np

        found: Array = np.unique(self.by_recipient[list(recipients)].indices) if len(recipients) else np.zeros(0, dtype=np.int64)
        return found

    def grantees(self) -> Array:
        """Return how many grantees each funder has."""
        import numpy as np

        counted: Array = np.diff(self.by_funder.indptr)
        return counted

    def ties(self, ours: Sequence[int]) -> pd.DataFrame:
        """Say how each funder is tied to those that gave to `ours`, the recipients that are the same as we.

        Returns
        -------
        one row a funder: ``tie`` (0–1), ``shared`` (its grantees, other than us, that another of our funders supports as well),
        ``through`` (how many of our funders it shares them with), ``grantees`` (other than us), ``to_us``
        """
        import numpy as np
        import pandas as pd

        mine = self.funders_of(ours)
        to_us = np.zeros(self.by_funder.shape[0], dtype=bool)
        to_us[mine] = True
        grantees = self.grantees() - (
            np.bincount(self.by_recipient[list(ours)].indices, minlength=len(to_us)) if len(ours) else 0
        )
        apart, through = np.ones(len(to_us)), np.zeros(len(to_us), dtype=np.int64)
        for funder in mine:
            counts = self._shared_with([int(funder)], ours)
            with np.errstate(divide="ignore", invalid="ignore"):
                tie = np.where(counts > 0, counts / np.sqrt(grantees * float(grantees[funder])), 0.0)
            tie[funder] = 0.0
            apart *= 1 - np.clip(tie, 0, 1)
            through += tie > 0
        shared = self._shared_with(mine, ours)
        for funder in mine:
            shared[funder] = self._shared_with(mine[mine != funder], ours)[funder]
        return pd.DataFrame({"tie": 1 - apart, "shared": shared, "through": through, "grantees": grantees, "to_us": to_us})

    def _shared_with(self, funders: Sequence[int] | Array, ours: Sequence[int]) -> Array:
        """Count, for each funder, its grantees that one of `funders` supports as well, without ours."""
        import numpy as np

        theirs = np.setdiff1d(np.unique(self.by_funder[list(funders)].indices), np.asarray(ours, dtype=np.int64))
        counted: Array = np.bincount(self.by_recipient[theirs].indices, minlength=self.by_funder.shape[0])
        return counted

    def shared_grantees(self, funder: int, ours: Sequence[int], *, most: int) -> Array:
        """Return grantees of `funder` that our other funders support as well.

        Those of most of our funders come first, among them those of the fewest funders in all: they tell the most.
        """
        import numpy as np

        mine = self.funders_of(ours)
        theirs = self.by_funder[int(funder)].indices
        theirs = np.setdiff1d(theirs, np.asarray(ours, dtype=np.int64))
        others = np.isin(np.arange(self.by_funder.shape[0]), mine[mine != funder]).astype(np.int64)
        supported = self.by_recipient[theirs] @ others if len(theirs) else np.zeros(0, dtype=np.int64)
        order = np.lexsort((theirs, np.diff(self.by_recipient.indptr)[theirs], -supported))
        chosen: Array = theirs[order][supported[order] > 0][:most]
        return chosen

    def cofunders(self, funder: int) -> int:
        """Return how many other funders share a grantee with `funder`."""
        import numpy as np

        return max(len(np.unique(self.by_recipient[self.by_funder[int(funder)].indices].indices)) - 1, 0)

    def pagerank(self) -> Array:
        """Return how central each funder is: its share of a random walk from funder to grantee to funder.

        From a funder the walk goes to one of its grantees, from there to one of that grantee's funders; in ``1 − DAMPING`` of its
        steps it begins anew at any funder. Shares sum to 1. A funder without grantees has what beginning anew gives.
        """
        import numpy as np

        funders = self.by_funder.shape[0]
        if not funders:
            return np.zeros(0)
        grantees, supporters = self.grantees(), np.diff(self.by_recipient.indptr)
        rank = np.full(funders, 1 / funders)
        for _ in range(MOST_STEPS):
            on_the_way = self.by_funder.T @ (rank / np.maximum(grantees, 1))
            walked = self.by_recipient.T @ (on_the_way / np.maximum(supporters, 1))
            fresh = DAMPING * walked + (1 - DAMPING * walked.sum()) / funders
            if np.abs(fresh - rank).sum() < CLOSE_ENOUGH:
                return fresh
            rank = fresh
        return rank


def funding_of(funders: Array, recipients: Array, counts: tuple[int, int]) -> Funding:
    """Make the tables of pairs of a funder and a recipient, each named by its number; a pair that comes twice counts once.

    Parameters
    ----------
    counts : how many funders and how many recipients there are

    Raises
    ------
    BadParameter
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    for name, codes, count in (("funders", funders, counts[0]), ("recipients", recipients, counts[1])):
        if len(codes) and not (codes.min() >= 0 and codes.max() < count):
            raise BadParameter(name, f"{codes.min()} to {codes.max()}", f"within 0 and {count - 1}")
    table = csr_matrix(
        (np.ones(len(funders), dtype=np.int8), (recipients, funders)), shape=(counts[1], counts[0]), dtype=np.int64
    )
    table.sum_duplicates()
    table.data[:] = 1
    turned = table.T.tocsr()
    turned.sort_indices()
    return Funding(table, turned)
