"""Priority, conditions, actions and measures of success: from the parts, with their figures and days."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from itertools import combinations

import pandas as pd
import pytest

from catalynx.columns import RESULTS
from catalynx.decision import Situation, decide_candidates, feasibility, recommendations, worked_out
from catalynx.decision.situation import TrackRecord
from catalynx.rules import Applicant, Rules

RULES = Rules(as_of=date(2024, 2, 9), hours_per_month=300)
APPLICANT = Applicant(ask_min_usd=10_000, ask_max_usd=100_000)
KNOWN = Situation(
    record={"federal": TrackRecord(3, 2023, 50_000.0)}, revenue_usd=1e6, reserve_months=6.0, audit_from_usd=750_000.0,
    federal_spent_usd=100_000.0, federal_spent_year=2022,
)  # fmt: skip
OPEN = {
    "kind": "opportunity", "candidate_id": "opportunity:A-1", "eligibility": "passes", "eligibility_reason": "open to 501(c)(3)s",
    "deadline": "2024-12-31", "ceiling_usd": 40_000, "floor_usd": 40_000, "last_year": 2023, "grants_count": 5,
}  # fmt: skip
Construct = Callable[..., pd.DataFrame]


def decide(construct: Construct, score: float | None, coverage: float = 1.0, **row: object) -> pd.Series:
    return decided(construct, score, coverage, [{**OPEN, **row}]).iloc[0]


def decided(
    construct: Construct, score: float | None, coverage: float, rows: list[dict[str, object]], *, known: bool = True
) -> pd.DataFrame:
    candidates = construct(*rows)
    ids = candidates["candidate_id"]
    parts = pd.concat([
        pd.DataFrame({"candidate_id": ids, "criterion": "mission", "value": 0.9, "weight": 0.7, "contribution": 0.9, "because": "it matches"}),
        pd.DataFrame({"candidate_id": ids, "criterion": "field", "value": None, "weight": 0.3, "contribution": None, "because": "unknown: no field"}),
    ], ignore_index=True).astype({"value": "float64"})  # fmt: skip
    totals = pd.DataFrame({"score": score, "coverage": coverage}, index=pd.Index(ids)).astype("float64")
    worked = worked_out(candidates, APPLICANT, RULES)
    feasible = feasibility(worked, APPLICANT, RULES, KNOWN) if known else None
    found = decide_candidates(worked, parts, totals, APPLICANT, RULES, feasible)
    assert list(found.columns) == RESULTS["decisions"].names
    alone = recommendations(candidates, parts, totals, APPLICANT, RULES)
    assert found.set_index("candidate_id")["recommendation"].to_dict() == alone.to_dict()
    return found


def test_what_is_ready_is_laid_out_stage_by_stage(constructed_candidates: Construct) -> None:
    found = decide(constructed_candidates, 0.9)
    assert found["recommendation"] == "pursue now"
    assert found["next_actions"] == [
        "Start on A-1 by 2 Jul 2024 to be ready for 31 Dec 2024.",
        "Read in A-1 whether costs have to be shared, by 2 Jul 2024.",
        "Plan by 30 Jul 2024, about 62 hours.", "Research by 10 Sep 2024, about 92 hours.", "Write by 3 Dec 2024, about 185 hours.",
        "Review and submit by 31 Dec 2024, about 62 hours.",
    ]  # fmt: skip
    assert found["next_actions"][0] == found["next_action"]
    assert found["success_measures"] == [
        "An application for $40,000 is handed in by 31 Dec 2024.", "It takes 240 to 640 hours, about 400.",
        "By 10 Mar 2024 it is known which fields it funds: 100% of its score rests on data now.",
    ]  # fmt: skip


def test_a_late_start_presses_the_stages(constructed_candidates: Construct) -> None:
    found = decide(constructed_candidates, 0.9, deadline="2024-03-06")
    assert found["recommendation"] == "prepare"
    assert found["next_actions"][2:] == [
        "Plan by 13 Feb 2024, about 62 hours.", "Research by 19 Feb 2024, about 92 hours.", "Write by 2 Mar 2024, about 185 hours.",
        "Review and submit by 6 Mar 2024, about 62 hours.",
    ]  # fmt: skip


def test_conditions_close_the_gaps_each_by_its_day(constructed_candidates: Construct) -> None:
    found = decide(constructed_candidates, 0.9, cost_sharing=True, deadline="2024-05-10")
    assert found["conditions"][0] == "Do the work of 182 days in 91, with more people, or wait for the next round, by 10 Mar 2024"
    assert "Decide from which money costs can be shared beside $40,000, by 10 Mar 2024" in found["conditions"]
    assert len(found["conditions"]) == len(set(found["conditions"])) <= 6
    watched = decide(constructed_candidates, 0.4, cost_sharing=True)
    assert (watched["recommendation"], watched["conditions"]) == ("monitor", [])


@pytest.mark.parametrize(
    ("score", "change", "level", "reason"),
    [
        (0.9, {}, "high", "pursue now, score 0.90 and feasibility 1.00 make 0.94 together; work has to start within 144 days"),
        (0.7, {}, "medium", "prepare, score 0.70 and feasibility 1.00 make 0.82 together; work has to start within 144 days"),
        (0.7, {"deadline": "2024-08-20"}, "high", "work has to start within 11 days"),
        (0.55, {}, "low", "consider later, score 0.55 and feasibility 1.00 make 0.73 together"),
        (0.3, {}, "none", "below what is worth the hours"),
        (0.9, {"eligibility": "fails", "eligibility_reason": "closed"}, "none", "a hard rule excludes it: closed"),
        (None, {}, "low", "monitor, nothing on record to score it by"),
    ],
)  # fmt: skip
def test_priority_says_how_soon_and_why(
    constructed_candidates: Construct, score: float | None, change: dict[str, object], level: str, reason: str
) -> None:
    found = decided(constructed_candidates, score, 1.0, [{**OPEN, **change}]).iloc[0]
    assert found["priority"] == level
    assert reason in found["priority_reason"]


def test_an_award_rate_that_is_known_is_a_measure(constructed_candidates: Construct) -> None:
    found = decide(constructed_candidates, 0.9, award_rate_pct=21.0, award_rate_year=2018)
    assert "An award comes; of its applications 21% were awarded by the last count, in 2018." in found["success_measures"]


def test_without_feasibility_only_the_score_is_told(constructed_candidates: Construct) -> None:
    found = decided(constructed_candidates, 0.9, 0.8, [OPEN], known=False).iloc[0]
    assert found[["feasibility", "combined", "combined_low", "combined_high"]].isna().all()
    assert found["confidence_reason"].startswith(
        "80% of the score rests on data; with what is unknown the score lies between 0.72 and 0.92"
    )
    assert found["priority_reason"].startswith("pursue now, the score of 0.90, with feasibility unknown")


def test_who_is_excluded_has_nothing_to_do(constructed_candidates: Construct) -> None:
    found = decide(constructed_candidates, 0.9, eligibility="fails", eligibility_reason="closed on 1 Feb 2024")
    assert (found["confidence"], found["confidence_reason"]) == ("high", "a hard rule decides: closed on 1 Feb 2024")
    assert (found["conditions"], found["success_measures"]) == ([], [])
    assert len(found["next_actions"]) == 1


def test_no_sentence_is_the_same_for_every_opportunity(constructed_candidates: Construct) -> None:
    rows = [
        {**OPEN, "candidate_id": "opportunity:A-1"},
        {**OPEN, "candidate_id": "opportunity:B-2", "ceiling_usd": 90_000, "deadline": "2024-10-31", "cost_sharing": True},
        {**OPEN, "candidate_id": "program:45.301", "kind": "program", "deadline": None, "ceiling_usd": None, "floor_usd": None,
         "grant_median_usd": 25_000, "grant_p75_usd": 30_000, "grant_p25_usd": 8_000},
    ]  # fmt: skip
    found = decided(constructed_candidates, 0.7, 0.9, rows)
    for one, other in combinations(found.to_dict("records"), 2):
        for column in ("conditions", "next_actions", "success_measures"):
            same = set(one[column]) & set(other[column])
            assert {told for told in same if "of its score rests on data" not in told} == set(), column
        assert one["priority_reason"] != other["priority_reason"]
        assert (
            one["confidence_reason"] != other["confidence_reason"] or one["feasibility_coverage"] == other["feasibility_coverage"]
        )


def test_confidence_falls_where_the_class_hangs_on_the_weights(constructed_candidates: Construct) -> None:
    candidates = worked_out(constructed_candidates(OPEN), APPLICANT, RULES)
    feasible = feasibility(candidates, APPLICANT, RULES, dataclasses.replace(KNOWN, conduct=()))
    found = []
    for mission, field in ((0.9, 0.9), (1.0, 0.605)):
        parts = pd.DataFrame({
            "candidate_id": "opportunity:A-1", "criterion": ["mission", "field"], "value": [mission, field], "weight": [0.5, 0.5],
            "because": ["it matches", "it funds it"],
        })  # fmt: skip
        totals = pd.DataFrame({"score": [(mission + field) / 2], "coverage": [1.0]}, index=["opportunity:A-1"])
        found.append(decide_candidates(candidates, parts, totals, APPLICANT, RULES, feasible).iloc[0])
    sure, unsure = found
    assert (sure["recommendation"], sure["confidence"]) == ("pursue now", "high")
    assert "it keeps its class in 100% of 1,000 weighings" in sure["confidence_reason"]
    assert (unsure["recommendation"], unsure["confidence"]) == ("pursue now", "medium")
