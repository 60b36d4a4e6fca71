"""The OpenAPI document, and the same as a page: plain HTML of our own, without a script, from nowhere else."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from catalynx.api.access import needs
from catalynx.api.desk import root_of
from catalynx.api.document import STYLE, openapi_of, page_of
from catalynx.hub import Permission, still

ROUTER = APIRouter(tags=["documents"])
_VIEW = [needs(Permission.VIEW)]


@ROUTER.get("/openapi.json", dependencies=_VIEW, summary="This document")
async def openapi(request: Request) -> Response:
    """Return the OpenAPI document."""
    return JSONResponse({**openapi_of(request.app), "servers": [{"url": root_of(request)}]})


@ROUTER.get(
    "/docs",
    dependencies=_VIEW,
    response_class=HTMLResponse,
    responses={200: {"description": "A page", "content": {"text/html": {}}}},
    summary="This document as a page",
)
async def docs(request: Request) -> HTMLResponse:
    """Return the OpenAPI document as a page to read."""
    return HTMLResponse(page_of(openapi_of(request.app)), headers={"Content-Security-Policy": still(STYLE)})
