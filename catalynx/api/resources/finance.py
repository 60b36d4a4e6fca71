"""The finances of a profile, and the risks of its candidates."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import needs
from catalynx.api.conditions import IfNoneMatch, answer, content_tag
from catalynx.api.desk import At, Desk
from catalynx.api.models.basics import Day, Text
from catalynx.api.models.finance import FinancesAnswer, RisksAnswer, RisksAsked
from catalynx.api.paging import Page, Paging
from catalynx.hub import Permission
from catalynx.lookups.finances import finances_answer
from catalynx.lookups.risks import RiskPage, risks_answer
from catalynx.records.profile import Profile

ROUTER = APIRouter(tags=["finance and risk"])
_VIEW, _RUN = ([needs(permission)] for permission in (Permission.VIEW, Permission.RUN))


@ROUTER.get(
    "/profiles/{profile_id}/finances", dependencies=_VIEW, response_model=FinancesAnswer, summary="Finances of the applicant"
)
async def finances(
    request: Request,
    desk: At,
    profile_id: str,
    as_of: Annotated[Day | None, Query(description="The day to judge for; returns made later do not count.")] = None,
    award_usd: Annotated[
        float | None, Query(gt=0, le=1e13, allow_inf_nan=False, description="An award to be ready for, in dollars a year.")
    ] = None,
    federal: Annotated[bool, Query(description="Whether that award is federal money.")] = False,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return every ratio of its own returns by year, with trend, peers, and readiness for an award."""
    profile = await desk.profile(request, profile_id)
    found = await desk.toil(finances_answer, desk.workspace(), profile, as_of=as_of, award_usd=award_usd, federal=federal)
    return _sent(request, found)


@ROUTER.get("/profiles/{profile_id}/risks", dependencies=_VIEW, response_model=RisksAnswer, summary="Risks")
async def risks(
    request: Request,
    desk: At,
    paging: Paging,
    profile_id: str,
    as_of: Annotated[Day | None, Query(description="The day to judge for.")] = None,
    candidate_id: Annotated[Text | None, Query(min_length=1, max_length=200, description="This candidate alone.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the risk of every candidate, in the order of the decisions, with the signals it is made of."""
    profile = await desk.profile(request, profile_id)
    # What stands in the address was checked already, and is a day, no longer the text of one.
    asked = RisksAsked.model_construct(as_of=as_of, candidate_ids=None if candidate_id is None else [candidate_id])
    return _sent(request, await _risks(desk, profile, asked, paging))


@ROUTER.post("/profiles/{profile_id}/risks", dependencies=_RUN, response_model=RisksAnswer, summary="Risks by limits of your own")
async def risks_by_limits(
    request: Request, desk: At, paging: Paging, profile_id: str, asked: RisksAsked | None = None
) -> dict[str, Any]:
    """Return risks with other weights or thresholds than the usual ones."""
    profile = await desk.profile(request, profile_id)
    return await _risks(desk, profile, asked or RisksAsked(), paging)


async def _risks(desk: Desk, profile: Profile, asked: RisksAsked, paging: Page) -> dict[str, Any]:
    from catalynx.scoring.limits import Limits

    changes = {
        name: value
        for name in ("weights", "reserve_months", "cash_months", "largest_share", "years_back")
        if (value := getattr(asked, name)) is not None
    }
    part = RiskPage((paging.number - 1) * paging.size, paging.size, asked.kinds, asked.candidate_ids)
    day: date | None = asked.as_of
    total, found = await desk.toil(
        risks_answer, desk.workspace(), profile, part, as_of=day, limits=replace(Limits(), **changes) if changes else None
    )
    return {**paging.of(total), **found}


def _sent(request: Request, found: dict[str, Any]) -> Response:
    body = json.dumps(found, allow_nan=False, default=str).encode()
    return answer(request, body, content_tag(body))
