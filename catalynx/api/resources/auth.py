"""Tokens and sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import OPEN, Caller, needs
from catalynx.api.desk import At, Desk, origin_of
from catalynx.api.models.operation import Jwks, Me, RefreshAsked, SessionList, TokenAnswer, TokenAsked
from catalynx.api.problems import Problem
from catalynx.hub import Permission

ROUTER = APIRouter(prefix="/auth", tags=["tokens and sessions"])
_VIEW = [needs(Permission.VIEW)]
SessionId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="As the list of sessions tells it.")]


@ROUTER.post("/token", dependencies=_VIEW, response_model=TokenAnswer, summary="Get tokens")
async def token(
    request: Request, response: Response, desk: At, person: Caller, asked: TokenAsked | None = None
) -> dict[str, Any]:
    """Begin a session of its own, for a program that acts for you: a short-lived access token, and one to refresh it."""
    asked = asked or TokenAsked()
    if asked.scopes is not None:
        wanted = {Permission[scope.upper()] for scope in asked.scopes}
        if not wanted <= person.permissions:
            raise await desk.forbidden(request, "You cannot give more than you have.", [("scopes", "must be among your own")])
        person = replace(person, permissions=frozenset(wanted))
    pair = await desk.ask(_tokens(desk).issue, person, client=asked.client, origin=origin_of(request))
    return _answer(response, pair)


@ROUTER.post("/refresh", dependencies=[OPEN], response_model=TokenAnswer, summary="Refresh tokens")
async def refresh(request: Request, response: Response, desk: At, asked: RefreshAsked) -> dict[str, Any]:
    """Exchange a refresh token for new tokens. One that is used twice ends its session."""
    return _answer(response, await desk.ask(_tokens(desk).refresh, asked.refresh_token))


@ROUTER.post("/logout", dependencies=_VIEW, status_code=204, summary="End this session")
async def logout(request: Request, desk: At, person: Caller) -> Response:
    """End the session of the token that you sent: it stops working at once."""
    if desk.tokens is not None:
        await desk.ask(desk.tokens.end, person.session, by=person.name, origin=origin_of(request))
    return Response(status_code=204)


@ROUTER.get("/me", dependencies=_VIEW, response_model=Me, summary="Who am I")
async def me(person: Caller) -> dict[str, Any]:
    """Return who you are here, and what you may."""
    return {
        "name": person.name, "permissions": sorted(one.name.lower() for one in person.permissions),
        "teams": None if person.teams is None else sorted(person.teams), "via": person.via, "session_id": person.session,
    }  # fmt: skip


@ROUTER.get("/jwks", dependencies=[OPEN], response_model=Jwks, summary="Public keys")
async def jwks(desk: At) -> dict[str, Any]:
    """Return the keys with which our tokens can be verified elsewhere."""
    found: dict[str, Any] = _tokens(desk).jwks() if desk.tokens is not None else {"keys": []}
    return found


@ROUTER.get("/sessions", dependencies=_VIEW, response_model=SessionList, summary="My sessions")
async def sessions(desk: At, person: Caller) -> dict[str, Any]:
    """Return your sessions that stand; an administrator sees everybody's."""
    everybody = person.may(Permission.ADMIN)
    found = await desk.ask(_tokens(desk).sessions, None if everybody else person.name) if desk.tokens is not None else []
    names = ("session_id", "person", "client", "scopes", "created_at", "used_at", "expires_at")
    listed = [{name: getattr(one, name) for name in names} | {"current": one.session_id == person.session} for one in found]
    return {"sessions": listed}


@ROUTER.delete("/sessions/{session_id}", dependencies=_VIEW, status_code=204, summary="End a session")
async def end(request: Request, desk: At, person: Caller, session_id: SessionId) -> Response:
    """End one of your sessions; an administrator ends anybody's."""
    everybody = person.may(Permission.ADMIN)
    found = await desk.ask(_tokens(desk).sessions, None if everybody else person.name) if desk.tokens is not None else []
    if session_id not in {one.session_id for one in found}:
        raise await desk.refused(request, "session", session_id)
    why = {"because": "ended from elsewhere", "origin": origin_of(request)}
    await desk.ask(desk.tokens.end, session_id, by=person.name, **why)
    return Response(status_code=204)


def _answer(response: Response, pair: Any) -> dict[str, Any]:
    response.headers["Cache-Control"] = "no-store"
    return {
        "access_token": pair.access_token, "expires_in": pair.expires_in, "refresh_token": pair.refresh_token,
        "refresh_expires_in": pair.refresh_expires_in, "session_id": pair.session, "scope": pair.scope,
    }  # fmt: skip


def _tokens(desk: Desk) -> Any:
    if desk.tokens is None:
        raise Problem(404, "No tokens are given here: this server answers one local user, by its link.")
    return desk.tokens
