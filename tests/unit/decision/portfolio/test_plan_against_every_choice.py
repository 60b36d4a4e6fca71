"""The plan is as good as the best of all choices, on 500 small problems drawn at random with limits of every kind."""

from __future__ import annotations

import dataclasses
import itertools
import math
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from catalynx.decision.portfolio import Application, Limits, Member, Plan, Risk, conflicts, plan
from catalynx.decision.portfolio.tails import tail_of

AS_OF, MONTHS = date(2024, 2, 9), 3
ROLES = ("writer", "finance", "director")
INSTANCES, AT_ONCE = 500, 50
UNITS = 100_000
"""The flow counts in hundred thousandths of an hour."""


class Problem(NamedTuple):
    """What is asked of both."""

    applications: list[Application]
    staff: list[Member]
    limits: Limits
    aim: str


def drawn(seed: int) -> Problem:
    """Draw a problem with up to 12 applications and some limits of every kind."""
    chance = np.random.default_rng(seed)
    count = int(chance.integers(1, 13))
    ids = [f"c{number:02}" for number in range(count)]
    applications = [one_drawn(chance, name) for name in ids]
    aim = "usd" if chance.random() < 0.5 else "points"
    some = lambda most: tuple(str(one) for one in chance.permutation(ids)[: int(chance.integers(0, most + 1))])  # noqa: E731
    pairs = [tuple(chance.permutation(ids)[:2]) for _ in range(int(chance.integers(0, 4)))] if count > 1 else []
    must = some(2) if chance.random() < 0.3 else ()
    limits = Limits(
        matching_usd=float(chance.integers(0, 60_000)) if chance.random() < 0.4 else None,
        exclusions=tuple(group for _ in range(3) if len(group := some(3)) > 1),
        dependencies=tuple((str(one), str(other)) for one, other in pairs),
        must=must, must_not=tuple(one for one in some(2) if one not in must),
        most_share_of_funder=float(chance.uniform(0.4, 0.9)) if chance.random() < 0.3 else 1.0,
        most_share_of_track=float(chance.uniform(0.5, 0.9)) if chance.random() < 0.2 else 1.0,
        most_applications=int(chance.integers(1, 8)) if chance.random() < 0.2 else None,
        most_hours=float(chance.integers(100, 900)) if chance.random() < 0.2 else None,
        risk=Risk(weight=float(chance.choice([0.0, 0.3, 0.7, 1.0])), level=0.8, scenarios=43, seed=seed, together=float(chance.choice([0, 0.4])))
        if aim == "usd" else Risk(),
    )  # fmt: skip
    return Problem(applications, staff_drawn(chance), limits, aim)


def one_drawn(chance: np.random.Generator, name: str) -> Application:
    start = AS_OF + timedelta(days=int(chance.integers(0, 40))) if chance.random() < 0.4 else None
    deadline = (start or AS_OF) + timedelta(days=int(chance.integers(10, 90))) if chance.random() < 0.7 else None
    roles = chance.permutation(ROLES)[: int(chance.integers(1, 4))]
    return Application(
        name, f"constructed {name}", funder=f"F{chance.integers(4)}", track=str(chance.choice(["foundation", "federal"])),
        value_usd=float(chance.integers(5, 200) * 1000), chance=float(chance.uniform(0.05, 0.9)), points=float(chance.uniform(0, 100)),
        hours={str(role): round(float(chance.uniform(5, 150)), 1) for role in roles}, start_from=start, deadline=deadline,
        matching_usd=float(chance.integers(0, 30_000)),
    )  # fmt: skip


def staff_drawn(chance: np.random.Generator) -> list[Member]:
    leaves = AS_OF + timedelta(days=int(chance.integers(5, 80))) if chance.random() < 0.4 else None
    if chance.random() < 0.5:
        return [Member(role, float(chance.integers(20, 120)), to_day=leaves if role == "writer" else None) for role in ROLES]
    return [
        Member("Ana", float(chance.integers(20, 160)), ("writer", "finance"), to_day=leaves),
        Member("Ben", float(chance.integers(20, 160)), ("finance", "director")),
        Member("Cy", float(chance.integers(5, 60)), ("director",), from_day=AS_OF + timedelta(days=12)),
    ]


