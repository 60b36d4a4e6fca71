"""Tables as files, and reports that are made in the background."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catalynx.api.access import Caller, needs
from catalynx.api.desk import At, Desk, root_of
from catalynx.api.models.answers import ExportAsked, JobAnswer, ReportAnswer, ReportAsked
from catalynx.api.problems import field_problem
from catalynx.api.resources.jobs import queued
from catalynx.api.resources.reports import described
from catalynx.api.trying import viewer
from catalynx.hub import Permission
from catalynx.lookups.tables import table_of, written
from catalynx.records.profile import Profile
from catalynx.reports import run_report, write_csv, write_xlsx

ROUTER = APIRouter(tags=["exports and reports"])
_VIEW, _RUN = [needs(Permission.VIEW)], [needs(Permission.RUN)]
_MEDIA = {
    "csv": "text/csv; charset=utf-8", "json": "application/json", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {media: {} for media in _MEDIA.values()}},
    202: {"model": JobAnswer, "description": "The job that makes it"},
}
_LATER: dict[int | str, dict[str, Any]] = {
    201: {"model": ReportAnswer, "description": "The report, where there is no queue"},
    202: {"model": JobAnswer, "description": "The job that makes it"},
}


@ROUTER.post("/export/opportunities", dependencies=_VIEW, response_class=Response, responses=_FILES, summary="A table as a file")
async def export(request: Request, desk: At, person: Caller, asked: ExportAsked) -> Response:
    """Return a table of a profile with all its rows; what a spreadsheet would take for a formula is text in CSV and XLSX.

    Scenarios are those that are shared, and yours; a file made in the background is for all of the team: those that are shared.
    """
    profile = await desk.profile(request, asked.profile_id)
    detail = {"table": asked.table, "format": asked.format}
    if asked.queue and desk.jobs is not None and asked.format != "json":
        parameters: dict[str, Any] = {**detail, "as_of": asked.as_of and asked.as_of.isoformat()}
        if viewer(person) is None:
            parameters["unshared"] = True
        return await queued(request, desk, person, "export", parameters, asked.profile_id)
    content = await desk.toil(_file, desk, profile, asked, viewer(person))
    await desk.audit(request, "export table", "profile", asked.profile_id, detail=detail)
    name = f'attachment; filename="{asked.table}-{asked.profile_id}.{asked.format}"'
    return Response(content, headers={"Content-Disposition": name}, media_type=_MEDIA[asked.format])


@ROUTER.post(
    "/export/comprehensive-report",
    dependencies=_RUN,
    status_code=202,
    response_model=JobAnswer,
    responses=_LATER,
    summary="Make a report",
)
async def report(request: Request, desk: At, person: Caller, asked: ReportAsked) -> Response:
    """Make a report: queued, with the address of the job; where there is no queue, made while you wait."""
    if "profile" in asked.parameters:
        # It would choose a profile past the question whose it is.
        raise field_problem("parameters.profile", "must be left out; send profile_id")
    if asked.profile_id is not None:
        await desk.profile(request, asked.profile_id)
    if desk.jobs is not None:
        parameters = {"report": asked.report, "parameters": asked.parameters, "pdf": asked.pdf}
        return await queued(request, desk, person, "report", parameters, asked.profile_id)
    given: dict[str, object] = {**asked.parameters, **({"profile": asked.profile_id} if asked.profile_id else {})}
    made = await desk.toil(run_report, desk.settings, asked.report, given, pdf=asked.pdf)
    kind, target, detail = made.audited
    await desk.audit(request, "make report", kind, target, detail=detail)
    told = described(request, made)
    return JSONResponse(told, 201, headers={"Location": f"{root_of(request)}/reports/{told['report_id']}"})


def _file(desk: Desk, profile: Profile, asked: ExportAsked, viewer: str | None) -> bytes:
    frame = table_of(desk.workspace(), profile, asked.table, as_of=asked.as_of, viewer=viewer)
    sheets = {"csv": write_csv, "xlsx": lambda frame, path: write_xlsx({asked.table: frame}, path)}
    return written(frame, asked.table, asked.format, sheets)
