"""Service accounts: schedules and programs that come in with a secret of their own, until it expires or is taken back."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from catalynx.errors import BadParameter, Conflict, NotAllowed, NotAuthenticated, NotFound
from catalynx.hub.memory import Known
from catalynx.hub.people import Permission, Person

if TYPE_CHECKING:
    from catalynx.records.entries import AccessSession, ServiceAccount
    from catalynx.records.store import Records

LONGEST_LIFE: Final = timedelta(days=366)
KNOWN_SECONDS: Final = 0.5
REFRESH_MARK: Final = "cxr_"
SECRET_MARK: Final = "cxs_"  # noqa: S105
"""How refresh tokens and secrets begin, so that one that leaked is recognised."""
OPAQUE = re.compile(r"cx[rs]_[A-Za-z0-9_-]{43}")
SERVICE: Final = "service:"
"""How names of people begin that are service accounts; nobody else's may."""
_PERMISSIONS: Final = {str(one): one for one in Permission}
_WAY_OUT: Final = "List the service accounts to see their ids."


@dataclass(frozen=True, slots=True)
class NewServiceAccount:
    """A service account with the secret that was just made for it, which is told this once."""

    account: ServiceAccount
    secret: str


class ServiceAccounts:
    """The service accounts' part of `Tokens`."""

    def __init__(self, records: Records, clock: Callable[[], float]) -> None:
        self._records, self._clock = records, clock
        self._sessions: Known[AccessSession] = Known(clock, KNOWN_SECONDS)
        self._accounts: Known[ServiceAccount] = Known(clock, KNOWN_SECONDS)

    def verify_secret(self, secret: str) -> Person:
        """Return the service account that has this secret, else raise `NotAuthenticated`."""
        if not OPAQUE.fullmatch(secret) or not secret.startswith(SECRET_MARK):
            raise secret_refused()
        hashed = hashed_secret(secret)
        account = self._accounts.get(hashed, lambda known: self._records.find_service_account(secret_hash=known))
        account = self._standing(account)
        return person_of(SERVICE + account.name, account.scopes, account.teams, account.account_id, via="service")

    def make_service_account(
        self,
        name: str,
        permissions: Collection[Permission],
        teams: Collection[str],
        *,
        life: timedelta = LONGEST_LIFE,
        by: Person,
        origin: str | None = None,
    ) -> NewServiceAccount:
        """Make an account for a schedule or a program; its secret is in the answer, and never told again.

        Raises
        ------
        BadParameter
            A name of other than letters, digits and ``-_.``, no permission, no team, or a life of over 366 days.
        NotAllowed
            `by` may not, or would give away more than it has.
        Conflict
            The name was given before.
        """
        _check_account(name, permissions, teams, life)
        _check_giver(by, permissions, teams)
        secret, now = opaque(SECRET_MARK), self._now()
        with self._records.together():
            account = self._records.add_service_account(
                name,
                secret_hash=hashed_secret(secret),
                scopes=[str(one) for one in permissions],
                teams=teams,
                by=by.name,
                now=now,
                expires_at=now + life,
            )
            detail = {"name": name, "scopes": account.scopes, "teams": account.teams, "expires_at": account.expires_at}
            self._note(by.name, "make service account", account, origin, detail)
        return NewServiceAccount(account, secret)

    def rotate_service_account(self, account_id: str, *, by: Person, origin: str | None = None) -> NewServiceAccount:
        """Give a service account another secret, which is told this once; what it had before, and its sessions, end.

        It expires when it would have.

        Raises
        ------
        NotFound
            There is no such account, or `by` is in none of its teams.
        NotAllowed
            `by` has not all that the account may: the secret would give it.
        Conflict
            It has ended.
        """
        account = self._seen(account_id, by)
        _check_giver(by, [_PERMISSIONS[scope] for scope in account.scopes], account.teams)
        secret, now = opaque(SECRET_MARK), self._now()
        with self._records.together():
            account = self._records.change_service_secret(account_id, hashed_secret(secret), now=now)
            ended = self._records.end_sessions_of(SERVICE + account.name, because="its secret was exchanged", now=now)
            self._note(by.name, "rotate service account", account, origin, {"sessions_ended": ended})
        self._forget()
        return NewServiceAccount(account, secret)

    def revoke_service_account(self, account_id: str, *, by: str, origin: str | None = None) -> ServiceAccount:
        """Revoke a service account with every session that it has, for good; raises `NotFound`."""
        with self._records.together():
            account = self._records.revoke_service_account(account_id, now=self._now())
            self._records.end_sessions_of(SERVICE + account.name, because="service account revoked", now=self._now())
            self._note(by, "revoke service account", account, origin)
        self._forget()
        return account

    def end_service_account(self, account_id: str, *, by: Person, origin: str | None = None) -> ServiceAccount:
        """Revoke a service account that exists for `by`, an admin.

        Raises
        ------
        NotFound
            There is no such account, or `by` is in none of its teams.
        Conflict
            It was revoked before.
        """
        if self._seen(account_id, by).revoked_at is not None:
            raise Conflict("The service account was revoked before.")
        return self.revoke_service_account(account_id, by=by.name, origin=origin)

    def service_accounts(self, seen_by: Person | None = None) -> list[ServiceAccount]:
        """Return service accounts by name, revoked and expired ones among them: all, or those of a team of `seen_by`."""
        return [one for one in self._records.list_service_accounts() if seen_by is None or _is_seen(one, seen_by)]

    def _seen(self, account_id: str, by: Person) -> ServiceAccount:
        account = self._records.find_service_account(account_id=account_id)
        if account is None or not _is_seen(account, by):
            raise NotFound("service account", account_id, _WAY_OUT)
        return account

    def _standing(self, account: ServiceAccount | None) -> ServiceAccount:
        if account is None or account.revoked_at is not None or self._now() >= account.expires_at:
            raise secret_refused()
        return account

    def _note(
        self, by: str, action: str, account: ServiceAccount, origin: str | None, detail: dict[str, object] | None = None
    ) -> None:
        self._records.audit(by, action, "service account", account.account_id, detail=detail, origin=origin)

    def _forget(self) -> None:
        self._accounts.clear()
        self._sessions.clear()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def person_of(name: str, scopes: Collection[str], teams: Collection[str] | None, session: str, *, via: str) -> Person:
    """Return the person that a session or an account stands for."""
    known = frozenset(_PERMISSIONS[scope] for scope in scopes if scope in _PERMISSIONS)
    return Person(name, known, None if teams is None else frozenset(teams), session, via)


