"""What a replay says of numbers that differ: of a plan whose search was ended, another run may find another."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from catalynx.records.signing import SignedDecision
from catalynx.replaying import Replay, compared


def application(number: int, points: float = 40.0) -> dict[str, Any]:
    """A constructed application of a plan."""
    return {
        "candidate_id": f"program:45.{number}", "name": f"Constructed {number}", "hours": 40.0, "effort_hours": 40.0,
        "ask_usd": 10_000.0, "chance": None, "points": points,
    }  # fmt: skip


def results(status: str = "optimal", value: float = 80.0, chosen: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """Constructed results, as a signed decision keeps them."""
    order = [{"candidate_id": f"program:45.{number}", "rank": number, "score": 0.5, "coverage": 0.8} for number in (1, 2, 3)]
    return {
        "order": order, "chosen": [application(number) for number in chosen], "status": status, "aim": "points", "value": value,
        "hours": {"applications": 40.0 * len(chosen)}, "sentence": f"Work on {len(chosen)} applications.",
    }  # fmt: skip


def reckoned(signed: dict[str, Any], now: dict[str, Any], *changed: str) -> Replay:
    decision = SignedDecision(
        "0" * 32, "museum", "Constructed", "Because.", "", "One.", "Ada", datetime(2027, 3, 1, tzinfo=UTC), 1, None, "v1", "1.0",
        {}, signed,
    )  # fmt: skip
    return compared(decision, now, changed)


def test_the_same_is_the_same_also_when_the_time_was_up() -> None:
    assert reckoned(results(), results()).sentence == "The same numbers as were signed on 1 Mar 2027."
    ended = reckoned(results("time is up"), results("time is up"))
    assert (ended.same, ended.verdict, ended.count, ended.plan_count) == (True, "same", 0, 0)
    assert ended.sentence == (
        "The same numbers as were signed on 1 Mar 2027. The search for the plan was ended by time when it was signed and ended by "
        "time this time, and the plan is the same."
    )


def test_proven_plans_that_differ_are_a_difference() -> None:
    found = reckoned(results(), results(value=75.0, chosen=(1, 3)))
    assert (found.verdict, found.ended, found.plan_count) == ("differs", "", 0)
    assert "chosen[1].candidate_id" in {one.where for one in found.differences}


@pytest.mark.parametrize(
    ("signed", "now", "said"),
    [
        ("time is up", "optimal", "was ended by time when it was signed,"), ("optimal", "time is up", "was ended by time this time,"),
        ("cancelled", "within gap", "was cancelled when it was signed,"),
    ],
)  # fmt: skip
def test_another_plan_of_an_ended_search_is_told_apart(signed: str, now: str, said: str) -> None:
    better = signed == "optimal"
    found = reckoned(results(signed, 80.0 if better else 75.0), results(now, 75.0 if better else 80.0, chosen=(1, 3)))
    assert (found.same, found.verdict, found.count, found.differences) == (False, "search ended", 0, ())
    assert {one.where for one in found.plan_differences} == {"chosen.program:45.2", "chosen.program:45.3", "status", "value"}
    assert found.plan_count == 4
    assert found.sentence.startswith("Order and scores are those that were signed on 1 Mar 2027. The search for the plan ")
    assert said in found.sentence
    assert found.sentence.endswith(
        "4 numbers differ between the two, first chosen.program:45.2: Constructed 2 was signed, it is nothing."
    )


def test_scores_and_order_differ_whatever_became_of_the_search() -> None:
    now = results("optimal", 81.0, chosen=(1, 3))
    now["order"][0]["score"] = 0.6
    found = reckoned(results("time is up"), now, "The profile was changed (version 1, now 2); it was taken as it was.")
    assert (found.verdict, [one.where for one in found.differences]) == ("differs", ["order[0].score"])
    assert found.plan_count == 4
    assert found.sentence.startswith(
        "1 number differs from what was signed, first order[0].score: 0.5 was signed, it is 0.6. The search"
    )
    assert found.sentence.endswith("it was taken as it was.")


@pytest.mark.parametrize("fact", ["points", "ask_usd", "chance", "effort_hours"])
def test_what_is_known_of_an_application_of_both_plans_does_not_hang_on_the_search(fact: str) -> None:
    now = results("optimal", 81.0, chosen=(3, 1))
    now["chosen"][1][fact] = 0.25
    found = reckoned(results("time is up"), now)
    assert [one.where for one in found.differences] == [f"chosen.program:45.1.{fact}"]


@pytest.mark.parametrize(("ended", "proven", "real"), [(75.0, 80.0, False), (80.005, 80.0, False), (85.0, 80.0, True)])
def test_a_proven_plan_is_never_worth_less_than_one_found_before_the_time_was_up(ended: float, proven: float, real: bool) -> None:
    for one, other in (
        (results("time is up", ended), results("optimal", proven)),
        (results("optimal", proven), results("time is up", ended)),
    ):
        found = reckoned(copy.deepcopy(one), other)
        assert [each.where for each in found.differences] == (["value"] if real else [])


def test_decisions_without_a_status_are_compared_as_ever() -> None:
    assert reckoned({"chosen": []}, results()).verdict == "differs"
