"""How a URL says what somebody tries on the page Decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from catalynx.decision.ranking import METHODS
from catalynx.decision.wishes import (
    AIMS,
    EVERYBODY,
    MOST_HOURS,
    MOST_OTHER_WORK,
    MOST_PEOPLE,
    MOST_PINNED,
    MOST_USD,
    NAME_LENGTH,
    THE_REST,
    USUAL_AIM,
    USUAL_METHOD,
    WITHOUT_LIMIT,
    Member,
    Wish,
)
from catalynx.rules import Commitment
from dashboards.typed import day_of, number_of

__all__ = [
    "AIMS", "EVERYBODY", "MOST_PEOPLE", "OWN", "THE_REST", "USUAL_AIM", "USUAL_METHOD", "Member", "Wish", "from_query",
    "to_query",
]  # fmt: skip

OWN: Final = (
    "w", "method", "staff", "risk", "must", "not", "aim", "assumed", "ask", "deadline", "chance", "effort", "match", "own-money",
    "funder-share", "track-share", "one-of", "only-with",
    "busy",
)  # fmt: skip
"""Names of the parts of a URL that say a wish."""
KNOWN: Final = {
    "ask": ("asks", MOST_USD), "deadline": ("deadlines", 0.0), "chance": ("chances", 1.0), "effort": ("hours", MOST_HOURS),
    "match": ("matches", MOST_USD),
}  # fmt: skip
"""Name in a URL → the part of a wish, and the most that it can be."""


def to_query(wish: Wish) -> list[tuple[str, str]]:
    """Return the parts of a URL that say the wish; what is as usual is not said."""
    said = [("w", f"{name}:{times:g}") for name, times in sorted(wish.factors.items())]
    said += [("method", wish.method)] if wish.method != USUAL_METHOD else []
    said += [("staff", _member_said(one)) for one in wish.staff or ()] or ([("staff", "")] if wish.staff == () else [])
    said += [("risk", f"{wish.risk:g}")] if wish.risk else []
    said += [("aim", wish.aim)] if wish.aim != USUAL_AIM else []
    said += [("assumed", f"{wish.assumed:g}")] if wish.assumed is not None else []
    said += [("must", one) for one in wish.must] + [("not", one) for one in wish.must_not]
    for name, (part, _) in KNOWN.items():
        said += [(name, f"{key}:{value if part == 'deadlines' else repr(value)}") for key, value in getattr(wish, part).items()]
    said += [("own-money", f"{wish.matching_usd!r}")] if wish.matching_usd is not None else []
    shares = (("funder-share", wish.most_of_funder), ("track-share", wish.most_of_track))
    said += [(name, f"{share:g}") for name, share in shares if share != WITHOUT_LIMIT]
    said += [("one-of", "|".join(group)) for group in wish.at_most_one]
    said += [("only-with", "|".join(pair)) for pair in wish.only_with]
    return said + [("busy", _work_said(one)) for one in wish.other_work]


def from_query(query: Mapping[str, Sequence[str]]) -> Wish:
    """Read a wish from the parts of a URL; what cannot be read is left out: a link can be old, or made by hand."""
    factors = {}
    for one in query.get("w", ())[:100]:
        name, _, times = one.rpartition(":")
        if (factor := number_of(times)) is not None and factor <= 5:
            factors[name] = factor
    staff = [member for one in query.get("staff", ())[:MOST_PEOPLE] if (member := _member(one)) is not None]
    risk, assumed = (number_of(next(iter(query.get(name, ())), "")) for name in ("risk", "assumed"))
    aim, method = (next(iter(query.get(name, ())), usual) for name, usual in (("aim", USUAL_AIM), ("method", USUAL_METHOD)))
    known = {part: _known(query.get(name, ()), part, most) for name, (part, most) in KNOWN.items()}
    groups = [tuple(dict.fromkeys(filter(None, said.split("|")))) for said in query.get("one-of", ())[:MOST_PINNED]]
    pairs = [tuple(said.split("|")) for said in query.get("only-with", ())[:MOST_PINNED]]
    own_money, *shares = (number_of(next(iter(query.get(name, ())), "")) for name in ("own-money", "funder-share", "track-share"))
    busy = [work for one in query.get("busy", ())[:MOST_OTHER_WORK] if (work := _work(one)) is not None]
    most = [share if share and share <= 1 else WITHOUT_LIMIT for share in shares]
    return Wish(
        {name: times for name, times in factors.items() if times != 1},
        method if method in METHODS else USUAL_METHOD,
        tuple(staff) if "staff" in query else None,
        min(1.0, risk or 0.0),
        tuple(dict.fromkeys(query.get("must", ())[:MOST_PINNED])),
        tuple(dict.fromkeys(one for one in query.get("not", ())[:MOST_PINNED] if one not in query.get("must", ()))),
        aim if aim in AIMS else USUAL_AIM,
        assumed if assumed is not None and assumed <= 1 else None,
        **known, matching_usd=own_money, most_of_funder=most[0], most_of_track=most[1],
        at_most_one=tuple(group for group in groups if len(group) > 1),
        only_with=tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2 and all(pair) and pair[0] != pair[1]),
        other_work=tuple(busy),
    )  # fmt: skip


def _known(said: Sequence[str], part: str, most: float) -> Any:
    """Read ``candidate:value`` of what somebody knows better."""
    read: dict[str, Any] = {}
    for one in said[:MOST_PINNED]:
        key, _, value = one.rpartition(":")
        known = day_of(value) if part == "deadlines" else number_of(value)
        if key and known is not None and (isinstance(known, date) or known <= most):
            read[key] = known
    return read


def _member_said(one: Member) -> str:
    days = [day.isoformat() if day else "" for day in (one.joins, one.leaves)]
    return "|".join([one.who.replace("|", " "), f"{one.hours:g}", *days])


def _member(said: str) -> Member | None:
    who, *rest = said.split("|")
    hours = number_of(rest[0]) if rest else None
    name = " ".join(who.split())[:NAME_LENGTH]
    if not name or hours is None or hours > MOST_HOURS or len(rest) != 3:
        return None
    try:
        joins, leaves = (date.fromisoformat(day) if day else None for day in rest[1:])
    except ValueError:
        return None
    return Member(name, hours, joins, leaves)


def _work_said(one: Commitment) -> str:
    return "|".join([one.name.replace("|", " "), repr(one.hours), one.from_day.isoformat(), one.to_day.isoformat()])


def _work(said: str) -> Commitment | None:
    name, *rest = said.split("|")
    name = " ".join(name.split())[:NAME_LENGTH]
    if not name or len(rest) != 3:
        return None
    hours, first, last = number_of(rest[0]), day_of(rest[1]), day_of(rest[2])
    if hours is None or hours > MOST_HOURS or first is None or last is None or last < first:
        return None
    return Commitment(name, hours, first, last)
