"""How a URL says what somebody tries on the page Decisions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from catalynx.decision.ranking import METHODS
from catalynx.decision.wishes import (
    AIMS,
    EVERYBODY,
    MOST_HOURS,
    MOST_PEOPLE,
    MOST_PINNED,
    NAME_LENGTH,
    THE_REST,
    USUAL_AIM,
    USUAL_METHOD,
    Member,
    Wish,
)

__all__ = [
    "AIMS", "EVERYBODY", "MOST_PEOPLE", "OWN", "THE_REST", "USUAL_AIM", "USUAL_METHOD", "Member", "Wish", "from_query",
    "to_query",
]  # fmt: skip

OWN: Final = ("w", "method", "staff", "risk", "must", "not", "aim", "assumed")
"""Names of the parts of a URL that say a wish."""


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
    aim, method = (next(iter(query.get(name, ())), usual) for name, usual in (("aim", USUAL_AIM), ("method", USUAL_METHOD)))
    return Wish(
        {name: times for name, times in factors.items() if times != 1},
        method if method in METHODS else USUAL_METHOD,
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
