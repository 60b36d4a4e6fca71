"""What the store gives back besides profiles: plain, frozen, detached from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from catalynx.records.profile import Profile


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """One page of profiles, and how many there are in all."""

    profiles: list[Profile]
    total: int
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class Tracked:
    """A candidate that a profile's people follow; ``stage`` is one of ``STAGES`` or ``OUTCOMES``."""

    tracked_id: str
    profile_id: str
    candidate_id: str
    kind: str
    name: str
    stage: str
    owner: str | None
    notes: str
    ask_usd: float | None
    deadline: date | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class StageMove:
    """One move through the funnel; ``from_stage`` is None for the first."""

    tracked_id: str
    position: int
    from_stage: str | None
    to_stage: str
    moved_at: datetime
    moved_by: str
    note: str


@dataclass(frozen=True, slots=True)
class DecisionSet:
    """The inputs and time of decisions that were made together."""

    set_id: str
    profile_id: str
    profile_version: int
    lake_version: str
    package_version: str
    parameters: Mapping[str, Any]
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One candidate's decision; ``fields`` is the whole row as it was decided, ``inputs`` what it rests on."""

    decision_id: str
    set_id: str
    profile_id: str
    candidate_id: str
    rank: int | None
    recommendation: str
    score: float | None
    coverage: float
    fields: Mapping[str, Any]
    inputs: Mapping[str, Any]
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Run:
    """A report or a load; ``state`` is running, done or failed."""

    run_id: str
    kind: str
    name: str
    profile_id: str | None
    parameters: Mapping[str, Any]
    state: str
    started_at: datetime
    finished_at: datetime | None
    outputs: list[str]
    error: str | None
    lake_version: str | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, when, and whether it was allowed; profiles appear under their pseudonym."""

    sequence: int
    at: datetime
    actor: str
    action: str
    target_kind: str
    target: str
    allowed: bool
    detail: Mapping[str, Any]


def entry[T](kind: type[T], row: object) -> T:
    """Copy the fields of `row` into an entry of `kind`."""
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})  # type: ignore[arg-type]
