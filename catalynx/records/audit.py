"""Who did what: entries that are only ever added, numbered without gaps, each chained to the one before by a hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from catalynx.records.database import Database
from catalynx.records.entries import AuditEntry, AuditFlaw, AuditHead, entry
from catalynx.records.models import AuditHeadRow, AuditRow, ProfileRow
from catalynx.records.profile import is_profile_id
from catalynx.records.storable import plain, whole
from catalynx.records.storable import text as storable_text

_AUDIT_LOCK = 0x0CA7A1_0002
_ABSENT = "absent"
_FIRST_HASH = "0" * 64
_THE_ONE = 1


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
        origin: str | None = None,
    ) -> AuditEntry:
        """Add an entry: `actor` did, or with ``allowed=False`` was refused to do, `action` to `target`.

        A target of kind ``profile`` is named by its id, and kept as its pseudonym. `detail` holds small facts as JSON,
        never fields of a profile, since entries outlive it. `origin` is from where it was asked: an address, a job.

        Raises
        ------
        BadParameter
        """
        with self.writing() as session:
            return append(session, actor, action, target_kind, target, allowed=allowed, detail=detail, origin=origin)

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

    def audit_head(self) -> AuditHead | None:
        """Return the last entry's number and hash, or None when there is none; note it down where nobody can change it."""
        with self.reading() as session:
            row = session.get(AuditHeadRow, _THE_ONE)
            return None if row is None else entry(AuditHead, row)

    def verify_audit(self, noted: AuditHead | None = None) -> AuditFlaw | None:
        """Return the first entry that was changed or is missing, or None when every entry is as it was written.

        Whoever may write to the database can make a whole new chain. `noted`, a head that was noted down before,
        shows that too.
        """
        with self.reading() as session:
            head = session.get(AuditHeadRow, _THE_ONE)
            rows = session.scalars(select(AuditRow).order_by(AuditRow.sequence).execution_options(yield_per=1_000))
            return _flaw(rows, None if head is None else entry(AuditHead, head), noted)


def append(
    session: Session,
    actor: str,
    action: str,
    target_kind: str,
    target: str,
    *,
    allowed: bool = True,
    detail: Mapping[str, object] | None = None,
    origin: str | None = None,
    pseudonym: str | None = None,
) -> AuditEntry:
    """Add an entry within a transaction that is under way, as the last thing in it.

    Writers wait here for each other until they have committed: one that changed more rows after it could wait for
    a writer that waits for it. `pseudonym` is that of a profile which is no more.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Numbers without gaps need writers one at a time; on SQLite they are.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _AUDIT_LOCK})
    head = session.get(AuditHeadRow, _THE_ONE, populate_existing=True)
    if head is None:
        head = AuditHeadRow(one=_THE_ONE, sequence=0, chain_hash=_FIRST_HASH)
        session.add(head)
    row = AuditRow(
        sequence=head.sequence + 1,
        at=datetime.now(UTC),
        actor=storable_text("actor", actor, 200),
        action=storable_text("action", action, 100),
        target_kind=storable_text("target_kind", target_kind, 40),
        target=pseudonym or (_pseudonym(session, target) if target_kind == "profile" else storable_text("target", target, 200)),
        allowed=bool(allowed),
        detail=plain("detail", dict(detail or {})),
        origin=None if origin is None else storable_text("origin", origin, 100),
    )
    row.chain_hash = _chained(head.chain_hash, row)
    head.sequence, head.chain_hash = row.sequence, row.chain_hash
    session.add(row)
    session.flush()
    return entry(AuditEntry, row)


def _chained(before: str, row: AuditRow) -> str:
    content = {
        "sequence": row.sequence, "at": row.at.isoformat(timespec="microseconds"), "actor": row.actor, "action": row.action,
        "target_kind": row.target_kind, "target": row.target, "allowed": row.allowed, "detail": row.detail, "origin": row.origin,
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def _flaw(rows: Iterable[AuditRow], head: AuditHead | None, noted: AuditHead | None) -> AuditFlaw | None:
    last, last_hash = 0, _FIRST_HASH
    for row in rows:
        if row.sequence != last + 1:
            return AuditFlaw(last + 1, "is missing")
        last, last_hash = row.sequence, _chained(last_hash, row)
        if row.chain_hash != last_hash:
            return AuditFlaw(last, "was changed, or the one before it was exchanged")
        if noted is not None and noted.sequence == last and noted.chain_hash != last_hash:
            return AuditFlaw(last, "is not the one that was noted down: the chain was made anew")
    for known in (head, noted):
        if known is not None and known.sequence > last:
            return AuditFlaw(last + 1, "is missing")
    if last and (head is None or head.sequence < last or head.chain_hash != last_hash):
        return AuditFlaw(last, "is not the last that was written here")
    return None


def _pseudonym(session: Session, profile_id: str) -> str:
    if not is_profile_id(profile_id):
        return _ABSENT
    return session.scalar(select(ProfileRow.pseudonym).where(ProfileRow.profile_id == profile_id)) or _ABSENT
