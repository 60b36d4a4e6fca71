"""Who did what: entries that are only ever added, numbered without gaps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from catalynx.records.database import Database
from catalynx.records.entries import AuditEntry, entry
from catalynx.records.models import AuditRow, ProfileRow
from catalynx.records.profile import is_profile_id
from catalynx.records.storable import plain, whole
from catalynx.records.storable import text as storable_text

_AUDIT_LOCK = 0x0CA7A1_0002
_ABSENT = "absent"


class Audit(Database):
    """The audit's part of the records."""

    def audit(
        self,
        actor: str,
        action: str,
        target_kind: str,
        target: str,
        *,
        allowed: bool = True,
        detail: Mapping[str, object] | None = None,
    ) -> AuditEntry:
        """Add an entry: `actor` did, or with ``allowed=False`` was refused to do, `action` to `target`.

        A target of kind ``profile`` is named by its id, and kept as its pseudonym. `detail` holds small facts as JSON,
        never fields of a profile, since entries outlive it.

        Raises
        ------
        BadParameter
        """
        with self.writing() as session:
            return append(session, actor, action, target_kind, target, allowed=allowed, detail=detail)

    def list_audit(self, *, after: int = 0, limit: int = 1_000, profile_id: str | None = None) -> list[AuditEntry]:
        """Return entries with a sequence above `after`, oldest first; of one living profile when `profile_id` is given."""
        whole("after", after, 0, 2**63 - 1)
        query = (
            select(AuditRow).where(AuditRow.sequence > after).order_by(AuditRow.sequence).limit(whole("limit", limit, 1, 100_000))
        )
        with self.reading() as session:
            if profile_id is not None:
                pseudonym = _pseudonym(session, profile_id)
                if pseudonym == _ABSENT:
                    return []
                query = query.where(AuditRow.target_kind == "profile", AuditRow.target == pseudonym)
            return [entry(AuditEntry, row) for row in session.scalars(query)]


def append(
    session: Session,
    actor: str,
    action: str,
    target_kind: str,
    target: str,
    *,
    allowed: bool = True,
    detail: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Add an entry within a transaction that is under way."""
    if session.get_bind().dialect.name == "postgresql":
        # Numbers without gaps need writers one at a time; on SQLite they are.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _AUDIT_LOCK})
    row = AuditRow(
        sequence=(session.scalar(select(func.max(AuditRow.sequence))) or 0) + 1,
        at=datetime.now(UTC),
        actor=storable_text("actor", actor, 200),
        action=storable_text("action", action, 100),
        target_kind=storable_text("target_kind", target_kind, 40),
        target=_pseudonym(session, target) if target_kind == "profile" else storable_text("target", target, 200),
        allowed=bool(allowed),
        detail=plain("detail", dict(detail or {})),
    )
    session.add(row)
    session.flush()
    return entry(AuditEntry, row)


def _pseudonym(session: Session, profile_id: str) -> str:
    if not is_profile_id(profile_id):
        return _ABSENT
    return session.scalar(select(ProfileRow.pseudonym).where(ProfileRow.profile_id == profile_id)) or _ABSENT
