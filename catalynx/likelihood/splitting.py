"""A question about the past with its answer: who could have been funded anew after an origin, and who was."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from catalynx.likelihood.world import History, World

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Question:
    """Which pairs that were never on record until ``origin`` came on record in the ``window`` years after it?

    Attributes
    ----------
    covered_only : funders whose source ends within the window are no candidates: their silence means nothing
    """

    world: World
    origin: int
    window: int
    covered_only: bool = True

    @cached_property
    def history(self) -> History:
        """What was known at the origin."""
        return self.world.until(self.origin)

    @cached_property
    def candidates(self) -> np.ndarray:
        """Row numbers of the funders that were active until the origin, and whose record goes on to the end of the window."""
        import numpy as np

        active = np.unique(self.history.pairs["funder"].to_numpy())
        if not self.covered_only:
            return active
        last = self.world.funders["last_year"].to_numpy()
        return active[last[active] >= self.origin + self.window]

    @cached_property
    def answers(self) -> csr_matrix:
        """Ones for the new pairs of the window, of all funders, candidates or not."""
        import numpy as np
        from scipy.sparse import csr_matrix

        gifts = self.world.gifts
        later = gifts[(gifts["year"] > self.origin) & (gifts["year"] <= self.origin + self.window)]
        later = later.loc[:, ["recipient", "funder"]].drop_duplicates()
        found = csr_matrix(
            (np.ones(len(later)), (later["recipient"].to_numpy(), later["funder"].to_numpy())), shape=self.history.shape
        )
        new = found - found.multiply(self.history.seen)
        new.eliminate_zeros()
        return new.tocsr()

    @cached_property
    def asked(self) -> np.ndarray:
        """Row numbers of the recipients with a new pair with a candidate in the window."""
        import numpy as np

        return np.flatnonzero(np.diff(self.answers[:, self.candidates].indptr))

    @cached_property
    def warm(self) -> np.ndarray:
        """Those asked about that had a gift on record at the origin."""
        return self.asked[self.history.funders_of[self.asked] > 0]

    @cached_property
    def cold(self) -> np.ndarray:
        """Those asked about of which nothing was on record at the origin."""
        return self.asked[self.history.funders_of[self.asked] == 0]

    @cached_property
    def known(self) -> np.ndarray:
        """All recipients with a gift on record at the origin, whether or not they got a new funder."""
        import numpy as np

        return np.flatnonzero(self.history.funders_of > 0)

    @property
    def unrankable(self) -> int:
        """How many new pairs are with funders that are no candidates."""
        return int(self.answers.nnz - self.answers[:, self.candidates].nnz)
