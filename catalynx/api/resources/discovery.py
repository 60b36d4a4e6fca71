"""Discovery, scores and decisions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from catalynx import workflows
from catalynx.api.access import Caller, needs
from catalynx.api.desk import At, Desk, Entry
from catalynx.api.models.scores import (
    Decisions,
    DecisionsAsked,
    Discover,
    FederalAsked,
    Opportunities,
    RulesAsked,
    Scores,
    ScoresAsked,
)
from catalynx.api.paging import Page, Paging
from catalynx.api.problems import field_problem
from catalynx.hub import Permission
from catalynx.lookups import candidates
from catalynx.lookups.candidates import Found, Part, Wanted
from catalynx.records.profile import Profile

ROUTER = APIRouter(tags=["discovery, scores, decisions"])
_RUN = [needs(Permission.RUN)]
FEDERAL = ("program", "opportunity")


@ROUTER.post(
    "/profiles/{profile_id}/discover/entity-analytics", dependencies=_RUN, response_model=Opportunities, summary="Discover"
)
async def discover(request: Request, desk: At, paging: Paging, profile_id: str, asked: Discover | None = None) -> dict[str, Any]:
    """Find the foundations, federal programs and opportunities that a profile could turn to, the best first."""
    profile = await desk.profile(request, profile_id)
    return await _opportunities(desk, profile, asked or Discover(), paging, profile_id)


@ROUTER.post("/discovery/federal", dependencies=_RUN, response_model=Opportunities, summary="Discover federal money alone")
async def discover_federal(request: Request, desk: At, paging: Paging, asked: FederalAsked | None = None) -> dict[str, Any]:
    """Find federal programs and opportunities, for a profile or for anybody."""
    asked = asked or FederalAsked()
    if asked.kinds is not None and not set(asked.kinds) <= set(FEDERAL):
        raise field_problem("kinds", f"must be among {', '.join(FEDERAL)}")
    profile = candidates.anybody() if asked.profile_id is None else await desk.profile(request, asked.profile_id)
    return await _opportunities(desk, profile, asked, paging, asked.profile_id, asked.kinds or FEDERAL)


@ROUTER.post("/profiles/{profile_id}/opportunity-scores", dependencies=_RUN, response_model=Scores, summary="Score")
async def score(request: Request, desk: At, paging: Paging, profile_id: str, asked: ScoresAsked | None = None) -> dict[str, Any]:
    """Score candidates: each with its components, its coverage, and where its evidence stands."""
    asked = asked or ScoresAsked()
    profile = await desk.profile(request, profile_id)
    wanted = Wanted(kinds=asked.kinds, candidate_ids=asked.candidate_ids, minimum_score=asked.minimum_score)
    found = await desk.toil(_scored, desk, profile, wanted, _part(paging), asked)
    return {**_basis(found, paging, profile_id), "results": found.rows}


@ROUTER.post("/profiles/{profile_id}/approach/synthesize-decision", dependencies=_RUN, response_model=Decisions, summary="Decide")
async def decide(
    request: Request, desk: At, person: Caller, paging: Paging, profile_id: str, asked: DecisionsAsked | None = None
) -> dict[str, Any]:
    """Decide what to do about every candidate, with reasons, and keep the decisions unless told not to."""
    asked = asked or DecisionsAsked()
    profile = await desk.profile(request, profile_id)
    wanted = Wanted(recommendation=asked.recommendation)
    found = await desk.toil(_decided, desk, profile, wanted, _part(paging), asked)
    set_id = None
    if asked.record:
        set_id = await desk.change(
            request,
            lambda _: workflows.record(desk.workspace(), found.decided, by=person.name[:200]),
            lambda set_id: Entry("record decisions", "profile", profile_id, {"set_id": set_id}),
            slow=True,
        )
    agenda = found.decided.agenda
    told = {
        "sentence": agenda.sentence, "candidate_ids": list(agenda.chosen), "hours": agenda.hours, "low_hours": agenda.low_hours,
        "high_hours": agenda.high_hours, "capacity_hours": agenda.capacity_hours,
        "next_deadline": agenda.next_deadline and agenda.next_deadline.isoformat(),
    }  # fmt: skip
    return {
        **_basis(found, paging, profile_id), "decisions": found.rows, "agenda": told, "set_id": set_id,
        "by_recommendation": found.counts["recommendation"],
    }  # fmt: skip


async def _opportunities(
    desk: Desk, profile: Profile, asked: Discover, paging: Page, profile_id: str | None, kinds: Any = None
) -> dict[str, Any]:
    wanted = Wanted(kinds=kinds or asked.kinds, eligibility=asked.eligibility, words=asked.query or "")
    found = await desk.toil(candidates.opportunities, desk.workspace(), profile, wanted, _part(paging), as_of=asked.as_of)
    counts = {f"by_{name}": number for name, number in found.counts.items()}
    return {**_basis(found, paging, profile_id), "opportunities": found.rows, **counts}


def _scored(desk: Desk, profile: Profile, wanted: Wanted, part: Part, asked: ScoresAsked) -> Found:
    workspace = desk.workspace()
    return candidates.scores(workspace, profile, wanted, part, candidates.changed_rules(workspace, profile, **_rules(asked)))


def _decided(desk: Desk, profile: Profile, wanted: Wanted, part: Part, asked: DecisionsAsked) -> Found:
    workspace = desk.workspace()
    return candidates.decisions(workspace, profile, wanted, part, candidates.changed_rules(workspace, profile, **_rules(asked)))


def _rules(asked: RulesAsked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in RulesAsked.model_fields}


def _part(paging: Page) -> Part:
    return Part((paging.number - 1) * paging.size, paging.size)


def _basis(found: Found, paging: Page, profile_id: str | None) -> dict[str, Any]:
    decided = found.decided
    return {
        **paging.of(found.total), "profile_id": profile_id, "as_of": decided.rules.as_of, "lake_version": decided.lake_version,
    }  # fmt: skip
