"""The table of giving in memory, laid out by state and field: a question reads one stretch of it.

15 bytes a gift (6 million gifts: some 90 MB), made once for each snapshot that is asked. SQL over the same rows spends most of
its time on planning; here a question is a look-up, a mask, and sums over what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot

TRACKS = ("foundation", "federal")

_GIFTS = """
    SELECT recipient_state || ntee_major AS place, year::SMALLINT AS year, amount_usd, track = 'federal' AS federal, funder_key
    FROM giving
    WHERE status IN ('paid', 'awarded') AND recipient_kind <> 'individual' AND recipient_state IS NOT NULL
        AND ntee_major IS NOT NULL AND year IS NOT NULL AND amount_usd IS NOT NULL"""
_FUNDERS = """
    SELECT funder_key, min(funder_name) AS funder_name, min(funder_ein) AS funder_ein FROM giving GROUP BY funder_key"""

_made: WeakKeyDictionary[Snapshot, GivingIndex] = WeakKeyDictionary()
_making = Lock()


def giving_index(snapshot: Snapshot) -> GivingIndex:
    """Return the index of a snapshot, made at the first question and kept for as long as the snapshot is."""
    with _making:
        if snapshot not in _made:
            _made[snapshot] = _make(snapshot)
        return _made[snapshot]


@dataclass(frozen=True, slots=True, eq=False)
class GivingIndex:
    """Gifts of known place, field, year and amount, those of one place and field side by side.

    Attributes
    ----------
    stretches : state and field (``VTA``) → first and last position
    years, amounts, federal, funders : one value a gift, in USD and places in `keys`
    keys, names, eins : one value a funder
    """

    stretches: dict[str, tuple[int, int]]
    years: np.ndarray[Any, Any]
    amounts: np.ndarray[Any, Any]
    federal: np.ndarray[Any, Any]
    funders: np.ndarray[Any, Any]
    keys: np.ndarray[Any, Any]
    names: np.ndarray[Any, Any]
    eins: np.ndarray[Any, Any]

    def gifts_of(
        self, state: str, field: str, track: int, years: tuple[int, int], usd: tuple[float, float]
    ) -> tuple[np.ndarray[Any, Any], ...]:
        """Return the funders, amounts and years of the gifts asked for, sorted by funder and then amount."""
        import numpy as np

        start, end = self.stretches.get(state + field, (0, 0))
        year, amount = self.years[start:end], self.amounts[start:end]
        chosen = (
            (year >= years[0]) & (year <= years[1]) & (amount >= usd[0]) & (amount <= usd[1]) & (self.federal[start:end] == track)
        )
        funder, amount, year = self.funders[start:end][chosen], amount[chosen], year[chosen]
        order = np.lexsort((amount, funder))
        return funder[order], amount[order], year[order]

    def ranked(self, state: str, field: str, track: int, years: tuple[int, int], usd: tuple[float, float]) -> pd.DataFrame:
        """Return one row a funder, most money first; see `catalynx.lake.queries.funders_that_gave`."""
        import numpy as np
        import pandas as pd

        funder, amount, year = self.gifts_of(state, field, track, years, usd)
        starts = np.flatnonzero(np.r_[True, funder[1:] != funder[:-1]]) if len(funder) else np.empty(0, dtype=np.int64)
        gifts = np.diff(np.r_[starts, len(funder)])
        total = np.add.reduceat(amount, starts) if len(starts) else amount
        last = np.maximum.reduceat(year, starts) if len(starts) else year
        middle = starts + gifts // 2
        median = (
            np.where(gifts % 2, amount[middle], (amount[middle] + amount[np.maximum(middle - 1, 0)]) / 2)
            if len(starts)
            else amount
        )
        order = np.lexsort((self.keys[funder[starts]], -total)) if len(starts) else starts
        place = funder[starts][order]
        return pd.DataFrame(
            {
                "funder_key": self.keys[place], "funder_name": self.names[place],
                "funder_ein": self.eins[place], "gifts": gifts[order], "total_usd": total[order],
                "median_usd": median[order], "last_year": last[order].astype("int64"),
            },
            copy=False,
        )  # fmt: skip


def _make(snapshot: Snapshot) -> GivingIndex:
    import numpy as np
    import pyarrow.compute as pc

    funders = snapshot.arrow(_FUNDERS).sort_by("funder_key")
    gifts = snapshot.arrow(_GIFTS)
    places = gifts["place"].combine_chunks().dictionary_encode()
    codes = places.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(places.dictionary)))
    starts = np.r_[0, ends[:-1]] if len(ends) else ends
    names = places.dictionary.to_pylist()
    funder = pc.index_in(gifts["funder_key"], funders["funder_key"].combine_chunks())
    return GivingIndex(
        {name: (int(start), int(end)) for name, start, end in zip(names, starts, ends, strict=True)},
        gifts["year"].to_numpy()[order],
        gifts["amount_usd"].to_numpy()[order],
        gifts["federal"].to_numpy().astype(np.int8)[order],
        funder.to_numpy().astype(np.int32)[order],
        *(funders[name].to_numpy(zero_copy_only=False) for name in ("funder_key", "funder_name", "funder_ein")),
    )
