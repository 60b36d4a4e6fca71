"""Profiles: made, read, searched, replaced, purged; their figures; and everything of one to take away."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import Caller, caller, needs
from catalynx.api.conditions import TELLS_IF_NONE_MATCH, IfMatch, answer, expected_version, version_tag
from catalynx.api.desk import At, Desk, Entry, KeptProfile, desk_of, origin_of
from catalynx.api.models.basics import Day
from catalynx.api.models.profiles import Analytics, ProfileFields, ProfileList, ProfileMetrics
from catalynx.api.paging import Paging
from catalynx.api.problems import Problem, field_problem
from catalynx.api.trying import viewer
from catalynx.errors import Conflict
from catalynx.hub import LOCAL_TEAM, Permission, Person
from catalynx.lookups import profile_figures
from catalynx.lookups.takeout import takeout
from catalynx.records.profile import Profile, make_profile
from catalynx.workflows import profile_from_lake

ROUTER = APIRouter(tags=["profiles"])
_VIEW, _RUN, _ADMIN = ([needs(permission)] for permission in (Permission.VIEW, Permission.RUN, Permission.ADMIN))
_ORDER = r"^-?(name|created_at|updated_at)$"


@ROUTER.get(
    "/profiles/{profile_id}",
    dependencies=_VIEW,
    response_model=Profile,
    openapi_extra=TELLS_IF_NONE_MATCH,
    summary="Read a profile",
)
async def read(request: Request, profile_id: str) -> Response:
    """Return a profile, with its version as ETag."""
    desk, person = desk_of(request), caller(request)
    kept = desk.profiles.get(profile_id)
    if kept is None or not (person.teams is None or kept.team in person.teams):
        since = desk.profiles.dropped
        profile = await desk.profile(request, profile_id)
        kept = _keep(desk, profile, since)
    return answer(request, kept.body, kept.etag)


@ROUTER.get("/profiles", dependencies=_VIEW, response_model=ProfileList, summary="List and search profiles")
async def list_profiles(
    desk: At,
    person: Caller,
    paging: Paging,
    q: Annotated[str, Query(max_length=300, description="Each word must occur in name, EIN, place or focus areas.")] = "",
    ein: Annotated[str | None, Query(pattern=r"^\d{2}-?\d{7}$", description="Nine digits.")] = None,
    sort: Annotated[
        str, Query(pattern=_ORDER, description="name, created_at or updated_at; `-` before it turns it round.")
    ] = "name",
) -> dict[str, Any]:
    """Return one page of the profiles of your teams."""
    found = await desk.ask(
        desk.workspace().records.list_profiles, page=paging.number, page_size=paging.size, search=q, teams=person.teams,
        ein=ein and ein.replace("-", ""), sort=sort,
    )  # fmt: skip
    return {**paging.of(found.total), "profiles": found.profiles}


@ROUTER.post("/profiles", dependencies=_RUN, response_model=Profile, status_code=201, summary="Make a profile")
async def make(request: Request, desk: At, person: Caller, fields: ProfileFields) -> Response:
    """Make a profile. With an EIN and without a name it is filled in from the lake; what you send wins."""
    given = {**fields.given(), "team": _team(person, fields.team)}
    profile = await desk.ask(_filled_in, desk, given)
    kept = await desk.change(
        request, lambda records: records.save_profile(profile, expected_version=0), partial(_entry, "make profile")
    )
    response = _sent(desk, kept, status=201)
    response.headers["Location"] = f"{request.url.path}/{kept.profile_id}"
    return response


@ROUTER.put("/profiles/{profile_id}", dependencies=_RUN, response_model=Profile, summary="Replace a profile")
async def replace(
    request: Request, desk: At, person: Caller, profile_id: str, fields: ProfileFields, if_match: IfMatch = None
) -> Response:
    """Replace a profile by what you send. If-Match must name the version that you read."""
    before = await desk.profile(request, profile_id)
    if fields.profile_id not in (None, profile_id):
        raise field_problem("profile_id", "must be left out, or be that of the address")
    expected = expected_version(if_match, before.version)
    team = before.team if fields.team is None else _team(person, fields.team)
    given = {**fields.given(), "team": team, "profile_id": profile_id, "version": before.version}
    profile = await desk.ask(make_profile, given)
    try:
        kept = await desk.change(
            request, lambda records: records.save_profile(profile, expected_version=expected), partial(_entry, "change profile")
        )
    except Conflict as error:
        raise Problem(412, str(error)) from None
    finally:
        desk.forget_profile(profile_id)
    return _sent(desk, kept)


@ROUTER.delete("/profiles/{profile_id}", dependencies=_ADMIN, status_code=204, summary="Purge a profile")
async def purge(request: Request, desk: At, person: Caller, profile_id: str, if_match: IfMatch = None) -> Response:
    """Remove a profile for good, with its decisions, tracked opportunities, jobs, reports and exports.

    What stays is an entry of the audit that knows it by a pseudonym.
    """
    from catalynx.purging import purge_profile

    before = await desk.profile(request, profile_id)
    expected_version(if_match, before.version, required=False)
    await desk.audit(request, "ask for purge", "profile", profile_id)
    try:
        await desk.toil(purge_profile, desk.workspace(), profile_id, person.name, teams=person.teams, origin=origin_of(request))
    finally:
        desk.forget_profile(profile_id)
    return Response(status_code=204)


@ROUTER.get("/profiles/{profile_id}/analytics", dependencies=_VIEW, response_model=Analytics, summary="What the data say for it")
async def analytics(
    request: Request, desk: At, profile_id: str, as_of: Annotated[Day | None, Query(description="The day to judge for.")] = None
) -> dict[str, Any]:
    """Return candidates by kind and decision, scores, coverage, and what to do now."""
    profile = await desk.profile(request, profile_id)
    return await desk.toil(profile_figures.analytics, desk.workspace(), profile, as_of=as_of)


@ROUTER.get("/profiles/{profile_id}/metrics", dependencies=_VIEW, response_model=ProfileMetrics, summary="What was done for it")
async def metrics(request: Request, desk: At, profile_id: str) -> dict[str, Any]:
    """Return the funnel with its sums, decisions made, and reports run."""
    await desk.profile(request, profile_id)
    return await desk.ask(profile_figures.metrics, desk.workspace(), profile_id)


@ROUTER.get(
    "/profiles/{profile_id}/export",
    dependencies=_VIEW,
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "A zip: profile.yaml, and five files of JSON"}},
    summary="Take everything away",
)
async def take_away(request: Request, desk: At, person: Caller, profile_id: str) -> Response:
    """Return everything that people made for a profile, as a zip; of scenarios those that are shared, and yours."""
    profile = await desk.profile(request, profile_id)
    content = await desk.toil(takeout, desk.workspace(), profile, viewer=viewer(person))
    await desk.audit(request, "export profile", "profile", profile_id)
    name = {"Content-Disposition": f'attachment; filename="catalynx-{profile_id}.zip"'}
    return Response(content, headers=name, media_type="application/zip")


def _team(person: Person, wanted: str | None) -> str:
    """Return the team that a profile is to belong to: the one wanted, or the only one there is."""
    if wanted is not None:
        if person.teams is not None and wanted not in person.teams:
            raise field_problem("team", "must be one of your teams")
        return wanted
    if person.teams is None:
        return LOCAL_TEAM
    if len(person.teams) != 1:
        raise field_problem("team", "is required: one of your teams")
    return next(iter(person.teams))


def _filled_in(desk: Desk, given: dict[str, Any]) -> Profile:
    named = "organization_name" in given or "ein" not in given
    return make_profile(given) if named else profile_from_lake(desk.workspace(), str(make_ein(given.pop("ein"))), **given)


def _entry(action: str, kept: Profile) -> Entry:
    return Entry(action, "profile", kept.profile_id, {"version": kept.version})


def make_ein(given: object) -> str:
    """Return an EIN as nine digits, checked as that of a profile is."""
    return str(make_profile({"organization_name": "-", "ein": given}).ein)


def _keep(desk: Desk, profile: Profile, since: int | None = None) -> KeptProfile:
    kept = KeptProfile(profile.team, version_tag(profile.version), profile.model_dump_json().encode())
    desk.profiles.put(profile.profile_id, kept, since)
    return kept


def _sent(desk: Desk, profile: Profile, status: int = 200) -> Response:
    kept = _keep(desk, profile)
    return Response(kept.body, status, headers={"ETag": kept.etag}, media_type="application/json")
