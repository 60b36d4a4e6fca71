"""Jobs in the database: asked for, claimed by one worker at a time, ended once.

The state of a job changes in one statement that names the state before, so that of two that try one fails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Select, and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from catalynx.errors import Conflict, NotFound, QueueFull
from catalynx.records.database import Database
from catalynx.records.entries import Job, entry
from catalynx.records.models import JOB_STATES, JobRow, ProfileRow
from catalynx.records.profiles import require_profile
from catalynx.records.storable import choice, plain, whole
from catalynx.records.storable import text as storable_text

_QUEUE_LOCK = 0x0CA7A1_0003
_ERROR_LENGTH = 2_000


class Jobs(Database):
    """The jobs' part of the records.

    ``teams`` and ``by`` limit what is seen: to jobs of these teams' profiles, and jobs without a profile that `by` asked for.
    """

    def add_job(
        self,
        kind: str,
        parameters: Mapping[str, object],
        *,
        by: str,
        profile_id: str | None = None,
        idempotency_key: str | None = None,
        most_waiting: int = 100,
    ) -> Job:
        """Keep a job that waits; with an `idempotency_key` that `by` used before, return the job that was made then.

        Raises
        ------
        QueueFull
            `most_waiting` jobs wait already.
        Conflict
            The key was used for something else.
        """
        row = JobRow(
            job_id=uuid4().hex, kind=storable_text("kind", kind, 40), parameters=plain("parameters", dict(parameters)),
            profile_id=profile_id, asked_by=storable_text("by", by, 200),
            idempotency_key=None if idempotency_key is None else storable_text("idempotency_key", idempotency_key, 200),
            state="queued", cancel_asked=False, asked_at=datetime.now(UTC), started_at=None, alive_at=None, finished_at=None,
            attempts=0, worker=None, done=0, total=0, what="waiting", outputs=[], error=None,
        )  # fmt: skip
        with self.writing() as session:
            if self.dialect == "postgresql":
                # Counting and adding must be one step; on SQLite writers take turns anyhow.
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _QUEUE_LOCK})
            if (before := _asked_before(session, row)) is not None:
                return entry(Job, before)
            if profile_id is not None:
                require_profile(session, profile_id, hold=True)
            waiting = session.scalar(select(func.count()).select_from(JobRow).where(JobRow.state == "queued")) or 0
            if waiting >= most_waiting:
                raise QueueFull(waiting)
            session.add(row)
            session.flush()
            return entry(Job, row)

    def get_job(self, job_id: str, *, teams: Collection[str] | None = None, by: str | None = None) -> Job:
        """Return a job, else raise `NotFound`."""
        with self.reading() as session:
            return entry(Job, _job_row(session, job_id, teams, by))

    def list_jobs(
        self,
        *,
        state: str | None = None,
        kind: str | None = None,
        profile_id: str | None = None,
        teams: Collection[str] | None = None,
        by: str | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Return jobs, newest first."""
        query = _visible(teams, by).order_by(JobRow.asked_at.desc(), JobRow.job_id).limit(whole("limit", limit, 1, 10_000))
        if state is not None:
            query = query.where(JobRow.state == choice("state", state, JOB_STATES))
        if kind is not None:
            query = query.where(JobRow.kind == storable_text("kind", kind, 40))
        if profile_id is not None:
            query = query.where(JobRow.profile_id == storable_text("profile_id", profile_id, 64))
        with self.reading() as session:
            return [entry(Job, row) for row in session.scalars(query)]

    def cancel_job(self, job_id: str, *, teams: Collection[str] | None = None, by: str | None = None) -> Job:
        """Cancel a job that waits; ask the worker of one that runs to stop it. One that ended stays as it is."""
        with self.writing() as session:
            row = _job_row(session, job_id, teams, by, hold=True)
            if row.state == "queued":
                row.state, row.finished_at, row.what = "cancelled", datetime.now(UTC), "cancelled"
            elif row.state == "running":
                row.cancel_asked = True
            return entry(Job, row)

    def claim_job(self, job_id: str, worker: str) -> Job | None:
        """Take a job that waits, as `worker`; None when another has it, or it is gone."""
        now = datetime.now(UTC)
        taken = update(JobRow).where(JobRow.job_id == job_id, JobRow.state == "queued").values(
            state="running", worker=storable_text("worker", worker, 200), started_at=now, alive_at=now,
            attempts=JobRow.attempts + 1, done=0, total=0, what="starting",
        )  # fmt: skip
        with self.writing() as session:
            if session.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
                return None
            return entry(Job, session.get_one(JobRow, job_id))

    def beat_job(self, job: Job, done: int, total: int, what: str) -> bool:
        """Say that a claimed job goes on, and how far it is; return whether it may: not when cancelled, or gone."""
        beat = _mine(job).where(JobRow.cancel_asked.is_(False))
        values = {"alive_at": datetime.now(UTC), "done": done, "total": total, "what": what[:200]}
        with self.writing() as session:
            return session.execute(beat.values(**values)).rowcount == 1  # type: ignore[attr-defined]

    def end_job(
        self, job: Job, state: str, *, outputs: Iterable[str] = (), error: str | None = None, too_late: bool = False
    ) -> bool:
        """End a claimed job; False when it is not its worker's any more, or, for ``done``, when it was cancelled.

        `too_late` lets it be ``done`` although it was cancelled: what it did cannot be taken back.
        """
        end = _mine(job)
        if state == "done" and not too_late:
            end = end.where(JobRow.cancel_asked.is_(False))
        values: dict[str, object] = {
            "state": choice("state", state, JOB_STATES), "finished_at": datetime.now(UTC), "outputs": list(outputs),
            "error": None if error is None else storable_text("error", error[:_ERROR_LENGTH], _ERROR_LENGTH), "what": state,
        }  # fmt: skip
        if state == "done":
            values["done"] = JobRow.total
        with self.writing() as session:
            return session.execute(end.values(**values)).rowcount == 1  # type: ignore[attr-defined]

    def oldest_waiting_job(self, *, before: datetime) -> str | None:
        """Return the id of the job that waits longest, asked for `before`; None when there is none."""
        query = select(JobRow.job_id).where(JobRow.state == "queued", JobRow.asked_at < before)
        with self.reading() as session:
            return session.scalar(query.order_by(JobRow.asked_at, JobRow.job_id).limit(1))

    def requeue_job(self, job: Job, *, counts: bool = True) -> bool:
        """Let a claimed job wait anew, which `counts` as an attempt or not.

        False when it was cancelled, or is not its worker's any more.
        """
        attempts = JobRow.attempts if counts else JobRow.attempts - 1
        again = (
            _mine(job)
            .where(JobRow.cancel_asked.is_(False))
            .values(state="queued", worker=None, what="waiting again", attempts=attempts)
        )
        with self.writing() as session:
            return session.execute(again).rowcount == 1  # type: ignore[attr-defined]


