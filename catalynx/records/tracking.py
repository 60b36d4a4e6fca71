"""Tracked opportunities: who is followed, where in the funnel, and how it got there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import case, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalynx.errors import Conflict, NotFound
from catalynx.records.database import Database
from catalynx.records.entries import StageMove, Tracked, entry
from catalynx.records.models import KINDS, OUTCOMES, STAGES, StageMoveRow, TrackedRow
from catalynx.records.profiles import require_profile
from catalynx.records.storable import choice, day, number, text

_NOTES_LIMIT = 20_000


class Tracking(Database):
    """The funnel's part of the records."""

    def track(
        self,
        profile_id: str,
        candidate_id: str,
        *,
        kind: str,
        name: str,
        stage: str = STAGES[0],
        owner: str | None = None,
        notes: str = "",
        ask_usd: float | None = None,
        deadline: date | str | None = None,
        by: str = "local",
    ) -> Tracked:
        """Follow a candidate for a profile, from `stage` on.

        Raises
        ------
        NotFound
            There is no such profile.
        Conflict
            The candidate is tracked for it already.
        BadParameter
        """
        now = datetime.now(UTC)
        row = TrackedRow(
            tracked_id=uuid4().hex,
            profile_id=profile_id,
            candidate_id=text("candidate_id", candidate_id, 200),
            kind=choice("kind", kind, KINDS),
            name=text("name", name, 1_000),
            stage=choice("stage", stage, STAGES + OUTCOMES),
            created_at=now,
            updated_at=now,
            **_changes({"owner": owner, "notes": notes, "ask_usd": ask_usd, "deadline": deadline}),
        )
        by = text("by", by, 200)
        known = Conflict(f"{candidate_id!r} is tracked for the profile {profile_id!r} already. Move it or change it instead.")
        try:
            with self.writing() as session:
                require_profile(session, profile_id, hold=True)
                same = (TrackedRow.profile_id == profile_id, TrackedRow.candidate_id == candidate_id)
                if session.scalar(select(TrackedRow.tracked_id).where(*same)) is not None:
                    raise known
                session.add(row)
                session.flush()
                _note_move(session, row, None, by, "")
                return entry(Tracked, row)
        except IntegrityError as error:  # two began to track it at the same time
            raise known from error

    def move_stage(
        self, tracked_id: str, stage: str, *, by: str = "local", note: str = "", expected_stage: str | None = None
    ) -> Tracked:
        """Move a tracked candidate to `stage`, in either direction, or to an outcome; its history keeps the move.

        Moving it to where it stands changes nothing. With `expected_stage`, raises `Conflict` when it stands elsewhere.
        """
        stage = choice("stage", stage, STAGES + OUTCOMES)
        by, note = text("by", by, 200), text("note", note, _NOTES_LIMIT, empty=True)
        with self.writing() as session:
            row = _tracked_row(session, tracked_id)
            if expected_stage is not None and row.stage != expected_stage:
                raise Conflict(
                    f"{row.name!r} stands in {row.stage}, not in {expected_stage}: somebody moved it. Look again, then move it."
                )
            if row.stage != stage:
                before, row.stage, row.updated_at = row.stage, stage, datetime.now(UTC)
                _note_move(session, row, before, by, note)
            return entry(Tracked, row)

    def change_tracked(self, tracked_id: str, **changes: object) -> Tracked:
        """Change any of ``owner``, ``notes``, ``ask_usd`` and ``deadline``; None is unknown."""
        for name in changes:
            choice("field", name, ("owner", "notes", "ask_usd", "deadline"))
        values = _changes(changes)
        with self.writing() as session:
            row = _tracked_row(session, tracked_id)
            for name, value in values.items():
                setattr(row, name, value)
            row.updated_at = datetime.now(UTC)
            return entry(Tracked, row)

    def get_tracked(self, tracked_id: str) -> Tracked:
        """Return a tracked candidate, else raise `NotFound`."""
        with self.reading() as session:
            return entry(Tracked, _tracked_row(session, tracked_id))

    def list_tracked(self, profile_id: str, *, stages: Collection[str] | None = None) -> list[Tracked]:
        """Return what is tracked for a profile, in the funnel's order, then by deadline (none last) and name."""
        query = select(TrackedRow).where(TrackedRow.profile_id == profile_id)
        if stages is not None:
            query = query.where(TrackedRow.stage.in_([choice("stages", stage, STAGES + OUTCOMES) for stage in stages]))
        place = case({stage: index for index, stage in enumerate(STAGES + OUTCOMES)}, value=TrackedRow.stage)
        order = (place, TrackedRow.deadline.is_(None), TrackedRow.deadline, TrackedRow.name, TrackedRow.tracked_id)
        with self.reading() as session:
            require_profile(session, profile_id)
            return [entry(Tracked, row) for row in session.scalars(query.order_by(*order))]

    def history(self, tracked_id: str) -> list[StageMove]:
        """Return the moves of a tracked candidate, oldest first."""
        with self.reading() as session:
            _tracked_row(session, tracked_id)
            query = select(StageMoveRow).where(StageMoveRow.tracked_id == tracked_id).order_by(StageMoveRow.position)
            return [entry(StageMove, row) for row in session.scalars(query)]


def _changes(changes: dict[str, object]) -> dict[str, object]:
    checked = {
        "owner": lambda value: None if value is None else text("owner", value, 200),
        "notes": lambda value: text("notes", value, _NOTES_LIMIT, empty=True),
        "ask_usd": lambda value: number("ask_usd", value),
        "deadline": lambda value: day("deadline", value),
    }
    return {name: checked[name](value) for name, value in changes.items()}


def _tracked_row(session: Session, tracked_id: str) -> TrackedRow:
    known = isinstance(tracked_id, str) and len(tracked_id) == 32 and tracked_id.isalnum() and tracked_id.isascii()
    row = session.get(TrackedRow, tracked_id, with_for_update=True) if known else None
    if row is None:
        raise NotFound("tracked opportunity", tracked_id, "List those of the profile to see their ids.")
    return row


def _note_move(session: Session, row: TrackedRow, before: str | None, by: str, note: str) -> None:
    moves = select(StageMoveRow.position).where(StageMoveRow.tracked_id == row.tracked_id).order_by(StageMoveRow.position.desc())
    position = (session.scalar(moves.limit(1)) or 0) + 1
    session.add(
        StageMoveRow(
            tracked_id=row.tracked_id,
            position=position,
            from_stage=before,
            to_stage=row.stage,
            moved_at=row.updated_at,
            moved_by=by,
            note=note,
        )
    )
    session.flush()
