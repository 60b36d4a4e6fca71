"""A graph of organisations and people as compressed rows, and the shortest ways in it: breadth first from both ends.

Nodes are numbers: organisations first, in the order of their keys, then people. Edges are seats (organisation, person) first,
then gifts (funder, recipient). From each end whole layers are gathered with a few array operations, always at the end whose next
layer is smaller, until they meet [Pohl 1971, bi-directional search]; so a search touches little of a large graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from catalynx.errors import BadParameter

if TYPE_CHECKING:
    import numpy as np

    type Array = np.ndarray[Any, Any]

ANY, PEOPLE = "any", "people"
THROUGH = (ANY, PEOPLE)
_OURS, _THEIRS = 1, 2


class Hop(NamedTuple):
    """One step of a way: along an edge from a node to a node."""

    start: int
    edge: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Nodes and their neighbours.

    Attributes
    ----------
    starts : place in `neighbours` at which those of a node begin, and one more
    neighbours, edges : the nodes beside each node, and the edges that lead to them
    seats : how many edges are seats; those from there on are gifts
    """

    starts: Array
    neighbours: Array
    edges: Array
    seats: int

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.starts) - 1

    def degree(self, node: int) -> int:
        """Return how many edges end at `node`."""
        return int(self.starts[node + 1] - self.starts[node])

    def paths(self, start: int, end: int, *, through: str = ANY, most: int = 1) -> list[list[Hop]]:
        """Return up to `most` of the shortest ways from `start` to `end`, or none when there is no way.

        Parameters
        ----------
        through : ``any``, or ``people`` for ways along seats alone

        Returns
        -------
        ways of the same length, the same from whichever end they are asked for, in the order of the nodes where both halves meet

        Raises
        ------
        BadParameter
        """
        for name, node in (("start", start), ("end", end)):
            if not 0 <= node < self.nodes:
                raise BadParameter(name, node, f"a node, 0 to {self.nodes - 1}")
        if through not in THROUGH:
            raise BadParameter("through", through, " or ".join(THROUGH))
        if most < 1:
            raise BadParameter("most", most, "at least 1")
        if start == end:
            return [[]]
        if start > end:
            return [
                [Hop(hop.end, hop.edge, hop.start) for hop in reversed(way)] for way in self._search(end, start, through, most)
            ]
        return self._search(start, end, through, most)

    def _search(self, start: int, end: int, through: str, most: int) -> list[list[Hop]]:
        import numpy as np

        # Pages that are never touched are never made, so these cost little however large the graph is.
        side = np.zeros(self.nodes, dtype=np.int8)
        came_from, came_by = np.empty(self.nodes, dtype=np.int32), np.empty(self.nodes, dtype=np.int32)
        side[start], side[end] = _OURS, _THEIRS
        fronts = {_OURS: np.asarray([start]), _THEIRS: np.asarray([end])}
        while all(len(front) for front in fronts.values()):
            mine = min(fronts, key=lambda one: int((self.starts[fronts[one] + 1] - self.starts[fronts[one]]).sum()))
            parents, nodes, edges = self._beside(fronts[mine], through)
            reached = side[nodes]
            if (reached == _OURS + _THEIRS - mine).any():
                meeting = np.flatnonzero(reached == _OURS + _THEIRS - mine)
                meeting = meeting[np.lexsort((parents[meeting], nodes[meeting]))]
                ends = [Hop(int(parents[at]), int(edges[at]), int(nodes[at])) for at in meeting]
                return _ways(ends, came_from, came_by, (start, end), mine == _OURS, most)
            fresh = np.flatnonzero(reached == 0)
            nodes, first = np.unique(nodes[fresh], return_index=True)
            side[nodes], came_from[nodes], came_by[nodes] = mine, parents[fresh[first]], edges[fresh[first]]
            fronts[mine] = nodes
        return []

    def _beside(self, front: Array, through: str) -> tuple[Array, Array, Array]:
        """Return, for all edges that leave the nodes of `front`: the node, its neighbour, and the edge."""
        import numpy as np

        counts = self.starts[front + 1] - self.starts[front]
        before = np.cumsum(counts) - counts
        at = np.repeat(self.starts[front] - before, counts) + np.arange(int(counts.sum()))
        parents, nodes, edges = np.repeat(front, counts), self.neighbours[at], self.edges[at]
        if through == PEOPLE:
            seats = edges < self.seats
            return parents[seats], nodes[seats], edges[seats]
        return parents, nodes, edges


def _ways(
    meeting: list[Hop], came_from: Array, came_by: Array, ends: tuple[int, int], forward: bool, most: int
) -> list[list[Hop]]:
    """Follow both halves back from the edges where they met; one way for each node in the middle."""
    ways: dict[int, list[Hop]] = {}
    met = (hop if forward else Hop(hop.end, hop.edge, hop.start) for hop in meeting)
    # By nodes first: the number of an edge is only the order in which edges were given.
    for start, edge, end in sorted(met, key=lambda hop: (hop.start, hop.end, hop.edge)):
        # What lies in the middle tells ways apart; next to an end that is the node on the other side.
        middle = end if start == ends[0] else start
        if middle in ways or len(ways) == most:
            continue
        first = [Hop(*hop) for hop in _back(start, ends[0], came_from, came_by)]
        last = [Hop(hop.end, hop.edge, hop.start) for hop in _back(end, ends[1], came_from, came_by)]
        ways[middle] = [*reversed(first), Hop(start, edge, end), *last]
    return list(ways.values())


def _back(node: int, root: int, came_from: Array, came_by: Array) -> list[Hop]:
    hops = []
    while node != root:
        before = int(came_from[node])
        hops.append(Hop(before, int(came_by[node]), node))
        node = before
    return hops


def make_graph(nodes: int, seats: tuple[Array, Array], gifts: tuple[Array, Array]) -> Graph:
    """Make a graph of edges, each given as two arrays of nodes; the order in which edges are given is their number.

    Raises
    ------
    BadParameter
        An edge names a node that is not there.
    """
    import numpy as np

    one = np.concatenate([seats[0], gifts[0]]).astype(np.int32)
    other = np.concatenate([seats[1], gifts[1]]).astype(np.int32)
    if len(one) and not (min(one.min(), other.min()) >= 0 and max(one.max(), other.max()) < nodes):
        raise BadParameter(
            "edges", f"{min(one.min(), other.min())} to {max(one.max(), other.max())}", f"within 0 and {nodes - 1}"
        )
    from_nodes = np.concatenate([one, other])
    order = np.lexsort((np.concatenate([other, one]), from_nodes))
    starts = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(from_nodes, minlength=nodes), out=starts[1:])
    neighbours = np.concatenate([other, one])[order]
    edges = (order % len(one)).astype(np.int32) if len(one) else np.zeros(0, dtype=np.int32)
    return Graph(starts.astype(np.int32), neighbours, edges, len(seats[0]))
