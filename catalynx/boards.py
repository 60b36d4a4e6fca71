"""Officers of returns → who sits on several boards, and the graph of their seats and of gifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalynx.lake.ties import officers
from catalynx.relations import Graph, link_seats, make_graph
from catalynx.relations.seats import NO_YEAR, PLACES, seats_of
from catalynx.sources.person_names import parse_people

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from catalynx.lake import Snapshot

    type Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Boards:
    """The graph, and what its nodes and edges mean.

    Attributes
    ----------
    graph : organisations by their numbers, then people with seats in several of them; a seat's edge has the seat's number
    organizations : how many nodes are organisations
    mentions, not_names, people, seats : lines of returns, those that name nobody, people told apart, and seats, of all
    listed : organisations of which a return lists somebody
    sure : one value a person of the graph: the lowest score of the links between that person's seats
    people_of, organization_of : the person (without the organisations before them) and the organisation of each seat
    names, roles : texts, one a seat: name and role as the latest return has them
    first_years, last_years : of each seat; ``NO_YEAR`` where unknown
    """

    graph: Graph
    organizations: int
    mentions: int
    not_names: int
    people: int
    seats: int
    listed: Array
    sure: Array
    people_of: Array
    organization_of: Array
    names: pa.DictionaryArray
    roles: pa.DictionaryArray
    first_years: Array
    last_years: Array

    def seats_of(self, person: int) -> Array:
        """Return the seats of a person of the graph."""
        import numpy as np

        node = self.organizations + person
        found: Array = np.sort(self.graph.edges[self.graph.starts[node] : self.graph.starts[node + 1]])
        return found

    def listed_at(self, organizations: Sequence[int]) -> bool:
        """Say whether a return lists an officer of any of `organizations`."""
        import numpy as np

        return bool(np.isin(self.listed, list(organizations)).any())

    def seat(self, number: int) -> dict[str, Any]:
        """Return ``name``, ``role``, ``first_year``, ``last_year`` of a seat; None where unknown."""
        first, last = (int(years[number]) for years in (self.first_years, self.last_years))
        return {
            "name": self.names[number].as_py(), "role": self.roles[number].as_py(),
            "first_year": None if first == NO_YEAR else first, "last_year": None if last == NO_YEAR else last,
        }  # fmt: skip


def make_boards(snapshot: Snapshot, keys: pa.Array, organizations: pa.Table, gifts: tuple[Array, Array]) -> Boards:
    """Read the officers of a version, tell people apart, and make the graph.

    Parameters
    ----------
    keys, organizations : the nodes, see `catalynx.lake.ties.tied_organizations`
    gifts : nodes of funder and recipient of each pair
    """
    import numpy as np

    mentions, names, roles = _coded(officers(snapshot), keys)
    seats, not_names = _seats(mentions, names, organizations)
    read_lines = len(mentions)
    del mentions
    person, sure = link_seats(seats)
    linked = np.flatnonzero(np.bincount(person, minlength=len(sure))[person] > 1)
    at, written, role = (seats[name].to_numpy()[linked].astype(np.int32) for name in ("organization", "written", "role"))
    people, numbers = _in_order(person[linked], at, written)
    order = np.lexsort((numbers, at))
    at, numbers, written, role = (values[order] for values in (at, numbers, written, role))
    first, last = (seats[name].to_numpy()[linked][order].astype(np.int16) for name in ("first_year", "last_year"))
    return Boards(
        graph=make_graph(len(keys) + len(people), (at, numbers + len(keys)), gifts),
        organizations=len(keys), mentions=read_lines, not_names=not_names, people=len(sure), seats=len(seats),
        listed=np.unique(seats["organization"].to_numpy()).astype(np.int32), sure=sure[people].astype(np.float32),
        people_of=numbers, organization_of=at, names=_texts(written, names), roles=_texts(role, roles),
        first_years=first, last_years=last,
    )  # fmt: skip


def give_back() -> None:
    """Give back to the system what making took and nothing holds any more; the C library of Linux keeps it otherwise."""
    import ctypes

    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _coded(read: pa.Table, keys: pa.Array) -> tuple[pd.DataFrame, pa.Array, pa.Array]:
    """Return mentions as numbers, and the names and roles that they name, in order."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    keyed = _chunk(read["key"])
    columns: dict[str, Any] = {"organization": _at(pc.index_in(keyed.dictionary, keys), keyed)}
    texts: dict[str, pa.Array] = {}
    for column, name in (("return_id", "filing"), ("person_name", "written"), ("role", "role")):
        encoded = _chunk(read[column])
        order = pc.sort_indices(encoded.dictionary)
        ranks = np.empty(len(order) + 1, dtype=np.int32)
        ranks[order.to_numpy()] = np.arange(1, len(order) + 1, dtype=np.int32)
        ranks[-1] = 0
        columns[name] = ranks[pc.fill_null(encoded.indices, -1).to_numpy()]
        texts[name] = pa.concat_arrays([pa.array([""], pa.string()), encoded.dictionary.take(order)])
    columns["year"] = pc.fill_null(read["year"], NO_YEAR).to_numpy().astype(np.int16)
    return pd.DataFrame(columns), texts["written"], texts["role"]


def _chunk(column: pa.ChunkedArray) -> pa.DictionaryArray:
    import pyarrow as pa

    return column.chunk(0) if column.num_chunks == 1 else pa.array([], column.type)


def _at(values: pa.Array, encoded: pa.DictionaryArray) -> Array:
    import numpy as np

    found: Array = values.to_numpy(zero_copy_only=False).astype(np.int32)[encoded.indices.to_numpy()]
    return found


def _seats(mentions: pd.DataFrame, names: pa.Array, organizations: pa.Table) -> tuple[pd.DataFrame, int]:
    parsed = parse_people(names.to_pylist())
    not_names = int(parsed["surname"].isna().to_numpy()[mentions["written"].to_numpy(dtype="int64")].sum())
    places = organizations.select(list(PLACES)).to_pandas()
    return seats_of(mentions, parsed, places), not_names


def _in_order(person: Array, organization: Array, written: Array) -> tuple[Array, Array]:
    """Number people by their first organisation and name, whatever the order in which they were read.

    Returns
    -------
    the old number of each person, and for each seat the new number of its person
    """
    import numpy as np

    order = np.lexsort((written, organization, person))
    old, first = np.unique(person[order], return_index=True)
    ranked = np.lexsort((written[order][first], organization[order][first]))
    fresh = np.empty(len(old), dtype=np.int32)
    fresh[ranked] = np.arange(len(old), dtype=np.int32)
    return old[ranked], fresh[np.searchsorted(old, person)]


def _texts(codes: Array, texts: pa.Array) -> pa.DictionaryArray:
    """Return the texts of which `codes` are the places, without those that nothing names; the empty one is missing."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    used, places = np.unique(codes, return_inverse=True)
    taken = texts.take(pa.array(used, pa.int32()))
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pc.if_else(pc.equal(taken, ""), None, taken))
