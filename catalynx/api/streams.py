"""Files that are sent to us: written to disk as they come, so much and no more, and removed whatever happens."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import ClientDisconnect, Request

from catalynx.api.problems import Problem
from catalynx.hub import IMPORT_BYTES

if TYPE_CHECKING:
    from catalynx.api.desk import Desk

_AT_ONCE: Final = 2**20


def takes(content: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what the OpenAPI document says of a body that is a file: each type of content with its schema."""
    return {
        "requestBody": {
            "required": True,
            "description": f"At most {IMPORT_BYTES:,} bytes, read as they come.",
            "content": {kind: {"schema": schema} for kind, schema in content.items()},
        }
    }


def content_type(request: Request, among: Collection[str]) -> str:
    """Return of what type a request says its body is.

    Raises
    ------
    Problem
        415, when it is not one of these.
    """
    told = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if told not in among:
        listed = ", ".join(among)
        raise Problem(415, f"Send one of {listed}, and say which in the header Content-Type.",
                      [("content-type", f"must be one of {listed}")], {"Accept": listed})  # fmt: skip
    return told


async def write_down(desk: Desk, request: Request, file: Path, *, most: int = IMPORT_BYTES) -> int:
    """Write the body of a request to a file; return how many bytes it has.

    Raises
    ------
    Problem
        413 as soon as it is known to be too large, 422 when it is empty, 400 when it does not arrive whole.
    """
    too_large = Problem(413, f"The file is larger than {most:,} bytes. Send less at a time.", [("body", "is too large")])
    told = request.headers.get("content-length", "0")
    if not told.isdigit() or int(told[:20]) > most:
        raise too_large
    count, waiting = 0, bytearray()
    with file.open("wb") as target:
        try:
            async for piece in request.stream():
                count += len(piece)
                if count > most:
                    raise too_large
                waiting += piece
                if len(waiting) >= _AT_ONCE:
                    await desk.ask(target.write, bytes(waiting))
                    waiting.clear()
        except ClientDisconnect:
            raise Problem(400, "The file did not arrive whole. Send it again.") from None
        await desk.ask(target.write, bytes(waiting))
    if not count:
        raise Problem(422, "The file is empty.", [("body", "is empty")])
    return count
