"""Work in the background: what waits, how far it is, its end, and what it left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from catalynx.api.access import Caller, needs
from catalynx.api.desk import At, Desk, Entry, root_of
from catalynx.api.models.answers import JobAnswer, JobList, JobResult
from catalynx.api.paging import Paging
from catalynx.api.problems import Problem
from catalynx.hub import Permission, Person
from catalynx.jobs import ACCOUNT

if TYPE_CHECKING:
    from catalynx.jobs import Job
    from catalynx.records.store import Records

ROUTER = APIRouter(tags=["jobs"])
_VIEW, _RUN = [needs(Permission.VIEW)], [needs(Permission.RUN)]
MOST_JOBS = 1_000
_STATE = "^(queued|running|done|failed|cancelled)$"
JobId = Annotated[str, Path(max_length=64, description="As the list of jobs tells it.")]


@ROUTER.get("/jobs", dependencies=_VIEW, response_model=JobList, summary="List jobs")
async def list_jobs(
    desk: At,
    person: Caller,
    paging: Paging,
    state: Annotated[str | None, Query(pattern=_STATE, description="queued, running, done, failed or cancelled")] = None,
) -> dict[str, Any]:
    """Return the jobs of your teams' profiles and your own, the newest first; the last 1,000 at most."""
    found = [] if desk.jobs is None else await desk.ask(desk.jobs.list, state=state, limit=MOST_JOBS, **_for(person))
    return {**paging.of(len(found)), "jobs": paging.cut(found)}


@ROUTER.get("/jobs/{job_id}", dependencies=_VIEW, response_model=JobAnswer, summary="How far a job is")
async def read(request: Request, desk: At, person: Caller, job_id: JobId) -> Any:
    """Return a job, and how far it is."""
    return await desk.owned(request, "job", job_id, _jobs(desk).get, job_id, **_for(person))


@ROUTER.post("/jobs/{job_id}/cancel", dependencies=_RUN, response_model=JobAnswer, status_code=202, summary="Cancel a job")
async def cancel(request: Request, desk: At, person: Caller, job_id: JobId) -> Any:
    """Cancel a job: one that waits at once, one that runs within seconds, with all that it has left."""
    note = desk.noting(request, Entry("cancel job", "job", job_id))
    return await desk.owned(
        request, "job", job_id, _jobs(desk).cancel, job_id, noting=lambda records, _: note(records), **_for(person)
    )


@ROUTER.get("/jobs/{job_id}/result", dependencies=_VIEW, response_model=JobResult, summary="What a job left")
async def result(request: Request, desk: At, person: Caller, job_id: JobId) -> dict[str, Any]:
    """Return the files that a job left and their addresses, of an import its account too; 409 before it is done."""
    files = await _files(request, desk, person, job_id)
    account = json.loads(files[ACCOUNT].read_bytes()) if ACCOUNT in files else None
    return {"job_id": job_id, "files": {name: f"{request.url.path}/{name}" for name in files}, "account": account}


@ROUTER.get(
    "/jobs/{job_id}/result/{name}",
    dependencies=_VIEW,
    response_class=Response,
    responses={200: {"description": "The file", "content": {"application/octet-stream": {}}}},
    summary="A file that a job left",
)
async def result_file(
    request: Request, desk: At, person: Caller, job_id: JobId, name: Annotated[str, Path(max_length=200)]
) -> Response:
    """Return a file that a job left, to be kept and not to be shown: it may hold scripts."""
    files = await _files(request, desk, person, job_id)
    if name not in files or not files[name].is_file():
        raise Problem(404, "The job left no such file.")
    await desk.audit(request, "download", "job", job_id)
    return FileResponse(files[name], filename=name, headers={"X-Content-Type-Options": "nosniff"})


async def queued(
    request: Request,
    desk: Desk,
    person: Person,
    kind: str,
    parameters: Mapping[str, Any],
    profile_id: str | None,
    *,
    detail: Mapping[str, object] | None = None,
) -> Response:
    """Put a job into the queue, and answer with its address; `detail` is what the audit is to know of it."""
    # A file that is sent again has come to another place, so that to the queue it is not the same.
    key = request.headers.get("idempotency-key") if kind != "import" else None

    def note(records: Records, job: Job) -> None:
        told = Entry(f"ask for {kind}", "job", job.job_id, detail or {"report": parameters.get("report")})
        desk.noting(request, told)(records)

    job = await desk.ask(desk.jobs.submit, kind, parameters, person.name, profile_id, key, teams=person.teams, noting=note)
    body = JobAnswer.model_validate(job, from_attributes=True).model_dump_json()
    return Response(body, 202, headers={"Location": f"{root_of(request)}/jobs/{job.job_id}"}, media_type="application/json")


async def _files(request: Request, desk: Desk, person: Person, job_id: str) -> dict[str, Any]:
    jobs = _jobs(desk)
    job = await desk.owned(request, "job", job_id, jobs.get, job_id, **_for(person))
    if job.state != "done":
        why = f": {job.error}" if job.error else "; only one that is done has left files"
        raise Problem(409, f"The job is {job.state}{why}.".replace("..", "."))
    files: dict[str, Any] = await desk.ask(jobs.result, job_id, **_for(person))
    return files


def _for(person: Person) -> dict[str, Any]:
    return {"teams": person.teams, "by": None if person.teams is None else person.name}


def _jobs(desk: Desk) -> Any:
    if desk.jobs is None:
        raise Problem(404, "There is no such job.")
    return desk.jobs
