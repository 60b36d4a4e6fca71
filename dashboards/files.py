"""Files of reports: the page itself in a sandbox, everything else as a download, for those alone who may see the profile."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from catalynx.errors import CatalynxError, NotFound
from catalynx.hub import STATE_KEY, Permission, Person

if TYPE_CHECKING:
    from fastapi import FastAPI

    from dashboards.answers import Workbench

FOLDER = "/report-files"
_OWN_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"<>\r\n]{1,2000})">')
_STRICTEST = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'none'"
_HEAD_CHARACTERS = 4_096
_KINDS = {".csv": "text/csv; charset=utf-8", ".ipynb": "application/x-ipynb+json"}


def add_files(inner: FastAPI, workbench_of: Callable[[Person], Workbench]) -> None:
    """Serve ``/report-files/REPORT/FILE``.

    A report's page runs in a sandbox: an origin of its own, without cookies, forms or windows, under the policy that it
    carries itself, which names its scripts by their hashes.
    """
    from fastapi import Request
    from fastapi.responses import FileResponse, PlainTextResponse, Response

    def file(request: Request, made_id: str, name: str) -> Response:
        person = request.scope.get("state", {}).get(STATE_KEY)
        if not isinstance(person, Person) or not person.may(Permission.VIEW):
            return PlainTextResponse("You may not open this.", status_code=403)
        try:
            path = workbench_of(person).report_file(made_id, name)
        except NotFound as error:
            return PlainTextResponse(str(error), status_code=404)
        except CatalynxError as error:
            return PlainTextResponse(str(error), status_code=503)
        if path.suffix == ".html" and "download" not in request.query_params:
            page = path.read_text(encoding="utf-8")
            policy = sandboxed(page)
            return Response(page, media_type="text/html", headers={"Content-Security-Policy": policy})
        kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if path.suffix == ".html":
            kind = "application/octet-stream"
        return FileResponse(path, media_type=kind, filename=path.name, content_disposition_type="attachment")

    # Annotations are text here, and the framework looks for what they name in the module.
    file.__annotations__.update(request=Request, made_id=str, name=str)
    inner.get(FOLDER + "/{made_id}/{name}", include_in_schema=False, response_model=None)(file)


def sandboxed(page: str) -> str:
    """Return the policy under which a report's page is served: its own, in a sandbox."""
    own = _OWN_POLICY.search(page[:_HEAD_CHARACTERS])
    policy = own[1] if own else _STRICTEST
    return f"sandbox allow-scripts; {policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
