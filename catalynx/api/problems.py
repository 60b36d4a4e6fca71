"""Every answer that is no success is ``application/problem+json`` [RFC 9457], and names the field where there is one."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from catalynx.errors import (
    AccessError,
    BadParameter,
    CatalynxError,
    Conflict,
    ImportConflict,
    InvalidProfile,
    LakeError,
    NotAuthenticated,
    NotFound,
    QueueFull,
    RecordsError,
)

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = "5"
MOST_ERRORS: Final = 50
LONGEST_TEXT: Final = 500
log = logging.getLogger("catalynx.api")


class Problem(Exception):
    """An answer that is no success.

    Parameters
    ----------
    status : HTTP status
    detail : what went wrong, and the way out
    errors : fields and what is wrong with each; a field is named as it stands in the request, ``funding_preferences.kinds[0]``
    headers : added to the answer
    """

    def __init__(
        self, status: int, detail: str, errors: Iterable[tuple[str, str]] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers = status, detail, list(errors), dict(headers or {})

    def body(self, instance: str = "") -> bytes:
        """Return the JSON of the answer."""
        content: dict[str, object] = {
            "type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status, "detail": shown(self.detail),
        }  # fmt: skip
        if instance:
            content["instance"] = instance
        if self.errors:
            content["errors"] = [
                {"field": shown(field), "problem": shown(problem)} for field, problem in self.errors[:MOST_ERRORS]
            ]
        # ASCII alone, because half characters of a request may be quoted.
        return json.dumps(content).encode()

    def response(self, instance: str = "") -> Response:
        """Return the answer."""
        return Response(self.body(instance), self.status, headers=self.headers, media_type=MEDIA_TYPE)


def shown(text: str) -> str:
    """Return `text` cut to what may stand in an answer."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def field_problem(field: str, problem: str, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> Problem:
    """Return a problem about one field."""
    return Problem(status, f"{field} {problem}.", [(field, problem)])


def of_error(error: CatalynxError) -> Problem:
    """Return what an error of the library is over HTTP; paths and addresses of the server stay in its log."""
    match error:
        case NotFound():
            return Problem(404, f"There is no such {error.kind}.")
        case InvalidProfile():
            return Problem(422, "The profile cannot be used.", [(found.field, found.problem) for found in error.problems])
        case BadParameter():
            return field_problem(error.name, f"must be {error.expected}")
        case ImportConflict():
            return Problem(409, "Nothing was imported: profiles of the file stand otherwise here.", error.problems)
        case Conflict():
            return Problem(409, str(error))
        case NotAuthenticated():
            return Problem(401, str(error), headers={"WWW-Authenticate": "Bearer"})
        case AccessError():
            wait = getattr(error, "retry_after_seconds", None)
            return Problem(error.status, str(error), headers={"Retry-After": str(wait)} if wait is not None else {})
        case QueueFull():
            return Problem(503, str(error).partition(";")[0] + ".", headers={"Retry-After": RETRY_SECONDS})
        case LakeError():
            log.warning("lake: %s", error)
            return Problem(503, "There are no data to answer from at the moment. Ask an administrator to look at the lake.",
                           headers={"Retry-After": RETRY_SECONDS})  # fmt: skip
        case RecordsError():
            log.warning("records: %s", error)
            return Problem(503, "The records cannot be used at the moment; nothing was changed. Try again.",
                           headers={"Retry-After": RETRY_SECONDS})  # fmt: skip
        case _:
            log.error("%s: %s", type(error).__name__, error)
            return Problem(500, "This could not be done. Nothing is known to be wrong with your request.")


def of_validation(found: Iterable[Mapping[str, Any]]) -> Problem:
    """Return what pydantic found wrong with a request, in our words."""
    errors = [(_field(error["loc"]), _words(error)) for error in found]
    first = f"{errors[0][0]} {errors[0][1]}." if errors else "The request cannot be used."
    return Problem(422, first, errors)


def _field(location: tuple[str | int, ...]) -> str:
    where, *rest = location or ("body",)
    name = "" if where in ("body", "query", "path", "header") else str(where)
    for part in rest:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return name or str(where)


def _words(error: Mapping[str, Any]) -> str:
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "is not a field"
    if kind in {"too_long", "string_too_long"}:
        return f"must have at most {limits['max_length']:,} {'entries' if kind == 'too_long' else 'characters'}"
    if kind in {"too_short", "string_too_short"}:
        return f"must have at least {limits['min_length']:,} {'entries' if kind == 'too_short' else 'characters'}"
    return str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "must be").rstrip(".")


def answer_problems(api: FastAPI) -> None:
    """Let every error of `api` be answered as a problem."""

    async def problem(request: Request, error: Exception) -> Response:
        return (error if isinstance(error, Problem) else Problem(500, "")).response(request.url.path)

    async def library(request: Request, error: Exception) -> Response:
        return (of_error(error) if isinstance(error, CatalynxError) else Problem(500, "")).response(request.url.path)

    async def validation(request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        return of_validation(found).response(request.url.path)

    async def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        words = {404: "There is nothing at this address.", 405: f"{request.method} is not possible here."}
        headers = getattr(error, "headers", None)
        return Problem(status, words.get(status, HTTPStatus(status).phrase + "."), headers=headers).response(request.url.path)

    async def unforeseen(request: Request, error: Exception) -> Response:
        # The class alone: what an unforeseen error says may hold what somebody typed.
        log.error("%s %s: %s", request.method, request.scope.get("route_path", request.url.path), type(error).__name__)
        return Problem(500, "This is our fault. It is in the log; nothing is known to be wrong with your request.").response()

    for kind, handler in (
        (Problem, problem), (CatalynxError, library), (RequestValidationError, validation), (HTTPException, http),
        (Exception, unforeseen),
    ):  # fmt: skip
        api.add_exception_handler(kind, handler)
