"""Reports that can be made, and those that were."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from catalynx.api.access import Caller, needs
from catalynx.api.desk import At, Desk, operation_of, root_of
from catalynx.api.models.answers import ReportAnswer, ReportKinds, ReportList
from catalynx.api.models.basics import ProfileId
from catalynx.api.paging import Paging
from catalynx.api.problems import Problem
from catalynx.errors import NotFound
from catalynx.hub import Permission, Person
from catalynx.reports import Made, made_reports, reports

ROUTER = APIRouter(tags=["exports and reports"])
_VIEW = [needs(Permission.VIEW)]
ReportId = Annotated[str, Path(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]{0,250}$", description="As the list of reports tells it.")]


@ROUTER.get("/report-kinds", dependencies=_VIEW, response_model=ReportKinds, summary="Reports there are")
async def kinds(desk: At) -> dict[str, Any]:
    """Return the reports that can be asked for, with their parameters."""
    found = await desk.ask(reports, desk.settings.notebooks)
    return {
        "reports": [
            {"report": one.name, "title": one.title, "parameters": [asdict(parameter) for parameter in one.parameters]}
            for one in found.values()
        ]
    }


@ROUTER.get("/reports", dependencies=_VIEW, response_model=ReportList, summary="Reports that were made")
async def list_made(
    request: Request, desk: At, person: Caller, paging: Paging, profile_id: Annotated[ProfileId | None, Query()] = None
) -> dict[str, Any]:
    """Return the reports of your teams' profiles, the newest first."""
    found = [made for made in await desk.ask(_visible, desk, person) if profile_id in (None, made.profile_id)]
    return {**paging.of(len(found)), "reports": [described(request, made) for made in paging.cut(found)]}


@ROUTER.get("/reports/{report_id}", dependencies=_VIEW, response_model=ReportAnswer, summary="A report that was made")
async def read(request: Request, desk: At, person: Caller, report_id: ReportId) -> dict[str, Any]:
    """Return what a report was made of, and the addresses of its files."""
    return described(request, await _found(request, desk, person, report_id))


@ROUTER.get(
    "/reports/{report_id}/files/{name}",
    dependencies=_VIEW,
    response_class=Response,
    responses={200: {"description": "The file", "content": {"application/octet-stream": {}}}},
    summary="A file of a report",
)
async def file(
    request: Request, desk: At, person: Caller, report_id: ReportId, name: Annotated[str, Path(max_length=200)]
) -> Response:
    """Return a file of a report, to be kept: a page that holds scripts is never shown under our own address."""
    made = await _found(request, desk, person, report_id)
    files = _files(made)
    if name not in files:
        raise Problem(404, "The report has no such file.")
    kind, target, detail = made.audited
    await desk.audit(request, "download report", kind, target, detail=detail)
    return FileResponse(files[name], filename=name, headers={"X-Content-Type-Options": "nosniff"})


def described(request: Request, made: Made) -> dict[str, Any]:
    """Return what the API says of a report."""
    base = f"{root_of(request)}/reports/{made.folder.name}"
    return {
        "report_id": made.folder.name, "report": made.report, "profile_id": made.profile_id, "parameters": made.parameters,
        "made_at": datetime.fromisoformat(made.made_at).isoformat(),
        "files": {name: f"{base}/files/{name}" for name in _files(made)},
    }  # fmt: skip


def _files(made: Made) -> dict[str, File]:
    return {path.name: path for path in (made.html, made.pdf, made.notebook, *made.tables) if path is not None}


def _visible(desk: Desk, person: Person) -> list[Made]:
    """Return the reports that exist for a person: those of profiles that do, and those about no profile."""
    records = desk.workspace().records
    all_made = made_reports(desk.settings.reports)
    known: dict[str, bool] = {}
    for profile_id in {made.profile_id for made in all_made if made.profile_id}:
        try:
            known[profile_id] = bool(records.get_profile(profile_id, teams=person.teams))
        except NotFound:
            known[profile_id] = False
    return [made for made in all_made if made.profile_id is None or known[made.profile_id]]


async def _found(request: Request, desk: Desk, person: Person, report_id: str) -> Made:
    for made in await desk.ask(_visible, desk, person):
        if made.folder.name == report_id:
            return made
    theirs = [made for made in await desk.ask(made_reports, desk.settings.reports) if made.folder.name == report_id]
    kind, target, _ = theirs[0].audited if theirs else ("report", "absent", None)
    await desk.audit(request, operation_of(request), kind, target, allowed=False)
    raise Problem(404, "There is no such report.")
