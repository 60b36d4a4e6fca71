"""Reading a wish from what a file keeps, somebody typed or a program sent; what cannot be is refused by its name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from catalynx.decision.wishes import (
    AIMS,
    MOST_HOURS,
    MOST_OTHER_WORK,
    MOST_PEOPLE,
    MOST_PINNED,
    MOST_TIMES,
    MOST_USD,
    NAME_LENGTH,
    Member,
    Wish,
)
from catalynx.errors import BadParameter
from catalynx.rules import Commitment


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
        "matches": lambda given: _numbers("matches", given, MOST_USD),
        "deadlines": _deadlines, "staff": _staff, "must": lambda given: _ids("must", given),
        "must_not": lambda given: _ids("must_not", given), "method": _method, "aim": _aim,
        "risk": lambda given: _number("risk", given, 1.0),
        "assumed": lambda given: None if given is None else _number("assumed", given, 1.0),
        "matching_usd": lambda given: None if given is None else _number("matching_usd", given, MOST_USD),
        "most_of_funder": lambda given: _share("most_of_funder", given),
        "most_of_track": lambda given: _share("most_of_track", given),
        "at_most_one": lambda given: _groups("at_most_one", given), "only_with": _pairs, "other_work": _other_work,
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


def _share(name: str, given: Any) -> float:
    if not (share := _number(name, given, 1.0)):
        raise BadParameter(name, given, "above 0, and at most 1")
    return share


def _groups(name: str, given: Any) -> tuple[tuple[str, ...], ...]:
    _at_most(MOST_PINNED, name, given, "lists of candidates")
    groups = tuple(_ids(f"{name}[{number}]", one) for number, one in enumerate(given))
    for number, group in enumerate(groups):
        if len(group) < 2:
            raise BadParameter(f"{name}[{number}]", list(group), "two candidates or more")
    return groups


def _pairs(given: Any) -> tuple[tuple[str, str], ...]:
    groups = _groups("only_with", given)
    for number, group in enumerate(groups):
        if len(group) != 2:
            raise BadParameter(f"only_with[{number}]", list(group), "two candidates: the first only together with the second")
    return tuple((first, second) for first, second in groups)


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
    _at_most(MOST_PEOPLE, "staff", given, "people or roles, each with who and hours")
    return tuple(_one_of_staff(number, one) for number, one in enumerate(given))


def _one_of_staff(number: int, given: Any) -> Member:
    place = f"staff[{number}]"
    one = _made_of(place, given, ("who", "hours", "joins", "leaves"))
    who = _named(f"{place}.who", one.get("who"), "a name or a role")
    days = (None if one.get(name) is None else _day(f"{place}.{name}", one[name]) for name in ("joins", "leaves"))
    return Member(who, _number(f"{place}.hours", one.get("hours"), MOST_HOURS), *days)


def _other_work(given: Any) -> tuple[Commitment, ...]:
    _at_most(MOST_OTHER_WORK, "other_work", given, "pieces of work, each with name, hours and days")
    return tuple(_one_work(number, one) for number, one in enumerate(given))


def _one_work(number: int, given: Any) -> Commitment:
    place = f"other_work[{number}]"
    one = _made_of(place, given, ("name", "hours", "from_day", "to_day"))
    name = _named(f"{place}.name", one.get("name"), "a name")
    hours = _number(f"{place}.hours", one.get("hours"), MOST_HOURS)
    first, last = (_day(f"{place}.{side}", one.get(side)) for side in ("from_day", "to_day"))
    if last < first:
        raise BadParameter(f"{place}.to_day", last.isoformat(), f"{first.isoformat()} or later: it begins then")
    return Commitment(name, hours, first, last)


def _at_most(most: int, name: str, given: Any, of_what: str) -> None:
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > most:
        raise BadParameter(name, given, f"a list of at most {most} {of_what}")


def _made_of(place: str, given: Any, parts: Sequence[str]) -> dict[str, Any]:
    one = _mapping(place, given)
    if unknown := set(one) - set(parts):
        raise BadParameter(place, sorted(unknown)[0], f"made of {', '.join(parts)}")
    return one


def _named(place: str, given: Any, what: str) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > NAME_LENGTH:
        raise BadParameter(place, given, f"{what} of at most {NAME_LENGTH} characters")
    return " ".join(given.split())


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
