"""A plan as a program of ones and noughts: what each application is worth and uses, and the rows that a choice has to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from catalynx.decision.portfolio.rows import TOLERANCE, Floats, Integers, Row, row
from catalynx.decision.portfolio.staff_hours import Days, StaffHours, groups
from catalynx.decision.portfolio.terms import Application, Limits


@dataclass(eq=False)
class Program:
    """Applications that can be planned, in the order of their ids, with their rows.

    Attributes
    ----------
    applications : the columns
    worth : of each, in the plan's aim; 0 where unknown (must-do only)
    first, last : places of the first and last day of work
    low, high : 1 and 1 for what must be, 0 and 1 otherwise
    needs : role → hours of each
    rows : found so far; `broken` makes more when a choice needs them
    """

    applications: list[Application]
    limits: Limits
    days: Days
    worth: Floats
    first: Integers
    last: Integers
    low: Floats
    high: Floats
    needs: dict[str, Floats]
    rows: list[Row]

    @property
    def width(self) -> int:
        """Return the count of columns."""
        return len(self.applications)

    @cached_property
    def place(self) -> dict[str, int]:
        """Return the column of each candidate."""
        return {one.candidate_id: place for place, one in enumerate(self.applications)}

    @cached_property
    def hours(self) -> Floats:
        """Return the hours of each application, all roles together."""
        return np.sum([np.zeros(self.width), *self.needs.values()], axis=0)

    @cached_property
    def staff_hours(self) -> list[StaffHours]:
        """Return the rows of hours that may be made, one a group of roles."""
        return [
            StaffHours(self.days, roles, self.needs, self.first, self.last) for roles in groups(self.days, sorted(self.needs))
        ]

    @cached_property
    def sharers(self) -> list[tuple[str, Integers, float]]:
        """Return each funder and track of which the share is limited: words, columns, most."""
        found = []
        for kind, most in (("funder", self.limits.most_share_of_funder), ("track", self.limits.most_share_of_track)):
            if most < 1:
                names = np.array([getattr(one, kind) for one in self.applications], dtype=object)
                for name in sorted({one for one in names if one}):
                    words = f"{name} has at most {most:.0%} of the plan's worth"
                    found.append((words, np.flatnonzero(names == name), most))
        return found

    def broken(self, chosen: Floats) -> list[Row]:
        """Return rows that are not in `rows` yet and that a choice, which may be in parts, breaks."""
        found = [one for group in self.staff_hours for one in group.broken(chosen)]
        whole = float(self.worth @ chosen)
        for words, columns, most in self.sharers:
            if self.worth[columns] @ chosen[columns] > most * whole + TOLERANCE * max(1.0, whole):
                used = -most * self.worth
                used[columns] += self.worth[columns]
                found.append(row(words, "share", used, 0.0))
        return found

    def keeps(self, chosen: Floats) -> bool:
        """Whether a choice of whole applications keeps every limit."""
        within = bool((chosen >= self.low).all() and (chosen <= self.high).all())
        return within and not any(one.broken(chosen) for one in self.rows) and not self.broken(chosen)

    def with_limits(self, **changes: object) -> Program:
        """Return the same program with other limits that concern rows alone."""
        limits = replace(self.limits, **changes)  # type: ignore[arg-type]
        return Program(
            self.applications, limits, self.days, self.worth, self.first, self.last, self.low, self.high, self.needs,
            standing_rows(self.applications, limits, self.needs) + [one for one in self.rows if one.kind == "hours"],
        )  # fmt: skip


def program_of(applications: Sequence[Application], limits: Limits, days: Days, aim: str) -> tuple[Program, dict[str, str]]:
    """Return the program, and why some applications cannot be in it.

    What must be in the plan stays in the program although its worth is unknown, or the hours do not suffice: the rows say so.
    """
    reasons: dict[str, str] = {}
    for one in applications:
        if reason := why_not(one, limits, days, aim):
            reasons[one.candidate_id] = reason
    _without_what_it_needs(applications, limits, reasons)
    left = sorted((one for one in applications if one.candidate_id not in reasons), key=lambda one: one.candidate_id)
    program = _made(left, limits, days, aim)
    must = set(limits.must)
    sums = [one for one in program.rows if one.kind in {"matching", "all hours", "applications"}]
    for place, one in enumerate(program.applications):
        if one.candidate_id not in must and (short := _too_much_alone(program, sums, place)):
            reasons[one.candidate_id] = short
    if any(one.candidate_id in reasons for one in left):
        _without_what_it_needs(applications, limits, reasons)
        program = _made([one for one in left if one.candidate_id not in reasons], limits, days, aim)
    return program, reasons


def why_not(one: Application, limits: Limits, days: Days, aim: str) -> str:
    """Return why an application cannot be planned, whatever else is; empty when it can."""
    if one.candidate_id in limits.must_not:
        return "it must not be in the plan"
    if one.open_question and one.candidate_id not in limits.must:
        return one.open_question
    first, last = window(one, days)
    told = f"its deadline {one.deadline} " if one.deadline else "the end of the plan "
    if one.deadline is not None and one.deadline < days.first:
        return f"{told}has passed"
    if first > last:
        return f"work on it cannot start before {one.start_from}, after {told.strip()}"
    if (last - first + 1) / 7 < one.weeks:
        return f"it needs {one.weeks:g} weeks, and {(last - first + 1) / 7:.1f} are left until {told.strip()}"
    if not one.hours or any(hours is None for hours in one.hours.values()):
        return "nobody knows how many hours it takes"
    for role, hours in one.hours.items():
        if hours and not days.serving(role):
            return f"nobody on the staff has the role {role}"
    if one.matching_usd is None and limits.matching_usd is not None:
        return "it asks for money of your own, and nobody has told how much"
    if one.worth(aim) is None and one.candidate_id not in limits.must:
        return "nobody knows what it is worth: " + (
            "it has no points" if aim == "points" else "its chance or value is unknown, and none is assumed"
        )
    return ""


def window(one: Application, days: Days) -> tuple[int, int]:
    """Return the places of the first and last day on which an application can be worked on."""
    start = max(one.start_from or days.first, days.first)
    end = days.day(days.count - 1)
    last = min(one.deadline or end, end)
    return min(days.place(start), days.count), max(days.place(last), -1)


def _made(applications: list[Application], limits: Limits, days: Days, aim: str) -> Program:
    count = len(applications)
    windows = np.array([window(one, days) for one in applications], dtype="int64").reshape(count, 2)
    roles = sorted({role for one in applications for role, hours in one.hours.items() if hours})
    needs = {role: np.array([one.hours.get(role) or 0.0 for one in applications], dtype="float64") for role in roles}
    worth = np.array([one.worth(aim) or 0.0 for one in applications], dtype="float64")
    must = set(limits.must)
    low = np.array([float(one.candidate_id in must) for one in applications])
    program = Program(
        applications, limits, days, worth, windows[:, 0], windows[:, 1], low, np.ones(count), needs,
        standing_rows(applications, limits, needs),
    )  # fmt: skip
    program.rows += [one for group in program.staff_hours for one in group.first_rows()]
    return program


def _without_what_it_needs(applications: Sequence[Application], limits: Limits, reasons: dict[str, str]) -> None:
    # What needs another that cannot be cannot be either, and so on.
    there = {one.candidate_id for one in applications}
    changed = True
    while changed:
        changed = False
        for one, needed in limits.dependencies:
            if one in there and one not in reasons and (needed not in there or needed in reasons):
                reasons[one] = f"it needs {needed}, which is " + ("left out" if needed in there else "not among the applications")
                changed = True


def _too_much_alone(program: Program, sums: list[Row], place: int) -> str:
    alone = np.zeros(program.width)
    alone[place] = 1.0
    for one in sums:
        if one.broken(alone):
            return f"it alone needs {one.at(alone):,.0f}, and {one.words}"
    for group in program.staff_hours:
        if broken := group.broken(alone):
            return f"it alone needs {broken[0].at(alone):,.0f} hours, and there are {broken[0].words}"
    return ""


def standing_rows(applications: Sequence[Application], limits: Limits, needs: Mapping[str, Floats]) -> list[Row]:
    """Return the rows that do not depend on days: matching, counts, exclusions and dependencies."""
    place = {one.candidate_id: number for number, one in enumerate(applications)}
    found = []
    if limits.matching_usd is not None:
        matching = np.array([one.matching_usd or 0.0 for one in applications], dtype="float64")
        found.append(row(f"at most ${limits.matching_usd:,.0f} of matching", "matching", matching, limits.matching_usd))
    if limits.most_applications is not None:
        words = f"at most {limits.most_applications} applications"
        found.append(row(words, "applications", np.ones(len(applications)), limits.most_applications))
    if limits.most_hours is not None:
        every = np.sum([np.zeros(len(applications)), *needs.values()], axis=0)
        found.append(row(f"at most {limits.most_hours:,.0f} hours in all", "all hours", every, limits.most_hours))
    for group in limits.exclusions:
        columns = np.array(sorted({place[one] for one in group if one in place}), dtype="int64")
        if columns.size > 1:
            words = "at most one of " + ", ".join(applications[one].candidate_id for one in columns)
            found.append(Row(words, "exclusion", columns, np.ones(columns.size), 1.0))
    for one, needed in limits.dependencies:
        if one in place and needed in place and one != needed:
            columns = np.array([place[one], place[needed]], dtype="int64")
            found.append(Row(f"{one} only together with {needed}", "dependency", columns, np.array([1.0, -1.0]), 0.0))
    return [one for one in found if one.columns.size]
