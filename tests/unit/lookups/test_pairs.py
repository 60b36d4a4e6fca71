"""Weights from pairs: shares that are said come out, contradictions are named, factors give what the shares say."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.errors import BadParameter
from catalynx.lookups.pairs import HIGHEST_FACTOR, usual_shares, weights_from_pairs

USUAL = {"what they give for": 0.5, "where they give": 0.3, "still giving": 0.2}
shares = st.lists(st.floats(0.05, 1), min_size=3, max_size=3)


@given(shares)
def test_comparisons_that_agree_give_back_the_weights_they_come_from(said: list[float]) -> None:
    wanted = {name: one / sum(said) for name, one in zip(USUAL, said, strict=True)}
    found = weights_from_pairs(USUAL, {(a, b): wanted[a] / wanted[b] for a, b in combinations(USUAL, 2)})
    assert found.shares == pytest.approx(wanted)
    assert found.ratio == pytest.approx(0, abs=1e-6)
    assert found.worst is None
    assert max(found.factors.values()) <= HIGHEST_FACTOR
    weighed = {name: USUAL[name] * factor for name, factor in found.factors.items()}
    assert {name: one / sum(weighed.values()) for name, one in weighed.items()} == pytest.approx(wanted, abs=0.02)


def test_as_much_as_usual_changes_nothing() -> None:
    found = weights_from_pairs(USUAL, {(a, b): USUAL[a] / USUAL[b] for a, b in combinations(USUAL, 2)})
    assert found.factors == dict.fromkeys(USUAL, 1.0)
    assert found.sentence == (
        "What they give for 50 %, where they give 30 %, still giving 20 % of the weight, on average of all candidates. "
        "The comparisons agree (consistency ratio 0.00, good up to 0.10)."
    )


def test_comparisons_that_go_round_in_a_circle_are_told() -> None:
    what, where, still = USUAL
    found = weights_from_pairs(USUAL, {(what, where): 7, (where, still): 5, (what, still): 1 / 3})
    assert found.ratio > 0.1
    assert found.worst is not None
    assert "contradict each other" in found.sentence
    assert found.sentence.endswith("Look at that pair again.")


def test_a_pair_that_nobody_compared_is_refused() -> None:
    what, where, still = USUAL
    with pytest.raises(BadParameter, match="known from at least one side"):
        weights_from_pairs(USUAL, {(what, where): 3, (where, still): 3})
    with pytest.raises(BadParameter, match="must be two of what they give for"):
        weights_from_pairs(USUAL, {(what, "luck"): 3})


def test_usual_shares_are_means_over_candidates() -> None:
    parts = pd.DataFrame({
        "candidate_id": ["constructed:a", "constructed:a", "constructed:b", "constructed:b"],
        "criterion": ["mission", "geography", "mission", "trend"], "weight": [0.6, 0.4, 0.8, 0.2],
    })  # fmt: skip
    assert usual_shares(parts) == pytest.approx({"what they give for": 0.7, "where they give": 0.2, "still giving": 0.1})