def _mine(job: Job):  # type: ignore[no-untyped-def]
    return update(JobRow).where(
        JobRow.job_id == job.job_id, JobRow.state == "running", JobRow.worker == job.worker, JobRow.attempts == job.attempts
    )


def _asked_before(session: Session, row: JobRow) -> JobRow | None:
    if row.idempotency_key is None:
        return None
    query = select(JobRow).where(JobRow.asked_by == row.asked_by, JobRow.idempotency_key == row.idempotency_key)
    found = session.scalar(query)
    if found is None:
        return None
    if (found.kind, found.parameters, found.profile_id) != (row.kind, row.parameters, row.profile_id):
        raise Conflict(f"The idempotency key {row.idempotency_key!r} was used for another job. Choose another key.")
    return found


def _visible(teams: Collection[str] | None, by: str | None) -> Select[JobRow]:
    query = select(JobRow)
    if teams is None:
        return query
    of_teams = JobRow.profile_id.in_(
        select(ProfileRow.profile_id).where(ProfileRow.team.in_([storable_text("teams", team, 100) for team in teams]))
    )
    return query.where(or_(of_teams, and_(JobRow.profile_id.is_(None), JobRow.asked_by == (by or ""))))


def _job_row(session: Session, job_id: str, teams: Collection[str] | None, by: str | None, *, hold: bool = False) -> JobRow:
    known = isinstance(job_id, str) and len(job_id) == 32 and job_id.isalnum() and job_id.isascii()
    row = None
    if known:
        query = _visible(teams, by).where(JobRow.job_id == job_id)
        row = session.scalar(query.with_for_update() if hold else query)
    if row is None:
        raise NotFound("job", job_id, "`catalynx jobs list` shows those there are.")
    return row
