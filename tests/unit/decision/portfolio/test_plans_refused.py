"""What contradicts itself, what cannot be asked, and the far ends: nothing, one, all excluded, two thousand."""

from __future__ import annotations

import dataclasses
import math
from datetime import date

import pytest
from constructed_plans import AS_OF, STAFF, WRITER, application, many, planned

from catalynx.decision.portfolio import (
    Application,
    Limits,
    Member,
    Risk,
    conflicts,
    frontier,
    plan,
)
from catalynx.decision.portfolio.answers import STATUSES
from catalynx.errors import BadParameter


def test_money_of_one_s_own_whose_amount_nobody_knows_counts_only_under_a_budget() -> None:
    unknown = application("a", matching_usd=None)
    assert planned([unknown, application("b")]).chosen == ("a", "b")
    found = planned([unknown, application("b")], limits=Limits(matching_usd=1_000))
    assert found.chosen == ("b",)
    assert found.left_out == {"a": "it asks for money of your own, and nobody has told how much"}


def test_where_nothing_is_to_choose_the_hours_that_there_are_are_told() -> None:
    found = planned([application("a", points=None)])
    assert (found.status, found.hours) == ("nothing to choose", {})
    assert found.hours_available == {"writer": pytest.approx(120)}


# What contradicts itself


def contradicting(applications: list[Application], limits: Limits) -> str:
    found = planned(applications, limits=limits)
    assert found.status == "infeasible"
    assert (found.value, found.chosen, found.bound) == (None, (), None)
    assert found.conflict == conflicts(applications, WRITER, limits, as_of=AS_OF, months=3)
    assert found.told() == str(found.conflict)
    return str(found.conflict)


def test_hours_that_do_not_suffice_for_what_must_be() -> None:
    names = ("a", "b", "c")
    told = contradicting([application(one, hours=50) for one in (*names, "d")], Limits(must=names, exclusions=(("a", "d"),)))
    assert told == (
        "These cannot be kept together: a must be in the plan; b must be in the plan; c must be in the plan; "
        "there are hours of writer from 1 Jan 2024 to 31 Mar 2024: 120, and 150 are needed. Give up or widen one of them."
    )


def test_what_excludes_each_other_cannot_both_have_to_be() -> None:
    told = contradicting([application(one, hours=5) for one in "abc"], Limits(must=("a", "b", "c"), exclusions=(("a", "b"),)))
    assert told.startswith("These cannot be kept together: a must be in the plan; b must be in the plan; at most one of a, b.")


def test_what_is_needed_may_be_what_contradicts() -> None:
    limits = Limits(must=("a",), dependencies=(("a", "b"),), matching_usd=100)
    told = contradicting([application("a", matching_usd=60), application("b", matching_usd=60)], limits)
    assert told.startswith(
        "These cannot be kept together: a must be in the plan; a only together with b; at most $100 of matching."
    )


@pytest.mark.parametrize(
    ("one", "limits", "reason"),
    [
        (application("a", deadline=date(2023, 1, 1)), Limits(must=("a",)), "but its deadline 2023-01-01 has passed"),
        (application("a", hours=None), Limits(must=("a",)), "but nobody knows how many hours it takes"),
        (
            application("a"),
            Limits(must=("a",), dependencies=(("a", "z"),)),
            "but it needs z, which is not among the applications",
        ),
    ],
)
def test_what_must_be_but_cannot(one: Application, limits: Limits, reason: str) -> None:
    assert contradicting([one], limits).endswith(f"a must be in the plan; {reason}. Give up or widen one of them.")


def test_limits_that_can_be_kept_do_not_conflict() -> None:
    assert conflicts([application("a")], WRITER, Limits(must=("a",)), as_of=AS_OF) is None


# Bad input


def test_nothing_to_choose_from() -> None:
    found = planned([])
    assert (found.status, found.chosen, found.value, found.gap) == ("nothing to choose", (), 0, 0)
    assert found.schedule.empty
    assert found.told() == "There is nothing to choose from."


def test_one_application() -> None:
    assert planned([application("a")]).chosen == ("a",)


def test_all_excluded() -> None:
    found = planned([application("a"), application("b")], limits=Limits(must_not=("a", "b")))
    assert found.status == "nothing to choose"
    assert found.left_out == {"a": "it must not be in the plan", "b": "it must not be in the plan"}


def test_no_hours_at_all() -> None:
    found = planned([application("a")], [Member("writer", 0)])
    assert found.chosen == ()
    assert "it alone needs 40 hours" in found.left_out["a"]


