"""Who there is when a wish does not say, and what it hands to a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from catalynx.decision.wishes import EVERYBODY, Member, Wish
from catalynx.lookups.planning import planned
from catalynx.rules import Commitment, Post, Rules
from catalynx.what_if import asked_of, usual_staff

RULES = Rules(as_of=date(2027, 2, 26), hours_per_month=80)


def frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    ids = ["a", "b", "c"]
    decisions = pd.DataFrame({
        "candidate_id": ids, "name": ["Constructed A", "Constructed B", "Constructed C"], "funder_name": "F", "eligibility": "passes",
        "eligibility_reason": "", "ask_usd": 10_000.0, "effort_hours": 40.0, "deadline": pd.Series([None] * 3, dtype="datetime64[ns]"),
    })  # fmt: skip
    candidates = pd.DataFrame({"candidate_id": ids, "track": "foundation", "award_rate_pct": [None] * 3})
    ordered = pd.DataFrame(
        {"candidate_id": ids, "score": 0.9, "coverage": 1.0, "recommendation": ["pursue now", "prepare", "monitor"]}
    )
    return candidates, decisions, ordered


def test_who_there_is_by_name_counts_more_than_the_hours_of_all() -> None:
    assert usual_staff(RULES) == (Member(EVERYBODY, 80),)
    assert usual_staff(replace(RULES, hours_per_month=None)) == ()
    posts = (Post("writer", 60, to_day=date(2027, 3, 31)), Post("director", 20, date(2027, 4, 1)))
    named = usual_staff(replace(RULES, staff=posts))
    assert named == (Member("writer", 60, None, date(2027, 4, 1)), Member("director", 20, date(2027, 4, 1)))


def test_other_work_takes_of_the_hours_of_a_plan() -> None:
    gala = Commitment("gala", 60, date(2027, 3, 1), date(2027, 3, 31))
    free, busy = (
        planned(*asked_of(*frames(), Wish(), rules), as_of=RULES.as_of) for rules in (RULES, replace(RULES, commitments=(gala,)))
    )
    assert free.hours_available - busy.hours_available == pytest.approx(60)
    wished = planned(*asked_of(*frames(), Wish(other_work=(gala,)), RULES), as_of=RULES.as_of)
    assert wished.hours_available == pytest.approx(busy.hours_available)


def test_what_is_known_better_and_the_limits_reach_the_plan() -> None:
    wish = Wish(
        matches={"a": 500.0}, asks={"a": 7.0}, matching_usd=600.0, most_of_funder=0.5, at_most_one=(("a", "b", "gone"),),
        only_with=(("a", "b"), ("b", "gone")),
    )  # fmt: skip
    applications, _, limits = asked_of(*frames(), wish, RULES)
    assert [(one.candidate_id, one.matching_usd, one.value_usd) for one in applications] == [
        ("a", 500.0, 7.0),
        ("b", 0.0, 10_000.0),
    ]
    assert (limits.matching_usd, limits.most_share_of_funder, limits.most_share_of_track) == (600.0, 0.5, 1.0)
    assert limits.exclusions == (("a", "b"),)
    assert limits.dependencies == (("a", "b"),)
    assert limits.must_not == ("b",)  # it goes only with one that cannot be planned
