"""What somebody tries: weights, method, staff, their other work, caution, what must be done and not, asks, deadlines and more.

A wish says only what is otherwise than usual; it is what scenarios keep, and what a signed decision rests on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from catalynx.errors import BadParameter
from catalynx.rules import Commitment

USUAL_METHOD: Final = "weighted sum"
MOST_PEOPLE, MOST_PINNED, NAME_LENGTH, MOST_OTHER_WORK = 40, 100, 80, 40
MOST_HOURS: Final = 10_000.0
EVERYBODY, THE_REST = "everybody", "everybody else"
USUAL_AIM, AIMS = "points", ("points", "usd")
MOST_TIMES: Final = 5.0
MOST_USD: Final = 1e15
WITHOUT_LIMIT: Final = 1.0
_PLAIN: Final = ("method", "risk", "aim", "assumed", "matching_usd", "most_of_funder", "most_of_track")


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who writes applications: a person or a role, with hours a month, from a day on, up to a day (not that day)."""

    who: str
    hours: float
    joins: date | None = None
    leaves: date | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is tried; everything is as usual where it says nothing.

    Attributes
    ----------
    factors : criterion or group → times its usual weight
    staff : who there is; None where it is as the profile says
    risk : 0 plans for what is to be expected, 1 for the worst of it
    must, must_not : candidate_ids that a plan holds, or leaves out
    aim : what a plan gathers: ``points``, or ``usd`` for chance × ask
    assumed : the chance, 0–1, that somebody assumes where none is published; None where nobody does
    asks, deadlines, chances, hours : candidate_id → the amount to ask for in USD, the last day to apply, the chance that somebody
        assumes (0–1), and the hours it takes, each in the stead of what is reckoned
    matches : candidate_id → USD of one's own that it asks for; nobody publishes the amount
    matching_usd : most that a plan may promise of one's own money; None without limit
    most_of_funder, most_of_track : most that one funder, or one track, may have of what a plan gathers: above 0, 1 without limit
    at_most_one : groups of candidates of which a plan holds one at the most
    only_with : pairs of candidates: the first only together with the second
    other_work : what takes of the hours of everybody alike on its days, besides what the rules know
    """

    factors: Mapping[str, float] = field(default_factory=_nothing)
    method: str = USUAL_METHOD
    staff: tuple[Member, ...] | None = None
    risk: float = 0.0
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    aim: str = USUAL_AIM
    assumed: float | None = None
    asks: Mapping[str, float] = field(default_factory=_nothing)
    deadlines: Mapping[str, date] = field(default_factory=_nothing)
    chances: Mapping[str, float] = field(default_factory=_nothing)
    hours: Mapping[str, float] = field(default_factory=_nothing)
    matches: Mapping[str, float] = field(default_factory=_nothing)
    matching_usd: float | None = None
    most_of_funder: float = WITHOUT_LIMIT
    most_of_track: float = WITHOUT_LIMIT
    at_most_one: tuple[tuple[str, ...], ...] = ()
    only_with: tuple[tuple[str, str], ...] = ()
    other_work: tuple[Commitment, ...] = ()

    def with_factor(self, name: str, factor: float) -> Wish:
        """Return the wish with one factor changed; 1 is as usual, and is not kept."""
        factors = {**self.factors, name: factor}
        return replace(self, factors={one: times for one, times in factors.items() if times != 1})

    def with_place(self, candidate_id: str, place: str) -> Wish:
        """Return the wish with a candidate that a plan must hold (``must``), must not hold (``not``), or may (``free``)."""
        must = tuple(one for one in self.must if one != candidate_id)
        must_not = tuple(one for one in self.must_not if one != candidate_id)
        if place == "must":
            must = (*must, candidate_id)[-MOST_PINNED:]
        elif place == "not":
            must_not = (*must_not, candidate_id)[-MOST_PINNED:]
        return replace(self, must=must, must_not=must_not)

    def with_change(self, staff: Sequence[Member], who: str, what: str, on: date | None, hours: float | None) -> Wish:
        """Return the wish after somebody leaves or joins, or works other hours.

        Parameters
        ----------
        staff : who there is before
        who : a person or role; one that is not among `staff` leaves the hours of everybody together
        what : ``leaves``, ``joins`` or ``works``
        on : the day from which it holds; None where it always did
        hours : a month; None leaves them as they are

        Raises
        ------
        BadParameter
            No name, no hours where they are needed, negative hours, or more than those there are.
        """
        name = " ".join(who.split())[:NAME_LENGTH]
        if not name:
            raise BadParameter("who", who, "a name or a role, such as grant writer")
        if hours is not None and not (math.isfinite(hours) and 0 <= hours <= MOST_HOURS):
            raise BadParameter("hours", hours, f"a number from 0 to {MOST_HOURS:,.0f} a month")
        known = next((one for one in staff if one.who.casefold() == name.casefold()), None)
        if what == "leaves" and known is None:
            return replace(self, staff=_parted(staff, name, on, hours))
        if known is None and hours is None:
            raise BadParameter("hours", "", f"given: how many hours a month does {name} have for applications?")
        before = known or Member(name, hours or 0.0)
        after = replace(before, hours=before.hours if hours is None else hours)
        if what == "leaves":
            after = replace(after, leaves=on)
        else:
            after = replace(after, joins=on if what == "joins" else None, leaves=None)
        kept = tuple(after if one is known else one for one in staff)
        return replace(self, staff=(kept if known else (*kept, after))[:MOST_PEOPLE])

    def without(self, staff: Sequence[Member], who: str) -> Wish:
        """Return the wish with somebody taken off the list."""
        return replace(self, staff=tuple(one for one in staff if one.who != who))

    def with_other_work(self, name: str, work: Commitment | None) -> Wish:
        """Return the wish with other work in place of what had that name before; None takes it off."""
        others = tuple(one for one in self.other_work if one.name.casefold() != name.casefold())
        return replace(self, other_work=others if work is None else (*others, work)[-MOST_OTHER_WORK:])

    def with_known(
        self, candidate_id: str, *, ask: float | None, deadline: date | None, chance: float | None, hours: float | None,
        match: float | None,
    ) -> Wish:  # fmt: skip
        """Return the wish with what somebody knows better of one candidate; None is as it is reckoned."""
        told: dict[str, Any] = {"asks": ask, "deadlines": deadline, "chances": chance, "hours": hours, "matches": match}
        changed: dict[str, Any] = {}
        for name, value in told.items():
            others = {key: one for key, one in getattr(self, name).items() if key != candidate_id}
            changed[name] = others if value is None else {**others, candidate_id: value}
        return replace(self, **changed)

    def named(self) -> set[str]:
        """Return every candidate that the wish speaks of."""
        groups: tuple[Any, ...] = (
            self.must, self.must_not, self.asks, self.deadlines, self.chances, self.hours, self.matches, *self.at_most_one,
            *self.only_with,
        )  # fmt: skip
        return {one for group in groups for one in group}

    @property
    def as_usual(self) -> bool:
        """Whether nothing is changed."""
        return self == Wish()

    def plain(self) -> dict[str, Any]:
        """Return what is otherwise than usual as JSON values, as `wish_of` reads it."""
        said: dict[str, Any] = {}
        for name in ("factors", "asks", "chances", "hours", "matches"):
            if given := getattr(self, name):
                said[name] = dict(given)
        if self.deadlines:
            said["deadlines"] = {key: day.isoformat() for key, day in self.deadlines.items()}
        if self.staff is not None:
            said["staff"] = [
                {"who": one.who, "hours": one.hours, "joins": one.joins and one.joins.isoformat(),
                 "leaves": one.leaves and one.leaves.isoformat()}
                for one in self.staff
            ]  # fmt: skip
        for name in ("must", "must_not"):
            if listed := getattr(self, name):
                said[name] = list(listed)
        for name in ("at_most_one", "only_with"):
            if groups := getattr(self, name):
                said[name] = [list(group) for group in groups]
        if self.other_work:
            said["other_work"] = [
                {"name": one.name, "hours": one.hours, "from_day": one.from_day.isoformat(), "to_day": one.to_day.isoformat()}
                for one in self.other_work
            ]
        for one in fields(self):
            if one.name in _PLAIN and (value := getattr(self, one.name)) != one.default:
                said[one.name] = value
        return said


def _parted(staff: Sequence[Member], name: str, on: date | None, hours: float | None) -> tuple[Member, ...]:
    """Part somebody who leaves from the hours of everybody together."""
    pool = next((one for one in staff if one.who in (EVERYBODY, THE_REST)), None)
    if pool is None:
        raise BadParameter("who", name, f"one of {', '.join(one.who for one in staff)}" if staff else "somebody who is there")
    if hours is None:
        raise BadParameter("hours", "", f"given: how many of the {pool.hours:,.0f} hours a month are those of {name}?")
    if hours > pool.hours:
        raise BadParameter("hours", hours, f"at most the {pool.hours:,.0f} hours a month that there are")
    rest = replace(pool, who=THE_REST, hours=pool.hours - hours)
    gone = Member(name, hours, pool.joins, on)
    return tuple(part for one in staff for part in ((gone, rest) if one is pool else (one,)) if part.hours > 0)
