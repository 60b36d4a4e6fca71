"""What a command is told to try otherwise: ``--set part=value``, on top of a kept scenario when one is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalynx.cli.showing import err
from catalynx.errors import BadParameter, NotFound

if TYPE_CHECKING:
    from datetime import date

    from catalynx.decision.wishes import Member, Wish
    from catalynx.records.profile import Profile
    from catalynx.records.scenarios import Scenario
    from catalynx.what_if import WhatIf
    from catalynx.workflows import Workspace

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PART=VALUE",
        help="What is otherwise than usual: weight.mission=1.5, method=topsis, 'staff.grant writer=40', "
        "'leaves.grant writer=2027-03-01', joins.NAME=DAY,HOURS, risk=0.5, aim=usd, assumed=0.2, must=ID, not=ID, ask.ID=5000, "
        "deadline.ID=DAY, chance.ID=0.3, hours.ID=60, match.ID=10000 (USD of your own), matching=40000 (most of that in a plan), "
        "funder-share=0.5, track-share=0.5 (most that one may have of what a plan gathers), one-of=ID,ID (one at the most), "
        "with=ID,ID (the first only with the second), 'busy.annual report=40,2027-02-01,2027-02-26' (other work: hours in all, "
        "first and last day); must, not, one-of and with can be given more than once; nothing after = takes it back.",
    ),
]  # fmt: skip
ScenarioOption = Annotated[str | None, typer.Option("--scenario", help="Name or id of a kept scenario to start from.")]

_ENTRIES = {
    "weight": "factors", "ask": "asks", "deadline": "deadlines", "chance": "chances", "hours": "hours", "match": "matches",
}  # fmt: skip
_PLAIN = {
    "method": "method", "risk": "risk", "aim": "aim", "assumed": "assumed", "matching": "matching_usd",
    "funder-share": "most_of_funder", "track-share": "most_of_track",
}  # fmt: skip
_PEOPLE = ("staff", "leaves", "joins")
_PINS = {"must": "must", "not": "must_not"}
_GROUPS = {"one-of": "at_most_one", "with": "only_with"}
_OTHER_WORK = "busy"
PARTS = (*_ENTRIES, *_PLAIN, *_PEOPLE, *_PINS, *_GROUPS, _OTHER_WORK)


def wished(said: Sequence[str], start: Wish, usual: Sequence[Member]) -> Wish:
    """Return `start` with what was said on the command line.

    Parameters
    ----------
    usual : who there is when the wish does not say

    Raises
    ------
    BadParameter
    """
    from catalynx.decision.wish_reading import wish_of

    plain = start.plain()
    for one in said:
        name, equals, value = one.partition("=")
        part, _, key = name.partition(".")
        if not equals or part not in PARTS or (part in {*_ENTRIES, *_PEOPLE, _OTHER_WORK}) != bool(key):
            raise BadParameter("--set", one, f"PART=VALUE with a part of {', '.join(PARTS)}, such as weight.mission=1.5")
        if part in _ENTRIES:
            plain[_ENTRIES[part]] = _entry(plain.get(_ENTRIES[part], {}), key, value, number=part != "deadline", said=one)
        elif part in _PINS:
            plain[_PINS[part]] = [*plain.get(_PINS[part], []), value] if value else []
        elif part in _GROUPS:
            group = [key.strip() for key in value.split(",")]
            plain[_GROUPS[part]] = [*plain.get(_GROUPS[part], []), group] if value else []
        elif part == _OTHER_WORK:
            plain = _with_other_work(wish_of(plain), key, value, one).plain()
        elif part in _PEOPLE:
            plain = _with_person(wish_of(plain), part, key, value, usual, one).plain()
        elif value:
            plain[_PLAIN[part]] = value if part in ("method", "aim") else _number(value, one)
        else:
            plain.pop(_PLAIN[part], None)
    return wish_of(plain)


def _entry(before: Mapping[str, Any], key: str, value: str, *, number: bool, said: str) -> dict[str, Any]:
    kept = {name: one for name, one in before.items() if name != key}
    return kept if not value else {**kept, key: _number(value, said) if number else value}


def _number(value: str, said: str) -> float:
    try:
        return float(value.replace(",", ""))
    except ValueError:
        raise BadParameter("--set", said, "a number after the =") from None


def _with_person(wish: Wish, part: str, who: str, value: str, usual: Sequence[Member], said: str) -> Wish:
    """Return the wish after somebody was added, leaves or joins; who there is by name takes the place of what is usual."""
    from catalynx.decision.wishes import Member

    staff = tuple(usual) if wish.staff is None else wish.staff
    if not value:
        return wish.without(staff, who)
    if part == "staff":
        others = () if wish.staff is None else tuple(one for one in wish.staff if one.who.casefold() != who.casefold())
        return replace(wish, staff=(*others, Member(who, _number(value, said))))
    day, _, hours = value.partition(",")
    return wish.with_change(staff, who, part, _day(day, said), _number(hours, said) if hours else None)


def _with_other_work(wish: Wish, name: str, value: str, said: str) -> Wish:
    from catalynx.rules import Commitment

    if not value:
        return wish.with_other_work(name, None)
    hours, *days = (part.strip() for part in value.split(","))
    if len(days) != 2:
        raise BadParameter("--set", said, "hours, first day and last day after the =: 40,2027-02-01,2027-02-26")
    return wish.with_other_work(name, Commitment(name, _number(hours, said), _day(days[0], said), _day(days[1], said)))


def _day(value: str, said: str) -> date:
    from datetime import date

    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadParameter("--set", said, "a day such as 2027-03-01 after the =") from None


def find_scenario(workspace: Workspace, profile: Profile, name: str) -> Scenario:
    """Return the scenario that `name` means: its id, or its name.

    Raises
    ------
    NotFound
    BadParameter
        Several have that name.
    """
    found = workspace.records.list_scenarios(profile.profile_id)
    meant = [one for one in found if name == one.scenario_id] or [one for one in found if name.casefold() == one.name.casefold()]
    if len(meant) > 1:
        told = "; ".join(f"{one.scenario_id} of {one.author}" for one in meant)
        raise BadParameter("scenario", name, f"the id of one of the {len(meant)} with that name: {told}")
    if meant:
        return meant[0]
    there = f"There are: {', '.join(one.name for one in found)}." if found else "There is none yet: `catalynx scenario create`."
    raise NotFound("scenario", name, there)


def tried(
    workspace: Workspace, profile: Profile, said: Sequence[str], scenario: str | None, as_of: date | None, seconds: float
) -> WhatIf:
    """Answer what comes of a wish, and show on a terminal how far the plan is."""
    from catalynx.decision.wish_reading import wish_of
    from catalynx.decision.wishes import Wish
    from catalynx.what_if import usual_staff, what_if
    from catalynx.workflows import rules_for

    start = Wish() if scenario is None else wish_of(find_scenario(workspace, profile, scenario).wish)
    rules = rules_for(workspace, profile, as_of=as_of)
    wish = wished(said, start, usual_staff(rules))
    with err.status("deciding") as status:
        return what_if(
            workspace, profile, wish, as_of=as_of, seconds=seconds,
            progress=lambda told: status.update(f"planning: {len(told.chosen)} applications so far, {told.seconds:.0f} s"),
        )  # fmt: skip
