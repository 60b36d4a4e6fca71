"""Who works how many hours on what in which month: what is due first is done first, as early as the hours allow."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from catalynx.decision.portfolio.answers import SCHEDULE
from catalynx.decision.portfolio.flows import earliest, flow_of
from catalynx.decision.portfolio.program import Program
from catalynx.decision.portfolio.rows import TOLERANCE, Floats, Integers
from catalynx.decision.portfolio.staff_hours import groups

if TYPE_CHECKING:
    import pandas as pd

type Work = tuple[int, int, str, int, int, float]
"""column, member, role, first and last day, hours"""

SHOWN = 0.005
"""Less than half a minute is no work."""


def schedule_of(program: Program, chosen: Floats) -> pd.DataFrame:
    """Return the work: one row an application, member of staff, role and month, with the columns `SCHEDULE`."""
    import pandas as pd

    work: list[Work] = []
    for roles in groups(program.days, sorted(program.needs)):
        work += _one_role(program, chosen, roles[0]) if len(roles) == 1 else _shared(program, chosen, roles)
    summed: dict[tuple[int, int, str, date], tuple[int, int, float]] = {}
    for column, member, role, first, last, hours in work:
        key = (column, member, role, program.days.day(first).replace(day=1))
        start, finish, sum_ = summed.get(key, (first, last, 0.0))
        summed[key] = (min(start, first), max(finish, last), sum_ + hours)
    rows = [
        (
            (one := program.applications[column]).candidate_id, one.name, program.days.staff[member].name, role, month,
            program.days.day(start), program.days.day(finish), round(hours, 2), one.deadline,
        )
        for (column, member, role, month), (start, finish, hours) in summed.items()
        if hours >= SHOWN
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(SCHEDULE))
    for name in ("month", "start", "finish", "deadline"):
        frame[name] = pd.to_datetime(frame[name])
    return frame.sort_values(["start", "deadline", "candidate_id", "month", "who", "role"], ignore_index=True)


def _one_role(program: Program, chosen: Floats, role: str) -> list[Work]:
    # Day by day, what is due first first: if the hours suffice at all, they suffice in this order. Of what is due together, what
    # is worth more comes first.
    members = program.days.serving(role)
    each = program.days.hours[members]
    there = each.sum(axis=0)
    left = np.where(chosen > 0.5, program.needs[role], 0.0)
    due = np.lexsort((np.arange(len(left)), program.first, -program.worth, program.last))
    order = [place for place in due if left[place] > TOLERANCE]
    work: list[Work] = []
    for day in np.flatnonzero(there > 0):
        spare = float(there[day])
        for place in order:
            if spare <= TOLERANCE:
                break
            if left[place] <= 0 or not program.first[place] <= day <= program.last[place]:
                continue
            hours = min(spare, float(left[place]))
            left[place] -= hours
            spare -= hours
            shares = each[:, day] / there[day]
            work += [
                (int(place), member, role, int(day), int(day), hours * float(share))
                for member, share in zip(members, shares, strict=True)
                if share > 0
            ]
        order = [place for place in order if left[place] > TOLERANCE]
    return work


def _shared(program: Program, chosen: Floats, roles: tuple[str, ...]) -> list[Work]:
    needs = {role: program.needs[role] for role in roles}
    flow = flow_of(program.days, needs, program.first, program.last, np.round(chosen), _months(program))
    if not len(flow.asked):
        return []
    hours = earliest(flow)
    of_demand: dict[int, list[tuple[int, int, float]]] = {}
    for (demand, member, cell), given in zip(flow.edges, hours, strict=True):
        if given > TOLERANCE:
            of_demand.setdefault(int(demand), []).append((int(member), int(cell), float(given)))
    work: list[Work] = []
    for demand, pieces in of_demand.items():
        role, first, last = flow.demands[demand]
        same = (program.first == first) & (program.last == last) & (chosen > 0.5) & (needs[role] > TOLERANCE)
        work += _dealt(np.flatnonzero(same), needs[role], role, sorted(pieces, key=lambda one: one[1]), flow.bounds)
    return work


def _dealt(columns: Integers, needed: Floats, role: str, pieces: list[tuple[int, int, float]], bounds: Integers) -> list[Work]:
    # Applications with the same days share the pieces, one after the other.
    work: list[Work] = []
    waiting = [(int(column), float(needed[column])) for column in columns]
    for member, cell, given in pieces:
        left = given
        while left > TOLERANCE and waiting:
            column, needs = waiting[0]
            hours = min(left, needs)
            work.append((column, member, role, int(bounds[cell]), int(bounds[cell + 1]) - 1, hours))
            left -= hours
            waiting = waiting[1:] if needs - hours <= TOLERANCE else [(column, needs - hours), *waiting[1:]]
    return work


def _months(program: Program) -> list[int]:
    days = [program.days.day(place) for place in range(program.days.count)]
    return [place for place, day in enumerate(days) if day.day == 1]
