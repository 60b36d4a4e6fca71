"""Tokens and sessions: short-lived access tokens, refresh tokens that are used once, service accounts with a secret.

An access token is signed, and also names a session in the records, which is asked again every `KNOWN_SECONDS`: what is
ended, or loses a role, stops working within a second in every process.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from catalynx.errors import NotAllowed, NotAuthenticated
from catalynx.hub import claims
from catalynx.hub.accounts import (
    OPAQUE,
    REFRESH_MARK,
    SECRET_MARK,
    SERVICE,
    ServiceAccounts,
    hashed_secret,
    opaque,
    person_of,
)
from catalynx.hub.claims import Claims
from catalynx.hub.keys import Keys
from catalynx.hub.memory import MOST, Known
from catalynx.hub.people import Permission, Person
from catalynx.records.entries import AccessSession
from catalynx.records.store import Records

ACCESS_SECONDS: Final = 600
REFRESH_LIFE: Final = timedelta(hours=12)
"""How long a refresh token waits to be used."""
SESSION_LIFE: Final = timedelta(days=7)
"""How long a session goes on at most, however often it is refreshed."""
KEPT_AFTER_END: Final = timedelta(days=30)
STANDING_SECONDS: Final = 5.0
"""How long it counts what somebody may, as it was told; with the hub's own 3 s it stays below ten."""
_STANDING: Final = "catalynx"
_PERMISSIONS: Final = {str(one): one for one in Permission}


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client gets: both tokens, how long each is good, the session, and what it may."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    session: str
    scope: str


