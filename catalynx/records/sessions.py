"""Sessions in the database, their refresh tokens, and service accounts. Secrets are kept as hashes alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import uuid4

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalynx.errors import Conflict, NotFound
from catalynx.records.database import Database
from catalynx.records.entries import AccessSession, ServiceAccount, entry
from catalynx.records.models import RefreshTokenRow, ServiceAccountRow, SessionRow
from catalynx.records.storable import text

Verdict = Literal["rotated", "unknown", "expired", "ended", "replayed"]
REPLAYED = "a refresh token was used twice"


class Rotation(NamedTuple):
    """What became of a refresh token that was offered."""

    verdict: Verdict
    session: AccessSession | None


class Sessions(Database):
    """The sessions' part of the records. Moments come in as arguments; whoever calls has the clock."""

    def start_session(
        self,
        person: str,
        *,
        scopes: Collection[str],
        teams: Collection[str] | None,
        now: datetime,
        expires_at: datetime,
        refresh_hash: str,
        refresh_expires_at: datetime,
        client: str = "",
    ) -> AccessSession:
        """Start a session with its first refresh token."""
        row = SessionRow(
            session_id=uuid4().hex,
            person=text("person", person, 200),
            client=text("client", client[:200], 200, empty=True),
            scopes=sorted(scopes),
            teams=None if teams is None else sorted(teams),
            created_at=now,
            used_at=now,
            expires_at=expires_at,
        )
        with self.writing() as session:
            session.add(row)
            session.flush()
            session.add(RefreshTokenRow(token_hash=refresh_hash, session_id=row.session_id, expires_at=refresh_expires_at))
            session.flush()
            return entry(AccessSession, row)

    def find_session(self, session_id: str) -> AccessSession | None:
        """Return the session of that id, ended or not, or None."""
        with self.reading() as session:
            row = session.get(SessionRow, session_id) if _is_id(session_id) else None
            return None if row is None else entry(AccessSession, row)

    def session_of_refresh(self, offered_hash: str) -> AccessSession | None:
        """Return the session of a refresh token, used or not, or None: what is made up must not make writers wait."""
        with self.reading() as session:
            token = session.get(RefreshTokenRow, offered_hash)
            return None if token is None else entry(AccessSession, session.get_one(SessionRow, token.session_id))

    def rotate_refresh(self, offered_hash: str, new_hash: str, *, now: datetime, expires_at: datetime) -> Rotation:
        """Use up a refresh token and put another in its place; one that was used before ends its session."""
        with self.writing() as session:
            token = session.get(RefreshTokenRow, offered_hash, with_for_update=True)
            if token is None:
                return Rotation("unknown", None)
            row = session.get_one(SessionRow, token.session_id, with_for_update=True)
            if row.ended_at is not None:
                return Rotation("ended", entry(AccessSession, row))
            if token.used_at is not None:
                row.ended_at, row.ended_because = now, REPLAYED
                return Rotation("replayed", entry(AccessSession, row))
            if now >= min(token.expires_at, row.expires_at):
                return Rotation("expired", entry(AccessSession, row))
            token.used_at = row.used_at = now
            session.add(RefreshTokenRow(token_hash=new_hash, session_id=row.session_id, expires_at=expires_at))
            return Rotation("rotated", entry(AccessSession, row))

    def end_session(self, session_id: str, *, because: str, now: datetime) -> bool:
        """End a session; False when there is none of that id that still stands."""
        standing = (SessionRow.session_id == session_id, SessionRow.ended_at.is_(None))
        return _is_id(session_id) and self._end(standing, because, now) == 1

    def end_sessions_of(self, person: str, *, because: str, now: datetime) -> int:
        """End every session of a person, and return how many stood."""
        return self._end((SessionRow.person == person, SessionRow.ended_at.is_(None)), because, now)

    def list_sessions(self, person: str | None = None, *, now: datetime) -> list[AccessSession]:
        """Return the sessions that stand, of one person or of all, newest first."""
        query = select(SessionRow).where(SessionRow.ended_at.is_(None), SessionRow.expires_at > now)
        if person is not None:
            query = query.where(SessionRow.person == text("person", person, 200))
        with self.reading() as session:
            rows = session.scalars(query.order_by(SessionRow.created_at.desc(), SessionRow.session_id).limit(10_000))
            return [entry(AccessSession, row) for row in rows]

    def narrow_sessions(self, person: str, *, scopes: Collection[str], teams: Collection[str] | None) -> int:
        """Take from the sessions of a person what is not among `scopes` and `teams`; return how many had more.

        They never get more by it: a session may have been given less than its person has.
        """
        with self.writing() as session:
            rows = session.scalars(select(SessionRow).where(SessionRow.person == person, SessionRow.ended_at.is_(None))).all()
            changed = 0
            for row in rows:
                left = [scope for scope in row.scopes if scope in scopes]
                among = row.teams if teams is None else sorted(set(teams) & set(row.teams if row.teams is not None else teams))
                if (left, among) != (row.scopes, row.teams):
                    row.scopes, row.teams, changed = left, among, changed + 1
            return changed

    def drop_old_sessions(self, *, before: datetime) -> int:
        """Remove sessions that ended or expired before that moment, with their refresh tokens."""
        old = or_(SessionRow.ended_at < before, SessionRow.expires_at < before)
        with self.writing() as session:
            return session.execute(delete(SessionRow).where(old)).rowcount  # type: ignore[attr-defined]

    def add_service_account(
        self,
        name: str,
        *,
        secret_hash: str,
        scopes: Collection[str],
        teams: Collection[str],
        by: str,
        now: datetime,
        expires_at: datetime,
    ) -> ServiceAccount:
        """Add a service account; raises `Conflict` when the name was given before."""
        row = ServiceAccountRow(
            account_id=uuid4().hex,
            name=text("name", name, 100),
            secret_hash=secret_hash,
            scopes=sorted(scopes),
            teams=sorted(text("teams", team, 100) for team in teams),
            created_at=now,
            created_by=text("by", by, 200),
            expires_at=expires_at,
        )
        try:
            with self.writing() as session:
                session.add(row)
                session.flush()
                return entry(ServiceAccount, row)
        except IntegrityError as error:
            raise Conflict(f"A service account {name!r} was made before. Choose another name.") from error

    def find_service_account(self, *, secret_hash: str = "", account_id: str = "") -> ServiceAccount | None:
        """Return the service account with that secret or id, revoked or not, or None."""
        wanted = ServiceAccountRow.secret_hash == secret_hash if secret_hash else ServiceAccountRow.account_id == account_id
        with self.reading() as session:
            row = session.scalar(select(ServiceAccountRow).where(wanted))
            return None if row is None else entry(ServiceAccount, row)

    def list_service_accounts(self) -> list[ServiceAccount]:
        """Return all service accounts by name, revoked and expired ones among them."""
        with self.reading() as session:
            return [
                entry(ServiceAccount, row) for row in session.scalars(select(ServiceAccountRow).order_by(ServiceAccountRow.name))
            ]

    def change_service_secret(self, account_id: str, secret_hash: str, *, now: datetime) -> ServiceAccount:
        """Put another secret in place of an account's; raises `NotFound`, or `Conflict` when it has ended."""
        with self.writing() as session:
            row = _account_row(session, account_id)
            if row.revoked_at is not None or now >= row.expires_at:
                raise Conflict("The service account has ended. Make another.")
            row.secret_hash = secret_hash
            return entry(ServiceAccount, row)

    def revoke_service_account(self, account_id: str, *, now: datetime) -> ServiceAccount:
        """Revoke a service account, for good; raises `NotFound`."""
        with self.writing() as session:
            row = _account_row(session, account_id)
            row.revoked_at = row.revoked_at or now
            return entry(ServiceAccount, row)

    def count_sessions(self, *, now: datetime) -> int:
        """Return how many sessions stand."""
        standing = select(func.count()).select_from(SessionRow).where(SessionRow.ended_at.is_(None), SessionRow.expires_at > now)
        with self.reading() as session:
            return session.scalar(standing) or 0

    def _end(self, which: tuple, because: str, now: datetime) -> int:
        values = {"ended_at": now, "ended_because": text("because", because, 100)}
        with self.writing() as session:
            return session.execute(update(SessionRow).where(*which).values(**values)).rowcount  # type: ignore[attr-defined]


def _account_row(session: Session, account_id: str) -> ServiceAccountRow:
    row = session.get(ServiceAccountRow, account_id, with_for_update=True) if _is_id(account_id) else None
    if row is None:
        raise NotFound("service account", account_id, "List the service accounts to see their ids.")
    return row


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) == 32 and value.isalnum() and value.isascii()
