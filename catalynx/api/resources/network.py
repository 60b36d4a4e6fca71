"""Who is tied to a profile's organisation, and the shortest ways to a funder."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import needs
from catalynx.api.conditions import IfNoneMatch, answer, content_tag
from catalynx.api.desk import At
from catalynx.api.models.basics import Day, Text
from catalynx.api.models.network import NetworkAnswer, PathsAnswer
from catalynx.hub import Permission
from catalynx.lookups.network import network_answer
from catalynx.lookups.paths import paths_answer

ROUTER = APIRouter(tags=["network"])
_VIEW = [needs(Permission.VIEW)]


@ROUTER.get(
    "/profiles/{profile_id}/network", dependencies=_VIEW, response_model=NetworkAnswer, summary="Shared people and funders"
)
async def ties(
    request: Request,
    desk: At,
    profile_id: str,
    as_of: Annotated[Day | None, Query(description="The day to judge for; grants of later years do not count.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return people on several boards, funders of the same grantees, and the most central funders."""
    profile = await desk.profile(request, profile_id)
    return _sent(request, await desk.toil(network_answer, desk.workspace(), profile, as_of=as_of))


@ROUTER.get("/profiles/{profile_id}/network/path", dependencies=_VIEW, response_model=PathsAnswer, summary="Ways to a funder")
async def path(
    request: Request,
    desk: At,
    profile_id: str,
    to: Annotated[Text, Query(min_length=1, max_length=200, description="A foundation: candidate id, EIN, or part of its name.")],
    through: Annotated[str, Query(pattern="^(any|people)$", description="any, or people to leave grants out.")] = "any",
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the shortest ways from the profile's organisation to a funder, step by step."""
    profile = await desk.profile(request, profile_id)
    return _sent(request, await desk.toil(paths_answer, desk.workspace(), profile, to, through=through))


def _sent(request: Request, found: dict[str, Any]) -> Response:
    body = json.dumps(found, allow_nan=False).encode()
    return answer(request, body, content_tag(body))
