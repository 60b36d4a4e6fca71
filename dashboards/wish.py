"""What somebody tries on the page Decisions: weights, method, staff, risk, what must be done and not; and how a URL says it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from catalynx.errors import BadParameter

USUAL_METHOD: Final = "weighted sum"
MOST_PEOPLE, MOST_PINNED, NAME_LENGTH = 40, 100, 80
MOST_HOURS: Final = 10_000.0
EVERYBODY, THE_REST = "everybody", "everybody else"
USUAL_AIM, AIMS = "points", ("points", "usd")
OWN: Final = ("w", "method", "staff", "risk", "must", "not", "aim", "assumed")
"""Names of the parts of a URL that say a wish."""


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
    """

    factors: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    method: str = USUAL_METHOD
    staff: tuple[Member, ...] | None = None
    risk: float = 0.0
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    aim: str = USUAL_AIM
    assumed: float | None = None

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

    @property
    def as_usual(self) -> bool:
        """Whether nothing is changed."""
        return self == Wish()


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


def to_query(wish: Wish) -> list[tuple[str, str]]:
    """Return the parts of a URL that say the wish; what is as usual is not said."""
    said = [("w", f"{name}:{times:g}") for name, times in sorted(wish.factors.items())]
    said += [("method", wish.method)] if wish.method != USUAL_METHOD else []
    said += [("staff", _member_said(one)) for one in wish.staff or ()] or ([("staff", "")] if wish.staff == () else [])
    said += [("risk", f"{wish.risk:g}")] if wish.risk else []
    said += [("aim", wish.aim)] if wish.aim != USUAL_AIM else []
    said += [("assumed", f"{wish.assumed:g}")] if wish.assumed is not None else []
    return [*said, *(("must", one) for one in wish.must), *(("not", one) for one in wish.must_not)]


def from_query(query: Mapping[str, Sequence[str]]) -> Wish:
    """Read a wish from the parts of a URL; what cannot be read is left out: a link can be old, or made by hand."""
    factors = {}
    for one in query.get("w", ())[:100]:
        name, _, times = one.rpartition(":")
        if (factor := _number(times)) is not None and factor <= 5:
            factors[name] = factor
    staff = [member for one in query.get("staff", ())[:MOST_PEOPLE] if (member := _member(one)) is not None]
    risk, assumed = (_number(next(iter(query.get(name, ())), "")) for name in ("risk", "assumed"))
    aim = next(iter(query.get("aim", ())), USUAL_AIM)
    return Wish(
        {name: times for name, times in factors.items() if times != 1},
        next(iter(query.get("method", ())), USUAL_METHOD)[:40],
        tuple(staff) if "staff" in query else None,
        min(1.0, risk or 0.0),
        tuple(dict.fromkeys(query.get("must", ())[:MOST_PINNED])),
        tuple(dict.fromkeys(one for one in query.get("not", ())[:MOST_PINNED] if one not in query.get("must", ()))),
        aim if aim in AIMS else USUAL_AIM,
        assumed if assumed is not None and assumed <= 1 else None,
    )


def _member_said(one: Member) -> str:
    days = [day.isoformat() if day else "" for day in (one.joins, one.leaves)]
    return "|".join([one.who.replace("|", " "), f"{one.hours:g}", *days])


def _member(said: str) -> Member | None:
    who, *rest = said.split("|")
    hours = _number(rest[0]) if rest else None
    name = " ".join(who.split())[:NAME_LENGTH]
    if not name or hours is None or hours > MOST_HOURS or len(rest) != 3:
        return None
    try:
        joins, leaves = (date.fromisoformat(day) if day else None for day in rest[1:])
    except ValueError:
        return None
    return Member(name, hours, joins, leaves)


def _number(said: str) -> float | None:
    try:
        number = float(said)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