def opaque(mark: str) -> str:
    """Return a new secret that begins with `mark`."""
    return mark + secrets.token_urlsafe(32)


def hashed_secret(secret: str) -> str:
    """Return what is kept of a secret."""
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_refused() -> NotAuthenticated:
    """Return the refusal of a secret."""
    return NotAuthenticated("The secret of this service account is not valid. Ask an admin for a new one.")


def _is_seen(account: ServiceAccount, by: Person) -> bool:
    return by.teams is None or bool(set(account.teams) & by.teams)


def _check_account(name: str, permissions: Collection[Permission], teams: Collection[str], life: timedelta) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", name):
        raise BadParameter("name", name, "1 to 80 letters, digits, - _ or ., a letter or digit first")
    if not permissions:
        raise BadParameter("permissions", [], f"one or more of {', '.join(Permission)}")
    if not teams:
        raise BadParameter("teams", [], "one team or more")
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise BadParameter("life", f"{life.total_seconds():.0f} s", "above 0 and at most 366 days")


def _check_giver(by: Person, permissions: Collection[Permission], teams: Collection[str]) -> None:
    if not by.may(Permission.ADMIN) or not set(permissions) <= by.permissions:
        raise NotAllowed("Service accounts are made by admins, with permissions that they have themselves.")
    if by.teams is not None and not set(teams) <= by.teams:
        raise NotAllowed("A service account can be of teams that you are in, and of no other.")
