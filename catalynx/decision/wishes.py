"""What somebody tries: weights, method, staff, caution, what must be done and not, asks, deadlines, chances and hours otherwise.

A wish says only what is otherwise than usual; it is what scenarios keep, and what a signed decision rests on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from catalynx.errors import BadParameter

USUAL_METHOD: Final = "weighted sum"
MOST_PEOPLE, MOST_PINNED, NAME_LENGTH = 40, 100, 80
MOST_HOURS: Final = 10_000.0
EVERYBODY, THE_REST = "everybody", "everybody else"
USUAL_AIM, AIMS = "points", ("points", "usd")
MOST_TIMES: Final = 5.0
MOST_USD: Final = 1e15


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

    def plain(self) -> dict[str, Any]:
        """Return what is otherwise than usual as JSON values, as `wish_of` reads it."""
        said: dict[str, Any] = {}
        for name in ("factors", "asks", "chances", "hours"):
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
        for name, usual in (("method", USUAL_METHOD), ("risk", 0.0), ("aim", USUAL_AIM), ("assumed", None)):
            if (value := getattr(self, name)) != usual:
                said[name] = value
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


def wish_of(said: Mapping[str, Any]) -> Wish:
    """Read what `Wish.plain` wrote, or somebody typed.

    Raises
    ------
    BadParameter
        Names the part that cannot be.
    """
    readers: dict[str, Any] = {
        "factors": lambda given: _numbers("factors", given, MOST_TIMES), "asks": lambda given: _numbers("asks", given, MOST_USD),
        "chances": lambda given: _numbers("chances", given, 1.0), "hours": lambda given: _numbers("hours", given, MOST_HOURS),
        "deadlines": _deadlines, "staff": _staff, "must": lambda given: _ids("must", given),
        "must_not": lambda given: _ids("must_not", given), "method": _method, "aim": _aim,
        "risk": lambda given: _number("risk", given, 1.0),
        "assumed": lambda given: None if given is None else _number("assumed", given, 1.0),
    }  # fmt: skip
    if not isinstance(said, Mapping):
        raise BadParameter("wish", said, "an object with what is otherwise than usual")
    for name in said:
        if name not in readers:
            raise BadParameter("wish", name, f"made of {', '.join(readers)}")
    wish = Wish(**{name: readers[name](given) for name, given in said.items()})
    if both := set(wish.must) & set(wish.must_not):
        raise BadParameter("must_not", sorted(both)[0], "left out: it must be in the plan as well")
    return wish


def _number(name: str, given: Any, at_most: float) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not (math.isfinite(given) and 0 <= given <= at_most):
        raise BadParameter(name, given, f"a number from 0 to {at_most:,.0f}")
    return float(given)


def _numbers(name: str, given: Any, at_most: float) -> dict[str, float]:
    return {key: _number(f"{name}[{key!r}]", value, at_most) for key, value in _mapping(name, given).items()}


def _mapping(name: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise BadParameter(name, given, "an object with a value for each name")
    return dict(given)


def _deadlines(given: Any) -> dict[str, date]:
    return {key: _day(f"deadlines[{key!r}]", value) for key, value in _mapping("deadlines", given).items()}


def _day(name: str, given: Any) -> date:
    try:
        return given if isinstance(given, date) else date.fromisoformat(given)
    except (TypeError, ValueError):
        raise BadParameter(name, given, "a day, YYYY-MM-DD") from None


def _staff(given: Any) -> tuple[Member, ...] | None:
    if given is None:
        return None
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MOST_PEOPLE:
        raise BadParameter("staff", given, f"a list of at most {MOST_PEOPLE} people or roles, each with who and hours")
    return tuple(_one_of_staff(number, one) for number, one in enumerate(given))


def _one_of_staff(number: int, given: Any) -> Member:
    place = f"staff[{number}]"
    one = _mapping(place, given)
    who = one.get("who")
    if not isinstance(who, str) or not who.strip() or len(who) > NAME_LENGTH:
        raise BadParameter(f"{place}.who", who, f"a name or a role of at most {NAME_LENGTH} characters")
    if unknown := set(one) - {"who", "hours", "joins", "leaves"}:
        raise BadParameter(place, sorted(unknown)[0], "made of who, hours, joins and leaves")
    days = (None if one.get(name) is None else _day(f"{place}.{name}", one[name]) for name in ("joins", "leaves"))
    return Member(" ".join(who.split()), _number(f"{place}.hours", one.get("hours"), MOST_HOURS), *days)


def _ids(name: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str) or not all(isinstance(one, str) and one for one in given):
        raise BadParameter(name, given, "a list of candidates")
    if len(given) > MOST_PINNED:
        raise BadParameter(name, f"{len(given)} candidates", f"at most {MOST_PINNED}")
    return tuple(dict.fromkeys(given))


def _method(given: Any) -> str:
    from catalynx.decision.ranking import METHODS

    if given not in METHODS:
        raise BadParameter("method", given, f"one of {', '.join(METHODS)}")
    return str(given)


def _aim(given: Any) -> str:
    if given not in AIMS:
        raise BadParameter("aim", given, f"one of {', '.join(AIMS)}")
    return str(given)
