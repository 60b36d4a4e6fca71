"""What would flip a recommendation: nearest weights and smallest changes, checked by applying them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.decision.ranking import ranked
from catalynx.decision.robustness import what_would_flip
from catalynx.errors import BadParameter

NAN = np.nan
THRESHOLDS = {"pursue now": 0.8, "prepare": 0.6, "monitor": 0.3, "decline": 0.0}
NAMES = list(THRESHOLDS)


def reached(values: np.ndarray, weights: np.ndarray) -> str:
    return what_would_flip(values[None], weights, THRESHOLDS).reached[0]


def test_by_hand() -> None:
    flips = what_would_flip([[1.0, 0.2]], [0.5, 0.5], THRESHOLDS)
    assert (flips.score.tolist(), flips.reached) == ([pytest.approx(0.6)], ("prepare",))
    # The score is 0.2 + 0.8 of the first weight: 0.8 needs three quarters; what is below 0.6 needs less than half.
    assert flips.up.to == ("pursue now",)
    np.testing.assert_allclose(flips.up.weights, [[0.75, 0.25]], atol=1e-6)
    np.testing.assert_allclose(flips.up.distance, [np.hypot(0.25, 0.25)], atol=1e-6)
    np.testing.assert_allclose(flips.up.values, [[NAN, 0.6]], atol=1e-6)
    np.testing.assert_allclose(flips.up.changes, [[NAN, 0.4]], atol=1e-6)
    assert flips.down.to == ("monitor",)
    np.testing.assert_allclose(flips.down.weights, [[0.5, 0.5]], atol=1e-6)
    np.testing.assert_allclose(flips.down.changes, [[0, 0]], atol=1e-6)


def test_what_is_unknown_has_a_value_that_would_flip() -> None:
    flips = what_would_flip([[0.5, NAN]], [0.5, 0.5], THRESHOLDS)
    np.testing.assert_allclose(flips.up.values, [[0.6, 0.7]], atol=1e-6)
    np.testing.assert_allclose(flips.up.changes, [[0.1, NAN]], atol=1e-6)
    np.testing.assert_allclose(flips.down.values, [[0.3, 0.1]], atol=1e-6)
    assert np.isnan(flips.up.weights).all()  # 0.5 stays 0.5 however the one known criterion is weighed


def test_what_holds_back_keeps_from_above_and_not_from_below() -> None:
    flips = what_would_flip([[0.9, 0.9], [0.9, 0.9], [0.7, 0.7]], [1, 1], THRESHOLDS, at_most=["monitor", None, "pursue now"])
    assert flips.reached == ("monitor", "pursue now", "prepare")
    assert flips.up.to == (None, None, "pursue now")
    assert np.isnan(flips.up.weights[:2]).all()
    assert np.isnan(flips.up.values[:2]).all()
    assert flips.down.to == ("decline", "prepare", "monitor")
    assert np.isnan(flips.down.values[0]).all()  # the other criterion alone keeps it above 0.3
    np.testing.assert_allclose(flips.down.values[1], [0.7, 0.7], atol=1e-6)


def test_without_a_score_nothing_flips() -> None:
    flips = what_would_flip([[NAN, NAN], [0.1, 0.1]], [1, 1], THRESHOLDS)
    assert (flips.reached, flips.up.to, flips.down.to) == ((None, "decline"), (None, "monitor"), (None, None))
    assert np.isnan(flips.up.weights[0]).all()
    none = what_would_flip(np.empty((0, 2)), [1, 1], THRESHOLDS)
    assert none.reached == ()


def test_the_nearest_weights_are_those_of_a_quadratic_program() -> None:
    from scipy.optimize import minimize

    chance = np.random.default_rng(12)
    for _ in range(20):
        values, weights = chance.random(5), chance.dirichlet(np.ones(5))
        flips = what_would_flip(values[None], weights, {"high": values @ weights + 0.1, "low": 0.0})
        if np.isnan(flips.up.distance[0]):
            assert values.max() < values @ weights + 0.1
            continue
        gain = values - (values @ weights + 0.1)
        limits = (
            {"type": "eq", "fun": lambda given: given.sum() - 1},
            {"type": "ineq", "fun": lambda given, gain=gain: given @ gain},
        )
        found = minimize(
            lambda given, weights=weights: ((given - weights) ** 2).sum(),
            weights,
            bounds=[(0, 1)] * 5,
            constraints=limits,
            tol=1e-12,
        )
        assert flips.up.distance[0] == pytest.approx(np.sqrt(found.fun), abs=1e-5)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 5), st.integers(0, 100_000))
def test_what_is_said_to_flip_flips(columns: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    values, weights = chance.random(columns), chance.dirichlet(np.ones(columns))
    values[chance.random(columns) < 0.2] = NAN
    flips = what_would_flip(values[None], weights, THRESHOLDS)
    score = ranked("weighted sum", values[None], weights)[0]
    if np.isnan(score):
        return
    for flip in (flips.up, flips.down):
        to = flip.to[0]
        if to is None:
            continue
        if np.isfinite(flip.distance[0]):
            np.testing.assert_allclose(flip.weights[0].sum(), 1)
            assert (flip.weights[0] >= 0).all()
            assert reached(values, flip.weights[0]) == to
            nearer = weights + 0.99 * (flip.weights[0] - weights)
            assert reached(values, nearer) == flips.reached[0] or flip.distance[0] < 1e-6
        else:
            level = THRESHOLDS[to] if flip is flips.up else THRESHOLDS[flips.reached[0]]
            known = values[~np.isnan(values)]
            assert (known.max() < level + 2e-9) if flip is flips.up else (known.min() > level - 2e-9)
        for criterion in np.flatnonzero(np.isfinite(flip.values[0])):
            changed = values.copy()
            changed[criterion] = flip.values[0, criterion]
            assert reached(changed, weights) == to


def test_two_thousand_opportunities() -> None:
    values = np.random.default_rng(3).random((2000, 12))
    flips = what_would_flip(values, np.ones(12), THRESHOLDS)
    assert np.isfinite(flips.down.distance).sum() > 1000


def test_what_cannot_be_used() -> None:
    with pytest.raises(BadParameter, match="thresholds is"):
        what_would_flip([[0.5]], [1], {"low": 0.2, "high": 0.8})
    with pytest.raises(BadParameter, match=r"thresholds is \{\}"):
        what_would_flip([[0.5]], [1], {})
    with pytest.raises(BadParameter, match="at_most is 'perhaps', but must be one of pursue now"):
        what_would_flip([[0.5]], [1], THRESHOLDS, at_most=["perhaps"])
    with pytest.raises(BadParameter, match="the length of at_most is 2, but must be 1"):
        what_would_flip([[0.5]], [1], THRESHOLDS, at_most=[None, None])
    with pytest.raises(BadParameter, match="at least one is above 0"):
        what_would_flip([[0.5]], [0], THRESHOLDS)
