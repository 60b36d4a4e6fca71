"""Signed decisions: what was decided, reckoned again, and what became of its applications."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import Caller, needs
from catalynx.api.desk import At, Desk, Entry
from catalynx.api.models.signing import (
    CalibrationAnswer,
    OutcomeAnswer,
    OutcomeAsked,
    OutcomeList,
    ReplayAnswer,
    ReplayAsked,
    SignAsked,
    SignedInFull,
    SignedList,
)
from catalynx.api.paging import Paging
from catalynx.api.trying import signature, tried, wish_asked
from catalynx.hub import Permission
from catalynx.lookups.calibration import calibration_in_words, calibration_of
from catalynx.records.signing import Outcome, SignedDecision
from catalynx.replaying import replay
from catalynx.what_if import sign

ROUTER = APIRouter(tags=["decision desk"])
KIND = "signed decision"
_VIEW, _RUN = [needs(Permission.VIEW)], [needs(Permission.RUN)]
_ALL = "/profiles/{profile_id}/signed-decisions"
_ONE = _ALL + "/{signed_id}"


@ROUTER.get(_ALL, dependencies=_VIEW, response_model=SignedList, summary="List signed decisions")
async def list_signed(request: Request, desk: At, paging: Paging, profile_id: str) -> dict[str, Any]:
    """Return what was signed for a profile, newest first, what was replaced too."""
    await desk.profile(request, profile_id)
    found = await desk.ask(desk.workspace().records.list_signed, profile_id)
    return {**paging.of(len(found)), "decisions": paging.cut(found)}


@ROUTER.post(_ALL, dependencies=_RUN, response_model=SignedInFull, status_code=201, summary="Sign a decision")
async def sign_plan(
    request: Request, response: Response, desk: At, person: Caller, profile_id: str, asked: SignAsked
) -> SignedDecision:
    """Plan, and sign the plan with all that is needed to reckon it again; it is never changed, only replaced."""
    profile = await desk.profile(request, profile_id)
    if asked.replaces is not None:
        await _found(request, desk, profile_id, asked.replaces)
    wish = await wish_asked(request, desk, person, profile_id, asked)
    found = await desk.toil(tried, desk.workspace(), profile, wish, as_of=asked.as_of)
    kept = await desk.change(
        request,
        lambda records: sign(
            records, found, title=asked.title, why=asked.why, dissent=asked.dissent, replaces=asked.replaces, by=signature(person)
        ),
        lambda kept: Entry("sign decision", "profile", profile_id, {"signed_id": kept.signed_id, "version": kept.version}),
        slow=True,
    )
    response.headers["Location"] = f"{request.url.path}/{kept.signed_id}"
    return kept


@ROUTER.get(_ONE, dependencies=_VIEW, response_model=SignedInFull, summary="Read a signed decision")
async def read(request: Request, desk: At, profile_id: str, signed_id: str) -> SignedDecision:
    """Return a signed decision with what it rests on, and the numbers that came of it."""
    return await _found(request, desk, profile_id, signed_id)


@ROUTER.post(_ONE + "/replay", dependencies=_VIEW, response_model=ReplayAnswer, summary="Reckon a signed decision again")
async def reckon_again(
    request: Request, desk: At, profile_id: str, signed_id: str, asked: ReplayAsked | None = None
) -> dict[str, Any]:
    """Reckon it again from what it rests on: the same numbers, or which input and which number is another. Nothing is kept.

    A plan whose search was ended by time may be another in another run; what differs of it is told apart, as `search ended`.
    """
    await _found(request, desk, profile_id, signed_id)
    found = await desk.toil(replay, desk.workspace(), signed_id, today=asked is not None and asked.today)
    return {
        "signed_id": signed_id, "same": found.same, "verdict": found.verdict, "sentence": found.sentence,
        "changed": found.changed, "count": found.count, "differences": [asdict(one) for one in found.differences],
        "ended": found.ended or None, "plan_count": found.plan_count,
        "plan_differences": [asdict(one) for one in found.plan_differences],
    }  # fmt: skip


@ROUTER.get(_ONE + "/outcomes", dependencies=_VIEW, response_model=OutcomeList, summary="What became of it")
async def list_outcomes(request: Request, desk: At, paging: Paging, profile_id: str, signed_id: str) -> dict[str, Any]:
    """Return what was written down of its applications, oldest first; the newest of a candidate counts."""
    await _found(request, desk, profile_id, signed_id)
    found = await desk.ask(desk.workspace().records.list_outcomes, profile_id, signed_id=signed_id)
    return {**paging.of(len(found)), "outcomes": paging.cut(found)}


@ROUTER.post(
    _ONE + "/outcomes", dependencies=_RUN, response_model=OutcomeAnswer, status_code=201, summary="Write down an outcome"
)
async def record(request: Request, desk: At, person: Caller, profile_id: str, signed_id: str, asked: OutcomeAsked) -> Outcome:
    """Write down what became of an application of the decision; what was written before stays, the newest counts."""
    await _found(request, desk, profile_id, signed_id)
    return await desk.change(
        request,
        lambda records: records.record_outcome(signed_id, by=signature(person), **asked.model_dump()),
        lambda kept: Entry("record outcome", "profile", profile_id, {"signed_id": signed_id, "position": kept.position}),
    )


@ROUTER.get(
    "/profiles/{profile_id}/calibration", dependencies=_VIEW, response_model=CalibrationAnswer, summary="How right they were"
)
async def calibration(request: Request, desk: At, profile_id: str) -> dict[str, Any]:
    """Return how far hours, chances and amounts of the signed decisions were right, as far as outcomes are written down."""
    profile = await desk.profile(request, profile_id)
    found = await desk.ask(calibration_of, desk.workspace(), profile)
    return {"profile_id": profile_id, "sentences": calibration_in_words(found), **asdict(found)}


async def _found(request: Request, desk: Desk, profile_id: str, signed_id: str) -> SignedDecision:
    await desk.profile(request, profile_id)
    found = await desk.owned(request, KIND, signed_id, desk.workspace().records.get_signed, signed_id)
    if found.profile_id != profile_id:
        raise await desk.refused(request, KIND, signed_id)
    return found
