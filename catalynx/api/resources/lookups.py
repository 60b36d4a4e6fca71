"""Search, one organisation, the evidence behind a candidate, decisions that were kept, charts and the overview."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import Caller, needs
from catalynx.api.conditions import IfNoneMatch, answer, content_tag
from catalynx.api.desk import At
from catalynx.api.models import answers
from catalynx.api.models.basics import Day, Text
from catalynx.api.paging import Paging
from catalynx.api.problems import field_problem
from catalynx.hub import Permission
from catalynx.lookups.charts import chart
from catalynx.lookups.evidence import evidence_of
from catalynx.lookups.organization import organization
from catalynx.lookups.plain import plain_frame
from catalynx.lookups.profile_figures import overview
from catalynx.lookups.search import KINDS, search

ROUTER = APIRouter(tags=["lookups"])
_VIEW = [needs(Permission.VIEW)]


@ROUTER.get("/search", dependencies=_VIEW, response_model=answers.SearchFound, summary="Search the lake")
async def find(
    desk: At,
    q: Annotated[Text, Query(min_length=1, max_length=200, description="Words that begin words of the name; an EIN; NN.NNN.")],
    kinds: Annotated[str, Query(max_length=60, description=f"Of {', '.join(KINDS)}, with commas.")] = ",".join(KINDS),
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100, description="How many of each kind.")] = 20,
) -> dict[str, Any]:
    """Find organisations, funders, programs and opportunities."""
    wanted = tuple(kind for kind in kinds.split(",") if kind)
    if not wanted or not set(wanted) <= set(KINDS):
        raise field_problem("kinds", f"must be among {', '.join(KINDS)}, with commas between")
    key = (await desk.lake_version(), q, wanted, page, page_size)
    found = desk.searches.get(key)
    if found is None:
        found = await desk.ask(search, desk.workspace(), q, kinds=wanted, page=page, page_size=page_size)
        desk.searches.put(key, found)
    return {"query": q, "page": page, "page_size": page_size, **found}


@ROUTER.get("/entities/{ein}/data", dependencies=_VIEW, response_model=answers.Entity, summary="One organisation")
async def entity(
    request: Request,
    desk: At,
    ein: Annotated[str, Path(pattern=r"^\d{2}-?\d{7}$", description="Nine digits.", examples=["03-0179436"])],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return what the lake holds of an organisation: from memory when it was asked for before."""
    workspace = desk.workspace()
    digits = ein.replace("-", "")
    version = await desk.lake_version()
    found = desk.entities.get((version, digits))
    cached = found is not None
    if found is None:
        found = await desk.ask(organization, workspace, digits)
        desk.entities.put((version, digits), found)
    body = json.dumps({**found, "from_cache": cached}, allow_nan=False).encode()
    return answer(request, body, content_tag(f"{version} {digits}".encode()))


@ROUTER.get(
    "/discovery/entity-cache-stats", dependencies=_VIEW, response_model=answers.CacheStats, summary="How well it remembers"
)
async def cache_stats(desk: At) -> dict[str, Any]:
    """Return how often an organisation was in memory already."""
    return desk.entities.figures()


@ROUTER.post("/visualizations/generate-chart", dependencies=_VIEW, response_model=answers.ChartAnswer, summary="Draw a figure")
async def draw(request: Request, desk: At, asked: answers.ChartAsked) -> dict[str, Any]:
    """Return a figure for a profile, and the rows behind it."""
    profile = await desk.profile(request, asked.profile_id)
    drawn = await desk.toil(
        chart, desk.workspace(), profile, asked.chart_type, candidate_id=asked.candidate_id, as_of=asked.as_of
    )
    return {
        "profile_id": asked.profile_id, "chart_type": asked.chart_type, "question": drawn.question,
        "chart_config": drawn.chart_config, "table": drawn.table,
    }  # fmt: skip


@ROUTER.get("/analytics/overview", dependencies=_VIEW, response_model=answers.Overview, summary="Counts and trends")
async def see_all(desk: At, person: Caller) -> dict[str, Any]:
    """Return counts over the profiles of your teams, and what the lake holds."""
    return await desk.toil(overview, desk.workspace(), person.teams)


@ROUTER.get(
    "/profiles/{profile_id}/decisions", dependencies=_VIEW, response_model=answers.DecisionSetList, summary="Sets of decisions"
)
async def decision_sets(request: Request, desk: At, paging: Paging, profile_id: str) -> dict[str, Any]:
    """Return the sets of decisions that were kept, the newest first, and what each rests on."""
    await desk.profile(request, profile_id)
    found = await desk.ask(desk.workspace().records.list_decision_sets, profile_id)
    return {**paging.of(len(found)), "decision_sets": paging.cut(found)}


@ROUTER.get(
    "/profiles/{profile_id}/decisions/{set_id}",
    dependencies=_VIEW,
    response_model=answers.KeptDecisions,
    summary="Decisions kept",
)
async def decisions(
    request: Request,
    desk: At,
    paging: Paging,
    profile_id: str,
    set_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")],
) -> dict[str, Any]:
    """Return the decisions of a set by rank, as they were decided."""
    await desk.profile(request, profile_id)
    found = await desk.ask(desk.workspace().records.list_decisions, profile_id, set_id=set_id)
    if not found:
        raise await desk.refused(request, "set of decisions", set_id)
    rows = [{"decision_id": one.decision_id, **one.fields} for one in paging.cut(found)]
    return {**paging.of(len(found)), "set_id": set_id, "decisions": rows}


@ROUTER.get(
    "/profiles/{profile_id}/evidence", dependencies=_VIEW, response_model=answers.EvidenceRows, summary="Rows behind a candidate"
)
async def evidence(
    request: Request,
    desk: At,
    paging: Paging,
    profile_id: str,
    candidate_id: Annotated[Text, Query(min_length=1, max_length=200)],
    criterion: Annotated[
        Text | None, Query(min_length=1, max_length=40, description="Only what this number of its score rests on.")
    ] = None,
    as_of: Day | None = None,
) -> dict[str, Any]:
    """Return the rows behind a candidate: gifts to the profile first, then to its field in its state, then the newest.

    With a criterion (a name in the components of a score, or `eligibility`) the rows that this one number rests on, the nearest
    first, each with source, file and place; of returns the line of the form and its path.
    """
    profile = await desk.profile(request, profile_id)
    found = await desk.toil(evidence_of, desk.workspace(), profile, candidate_id, criterion, as_of=as_of)
    begin = (paging.number - 1) * paging.size
    rows = await desk.ask(plain_frame, found.iloc[begin : begin + paging.size])
    return {**paging.of(len(found)), "candidate_id": candidate_id, "criterion": criterion, "rows": rows}
