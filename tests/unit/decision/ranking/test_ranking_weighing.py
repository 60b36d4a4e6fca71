"""Weights out of comparisons by pairs and out of swings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.decision.ranking.weighing import pairwise_weights, shared_out, swing_weights

NAN = np.nan


def test_drinks_as_saaty() -> None:
    # Saaty, T. L. (2008). Decision making with the analytic hierarchy process. International Journal of Services Sciences 1(1),
    # 83–98: how much of which drink is consumed in the US; coffee, wine, tea, beer, sodas, milk, water.
    matrix = [
        [1, 9, 5, 2, 1, 1, 1 / 2], [NAN, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9], [NAN, NAN, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
        [NAN, NAN, NAN, 1, 1 / 2, 1, 1 / 3], [NAN, NAN, NAN, NAN, 1, 2, 1 / 2], [NAN, NAN, NAN, NAN, NAN, 1, 1 / 3], [NAN] * 7,
    ]  # fmt: skip
    weights, ratio = pairwise_weights(matrix)
    np.testing.assert_allclose(weights, [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], atol=6e-4)
    assert ratio == pytest.approx(0.022, abs=5e-4)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_comparisons_that_agree_give_back_their_weights(parts: list[int]) -> None:
    given_weights = np.array(parts) / sum(parts)
    weights, ratio = pairwise_weights(given_weights[:, None] / given_weights)
    np.testing.assert_allclose(weights, given_weights, atol=1e-9)
    assert ratio == pytest.approx(0, abs=1e-9)


def test_a_circle_is_inconsistent() -> None:
    weights, ratio = pairwise_weights([[1, 9, NAN], [NAN, 1, 9], [9, NAN, 1]])
    np.testing.assert_allclose(weights, [1 / 3] * 3)
    assert ratio > 1


def test_two_always_agree() -> None:
    weights, ratio = pairwise_weights([[NAN, 3], [NAN, NAN]])
    np.testing.assert_allclose(weights, [0.75, 0.25])
    assert ratio == 0


def test_a_thing_alone_has_all() -> None:
    assert pairwise_weights([[1]])[0].tolist() == [1.0]


def test_swings() -> None:
    np.testing.assert_allclose(swing_weights([100, 50, 0, 50]), [0.5, 0.25, 0, 0.25])
    np.testing.assert_allclose(swing_weights([1e308, 1e308]), [0.5, 0.5])


def test_groups_share_out_their_weight() -> None:
    found = shared_out(
        {"fit": 3, "money": 1, "time": 0}, {"fit": {"mission": 2, "field": 1}, "money": {"size": 5}, "time": {"days": 1}}
    )
    assert found == pytest.approx({"mission": 0.5, "field": 0.25, "size": 0.25, "days": 0.0})
