"""Writes that know what they change (``If-Match``), and reads that need no answer anew (``If-None-Match``) [RFC 9110, 13]."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Final

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.problems import Problem

_TAG = re.compile(r'(?:W/)?"([!#-~]*)"')

IfMatch = Annotated[
    str | None, Header(max_length=500, description="The ETag of what you read; `*` for whatever there is.", examples=['"3"'])
]
IfNoneMatch = Annotated[str | None, Header(max_length=500, description="ETags you have; 304 when one is still good.")]


TELLS_IF_NONE_MATCH: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "if-none-match", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 500},
            "description": "ETags you have; 304 when one is still good.",
        }
    ]
}  # fmt: skip
"""The same as `IfNoneMatch` for a route that has to be quick and reads the header itself."""


def version_tag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def content_tag(content: bytes) -> str:
    """Return the ETag of a content."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def expected_version(if_match: str | None, current: int, *, required: bool = True) -> int:
    """Return the version that a write must find: the one in ``If-Match``, or the current one for ``*``.

    Raises
    ------
    Problem
        428 when the header is absent and `required`; 412 when it names another version.
    """
    if if_match is not None or required:
        must_match(version_tag(current), if_match)
    return current


def must_match(etag: str, if_match: str | None) -> None:
    """Let a write through that names what stands: its ETag in ``If-Match``, or ``*``.

    Raises
    ------
    Problem
        428 when the header is absent; 412 when it names another state.
    """
    if if_match is None:
        raise Problem(428, "Send If-Match with the ETag of what you read, so that nobody's change is lost.",
                      [("if-match", "is required")])  # fmt: skip
    if if_match.strip() != "*" and etag.strip('"') not in _TAG.findall(if_match):
        raise Problem(412, "It was changed since you read it. Read it again, make your changes anew, and send them.",
                      [("if-match", "names another version")], {"ETag": etag})  # fmt: skip


def answer(request: Request, body: bytes, etag: str, media_type: str = "application/json") -> Response:
    """Return a body with its ETag, or 304 when the caller has it already."""
    have = request.headers.get("if-none-match")
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if have is not None and (have.strip() == "*" or etag.strip('"') in _TAG.findall(have)):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
