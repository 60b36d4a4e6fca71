"""The list of erasures: profiles that were purged stay purged when a backup is restored that still holds them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Select, String, cast, delete, or_, select
from sqlalchemy.orm import Session

from catalynx.errors import BadParameter
from catalynx.records import audit
from catalynx.records.database import Database
from catalynx.records.entries import Erasure, entry
from catalynx.records.models import AnswerRow, ErasureRow, ProfileRow
from catalynx.records.storable import text

EMPTIED = (
    "profiles", "tracked", "stage_moves", "decision_sets", "decisions", "scenarios", "scenario_versions", "signed_decisions",
    "outcomes", "runs", "jobs", "answers",
)  # fmt: skip
"""The tables that hold something of a profile."""


class Erasures(Database):
    """The erasures' part of the records."""

    def list_erasures(self) -> list[Erasure]:
        """Return the purged profiles' pseudonyms, oldest first: keep them beside every backup."""
        with self.reading() as session:
            rows = session.scalars(select(ErasureRow).order_by(ErasureRow.erased_at, ErasureRow.pseudonym))
            return [entry(Erasure, row) for row in rows]

    def replay_erasures(self, known: Iterable[Erasure] = (), *, by: str = "local", origin: str | None = None) -> int:
        """Purge again what was purged before, and return how many profiles that were; call it after every restore.

        Parameters
        ----------
        known : erasures since the backup was made, which it does not know of; they join the list
        """
        with self.writing() as session:
            for one in known:
                if session.get(ErasureRow, text("pseudonym", one.pseudonym, 32)) is None:
                    session.add(ErasureRow(pseudonym=one.pseudonym, erased_at=one.erased_at))
            session.flush()
            rows = session.scalars(_still_there()).all()
            pseudonyms = [row.pseudonym for row in rows]
            for row in rows:
                erase(session, row)
            for pseudonym in pseudonyms:
                note_erased(session, pseudonym, by=by, detail={"replayed": True}, origin=origin)
        if rows:
            self._forget(list(EMPTIED))
        return len(rows)

    def profiles_to_erase(self, known: Iterable[Erasure] = ()) -> list[str]:
        """Return the ids of profiles that are here although they were purged, as this list or `known` tells."""
        named = {one.pseudonym for one in known}
        with self.reading() as session:
            listed = session.scalars(_still_there()).all()
            told = session.scalars(select(ProfileRow).where(ProfileRow.pseudonym.in_(named))).all() if named else []
            return sorted({row.profile_id for row in [*listed, *told]})


def erase(session: Session, row: ProfileRow) -> None:
    """Delete a profile with all that hangs on it, within a transaction, and list the erasure; `note_erased` ends it."""
    if session.get(ErasureRow, row.pseudonym) is None:
        session.add(ErasureRow(pseudonym=row.pseudonym, erased_at=datetime.now(UTC)))
    # An answer can speak of a profile without being filed under it: a list, a search.
    spoken = (AnswerRow.route, AnswerRow.key, cast(AnswerRow.response, String))
    of_it = or_(AnswerRow.profile_id == row.profile_id, *(part.contains(row.profile_id, autoescape=True) for part in spoken))
    session.execute(delete(AnswerRow).where(of_it))
    session.execute(delete(ProfileRow).where(ProfileRow.profile_id == row.profile_id))


def note_erased(
    session: Session, pseudonym: str, *, by: str, detail: dict[str, object] | None = None, origin: str | None = None
) -> audit.AuditEntry:
    """Write down in the audit that a profile was purged."""
    return audit.append(session, by, "purge", "profile", "", detail=detail, origin=origin, pseudonym=pseudonym)


def _still_there() -> Select[ProfileRow]:
    return select(ProfileRow).join(ErasureRow, ErasureRow.pseudonym == ProfileRow.pseudonym).order_by(ProfileRow.profile_id)


def erasures_to_json(erasures: Iterable[Erasure]) -> str:
    """Return erasures as JSON, to be kept beside backups."""
    told = [{"pseudonym": one.pseudonym, "erased_at": one.erased_at.isoformat()} for one in erasures]
    return json.dumps({"erasures": told}, indent=1) + "\n"


def erasures_from_json(text: str | bytes) -> list[Erasure]:
    """Read what `erasures_to_json` wrote.

    Raises
    ------
    BadParameter
        It is something else.
    """
    try:
        return [_erasure(one) for one in json.loads(text)["erasures"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadParameter("the list of erasures", "…", "what `catalynx profile erased` wrote, unchanged") from None


def _erasure(told: dict[str, str]) -> Erasure:
    moment = datetime.fromisoformat(told["erased_at"])
    if moment.tzinfo is None or not re.fullmatch(r"[0-9a-f]{32}", told["pseudonym"]):
        raise ValueError
    return Erasure(told["pseudonym"], moment.astimezone(UTC))
