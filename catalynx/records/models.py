"""The tables in which records are kept; the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STAGES = ("prospects", "qualified_prospects", "candidates", "targets", "opportunities")
"""The funnel, in its order."""

OUTCOMES = ("won", "declined", "dropped")
"""How a tracked opportunity ends: the funder gave, the funder refused, we stopped."""

KINDS = ("foundation", "program", "opportunity")
RUN_STATES = ("running", "done", "failed", "cancelled")
JOB_STATES = ("queued", "running", "done", "failed", "cancelled")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on the way in and out; SQLite keeps it without an offset, PostgreSQL with one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the moment {value.isoformat()} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# PostgreSQL would sort by the language of its cluster; byte order is what SQLite does.
BYTEWISE = Text().with_variant(Text(collation="C"), "postgresql")


class Base(DeclarativeBase):
    """Base of all tables; constraints have names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON(), list[str]: JSON(), str: Text(), float: Double()}  # noqa: RUF012


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _profile_key() -> ForeignKey:
    return ForeignKey("profiles.profile_id", ondelete="CASCADE")


class ProfileRow(Base):
    """A profile: its fields as JSON, beside what is searched, sorted and locked by."""

    __tablename__ = "profiles"

    profile_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(32), unique=True)
    """What audit entries call it; means nothing once the profile is purged."""
    team: Mapped[str] = mapped_column(String(100), index=True)
    ein: Mapped[str | None] = mapped_column(String(9), index=True)
    sort_name: Mapped[str] = mapped_column(BYTEWISE, index=True)
    search_text: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    fields: Mapped[dict[str, Any]]


class TrackedRow(Base):
    """A candidate that a profile's people follow through the funnel."""

    __tablename__ = "tracked"
    __table_args__ = (
        UniqueConstraint("profile_id", "candidate_id"),
        _one_of("kind", KINDS),
        _one_of("stage", STAGES + OUTCOMES),
        Index(None, "profile_id", "stage"),
    )

    tracked_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    profile_id: Mapped[str] = mapped_column(_profile_key())
    candidate_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str]
    stage: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str | None] = mapped_column(String(200))
    notes: Mapped[str]
    ask_usd: Mapped[float | None]
    deadline: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StageMoveRow(Base):
    """One move through the funnel; the first comes from nowhere."""

    __tablename__ = "stage_moves"

    tracked_id: Mapped[str] = mapped_column(ForeignKey("tracked.tracked_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_stage: Mapped[str | None] = mapped_column(String(20))
    to_stage: Mapped[str] = mapped_column(String(20))
    moved_at: Mapped[datetime]
    moved_by: Mapped[str] = mapped_column(String(200))
    note: Mapped[str]


class DecisionSetRow(Base):
    """What the decisions of one run rest on, enough to run it again; never changed (a trigger refuses)."""

    __tablename__ = "decision_sets"
    __table_args__ = (Index(None, "profile_id", "made_at"),)

    set_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    profile_id: Mapped[str] = mapped_column(_profile_key())
    profile_version: Mapped[int]
    lake_version: Mapped[str] = mapped_column(String(100))
    package_version: Mapped[str] = mapped_column(String(50))
    parameters: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(200))


class DecisionRow(Base):
    """One candidate's decision; never changed (a trigger refuses)."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("set_id", "candidate_id"),)

    decision_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    set_id: Mapped[str] = mapped_column(ForeignKey("decision_sets.set_id", ondelete="CASCADE"))
    candidate_id: Mapped[str] = mapped_column(String(200), index=True)
    rank: Mapped[int | None]
    recommendation: Mapped[str] = mapped_column(String(40))
    score: Mapped[float | None]
    coverage: Mapped[float]
    fields: Mapped[dict[str, Any]]
    """The whole row of ``columns.RESULTS["decisions"]``."""


class RunRow(Base):
    """A report or a load: what was asked, how it ended, what it left."""

    __tablename__ = "runs"
    __table_args__ = (_one_of("state", RUN_STATES), Index(None, "kind", "started_at"), Index(None, "state"))

    run_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    profile_id: Mapped[str | None] = mapped_column(_profile_key(), index=True)
    parameters: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outputs: Mapped[list[str]]
    error: Mapped[str | None]
    lake_version: Mapped[str | None] = mapped_column(String(100))
    worker: Mapped[str | None] = mapped_column(String(200))
    """The process that does it, as others on its machine can look for it."""
    job_id: Mapped[str | None] = mapped_column(String(32))
    """The job that it is part of, if it is of one."""


class JobRow(Base):
    """Work that somebody asked for and a worker does in the background; gone with its profile."""

    __tablename__ = "jobs"
    __table_args__ = (
        _one_of("state", JOB_STATES),
        UniqueConstraint("asked_by", "idempotency_key"),
        Index(None, "state", "asked_at"),
    )

    job_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    parameters: Mapped[dict[str, Any]]
    profile_id: Mapped[str | None] = mapped_column(_profile_key(), index=True)
    asked_by: Mapped[str] = mapped_column(String(200))
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    cancel_asked: Mapped[bool]
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    alive_at: Mapped[datetime | None]
    """When its worker last said that it goes on."""
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int]
    worker: Mapped[str | None] = mapped_column(String(200))
    done: Mapped[int]
    total: Mapped[int]
    what: Mapped[str]
    outputs: Mapped[list[str]]
    error: Mapped[str | None]


class AuditRow(Base):
    """Who did what to what; append only (a trigger refuses the rest), numbered without gaps."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "target_kind", "target"),)

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(100))
    target_kind: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(200))
    allowed: Mapped[bool]
    detail: Mapped[dict[str, Any]]
    origin: Mapped[str | None] = mapped_column(String(100))
    """From where: an address or a job, as far as it is known."""
    chain_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the hash before and of this entry's content."""


class AuditHeadRow(Base):
    """The last entry of the audit, so that entries cut off its end are missed; one row."""

    __tablename__ = "audit_head"

    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    chain_hash: Mapped[str] = mapped_column(String(64))


class ErasureRow(Base):
    """The pseudonym of a purged profile: a backup that is restored still holds the profile under it."""

    __tablename__ = "erasures"

    pseudonym: Mapped[str] = mapped_column(String(32), primary_key=True)
    erased_at: Mapped[datetime]


class SessionRow(Base):
    """What a person, or a service account, was let in with; access tokens name it, refresh tokens hang on it."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "person", "expires_at"),)

    session_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(200))
    client: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[str]]
    teams: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(100))


class RefreshTokenRow(Base):
    """A refresh token, by its hash; used once, and kept after that so that a second use is noticed."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ServiceAccountRow(Base):
    """A schedule or a program that comes in with a secret of its own, kept as a hash."""

    __tablename__ = "service_accounts"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    teams: Mapped[list[str]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AnswerRow(Base):
    """The answer to a request with an idempotency key, given again when the request is; no answer yet while it is worked on."""

    __tablename__ = "answers"

    person: Mapped[str] = mapped_column(String(200), primary_key=True)
    route: Mapped[str] = mapped_column(String(200), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    response: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    profile_id: Mapped[str | None] = mapped_column(_profile_key(), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
