"""Decisions with what they rest on: written once, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalynx import __version__
from catalynx.errors import BadParameter, NotFound
from catalynx.records.database import Database
from catalynx.records.entries import Decision, DecisionSet, entry
from catalynx.records.models import DecisionRow, DecisionSetRow
from catalynx.records.profiles import require_profile
from catalynx.records.storable import number, plain, text, whole

if TYPE_CHECKING:
    import pandas as pd

_INPUTS = ("lake_version", "package_version", "profile_version", "parameters")


class Decided(Database):
    """The decisions' part of the records."""

    def record_decisions(
        self,
        profile_id: str,
        decisions: pd.DataFrame | Iterable[Mapping[str, Any]],
        *,
        lake_version: str,
        parameters: Mapping[str, object],
        profile_version: int,
        package_version: str = __version__,
        made_by: str = "local",
    ) -> DecisionSet:
        """Keep decisions that were made together, with the inputs that give the same answer again.

        `decisions` has rows of ``columns.RESULTS["decisions"]``, a frame or mappings; each needs ``candidate_id``,
        ``recommendation``, ``score`` (which may be missing) and ``coverage``.

        Raises
        ------
        NotFound
            There is no such profile.
        BadParameter
            Names the row and the field.
        """
        head = DecisionSetRow(
            set_id=uuid4().hex,
            profile_id=profile_id,
            profile_version=whole("profile_version", profile_version, 0, 2**31 - 1),
            lake_version=text("lake_version", lake_version, 100),
            package_version=text("package_version", package_version, 50),
            parameters=plain("parameters", dict(parameters)),
            made_at=datetime.now(UTC),
            made_by=text("made_by", made_by, 200),
        )
        rows = [_decision_row(head.set_id, index, fields) for index, fields in enumerate(_mappings(decisions))]
        if len({row.candidate_id for row in rows}) != len(rows):
            raise BadParameter("decisions", f"{len(rows)} rows", "one row for each candidate_id")
        with self.writing() as session:
            require_profile(session, profile_id, hold=True)
            session.add(head)
            session.flush()
            session.add_all(rows)
            return entry(DecisionSet, head)

    def list_decision_sets(self, profile_id: str) -> list[DecisionSet]:
        """Return the inputs and times of a profile's decisions, newest first."""
        query = select(DecisionSetRow).where(DecisionSetRow.profile_id == profile_id)
        with self.reading() as session:
            require_profile(session, profile_id)
            rows = session.scalars(query.order_by(DecisionSetRow.made_at.desc(), DecisionSetRow.set_id))
            return [entry(DecisionSet, row) for row in rows]

    def list_decisions(self, profile_id: str, *, set_id: str | None = None, candidate_id: str | None = None) -> list[Decision]:
        """Return decisions by rank: of one set, by default the newest; or all ever made on one candidate, newest first."""
        with self.reading() as session:
            require_profile(session, profile_id)
            query = _decisions().where(DecisionSetRow.profile_id == profile_id)
            if candidate_id is not None:
                query = query.where(DecisionRow.candidate_id == text("candidate_id", candidate_id, 200))
            if set_id is not None:
                query = query.where(DecisionSetRow.set_id == text("set_id", set_id, 32))
            elif candidate_id is None:
                query = query.where(DecisionSetRow.set_id == _newest_set(session, profile_id))
            order = (DecisionSetRow.made_at.desc(), DecisionRow.rank, DecisionRow.candidate_id)
            return [_decision(*row) for row in session.execute(query.order_by(*order))]

    def get_decision(self, decision_id: str) -> Decision:
        """Return one decision, else raise `NotFound`."""
        with self.reading() as session:
            query = _decisions().where(DecisionRow.decision_id == text("decision_id", decision_id, 200))
            found = session.execute(query).one_or_none()
            if found is None:
                raise NotFound("decision", decision_id, "List those of the profile to see their ids.")
            return _decision(*found)


def _mappings(decisions: pd.DataFrame | Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    # Not isinstance: it would import pandas for callers that have none at hand.
    return decisions.to_dict("records") if hasattr(decisions, "to_dict") else decisions  # type: ignore[return-value]


def _decisions() -> Any:
    return select(DecisionRow, DecisionSetRow).join(DecisionSetRow, DecisionRow.set_id == DecisionSetRow.set_id)


def _newest_set(session: Session, profile_id: str) -> str | None:
    sets = select(DecisionSetRow.set_id).where(DecisionSetRow.profile_id == profile_id)
    return session.scalar(sets.order_by(DecisionSetRow.made_at.desc(), DecisionSetRow.set_id).limit(1))


def _decision(row: DecisionRow, head: DecisionSetRow) -> Decision:
    return Decision(
        decision_id=row.decision_id,
        set_id=row.set_id,
        profile_id=head.profile_id,
        candidate_id=row.candidate_id,
        rank=row.rank,
        recommendation=row.recommendation,
        score=row.score,
        coverage=row.coverage,
        fields=row.fields,
        inputs={name: getattr(head, name) for name in _INPUTS},
        made_at=head.made_at,
        made_by=head.made_by,
    )


def _decision_row(set_id: str, index: int, fields: Mapping[str, Any]) -> DecisionRow:
    where = f"decisions[{index}]"
    values = plain(where, fields)
    coverage = number(f"{where}.coverage", values.get("coverage"), 1)
    if coverage is None:
        raise BadParameter(f"{where}.coverage", None, "a number from 0 to 1")
    rank = values.get("rank")
    return DecisionRow(
        decision_id=uuid4().hex,
        set_id=set_id,
        candidate_id=text(f"{where}.candidate_id", values.get("candidate_id"), 200),
        rank=None if rank is None else whole(f"{where}.rank", int(rank) if isinstance(rank, float) else rank, 1, 2**31 - 1),
        recommendation=text(f"{where}.recommendation", values.get("recommendation"), 40),
        score=number(f"{where}.score", values.get("score"), 1),
        coverage=coverage,
        fields=values,
    )
