"""Answers to requests with an idempotency key: the same request again gets the same answer, and changes nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalynx.errors import Conflict
from catalynx.records.database import Database
from catalynx.records.entries import KeptAnswer
from catalynx.records.models import AnswerRow
from catalynx.records.storable import plain, text

KEPT_FOR = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(seconds=90)
"""A request that has no answer after this long was cut off: whoever repeats it may do the work."""


class Answers(Database):
    """The answers' part of the records."""

    def idempotent(self, key: str, *, person: str, route: str, body_hash: str, now: datetime | None = None) -> KeptAnswer | None:
        """Return the answer that this request got before, or None: then do the work, and call `keep_answer` or `forget_answer`.

        Parameters
        ----------
        key : the request's ``Idempotency-Key``; means something for this person and route alone
        body_hash : hash of the request's body; the same key with another body is a mistake of the caller

        Raises
        ------
        Conflict
            The same request is being worked on, or the key was used for another body.
        BadParameter
        """
        now = now or datetime.now(UTC)
        where = _where(person, route, key)
        row = AnswerRow(**where, body_hash=text("body_hash", body_hash, 64), created_at=now)
        try:
            with self.writing() as session:
                session.execute(delete(AnswerRow).where(AnswerRow.created_at < now - KEPT_FOR))
                kept = session.get(AnswerRow, where, with_for_update=True)
                if kept is None:
                    session.add(row)
                    return None
                return _again(session, kept, body_hash, now)
        except IntegrityError:  # the same request came twice at the same time
            raise _busy() from None

    def keep_answer(
        self, key: str, *, person: str, route: str, status: int, response: Mapping[str, object], profile_id: str | None = None
    ) -> None:
        """Keep the answer for a day; with `profile_id`, no longer than that profile is there."""
        with self.writing() as session:
            row = session.get(AnswerRow, _where(person, route, key), with_for_update=True)
            if row is not None:
                row.status, row.response, row.profile_id = status, plain("response", dict(response)), profile_id

    def forget_answer(self, key: str, *, person: str, route: str) -> None:
        """Free the key: the work failed, and may be tried again with it."""
        with self.writing() as session:
            row = session.get(AnswerRow, _where(person, route, key), with_for_update=True)
            if row is not None:
                session.delete(row)


def _where(person: str, route: str, key: str) -> dict[str, str]:
    return {"person": text("person", person, 200), "route": text("route", route, 200), "key": text("Idempotency-Key", key, 200)}


def _again(session: Session, kept: AnswerRow, body_hash: str, now: datetime) -> KeptAnswer | None:
    if kept.body_hash != body_hash:
        raise Conflict(f"The Idempotency-Key {kept.key!r} was used for another request. Send a new key with a new request.")
    if kept.status is not None:
        return KeptAnswer(kept.status, kept.response or {})
    if now - kept.created_at < GIVEN_UP_AFTER:
        raise _busy()
    kept.created_at = now
    return None


def _busy() -> Conflict:
    return Conflict("The same request is being worked on. Wait for its answer, or send it again in a moment.")
