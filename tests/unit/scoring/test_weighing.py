"""Scores: contributions sum to the score, what is unknown lowers coverage and not the score, weights are checked."""

from __future__ import annotations

import dataclasses
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.errors import BadParameter, MissingColumns
from catalynx.rules import Applicant, Rules
from catalynx.scoring import score_candidates, totals

RULES = Rules(as_of=date(2024, 2, 9))


def parts_of(values: list[float | None], weights: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame({"candidate_id": "c", "value": values, "weight": weights}, dtype=object)
    frame = frame.astype({"value": "float64", "weight": "float64"})
    had = frame["weight"].where(frame["value"].notna(), 0).sum()
    return frame.assign(contribution=frame["value"] * frame["weight"] / (had or float("nan")))


@given(st.lists(st.tuples(st.none() | st.floats(0, 1), st.floats(0.01, 1)), min_size=1, max_size=8))
def test_contributions_sum_to_the_score_and_coverage_is_the_known_weight(pairs: list[tuple[float | None, float]]) -> None:
    whole = sum(weight for _, weight in pairs)
    parts = parts_of([value for value, _ in pairs], [weight / whole for _, weight in pairs])
    found = totals(parts).loc["c"]
    known = [(value, weight) for value, weight in pairs if value is not None]
    assert found["coverage"] == pytest.approx(sum(weight for _, weight in known) / whole)
    if known:
        assert found["score"] == pytest.approx(sum(v * w for v, w in known) / sum(w for _, w in known))
        assert found["score"] == pytest.approx(parts["contribution"].sum())
    else:
        assert pd.isna(found["score"])


def test_columns_that_are_needed_are_named() -> None:
    with pytest.raises(MissingColumns, match="candidates lacks the columns grants_count, here_count, placed_count"):
        score_candidates(
            pd.DataFrame({"candidate_id": ["a"], "kind": ["foundation"], "name": ["A fund"], "track": ["foundation"]}),
            Applicant(),
            dataclasses.replace(RULES, weights={"foundation": {"geography": 1.0}}),
        )


def test_an_unknown_criterion_is_refused() -> None:
    rules = dataclasses.replace(RULES, weights={"foundation": {"luck": 1.0}})
    with pytest.raises(
        BadParameter, match="weights is 'luck', but must be for criteria that exist: capacity, competition, field"
    ):
        score_candidates(
            pd.DataFrame({"candidate_id": ["a"], "kind": ["foundation"], "track": ["foundation"]}), Applicant(), rules
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": {"foundation": {"mission": -1.0}}}, "must be a number of at least 0"),
        ({"weights": {"foundation": {"mission": float("nan")}}}, "must be a number of at least 0"),
        ({"weights": {"foundation": {"mission": 0.0}}}, "weights of which one is above 0"),
        ({"weights": {"angel": {"mission": 1.0}}}, "for one of foundation, federal, government, corporate"),
        (
            {"thresholds": {"pursue now": 0.1, "prepare": 0.5, "consider later": 0.4, "monitor": 0.3, "decline": 0}},
            "falling from",
        ),
        ({"least_coverage": 1.5}, "within 0 and 1"),
        ({"hours_per_month": -1.0}, "a number of at least 0"),
    ],
)
def test_rules_that_cannot_be_used_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadParameter, match=message):
        dataclasses.replace(RULES, **change)  # type: ignore[arg-type]
