"""What a profile's people follow, and how it moves through the funnel."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import Caller, needs
from catalynx.api.conditions import IfMatch, content_tag, must_match
from catalynx.api.desk import At, Desk, Entry
from catalynx.api.models.profiles import Follow, History, Move, TrackedAnswer, TrackedChanges, TrackedList
from catalynx.api.paging import Paging
from catalynx.hub import Permission
from catalynx.records.entries import Tracked
from catalynx.records.models import OUTCOMES, STAGES

ROUTER = APIRouter(tags=["tracked opportunities"])
KIND = "tracked opportunity"
_VIEW, _RUN = [needs(Permission.VIEW)], [needs(Permission.RUN)]
_STAGE = "^(" + "|".join([*STAGES, *OUTCOMES]) + ")$"
_ONE = "/profiles/{profile_id}/tracked/{tracked_id}"


@ROUTER.get("/profiles/{profile_id}/tracked", dependencies=_VIEW, response_model=TrackedList, summary="What is followed")
async def list_tracked(
    request: Request,
    desk: At,
    paging: Paging,
    profile_id: str,
    stage: Annotated[str | None, Query(pattern=_STAGE, description=", ".join([*STAGES, *OUTCOMES]))] = None,
) -> dict[str, Any]:
    """Return what is followed for a profile, in the funnel's order, then by deadline."""
    await desk.profile(request, profile_id)
    found = await desk.ask(desk.workspace().records.list_tracked, profile_id, stages=stage and [stage])
    return {**paging.of(len(found)), "tracked": paging.cut(found)}


@ROUTER.post("/profiles/{profile_id}/tracked", dependencies=_RUN, response_model=TrackedAnswer, status_code=201, summary="Follow")
async def follow(request: Request, response: Response, desk: At, person: Caller, profile_id: str, wanted: Follow) -> Tracked:
    """Follow a candidate; 409 when it is followed already."""
    await desk.profile(request, profile_id)
    made = await desk.change(
        request,
        lambda records: records.track(profile_id, by=person.name[:200], **wanted.model_dump()),
        lambda made: Entry("follow candidate", "profile", profile_id, {"tracked_id": made.tracked_id}),
    )
    response.headers["Location"] = f"{request.url.path}/{made.tracked_id}"
    response.headers["ETag"] = _tag(made)
    return made


@ROUTER.get(_ONE, dependencies=_VIEW, response_model=TrackedAnswer, summary="Read one that is followed")
async def read(request: Request, response: Response, desk: At, profile_id: str, tracked_id: str) -> Tracked:
    """Return what is known of one that is followed."""
    found = await _found(request, desk, profile_id, tracked_id)
    response.headers["ETag"] = _tag(found)
    return found


@ROUTER.patch(_ONE, dependencies=_RUN, response_model=TrackedAnswer, summary="Change one that is followed")
async def change(
    request: Request, response: Response, desk: At, profile_id: str, tracked_id: str, changes: TrackedChanges,
    if_match: IfMatch = None,
) -> Tracked:  # fmt: skip
    """Change owner, notes, ask or deadline; what is left out stays. If-Match must name what you read."""
    must_match(_tag(await _found(request, desk, profile_id, tracked_id)), if_match)
    given = changes.model_dump(exclude_unset=True)
    changed = await desk.change(
        request,
        lambda records: records.change_tracked(tracked_id, **given),
        lambda _: Entry("change tracked", "profile", profile_id, {"tracked_id": tracked_id, "fields": sorted(given)}),
    )
    response.headers["ETag"] = _tag(changed)
    return changed


@ROUTER.post(_ONE + "/stage", dependencies=_RUN, response_model=TrackedAnswer, summary="Move through the funnel")
async def move(
    request: Request, response: Response, desk: At, person: Caller, profile_id: str, tracked_id: str, wanted: Move
) -> Tracked:
    """Move it to a stage or an outcome; its history keeps the move. With expected_stage, 409 when it stands elsewhere."""
    await _found(request, desk, profile_id, tracked_id)
    moved = await desk.change(
        request,
        lambda records: records.move_stage(
            tracked_id, wanted.stage, by=person.name[:200], note=wanted.note, expected_stage=wanted.expected_stage
        ),
        lambda _: Entry("move tracked", "profile", profile_id, {"tracked_id": tracked_id, "stage": wanted.stage}),
    )
    response.headers["ETag"] = _tag(moved)
    return moved


@ROUTER.get(_ONE + "/history", dependencies=_VIEW, response_model=History, summary="How it moved")
async def history(request: Request, desk: At, profile_id: str, tracked_id: str) -> dict[str, Any]:
    """Return its moves through the funnel, oldest first."""
    await _found(request, desk, profile_id, tracked_id)
    moves = await desk.ask(desk.workspace().records.history, tracked_id)
    return {"tracked_id": tracked_id, "moves": moves}


async def _found(request: Request, desk: Desk, profile_id: str, tracked_id: str) -> Tracked:
    await desk.profile(request, profile_id)
    found = await desk.owned(request, KIND, tracked_id, desk.workspace().records.get_tracked, tracked_id)
    if found.profile_id != profile_id:
        raise await desk.refused(request, KIND, tracked_id)
    return found


def _tag(tracked: Tracked) -> str:
    return content_tag(f"{tracked.updated_at.isoformat()} {tracked.stage}".encode())
