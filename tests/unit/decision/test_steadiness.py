"""In which share of weighings a candidate keeps its class: against weighing one by one, and what must not move it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from catalynx.decision.steadiness import SEED, SPREAD, WEIGHINGS, steadiness
from catalynx.rules import RECOMMENDATIONS, Rules

RULES = Rules(as_of=date(2024, 2, 9))
CRITERIA = ("field", "geography", "mission", "recency", "size")


def constructed(count: int, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return candidates, decided as the rules do, and their criteria; a fifth of the values unknown, some not asked."""
    chance = np.random.default_rng(seed)
    rows = []
    for at in range(count):
        asked = [name for name in CRITERIA if chance.random() < 0.9] or ["mission"]
        weights = chance.dirichlet(np.ones(len(asked)))
        for name, weight in zip(asked, weights, strict=True):
            value = np.nan if chance.random() < 0.2 else chance.random()
            rows.append((f"constructed:{at}", name, value, weight))
    parts = pd.DataFrame(rows, columns=["candidate_id", "criterion", "value", "weight"])
    held = dict(zip(parts["candidate_id"].unique(), chance.choice([0, 0, 0, 1, 2, 3], count), strict=True))
    decided = []
    for identity, one in parts.groupby("candidate_id", sort=False):
        score, coverage = mean(one["value"].to_numpy(), one["weight"].to_numpy())
        decided.append(
            (identity, "passes", score, coverage, held[identity], RECOMMENDATIONS[place(score, coverage, held[identity])])
        )
    columns = ["candidate_id", "eligibility", "score", "coverage", "held_at", "recommendation"]
    return pd.DataFrame(decided, columns=columns), parts


def mean(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    known = ~np.isnan(values)
    total = weights[known].sum()
    return (values[known] @ weights[known] / total if total else np.nan), total / weights.sum()


def place(score: float, coverage: float, held_at: int) -> int:
    if score != score:
        return RECOMMENDATIONS.index("monitor")
    reached = next(at for at, name in enumerate(RECOMMENDATIONS) if score >= RULES.thresholds[name])
    by_coverage = 3 if coverage < RULES.scant_coverage else 2 if coverage < RULES.least_coverage else 0
    return max(reached, by_coverage, held_at)


def weighed_one_by_one(decided: pd.DataFrame, parts: pd.DataFrame) -> Iterator[tuple[str, float]]:
    factors = np.random.default_rng(SEED).uniform(1 - SPREAD, 1 + SPREAD, (len(CRITERIA), WEIGHINGS))
    for row in decided[decided["score"].notna()].to_dict("records"):
        one = parts[parts["candidate_id"] == row["candidate_id"]]
        of_it = factors[[CRITERIA.index(name) for name in one["criterion"]]]
        stays = 0
        for draw in of_it.T:
            score, coverage = mean(one["value"].to_numpy(), one["weight"].to_numpy() * draw)
            stays += RECOMMENDATIONS[place(score, coverage, row["held_at"])] == row["recommendation"]
        yield row["candidate_id"], stays / WEIGHINGS


def test_as_when_each_is_weighed_one_by_one() -> None:
    decided, parts = constructed(120)
    found, expected = steadiness(decided, parts, RULES), dict(weighed_one_by_one(decided, parts))
    assert found.to_dict() == pytest.approx(expected)
    assert found.between(0, 1).all()
    assert 0.2 < found.eq(1).mean() < 0.9, "some are sure and some are not"
    assert set(decided["recommendation"]) == set(RECOMMENDATIONS), "every class is among them"


def test_the_same_in_any_order_and_again() -> None:
    decided, parts = constructed(300)
    first = steadiness(decided, parts, RULES)
    again = steadiness(decided.sample(frac=1, random_state=1), parts.sample(frac=1, random_state=2), RULES)
    pd.testing.assert_series_equal(first, again.reindex(first.index))


def test_who_is_excluded_or_unknown_is_not_judged() -> None:
    decided, parts = constructed(3)
    decided.loc[0, "eligibility"] = "fails"
    decided.loc[1, "score"] = np.nan
    assert steadiness(decided, parts, RULES).index.tolist() == ["constructed:2"]
    assert steadiness(decided.head(1), parts, RULES).empty


def test_one_criterion_alone_is_steady_and_one_at_the_edge_is_kept() -> None:
    parts = pd.DataFrame({"candidate_id": ["a", "b"], "criterion": "mission", "value": [0.9, 0.8], "weight": 1.0})
    decided = pd.DataFrame(
        {"candidate_id": ["a", "b"], "eligibility": "passes", "score": [0.9, 0.8], "held_at": 0, "recommendation": "pursue now"}
    )
    assert steadiness(decided, parts, RULES).tolist() == [1.0, 1.0]


def test_what_holds_a_candidate_holds_it_whatever_the_weights() -> None:
    values = {"mission": 1.0, "field": 0.55}
    parts = pd.DataFrame({"candidate_id": "a", "criterion": list(values), "value": list(values.values()), "weight": 0.5})
    decided = pd.DataFrame(
        {"candidate_id": ["a"], "eligibility": "passes", "score": 0.775, "held_at": 1, "recommendation": "prepare"}
    )
    assert steadiness(decided, parts, RULES)["a"] == 1.0
    assert steadiness(decided.assign(held_at=0), parts, RULES)["a"] < 1.0
    stricter = replace(RULES, thresholds={**RULES.thresholds, "prepare": 0.75})
    assert steadiness(decided, parts, stricter)["a"] < 1.0
