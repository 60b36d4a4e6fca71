"""The ties of one version of the lake, made when they are first asked for and kept for the versions in use.

Two halves, each made at its first question: who funds whom (quick; scores need it), and the graph of seats and gifts in which
shortest ways are looked for. People who sit on one board only tie nobody to anybody, so the graph leaves them out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Final

from catalynx.lake.snapshot import Snapshot
from catalynx.lake.ties import funding_pairs, tied_organizations
from catalynx.relations.cofunding import Funding, funding_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from catalynx.boards import Boards

    type Array = np.ndarray[Any, Any]

VERSIONS_KEPT: Final = 2
YEARS_KEPT: Final = 3
NO_YEAR: Final = -1
NEVER: Final = 9999
EIN_DIGITS: Final = 9
NAMED: Final = 3
_kept: OrderedDict[str, Ties] = OrderedDict()
_keeping = Lock()


def ties_of(snapshot: Snapshot) -> Ties:
    """Return the ties of the lake's version that `snapshot` reads, from memory when they are there.

    They are read over a connection of their own, which is closed at once: DuckDB keeps what it used for as long as one is open.
    """
    with _keeping:
        folder = str(snapshot.folder)
        if folder not in _kept:
            with Snapshot(snapshot.folder) as own:
                _kept[folder] = Ties(tied_organizations(own), funding_pairs(own))
        _kept.move_to_end(folder)
        while len(_kept) > VERSIONS_KEPT:
            _kept.popitem(last=False)
        return _kept[folder]


class Ties:
    """Organisations, who funds whom, and who sits on whose board.

    Attributes
    ----------
    organizations : Arrow table, one row a node, in the order of their keys; see `catalynx.lake.ties.tied_organizations`
    pairs : Arrow table of gifts, one row a funder and recipient
    """

    def __init__(self, organizations: pa.Table, pairs: pa.Table) -> None:
        import pyarrow.compute as pc

        self.organizations = organizations.combine_chunks()
        self._keys = self.organizations["key"].combine_chunks()
        self.funder_nodes, self._funders = _numbers(pairs["funder_key"], self._keys)
        self.recipient_nodes, self._recipients = _numbers(pairs["recipient"], self._keys)
        self.pairs = pairs.drop_columns(["funder_key", "recipient"]).combine_chunks()
        self._first_years = pc.fill_null(pairs["first_year"], NO_YEAR).to_numpy()
        self._fundings: OrderedDict[int, Funding] = OrderedDict()
        self._boards: Boards | None = None
        self._lock = RLock()

    def node(self, key: str | None) -> int | None:
        """Return the number of the organisation with this key; None when it is tied to nobody."""
        if key is None:
            return None
        at = bisect_left(range(len(self._keys)), key, key=lambda place: str(self._keys[place].as_py()))
        return at if at < len(self._keys) and self._keys[at].as_py() == key else None

    def key(self, node: int) -> str:
        """Return the key of an organisation: ``ein:`` and its EIN, or as in ``giving``."""
        return str(self._keys[node].as_py())

    def organization(self, node: int) -> dict[str, Any]:
        """Return what is known of an organisation: ``key, name, city, state, ntee_major, funder``."""
        found: dict[str, Any] = self.organizations.slice(node, 1).to_pylist()[0]
        return found

    def nodes_of(self, *, ein: str | None, name: str, states: Sequence[str]) -> list[int]:
        """Return the nodes that are an applicant: by its EIN, and by its name as grants have it, in a state."""
        import pandas as pd

        from catalynx.lake.names import recipient_key

        keys = [] if ein is None else [f"ein:{ein}"]
        if name.strip():
            count = len(states)
            keys += recipient_key(
                pd.Series([name] * count), pd.Series(list(states)), pd.Series([None] * count, dtype="str")
            ).tolist()
        return sorted({node for node in map(self.node, keys) if node is not None})

    def funding(self, until_year: int | None = None) -> Funding:
        """Return who funded whom up to the end of a year; gifts without a year count always. None is all."""
        year = NEVER if until_year is None else until_year
        with self._lock:
            if year not in self._fundings:
                kept = self._first_years <= year
                counts = len(self.funder_nodes), len(self.recipient_nodes)
                self._fundings[year] = funding_of(self._funders[kept], self._recipients[kept], counts)
            self._fundings.move_to_end(year)
            while len(self._fundings) > YEARS_KEPT:
                self._fundings.popitem(last=False)
            return self._fundings[year]

    def recipients(self, nodes: Sequence[int]) -> list[int]:
        """Return the places of nodes among the recipients of `funding`; those that received nothing have none."""
        return _among(self.recipient_nodes, nodes)

    def funder(self, node: int) -> int | None:
        """Return the place of a node among the funders of `funding`; None when it gave nothing on record."""
        found = _among(self.funder_nodes, [node])
        return found[0] if found else None

    def boards(self, snapshot: Snapshot) -> Boards:
        """Return the graph of seats and gifts; `snapshot`, of the same version, is read at the first question."""
        from catalynx.boards import give_back, make_boards

        with self._lock:
            if self._boards is None:
                with Snapshot(snapshot.folder) as own:
                    self._boards = make_boards(own, self._keys, self.organizations, self.gift_nodes())
                give_back()
            return self._boards

    def funders_called(self, keys: Sequence[str]) -> Array:
        """Return the places of funders among those of `funding` by their keys; −1 for what gave nothing on record."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pc.index_in(pa.array(keys, pa.string()), self._keys.take(pa.array(self.funder_nodes)))
        places: Array = pc.fill_null(found, -1).to_numpy()
        return places

    def gift_nodes(self) -> tuple[Array, Array]:
        """Return the nodes of funder and recipient of each pair."""
        return self.funder_nodes[self._funders], self.recipient_nodes[self._recipients]


