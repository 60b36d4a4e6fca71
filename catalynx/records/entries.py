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
    """A report or a load; ``state`` is running, done, failed or cancelled, and ``error`` says why it is one of the last two.

    ``worker`` is the process that does it, ``job_id`` the job that it is part of; both may be unknown.
    """

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
    worker: str | None
    job_id: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """Work in the background; ``state`` is queued, running, done, failed or cancelled.

    Attributes
    ----------
    done, total, what : how far it is: `done` of `total` steps (0 of 0 before the first), and what is being done
    outputs : paths of what it left, relative to the workspace
    error : why it failed, in one line
    attempts : how often a worker began it
    worker, alive_at : who runs it, and when that worker last said so
    """

    job_id: str
    kind: str
    parameters: Mapping[str, Any]
    profile_id: str | None
    asked_by: str
    idempotency_key: str | None
    state: str
    cancel_asked: bool
    asked_at: datetime
    started_at: datetime | None
    alive_at: datetime | None
    finished_at: datetime | None
    attempts: int
    worker: str | None
    done: int
    total: int
    what: str
    outputs: list[str]
    error: str | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ("done", "failed", "cancelled")


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
    origin: str | None
    chain_hash: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last entry of the audit; noted down elsewhere, it shows later that nothing before it was changed."""

    sequence: int
    chain_hash: str


@dataclass(frozen=True, slots=True)
class AuditFlaw:
    """The first entry of the audit that is not as it was written."""

    sequence: int
    problem: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """A purged profile, by the pseudonym that it had."""

    pseudonym: str
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class AccessSession:
    """What a person was let in with; ``teams`` None is every team, ``ended_at`` None means it still stands until it expires."""

    session_id: str
    person: str
    client: str
    scopes: list[str]
    teams: list[str] | None
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_because: str | None


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A schedule or a program with a secret of its own."""

    account_id: str
    name: str
    scopes: list[str]
    teams: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered to a request, to be answered again."""

    status: int
    response: Mapping[str, Any]


def entry[T](kind: type[T], row: object) -> T:
    """Copy the fields of `row` into an entry of `kind`."""
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})  # type: ignore[arg-type]
