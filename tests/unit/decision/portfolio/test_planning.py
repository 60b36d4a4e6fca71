"""Plans: what they say of themselves, how they end, what they refuse, and what holds for every one of them."""

from __future__ import annotations

import dataclasses
import itertools
import math
from datetime import date

import pandas as pd
import pytest
from constructed_plans import AS_OF, STAFF, WRITER, application, many, planned

from catalynx.decision.portfolio import (
    Application,
    Limits,
    Member,
    Progress,
    Risk,
    bars,
    frontier,
    worth_of_hours,
)
from catalynx.decision.portfolio.answers import SCHEDULE
from catalynx.rules import Commitment


def test_other_work_takes_of_everybodys_hours_and_never_more_than_there_are() -> None:
    gala = Commitment("gala", 100, date(2024, 2, 1), date(2024, 2, 29))
    before, partly = planned([], STAFF), planned([], STAFF, Limits(commitments=(gala,)))
    assert before.hours_available["writer"] - partly.hours_available["writer"] == pytest.approx(75)
    assert before.hours_available["finance"] - partly.hours_available["finance"] == pytest.approx(25)
    wholly = planned([], STAFF, Limits(commitments=(gala, Commitment("flood", 9_000, date(2024, 2, 1), date(2024, 2, 29)))))
    assert before.hours_available["writer"] - wholly.hours_available["writer"] == pytest.approx(150)
    begun = planned([], STAFF, Limits(commitments=(Commitment("audit", 62, date(2023, 12, 1), date(2024, 1, 31)),)))
    assert 30 < sum(before.hours_available.values()) - sum(begun.hours_available.values()) < 34  # January's part, by weekdays
    weekend = planned([], STAFF, Limits(commitments=(Commitment("fair", 12, date(2024, 1, 6), date(2024, 1, 7)),)))
    assert weekend.hours_available == before.hours_available


def test_an_application_that_other_work_leaves_no_hours_for_is_not_planned() -> None:
    due = application("a", deadline=date(2024, 1, 31))
    assert planned([due]).chosen == ("a",)
    assert planned([due], limits=Limits(commitments=(Commitment("audit", 20, AS_OF, date(2024, 1, 31)),))).chosen == ()


# What a plan says


def test_the_hours_are_given_to_what_is_worth_most() -> None:
    found = planned([application("a", 10), application("b", 9), application("c", 8), application("d", 30, 90)])
    assert found.status == "optimal"
    assert found.chosen == ("d",)
    assert found.value == found.points == 30
    assert (found.gap, found.bound) == (0, pytest.approx(30))
    assert found.hours == {"writer": 90}
    assert found.hours_available["writer"] == pytest.approx(120)
    assert found.told() == "No plan is better."


def test_a_deadline_counts_to_its_day() -> None:
    # January 2024 has 23 weekdays, 11 of them until the 15th: 40 × 11 / 23 = 19.1 hours.
    fits, late = application("fits", 10, 19, deadline=date(2024, 1, 15)), application("late", 10, 20, deadline=date(2024, 1, 15))
    found = planned([fits, late])
    assert found.chosen == ("fits",)
    assert found.left_out["late"] == "it alone needs 20 hours, and there are hours of writer from 1 Jan 2024 to 15 Jan 2024: 19"
    assert (found.schedule["finish"] <= pd.Timestamp(2024, 1, 15)).all()


def test_two_that_are_due_together_do_not_fit_where_each_does() -> None:
    both = [application("a", 10, 15, deadline=date(2024, 1, 15)), application("b", 11, 15, deadline=date(2024, 1, 15))]
    found = planned(both)
    assert found.chosen == ("b",)
    (row,) = [one for one in found.binding if one.kind == "hours"]
    assert (row.from_day, row.to_day, row.role) == (date(2024, 1, 1), date(2024, 1, 15), "writer")
    assert row.worth_of_one_more == pytest.approx(10 / 15)
    assert found.worth_of_one_more_hour["writer"] == pytest.approx(10 / 15)
    assert "dual of the relaxed problem" in row.how