def best_of_all(problem: Problem) -> tuple[float, tuple[str, ...]] | None:
    """Return the best value and a choice that has it; None where no choice keeps the limits."""
    applications = sorted(problem.applications, key=lambda one: one.candidate_id)
    worth = np.array([one.worth(problem.aim) or 0.0 for one in applications])
    tail = tail_of(applications, worth, problem.limits.risk, problem.aim)
    choices = (np.arange(2 ** len(applications))[:, None] >> np.arange(len(applications)) & 1).astype(bool)
    choices = choices[keeping_sums(problem, applications, worth, choices)]
    choices = choices[~holding_what_cannot_be(problem, applications, choices)]
    values = np.array([valued(problem, worth, tail.won, one) for one in choices])
    for place in np.argsort(-values):
        if hours_suffice(problem, [one for one, inside in zip(applications, choices[place], strict=True) if inside]):
            return float(values[place]), tuple(
                one.candidate_id for one, inside in zip(applications, choices[place], strict=True) if inside
            )
    return None


def holding_what_cannot_be(problem: Problem, applications: list[Application], choices: np.ndarray) -> np.ndarray:
    """Which choices hold one or two applications for which alone the hours do not suffice: a look at each of them is saved."""
    held = np.zeros(len(choices), dtype=bool)
    for some in (*itertools.combinations(range(len(applications)), 1), *itertools.combinations(range(len(applications)), 2)):
        together = choices[:, some].all(axis=1) & ~held
        if together.any() and not hours_suffice(problem, [applications[place] for place in some]):
            held |= together
    return held


def valued(problem: Problem, worth: np.ndarray, won: np.ndarray, chosen: np.ndarray) -> float:
    risk = problem.limits.risk
    expected = float(worth[chosen].sum())
    if not risk.weight:
        return expected
    outcomes = np.sort(won[:, chosen].sum(axis=1))
    worst = (1 - risk.level) * len(outcomes)
    full = int(worst + 1e-9)
    rest = worst - full
    mean = (outcomes[:full].sum() + (rest * outcomes[full] if rest > 1e-9 else 0.0)) / worst
    return (1 - risk.weight) * expected + risk.weight * float(mean)


def keeping_sums(problem: Problem, applications: list[Application], worth: np.ndarray, choices: np.ndarray) -> np.ndarray:
    """Which of the choices (rows of yes and no) keep every limit but the hours of days."""
    limits = problem.limits
    inside = {one.candidate_id: choices[:, place] for place, one in enumerate(applications)}
    nobody = np.zeros(len(choices), dtype=bool)
    kept = ~nobody
    for one in limits.must:
        kept &= inside[one]
    for one in limits.must_not:
        kept &= ~inside[one]
    for group in limits.exclusions:
        kept &= sum(inside[one].astype(int) for one in set(group)) <= 1
    for one, needed in limits.dependencies:
        kept &= ~inside[one] | inside.get(needed, nobody)
    if limits.matching_usd is not None:
        kept &= choices @ [one.matching_usd for one in applications] <= limits.matching_usd
    if limits.most_applications is not None:
        kept &= choices.sum(axis=1) <= limits.most_applications
    if limits.most_hours is not None:
        kept &= choices @ [sum(hours or 0.0 for hours in one.hours.values()) for one in applications] <= limits.most_hours
    whole = choices @ worth
    for kind, most in (("funder", limits.most_share_of_funder), ("track", limits.most_share_of_track)):
        for name in {getattr(one, kind) for one in applications} if most < 1 else ():
            theirs = np.array([getattr(one, kind) == name for one in applications])
            kept &= choices[:, theirs] @ worth[theirs] <= most * whole + 1e-6 * np.maximum(1, whole)
    return kept


def hours_suffice(problem: Problem, inside: list[Application]) -> bool:
    """Whether the work of all fits, day by day, as a flow from the days of each member to the work."""
    end = date(2024, 5, 9)
    days = [AS_OF + timedelta(days=number) for number in range((end - AS_OF).days)]
    work = [(one, role, hours) for one in inside for role, hours in one.hours.items() if hours]
    if any(one.deadline and one.deadline < AS_OF for one in inside):
        return False
    edges: dict[tuple[int, int], int] = {}
    source, sink, node = 0, 1, 2
    for _, _, hours in work:
        edges[node, sink] = round(hours * UNITS)
        node += 1
    for member in problem.staff:
        for day in days:
            if day.weekday() >= 5 or (member.from_day and day < member.from_day) or (member.to_day and day > member.to_day):
                continue
            edges[source, node] = round(member.hours_per_month / weekdays(day) * UNITS)
            for number, (one, role, _) in enumerate(work):
                serves = role == member.name or role in member.roles
                if serves and (one.start_from or AS_OF) <= day <= (one.deadline or days[-1]):
                    edges[node, 2 + number] = 10**8
            node += 1
    rows, columns = zip(*edges, strict=True) if edges else ((), ())
    graph = csr_array((np.array(list(edges.values()), dtype="int32"), (rows, columns)), shape=(node, node))
    asked = sum(round(hours * UNITS) for _, _, hours in work)
    # Roundings of a day are half a unit each.
    return maximum_flow(graph, source, sink).flow_value >= asked - len(days) * len(problem.staff) / 2 - len(work)


