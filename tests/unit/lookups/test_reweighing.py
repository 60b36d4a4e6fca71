"""Weights changed by hand give what the whole workflow gives with the same weights, and say what cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx import workflows
from catalynx.errors import BadParameter, NotFound
from catalynx.lookups.certainty import DRAWN, TOP, certainty, swings
from catalynx.lookups.reweighing import GROUPS, Kept, changed_rules, changed_weights, kept_of, reweighed
from catalynx.rules import RECOMMENDATIONS, Rules
from catalynx.settings import load_settings

DAY = date(2024, 2, 9)
FACTORS = {"what they give for": 2.0, "geography": 0.25, "time": 0.0, "size": 1.5}


@pytest.fixture(scope="module")
def workspace(sample_home: Path) -> Iterator[workflows.Workspace]:
    with workflows.Workspace(load_settings(home=sample_home)) as opened:
        yield opened


@pytest.fixture(scope="module")
def decided(workspace: workflows.Workspace) -> workflows.Decided:
    return workflows.decide(workspace, workspace.records.find_profile("shelburne"))


@pytest.fixture(scope="module")
def kept(decided: workflows.Decided) -> Kept:
    return kept_of(decided)


def constructed(values: list[list[float]], weights: list[list[float]], **more: object) -> Kept:
    count = len(values)
    made = {
        "candidate_ids": np.array([f"c{place}" for place in range(count)], dtype=object), "criteria": ("mission", "geography", "size"),
        "values": np.array(values, dtype=float).reshape(count, 3), "weights": np.array(weights, dtype=float).reshape(count, 3),
        "fails": np.zeros(count, dtype=bool), "ceilings": np.zeros(count, dtype=int), "rules": Rules(as_of=DAY),
    }  # fmt: skip
    return Kept(**{**made, **more})


THREE = constructed([[0.9, 0.8, 0.7], [0.2, 0.9, np.nan], [0.5, 0.5, 0.5]], [[0.5, 0.3, 0.2]] * 3)


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Scores and classes agree, and ranks but among those of one worth, whose sums differ in the last digit alone."""
    there = expected.set_index("candidate_id").loc[found["candidate_id"]]
    assert found["recommendation"].tolist() == there["recommendation"].tolist()
    np.testing.assert_allclose(found["score"], there["score"].astype(float), atol=1e-12)
    np.testing.assert_allclose(found["coverage"], there["coverage"].astype(float), atol=1e-12)
    worth = (there["score"] * there["coverage"]).round(10).fillna(-1).to_numpy()
    by_found, by_expected = np.argsort(found["rank"].to_numpy()), np.argsort(there["rank"].to_numpy())
    assert worth[by_found].tolist() == worth[by_expected].tolist()


def test_unchanged_weights_give_the_decisions_as_they_are(decided: workflows.Decided, kept: Kept) -> None:
    assert_same(reweighed(kept), decided.decisions)


def test_changed_weights_give_what_the_workflow_decides_with_them(
    workspace: workflows.Workspace, decided: workflows.Decided, kept: Kept
) -> None:
    rules = changed_rules(decided.rules, FACTORS)
    assert_same(reweighed(kept, FACTORS), workflows.decide(workspace, decided.profile, rules=rules).decisions)


@pytest.mark.parametrize("method", ["topsis", "promethee", "electre"])
def test_another_method_orders_within_the_classes(kept: Kept, method: str) -> None:
    found = reweighed(kept, FACTORS, method=method)
    usual = reweighed(kept, FACTORS)
    assert found["recommendation"].tolist() == usual["recommendation"].tolist()
    assert sorted(found["rank"]) == list(range(1, len(found) + 1))
    eligible = found[~kept.fails].sort_values("rank")
    places = eligible["recommendation"].map(RECOMMENDATIONS.index)
    assert places.is_monotonic_increasing
    asked = eligible.dropna(subset=["worth"]).groupby("recommendation", sort=False)["worth"]
    assert all(worth.round(12).is_monotonic_decreasing for _, worth in asked)
    assert found["worth"].notna().sum() <= 500


def test_what_is_unknown_does_not_count() -> None:
    found = reweighed(THREE)
    assert found["score"].tolist() == pytest.approx([0.83, (0.1 + 0.27) / 0.8, 0.5])
    assert found["coverage"].tolist() == pytest.approx([1, 0.8, 1])
    # The second has the lower worth, the class is by score alone.
    assert found["recommendation"].tolist() == ["pursue now", "monitor", "consider later"]


def test_a_group_and_its_criterion_multiply() -> None:
    weights = changed_weights(THREE, {"what they give for": 2, "mission": 0.5, "size": 0})
    assert weights[0] == pytest.approx([0.5 / 0.8, 0.3 / 0.8, 0])
    assert set(GROUPS["where they give"]) == {"geography"}


