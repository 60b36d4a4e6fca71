"""A score beside the median candidate's: differences sum to what sets it apart, whatever the order of the rows."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.errors import MissingColumns
from catalynx.scoring import compare_with_middling, middling_score

CRITERIA = ("mission", "field", "size")
NAMES = ("a", "b", "c", "d")


def parts_of(values: dict[str, list[float | None]]) -> pd.DataFrame:
    """Make the parts of several candidates, the three criteria weighing .5, .3 and .2."""
    frames = []
    for name, given_values in values.items():
        frame = pd.DataFrame({"candidate_id": name, "criterion": CRITERIA, "value": given_values, "weight": [0.5, 0.3, 0.2]})
        frame["value"] = frame["value"].astype("float64")
        had = frame["weight"].where(frame["value"].notna(), 0.0).sum()
        frames.append(frame.assign(contribution=frame["value"] * frame["weight"] / (had or float("nan"))))
    return pd.concat(frames, ignore_index=True)


def test_figures_worked_by_hand() -> None:
    parts = parts_of({"a": [1.0, 0.5, None], "b": [0.2, 0.5, 0.4], "c": [0.6, None, 0.8]})
    compared = compare_with_middling(parts, pd.Series("foundation", NAMES)).set_index(["candidate_id", "criterion"])
    mission = compared.loc[("a", "mission")]
    assert (mission["median_value"], mission["median_count"]) == (pytest.approx(0.6), 3)
    assert mission["share"] == pytest.approx(0.5 / 0.8)
    assert mission["difference"] == pytest.approx((1.0 - 0.6) * 0.5 / 0.8)
    assert compared.loc[("a", "field"), "difference"] == pytest.approx(0.0)
    size = compared.loc[("a", "size")]
    assert size["median_value"] == pytest.approx(0.6), "what is unknown of this one is known of others"
    assert pd.isna(size["difference"])
    assert pd.isna(size["share"])
    assert middling_score(compared.loc["a"].reset_index()) == pytest.approx(0.6 * 0.625 + 0.5 * 0.375)


def test_only_candidates_of_the_same_group_are_compared() -> None:
    parts = parts_of({"a": [1.0, 1.0, 1.0], "b": [0.0, 0.0, 0.0], "c": [0.5, 0.5, 0.5]})
    compared = compare_with_middling(parts, pd.Series({"a": "foundation", "b": "federal", "c": "federal"}))
    medians = compared.groupby("candidate_id")["median_value"].first()
    assert medians.to_dict() == {"a": 1.0, "b": 0.25, "c": 0.25}


def test_what_does_not_count_is_compared_all_the_same() -> None:
    parts = parts_of({"a": [1.0, 1.0, 1.0], "b": [0.0, 0.0, 0.0], "c": [0.5, 0.5, 0.5]})
    compared = compare_with_middling(parts, pd.Series("federal", NAMES), pd.Series({"a": False, "b": True, "c": True}))
    assert set(compared["median_value"]) == {0.25}
    assert compared.groupby("candidate_id")["difference"].sum().to_dict() == pytest.approx({"a": 0.75, "b": -0.25, "c": 0.25})


def test_of_nothing_known_nothing_is_said() -> None:
    parts = parts_of({"a": [None, None, None], "b": [0.5, 0.5, 0.5]})
    compared = compare_with_middling(parts, pd.Series("foundation", NAMES))
    mine = compared[compared["candidate_id"] == "a"]
    assert mine[["share", "difference"]].isna().all(axis=None)
    assert middling_score(mine) is None


def test_columns_that_are_missing_are_named() -> None:
    with pytest.raises(MissingColumns, match="parts lacks the columns contribution, value, weight"):
        compare_with_middling(pd.DataFrame({"candidate_id": ["a"], "criterion": ["mission"]}), pd.Series(dtype=str))


@given(
    st.lists(st.lists(st.none() | st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
def test_differences_sum_to_the_score_less_the_middling_one(values: list[list[float | None]], shuffler: object) -> None:
    parts = parts_of(dict(zip(NAMES, values, strict=False)))
    alike = pd.Series("foundation", NAMES)
    compared = compare_with_middling(parts, alike)
    for _, mine in compared.groupby("candidate_id"):
        middling = middling_score(mine)
        if middling is not None:
            assert 0 <= middling <= 1
            assert mine["difference"].sum() == pytest.approx(mine["contribution"].sum() - middling)
    order = list(range(len(parts)))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    again = compare_with_middling(parts.iloc[order], alike).loc[compared.index]
    pd.testing.assert_frame_equal(again, compared)
