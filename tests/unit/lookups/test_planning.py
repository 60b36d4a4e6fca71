"""From an order to a plan: what is planned, with whom, and how one plan differs from another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from catalynx.decision.portfolio import Application, Limits
from catalynx.errors import BadParameter
from catalynx.lookups.planning import (
    ROLE,
    applications_of,
    difference_in_words,
    differences,
    members_of,
    planned,
    told_plan,
)

DAY = date(2027, 2, 26)


def frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    ids = ["a", "b", "c", "d", "e"]
    decisions = pd.DataFrame({
        "candidate_id": ids, "name": ["CONSTRUCTED MAPLE FUND", "B", "C", "D", "E"], "funder_name": ["F", None, "F", "F", "F"],
        "eligibility": ["passes", "passes", "fails", "passes", "passes"], "eligibility_reason": "open to museums",
        "ask_usd": [10_000.0, None, 5.0, 6.0, 7.0],
        "effort_hours": [40.0, None, 10.0, 20.0, 30.0],
        "deadline": pd.to_datetime(["2027-06-01", None, None, None, None]),
        "start_by": pd.to_datetime(["2027-05-04", None, None, None, None]),
    })  # fmt: skip
    candidates = pd.DataFrame(
        {"candidate_id": ids[::-1], "track": "foundation", "award_rate_pct": [None, 25.0, None, None, None]}
    )
    ordered = pd.DataFrame({
        "candidate_id": ids, "score": [0.9, 0.7, 0.9, 0.4, None], "coverage": [0.8, 1.0, 1.0, 1.0, 0.0],
        "recommendation": ["pursue now", "prepare", "pursue now", "monitor", "monitor"],
    })  # fmt: skip
    return candidates, decisions, ordered


def test_what_is_worth_planning_and_what_must_be_is_planned_and_nothing_that_a_hard_rule_excludes() -> None:
    found = applications_of(*frames())
    assert [one.candidate_id for one in found] == ["a", "b"]
    assert found[0].name == "Constructed Maple Fund"
    assert (found[0].points, found[0].hours[ROLE], found[0].deadline, found[0].weeks) == (72.0, 40.0, date(2027, 6, 1), 4.0)
    assert (found[1].hours[ROLE], found[1].value_usd, found[1].deadline) == (None, None, None)
    with_must = applications_of(*frames(), must=("c", "d", "e"))
    assert [one.candidate_id for one in with_must] == ["a", "b", "d", "e"]
    assert with_must[-1].points is None


def test_where_nobody_knows_who_may_apply_there_is_no_work_to_plan_unless_somebody_says_so() -> None:
    candidates, decisions, ordered = frames()
    decisions.loc[0, ["eligibility", "eligibility_reason"]] = ["unknown", "read the announcement"]
    everybody, asked = members_of([("everybody", 80, None, None)]), applications_of(candidates, decisions, ordered)
    found = planned(asked, everybody, Limits(), as_of=DAY)
    assert found.plan.left_out["a"] == "whether you may apply is unknown: read the announcement"
    assert planned(asked, everybody, Limits(must=("a",)), as_of=DAY).plan.chosen == ("a",)


def test_money_of_one_s_own_is_of_an_unknown_amount_where_a_listing_asks_for_it() -> None:
    candidates, decisions, ordered = frames()
    candidates["cost_sharing"] = pd.array([None, None, None, False, True], dtype="boolean")
    assert [one.matching_usd for one in applications_of(candidates, decisions, ordered)] == [None, 0.0]


def test_a_chance_is_published_or_assumed_or_unknown() -> None:
    published, nobody_knows = applications_of(*frames(), must=("d",))[2], applications_of(*frames())[0]
    assert (published.candidate_id, published.chance) == ("d", 0.25)
    assert nobody_knows.chance is None
    assert applications_of(*frames(), assumed_chance=0.1)[0].chance == 0.1
    assert applications_of(*frames(), must=("d",), assumed_chance=0.1)[2].chance == 0.25


def test_somebody_who_leaves_is_there_until_the_day_before() -> None:
    members = members_of([("writer", 50, None, date(2027, 3, 1)), ("never", 9, date(2027, 5, 1), date(2027, 5, 1))])
    assert [(one.name, one.to_day, one.roles) for one in members] == [("writer", date(2027, 2, 28), (ROLE,))]


def two() -> list[Application]:
    return [
        Application("a", "Constructed Maple Fund", points=70, hours={ROLE: 40.0}, deadline=date(2027, 6, 1)),
        Application("b", "Constructed Lake Fund", points=50, hours={ROLE: 40.0}, deadline=date(2027, 4, 1)),
    ]


def test_a_plan_says_what_to_work_on_and_what_it_holds() -> None:
    found = planned(two(), members_of([("everybody", 80, None, None)]), Limits(), as_of=DAY)
    assert found.sentence == (
        f"Work on 2 applications in the next 12 months, 80 of {found.hours_available:,.0f} hours; the first deadline is 1 Apr 2027 "
        "(Constructed Lake Fund)."
    )
    assert sorted(found.applications["candidate_id"]) == ["a", "b"]
    assert found.applications["hours"].sum() == pytest.approx(80)
    assert (found.applications["finish"] <= found.applications["deadline"]).all()


def test_two_plans_differ_in_what_enters_and_leaves() -> None:
    before = planned(two(), members_of([("everybody", 80, None, None)]), Limits(), as_of=DAY)
    after = planned(two(), members_of([("everybody", 80, None, None)]), Limits(must_not=("b",)), as_of=DAY)
    said = difference_in_words(before, after)
    assert said.startswith(
        "1 leaves the plan: Constructed Lake Fund; value 120 points becomes 70 points (−42%); hours 80 become 40"
    )
    assert difference_in_words(after, before).startswith(
        "1 enters: Constructed Lake Fund; value 70 points becomes 120 points (+71%)"
    )
    assert difference_in_words(before, before).startswith("The same applications stay in the plan")
    rows = differences(before, after).set_index("candidate_id")
    assert rows.loc["b", "first_hours"] == pytest.approx(40)
    assert pd.isna(rows.loc["b", "second_hours"])
    assert rows["name"].notna().all()


def test_nothing_to_plan_and_nobody_to_do_it_are_said() -> None:
    found = planned([], members_of([("everybody", 80, None, None)]), Limits(), as_of=DAY)
    assert found.sentence == "No application can be planned: no candidate is good enough to plan for."
    assert found.applications.empty
    candidates, decisions, ordered = frames()
    decisions[["eligibility", "eligibility_reason"]] = ["unknown", "the profile does not say what you are"]
    unclear = applications_of(candidates, decisions, ordered)
    everybody = members_of([("everybody", 80, None, None)])
    said = planned(unclear, everybody, Limits(), as_of=DAY).sentence
    assert said == "No application can be planned: whether you may apply is unknown: the profile does not say what you are."
    said = planned(unclear, everybody, Limits(must_not=("a",)), as_of=DAY).sentence
    assert said.startswith("No application can be planned: for ")
    with pytest.raises(BadParameter, match="at least one person or role"):
        planned(two(), [], Limits(), as_of=DAY)


def test_limits_that_only_an_empty_plan_keeps_are_named() -> None:
    everybody, of_one_track = members_of([("everybody", 80, None, None)]), [replace(one, track="federal") for one in two()]
    found = planned(of_one_track, everybody, Limits(most_share_of_track=0.5), as_of=DAY)
    assert (found.plan.status, found.plan.chosen) == ("optimal", ())
    assert found.sentence.startswith("No application can be planned: none fits the hours and the limits")


def test_a_search_that_ended_before_it_found_a_plan_says_so() -> None:
    found = planned(two(), members_of([("everybody", 80, None, None)]), Limits(), as_of=DAY)
    for status in ("cancelled", "time is up"):
        ended = replace(found.plan, status=status, chosen=(), schedule=found.plan.schedule.head(0))
        assert told_plan(ended, found.names).sentence == (
            "No application can be planned: the search was ended before it found one."
        )


def test_limits_that_contradict_each_other_are_named() -> None:
    found = planned(two(), members_of([("everybody", 1, None, None)]), Limits(must=("a",)), as_of=DAY)
    assert found.sentence.startswith("These cannot be kept together:")
