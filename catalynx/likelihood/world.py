"""Who gave to whom and when, as numbers: the one form in which all data sets are learned from and tested on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from catalynx.columns import require

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

GIFT_COLUMNS = ("recipient", "funder", "year", "amount_usd", "text")
RECIPIENT_COLUMNS = ("recipient", "name", "place", "state", "ntee_major", "kind")
FUNDER_COLUMNS = ("funder", "name", "text", "last_year")


@dataclass(frozen=True)
class World:
    """Gifts between numbered recipients and funders, in an order that does not depend on that of the rows they came from.

    Attributes
    ----------
    recipients : one row a recipient, sorted by ``recipient`` (its key); ``name`` in normal form, ``place`` (city and state as
        words), ``state``, ``ntee_major``, ``kind`` (type of organisation), each as first published, NA where unknown
    funders : one row a funder or program, sorted by ``funder``; ``text`` (what it says of itself), ``last_year``
        that its source covers
    gifts : one row a gift, sorted; ``recipient`` and ``funder`` as row numbers of the two frames, ``year``, ``amount_usd``,
        ``text``
    fields : recipients × fields, the shares of the fields that the name of each tells (`likelihood.fields`), or None
    """

    recipients: pd.DataFrame
    funders: pd.DataFrame
    gifts: pd.DataFrame
    fields: csr_matrix | None = None

    @property
    def years(self) -> tuple[int, int]:
        """First and last year on record."""
        return int(self.gifts["year"].min()), int(self.gifts["year"].max())

    def until(self, origin: int) -> History:
        """Return what was on record at the end of the year `origin`."""
        return History(self, origin)


def make_world(gifts: pd.DataFrame, recipients: pd.DataFrame, funders: pd.DataFrame) -> World:
    """Number recipients and funders in the order of their keys; gifts without a year are left out.

    Parameters
    ----------
    gifts : needs ``recipient`` and ``funder`` (keys), ``year``, ``amount_usd``, ``text``
    recipients, funders : columns as in `World`; each key once

    Raises
    ------
    MissingColumns
    """
    import numpy as np

    require(gifts, GIFT_COLUMNS, name="gifts")
    require(recipients, RECIPIENT_COLUMNS, name="recipients")
    require(funders, FUNDER_COLUMNS, name="funders")
    recipients = recipients.sort_values("recipient", ignore_index=True)
    funders = funders.sort_values("funder", ignore_index=True)
    dated = gifts[gifts["year"].notna()]
    numbered = dated.assign(
        recipient=recipients["recipient"].searchsorted(dated["recipient"]).astype(np.int32),
        funder=funders["funder"].searchsorted(dated["funder"]).astype(np.int32),
        year=dated["year"].astype(np.int32),
        amount_usd=dated["amount_usd"].astype("float64"),
        text=dated["text"].fillna("").astype(str),
    )
    order = ["recipient", "funder", "year", "amount_usd", "text"]
    return World(recipients, funders, numbered.loc[:, order].sort_values(order, ignore_index=True))


@dataclass(frozen=True)
class History:
    """A world as it stood at the end of the year ``origin``: nothing here looks at a later gift."""

    world: World
    origin: int

    @cached_property
    def gifts(self) -> pd.DataFrame:
        """Gifts up to the origin."""
        return self.world.gifts[self.world.gifts["year"] <= self.origin]

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row a pair: ``recipient``, ``funder``, ``first``, ``last`` (years), ``gifts``, ``usd`` (median amount)."""
        grouped = self.gifts.groupby(["recipient", "funder"], sort=True)
        return grouped.agg(
            first=("year", "min"), last=("year", "max"), gifts=("year", "size"), usd=("amount_usd", "median")
        ).reset_index()

    @property
    def shape(self) -> tuple[int, int]:
        """How many recipients and funders the world has."""
        return len(self.world.recipients), len(self.world.funders)

    def matrix(self, values: np.ndarray | None = None) -> csr_matrix:
        """Return the pairs as a sparse matrix of recipients × funders, of ones or of `values` (one a pair)."""
        import numpy as np
        from scipy.sparse import csr_matrix

        pairs = self.pairs
        data = np.ones(len(pairs)) if values is None else values
        return csr_matrix((data, (pairs["recipient"].to_numpy(), pairs["funder"].to_numpy())), shape=self.shape)

    @cached_property
    def seen(self) -> csr_matrix:
        """Pairs on record, as ones."""
        return self.matrix()

    @cached_property
    def recent(self) -> csr_matrix:
        """Pairs on record, each by how recent its last gift is: one half for every ``HALF_LIFE_YEARS``."""
        import numpy as np

        return self.matrix(np.exp2(-(self.origin - self.pairs["last"].to_numpy()) / HALF_LIFE_YEARS))

    @cached_property
    def funders_of(self) -> np.ndarray:
        """How many funders each recipient has on record: 0 is a cold recipient."""
        import numpy as np

        return np.diff(self.seen.indptr)

    @cached_property
    def newcomers(self) -> pd.DataFrame:
        """First gifts of pairs, except those of the first year of a funder's record, when every recipient looks new.

        Columns ``recipient``, ``funder``, ``year``, and ``warm``: the recipient had another funder before that year.
        """
        pairs = self.pairs
        start = pairs.groupby("funder")["first"].transform("min")
        arrived = pairs.groupby("recipient")["first"].transform("min")
        new = pairs.assign(warm=arrived < pairs["first"])[pairs["first"] > start]
        return new.loc[:, ["recipient", "funder", "first", "warm"]].rename(columns={"first": "year"})


HALF_LIFE_YEARS = 4.0
