"""Files that come in: profiles of others, and published files for the lake."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import Caller, needs
from catalynx.api.desk import At, Entry
from catalynx.api.models.answers import JobAnswer
from catalynx.api.models.basics import Text
from catalynx.api.models.profiles import ImportedProfiles
from catalynx.api.problems import Problem
from catalynx.api.resources.jobs import queued
from catalynx.api.streams import content_type, takes, write_down
from catalynx.errors import ImportConflict
from catalynx.hub import Permission
from catalynx.jobs import new_upload, remove_upload
from catalynx.records.exchange import MOST_PROFILES
from catalynx.records.importing import Imported, import_profiles

ROUTER = APIRouter()
_RUN, _ADMIN = [needs(Permission.RUN)], [needs(Permission.ADMIN)]
_BINARY = {"type": "string", "format": "binary"}
_PROFILES = {"type": "array", "maxItems": MOST_PROFILES, "items": {"$ref": "#/components/schemas/Profile"}}
_OF_PROFILES = {"application/json": "json", "application/yaml": "yaml", "application/x-yaml": "yaml", "text/yaml": "yaml"}
_OF_FILES = ("application/octet-stream", "application/zip", "application/gzip", "application/xml", "text/xml", "text/csv")


@ROUTER.post(
    "/profiles/import",
    dependencies=_RUN,
    response_model=ImportedProfiles,
    tags=["profiles"],
    openapi_extra=takes({"application/json": _PROFILES, "application/yaml": {"type": "string"}}),
    summary="Import profiles",
)
async def profiles(request: Request, desk: At, person: Caller) -> dict[str, Any]:
    """Keep the profiles of a file, as exports hold them: all, or none.

    The file holds one profile or a list, in YAML also one document after another; at most 1,000. A profile whose id is not
    there yet is made; one that is there is replaced, when the file has its version. Errors name each profile by its place,
    `profiles[2].ein`, and by its name.
    """
    kind = _OF_PROFILES[content_type(request, _OF_PROFILES)]
    file = new_upload(desk.settings, f"profiles.{kind}")
    try:
        await write_down(desk, request, file)

        def note(kept: list[Imported]) -> None:
            for one in kept:
                told = Entry("import profile", "profile", one.profile_id, {"version": one.version})
                desk.noting(request, told)(desk.workspace().records)

        kept = await desk.toil(
            import_profiles, desk.workspace().records, file, kind, teams=person.teams, noting=note  # type: ignore[arg-type]
        )  # fmt: skip
    except ImportConflict as error:
        for profile_id in error.of_others:
            await desk.audit(request, "import profile", "profile", profile_id, allowed=False)
        raise
    finally:
        remove_upload(desk.settings, file.parent.name)
    for one in kept:
        desk.forget_profile(one.profile_id)
    return {"made": sum(one.version == 1 for one in kept), "changed": sum(one.version > 1 for one in kept), "profiles": kept}


@ROUTER.post(
    "/imports",
    dependencies=_ADMIN,
    status_code=202,
    response_model=JobAnswer,
    tags=["imports"],
    openapi_extra=takes(dict.fromkeys(_OF_FILES, _BINARY)),
    summary="Read a published file",
)
async def published(
    request: Request,
    desk: At,
    person: Caller,
    name: Annotated[Text, Query(min_length=1, max_length=255, description="As its publisher named it.", examples=["eo_vt.csv"])],
) -> Response:
    """Read a published file into the lake, in the background: the answer is the job.

    What it is, is recognised from its content. The job's result says what became of each record: read = published + set aside +
    duplicates. A file that is refused changes nothing, and the job says why.
    """
    content_type(request, _OF_FILES)
    if desk.jobs is None:
        raise Problem(503, "Nothing is read in the background here. `catalynx ingest` reads files.")
    file = new_upload(desk.settings, name)
    upload, is_kept = file.parent.name, False
    try:
        size = await write_down(desk, request, file)
        parameters = {"upload": upload, "name": file.name}
        answer = await queued(request, desk, person, "import", parameters, None, detail={"name": file.name, "bytes": size})
        is_kept = True
        return answer
    finally:
        if not is_kept:
            remove_upload(desk.settings, upload)