@cache
def weekdays(day: date) -> int:
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return sum((first + timedelta(days=number)).weekday() < 5 for number in range((following - first).days))


def planned(problem: Problem, **changes: object) -> Plan:
    return plan(
        problem.applications, problem.staff, problem.limits, as_of=AS_OF, months=MONTHS, aim=problem.aim, gap=0.0, **changes  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("first", range(0, INSTANCES, AT_ONCE))
def test_no_choice_is_better(first: int) -> None:
    seen = set()
    for seed in range(first, first + AT_ONCE):
        problem = drawn(seed)
        found, expected = planned(problem), best_of_all(problem)
        seen.add(found.status)
        if expected is None:
            assert found.status == "infeasible", seed
            assert found.conflict is not None
            assert found.value is None
            continue
        assert found.status in {"optimal", "nothing to choose"}, (seed, found.status, found.told())
        assert found.value == pytest.approx(expected[0], rel=1e-6, abs=1e-6), (seed, expected, found.chosen)
        assert found.gap <= 1e-5
        keeps_everything(problem, found)
    assert "optimal" in seen


def keeps_everything(problem: Problem, found: Plan) -> None:
    by_id = {one.candidate_id: one for one in problem.applications}
    inside = [by_id[one] for one in found.chosen]
    ordered = sorted(problem.applications, key=lambda one: one.candidate_id)
    worth = np.array([one.worth(problem.aim) or 0.0 for one in ordered])
    assert keeping_sums(problem, ordered, worth, np.array([[one in inside for one in ordered]])).all()
    assert hours_suffice(problem, inside)
    keeps_the_calendar(problem, found)


def keeps_the_calendar(problem: Problem, found: Plan) -> None:
    """What the work takes is scheduled, by who can, within its days, and nobody has more than the hours of a month."""
    by_id = {one.candidate_id: one for one in problem.applications}
    staff = {one.name: one for one in problem.staff}
    schedule = found.schedule
    for name in found.chosen:
        one = by_id[name]
        rows = schedule[schedule["candidate_id"] == name]
        for role, hours in one.hours.items():
            assert rows.loc[rows["role"] == role, "hours"].sum() == pytest.approx(hours, abs=0.2), (name, role)
        assert rows["start"].min() >= pd.Timestamp(max(one.start_from or AS_OF, AS_OF))
        assert rows["finish"].max() <= pd.Timestamp(one.deadline or pd.Timestamp(2024, 5, 8))
    for (who, _), rows in schedule.groupby(["who", "month"]):
        assert rows["hours"].sum() <= staff[str(who)].hours_per_month * (1 + 1e-6) + 0.2
    for _, row in schedule.iterrows():
        assert row["role"] == row["who"] or row["role"] in staff[row["who"]].roles
    assert set(schedule["candidate_id"]) <= set(found.chosen)


@pytest.mark.parametrize("seed", range(60))
def test_what_conflicts_is_needed_for_the_conflict(seed: int) -> None:
    problem = drawn(seed)
    expected = best_of_all(problem)
    found = conflicts(problem.applications, problem.staff, problem.limits, as_of=AS_OF, months=MONTHS, aim=problem.aim)
    assert (found is None) == (expected is not None)


def test_swaps_keep_every_limit_and_say_what_they_change() -> None:
    told = 0
    for seed in range(40):
        problem = drawn(seed)
        found = planned(problem)
        for swap in found.swaps:
            told += 1
            inside = (set(found.chosen) - set(swap.leaves)) | set(swap.enters)
            out = tuple({one.candidate_id for one in problem.applications} - inside)
            forced = dataclasses.replace(problem.limits, must=tuple(inside), must_not=out)
            again = planned(problem._replace(limits=forced))
            assert again.value == pytest.approx((found.value or 0) + swap.value_change, abs=1e-6 * max(1, abs(found.value or 0)))
            assert swap.value_change <= 1e-6 * max(1, abs(found.value or 0))
        changes = [swap.value_change for swap in found.swaps]
        assert changes == sorted(changes, reverse=True)
        assert not any(math.isnan(one) for one in changes)
    assert told > 10
