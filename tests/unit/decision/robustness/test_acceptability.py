"""Acceptability of places under ranges of weights and values: known answers, a plain loop, and what is proven."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.decision.ranking import places, ranked
from catalynx.decision.robustness import Acceptability, acceptability
from catalynx.decision.robustness.certainty import Ranges, extremes
from catalynx.decision.robustness.weight_ranges import draw_weights, least_sum
from catalynx.errors import BadParameter

NAN = np.nan
ANY = (np.zeros(3), np.ones(3))
SLACK = 0.02
"""Four times the standard error of a share out of 10,000 draws."""


def fixed(values: object, weight_low: object, weight_high: object, **more: int) -> Acceptability:
    return acceptability(values, values, weight_low, weight_high, **more)


def test_central_weights_of_who_is_best_in_one_criterion_each() -> None:
    # The weights under which the first criterion weighs most average to the rank order centroid: Barron, F. H. and Barrett, B. E.
    # (1996), Decision quality using ranked attribute weights, Management Science 42(11), 1515–1523: 11/18, 5/18, 2/18.
    found = fixed(np.eye(3), *ANY, top=1, seed=3)
    np.testing.assert_allclose(found.rank_acceptability, np.full((3, 3), 1 / 3), atol=SLACK)
    np.testing.assert_allclose(found.central_weights, np.where(np.eye(3) > 0, 11 / 18, 7 / 36), atol=SLACK)
    np.testing.assert_allclose(found.pairwise[~np.eye(3, dtype=bool)], 0.5, atol=SLACK)
    assert all(verdict in {"in 32 %", "in 33 %", "in 34 %"} for verdict in found.verdict)


def test_draws_of_values_are_even() -> None:
    # One value in 0.2 to 0.8 against one that is 0.35: above it in 45 of 60.
    found = acceptability([[0.2], [0.35]], [[0.8], [0.35]], [1], [1], top=1)
    assert found.in_top[0] == pytest.approx(0.75, abs=SLACK)
    assert found.pairwise[found.compared.tolist().index(0), found.compared.tolist().index(1)] == found.in_top[0]


def by_loop(low: np.ndarray, high: np.ndarray, weights: np.ndarray) -> np.ndarray:
    chance, count = np.random.default_rng(99), np.zeros((len(low), len(low)))
    for one in weights:
        place = places(ranked("weighted sum", low + chance.random(low.shape) * (high - low), one)) - 1
        count[np.arange(len(low)), place.astype(int)] += 1
    return count / len(weights)


@pytest.mark.parametrize("gaps", [False, True])
def test_shares_are_those_of_a_plain_loop(gaps: bool) -> None:
    chance = np.random.default_rng(8)
    low = chance.random((6, 4)) * 0.7
    high = low + 0.3 * chance.random((6, 4))
    if gaps:
        low[[1, 4], [2, 0]] = high[[1, 4], [2, 0]] = NAN
    weight_low, weight_high = np.array([0.1, 0.0, 0.2, 0.1]), np.array([0.5, 0.6, 0.4, 0.3])
    weights = chance.dirichlet(np.ones(4), size=200_000)
    weights = weights[((weights >= weight_low) & (weights <= weight_high)).all(axis=1)][:4000]
    assert len(weights) == 4000
    found = acceptability(low, high, weight_low, weight_high, top=2)
    np.testing.assert_allclose(found.rank_acceptability, by_loop(low, high, weights), atol=2 * SLACK)


@pytest.mark.parametrize(
    ("low", "high"),
    [([0, 0, 0, 0], [1, 1, 1, 1]), ([0.2, 0.2, 0.2, 0.2], [0.3, 0.3, 0.3, 0.3]), ([0, 0.3, 0.1, 0.24], [1, 0.32, 0.11, 0.26])],
)
def test_weights_are_drawn_evenly(low: list[float], high: list[float]) -> None:
    lows, highs = np.array(low, dtype=float), np.array(high, dtype=float)
    drawn = draw_weights(lows, highs, 10_000, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.sum(axis=1), 1, atol=1e-12)
    assert ((drawn >= lows - 1e-12) & (drawn <= highs + 1e-12)).all()
    # Even in the ranges of all but the first, those kept whose first is in its range too: the same even weights, another way.
    free = np.random.default_rng(2).uniform(lows[1:], highs[1:], size=(400_000, 3))
    first = 1 - free.sum(axis=1)
    inside = (first >= lows[0]) & (first <= highs[0])
    expected = np.column_stack([first, free])[inside]
    spread = np.maximum(expected.std(axis=0), 1e-9)
    np.testing.assert_allclose((drawn.mean(axis=0) - expected.mean(axis=0)) / spread, 0, atol=0.06)
    np.testing.assert_allclose(drawn.std(axis=0) / spread, 1, atol=0.06)
    np.testing.assert_allclose(np.corrcoef(drawn.T), np.corrcoef(expected.T), atol=0.06)


def test_weights_without_room_are_what_they_are() -> None:
    weights = np.array([0.2, 0.5, 0.3])
    assert (draw_weights(weights, weights, 5, np.random.default_rng(1)) == weights).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 10_000))
def test_what_holds_of_any_shares(rows: int, columns: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    low = np.round(chance.random((rows, columns)), 1) * 0.8
    high = low + np.round(0.2 * chance.random((rows, columns)), 1)
    gaps = chance.random((rows, columns)) < 0.2
    low[gaps] = high[gaps] = NAN
    centre = chance.dirichlet(np.ones(columns))
    ranges = (low, high, centre * 0.5, np.minimum(centre * 1.5, 1))
    found = acceptability(*ranges, samples=300, top=2, seed=seed)
    known = ~np.isnan(low).all(axis=1)
    np.testing.assert_allclose(found.rank_acceptability[known].sum(axis=1), 1)
    assert np.isnan(found.rank_acceptability[~known]).all()
    assert {found.verdict[row] for row in np.flatnonzero(~known)} <= {"unknown"}
    if known.any():
        # Equals share the better place, so that places before it are never too few.
        assert (
            np.cumsum(found.rank_acceptability[known].sum(axis=0)) >= np.arange(1, rows + 1).clip(max=known.sum()) - 1e-9
        ).all()
    firsts = found.rank_acceptability[:, 0] > 0
    np.testing.assert_allclose(found.central_weights[firsts].sum(axis=1), 1, atol=1e-9)
    assert np.isnan(found.central_weights[~firsts]).all()
    off = ~np.eye(len(found.compared), dtype=bool)
    np.testing.assert_allclose((found.pairwise + found.pairwise.T)[off], 1)
    for row in np.flatnonzero(known):
        assert found.verdict[row] != "yes" or found.in_top[row] == 1
        assert found.verdict[row] != "no" or found.in_top[row] == 0
    again = acceptability(*ranges, samples=300, top=2, seed=seed)
    np.testing.assert_array_equal(again.rank_acceptability, found.rank_acceptability)


def test_yes_and_no_are_proven_else_a_share_is_told() -> None:
    values = [[0.9, 0.9, 0.9], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.0, 0.0, 0.0]]
    found = fixed(values, *ANY, top=1)
    assert found.verdict == ("yes", "no", "no", "no")
    found = fixed(values, *ANY, top=2)
    assert (found.verdict[0], found.verdict[3]) == ("yes", "no")
    assert found.verdict[1] in {"in 49 %", "in 50 %", "in 51 %"}
    narrow = fixed(values, [0.5, 0.2, 0.2], [0.6, 0.3, 0.3], top=2)
    assert narrow.verdict == ("yes", "yes", "no", "no")


def test_a_rare_draw_is_neither_yes_nor_no() -> None:
    found = acceptability([[0.5], [0.499]], [[0.6], [0.501]], [1], [1], top=1)
    assert found.in_top[0] > 0.98
    assert found.verdict == ("in more than 99 %", "in less than 1 %")


def test_what_is_proven_is_proven_of_means_over_what_is_known() -> None:
    values = np.array([[0.9, NAN, 0.8], [0.2, 0.3, NAN], [NAN, 0.1, 0.7]])
    least, most = extremes(Ranges(values, values, np.array([0.2, 0.2, 0.2]), np.array([0.6, 0.6, 0.6])))
    drawn = draw_weights(np.full(3, 0.2), np.full(3, 0.6), 4000, np.random.default_rng(5))
    scores = np.array([ranked("weighted sum", values, one) for one in drawn])
    assert (scores >= least - 1e-9).all()
    assert (scores <= most + 1e-9).all()
    np.testing.assert_allclose(scores.min(axis=0), least, atol=0.01)
    np.testing.assert_allclose(scores.max(axis=0), most, atol=0.01)
    assert fixed(values, [0.2] * 3, [0.6] * 3, top=1).verdict == ("yes", "no", "no")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_least_sum_is_that_of_a_linear_program(seed: int, columns: int) -> None:
    from scipy.optimize import linprog

    chance = np.random.default_rng(seed)
    centre = chance.dirichlet(np.ones(columns))
    low, high = centre * chance.random(columns), np.minimum(centre + chance.random(columns) * 0.3, 1)
    worth = chance.uniform(-1, 1, (3, columns))
    expected = [linprog(row, A_eq=np.ones((1, columns)), b_eq=[1], bounds=np.column_stack([low, high])).fun for row in worth]
    np.testing.assert_allclose(least_sum(worth, low, high), expected, atol=1e-9)


def test_equals_share_the_better_place() -> None:
    found = fixed(np.full((3, 3), 0.4), *ANY, top=1)
    np.testing.assert_array_equal(found.rank_acceptability, [[1, 0, 0]] * 3)
    assert found.verdict == ("yes", "yes", "yes")
    assert (found.pairwise[~np.eye(3, dtype=bool)] == 0.5).all()
    assert np.isfinite(found.central_weights).all()


def test_alike_candidates_are_equal_in_every_draw() -> None:
    values = np.tile(np.random.default_rng(2).random((1, 11)), (37, 1))
    found = fixed(values, np.zeros(11), np.ones(11), samples=500)
    assert (found.rank_acceptability[:, 0] == 1).all()


def test_tracks_weigh_differently() -> None:
    values = [[0.9, 0.1], [0.1, 0.9], [0.5, 0.5]]
    low = [[0.8, 0.1], [0.1, 0.8], [0.0, 0.0]]
    high = [[0.9, 0.2], [0.2, 0.9], [0.0, 0.0]]
    found = fixed(values, low, high, top=1)
    assert found.verdict[2] == "unknown"
    np.testing.assert_allclose(found.in_top[:2], 0.5, atol=SLACK)
    np.testing.assert_allclose(found.pairwise, [[NAN, 0.5], [0.5, NAN]], atol=SLACK)
    np.testing.assert_allclose(found.central_weights[0].sum(), 1)
    assert (found.central_weights[0] > [0.8, 0.1]).all()
    same = fixed(values, np.zeros((3, 2)), np.ones((3, 2)))
    np.testing.assert_array_equal(same.rank_acceptability, fixed(values, np.zeros(2), np.ones(2)).rank_acceptability)


def test_as_many_weighings_as_candidates_are_refused() -> None:
    values = np.full((65, 2), 0.5)
    low = np.tile(np.linspace(0, 0.4, 65)[:, None], 2)
    with pytest.raises(
        BadParameter, match="the number of different rows of weight_low and weight_high is 65, but must be at most 64"
    ):
        fixed(values, low, np.ones((65, 2)))
    assert len(fixed(values[1:], low[1:], np.ones((64, 2)), samples=10).verdict) == 64


def test_one_opportunity_and_none() -> None:
    alone = fixed([[0.3, 0.4, NAN]], *ANY)
    assert (alone.in_top.tolist(), alone.verdict) == ([1.0], ("yes",))
    none = fixed(np.empty((0, 3)), *ANY)
    assert (none.rank_acceptability.shape, none.pairwise.shape, none.verdict) == ((0, 0), (0, 0), ())
    unknown = fixed(np.full((2, 3), NAN), *ANY)
    assert unknown.verdict == ("unknown", "unknown")


def test_two_thousand_opportunities_keep_their_memory() -> None:
    import tracemalloc

    low = np.random.default_rng(1).random((2000, 10)) * 0.9
    tracemalloc.start()
    found = acceptability(low, low + 0.1, np.full(10, 0.05), np.full(10, 0.2), samples=1500)
    most = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    assert found.rank_acceptability.shape == (2000, 2000)
    assert len(found.compared) == 50
    assert most < 150


def test_more_candidates_than_places_are_kept() -> None:
    low = np.random.default_rng(1).random((5000, 2))
    found = fixed(low, np.zeros(2), np.ones(2), samples=50, top=900)
    assert found.rank_acceptability.shape == (5000, 900)
    assert found.rank_acceptability.sum() == pytest.approx(900, rel=0.01)
    equal = fixed(np.full((5000, 2), 0.5), np.zeros(2), np.ones(2), samples=5, top=900)
    assert (equal.rank_acceptability[:, 0] == 1).all()


RANGE = ([[0.1, 0.2]], [[0.3, 0.4]], [0.2, 0.3], [0.6, 0.7])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({0: [[0.5, 0.2]]}, "low[0, 0], high[0, 0] is (0.5, 0.3), but must be a range, or NaN in both where unknown."),
        ({0: [[NAN, 0.2]]}, "low[0, 0], high[0, 0] is (nan, 0.3), but must be a range, or NaN in both where unknown."),
        ({1: [[0.3, 1.4]]}, "high[0, 1] is 1.4, but must be within 0 and 1, or NaN where unknown."),
        ({1: [[0.3, 0.4, 0.5]]}, "the shape of high is (1, 3), but must be that of low, (1, 2)."),
        ({2: [-0.1, 0.3]}, "weight_low[0], weight_high[0] is (-0.1, 0.6), but must be a range within 0 and 1."),
        ({2: [NAN, 0.3]}, "weight_low[0], weight_high[0] is (nan, 0.6), but must be a range within 0 and 1."),
        ({2: [0.7, 0.3]}, "weight_low[0], weight_high[0] is (0.7, 0.6), but must be a range within 0 and 1."),
        ({3: [60, 70]}, "weight_low[0], weight_high[0] is (0.2, 60.0), but must be a range within 0 and 1."),
        ({3: [0.2, 0.3]}, "the sums of weight_low and weight_high is (0.5, 0.5), but must be at most 1 and at least 1"),
        ({2: [0.0, 0.0], 3: [0.0, 0.0]}, "weight_high is [0.0, 0.0], but must be above 0 for at least one criterion."),
        ({3: [1.0]}, "the shape of weight_high is (1,), but must be (2,), one a criterion, or (1, 2), one row a candidate."),
    ],
)
def test_ranges_that_cannot_be_used(change: dict[int, list], message: str) -> None:
    asked = [change.get(place, given) for place, given in enumerate(RANGE)]
    with pytest.raises(BadParameter, match=f"^{re.escape(message)}"):
        acceptability(*asked)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"samples": 0}, "samples is 0, but must be a whole number of at least 1."),
        ({"samples": 10.5}, "samples is 10.5"),
        ({"top": 0}, "top is 0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_that_cannot_be_used(setting: dict, message: str) -> None:
    with pytest.raises(BadParameter, match=f"^{re.escape(message)}"):
        acceptability(*RANGE, **setting)