def test_of_what_is_due_together_what_is_worth_more_is_worked_on_first() -> None:
    found = planned([application("a", 5, 30), application("b", 9, 30), application("c", 7, 30)])
    assert list(found.schedule["candidate_id"].unique()) == ["b", "c", "a"]


def test_somebody_who_leaves_gives_no_hours_after() -> None:
    leaving = [Member("writer", 40, to_day=date(2024, 1, 31))]
    assert planned([application("a", hours=60)], leaving).chosen == ()
    assert planned([application("a", hours=40)], leaving).chosen == ("a",)


def test_a_person_with_two_roles_gives_each_hour_once() -> None:
    ana = [Member("Ana", 40, ("writer", "finance"))]
    one = Application("a", "a", points=5, hours={"writer": 70, "finance": 50})
    two = Application("b", "b", points=5, hours={"writer": 70, "finance": 51})
    assert planned([one], ana).chosen == ("a",)
    assert planned([two], ana).chosen == ()


def test_hours_may_be_asked_of_a_person_by_name() -> None:
    staff = [Member("Ana", 40, ("writer",)), Member("Ben", 40, ("writer",))]
    one = Application("a", "a", points=5, hours={"Ana": 100, "writer": 130})
    found = planned([one], staff)
    assert found.chosen == ("a",)
    assert found.schedule.query("role == 'Ana'")["who"].unique().tolist() == ["Ana"]
    assert planned([dataclasses.replace(one, hours={"Ana": 121})], staff).chosen == ()


def test_the_schedule_names_who_works_on_what_and_when() -> None:
    found = planned(
        [application("a", hours=60, deadline=date(2024, 3, 1)), application("b", hours=50, start_from=date(2024, 2, 12))]
    )
    assert list(found.schedule.columns) == list(SCHEDULE)
    assert found.schedule.groupby("candidate_id")["hours"].sum().to_dict() == {"a": pytest.approx(60), "b": pytest.approx(50)}
    assert found.schedule.query("candidate_id == 'b'")["start"].min() >= pd.Timestamp(2024, 2, 12)
    drawn = bars(found.schedule)
    assert drawn["candidate_id"].tolist() == ["a", "b"]
    assert drawn["hours"].tolist() == [pytest.approx(60), pytest.approx(50)]
    assert (drawn["start"] <= drawn["finish"]).all()


def test_bars_of_nothing_are_none() -> None:
    assert bars(planned([]).schedule).empty


def test_what_cannot_be_planned_is_told_apart() -> None:
    found = planned([
        application("good"), application("unknown worth", None), application("unknown hours", hours=None), Application("no hours", "x", points=1),
        application("past", deadline=date(2023, 12, 31)), application("too soon", weeks=4, deadline=date(2024, 1, 20)),
        application("starts late", start_from=date(2024, 6, 1)), Application("no such role", "x", points=1, hours={"pilot": 3}),
    ])  # fmt: skip
    assert found.chosen == ("good",)
    assert found.left_out == {
        "unknown worth": "nobody knows what it is worth: it has no points", "unknown hours": "nobody knows how many hours it takes",
        "no hours": "nobody knows how many hours it takes", "past": "its deadline 2023-12-31 has passed",
        "too soon": "it needs 4 weeks, and 2.9 are left until its deadline 2024-01-20",
        "starts late": "work on it cannot start before 2024-06-01, after the end of the plan",
        "no such role": "nobody on the staff has the role pilot",
    }  # fmt: skip


def test_an_unknown_chance_is_no_number() -> None:
    known = Application("known", "x", value_usd=1000, chance=0.2, hours={"writer": 5})
    unknown = Application("unknown", "x", value_usd=10**6, hours={"writer": 5})
    found = planned([known, unknown], aim="usd")
    assert found.chosen == ("known",)
    assert "its chance or value is unknown, and none is assumed" in found.left_out["unknown"]
    forced = planned([known, unknown], aim="usd", limits=Limits(must=("unknown",)))
    assert set(forced.chosen) == {"known", "unknown"}
    assert forced.unknown_worth == ("unknown",)
    assert forced.value == forced.expected_usd == pytest.approx(200)


