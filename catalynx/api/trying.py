"""What the routes of the decision desk share: who sees which scenario, what is tried, and a plan as it is told."""

from __future__ import annotations

from dataclasses import asdict, fields
from math import isfinite
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from catalynx.api.problems import Problem, field_problem
from catalynx.decision.wish_reading import wish_of
from catalynx.decision.wishes import Wish
from catalynx.errors import BadParameter
from catalynx.lookups.plain import plain_frame
from catalynx.lookups.reweighing import criterion_factors
from catalynx.records.scenarios import Scenario
from catalynx.what_if import SECONDS, what_if

if TYPE_CHECKING:
    from datetime import date

    from catalynx.api.desk import Desk
    from catalynx.api.models.wishes import TriedAsked, WishAsked
    from catalynx.hub import Person
    from catalynx.records.profile import Profile
    from catalynx.what_if import WhatIf
    from catalynx.workflows import Workspace

SCENARIO = "scenario"
_PARTS = {one.name for one in fields(Wish)}


def signature(person: Person) -> str:
    """Return the name under which somebody keeps and signs."""
    return person.name[:200]


def viewer(person: Person) -> str | None:
    """Return whose unshared scenarios somebody sees; None is everybody's, where one local user is alone."""
    return None if person.teams is None else signature(person)


async def scenario_of(request: Request, desk: Desk, person: Person, profile_id: str, scenario_id: str) -> Scenario:
    """Return a scenario of a profile that exists for who asks.

    Raises
    ------
    Problem
        404; the audit notes who asked for what.
    """
    records = desk.workspace().records
    found = await desk.owned(request, SCENARIO, scenario_id, records.get_scenario, scenario_id, viewer=viewer(person))
    if found.profile_id != profile_id:
        raise await desk.refused(request, SCENARIO, scenario_id)
    return found


def as_wish(asked: WishAsked) -> Wish:
    """Return what somebody sent as a wish.

    Raises
    ------
    Problem
        422, naming the field.
    """
    try:
        wish = wish_of(asked.model_dump(mode="json", exclude_unset=True))
        criterion_factors(wish.factors, ())
    except BadParameter as error:
        raise _of_wish(error) from None
    return wish


async def wish_asked(request: Request, desk: Desk, person: Person, profile_id: str, asked: TriedAsked) -> Wish:
    """Return what is to be tried: the wish that was sent, what a scenario says, or nothing."""
    if asked.scenario_id is None:
        return Wish() if asked.wish is None else as_wish(asked.wish)
    if asked.wish is not None:
        raise Problem(422, "Send a wish or a scenario_id, not both.", [("scenario_id", "must be left out beside a wish")])
    return wish_of((await scenario_of(request, desk, person, profile_id, asked.scenario_id)).wish)


def tried(workspace: Workspace, profile: Profile, wish: Wish, *, as_of: date | None, seconds: float = SECONDS) -> WhatIf:
    """Return what comes of a wish.

    Raises
    ------
    Problem
        422, naming the part of the wish that cannot be.
    """
    try:
        return what_if(workspace, profile, wish, as_of=as_of, seconds=seconds)
    except BadParameter as error:
        if error.name == "staff" and wish.staff is None:
            raise field_problem("wish.staff", "must say who there is: the profile says no hours a month") from None
        raise _of_wish(error) from None


def _of_wish(error: BadParameter) -> Problem:
    """Return the refusal of a part of a wish, named as it stands in the request."""
    name = error.name.replace("weights", "factors", 1)
    part = name.partition("[")[0].partition(".")[0]
    return field_problem(f"wish.{name}" if part in _PARTS else name, f"must be {error.expected}")


def basis(found: WhatIf) -> dict[str, Any]:
    """Return what an answer rests on."""
    decided = found.decided
    return {
        "profile_id": decided.profile.profile_id, "as_of": decided.rules.as_of, "lake_version": decided.lake_version,
    }  # fmt: skip


def plan_told(found: WhatIf, *, order: int) -> dict[str, Any]:
    """Return a plan as plain values, with the first `order` candidates as they stand under the wish."""
    results, planned, plan = found.results(), found.planned, found.planned.plan
    days = {one["candidate_id"]: one for one in plain_frame(planned.applications)}
    chosen = [{**days[one["candidate_id"]], **one} for one in results["chosen"]]
    return {
        **basis(found), "wish": found.wish.plain(), "forgotten": found.forgotten, "sentence": planned.sentence,
        "status": plan.status, "proven": plan.proven, "proof": plan.told(), "aim": plan.aim, "value": plan.value,
        "bound": _finite(plan.bound), "gap": _finite(plan.gap), "points": plan.points, "expected_usd": plan.expected_usd,
        "worst_years_usd": plan.worst_years_usd, "hours": plan.hours, "hours_available": plan.hours_available,
        "chosen": chosen, "schedule": plain_frame(plan.schedule), "binding": [asdict(one) for one in plan.binding],
        "worth_of_one_more_hour": plan.worth_of_one_more_hour, "swaps": [asdict(one) for one in plan.swaps],
        "left_out": plan.left_out, "unknown_worth": plan.unknown_worth,
        "conflict": plan.conflict.limits if plan.conflict else (), "order": results["order"][:order],
    }  # fmt: skip


def _finite(number: float | None) -> float | None:
    return number if number is not None and isfinite(number) else None
