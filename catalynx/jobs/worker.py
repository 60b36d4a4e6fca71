"""A worker: takes jobs that wait, one after another, and takes over those whose worker died."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from catalynx.errors import CatalynxError, JobError
from catalynx.jobs.running import CANCELLED, CUT_OFF, end_run_of, remove_leftovers, run_claimed
from catalynx.jobs.uploads import sweep_uploads
from catalynx.records.entries import Job
from catalynx.records.workers import is_gone, worker_name

if TYPE_CHECKING:
    from catalynx.jobs.queue import Queue
    from catalynx.records.store import Records
    from catalynx.settings import Settings

POLL_SECONDS = 0.2
SWEEP_SECONDS = 2.0
LEASE_SECONDS = 30
"""A job whose worker has said nothing for so long is taken over."""
MOST_ATTEMPTS = 3
_log = logging.getLogger("catalynx.jobs")


class Worker:
    """Runs jobs in processes of their own, `at_once` side by side, from threads that only wait for them.

    Use it in a ``with`` block beside a server, or call ``run()`` in a process of its own.
    """

    def __init__(self, settings: Settings, *, at_once: int | None = None) -> None:
        self._settings, self._at_once = settings, at_once or settings.jobs_at_once
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._swept_at = 0.0
        self._sweeping = threading.Lock()

    def start(self) -> None:
        """Begin to take jobs, in threads."""
        self._stopping.clear()
        names = [f"jobs-{number + 1}" for number in range(self._at_once)]
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop: jobs that run are stopped too, and wait for another worker."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(20)
        self._threads = []

    def run(self) -> None:
        """Work until `stop` is called from a signal or another thread."""
        self.start()
        try:
            self._stopping.wait()
        finally:
            self.stop()

    def ask_to_stop(self) -> None:
        """Let `run` end; for handlers of signals."""
        self._stopping.set()

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _work(self) -> None:
        from catalynx.jobs.queue import Queue
        from catalynx.records.store import open_records

        while not self._stopping.is_set():
            try:
                with open_records(self._settings.records_url) as records:
                    records.end_cut_off_runs(error=CUT_OFF, gone=is_gone)
                    queue = Queue(self._settings)
                    try:
                        self._take_turns(records, queue)
                    finally:
                        queue.close()
            except CatalynxError as error:  # the records are away: they may come back
                _log.warning("%s", error)
                self._stopping.wait(SWEEP_SECONDS)

    def _take_turns(self, records: Records, queue: Queue) -> None:
        name = worker_name()
        while not self._stopping.is_set():
            job_id = self._next(records, queue)
            job = None if job_id is None else records.claim_job(job_id, name)
            if job is None:
                if job_id is None:
                    self._stopping.wait(POLL_SECONDS)
                continue
            if job.attempts > MOST_ATTEMPTS:
                remove_leftovers(self._settings, job)
                end_run_of(records, job, CUT_OFF)
                records.end_job(job, "failed", error=f"its worker ended {MOST_ATTEMPTS} times while it ran")
                continue
            run_claimed(self._settings, records, job, self._stopping)

    def _next(self, records: Records, queue: Queue) -> str | None:
        """Return the id of a job that waits: from the queue, and now and then from the records, which lose nothing."""
        with self._sweeping:
            due = time.monotonic() - self._swept_at > SWEEP_SECONDS
            if due:
                self._swept_at = time.monotonic()
        if due:
            take_over(self._settings, records)
            sweep_uploads(self._settings, records)
            forgotten = records.oldest_waiting_job(before=datetime.now(UTC) - timedelta(seconds=2 * SWEEP_SECONDS))
            if forgotten is not None:
                return forgotten
        try:
            return queue.pop()
        except JobError as error:
            _log.warning("%s", error)
            self._stopping.wait(SWEEP_SECONDS)
            return None


def take_over(settings: Settings, records: Records) -> None:
    """Let jobs wait anew whose worker died, and end those of them that were cancelled."""
    for job in records.list_jobs(state="running", limit=1_000):
        if not is_abandoned(job):
            continue
        if job.cancel_asked:
            remove_leftovers(settings, job)
            end_run_of(records, job, CANCELLED, cancelled=True)
            records.end_job(job, "cancelled")
        elif records.requeue_job(job):
            _log.warning("job %s: its worker ended; it is begun anew", job.job_id)


def is_abandoned(job: Job) -> bool:
    """Say whether a running job's worker is gone: its process is not there, or it has been silent for too long."""
    if is_gone(job.worker):
        return True
    return job.alive_at is None or datetime.now(UTC) - job.alive_at > timedelta(seconds=LEASE_SECONDS)
