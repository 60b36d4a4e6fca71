"""Which limits contradict each other: leave one out after the other, and keep those without which the contradiction is gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from catalynx.decision.portfolio.answers import Conflict
from catalynx.decision.portfolio.checking import checked, days_checked
from catalynx.decision.portfolio.improving import needs_of
from catalynx.decision.portfolio.program import Program, program_of
from catalynx.decision.portfolio.rows import Row
from catalynx.decision.portfolio.searching import Search, Watch
from catalynx.decision.portfolio.solving import search_out
from catalynx.decision.portfolio.tails import Tail
from catalynx.decision.portfolio.terms import Application, Limits, Member

ANYTHING = 1e9
"""A gap that every choice meets: only whether there is one counts."""


def contradiction(
    applications: Sequence[Application],
    staff: Sequence[Member],
    limits: Limits,
    *,
    as_of: date,
    months: int,
    aim: str,
    seconds: float,
    clock: Callable[[], float] | None = None,
) -> Conflict | None:
    """Return the limits that cannot be kept together; None where a plan can be."""
    checked(applications, staff, limits, aim, seconds)
    days = days_checked(staff, limits, as_of, months)
    program, left_out = program_of(applications, limits, days, aim)
    watch = Watch(seconds, clock=clock)
    if conflict := of_left_out(limits, left_out):
        return conflict
    return None if can_be(program, watch) else filtered(program, watch)


def of_left_out(limits: Limits, left_out: dict[str, str]) -> Conflict | None:
    """Return that something must be which cannot be at all."""
    for one in limits.must:
        if one in left_out:
            return Conflict((f"{one} must be in the plan", f"but {left_out[one]}"))
    return None


def filtered(program: Program, watch: Watch) -> Conflict:
    """Return limits none of which can be left out without the contradiction going away (deletion filter).

    Those for which the time does not suffice stay in.
    """
    kept = _asked_together(program)
    words = sorted({one.words for one in kept.rows if one.kind not in {"hours", "share"}})
    groups: list[tuple[str, str]] = [("must", one) for one in kept.limits.must]
    groups += [("row", one) for one in words]
    groups += [("hours", role) for role in sorted(kept.needs)]
    groups += [("share", name) for name in ("most_share_of_funder", "most_share_of_track") if getattr(kept.limits, name) < 1]
    staying = []
    for group in groups:
        if watch.over():
            staying.append(group)
            continue
        without = _without(kept, *group)
        if can_be(without, watch):
            staying.append(group)
        else:
            kept = without
    return Conflict(tuple(_told(kept, *group) for group in staying))


def can_be(program: Program, watch: Watch) -> bool:
    """Whether any choice keeps every limit; taken for granted when the time is up before anybody knows."""
    trial = replace_program(program)
    search = Search(trial, Tail(trial.worth, 0.0, 1.0, trial.worth[None, :]), Watch(watch.left(), clock=watch.clock), ANYTHING)
    search_out(search)
    watch.solver += search.watch.solver
    return not search.impossible


def replace_program(program: Program, **changes: object) -> Program:
    """Return a copy with rows of its own, and anything else changed."""
    made = {"rows": list(program.rows), **changes}
    names = ("applications", "limits", "days", "worth", "first", "last", "low", "high", "needs", "rows")
    return Program(**{name: made.get(name, getattr(program, name)) for name in names})  # type: ignore[arg-type]


def _asked_together(program: Program) -> Program:
    # Rows of limits that what must be, and what it needs, do not touch twice cannot take part.
    needed = needs_of(program)
    asked = set()
    for one in program.limits.must:
        if one in program.place:
            asked |= needed.get(program.place[one], {program.place[one]})

    def matters(one: Row) -> bool:
        touched = len(asked.intersection(one.columns.tolist()))
        return touched > 1 if one.kind in {"exclusion", "dependency"} else True

    return replace_program(program, rows=[one for one in program.rows if matters(one)])


def _without(program: Program, kind: str, name: str) -> Program:
    if kind == "must":
        limits = replace(program.limits, must=tuple(one for one in program.limits.must if one != name))
        low = program.low.copy()
        low[program.place[name]] = 0.0
        return replace_program(program, limits=limits, low=low)
    if kind == "row":
        return replace_program(program, rows=[one for one in program.rows if one.words != name])
    if kind == "share":
        limits = replace(program.limits, **{name: 1.0})  # type: ignore[arg-type]
        return replace_program(program, limits=limits, rows=[one for one in program.rows if one.kind != "share"])
    needs = {role: hours for role, hours in program.needs.items() if role != name}
    trial = replace_program(program, needs=needs, rows=[one for one in program.rows if one.kind != "hours"])
    trial.rows += [one for group in trial.staff_hours for one in group.first_rows()]
    return trial


def _told(program: Program, kind: str, name: str) -> str:
    if kind == "must":
        return f"{name} must be in the plan"
    if kind == "share":
        whose = "funder" if name.endswith("funder") else "track"
        return f"one {whose} has at most {getattr(program.limits, name):.0%} of the plan's worth"
    if kind == "row":
        return name
    return _hours_told(program, name)


def _hours_told(program: Program, role: str) -> str:
    over = [
        (one.at(program.low) - one.most, one)
        for group in program.staff_hours
        if role in group.roles
        for one in group.broken(program.low)
    ]
    if not over:
        return f"the hours of {role}"
    worst = max(over, key=lambda it: it[0])[1]
    return f"there are {worst.words}, and {worst.at(program.low):,.0f} are needed"