class Tokens(ServiceAccounts):
    """Issues, refreshes, verifies and revokes. Safe to share between threads.

    Parameters
    ----------
    records : where sessions and service accounts are kept
    keys : what signs
    issuer, audience : who issues, and for whom; a token of another is refused
    clock : seconds since 1970
    standing : says what the person of a name may now, None when they are known no more; asked every `STANDING_SECONDS` for who
        uses a token, so that a role that was taken away elsewhere is gone here too. Without it, roles are those of the log-in
        until `narrow` or `end_all` is called
    """

    def __init__(
        self,
        records: Records,
        keys: Keys,
        *,
        issuer: str,
        audience: str,
        clock: Callable[[], float] = time.time,
        standing: Callable[[str], Person | None] | None = None,
    ) -> None:
        super().__init__(records, clock)
        self._keys, self._issuer, self._audience = keys, issuer, audience
        self._ask_standing = standing
        self._people: Known[Person] = Known(clock, STANDING_SECONDS)
        self._read: OrderedDict[bytes, tuple[str, Claims]] = OrderedDict()
        self._reading = threading.Lock()
        self._swept_at = 0.0

    def issue(self, person: Person, *, client: str = "", origin: str | None = None) -> TokenPair:
        """Start a session for somebody whom the gate let in, and return its first tokens.

        Parameters
        ----------
        client : what the person will recognise the session by, e.g. the browser's or program's name
        origin : from where it is asked, for the audit

        Raises
        ------
        NotAllowed
            `person` came in with a token of a session: whoever found one would stay for ever.
        """
        ours = person.name.startswith(SERVICE)
        if person.via == "token" or (person.via == "service" and not ours):
            raise NotAllowed("An access token does not begin another session. Refresh the one there is, or sign in.")
        # Whoever let the person in has just asked: what was told before that counts no more.
        self._people.drop(person.name)
        now = self._now()
        expires_at = now + SESSION_LIFE
        if ours:
            account = self._records.find_service_account(account_id=person.session)
            expires_at = min(expires_at, self._standing(account).expires_at)
        refresh = opaque(REFRESH_MARK)
        scopes = [str(one) for one in person.permissions]
        with self._records.together():
            session = self._records.start_session(
                person.name,
                scopes=scopes,
                teams=person.teams,
                now=now,
                expires_at=expires_at,
                refresh_hash=hashed_secret(refresh),
                refresh_expires_at=min(expires_at, now + REFRESH_LIFE),
                client=client,
            )
            detail = {"scope": " ".join(session.scopes), "via": person.via}
            self._records.audit(person.name, "begin session", "session", session.session_id, detail=detail, origin=origin)
        self._sweep(now)
        return self._pair(session, refresh, now)

    def refresh(self, refresh_token: str) -> TokenPair:
        """Exchange a refresh token, which is used up by this, for new tokens of the same session.

        Raises
        ------
        NotAuthenticated
            It is unknown, has expired, or its session has ended. One that was used before ends its session and all
            tokens of it: either the client or a thief holds a copy, and nobody can tell which.
        """
        if not OPAQUE.fullmatch(refresh_token) or not refresh_token.startswith(REFRESH_MARK):
            raise _refresh_refused()
        offered, now = hashed_secret(refresh_token), self._now()
        session = self._records.session_of_refresh(offered)
        if session is None:
            raise _refresh_refused()
        # Before the token is used up: when it cannot be found out what the person may, it can be sent again.
        self._has_lost(session)
        fresh = opaque(REFRESH_MARK)
        with self._records.together():
            verdict, session = self._records.rotate_refresh(offered, hashed_secret(fresh), now=now, expires_at=now + REFRESH_LIFE)
            if verdict == "replayed" and session is not None:
                self._records.audit(
                    session.person, "refresh token replayed", "session", session.session_id, allowed=False, detail={"ended": True}
                )
        if verdict == "replayed" and session is not None:
            self._sessions.drop(session.session_id)
        if verdict != "rotated" or session is None:
            raise _refresh_refused()
        return self._pair(session, fresh, now)

    def verify(self, token: str) -> Person:
        """Return whom an access token was issued to.

        Raises
        ------
        NotAuthenticated
            It is not ours, has expired, its session has ended, or the person may less than it says.
        """
        said = self._claims(token)
        now = self._clock()
        good_for_us = said.iss == self._issuer and said.aud == self._audience
        in_time = max(said.nbf, said.iat) <= now + claims.CLOCKS_DIFFER_SECONDS and now < said.exp
        if not good_for_us or said.exp - said.iat > ACCESS_SECONDS:
            raise claims.refused()
        if not in_time:
            raise NotAuthenticated("The access token has expired, or is not valid yet. Refresh it.")
        session = self._sessions.get(said.sid, self._records.find_session)
        if session is None or session.person != said.sub or session.ended_at is not None or now >= session.expires_at.timestamp():
            raise NotAuthenticated("The session has ended. Sign in again.")
        if said.scope.split() != session.scopes or said.teams != session.teams:
            raise _roles_changed()
        if self._has_lost(session):
            raise _roles_changed()
        return person_of(session.person, session.scopes, session.teams, session.session_id, via="token")

    def is_known(self, token: str) -> bool:
        """Say whether `verify` or `verify_secret` would answer without asking the database."""
        if token.startswith(SECRET_MARK):
            return self._accounts.has(hashed_secret(token))
        with self._reading:
            said = self._read.get(_digest(token))
        if said is None or not self._sessions.has(said[1].sid):
            return False
        return self._ask_standing is None or said[1].sub.startswith(SERVICE) or self._people.has(said[1].sub)

    def end(self, session: str, *, by: str, because: str = "signed out", origin: str | None = None) -> bool:
        """End a session: its tokens stop working at once here, within a second elsewhere. False when none stood."""
        with self._records.together():
            ended = self._records.end_session(session, because=because, now=self._now())
            if ended:
                self._records.audit(by, "end session", "session", session, detail={"because": because}, origin=origin)
        self._sessions.drop(session)
        return ended

    def end_all(self, person: str, *, by: str, because: str = "all sessions ended") -> int:
        """End every session of a person, and return how many stood."""
        with self._records.together():
            count = self._records.end_sessions_of(person, because=because, now=self._now())
            if count or by != _STANDING:
                self._records.audit(by, "end all sessions", "person", person, detail={"because": because, "ended": count})
        self._sessions.clear()
        return count

    def narrow(self, person: str, permissions: Collection[Permission], teams: Collection[str] | None, *, by: str) -> int:
        """Note that a person may no more than this now, and return how many sessions could more.

        Their access tokens are refused; a refresh gives new ones that say less. Nobody gets more by it: who has a new role
        signs in again.
        """
        scopes = [str(one) for one in permissions]
        with self._records.together():
            count = self._records.narrow_sessions(person, scopes=scopes, teams=teams)
            if count:
                detail = {"scopes": sorted(scopes), "sessions": count}
                self._records.audit(by, "roles changed", "person", person, detail=detail)
        if count:
            self._sessions.clear()
        return count

    def sessions(self, person: str | None = None) -> list[AccessSession]:
        """Return the sessions that stand, of one person or of all, newest first."""
        return self._records.list_sessions(person, now=self._now())

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the public keys, for those who verify our tokens elsewhere."""
        return self._keys.jwks()

    def _claims(self, token: str) -> Claims:
        """Return what a token says; its signature is checked once, whether its key still counts every time."""
        digest = _digest(token)
        with self._reading:
            known = self._read.get(digest)
        if known is not None and self._keys.verifying(known[0]) is not None:
            return known[1]
        kid, said = claims.read(token, self._keys)
        with self._reading:
            self._read[digest] = kid, said
            while len(self._read) > MOST:
                self._read.popitem(last=False)
        return said

    def _pair(self, session: AccessSession, refresh: str, now: datetime) -> TokenPair:
        issued = int(now.timestamp())
        expires = min(issued + ACCESS_SECONDS, int(session.expires_at.timestamp()))
        scope = " ".join(session.scopes)
        said = Claims(
            iss=self._issuer, aud=self._audience, sub=session.person, iat=issued, nbf=issued, exp=expires,
            jti=secrets.token_hex(16), sid=session.session_id, scope=scope, teams=session.teams,
        )  # fmt: skip
        rest = int(min(REFRESH_LIFE, session.expires_at - now).total_seconds())
        return TokenPair(claims.written(said, self._keys), refresh, expires - issued, rest, session.session_id, scope)

    def _has_lost(self, session: AccessSession) -> bool:
        """Say whether the person of a session may less now than it does, or is known no more; then make it so."""
        if self._ask_standing is None or session.person.startswith(SERVICE):
            return False
        now = self._people.get(session.person, self._ask_standing)
        if now is None:
            self.end_all(session.person, by=_STANDING, because="not known any more")
            return True
        lost = not {_PERMISSIONS[scope] for scope in session.scopes} <= now.permissions
        if now.teams is not None:
            lost = lost or session.teams is None or not set(session.teams) <= now.teams
        if lost:
            self.narrow(session.person, now.permissions, now.teams, by=_STANDING)
        return lost

    def _sweep(self, now: datetime) -> None:
        # Once an hour in a process is enough, and costs whoever signs in next some milliseconds.
        if self._clock() - self._swept_at > timedelta(hours=1).total_seconds():
            self._swept_at = self._clock()
            self._records.drop_old_sessions(before=now - KEPT_AFTER_END)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _refresh_refused() -> NotAuthenticated:
    return NotAuthenticated("The refresh token is not valid any more. Sign in again.")


def _roles_changed() -> NotAuthenticated:
    return NotAuthenticated("Roles or teams have changed since the token was issued. Refresh it.")