def test_what_is_worth_nothing_is_a_plan_of_nothing() -> None:
    found = planned([application("a", 0), application("b", 0)])
    assert (found.status, found.value, found.gap) == ("optimal", 0, 0)


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_two_thousand_applications(weight: float) -> None:
    applications = many(2000, seed=9)
    excluded = tuple((f"c{one:04}", f"c{one + 1:04}") for one in range(0, 600, 2))
    limits = Limits(exclusions=excluded, most_share_of_funder=0.2, risk=Risk(weight=weight))
    found = planned(applications, STAFF, limits, months=12, aim="usd", gap=0.02, seconds=30)
    assert found.status in STATUSES
    assert found.proven
    assert found.gap <= 0.02
    assert len(found.chosen) > 10
    inside = {one.candidate_id: one for one in applications if one.candidate_id in found.chosen}
    assert not any(one in inside and other in inside for one, other in excluded)
    assert set(found.left_out) | set(inside) <= {one.candidate_id for one in applications}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hours_per_month": -1}, "hours_per_month of writer is -1, but must be a number of at least 0."),
        ({"hours_per_month": math.nan}, "hours_per_month of writer is nan"),
        (
            {"from_day": date(2024, 2, 1), "to_day": date(2024, 1, 1)},
            "from_day of writer is '2024-02-01', but must be at most to_day",
        ),
        ({"name": ""}, "name of a member of staff"),
    ],
)
def test_a_member_that_cannot_be(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadParameter, match=message):
        dataclasses.replace(WRITER[0], **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chance": 1.2}, "chance of a is 1.2, but must be within 0 and 1, or None when unknown"),
        ({"chance": math.nan}, "chance of a is nan"),
        ({"value_usd": -5}, "value_usd of a is -5"),
        ({"points": math.inf}, "points of a is inf"),
        ({"hours": {"writer": -1}}, r"hours\['writer'\] of a is -1"),
        ({"weeks": None}, "weeks of a is None, but must be a number of at least 0."),
        ({"candidate_id": ""}, "candidate_id is ''"),
    ],
)
def test_an_application_that_cannot_be(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadParameter, match=message):
        dataclasses.replace(application("a"), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"matching_usd": -1}, "matching_usd is -1"),
        ({"most_share_of_funder": 0}, "most_share_of_funder is 0, but must be above 0 and at most 1"),
        ({"most_share_of_track": math.nan}, "most_share_of_track is nan"),
        ({"most_applications": -1}, "most_applications is -1"),
    ],
)
def test_limits_that_cannot_be(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadParameter, match=message):
        Limits(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight": 1.1}, "risk.weight is 1.1"), ({"level": 1.0}, "risk.level is 1.0"), ({"scenarios": 0}, "risk.scenarios is 0"),
        ({"together": math.nan}, "risk.together is nan"),
    ],
)  # fmt: skip
def test_risk_that_cannot_be(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadParameter, match=message):
        Risk(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"aim": "fame"}, "aim is 'fame', but must be one of points, usd"),
        ({"months": 0}, "months is 0"),
        ({"seconds": 0}, "seconds is 0"),
        ({"gap": -1}, "gap is -1"),
        ({"staff": []}, "staff is .*, but must be at least one person or role"),
        ({"staff": [*WRITER, *WRITER]}, "staff is .'writer'., but must be named once each"),
        ({"applications": [application("a"), application("a")]}, "applications is .'a'., but must be named once each"),
        ({"limits": Limits(must=("z",))}, "limits.must is .'z'., but must be candidates that are among the applications"),
        ({"limits": Limits(must=("a",), must_not=("a",))}, "without a candidate in both"),
        ({"limits": Limits(risk=Risk(weight=0.5))}, "only dollars have good and bad years"),
    ],
)
def test_what_cannot_be_asked(change: dict[str, object], message: str) -> None:
    asked: dict[str, object] = {"applications": [application("a")], "staff": WRITER, "as_of": AS_OF, **change}
    with pytest.raises(BadParameter, match=message):
        plan(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [({"against": "luck"}, "against is 'luck'"), ({"against": "risk"}, "aim is 'points'"), ({"steps": 1}, "steps is 1")],
)
def test_a_frontier_that_cannot_be(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadParameter, match=message):
        frontier([application("a")], WRITER, as_of=AS_OF, **change)  # type: ignore[arg-type]
