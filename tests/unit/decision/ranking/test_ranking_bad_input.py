"""What ranking and weighing refuse, each with the value and what it must be."""

from __future__ import annotations

import re

import numpy as np
import pytest

from catalynx.decision.ranking import METHODS, ranked
from catalynx.decision.ranking.electre import outranking
from catalynx.decision.ranking.promethee import promethee
from catalynx.decision.ranking.weighing import pairwise_weights, shared_out, swing_weights
from catalynx.errors import BadParameter

NAN = np.nan
VALUES = [[0.1, 0.9], [0.5, 0.5]]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([-0.2, 1.2], "weights[0] is -0.2, but must be a number of at least 0."),
        ([0.5, NAN], "weights[1] is nan, but must be a number of at least 0."),
        ([0.5, np.inf], "weights[1] is inf, but must be a number of at least 0."),
        ([0.0, 0.0], "weights is [0.0, 0.0], but must be such that at least one is above 0."),
        ([[0.0, 0.0], [0.0, 0.0]], "weights is [0.0, 0.0, 0.0, 0.0], but must be such that at least one is above 0."),
        ([[0.5, 0.5], [0.5, -1]], "weights[1, 1] is -1.0, but must be a number of at least 0."),
        ([1e308, 1e308], "the sum of weights is inf, but must be a number that can be written down; use smaller weights."),
        ([1, 1, 1], "the shape of weights is (3,), but must be (2,), one a criterion, or (2, 2), one row a candidate."),
        (["much", "little"], "weights is ['much', 'little'], but must be numbers, NaN where unknown."),
    ],
)
def test_weights_that_cannot_be_used(method: str, weights: list, message: str) -> None:
    with pytest.raises(BadParameter, match=f"^{re.escape(message)}$"), np.errstate(over="ignore"):
        ranked(method, VALUES, weights)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[0.1, 1.9], [0.5, NAN]], "values[0, 1] is 1.9, but must be within 0 and 1, or NaN where unknown."),
        ([[0.1, 0.9], [-0.5, NAN]], "values[1, 0] is -0.5, but must be within 0 and 1, or NaN where unknown."),
        ([[np.inf, 0.9]], "values[0, 0] is inf, but must be within 0 and 1, or NaN where unknown."),
        ([0.1, 0.9], "the shape of values is (2,), but must be candidates × criteria, with at least one criterion."),
        (np.empty((3, 0)), "the shape of values is (3, 0), but must be candidates × criteria, with at least one criterion."),
        ([["a", "b"]], "values is [['a', 'b']], but must be numbers, NaN where unknown."),
    ],
)
def test_values_that_cannot_be_used(method: str, values: list, message: str) -> None:
    with pytest.raises(BadParameter, match=f"^{re.escape(message)}$"):
        ranked(method, values, [1, 1])


def test_a_method_that_does_not_exist() -> None:
    with pytest.raises(BadParameter, match="method is 'dice', but must be one of weighted sum, topsis, promethee, electre"):
        ranked("dice", VALUES, [1, 1])


def test_thresholds_that_cannot_be() -> None:
    with pytest.raises(BadParameter, match=r"indifference, preference is \(0.4, 0.2\)"):
        promethee(VALUES, [1, 1], indifference=0.4, preference=0.2)
    with pytest.raises(BadParameter, match="indifference, preference"):
        promethee(VALUES, [1, 1], indifference=NAN, preference=0.2)
    with pytest.raises(BadParameter, match="concordance is"):
        outranking(VALUES, [1, 1], concordance=(0.5, 0.6, 0.7))
    with pytest.raises(BadParameter, match="discordance is"):
        outranking(VALUES, [1, 1], discordance=(0.3, 0.6))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 2], [2, 1]], "matrix[0, 1] is 2.0, but must be 1 / matrix[1, 0], which is 0.5."),
        ([[1, -2], [NAN, 1]], "matrix[0, 1] is -2.0, but must be a number above 0."),
        ([[1, 0], [NAN, 1]], "matrix[0, 1] is 0.0, but must be a number above 0."),
        ([[1, NAN], [NAN, 1]], "matrix[0, 1] is None, but must be known from at least one side."),
        ([[2, 1], [1, 1]], "matrix[0, 0] is 2.0, but must be 1."),
        ([[1, 2, 3]], "the shape of matrix is (1, 3), but must be square, for 1 to 15 things."),
        (np.ones((16, 16)), "the shape of matrix is (16, 16), but must be square, for 1 to 15 things."),
    ],
)
def test_comparisons_that_cannot_be_used(matrix: list, message: str) -> None:
    with pytest.raises(BadParameter, match=f"^{re.escape(message)}$"):
        pairwise_weights(matrix)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([100, -5], "points[1] is -5.0, but must be a number of at least 0."),
        ([100, NAN], "points[1] is nan, but must be a number of at least 0."),
        ([0, 0], "points is [0.0, 0.0], but must be such that at least one is above 0."),
        ([], "the shape of points is (0,), but must be one number a criterion."),
    ],
)
def test_points_that_cannot_be_used(points: list, message: str) -> None:
    with pytest.raises(BadParameter, match=f"^{re.escape(message)}$"):
        swing_weights(points)


def test_groups_that_do_not_fit() -> None:
    with pytest.raises(BadParameter, match="for the groups fit, money"):
        shared_out({"fit": 1, "money": 1}, {"fit": {"mission": 1}})
    with pytest.raises(BadParameter, match="within is 'mission', but must be in one group only"):
        shared_out({"fit": 1, "money": 1}, {"fit": {"mission": 1}, "money": {"mission": 1}})
