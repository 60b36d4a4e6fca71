"""Very many profiles at once: the best of each are those that sorting gives, whatever is unknown, ties included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.errors import BadParameter
from catalynx.scoring.everyone import best_for_everyone
from catalynx.scoring.weighing import weigh


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 6), st.integers(3, 5000))
def test_the_best_are_those_of_one_at_a_time(seed: int, profiles: int, criteria: int, candidates: int) -> None:
    chance = np.random.default_rng(seed)
    values = chance.integers(0, 5, (criteria, candidates)) / 4
    values[chance.random(values.shape) < 0.3] = np.nan
    classes = chance.integers(1, 4, (profiles, criteria)).astype(float)
    best = best_for_everyone(classes, values, top=3)
    for weights, places, scores in zip(classes, best.places, best.scores, strict=True):
        score, _ = weigh(values.astype(float), np.repeat(weights[:, None], candidates, axis=1))
        expected = np.argsort(-np.nan_to_num(score, nan=-1), kind="stable")[:3]
        np.testing.assert_allclose(score[places], score[expected], atol=1e-6)
        np.testing.assert_allclose(scores, score[places], atol=1e-6)


def test_of_like_ones_the_first_and_what_is_unknown_last() -> None:
    best = best_for_everyone(np.ones((1, 1)), np.array([[np.nan, 0.5, 0.5, 0.0]]), top=4)
    assert best.places.tolist() == [[1, 2, 3, 0]]
    assert np.isnan(best.scores[0, 3])


@pytest.mark.parametrize(("top", "wide"), [(0, 2), (9, 2), (1, 3)])
def test_what_does_not_fit_is_refused(top: int, wide: int) -> None:
    with pytest.raises(BadParameter):
        best_for_everyone(np.ones((1, wide)), np.ones((2, 4)), top=top)
