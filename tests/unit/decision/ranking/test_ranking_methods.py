"""Ranking by many criteria: published examples, the reference implementations, and what holds of any input."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from catalynx.decision.ranking import METHODS, places, ranked
from catalynx.decision.ranking.compensating import topsis, weighted_sum
from catalynx.decision.ranking.electre import electre, outranking
from catalynx.decision.ranking.promethee import promethee

NAN = np.nan


pytestmark = pytest.mark.filterwarnings("ignore:Alternatives with indices:UserWarning")
"""pymcdm warns where one candidate is better than another in all."""


def as_it_is(column: np.ndarray, cost: bool = False) -> np.ndarray:
    return column


def shares(matrix: list[list[float]]) -> np.ndarray:
    given = np.array(matrix, dtype=float)
    return given / given.sum(axis=0)


def test_weighted_sum_as_triantaphyllou() -> None:
    # Triantaphyllou, E. (2000). Multi-Criteria Decision Making Methods: A Comparative Study. Kluwer, chapter 2.
    matrix = np.array([[25, 20, 15, 30], [10, 30, 20, 30], [30, 10, 30, 10]]) / 30
    scores = weighted_sum(matrix, [0.20, 0.15, 0.40, 0.25])
    np.testing.assert_allclose(30 * scores, [21.50, 22.00, 22.00], atol=1e-9)


def test_topsis_as_tzeng_and_huang() -> None:
    # Tzeng, G.-H. and Huang, J.-J. (2011). Multiple Attribute Decision Making: Methods and Applications. CRC Press, chapter 5.
    matrix = np.array([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]], dtype=float)
    scores = topsis(matrix / np.sqrt((matrix**2).sum(axis=0)), [0.3, 0.4, 0.3])
    np.testing.assert_allclose(scores, [0.5037, 0.6581, 0.7482, 0.3340], atol=5e-5)
    assert places(scores).tolist() == [3, 2, 1, 4]


def test_promethee_as_papathanasiou_and_ploskas() -> None:
    # Papathanasiou, J. and Ploskas, N. (2018). Multiple Criteria Decision Aid. Springer, chapter 3: thresholds 1 and 2.
    matrix = np.array([[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]) / 16
    flows = promethee(matrix, [0.4, 0.3, 0.1, 0.2], indifference=1 / 16, preference=2 / 16)
    np.testing.assert_allclose(flows, [-0.26, -0.52, -0.22, 0.36, 0.70, -0.06], atol=1e-9)


def test_electre_as_wang_and_triantaphyllou() -> None:
    # Wang, X. and Triantaphyllou, E. (2008). Ranking irregularities when evaluating alternatives by using some ELECTRE methods.
    # Omega 36(1), 45–63; mean places as scikit-criteria's test has them.
    matrix = [[1, 2, 1, 5, 2, 2, 4], [3, 5, 3, 5, 3, 3, 3], [3, 5, 3, 5, 3, 2, 2], [1, 2, 2, 5, 1, 1, 1], [1, 1, 3, 5, 4, 1, 5]]
    found = outranking(np.array(matrix) / 5, [0.0780, 0.1180, 0.1570, 0.3140, 0.2350, 0.0390, 0.0590])
    assert found.place.tolist() == [3.0, 1.0, 2.0, 4.0, 1.5]


def test_electre_as_cebrian_and_porcar() -> None:
    # Cebrián, L. I. G. and Porcar, A. M. (2009). Localización empresarial en Aragón. Revista de Métodos Cuantitativos para la
    # Economía y la Empresa 7, 31–56; the costs of the third criterion are turned around, mean places as scikit-criteria has them.
    matrix = shares([[6, 5, 28, 5, 5], [4, 2, 25, 10, 9], [5, 7, 35, 9, 6], [6, 1, 27, 6, 7], [6, 8, 30, 7, 9], [5, 6, 26, 4, 8]])
    matrix[:, 2] = matrix[:, 2].max() - matrix[:, 2]
    found = outranking(matrix, [0.25, 0.25, 0.1, 0.2, 0.2])
    assert found.place.tolist() == [5.0, 2.5, 2.0, 4.0, 1.0, 3.0]


@pytest.fixture(scope="module")
def matrices() -> list[tuple[np.ndarray, np.ndarray]]:
    chance = np.random.default_rng(20261122)
    found = []
    for _ in range(1000):
        rows, columns = chance.integers(2, 25), chance.integers(1, 12)
        found.append((chance.random((rows, columns)), chance.dirichlet(np.ones(columns))))
    return found


def test_weighted_sum_and_topsis_equal_the_references(matrices: list) -> None:
    from pymcdm.methods import TOPSIS, WSM
    from skcriteria.agg.simple import wsm
    from skcriteria.agg.topsis import topsis as peer

    for values, weights in matrices:
        up = np.ones(len(weights), dtype=int)
        np.testing.assert_allclose(weighted_sum(values, weights), np.atleast_1d(wsm(values, weights)[1]), atol=1e-9)
        np.testing.assert_allclose(weighted_sum(values, weights), WSM(as_it_is)(values, weights, up), atol=1e-9)
        np.testing.assert_allclose(topsis(values, weights), peer(values, up, weights)[3], atol=1e-9)
        np.testing.assert_allclose(topsis(values, weights), TOPSIS(as_it_is)(values, weights, up), atol=1e-9)


@pytest.mark.parametrize(("kind", "thresholds"), [("usual", (0.0, 0.0)), ("vshape", (0.0, 0.3)), ("vshape_2", (0.05, 0.4))])
def test_promethee_equals_the_reference(matrices: list, kind: str, thresholds: tuple[float, float]) -> None:
    from pymcdm.methods import PROMETHEE_II

    low, high = thresholds
    for values, weights in matrices:
        at, up = np.full(len(weights), 1.0), np.ones(len(weights), dtype=int)
        settings = {} if kind == "usual" else {"p": at * high} if kind == "vshape" else {"p": at * high, "q": at * low}
        expected = PROMETHEE_II(kind, **settings)(values, weights, up)
        np.testing.assert_allclose(promethee(values, weights, indifference=low, preference=high), expected, atol=1e-9)
        by_pairs = promethee(values, np.tile(weights, (len(values), 1)), indifference=low, preference=high)
        np.testing.assert_allclose(by_pairs, expected, atol=1e-9)


def test_electre_equals_the_reference(matrices: list) -> None:
    from skcriteria.agg.electre import electre2_gomez2004tomada as peer

    for values, weights in matrices:
        _, direct, inverted, concordance, discordance, *_, score = peer(values, np.ones(len(weights), dtype=int), weights)
        found = outranking(values, weights)
        np.testing.assert_allclose(found.concordance, concordance, atol=1e-9)
        np.testing.assert_allclose(found.discordance, discordance, atol=1e-9)
        assert (found.direct == direct).all()
        assert (found.inverted == inverted).all()
        assert (found.place == score).all()


def test_electre_is_a_share_of_the_places() -> None:
    scores = electre([[0.9, 0.9], [0.5, 0.5], [0.1, 0.1]], [1, 1])
    np.testing.assert_allclose(scores, [1, 2 / 3, 1 / 3])


def test_what_is_unknown_leaves_its_weight_to_the_rest() -> None:
    values = [[0.8, NAN, 0.2], [0.4, 0.6, NAN], [NAN, NAN, NAN]]
    scores = weighted_sum(values, [2, 1, 1])
    np.testing.assert_allclose(scores, [(2 * 0.8 + 0.2) / 3, (2 * 0.4 + 0.6) / 3, NAN])


def test_pairs_are_compared_by_what_both_know() -> None:
    values = [[0.9, NAN, 0.2], [0.1, 0.6, NAN], [0.5, 0.1, 0.1]]
    # First and second share the first criterion, first and third share two, second and third two.
    np.testing.assert_allclose(promethee(values, [1, 1, 2]), [(1 + 1) / 2, (-1 + (-1 + 1) / 2) / 2, (-1 + 0) / 2])
    agreeing = outranking(values, [1, 1, 2]).concordance
    np.testing.assert_allclose(agreeing, [[NAN, 1, 1], [0, NAN, 0.5], [0, 0.5, NAN]])


@pytest.mark.parametrize("method", METHODS)
def test_a_criterion_without_data_does_not_count(method: str) -> None:
    values = np.random.default_rng(3).random((12, 4))
    with_gap = np.column_stack([values, np.full(12, NAN)])
    np.testing.assert_allclose(ranked(method, with_gap, [1, 2, 3, 4, 5]), ranked(method, values, [1, 2, 3, 4]), atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_criterion_of_weight_0_does_not_count(method: str) -> None:
    values = np.random.default_rng(4).random((12, 4))
    values[2, 1] = NAN
    expected = ranked(method, values[:, :3], [1, 2, 3])
    np.testing.assert_allclose(ranked(method, values, [1, 2, 3, 0]), expected, atol=1e-12)


@pytest.mark.parametrize(("method", "alone"), list(zip(METHODS, (0.5, 1.0, 0.0, 1.0), strict=True)))
def test_one_opportunity_and_none(method: str, alone: float) -> None:
    np.testing.assert_allclose(ranked(method, [[0.25, 0.75]], [1, 1]), [alone])
    np.testing.assert_allclose(ranked(method, [[0.25, 0.75], [NAN, NAN]], [1, 1]), [alone, NAN])
    assert ranked(method, np.empty((0, 2)), [1, 1]).shape == (0,)
    assert ranked(method, np.empty((0, 2)), np.empty((0, 2))).shape == (0,)


@pytest.mark.parametrize("method", METHODS)
def test_ties_share_a_place(method: str) -> None:
    scores = ranked(method, [[0.2, 0.7], [0.9, 0.8], [0.2, 0.7], [0.9, 0.8]], [1, 2])
    assert places(scores).tolist() == [3, 1, 3, 1]
    assert len(set(ranked(method, np.full((4, 2), 0.4), [1, 2]).tolist())) == 1


def test_places_of_the_unknown_are_unknown() -> None:
    np.testing.assert_array_equal(places([0.3, NAN, 0.9, 0.3]), [2, NAN, 1, 2])


@pytest.mark.parametrize("method", METHODS)
def test_all_unknown_stays_unknown(method: str) -> None:
    assert np.isnan(ranked(method, np.full((3, 2), NAN), [1, 1])).all()


@pytest.mark.parametrize("method", ["promethee", "electre"])
def test_who_shares_nothing_with_anybody_is_not_placed(method: str) -> None:
    scores = ranked(method, [[0.9, NAN], [0.5, NAN], [NAN, 0.7]], [1, 1])
    assert scores[0] > scores[1]
    assert np.isnan(scores[2])


@pytest.mark.parametrize("method", METHODS)
def test_tracks_may_weigh_differently(method: str) -> None:
    values = np.random.default_rng(5).random((30, 4))
    same = np.tile([1.0, 2.0, 3.0, 4.0], (30, 1))
    np.testing.assert_allclose(ranked(method, values, same), ranked(method, values, same[0]), atol=1e-12)
    scaled = same * np.arange(1, 31)[:, None]  # a row counts by its shares
    np.testing.assert_allclose(ranked(method, values, scaled), ranked(method, values, same[0]), atol=1e-12)
    nothing_asked = same.copy()
    nothing_asked[7] = 0
    assert np.isnan(ranked(method, values, nothing_asked)).nonzero()[0].tolist() == [7]


@pytest.mark.parametrize("method", METHODS)
def test_two_thousand_opportunities(method: str) -> None:
    values = np.random.default_rng(6).random((2000, 10))
    values[::7, 3] = NAN
    assert np.isfinite(ranked(method, values, np.ones(10))).all()


UNIT = st.integers(0, 20).map(lambda steps: steps / 20)


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Small problems with gaps, ties and weights of 0."""
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    values = draw(arrays(float, (rows, columns), elements=UNIT | st.just(NAN)))
    weights = draw(arrays(float, columns, elements=st.integers(0, 5).map(float)).filter(lambda given: given.sum() > 0))
    return values, weights


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=150, deadline=None)
@given(problem=problems(), seed=st.integers(0, 1000))
def test_scores_keep_their_range_and_follow_their_rows(method: str, problem: tuple, seed: int) -> None:
    values, weights = problem
    before = values.copy(), weights.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = ranked(method, values, weights)
    np.testing.assert_array_equal(values, before[0])
    np.testing.assert_array_equal(weights, before[1])
    known = scores[np.isfinite(scores)]
    assert (known >= (-1 - 1e-12 if method == "promethee" else -1e-12)).all()
    assert (known <= 1 + 1e-12).all()
    counts = (~np.isnan(values) & (weights > 0)).any(axis=1)
    assert not np.isfinite(scores[~counts]).any()
    if method in {"weighted sum", "topsis"}:
        assert np.isfinite(scores[counts]).all()
    order = np.random.default_rng(seed).permutation(len(values))
    np.testing.assert_allclose(ranked(method, values[order], weights), scores[order], atol=1e-12)
    np.testing.assert_allclose(ranked(method, values, 7 * weights), scores, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=100, deadline=None)
@given(values=arrays(float, (5, 3), elements=UNIT), weights=arrays(float, 3, elements=st.integers(1, 5).map(float)))
def test_who_is_at_least_as_good_in_all_is_not_placed_behind(method: str, values: np.ndarray, weights: np.ndarray) -> None:
    values[1] = np.minimum(values[0], values[1])
    scores = ranked(method, values, weights)
    assert scores[0] >= scores[1] - 1e-12


@settings(max_examples=100, deadline=None)
@given(problem=problems())
def test_flows_with_all_known_sum_to_0(problem: tuple) -> None:
    values, weights = problem
    complete = np.nan_to_num(values, nan=0.5)
    assert abs(promethee(complete, weights).sum()) < 1e-9
    assert abs(promethee(complete, weights, indifference=0.1, preference=0.3).sum()) < 1e-9


def test_thresholds_soften_small_differences() -> None:
    values = [[0.50, 0.5], [0.52, 0.4], [0.90, 0.1]]
    flows = [promethee(values, [1, 0], indifference=0.05, preference=level)[1] for level in (0.05, 0.5, 1.0)]
    assert all(earlier < later for earlier, later in pairwise(flows))
    assert flows[0] == -0.5
