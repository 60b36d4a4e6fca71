"""Runs: each report and each load, with what was asked, how it ended and what it left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalynx.errors import Conflict, NotFound
from catalynx.records.database import Database
from catalynx.records.entries import Run, entry
from catalynx.records.models import RUN_STATES, RunRow
from catalynx.records.profiles import require_profile
from catalynx.records.storable import choice, plain, text, whole


class Runs(Database):
    """The runs' part of the records."""

    def record_run(
        self,
        kind: str,
        name: str,
        parameters: Mapping[str, object],
        *,
        profile_id: str | None = None,
        lake_version: str | None = None,
        worker: str | None = None,
        job_id: str | None = None,
    ) -> Run:
        """Note that a run begins: `kind` such as report or load, `name` such as the report's, `parameters` as asked.

        `worker` names the process that does it (``catalynx.records.workers.worker_name``), `job_id` the job that it is part
        of: who finds the one gone or the other ended can end the run.
        """
        row = RunRow(
            run_id=uuid4().hex,
            kind=text("kind", kind, 40),
            name=text("name", name, 200),
            profile_id=profile_id,
            parameters=plain("parameters", dict(parameters)),
            state="running",
            started_at=datetime.now(UTC),
            finished_at=None,
            outputs=[],
            error=None,
            lake_version=None if lake_version is None else text("lake_version", lake_version, 100),
            worker=None if worker is None else text("worker", worker, 200),
            job_id=None if job_id is None else text("job_id", job_id, 32),
        )
        with self.writing() as session:
            if profile_id is not None:
                require_profile(session, profile_id, hold=True)
            session.add(row)
            session.flush()
            return entry(Run, row)

    def finish_run(
        self,
        run_id: str,
        *,
        outputs: Iterable[object] = (),
        error: str | None = None,
        lake_version: str | None = None,
        cancelled: bool = False,
    ) -> Run:
        """Note that a run ended, failed when there is an `error`; raises `Conflict` when it had ended before.

        One that was `cancelled` did not fail, and its `error` says who or what stopped it.
        """
        left = [text(f"outputs[{index}]", str(output), 4_000) for index, output in enumerate(outputs)]
        reason = None if error is None else text("error", error[:20_000], 20_000)
        version = None if lake_version is None else text("lake_version", lake_version, 100)
        with self.writing() as session:
            row = _run_row(session, run_id)
            if row.state != "running":
                raise Conflict(f"The run {run_id!r} ended before ({row.state}). Record a new run.")
            row.state = "cancelled" if cancelled else "done" if reason is None else "failed"
            row.finished_at, row.outputs, row.error = datetime.now(UTC), left, reason
            row.lake_version = version or row.lake_version
            return entry(Run, row)

    def end_cut_off_runs(
        self, *, error: str, job_id: str | None = None, gone: Callable[[str], bool] | None = None, cancelled: bool = False
    ) -> int:
        """End runs whose process is there no more, and return how many there were.

        Parameters
        ----------
        error : why they ended
        job_id : only runs of this job; whoever asks knows that nobody does it any more
        gone : only runs of no job whose worker it says is gone; asked with the name that `record_run` got
        cancelled : somebody stopped them
        """
        query = select(RunRow).where(RunRow.state == "running").order_by(RunRow.run_id)
        query = query.where(RunRow.job_id == job_id) if job_id is not None else query.where(RunRow.job_id.is_(None))
        with self.reading() as session:
            found = [row for row in session.scalars(query) if gone is None or (row.worker is not None and gone(row.worker))]
        if not found:
            return 0
        state = "cancelled" if cancelled else "failed"
        those = RunRow.run_id.in_([row.run_id for row in found])
        end = update(RunRow).where(those, RunRow.state == "running")
        with self.writing() as session:
            ended = session.execute(end.values(state=state, finished_at=datetime.now(UTC), error=text("error", error, 20_000)))
            return ended.rowcount  # type: ignore[attr-defined]

    def get_run(self, run_id: str) -> Run:
        """Return a run, else raise `NotFound`."""
        with self.reading() as session:
            return entry(Run, _run_row(session, run_id))

    def list_runs(
        self, *, kind: str | None = None, profile_id: str | None = None, state: str | None = None, limit: int = 100
    ) -> list[Run]:
        """Return runs, newest first, of one kind, profile or state when given."""
        query = select(RunRow).order_by(RunRow.started_at.desc(), RunRow.run_id).limit(whole("limit", limit, 1, 10_000))
        if kind is not None:
            query = query.where(RunRow.kind == text("kind", kind, 40))
        if state is not None:
            query = query.where(RunRow.state == choice("state", state, RUN_STATES))
        with self.reading() as session:
            if profile_id is not None:
                query = query.where(RunRow.profile_id == require_profile(session, profile_id).profile_id)
            return [entry(Run, row) for row in session.scalars(query)]


def _run_row(session: Session, run_id: str) -> RunRow:
    known = isinstance(run_id, str) and len(run_id) == 32 and run_id.isalnum() and run_id.isascii()
    row = session.get(RunRow, run_id, with_for_update=True) if known else None
    if row is None:
        raise NotFound("run", run_id, "List the runs to see their ids.")
    return row