def test_a_ceiling_and_a_hard_rule_hold_whatever_the_weights() -> None:
    held = constructed([[1, 1, 1]] * 3, [[1, 0, 0]] * 3, ceilings=np.array([0, 3, 0]), fails=np.array([False, False, True]))
    found = reweighed(held, {"mission": 5})
    assert found["recommendation"].tolist() == ["pursue now", "monitor", "decline"]
    assert found["rank"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("value", [-0.1, 5.1, float("nan"), float("inf")])
def test_a_factor_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(BadParameter, match="from 0 to 5 times"):
        reweighed(THREE, {"mission": value})


def test_other_mistakes_are_told() -> None:
    with pytest.raises(BadParameter, match="mision"):
        reweighed(THREE, {"mision": 1})
    with pytest.raises(BadParameter, match="one is above 0"):
        reweighed(THREE, {"mission": 0, "geography": 0, "size": 0})
    with pytest.raises(BadParameter, match="method"):
        reweighed(THREE, method="gut feeling")


def test_a_candidate_without_any_weight_left_is_monitored_and_has_no_score() -> None:
    two = constructed([[0.9, 0.9, 0.9], [0.9, np.nan, np.nan]], [[0.5, 0.3, 0.2], [1, 0, 0]])
    found = reweighed(two, {"mission": 0})
    assert np.isnan(found["score"].iloc[1])
    assert found["recommendation"].tolist() == ["pursue now", "monitor"]


def test_nobody_and_one_alone() -> None:
    assert reweighed(constructed([], [])).empty
    assert reweighed(constructed([[0.5, 0.5, 0.5]], [[1, 0, 0]]))["rank"].tolist() == [1]
    assert certainty(constructed([], []), {}, {}).sentence == "There is no candidate that could be ranked."
    assert certainty(constructed([[0.5, 0.5, 0.5]], [[1, 0, 0]]), {}, {}).on_top == {"c0": 1}


@given(st.dictionaries(st.sampled_from(["mission", "geography", "size"]), st.floats(0.01, 5), max_size=3))
def test_scores_stay_within_the_values(factors: dict[str, float]) -> None:
    found = reweighed(THREE, factors)
    assert (found["score"] >= np.nanmin(THREE.values, axis=1) - 1e-12).all()
    assert (found["score"] <= np.nanmax(THREE.values, axis=1) + 1e-12).all()
    assert sorted(found["rank"]) == [1, 2, 3]


def test_certainty_counts_every_draw_once(decided: workflows.Decided, kept: Kept) -> None:
    names = dict(zip(decided.decisions["candidate_id"], decided.decisions["name"], strict=True))
    found = certainty(kept, names, {}, samples=500, shown=7)
    assert found.shares["candidate_id"].drop_duplicates().tolist() == decided.decisions["candidate_id"].head(7).tolist()
    assert found.shares.groupby("candidate_id")["share"].sum().to_numpy() == pytest.approx(np.ones(7))
    assert len(found.on_top) == DRAWN
    assert sum(found.on_top.values()) == pytest.approx(TOP, abs=0.2)
    assert set(found.verdicts) == set(found.on_top)
    assert found.sentence == certainty(kept, names, {}, samples=500, shown=7).sentence
    assert "500 draws" in found.sentence


def test_certainty_of_what_is_far_ahead_is_yes() -> None:
    far = constructed([[1, 1, 1]] + [[0.1, 0.1, 0.1]] * 12, [[0.5, 0.3, 0.2]] * 13)
    found = certainty(far, {}, {}, samples=200)
    assert found.verdicts["c0"] == "yes"
    assert found.shares.set_index(["candidate_id", "first_place"]).loc[("c0", 1), "share"] == 1


def test_swings_go_from_no_weight_to_twice_and_from_0_to_1_where_unknown() -> None:
    found = swings(THREE, "c1", {})
    assert found.base == pytest.approx(0.4625)
    by = found.swings.set_index("input")
    assert by.index.tolist() == ["mission", "geography", "size (unknown)"]
    assert by.loc["mission", ["low", "high"]].tolist() == pytest.approx([0.9, (0.2 * 1 + 0.27) / 1.3])
    assert by.loc["size (unknown)", ["low", "high"]].tolist() == pytest.approx([0.37, 0.57])
    assert swings(THREE, "c0", {}).sentences[-1].startswith("It would be prepare if mission alone falls from 0.90 to 0.84")


def test_swings_say_what_holds_a_candidate_back() -> None:
    held = constructed([[1, 1, 1]] * 2, [[1, 0, 0]] * 2, ceilings=np.array([2, 0]), fails=np.array([False, True]))
    assert "holds it at consider later" in swings(held, "c0", {}).sentences[0]
    assert swings(held, "c1", {}).sentences == ("A hard rule excludes it: no score changes that.",)
    with pytest.raises(NotFound, match="c9"):
        swings(held, "c9", {})
