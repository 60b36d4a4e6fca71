"""Why one candidate stands where it does."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from catalynx.api.access import needs
from catalynx.api.desk import At
from catalynx.api.models.basics import Day, Text
from catalynx.api.models.explanations import Explanation
from catalynx.hub import Permission
from catalynx.lookups.candidates import readable
from catalynx.lookups.explanation import explain
from catalynx.lookups.plain import plain_frame

ROUTER = APIRouter(tags=["discovery, scores, decisions"])


@ROUTER.get(
    "/profiles/{profile_id}/explanation",
    dependencies=[needs(Permission.VIEW)],
    response_model=Explanation,
    summary="Explain a score",
)
async def explanation(
    request: Request,
    desk: At,
    profile_id: str,
    candidate_id: Annotated[Text, Query(min_length=1, max_length=200, description="Its id, or words that only its name has.")],
    as_of: Day | None = None,
) -> dict[str, Any]:
    """Say what the score of a candidate is made of, how it differs from a middling one, and what speaks for and against it."""
    profile = await desk.profile(request, profile_id)
    found = await desk.toil(explain, desk.workspace(), profile, candidate_id, as_of=as_of)
    return {
        "profile_id": profile_id, "as_of": found.as_of, "lake_version": found.lake_version,
        "decision": readable(found.decision), "components": plain_frame(found.parts), "middling_score": found.middling,
        "compared_with": found.compared_with, "how_likely": asdict(found.how_likely),
    }  # fmt: skip
