"""How likely a new grant will be reported, how many of all who applied for federal money were funded, and the model of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import Caller, needs
from catalynx.api.desk import At
from catalynx.api.models.answers import JobAnswer
from catalynx.api.models.basics import Day
from catalynx.api.models.likelihood import LikelihoodsFound
from catalynx.api.paging import Paging
from catalynx.api.problems import Problem
from catalynx.api.resources.jobs import queued
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
async def likelihood(request: Request, desk: At, paging: Paging, profile_id: str, as_of: Day | None = None) -> dict[str, Any]:
    """Say of each foundation how likely a new grant will be reported, of federal money how many applications were funded.

    Chances are null, and `unknown` says why, until a model was trained on the lake's version: `POST /likelihood/models` does.
    """
    profile = await desk.profile(request, profile_id)
    found = await desk.toil(likelihoods_of, desk.workspace(), profile, as_of=as_of)
    begin = (paging.number - 1) * paging.size
    return {
        **paging.of(len(found.rows)), "profile_id": profile_id, "lake_version": found.lake_version, "as_of": found.as_of,
        "claim": CLAIM, "unknown": found.unknown, "first_year": found.first_year, "last_year": found.last_year,
        "learned_from": list(found.learned_from), "calibrated_on": found.calibrated_on,
        "likelihoods": plain_frame(found.rows.iloc[begin : begin + paging.size]),
    }  # fmt: skip


@ROUTER.post(
    "/likelihood/models",
    dependencies=[needs(Permission.RUN)],
    status_code=202,
    response_model=JobAnswer,
    summary="Train the model of chances",
)
async def train(request: Request, desk: At, person: Caller) -> Response:
    """Train the model on the lake's current version, in the background: the answer is the job, whose result is the model's card.

    It needs a minute of one core. A version that has a model keeps it.
    """
    if desk.jobs is None:
        raise Problem(503, "Nothing is done in the background here. `catalynx likelihood train` trains the model.")
    return await queued(request, desk, person, "likelihood", {}, None, detail={"lake_version": await desk.lake_version()})
