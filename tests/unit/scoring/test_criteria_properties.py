"""What holds of every criterion, whatever it is given: in range or unknown, steady, the same for one and for all."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalynx.columns import empty_frame
from catalynx.rules import Applicant, Rules
from catalynx.scoring import criteria, judge_eligibility, score_candidates, totals, weigh_candidates

construct: Callable[..., pd.DataFrame]
RULES = Rules(as_of=date(2024, 2, 29))
MUSEUM = Applicant(
    ein="030179436", text="A museum of American art that exhibits quilts to children", ntee_majors=("A",), ntee_codes=("A50",),
    states=("VT",), is_501c3=True, annual_revenue_usd=2e6, ask_min_usd=10_000, ask_max_usd=50_000,
)  # fmt: skip
NOBODY = Applicant()
FOREIGN = Applicant(name="Nowhere", text="Work abroad with children", annual_revenue_usd=0.0, ask_max_usd=1.0)
BARE = dataclasses.replace(MUSEUM, ein=None, ntee_codes=(), ntee_majors=(), states=())

count, usd, share = st.integers(0, 10**6), st.floats(-1e9, 1e12), st.floats(0, 1)
year, maybe = st.integers(1900, 2024), st.none
ROW = st.fixed_dictionaries({
    "kind": st.sampled_from(["foundation", "program", "opportunity"]), "name": st.sampled_from(["A fund", "Ohio arts", "Texas River"]),
    "grants_count": maybe() | count, "placed_count": maybe() | count, "here_count": maybe() | count, "states_reached": maybe() | st.integers(0, 60),
    "field_known_count": maybe() | count, "field_code_count": maybe() | count, "field_decile_count": maybe() | count,
    "field_major_count": maybe() | count, "field_related": maybe() | st.floats(0, 1e6), "mission_match": maybe() | st.floats(0, 20),
    "mission_words_count": maybe() | st.integers(0, 60), "peers_known_count": maybe() | count, "peers_p25_usd": maybe() | usd,
    "peers_p75_usd": maybe() | usd, "retained_pct": maybe() | st.floats(0, 100), "recipient_hhi": maybe() | share,
    "yearly_usd": maybe() | usd, "giving_change": maybe() | usd, "obligated_usd": maybe() | usd, "assets_usd": maybe() | usd,
    "assets_change": maybe() | usd, "distributable_usd": maybe() | usd, "shortfall_usd": maybe() | usd, "total_funding_usd": maybe() | usd,
    "grant_p10_usd": maybe() | usd, "grant_p25_usd": maybe() | usd, "grant_p75_usd": maybe() | usd, "grant_p90_usd": maybe() | usd,
    "floor_usd": maybe() | usd, "ceiling_usd": maybe() | usd, "first_year": maybe() | year, "last_year": maybe() | year,
    "active_years": maybe() | st.integers(0, 124), "first_time_pct": maybe() | st.floats(0, 100), "to_us_count": maybe() | st.integers(0, 5),
    "preselected_only": st.sampled_from([None, True, False]), "deadline": st.sampled_from([None, "2024-02-01", "2024-06-01"]),
    "season_counts": st.sampled_from([None, '{"2":3}', '{"12":1,"1":1}']),
    "beneficiary_types": st.sampled_from([None, [], ["Women"], ["Anyone/general public"]]),
})  # fmt: skip
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="session", autouse=True)
def _constructing(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    global construct
    construct = constructed_candidates


def judge(name: str, frame: pd.DataFrame, applicant: Applicant = MUSEUM) -> pd.DataFrame:
    return criteria()[name].judge(frame, applicant, RULES)


@QUICK
@given(st.lists(ROW, min_size=1, max_size=4), st.sampled_from([MUSEUM, NOBODY, FOREIGN, BARE]))
def test_in_range_or_unknown_with_a_reason(rows: list[dict[str, object]], applicant: Applicant) -> None:
    frame = construct(*rows)
    for name in criteria():
        judged = judge(name, frame, applicant)
        assert judged["value"].dropna().between(0, 1).all(), name
        assert (judged["because"].str.startswith("unknown: ") == judged["value"].isna()).all(), name
        assert not judged["because"].str.contains(r"\bnan\b|\binf\b|<NA>|None").any(), name


@QUICK
@given(st.lists(ROW, min_size=2, max_size=5), st.randoms())
def test_the_same_in_any_order_and_for_one_as_for_all(rows: list[dict[str, object]], chance) -> None:  # type: ignore[no-untyped-def]
    frame = construct(*rows)
    order = list(frame.index)
    chance.shuffle(order)
    for name in criteria():
        together = judge(name, frame)
        shuffled = judge(name, frame.loc[order]).loc[frame.index]
        pd.testing.assert_frame_equal(together, shuffled, check_dtype=False)
        pd.testing.assert_frame_equal(together.iloc[[1]], judge(name, frame.iloc[[1]]), check_dtype=False)


@QUICK
@given(st.lists(ROW, min_size=1, max_size=5))
def test_many_at_once_give_the_scores_of_the_parts(rows: list[dict[str, object]]) -> None:
    frame = construct(*rows)
    parts = score_candidates(frame, MUSEUM, RULES)
    told, weighed = totals(parts).loc[frame["candidate_id"]], weigh_candidates(frame, MUSEUM, RULES)
    np.testing.assert_allclose(weighed.score, told["score"], atol=1e-12)
    np.testing.assert_allclose(weighed.coverage, told["coverage"], atol=1e-12)
    sums = parts.groupby("candidate_id")["contribution"].sum(min_count=1).loc[frame["candidate_id"]]
    np.testing.assert_allclose(sums, told["score"], atol=1e-12)
    np.testing.assert_allclose(parts.groupby("candidate_id")["weight"].sum(), 1)


KNOWN = {"grants_count": 100, "placed_count": 100, "field_known_count": 100, "peers_known_count": 100}
RISES = {
    "mission": ("mission_match", 0, 9, {"mission_words_count": 5}), "field": ("field_major_count", 0, 100, KNOWN),
    "geography": ("here_count", 0, 100, KNOWN), "capacity": ("yearly_usd", 0, 1e9, {}), "trend": ("giving_change", 0, 9, {}),
    "recency": ("last_year", 1990, 2024, {"first_year": 1990, "active_years": 10, "kind": "program"}),
    "newcomers": ("first_time_pct", 0, 100, {}), "retention": ("retained_pct", 0, 100, {}), "openness": None, "population": None,
    "competition": None, "spread": ("recipient_hhi", 1, 0.001, {}), "scale": ("peers_p25_usd", 1e12, 2.1e6, {**KNOWN, "peers_p75_usd": 1e12}),
    "size": ("ceiling_usd", 1, 9_999, {}), "time": ("days", 0, 400, {"kind": "opportunity"}),
}  # fmt: skip
"""Criterion → the column with which it rises, from where to where; None where a value is one of a few. A new one must say so."""


def test_every_criterion_says_with_what_it_rises() -> None:
    weighed = {name for weights in RULES.weights.values() for name, weight in weights.items() if weight > 0}
    assert weighed <= set(RISES)


@pytest.mark.parametrize("name", [name for name, what in RISES.items() if what])
@QUICK
@given(st.lists(share, min_size=2, max_size=6))
def test_a_criterion_rises_with_what_it_is_about(name: str, steps: list[float]) -> None:
    column, first, last, fixed = RISES[name]  # type: ignore[misc]
    at = [first + (last - first) * step for step in sorted(steps)]
    if column == "days":
        rows = [{**fixed, "deadline": date(2024, 2, 29) + pd.Timedelta(days=int(days))} for days in at]
    else:
        whole = column.endswith(("_count", "_year"))
        rows = [{**fixed, column: int(value) if whole else value} for value in at]
    values = judge(name, construct(*rows))["value"].dropna()
    assert values.is_monotonic_increasing, list(zip(at, values, strict=False))


@given(st.floats(1, 1e7), st.floats(1, 1e7), st.floats(1, 1e7))
def test_an_award_weighs_less_the_larger_our_revenue(floor: float, poor: float, more: float) -> None:
    frame = construct({"floor_usd": floor, "ceiling_usd": floor * 3})
    small, large = (dataclasses.replace(MUSEUM, annual_revenue_usd=usd) for usd in (poor, poor + more))
    assert judge("size", frame, small)["value"][0] <= judge("size", frame, large)["value"][0]


@pytest.mark.parametrize("applicant", [MUSEUM, NOBODY, FOREIGN, BARE])
def test_a_funder_with_one_grant_of_a_negative_or_no_amount(applicant: Applicant) -> None:
    row = {"grants_count": 1, "placed_count": 1, "here_count": 0, "first_year": 2020, "last_year": 2020, "active_years": 1}
    parts = score_candidates(
        construct(row, {**row, "grant_p25_usd": -5.0, "grant_p75_usd": 0.0, "yearly_usd": -5.0}), applicant, RULES
    )
    known = parts[parts["value"].notna()]
    assert set(known["criterion"]) == {"recency"}, "one grant says when, and nothing else"


def test_no_candidates_give_no_parts() -> None:
    empty = empty_frame("candidates")
    assert score_candidates(empty, NOBODY, RULES).empty
    weighed = weigh_candidates(empty, NOBODY, RULES)
    assert (len(weighed.score), len(weighed.coverage)) == (0, 0)
    assert list(judge_eligibility(empty, NOBODY, RULES).columns) == ["eligibility", "eligibility_reason", "marks"]


def test_a_track_without_weights_has_no_score_and_says_so() -> None:
    rules = dataclasses.replace(RULES, weights={"foundation": {"mission": 1.0}})
    frame = construct(
        {"mission_match": 1.0, "mission_words_count": 4}, {"kind": "program", "mission_match": 1.0, "mission_words_count": 4}
    )
    weighed = weigh_candidates(frame, MUSEUM, rules)
    assert np.isnan(weighed.score).tolist() == [False, True]
    assert weighed.coverage.tolist() == [1, 0]
    assert json.loads(json.dumps(rules.plain()))["weights"] == {"foundation": {"mission": 1.0}}
