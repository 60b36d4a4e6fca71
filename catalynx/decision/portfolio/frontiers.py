"""The best plans for fewer hours or less risk, and those with more hours, each solved anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from catalynx.decision.portfolio.answers import BY_SOLVING, Plan
from catalynx.decision.portfolio.checking import checked, days_checked
from catalynx.decision.portfolio.contradicting import of_left_out
from catalynx.decision.portfolio.planning import planned
from catalynx.decision.portfolio.program import Program, program_of
from catalynx.decision.portfolio.rows import Floats
from catalynx.decision.portfolio.searching import Search, Watch
from catalynx.decision.portfolio.solving import search_out
from catalynx.decision.portfolio.tails import Tail, tail_of
from catalynx.decision.portfolio.terms import Application, Limits, Member
from catalynx.errors import BadParameter

if TYPE_CHECKING:
    import pandas as pd

AGAINST = ("hours", "risk")
MOST_STEPS = 50
COLUMNS = ("along", "value", "gap", "applications", "hours", "worst_years_usd", "limit", "told")


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """How a frontier is traced: the time of all its plans together, and how near the best each has to come."""

    watch: Watch
    gap: float
    aim: str

    def best(self, program: Program, tail: Tail, plans_left: int) -> Search:
        """Return the search for one plan with its part of the time."""
        share = Watch(self.watch.left() / max(plans_left, 1), self.watch.stop, self.watch.clock)
        search = Search(program, tail, share, self.gap)
        search_out(search)
        self.watch.solver += share.solver
        self.watch.cancelled = self.watch.cancelled or share.cancelled
        return search

    def row(self, search: Search, along: float, value: float, limit: float) -> dict[str, Any]:
        """Return what a plan is told with."""
        chosen: Floats = search.chosen  # type: ignore[assignment]
        hours = float(search.program.hours @ chosen)
        count = int(chosen.sum())
        worst = search.tail.worst_mean(chosen) if self.aim == "usd" else math.nan
        told = f"{count} application{'' if count == 1 else 's'}, {hours:,.0f} hours, " + (
            f"${value:,.0f} expected" if self.aim == "usd" else f"{value:,.1f} points"
        )
        return {"along": along, "value": value, "gap": search.proven_gap(), "applications": count, "hours": hours,
                "worst_years_usd": worst, "limit": limit, "told": told}  # fmt: skip


def traced(
    applications: Sequence[Application],
    staff: Sequence[Member],
    limits: Limits,
    *,
    as_of: date,
    months: int,
    aim: str,
    against: str,
    steps: int,
    seconds: float,
    gap: float,
    stop: Callable[[], bool] | None,
    clock: Callable[[], float] | None,
) -> pd.DataFrame:
    """Do what `catalynx.decision.portfolio.frontier` says."""
    import pandas as pd

    checked(applications, staff, limits, aim, seconds, gap)
    if against not in AGAINST:
        raise BadParameter("against", against, f"one of {', '.join(AGAINST)}")
    if against == "risk" and aim != "usd":
        raise BadParameter("aim", aim, '"usd" for a frontier against risk: only dollars have good and bad years')
    if not 2 <= steps <= MOST_STEPS:
        raise BadParameter("steps", steps, f"within 2 and {MOST_STEPS}")
    program, left_out = program_of(applications, limits, days_checked(staff, limits, as_of, months), aim)
    tracing = Traced(Watch(seconds, stop, clock), gap, aim)
    rows = []
    if program.width and of_left_out(limits, left_out) is None:
        rows = _by_hours(tracing, program, steps) if against == "hours" else _by_risk(tracing, program, steps)
    return pd.DataFrame(rows, columns=list(COLUMNS)).drop_duplicates(["along", "value"], ignore_index=True)


def _by_hours(tracing: Traced, program: Program, steps: int) -> list[dict[str, Any]]:
    tail = tail_of(program.applications, program.worth, program.limits.risk, tracing.aim)
    whole = tracing.best(program, tail, steps)
    if whole.chosen is None:
        return []
    all_hours = float(program.hours @ whole.chosen)
    rows = [_hours_row(tracing, whole, all_hours)]
    for step in range(steps - 1, 0, -1):
        if tracing.watch.over():
            break
        most = all_hours * step / steps
        search = tracing.best(program.with_limits(most_hours=most), tail, step)
        if search.chosen is None:
            break
        rows.append(_hours_row(tracing, search, most))
    return rows[::-1]


def _hours_row(tracing: Traced, search: Search, limit: float) -> dict[str, Any]:
    chosen: Floats = search.chosen  # type: ignore[assignment]
    return tracing.row(search, float(search.program.hours @ chosen), search.value, limit)


def _by_risk(tracing: Traced, program: Program, steps: int) -> list[dict[str, Any]]:
    rows = []
    for step in range(steps):
        if tracing.watch.over():
            break
        weight = step / (steps - 1)
        tail = tail_of(program.applications, program.worth, replace(program.limits.risk, weight=weight), tracing.aim)
        search = tracing.best(program, tail, steps - step)
        if search.chosen is not None:
            expected = float(program.worth @ search.chosen)
            rows.append(tracing.row(search, expected - tail.worst_mean(search.chosen), expected, weight))
    return sorted(rows, key=lambda one: (one["along"], -one["value"]))


def solved_with_more(
    applications: Sequence[Application],
    staff: Sequence[Member],
    limits: Limits,
    *,
    as_of: date,
    more: float,
    months: int,
    aim: str,
    seconds: float,
    gap: float,
    stop: Callable[[], bool] | None,
    clock: Callable[[], float] | None,
) -> pd.DataFrame:
    """Do what `catalynx.decision.portfolio.worth_of_hours` says."""
    import pandas as pd

    if not (math.isfinite(more) and more > 0):
        raise BadParameter("more", more, "hours a month above 0")
    checked(applications, staff, limits, aim, seconds, gap)
    part = seconds / (len(staff) + 1)

    def solved(members: Sequence[Member]) -> Plan:
        return planned(
            applications, members, limits, as_of=as_of, months=months, aim=aim, seconds=part, gap=gap, progress=None, stop=stop,
            clock=clock, swaps=0,
        )  # fmt: skip

    before = solved(staff)
    rows = []
    for place, member in enumerate(staff):
        widened = [*staff[:place], replace(member, hours_per_month=member.hours_per_month + more), *staff[place + 1 :]]
        added = float(
            (days_checked(widened, limits, as_of, months).hours - days_checked(staff, limits, as_of, months).hours).sum()
        )
        rows.append(_difference(member.name, added, before, solved(widened)))
    return pd.DataFrame(
        rows, columns=["who", "more_hours", "value", "change", "change_per_hour", "enters", "leaves", "gap", "how"]
    )


def _difference(who: str, added: float, before: Plan, after: Plan) -> dict[str, Any]:
    known = before.value is not None and after.value is not None
    change = (after.value or 0.0) - (before.value or 0.0) if known else math.nan
    return {
        "who": who, "more_hours": added, "value": after.value, "change": change,
        "change_per_hour": change / added if added else math.nan,
        "enters": tuple(one for one in after.chosen if one not in before.chosen),
        "leaves": tuple(one for one in before.chosen if one not in after.chosen), "gap": after.gap, "how": BY_SOLVING,
    }  # fmt: skip
