"""Scenarios: what people try, kept under a name, shared, changed without losing anybody's work, and undone."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import Caller, needs
from catalynx.api.conditions import IfMatch, content_tag, must_match
from catalynx.api.desk import At, Desk, Entry
from catalynx.api.models.scenarios import CloneAsked, ScenarioAnswer, ScenarioAsked, ScenarioHistory, ScenarioList, ShareAsked
from catalynx.api.paging import Paging
from catalynx.api.problems import Problem
from catalynx.api.trying import as_wish, scenario_of, signature, viewer
from catalynx.errors import Conflict
from catalynx.hub import Permission, Person
from catalynx.records.scenarios import Scenario
from catalynx.records.store import Records

ROUTER = APIRouter(tags=["decision desk"])
_VIEW, _RUN = [needs(Permission.VIEW)], [needs(Permission.RUN)]
_ALL = "/profiles/{profile_id}/scenarios"
_ONE = _ALL + "/{scenario_id}"


@ROUTER.get(_ALL, dependencies=_VIEW, response_model=ScenarioList, summary="List scenarios")
async def list_scenarios(request: Request, desk: At, person: Caller, paging: Paging, profile_id: str) -> dict[str, Any]:
    """Return the scenarios of a profile that are shared, and yours, by name."""
    await desk.profile(request, profile_id)
    found = await desk.ask(desk.workspace().records.list_scenarios, profile_id, viewer=viewer(person))
    return {**paging.of(len(found)), "scenarios": paging.cut(found)}


@ROUTER.post(_ALL, dependencies=_RUN, response_model=ScenarioAnswer, status_code=201, summary="Keep a scenario")
async def make(request: Request, response: Response, desk: At, person: Caller, profile_id: str, asked: ScenarioAsked) -> Scenario:
    """Keep what is tried under a name, for you alone until it is shared; 409 when you have one of that name already."""
    await desk.profile(request, profile_id)
    wish = as_wish(asked.wish).plain()
    made = await desk.change(
        request,
        lambda records: records.create_scenario(profile_id, asked.name, wish, by=signature(person)),
        lambda made: _entry("make scenario", made),
    )
    return _sent(response, made, f"{request.url.path}/{made.scenario_id}")


@ROUTER.get(_ONE, dependencies=_VIEW, response_model=ScenarioAnswer, summary="Read a scenario")
async def read(request: Request, response: Response, desk: At, person: Caller, profile_id: str, scenario_id: str) -> Scenario:
    """Return a scenario as it stands."""
    return _sent(response, await _found(request, desk, person, profile_id, scenario_id))


@ROUTER.put(_ONE, dependencies=_RUN, response_model=ScenarioAnswer, summary="Change a scenario")
async def replace(
    request: Request, response: Response, desk: At, person: Caller, profile_id: str, scenario_id: str, asked: ScenarioAsked,
    if_match: IfMatch = None,
) -> Scenario:  # fmt: skip
    """Let a scenario say something else, or give it another name. If-Match must name what you read; all it said stays."""
    must_match(_tag(await _found(request, desk, person, profile_id, scenario_id)), if_match)
    wish, who = as_wish(asked.wish).plain(), {"viewer": viewer(person)}

    def change(records: Records) -> Scenario:
        now = records.get_scenario(scenario_id, **who)
        must_match(_tag(now), if_match)
        if asked.name != now.name:
            records.rename_scenario(scenario_id, asked.name, **who)
        try:
            return records.change_scenario(scenario_id, wish, expected_version=now.version, by=signature(person), **who)
        except Conflict as error:
            raise Problem(412, str(error)) from None

    return _sent(response, await desk.change(request, change, lambda kept: _entry("change scenario", kept)))


@ROUTER.delete(_ONE, dependencies=_RUN, status_code=204, summary="Delete a scenario")
async def delete(
    request: Request, desk: At, person: Caller, profile_id: str, scenario_id: str, if_match: IfMatch = None
) -> Response:
    """Delete a scenario of yours with its history; what was signed on it keeps what it needs."""
    found = await _own(request, desk, person, profile_id, scenario_id)
    if if_match is not None:
        must_match(_tag(found), if_match)
    await desk.change(
        request,
        lambda records: records.delete_scenario(scenario_id, viewer=viewer(person)),
        lambda gone: _entry("delete scenario", gone),
    )
    return Response(status_code=204)


@ROUTER.post(_ONE + "/clone", dependencies=_RUN, response_model=ScenarioAnswer, status_code=201, summary="Copy a scenario")
async def clone(
    request: Request, response: Response, desk: At, person: Caller, profile_id: str, scenario_id: str, asked: CloneAsked
) -> Scenario:
    """Keep what a scenario says under another name too, for you alone until it is shared."""
    await _found(request, desk, person, profile_id, scenario_id)
    made = await desk.change(
        request,
        lambda records: records.clone_scenario(scenario_id, asked.name, by=signature(person), viewer=viewer(person)),
        lambda made: _entry("clone scenario", made),
    )
    return _sent(response, made, f"{request.url.path.removesuffix(f'{scenario_id}/clone')}{made.scenario_id}")


@ROUTER.post(_ONE + "/undo", dependencies=_RUN, response_model=ScenarioAnswer, summary="Take the last change back")
async def undo(
    request: Request, response: Response, desk: At, person: Caller, profile_id: str, scenario_id: str, if_match: IfMatch = None
) -> Scenario:
    """Let a scenario say what it said before its last change; again, what before that. 409 when nothing is left to undo."""
    found = await _found(request, desk, person, profile_id, scenario_id)
    must_match(_tag(found), if_match)
    before = await desk.change(
        request,
        lambda records: records.undo_scenario(
            scenario_id, expected_version=found.version, by=signature(person), viewer=viewer(person)
        ),
        lambda kept: _entry("undo scenario", kept),
    )
    return _sent(response, before)


@ROUTER.post(_ONE + "/share", dependencies=_RUN, response_model=ScenarioAnswer, summary="Share a scenario")
async def share(
    request: Request, response: Response, desk: At, person: Caller, profile_id: str, scenario_id: str, asked: ShareAsked
) -> Scenario:
    """Show a scenario of yours to the team, or to you alone."""
    await _own(request, desk, person, profile_id, scenario_id)
    told = await desk.change(
        request,
        lambda records: records.share_scenario(scenario_id, asked.shared, viewer=viewer(person)),
        lambda kept: _entry("share scenario", kept, shared=kept.shared),
    )
    return _sent(response, told)


@ROUTER.get(_ONE + "/history", dependencies=_VIEW, response_model=ScenarioHistory, summary="How a scenario changed")
async def history(request: Request, desk: At, person: Caller, profile_id: str, scenario_id: str) -> dict[str, Any]:
    """Return a scenario in every version, oldest first: what it said, who changed it, and when."""
    await _found(request, desk, person, profile_id, scenario_id)
    versions = await desk.ask(desk.workspace().records.scenario_history, scenario_id, viewer=viewer(person))
    return {"scenario_id": scenario_id, "versions": versions}


async def _found(request: Request, desk: Desk, person: Person, profile_id: str, scenario_id: str) -> Scenario:
    await desk.profile(request, profile_id)
    return await scenario_of(request, desk, person, profile_id, scenario_id)


async def _own(request: Request, desk: Desk, person: Person, profile_id: str, scenario_id: str) -> Scenario:
    found = await _found(request, desk, person, profile_id, scenario_id)
    if viewer(person) not in (None, found.author):
        raise await desk.forbidden(request, "Only its author shares or deletes a scenario. You can copy it.")
    return found


def _entry(action: str, scenario: Scenario, **more: object) -> Entry:
    detail = {"scenario_id": scenario.scenario_id, "version": scenario.version, **more}
    return Entry(action, "profile", scenario.profile_id, detail)


def _tag(scenario: Scenario) -> str:
    """Return the ETag: another name, or being shared, is another state too, though no other version."""
    return content_tag(json.dumps([scenario.version, scenario.name, scenario.shared]).encode())


def _sent(response: Response, scenario: Scenario, location: str | None = None) -> Scenario:
    response.headers["ETag"] = _tag(scenario)
    if location is not None:
        response.headers["Location"] = location
    return scenario
