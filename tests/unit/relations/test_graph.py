"""Shortest ways: known answers by hand, and against a plain breadth-first search."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.errors import BadParameter
from catalynx.relations import Graph, Hop, make_graph

type Edges = list[tuple[int, int]]


def graph_of(nodes: int, seats: Edges, gifts: Edges) -> Graph:
    def ends(edges: Edges) -> tuple[np.ndarray, np.ndarray]:
        return tuple(np.asarray([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))  # type: ignore[return-value]

    return make_graph(nodes, ends(seats), ends(gifts))


def plain_length(edges: Edges, start: int, end: int) -> int | None:
    beside: dict[int, set[int]] = {}
    for one, other in edges:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    far, waiting = {start: 0}, deque([start])
    while waiting:
        node = waiting.popleft()
        for other in beside.get(node, set()) - far.keys():
            far[other] = far[node] + 1
            waiting.append(other)
    return far.get(end)


# Organisations 0–4, people 5 and 6: person 5 at 0 and 1, person 6 at 1 and 2; funder 3 gave to 0 and 2; 4 is alone.
SEATS, GIFTS = [(0, 5), (1, 5), (1, 6), (2, 6)], [(3, 0), (3, 2)]


def test_the_shortest_way_goes_through_people_or_grants() -> None:
    graph = graph_of(7, SEATS, GIFTS)
    assert graph.paths(0, 1) == [[Hop(0, 0, 5), Hop(5, 1, 1)]]
    assert graph.paths(0, 2) == [[Hop(0, 4, 3), Hop(3, 5, 2)]], "two grants are shorter than two people"
    assert [hop.edge for hop in graph.paths(0, 2, through="people")[0]] == [0, 1, 2, 3]


def test_ends_that_are_one_and_ends_apart() -> None:
    graph = graph_of(7, SEATS, GIFTS)
    assert graph.paths(3, 3) == [[]]
    assert graph.paths(0, 4) == []
    assert graph.paths(3, 0, through="people") == [], "who only gives is on no board"
    assert graph.degree(1) == 2
    assert graph.degree(4) == 0


def test_several_ways_of_the_same_length_are_told_apart_by_their_middle() -> None:
    graph = graph_of(5, [], [(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4)])
    assert [way[0].end for way in graph.paths(0, 1, most=2)] == [2, 3]
    assert len(graph.paths(0, 1, most=9)) == 3


def test_a_graph_without_edges() -> None:
    assert graph_of(2, [], []).paths(0, 1) == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [((0, 9), "end is 9"), ((-1, 0), "start is -1"), ((0, 1, "money"), "through is 'money'"), ((0, 1, "any", 0), "most is 0")],
)
def test_a_wrong_question_is_told(asked: tuple, words: str) -> None:
    start, end, *rest = asked
    with pytest.raises(BadParameter, match=words):
        graph_of(2, [], [(0, 1)]).paths(start, end, **dict(zip(("through", "most"), rest, strict=False)))


def test_an_edge_to_nowhere_is_refused() -> None:
    with pytest.raises(BadParameter, match="within 0 and 1"):
        graph_of(2, [(0, 2)], [])


NODES = 12
PAIRS = st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)).filter(lambda pair: pair[0] != pair[1])
GRAPHS = st.lists(PAIRS, max_size=24, unique_by=lambda pair: tuple(sorted(pair)))


@given(GRAPHS, st.integers(0, 24), st.integers(0, NODES - 1), st.integers(0, NODES - 1), st.sampled_from(["any", "people"]))
def test_ways_are_whole_shortest_and_the_same_from_both_ends(
    edges: Edges, seats: int, start: int, end: int, through: str
) -> None:
    graph = graph_of(NODES, edges[:seats], edges[seats:])
    ways = graph.paths(start, end, through=through, most=3)
    length = plain_length(edges[:seats] if through == "people" else edges, start, end)
    assert (length is None) == (ways == [])
    for way in ways:
        assert len(way) == length
        assert [hop.start for hop in way] + [end] == [start] + [hop.end for hop in way]
        assert all({hop.start, hop.end} == set(edges[hop.edge]) for hop in way)
    back = graph.paths(end, start, through=through, most=3)
    assert [[Hop(hop.end, hop.edge, hop.start) for hop in reversed(way)] for way in back] == ways
    assert len({tuple(way) for way in ways}) == len(ways)


@given(GRAPHS, st.randoms(use_true_random=False), st.integers(0, NODES - 1), st.integers(0, NODES - 1))
def test_the_order_of_edges_does_not_matter(edges: Edges, chance, start: int, end: int) -> None:
    mixed = edges.copy()
    chance.shuffle(mixed)
    ways, again = (graph_of(NODES, given, []).paths(start, end, most=3) for given in (edges, mixed))
    assert [[(hop.start, hop.end) for hop in way] for way in ways] == [[(hop.start, hop.end) for hop in way] for way in again]
