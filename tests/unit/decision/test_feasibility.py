"""Feasibility: each dimension from data or unknown, gaps with their day, and what score and feasibility make together."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.columns import RESULTS, empty_frame
from catalynx.decision import Situation, feasibility, worked_out
from catalynx.decision.confidence import confidence
from catalynx.decision.doing import gaps_of
from catalynx.decision.feasibility import combined, feasibility_totals
from catalynx.decision.situation import Conduct, TrackRecord, weight_of_age
from catalynx.errors import MissingColumns
from catalynx.rules import FEASIBILITY, Applicant, Post, Rules

RULES = Rules(as_of=date(2024, 2, 9), hours_per_month=100)
APPLICANT = Applicant(ask_min_usd=10_000, ask_max_usd=100_000)
KNOWN = Situation(
    record={"federal": TrackRecord(3, 2023, 50_000.0), "foundation": TrackRecord(1, 2020, 20_000.0)}, revenue_usd=1e6,
    reserve_months=6.0, reserve_year=2022, expenses_month_usd=80_000.0, federal_spent_usd=100_000.0, federal_spent_year=2022,
    audit_from_usd=750_000.0, conduct=(Conduct(1.0, "0 of 3 returns came late"),),
)  # fmt: skip
SOUND = {
    "kind": "opportunity", "candidate_id": "opportunity:A-1", "eligibility": "passes", "eligibility_reason": "open to 501(c)(3)s",
    "deadline": "2024-12-31", "floor_usd": 40_000, "ceiling_usd": 40_000, "cost_sharing": False, "to_us_count": 0,
}  # fmt: skip
Construct = Callable[..., pd.DataFrame]


def judged(
    construct: Construct,
    *,
    applicant: Applicant = APPLICANT,
    rules: Rules = RULES,
    situation: Situation | None = KNOWN,
    **row: object,
) -> pd.DataFrame:
    candidates = worked_out(construct({**SOUND, **row}), applicant, rules)
    found = feasibility(candidates, applicant, rules, situation)
    assert list(found.columns) == RESULTS["feasibility"].names
    assert found["dimension"].tolist() == list(FEASIBILITY)
    return found.set_index("dimension")


def test_all_that_is_sound_is_one_and_leaves_no_gap(constructed_candidates: Construct) -> None:
    found = judged(constructed_candidates)
    assert found["coverage"].tolist() == [1, 1, 1, 1, 1]
    assert found["gap"].isna().all()
    assert found["value"].tolist() == pytest.approx([1, 1, 1, 1, 0.96])
    assert found["because"].tolist() == [
        "3 gifts to you from federal agencies on record, the last in 2023; $40,000 is 0.8 times the largest to you on record, $50,000",
        "it takes 400 of the 1,071 staff hours until the deadline; no costs have to be shared; your reserve of tax year 2022 lasts 6.0 months of 3",
        "326 days are left of the 182 that it takes",
        "open to 501(c)(3)s; a federal award to you is on record in 2023, which asks for a registration; $40,000 and $100,000 of federal money "
        "beside it is below the $750,000 of a single audit; 0 of 3 returns came late",
        "$40,000 is at least the $10,000 that you look for; $40,000 would be 4.0% of your revenue",
    ]  # fmt: skip


def test_of_nobody_everything_is_unknown_and_says_what_to_find_out(constructed_candidates: Construct) -> None:
    bare = {
        "deadline": None,
        "floor_usd": None,
        "ceiling_usd": None,
        "cost_sharing": None,
        "eligibility": "unknown",
        "eligibility_reason": "ask",
    }
    found = judged(
        constructed_candidates,
        applicant=Applicant(),
        rules=dataclasses.replace(RULES, hours_per_month=None),
        situation=None,
        **bare,
    )
    assert found["value"].isna().all()
    assert found["coverage"].tolist() == [0] * 5
    assert found["because"].str.startswith("unknown: ").all()
    assert found["gap"].notna().all()
    assert (found["close_by"] == pd.Timestamp(2024, 3, 10)).all(), "30 days on"
    total = feasibility_totals(found.reset_index())
    assert total["feasibility"].isna().all()
    assert total[["feasibility_coverage", "feasibility_low", "feasibility_high"]].iloc[0].tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("dimension", "change", "value", "because", "gap"),
    [
        ("technical", {"to_us_count": 2, "to_us_last_year": 2019}, 1.0, "it gave to you 2 times before, last in 2019", None),
        ("technical", {"kind": "foundation", "candidate_id": "foundation:1", "ceiling_usd": 20_000, "floor_usd": 20_000}, 0.75,
         "1 gift to you from foundations on record, the last in 2020", "Name 2 more awards from foundations that were managed well"),
        ("technical", {"ceiling_usd": 100_000, "floor_usd": 100_000}, 0.875, "$100,000 is 2.0 times the largest to you on record, $50,000", None),
        ("resources", {"cost_sharing": True}, 1.0, "unknown: costs have to be shared, and the profile does not say whether it can",
         "Decide from which money costs can be shared beside $40,000"),
        ("timeline", {"deadline": "2024-05-10"}, 0.5, "91 days are left of the 182 that it takes",
         "Do the work of 182 days in 91, with more people, or wait for the next round"),
        ("timeline", {"deadline": "2024-02-01"}, 0.0, "applications closed on 1 Feb 2024", "Find out when the next round of A-1 opens"),
        ("timeline", {"deadline": None}, None, "unknown: when applications close is not on record", "Find out when applications to A-1 close"),
        ("compliance", {"eligibility": "unknown", "eligibility_reason": "the listing does not say"}, 1.0, "unknown: the listing does not say",
         "Ask whether you may apply to A-1"),
    ],
)  # fmt: skip
def test_each_dimension_follows_its_data(
    constructed_candidates: Construct,
    dimension: str,
    change: dict[str, object],
    value: float | None,
    because: str,
    gap: str | None,
) -> None:
    found = judged(constructed_candidates, **change).loc[dimension]  # type: ignore[arg-type]
    assert np.isnan(found["value"]) if value is None else found["value"] == pytest.approx(value)
    assert because in found["because"]
    assert (found["gap"] != found["gap"]) if gap is None else gap in found["gap"]


def test_an_award_that_brings_an_audit_about_leaves_a_gap(constructed_candidates: Construct) -> None:
    near = dataclasses.replace(KNOWN, federal_spent_usd=730_000.0)
    found = judged(constructed_candidates, situation=near).loc["compliance"]
    assert (
        "$40,000 and $730,000 of federal money beside it would bring a single audit about, due from $750,000" in found["because"]
    )
    assert found["gap"] == "Budget a first single audit with A-1, or ask for less than $20,000"
    audited = judged(constructed_candidates, situation=dataclasses.replace(KNOWN, federal_spent_usd=800_000.0)).loc["compliance"]
    assert audited["value"] == 1
    lapsed = dataclasses.replace(KNOWN, record={"federal": TrackRecord(1, 2005, 50_000.0)})
    found = judged(constructed_candidates, situation=lapsed, deadline="2024-04-01").loc["compliance"]
    assert found["gap"] == (
        "Check that your registration is active in SAM.gov for A-1: your last federal award on record is of 2005"
    )
    assert found["close_by"] == pd.Timestamp(2024, 3, 4), "four weeks before the deadline"


def test_matching_money_and_a_thin_reserve(constructed_candidates: Construct) -> None:
    some = dataclasses.replace(RULES, matching_usd=10_000.0)
    found = judged(constructed_candidates, rules=some, cost_sharing=True).loc["resources"]
    assert "$10,000 is there, and a share as large as the award would be $40,000" in found["because"]
    assert found["gap"] == "Find $30,000 more to match, or read that a smaller share is enough"
    refused = judged(constructed_candidates, applicant=dataclasses.replace(APPLICANT, cost_sharing_ok=False), cost_sharing=True)
    assert refused.loc["resources", "value"] < found["value"]
    thin = judged(constructed_candidates, situation=dataclasses.replace(KNOWN, reserve_months=1.0)).loc["resources"]
    assert thin["gap"] == "Agree on advance payments or a credit line of $160,000, for most of A-1 is paid after the costs"


def test_a_gap_stays_one_whatever_a_record_says(constructed_candidates: Construct) -> None:
    late = dataclasses.replace(KNOWN, conduct=(Conduct(0.5, "2 of 4 returns came late: that of 2020; that of 2021"),))
    found = judged(constructed_candidates, situation=late).reset_index()
    told = gaps_of(found, ["opportunity:A-1"])["opportunity:A-1"]
    assert [gap for gap, _ in told] == ["Explain in the application to A-1: 2 of 4 returns came late: that of 2020, that of 2021"]


def test_no_gap_is_the_same_for_two_candidates(constructed_candidates: Construct) -> None:
    poor = Situation(
        record={"foundation": TrackRecord(1, 2020, 20_000.0)}, revenue_usd=1e5, reserve_months=1.0, expenses_month_usd=8_000.0,
        federal_spent_usd=730_000.0, federal_spent_year=2022, audit_from_usd=750_000.0, conduct=(Conduct(0.0, "it came late"),),
    )  # fmt: skip
    rows = [
        {
            **SOUND,
            "candidate_id": f"opportunity:{name}",
            "floor_usd": usd,
            "ceiling_usd": usd,
            "deadline": day,
            "cost_sharing": True,
        }
        for name, usd, day in (("A-1", 60_000, "2024-03-20"), ("B-2", 70_000, "2024-03-30"))
    ]
    applicant = dataclasses.replace(APPLICANT, cost_sharing_ok=False)
    worked = worked_out(constructed_candidates(*rows), applicant, RULES)
    gaps = gaps_of(feasibility(worked, applicant, RULES, poor), worked["candidate_id"].tolist())
    first, second = ({gap for gap, _ in gaps[f"opportunity:{name}"]} for name in ("A-1", "B-2"))
    assert len(first) == len(second) == 10
    assert not first & second


def test_who_leaves_makes_it_less_feasible(constructed_candidates: Construct) -> None:
    stays, goes = (
        judged(constructed_candidates, rules=dataclasses.replace(RULES, staff=(Post("writer", 100, None, last),))).loc[
            "resources"
        ]
        for last in (None, date(2024, 4, 30))
    )
    assert goes["value"] < stays["value"]
    assert goes["gap"].startswith("Find ")


def test_a_foundation_is_not_asked_for_federal_duties(constructed_candidates: Construct) -> None:
    found = judged(constructed_candidates, kind="foundation", candidate_id="foundation:1")
    assert found.loc["compliance", "because"] == "open to 501(c)(3)s"
    assert found.loc["compliance", "coverage"] == 1


def test_who_is_excluded_is_not_asked(constructed_candidates: Construct) -> None:
    candidates = worked_out(constructed_candidates({**SOUND, "eligibility": "fails"}), APPLICANT, RULES)
    found = feasibility(candidates, APPLICANT, RULES, KNOWN)
    assert found.empty
    assert found.dtypes.equals(empty_frame("feasibility").dtypes)
    with pytest.raises(MissingColumns):
        feasibility(candidates.drop(columns="start_by"), APPLICANT, RULES)


def test_weights_count_as_the_rules_have_them(constructed_candidates: Construct) -> None:
    alone = dataclasses.replace(RULES, feasibility_weights={"timeline": 3.0})
    found = judged(constructed_candidates, rules=alone, deadline="2024-05-10")
    assert found["weight"].tolist() == [0, 0, 1, 0, 0]
    assert feasibility_totals(found.reset_index())["feasibility"].iloc[0] == pytest.approx(0.5)


def totals(value: float | None, coverage: float) -> pd.DataFrame:
    known = 0 if value is None else value * coverage
    return pd.DataFrame({
        "feasibility": [value], "feasibility_coverage": [coverage], "feasibility_low": [known], "feasibility_high": [known + 1 - coverage],
    }).astype("float64")  # fmt: skip


def test_score_and_feasibility_are_weighed_together() -> None:
    found = combined(pd.Series([0.8]), pd.Series([1.0]), totals(0.5, 1.0), RULES).iloc[0]
    assert found.tolist() == pytest.approx([0.68, 0.68, 0.68])
    only = combined(pd.Series([0.8]), pd.Series([1.0]), totals(0.5, 1.0), dataclasses.replace(RULES, score_share=1.0)).iloc[0]
    assert only.tolist() == pytest.approx([0.8, 0.8, 0.8])


def test_too_little_known_makes_no_combined_score_but_bounds() -> None:
    found = combined(pd.Series([0.8]), pd.Series([0.9]), totals(1.0, 0.2), RULES).iloc[0]
    assert np.isnan(found["combined"])
    assert found["combined_low"] == pytest.approx(0.6 * 0.72 + 0.4 * 0.2)
    assert found["combined_high"] == pytest.approx(0.6 * 0.82 + 0.4)
    nothing = combined(pd.Series([np.nan]), pd.Series([0.0]), totals(None, 0.0), RULES).iloc[0]
    assert np.isnan(nothing["combined"])
    assert nothing[["combined_low", "combined_high"]].tolist() == [0, 1]


ROW = st.fixed_dictionaries({
    "kind": st.sampled_from(["foundation", "program", "opportunity"]), "eligibility": st.sampled_from(["passes", "unknown", "fails"]),
    "eligibility_reason": st.sampled_from(["open", None]), "deadline": st.none() | st.dates(date(2023, 6, 1), date(2026, 1, 1)),
    "ceiling_usd": st.none() | st.floats(1, 1e9), "grant_median_usd": st.none() | st.floats(1, 1e7),
    "cost_sharing": st.sampled_from([None, True, False]), "to_us_count": st.none() | st.integers(0, 4),
})  # fmt: skip
usd = st.none() | st.floats(-1e6, 1e9)
SITUATION = st.builds(
    Situation, record=st.none() | st.dictionaries(st.sampled_from(["federal", "foundation"]), st.builds(TrackRecord, st.integers(0, 5), st.none() | st.integers(1990, 2024), usd)),
    revenue_usd=usd, reserve_months=st.none() | st.floats(-20, 50), expenses_month_usd=st.none() | st.floats(0, 1e6),
    federal_spent_usd=st.none() | st.floats(0, 1e7), audit_from_usd=st.none() | st.just(750_000.0),
    conduct=st.lists(st.builds(Conduct, st.none() | st.floats(0, 1), st.just("told")), max_size=2).map(tuple),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=5), SITUATION, st.none() | st.floats(0, 500), st.none() | st.floats(0, 1e6))
def test_whatever_is_known_feasibility_stays_within_its_bounds(
    constructed_candidates: Construct,
    rows: list[dict[str, object]],
    situation: Situation,
    hours: float | None,
    matching: float | None,
) -> None:
    rules = dataclasses.replace(RULES, hours_per_month=hours, matching_usd=matching)
    worked = worked_out(constructed_candidates(*rows), APPLICANT, rules)
    found = feasibility(worked, APPLICANT, rules, situation)
    asked = worked[worked["eligibility"] != "fails"]
    assert len(found) == 5 * len(asked)
    assert found["value"].dropna().between(0, 1).all()
    assert found["coverage"].between(0, 1).all()
    assert (found["value"].isna() == (found["coverage"] == 0)).all()
    assert (found["because"].str.len() > 0).all()
    assert (found["gap"].isna() == found["close_by"].isna()).all()
    total = feasibility_totals(found)
    assert (total["feasibility"].isna() == (total["feasibility_coverage"] == 0)).all()
    summed = found.groupby("candidate_id")["contribution"].sum(min_count=1)
    assert np.allclose(summed.reindex(total.index), total["feasibility"], equal_nan=True)
    together = combined(pd.Series(0.7, total.index), pd.Series(0.8, total.index), total, rules)
    assert (together["combined_low"] <= together["combined"].fillna(1) + 1e-9).all()
    assert (together["combined"].fillna(0) <= together["combined_high"] + 1e-9).all()
    turned = feasibility(worked.iloc[::-1], APPLICANT, rules, situation)
    pd.testing.assert_frame_equal(
        found.sort_values(["candidate_id", "dimension"], ignore_index=True),
        turned.sort_values(["candidate_id", "dimension"], ignore_index=True),
    )


def deciding(coverage: float, feasible: float, score: float = 0.7) -> pd.DataFrame:
    return pd.DataFrame({
        "candidate_id": ["a"], "eligibility": ["passes"], "eligibility_reason": ["open"], "score": [score], "coverage": [coverage],
        "feasibility_coverage": [feasible],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("coverage", "feasible", "stable", "level", "told"),
    [
        (1.0, 0.9, None, "high", "100% of the score and 90% of feasibility rest on data"),
        (0.75, 0.75, None, "medium", "with what is unknown the score lies between 0.52 and 0.77, anything from consider later to prepare"),
        (0.6, 0.6, None, "low", "anything from monitor to pursue now"),
        (0.4, 0.1, None, "low", "40% of the score and 10% of feasibility rest on data"),
        (1.0, 0.9, 0.97, "high", "it keeps its class in 97% of 1,000 weighings, each criterion from half to one and a half times"),
        (1.0, 0.9, 0.75, "high", "it keeps its class in 75% of 1,000 weighings"),
        (1.0, 0.9, 0.749, "medium", "it keeps its class in 75% of 1,000 weighings"),
        (1.0, 0.9, 0.999, "high", "it keeps its class in 99% of 1,000 weighings"),
        (1.0, 0.9, 1.0, "high", "it keeps its class in 100% of 1,000 weighings"),
        (0.6, 0.6, 0.1, "low", "it keeps its class in 10% of 1,000 weighings"),
        (1.0, float("nan"), None, "high", "100% of the score rests on data"),
    ],
)  # fmt: skip
def test_confidence_comes_from_what_is_known_and_how_steady_it_is(
    coverage: float, feasible: float, stable: float | None, level: str, told: str
) -> None:
    stability = None if stable is None else pd.Series({"a": stable})
    found = confidence(deciding(coverage, feasible), RULES, stability).iloc[0]
    assert found["confidence"] == level
    assert told in found["confidence_reason"]


@pytest.mark.parametrize(("years", "counts"), [(0, 1.0), (5, 1.0), (6, 0.9), (10, 0.5), (14, 0.1), (15, 0.0), (40, 0.0)])
def test_a_gift_counts_less_the_older_it_is(years: int, counts: float) -> None:
    assert weight_of_age(years) == pytest.approx(counts)
    assert TrackRecord(2, 2024 - years).counted(2024) == pytest.approx(2 * counts)


@pytest.mark.parametrize(
    ("record", "value", "because", "gap"),
    [
        (TrackRecord(3, 2023, None, (1990, 1991, 2023)), 0.5,
         "3 gifts to you from federal agencies on record, the last in 2023, which by age count as 1.0",
         "Name 2 more awards from federal agencies since 2019 that were managed well, for A-1"),
        (TrackRecord(3, 2005), 0.25, "3 gifts to you from federal agencies on record, the last in 2005, which by age count as 0.0",
         "Name 3 more awards from federal agencies since 2019 that were managed well, for A-1"),
        (TrackRecord(3, 2013, None, (2013, 2013, 2013)), 0.55, "which by age count as 1.2", "Name 2 more awards from federal agencies"),
        (TrackRecord(9, 2023, None, (*range(1990, 1996), 2021, 2022, 2023)), 1.0,
         "9 gifts to you from federal agencies on record, the last in 2023", None),
        (TrackRecord(3), 1.0, "3 gifts to you from federal agencies on record", None),
    ],
)  # fmt: skip
def test_an_old_record_is_worth_less_and_says_its_year(
    constructed_candidates: Construct, record: TrackRecord, value: float, because: str, gap: str | None
) -> None:
    found = judged(constructed_candidates, situation=Situation(record={"federal": record}), track="federal").loc["technical"]
    assert found["value"] == pytest.approx(value)
    assert because in found["because"]
    if gap is not None:
        assert gap in found["gap"]
    else:
        assert "by age" not in found["because"]


def test_what_this_funder_gave_long_ago_is_worth_no_more_than_nothing_on_record(constructed_candidates: Construct) -> None:
    old, new = (
        judged(constructed_candidates, situation=None, to_us_count=2, to_us_last_year=year).loc["technical"]
        for year in (2004, 2019)
    )
    assert (old["value"], new["value"]) == (0.25, 1.0)
    assert old["because"].startswith("it gave to you 2 times before, last in 2004, 20 years ago")
    assert "Show A-1 what came of its gift of 2004, and awards since 2019 that were managed well" in old["gap"]
    assert "years ago" not in new["because"]


def test_more_gifts_and_newer_ones_are_never_worth_less() -> None:
    for year in range(2000, 2025):
        assert TrackRecord(1, year, None, (year,)).counted(2024) <= TrackRecord(
            1, min(year + 1, 2024), None, (min(year + 1, 2024),)
        ).counted(2024)
        assert TrackRecord(1, 2020, None, (2020,)).counted(2024) <= TrackRecord(2, 2020, None, (year, 2020)).counted(2024)