def test_a_cap_on_a_share_holds_for_what_is_planned() -> None:
    applications = [application(f"{funder}{one}", 10, 10, funder=funder) for funder in "ab" for one in range(6)]
    found = planned(applications, limits=Limits(most_share_of_funder=0.5, most_applications=5))
    assert len(found.chosen) == 4
    assert sorted(one[0] for one in found.chosen) == ["a", "a", "b", "b"]


# How a search ends


def test_a_stop_ends_the_search_and_is_not_called_optimal() -> None:
    calls = itertools.count()
    found = planned(many(200), STAFF, months=12, stop=lambda: next(calls) > 3)
    assert found.status == "cancelled"
    assert not found.proven
    assert found.gap > 0
    assert "cancelled" in found.told()


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_the_end_of_the_time_leaves_the_best_so_far_with_its_gap(weight: float) -> None:
    limits = Limits(risk=Risk(weight=weight))
    found = planned(many(300), STAFF, limits, months=12, aim="usd", seconds=1e-9)
    best = planned(many(300), STAFF, limits, months=12, aim="usd", seconds=20, gap=0.01)
    assert found.status == "time is up"
    assert not found.proven
    assert best.value is not None
    assert found.bound is not None
    assert found.bound >= best.value * (1 - 1e-9)
    if found.value is not None:
        assert found.gap == pytest.approx((found.bound - found.value) / found.value)


def test_a_clock_counts_where_there_is_one() -> None:
    ticking = itertools.count(step=7)
    found = planned(many(200), STAFF, months=12, seconds=10, clock=lambda: float(next(ticking)))
    assert found.status == "time is up"


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_progress_is_told_and_only_gets_better(weight: float) -> None:
    heard: list[Progress] = []
    found = planned(many(120), STAFF, Limits(risk=Risk(weight=weight)), months=12, aim="usd", gap=0.01, progress=heard.append)
    values = [one.value for one in heard if one.value is not None]
    bounds = [one.bound for one in heard]
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert values[-1] == found.value
    assert heard[-1].chosen
    assert set(heard[-1].chosen) == set(found.chosen)
    assert all(one.seconds >= 0 and one.gap >= 0 for one in heard)


def test_where_bad_years_count_a_plan_is_told_before_anything_is_proven() -> None:
    heard: list[Progress] = []
    found = planned(
        many(120), STAFF, Limits(risk=Risk(weight=0.5)), months=12, aim="usd", gap=0.01,
        progress=heard.append,
    )  # fmt: skip
    assert heard[0].chosen
    assert heard[0].bound == math.inf == heard[0].gap
    assert found.value is not None
    assert heard[0].value is not None
    assert heard[0].value <= found.value


def test_the_worst_years_alone_leave_a_gap_that_is_told() -> None:
    found = planned(many(200), STAFF, Limits(risk=Risk(weight=1.0)), months=12, aim="usd", gap=1e-6, seconds=0.5)
    assert found.status == "time is up"
    assert found.value == pytest.approx(found.worst_years_usd)
    assert found.told() == f"The time was up: the best plan found so far; at most {found.gap:.1%} more is possible."


def test_an_error_of_whoever_listens_comes_through() -> None:
    def fails(_: Progress) -> None:
        raise LookupError("the page is gone")

    with pytest.raises(LookupError, match="the page is gone"):
        planned(many(60), STAFF, months=12, progress=fails)


# What holds for every plan


def test_the_order_of_the_rows_does_not_matter() -> None:
    applications = many(40, seed=3)
    straight, back = planned(applications, STAFF, months=12), planned(applications[::-1], STAFF, months=12)
    assert straight.chosen == back.chosen
    pd.testing.assert_frame_equal(straight.schedule, back.schedule)
    assert straight.swaps == back.swaps


