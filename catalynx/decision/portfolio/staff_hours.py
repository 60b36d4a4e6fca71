"""Whether the staff have the hours in time: how many there are between any two days, and which applications ask for more.

An application's work may be spread over its days in any way. So the hours of a role suffice if and only if, for every first day
and every deadline, the applications that lie between them need at most the hours between them (Hall's condition, which for
intervals of time on one line has to be looked at for intervals only). Where a member has several roles, the least cut of the flow
from members to applications says the same.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from catalynx.decision.portfolio.flows import least_cut
from catalynx.decision.portfolio.rows import TOLERANCE, Floats, Integers, Row
from catalynx.decision.portfolio.terms import Member

if TYPE_CHECKING:
    from catalynx.rules import Commitment

ROWS_AT_ONCE = 4
FEW_INTERVALS = 60
"""A role with at most so many intervals gives a row for each from the start; of more, rows are made when they are broken."""


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """The days of a plan, and the hours that each member of staff has on each of them."""

    first: date
    count: int
    staff: tuple[Member, ...]
    hours: Floats
    """members × days"""

    def day(self, place: int) -> date:
        """Return the day at a place, 0 for the first."""
        return self.first + timedelta(days=int(place))

    def place(self, day: date) -> int:
        """Return the place of a day."""
        return (day - self.first).days

    def serving(self, role: str) -> list[int]:
        """Return the places of the members who can give hours of a role."""
        return [place for place, member in enumerate(self.staff) if role == member.name or role in member.roles]


def days_of(staff: Sequence[Member], first: date, months: int, commitments: Sequence[Commitment] = ()) -> Days:
    """Spread each member's hours of a month evenly over its weekdays, from `first` on for `months` months.

    Commitments take of everybody's hours alike on their weekdays, as much on each, and never more than all.
    """
    last = later(first, months)
    count = (last - first).days
    days = np.datetime64(first) + np.arange(count)
    months_of = days.astype("datetime64[M]")
    starts = months_of.astype("datetime64[D]")
    ends = (months_of + np.timedelta64(1, "M")).astype("datetime64[D]")
    share = np.is_busday(days) / np.busday_count(starts, ends)
    hours = np.zeros((len(staff), count))
    for place, member in enumerate(staff):
        there = np.ones(count, dtype=bool)
        if member.from_day is not None:
            there &= days >= np.datetime64(member.from_day)
        if member.to_day is not None:
            there &= days <= np.datetime64(member.to_day)
        hours[place] = member.hours_per_month * share * there
    together = hours.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(together > 0, np.maximum(1 - _taken(commitments, days) / together, 0), 0)
    return Days(first, count, tuple(staff), hours * left)


def _taken(commitments: Sequence[Commitment], days: Any) -> Floats:
    """Return the hours that other work takes on each day."""
    taken = np.zeros(len(days))
    for one in commitments:
        start, end = np.datetime64(one.from_day), np.datetime64(one.to_day + timedelta(days=1))
        weekdays = int(np.busday_count(start, end))
        if weekdays:
            taken += np.where((days >= start) & (days < end) & np.is_busday(days), one.hours / weekdays, 0.0)
    return taken


def later(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def groups(days: Days, roles: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the roles in groups, such that nobody serves two groups."""
    found: list[tuple[set[str], set[int]]] = []
    for role in roles:
        names, members = {role}, set(days.serving(role))
        apart = []
        for other in found:
            if other[1] & members:
                names, members = names | other[0], members | other[1]
            else:
                apart.append(other)
        found = [*apart, (names, members)]
    return [tuple(sorted(names)) for names, _ in found]


class StaffHours:
    """Rows of hours for the roles that one group of members serves."""

    def __init__(self, days: Days, roles: tuple[str, ...], needs: Mapping[str, Floats], first: Integers, last: Integers) -> None:
        self.days, self.roles = days, roles
        self._needs = {role: needs[role] for role in roles}
        self._first, self._last = first, last
        self._members = sorted({member for role in roles for member in days.serving(role)})
        needed = np.sum([self._needs[role] for role in roles], axis=0) > 0
        self._columns = np.flatnonzero(needed)
        self._starts, self._of_start = np.unique(first[self._columns], return_inverse=True)
        self._ends, self._of_end = np.unique(last[self._columns], return_inverse=True)
        upto = np.concatenate([[0.0], np.cumsum(days.hours[self._members].sum(axis=0))])
        self._there = np.maximum(upto[self._ends + 1][None, :] - upto[self._starts][:, None], 0.0)

    def first_rows(self) -> list[Row]:
        """Return the rows to begin with: all that can bind where they are few, else the whole time."""
        if not self._columns.size:
            return []
        needed = self._between(np.ones(len(self._first)))
        if len(self.roles) == 1 and needed.size <= FEW_INTERVALS:
            pairs = [(int(a), int(b)) for a, b in zip(*np.nonzero(needed > self._there), strict=True)]
            return [self._row(a, b) for a, b in pairs if not self._implied(a, b, needed)]
        return [self._row(0, len(self._ends) - 1)]

    def broken(self, chosen: Floats) -> list[Row]:
        """Return the rows that a choice breaks, the most broken first; none when the hours suffice."""
        if not self._columns.size:
            return []
        over = self._between(chosen) - self._there - TOLERANCE * np.maximum(1.0, self._there)
        if (over > 0).any():
            order = np.argsort(over, axis=None)[::-1][:ROWS_AT_ONCE]
            pairs = [np.unravel_index(one, over.shape) for one in order]
            return [self._row(int(a), int(b)) for a, b in pairs if over[a, b] > 0]
        return self._shared(chosen) if len(self.roles) > 1 else []

    def _between(self, chosen: Floats) -> Floats:
        # Starts × ends: hours of what starts then or later, and ends then or sooner.
        need = np.sum([self._needs[role] for role in self.roles], axis=0)[self._columns]
        table = np.zeros((len(self._starts), len(self._ends)))
        np.add.at(table, (self._of_start, self._of_end), need * chosen[self._columns])
        return table[::-1].cumsum(axis=0)[::-1].cumsum(axis=1)

    def _implied(self, a: int, b: int, needed: Floats) -> bool:
        # A shorter interval with the same applications says more.
        later_start = a + 1 < len(self._starts) and needed[a + 1, b] == needed[a, b]
        earlier_end = b > 0 and needed[a, b - 1] == needed[a, b]
        return bool(later_start or earlier_end)

    def _row(self, a: int, b: int) -> Row:
        first, last = int(self._starts[a]), int(self._ends[b])
        within = (self._first >= first) & (self._last <= last)
        used = np.where(within, np.sum([self._needs[role] for role in self.roles], axis=0), 0.0)
        return self._hours(used, float(self._there[a, b]), first, last, self.roles)

    def _hours(self, used: Floats, most: float, first: int, last: int, roles: tuple[str, ...]) -> Row:
        columns = np.flatnonzero(used)
        start, end = self.days.day(first), self.days.day(last)
        words = f"hours of {' and '.join(roles)} from {_told(start)} to {_told(end)}: {most:,.0f}"
        return Row(words, "hours", columns, used[columns], most, roles, start, end)

    def _shared(self, chosen: Floats) -> list[Row]:
        found = least_cut(self.days, self._needs, self._first, self._last, chosen)
        if found is None:
            return []
        used, most, first, last, roles = found
        return [self._hours(used, most, first, last, roles)]


def _told(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
