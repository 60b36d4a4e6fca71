"""Metrics against small examples reckoned by hand, and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from catalynx.backtest.bootstrap import estimate
from catalynx.backtest.metrics import measure, ranks


def test_ranks_follow_scores_then_the_tie_break_then_place() -> None:
    scores = np.array([[0.1, 0.9, 0.5, 0.5, 0.5]])
    everything = np.ones((1, 5), dtype=bool)
    assert ranks(scores, everything, np.array([0, 0, 1, 3, 1])).tolist() == [[5, 1, 3, 2, 4]]


def test_pairs_on_record_come_after_all_others() -> None:
    scores = np.array([[0.9, 0.5, 0.1]])
    open_pairs = np.array([[False, True, True]])
    assert ranks(scores, open_pairs, np.zeros(3)).tolist() == [[3, 1, 2]]


def test_measures_by_hand() -> None:
    # First row: hits at ranks 2 and 12; second: one hit at rank 1; third: one hit at rank 11.
    placed = np.tile(np.arange(1, 13), (3, 1))
    labels = np.zeros((3, 12), dtype=bool)
    labels[0, [1, 11]] = labels[1, 0] = labels[2, 10] = True
    found = measure(placed, labels)
    assert found["mrr"].tolist() == [1 / 2, 1, 1 / 11]
    assert found["recall_at_5"].tolist() == [0.5, 1, 0]
    assert found["recall_at_10"].tolist() == [0.5, 1, 0]
    assert found["hit_at_10"].tolist() == [1, 1, 0]
    gain = (1 / np.log2(3)) / (1 + 1 / np.log2(3))
    assert found["ndcg_at_10"].tolist() == pytest.approx([gain, 1, 0])


def test_discounted_gain_is_that_of_scikit_learn() -> None:
    generator = np.random.default_rng(4)
    scores = generator.random((40, 30))
    labels = generator.random((40, 30)) < 0.2
    labels[:, 0] = True
    placed = ranks(scores, np.ones_like(labels), np.zeros(30))
    expected = [ndcg_score([truth], [score], k=10) for truth, score in zip(labels.astype(int), scores, strict=True)]
    assert measure(placed, labels)["ndcg_at_10"].tolist() == pytest.approx(expected)


def test_the_interval_is_about_two_standard_errors_wide_and_the_same_each_time() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, 400)
    found = estimate(values)
    assert found.mean == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)
    assert estimate(values) == found
    assert np.isnan(estimate(values[:0]).mean)