def test_ties_are_broken_the_same_way_every_time() -> None:
    same = [application(f"c{one}") for one in range(8)]
    first = planned(same)
    assert len(first.chosen) == 3
    assert all(planned(same).chosen == first.chosen for _ in range(3))


def test_more_hours_never_lose_and_more_limits_never_gain() -> None:
    applications = many(40, seed=4)
    usual = planned(applications, STAFF, months=6)
    more = planned(applications, [dataclasses.replace(one, hours_per_month=one.hours_per_month * 1.2) for one in STAFF], months=6)
    less = planned(applications, STAFF, Limits(exclusions=(usual.chosen[:3],), must_not=usual.chosen[-1:]), months=6)
    assert less.value <= usual.value <= more.value  # type: ignore[operator]
    assert more.value > usual.value  # type: ignore[operator]


def test_risk_takes_from_the_expected_and_adds_to_the_worst_years() -> None:
    applications = many(60, seed=5)
    bold = planned(applications, STAFF, aim="usd", months=6)
    careful = planned(applications, STAFF, Limits(risk=Risk(weight=0.8)), aim="usd", months=6, gap=0.01)
    assert careful.expected_usd <= bold.expected_usd * (1 + 1e-9)
    assert careful.worst_years_usd > bold.worst_years_usd  # type: ignore[operator]
    assert careful.value == pytest.approx(0.2 * careful.expected_usd + 0.8 * careful.worst_years_usd)  # type: ignore[operator]


def test_the_luck_of_an_application_does_not_hang_on_the_others() -> None:
    applications = many(30, seed=6)
    limits = Limits(risk=Risk(weight=0.5, together=0.3))
    whole = planned(applications, STAFF, limits, aim="usd", months=6, gap=1e-4)
    alone = [one for one in applications if one.candidate_id in whole.chosen]
    again = planned(alone, STAFF, dataclasses.replace(limits, must=whole.chosen), aim="usd", months=6, gap=1e-4)
    assert again.value == pytest.approx(whole.value)


# Frontier, and more hours


def test_the_frontier_rises_with_the_hours() -> None:
    applications = many(40, seed=7)
    traced = frontier(applications, STAFF, as_of=AS_OF, months=6, steps=5, gap=0.0)
    assert len(traced) == 5
    assert traced["along"].is_monotonic_increasing
    assert traced["value"].is_monotonic_increasing
    assert traced["value"].iloc[-1] == pytest.approx(planned(applications, STAFF, months=6).value)
    assert (traced["along"] <= traced["limit"] + 1e-6).all()
    assert (traced["gap"] <= 1e-5).all()


def test_the_frontier_against_risk_trades_value_for_safety() -> None:
    traced = frontier(many(40, seed=8), STAFF, as_of=AS_OF, months=6, aim="usd", against="risk", steps=4, gap=0.002)
    assert traced["along"].is_monotonic_increasing
    assert traced["value"].iloc[-1] >= traced["value"].iloc[0]
    assert traced["worst_years_usd"].iloc[0] >= traced["worst_years_usd"].iloc[-1]


def test_a_frontier_of_nothing_is_empty() -> None:
    assert frontier([], STAFF, as_of=AS_OF).empty


def test_more_hours_are_solved_again() -> None:
    applications = [application("a", 10, 60), application("b", 9, 61)]
    told = worth_of_hours(applications, WRITER, as_of=AS_OF, months=3, more=1, gap=0.0)
    (row,) = told.to_dict("records")
    assert row["who"] == "writer"
    assert row["more_hours"] == pytest.approx(3)
    assert row["change"] == 9
    assert row["change_per_hour"] == pytest.approx(3)
    assert (row["enters"], row["leaves"]) == (("b",), ())
    assert row["how"].startswith("solved again")
