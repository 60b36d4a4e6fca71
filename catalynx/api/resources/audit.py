"""The audit: who did what."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from catalynx.api.access import needs
from catalynx.api.desk import At
from catalynx.api.models.basics import ProfileId
from catalynx.api.models.operation import AuditCheck, AuditList
from catalynx.api.paging import MOST_ON_PAGE
from catalynx.hub import Permission

ROUTER = APIRouter(tags=["operations"])
_ADMIN = [needs(Permission.ADMIN)]


@ROUTER.get("/audit", dependencies=_ADMIN, response_model=AuditList, summary="Who did what")
async def entries(
    request: Request,
    desk: At,
    after: Annotated[int, Query(ge=0, lt=2**63, description="Entries after this one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ON_PAGE)] = 100,
    profile_id: Annotated[ProfileId | None, Query(description="About one living profile.")] = None,
) -> dict[str, Any]:
    """Return entries in their order. To read the audit is noted in it, too."""
    found = await desk.ask(desk.workspace().records.list_audit, after=after, limit=limit, profile_id=profile_id)
    await desk.audit(request, "read audit", "audit", f"after {after}")
    return {"entries": found, "last_sequence": found[-1].sequence if found else None}


@ROUTER.get("/audit/check", dependencies=_ADMIN, response_model=AuditCheck, summary="Is the audit whole")
async def check(desk: At) -> dict[str, Any]:
    """Follow the chain of hashes from the first entry to the last, and say whether one was changed or removed."""
    records = desk.workspace().records
    flaw = await desk.toil(records.verify_audit)
    head = await desk.ask(records.audit_head)
    if flaw is not None:
        return {"whole": False, "sequence": flaw.sequence, "problem": flaw.problem, "chain_hash": None}
    return {"whole": True, "sequence": head and head.sequence, "problem": None, "chain_hash": head and head.chain_hash}
