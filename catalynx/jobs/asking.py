"""Asking for work, and for how far it is: what the API, the pages and the command line call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.errors import JobError, NotFound
from catalynx.jobs.kinds import kind_of
from catalynx.jobs.running import use_up
from catalynx.records.entries import Job

if TYPE_CHECKING:
    from catalynx.jobs.queue import Queue
    from catalynx.records.store import Records
    from catalynx.settings import Settings

type Noting = Callable[[Records, Job], object]
"""Writes down in the records who asked for, or cancelled, a job."""

_log = logging.getLogger("catalynx.jobs")


class Jobs:
    """The jobs of a workspace; ``close()`` it, or use it in a ``with`` block. Safe to share between threads.

    ``teams`` and ``by`` say for whom one asks: jobs of other teams' profiles do not exist, nor jobs without a profile that
    somebody else asked for. None is every team.

    Parameters
    ----------
    settings : where the workspace is
    records : open records to use; else they are opened here, and closed with this
    """

    def __init__(self, settings: Settings, records: Records | None = None) -> None:
        self._settings, self._given = settings, records
        self._opened: Records | None = None
        self._queue: Queue | None = None

    def submit(
        self,
        kind: str,
        parameters: Mapping[str, Any],
        by: str,
        profile_id: str | None = None,
        idempotency_key: str | None = None,
        *,
        teams: Collection[str] | None = None,
        noting: Noting | None = None,
    ) -> Job:
        """Ask for a job of `kind`; it is checked now, and runs when a worker is free.

        Parameters
        ----------
        parameters : ``report``: report, parameters, pdf · ``export``: table, format, as_of, unshared · ``load``: paths ·
            ``import``: upload, name · ``likelihood``: none
        by : who asks
        profile_id : whose report or export it is
        idempotency_key : asked again with the same key by the same person, the job that was made first is returned
        noting : writes the audit's entry, in the transaction that keeps the job

        Raises
        ------
        BadParameter, NotFound
            What is asked for cannot be run; names the parameter.
        QueueFull
            Too many jobs wait already.
        Conflict
            The key was used for something else.
        """
        checked = kind_of(kind).check(self._settings, parameters, profile_id)
        if profile_id is not None:
            self._records().get_profile(profile_id, teams=teams)
        records = self._records()
        with records.together():
            job = records.add_job(
                kind, checked, by=by, profile_id=profile_id, idempotency_key=idempotency_key,
                most_waiting=self._settings.jobs_waiting,
            )  # fmt: skip
            if noting is not None:
                noting(records, job)
        if job.state == "queued":
            try:
                self._waiting().push(job.job_id)
            except JobError as error:
                _log.warning("job %s: %s", job.job_id, error)
        return job

    def get(self, job_id: str, *, teams: Collection[str] | None = None, by: str | None = None) -> Job:
        """Return a job with its state and progress, else raise `NotFound`."""
        return self._records().get_job(job_id, teams=teams, by=by)

    def list(
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
        return self._records().list_jobs(state=state, kind=kind, profile_id=profile_id, teams=teams, by=by, limit=limit)

    def cancel(
        self, job_id: str, *, teams: Collection[str] | None = None, by: str | None = None, noting: Noting | None = None
    ) -> Job:
        """Cancel a job: one that waits at once, one that runs within seconds, with all that it has left.

        Returns the job as it is now. `noting` writes the audit's entry, in the same transaction.
        """
        records = self._records()
        with records.together():
            job = records.cancel_job(job_id, teams=teams, by=by)
            if noting is not None:
                noting(records, job)
        if job.state == "cancelled":
            use_up(self._settings, job)  # one that runs is ended by its worker, which does it then
        return job

    def result(self, job_id: str, *, teams: Collection[str] | None = None, by: str | None = None) -> dict[str, Path]:
        """Return the files that a job left, by their names; none before it is done.

        Raises
        ------
        NotFound
            No such job, or a file of it is not there any more.
        """
        job = self.get(job_id, teams=teams, by=by)
        found = {}
        for output in job.outputs:
            path = (self._settings.home / output).resolve()
            if not path.is_relative_to(self._settings.home) or not path.exists():
                raise NotFound("file", output, "It was removed since; submit the job again.")
            found[path.name] = path
        return found

    def close(self) -> None:
        """Let queue and records go."""
        if self._queue is not None:
            self._queue.close()
        if self._opened is not None:
            self._opened.close()
        self._queue = self._opened = None

    def __enter__(self) -> Jobs:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _records(self) -> Records:
        if self._given is not None:
            return self._given
        if self._opened is None:
            from catalynx.records.store import open_records

            self._settings.home.mkdir(parents=True, exist_ok=True)
            self._opened = open_records(self._settings.records_url)
        return self._opened

    def _waiting(self) -> Queue:
        if self._queue is None:
            from catalynx.jobs.queue import Queue

            self._queue = Queue(self._settings)
        return self._queue
