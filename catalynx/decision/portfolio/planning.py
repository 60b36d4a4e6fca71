"""From applications, staff and limits to a plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from catalynx.decision.portfolio.answers import Plan, Progress
from catalynx.decision.portfolio.branching import converged
from catalynx.decision.portfolio.checking import checked, days_checked
from catalynx.decision.portfolio.contradicting import filtered, of_left_out
from catalynx.decision.portfolio.program import Program, program_of
from catalynx.decision.portfolio.relaxing import Relaxation
from catalynx.decision.portfolio.rows import Floats
from catalynx.decision.portfolio.scheduling import schedule_of
from catalynx.decision.portfolio.searching import Search, Watch
from catalynx.decision.portfolio.solving import relaxed_to_the_end, search_out
from catalynx.decision.portfolio.tails import tail_of
from catalynx.decision.portfolio.telling import binding_of, swaps_of, worth_of_hours
from catalynx.decision.portfolio.terms import Application, Limits, Member

SWAPS = 5
CONFLICT_SECONDS = 5.0


def planned(
    applications: Sequence[Application],
    staff: Sequence[Member],
    limits: Limits,
    *,
    as_of: date,
    months: int,
    aim: str,
    seconds: float,
    gap: float,
    progress: Callable[[Progress], None] | None,
    stop: Callable[[], bool] | None,
    clock: Callable[[], float] | None,
    swaps: int = SWAPS,
) -> Plan:
    """Do what `catalynx.decision.portfolio.plan` says."""
    checked(applications, staff, limits, aim, seconds, gap)
    watch = Watch(seconds, stop, clock)
    program, left_out = program_of(applications, limits, days_checked(staff, limits, as_of, months), aim)
    if conflict := of_left_out(limits, left_out):
        return _without(program, left_out, aim, "infeasible", conflict=conflict)
    if not program.width:
        return _without(program, left_out, aim, "nothing to choose", value=0.0, bound=0.0)
    tail = tail_of(program.applications, program.worth, limits.risk, aim)
    search = Search(program, tail, watch, gap, progress)
    search_out(search)
    if search.impossible:
        found = filtered(program, Watch(CONFLICT_SECONDS, stop, clock))
        return _without(program, left_out, aim, "infeasible", conflict=found, seconds=watch.spent())
    return _answer(search, left_out, aim, swaps)


def _without(program: Program, left_out: dict[str, str], aim: str, status: str, **known: object) -> Plan:
    nothing = np.zeros(program.width)
    facts: dict[str, object] = {"value": None, "bound": None, **known}
    gap = 0.0 if status == "nothing to choose" else math.inf
    return Plan(
        status=status, chosen=(), schedule=schedule_of(program, nothing), aim=aim, gap=gap,
        hours=dict.fromkeys(program.needs, 0.0), hours_available=available(program), left_out=left_out, **facts,  # type: ignore[arg-type]
    )  # fmt: skip


def available(program: Program) -> dict[str, float]:
    """Return role → hours of all who can serve it, from the first day to the last; of every role where no work needs any."""
    days = program.days
    roles = list(program.needs) or sorted({role for member in days.staff for role in member.roles})
    return {role: float(days.hours[days.serving(role)].sum()) for role in roles}


def status_of(search: Search) -> str:
    """Return how a search ended, in a word; never a proof that was not made."""
    if search.proven():
        return "optimal"
    if search.proven_gap() <= search.gap * (1 + 1e-9):
        return "within gap"
    return "cancelled" if search.watch.cancelled else "time is up"


def _answer(search: Search, left_out: dict[str, str], aim: str, swaps: int) -> Plan:
    program, tail, status = search.program, search.tail, status_of(search)
    if search.chosen is None:
        return _without(program, left_out, aim, status, bound=search.bound, seconds=search.watch.spent())
    chosen: Floats = search.chosen
    inside = [one for one, there in zip(program.applications, chosen, strict=True) if there > 0.5]
    relaxed = Relaxation(search)
    solved = converged(relaxed) if tail.weight else relaxed_to_the_end(relaxed)
    prices = relaxed.prices() if solved is not None else []
    return Plan(
        status=status,
        chosen=tuple(one.candidate_id for one in sorted(inside, key=lambda one: (one.deadline or date.max, one.candidate_id))),
        schedule=schedule_of(program, chosen), aim=aim, value=search.value, bound=max(search.bound, search.value),
        gap=search.proven_gap(),
        expected_usd=math.fsum(one.worth("usd") or 0.0 for one in inside), points=math.fsum(one.points or 0.0 for one in inside),
        worst_years_usd=tail.worst_mean(chosen) if aim == "usd" else None,
        hours={role: float(hours @ chosen) for role, hours in program.needs.items()}, hours_available=available(program),
        binding=binding_of(search, relaxed, chosen) if prices else (), worth_of_one_more_hour=worth_of_hours(program, prices),
        swaps=swaps_of(program, tail, chosen, swaps), left_out=left_out,
        unknown_worth=tuple(one.candidate_id for one in inside if one.worth(aim) is None), seconds=search.watch.spent(),
    )  # fmt: skip