def with_network(
    candidates: pd.DataFrame, snapshot: Snapshot, *, ein: str | None, name: str, state: str | None, year: int
) -> pd.DataFrame:
    """Say of each foundation among `candidates` how it is tied to those that gave to an applicant.

    Parameters
    ----------
    ein, name, state : of the applicant; grants are found by the first, and by both others together
    year : grants up to its end count

    Returns
    -------
    `candidates` with ``network_tie``, ``network_grantees_count``, ``network_shared_count`` and ``network_shared_names``
    """
    import pandas as pd

    ties = ties_of(snapshot)
    funding = ties.funding(year)
    ours = ties.recipients(ties.nodes_of(ein=ein, name=name, states=[state] if state else []))
    places = ties.funders_called([_key(text) for text in candidates["candidate_id"]])
    funders = [None if place < 0 else int(place) for place in places]
    known = bool(len(funding.funders_of(ours)))
    tied = funding.ties(ours)[["tie", "shared", "grantees"]].reindex(places, fill_value=0).set_axis(candidates.index)
    names = [
        _shared_names(ties, funding, one, ours) if shared else None
        for one, shared in zip(funders, tied["shared"] > 0, strict=True)
    ]
    return candidates.assign(
        network_tie=tied["tie"] if known else float("nan"),
        network_grantees_count=tied["grantees"].astype("Int64"),
        network_shared_count=tied["shared"].astype("Int64"),
        network_shared_names=pd.Series(names, candidates.index, dtype="str"),
    )


def _key(candidate_id: str) -> str:
    """Return the key of the funder that a candidate is; of no funder for programs and opportunities."""
    kind, _, rest = candidate_id.partition(":")
    return (f"ein:{rest}" if rest.isdigit() and len(rest) == EIN_DIGITS else rest) if kind == "foundation" else ""


def _shared_names(ties: Ties, funding: Funding, funder: int | None, ours: Sequence[int]) -> str:
    if funder is None:
        return ""
    shared = funding.shared_grantees(funder, ours, most=NAMED)
    return ", ".join(str(ties.organization(int(ties.recipient_nodes[one]))["name"]) for one in shared)


def _numbers(values: pa.ChunkedArray, keys: pa.Array) -> tuple[Array, Array]:
    """Return the nodes that occur among `values`, in order, and for each value the place of its node among them."""
    import numpy as np
    import pyarrow.compute as pc

    encoded = values.combine_chunks().dictionary_encode()
    nodes = pc.index_in(encoded.dictionary, keys).to_numpy(zero_copy_only=False).astype(np.int32)
    distinct, places = np.unique(nodes, return_inverse=True)
    return distinct, places.astype(np.int32)[encoded.indices.to_numpy()] if len(encoded) else np.zeros(0, dtype=np.int32)


def _among(sorted_nodes: Array, nodes: Sequence[int]) -> list[int]:
    import numpy as np

    places = np.searchsorted(sorted_nodes, list(nodes))
    return [int(at) for at, node in zip(places, nodes, strict=True) if at < len(sorted_nodes) and sorted_nodes[at] == node]
