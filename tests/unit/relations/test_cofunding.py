"""Ties of funders: figures worked out by hand, ranges, and the order of rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.errors import BadParameter
from catalynx.relations import Funding, funding_of

FUNDERS, RECIPIENTS = 4, 6
# We are recipient 0. Funder 0 gave to us, 1, 2; funder 1 to 1, 2, 3; funder 2 to 4; funder 3 to us and 3.
PAIRS = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (1, 3), (2, 4), (3, 0), (3, 3)]


def funding(pairs: list[tuple[int, int]], funders: int = FUNDERS, recipients: int = RECIPIENTS) -> Funding:
    columns = (np.asarray([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    return funding_of(*columns, (funders, recipients))


def test_the_tie_is_that_of_the_definition() -> None:
    found = funding(PAIRS).ties([0])
    with_first, with_last = 2 / math.sqrt(3 * 2), 1 / math.sqrt(3 * 1)
    assert found["tie"].tolist() == pytest.approx([0, 1 - (1 - with_first) * (1 - with_last), 0, 0])
    assert found["shared"].tolist() == [0, 3, 0, 0], "what we received ourselves is no shared grantee"
    assert found["through"].tolist() == [0, 2, 0, 0]
    assert found["grantees"].tolist() == [2, 3, 1, 1]
    assert found["to_us"].tolist() == [True, False, False, True]


def test_shared_grantees_of_most_of_our_funders_come_first_then_the_particular_ones() -> None:
    more = [*PAIRS, (2, 1), (3, 2)]
    assert funding(more).shared_grantees(1, [0], most=9).tolist() == [2, 3, 1]
    assert funding(more).shared_grantees(1, [0], most=1).tolist() == [2]


def test_counts_of_funders_beside_a_funder() -> None:
    table = funding(PAIRS)
    assert [table.cofunders(funder) for funder in range(FUNDERS)] == [2, 2, 0, 2]
    assert table.grantees().tolist() == [3, 3, 1, 2]
    assert table.funders_of([0, 4]).tolist() == [0, 2, 3]


def test_nobody_gave_to_us() -> None:
    found = funding(PAIRS).ties([5])
    assert found["tie"].tolist() == [0.0] * FUNDERS
    assert not found["to_us"].any()
    assert funding(PAIRS).ties([])["tie"].tolist() == [0.0] * FUNDERS


def test_nothing_at_all() -> None:
    empty = funding([], 0, 0)
    assert len(empty.ties([])) == 0
    assert len(empty.pagerank()) == 0


def test_pagerank_is_the_fixed_point_of_the_walk() -> None:
    table = funding(PAIRS)
    rank = table.pagerank()
    given = np.zeros((FUNDERS, RECIPIENTS))
    for funder, recipient in PAIRS:
        given[funder, recipient] = 1
    supported = given.sum(axis=0)
    back = np.divide(given, supported, out=np.zeros_like(given), where=supported > 0)
    step = (given / given.sum(axis=1, keepdims=True)) @ back.T
    assert rank == pytest.approx(0.85 * rank @ step + 0.15 / FUNDERS)
    assert rank.sum() == pytest.approx(1)
    assert rank.argmax() in (0, 1)


def test_a_pair_out_of_range_is_refused() -> None:
    with pytest.raises(BadParameter, match="recipients is '0 to 7'"):
        funding([(0, 0), (1, 7)])


GIVEN = st.lists(st.tuples(st.integers(0, FUNDERS - 1), st.integers(0, RECIPIENTS - 1)), max_size=20)


@given(GIVEN, st.randoms(use_true_random=False))
def test_ties_are_in_range_and_independent_of_the_order_of_rows(pairs: list[tuple[int, int]], chance) -> None:
    found = funding(pairs).ties([0])
    assert found["tie"].between(0, 1).all()
    assert (found["shared"] <= found["grantees"]).all()
    assert ((found["shared"] > 0) == (found["tie"] > 0)).all()
    mixed = [*pairs, *pairs[:3]]
    chance.shuffle(mixed)
    assert found.equals(funding(mixed).ties([0])), "a pair that comes twice counts once"


@given(GIVEN, st.integers(1, FUNDERS - 1))
def test_a_further_funder_of_ours_never_loosens_a_tie(pairs: list[tuple[int, int]], funder: int) -> None:
    before, after = funding(pairs).ties([0]), funding([*pairs, (funder, 0)]).ties([0])
    others = [one for one in range(FUNDERS) if one != funder]
    assert (after["tie"][others] >= before["tie"][others] - 1e-12).all()
