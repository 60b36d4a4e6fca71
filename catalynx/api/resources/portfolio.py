"""What if: plans under a wish, and two of them side by side. Nothing is kept."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from catalynx.api.access import Caller, needs
from catalynx.api.desk import At
from catalynx.api.models.scenarios import AS_IT_IS, CompareAsked, Comparison, PlanAnswer, PlanAsked
from catalynx.api.trying import basis, plan_told, scenario_of, tried, wish_asked
from catalynx.decision.wish_reading import wish_of
from catalynx.decision.wishes import Wish
from catalynx.hub import Permission
from catalynx.lookups.plain import plain_frame
from catalynx.records.profile import Profile
from catalynx.records.scenarios import Scenario
from catalynx.what_if import WhatIf, compare
from catalynx.workflows import Workspace

ROUTER = APIRouter(tags=["decision desk"])
_VIEW = [needs(Permission.VIEW)]


@ROUTER.post("/profiles/{profile_id}/portfolio", dependencies=_VIEW, response_model=PlanAnswer, summary="Plan")
async def plan(request: Request, desk: At, person: Caller, profile_id: str, asked: PlanAsked | None = None) -> dict[str, Any]:
    """Say which applications to work on, when and by whom: the most worth within hours, deadlines and limits. Nothing is kept."""
    asked = asked or PlanAsked()
    profile = await desk.profile(request, profile_id)
    wish = await wish_asked(request, desk, person, profile_id, asked)

    def told(workspace: Workspace) -> dict[str, Any]:
        return plan_told(tried(workspace, profile, wish, as_of=asked.as_of, seconds=asked.seconds), order=asked.order)

    return await desk.toil(told, desk.workspace())


@ROUTER.post(
    "/profiles/{profile_id}/scenarios/compare", dependencies=_VIEW, response_model=Comparison, summary="Compare two scenarios"
)
async def compare_two(request: Request, desk: At, person: Caller, profile_id: str, asked: CompareAsked) -> dict[str, Any]:
    """Say what enters and leaves the plan from one scenario to another, and what becomes of value, hours and risk."""
    profile = await desk.profile(request, profile_id)
    sides = [
        None if one == AS_IT_IS else await scenario_of(request, desk, person, profile_id, one)
        for one in (asked.first, asked.second)
    ]
    return await desk.toil(partial(_compared, desk.workspace(), profile, sides, asked))


def _compared(workspace: Workspace, profile: Profile, sides: list[Scenario | None], asked: CompareAsked) -> dict[str, Any]:
    wishes = [Wish() if side is None else wish_of(side.wish) for side in sides]
    first, second = (tried(workspace, profile, wish, as_of=asked.as_of, seconds=asked.seconds) for wish in wishes)
    found = compare(first, second)
    return {
        **basis(second), "first": _side(sides[0], first), "second": _side(sides[1], second), "enters": found.enters,
        "leaves": found.leaves, "applications": plain_frame(found.rows), "sentence": found.sentence,
    }  # fmt: skip


def _side(scenario: Scenario | None, found: WhatIf) -> dict[str, Any]:
    plan = found.planned.plan
    return {
        "scenario_id": scenario and scenario.scenario_id, "name": AS_IT_IS if scenario is None else scenario.name,
        "wish": found.wish.plain(), "status": plan.status, "proven": plan.proven, "aim": plan.aim, "value": plan.value,
        "hours": found.planned.hours, "worst_years_usd": plan.worst_years_usd,
    }  # fmt: skip
