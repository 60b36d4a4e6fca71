"""Service accounts: schedules and programs that come in with a secret of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from catalynx.api.access import Caller, needs
from catalynx.api.desk import At, Desk, origin_of
from catalynx.api.models.operation import AccountAsked, AccountList, AccountWithSecret
from catalynx.api.problems import Problem, field_problem
from catalynx.hub import ALLOWS, LOCAL_TEAM, Permission, Person, Role

if TYPE_CHECKING:
    from catalynx.hub import NewServiceAccount

ROUTER = APIRouter(prefix="/service-accounts", tags=["service accounts"])
KIND = "service account"
_ADMIN = [needs(Permission.ADMIN)]
_NAMES = ("account_id", "name", "scopes", "teams", "created_at", "created_by", "expires_at", "revoked_at")
AccountId = Annotated[str, Path(pattern=r"^[A-Za-z0-9]{1,64}$", description="As the list tells it.")]


@ROUTER.get("", dependencies=_ADMIN, response_model=AccountList, summary="List service accounts")
async def list_accounts(desk: At, person: Caller) -> dict[str, Any]:
    """Return the service accounts of your teams, expired and ended ones too; never a secret."""
    found = [] if desk.tokens is None else await desk.ask(desk.tokens.service_accounts, person)
    return {"accounts": [_told(one) for one in found]}


@ROUTER.post("", dependencies=_ADMIN, response_model=AccountWithSecret, status_code=201, summary="Make a service account")
async def make(request: Request, response: Response, desk: At, person: Caller, asked: AccountAsked) -> dict[str, Any]:
    """Make an account for a schedule or a program. Its secret is in the answer, and never told again."""
    await _by_hand(request, desk, person)
    wanted = await _wanted(request, desk, person, asked)
    made = await desk.ask(
        _tokens(desk).make_service_account, asked.name, wanted, _teams(person, asked),
        life=timedelta(days=asked.expires_in_days), by=person, origin=origin_of(request),
    )  # fmt: skip
    return _with_secret(response, made)


@ROUTER.post(
    "/{account_id}/rotate", dependencies=_ADMIN, response_model=AccountWithSecret, summary="Exchange the secret of an account"
)
async def rotate(request: Request, response: Response, desk: At, person: Caller, account_id: AccountId) -> dict[str, Any]:
    """Give an account another secret; the one before and all its sessions end at once. It expires when it would have."""
    await _by_hand(request, desk, person)
    made = await desk.owned(
        request, KIND, account_id, _tokens(desk).rotate_service_account, account_id, by=person, origin=origin_of(request)
    )
    return _with_secret(response, made)


@ROUTER.delete("/{account_id}", dependencies=_ADMIN, status_code=204, summary="End a service account")
async def end(request: Request, desk: At, person: Caller, account_id: AccountId) -> Response:
    """End an account for good, with its secret and all its sessions; 409 when it was ended before."""
    await desk.owned(
        request, KIND, account_id, _tokens(desk).end_service_account, account_id, by=person, origin=origin_of(request)
    )
    return Response(status_code=204)


async def _by_hand(request: Request, desk: Desk, person: Person) -> None:
    if person.via in ("token", "service"):
        # Whoever found a token that is good for minutes would stay for a year.
        raise await desk.forbidden(request, "Secrets are given to people who are signed in, not to their tokens. Use a browser.")


async def _wanted(request: Request, desk: Desk, person: Person, asked: AccountAsked) -> frozenset[Permission]:
    of_role = ALLOWS[Role(asked.role)]
    wanted = of_role if asked.scopes is None else frozenset(Permission[scope.upper()] for scope in asked.scopes)
    if not wanted <= of_role:
        raise field_problem("scopes", f"must be among those of the role {asked.role}")
    if not wanted <= person.permissions:
        raise await desk.forbidden(request, "You cannot give more than you have.", [("scopes", "must be among your own")])
    return wanted


def _teams(person: Person, asked: AccountAsked) -> list[str]:
    if asked.teams is None:
        found = [LOCAL_TEAM] if person.teams is None else sorted(person.teams)
        if not found:
            raise field_problem("teams", "must be named: you are in none yourself")
        return found
    if person.teams is not None and not set(asked.teams) <= person.teams:
        raise field_problem("teams", "must be among your teams")
    return sorted(set(asked.teams))


def _with_secret(response: Response, made: NewServiceAccount) -> dict[str, Any]:
    response.headers["Cache-Control"] = "no-store"
    return {**_told(made.account), "secret": made.secret}


def _told(account: Any) -> dict[str, Any]:
    return {name: getattr(account, name) for name in _NAMES}


def _tokens(desk: Desk) -> Any:
    if desk.tokens is None:
        raise Problem(404, "No tokens are given here: this server answers one local user, by its link.")
    return desk.tokens
