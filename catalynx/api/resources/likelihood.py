"""How likely a new grant will be reported."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from catalynx.api.access import needs
from catalynx.api.desk import At
from catalynx.api.models.likelihood import LikelihoodsFound
from catalynx.api.paging import Paging
from catalynx.hub import Permission
from catalynx.lookups.likelihood import CLAIM, likelihoods_of
from catalynx.lookups.plain import plain_frame

ROUTER = APIRouter(tags=["discovery, scores, decisions"])


@ROUTER.get(
    "/profiles/{profile_id}/likelihood",
    dependencies=[needs(Permission.VIEW)],
    response_model=LikelihoodsFound,
    summary="How likely a new grant will be reported",
)
async def likelihood(request: Request, desk: At, paging: Paging, profile_id: str) -> dict[str, Any]:
    """Say how likely a new grant from each foundation will be reported; 404 until a model was trained on the lake's version."""
    profile = await desk.profile(request, profile_id)
    found = await desk.toil(likelihoods_of, desk.workspace(), profile)
    begin = (paging.number - 1) * paging.size
    return {
        **paging.of(len(found.rows)), "profile_id": profile_id, "lake_version": found.lake_version, "claim": CLAIM,
        "first_year": found.first_year, "last_year": found.last_year, "learned_from": list(found.learned_from),
        "calibrated_on": found.calibrated_on, "likelihoods": plain_frame(found.rows.iloc[begin : begin + paging.size]),
    }  # fmt: skip
