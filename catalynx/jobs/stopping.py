"""Stopping all jobs of a profile, and waiting until they have stopped: what a purge begins with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from catalynx.errors import JobError
from catalynx.jobs.running import remove_leftovers
from catalynx.jobs.worker import take_over

if TYPE_CHECKING:
    from catalynx.records.store import Records
    from catalynx.settings import Settings

WAIT_SECONDS = 45
"""Longer than a worker may be silent before its job counts as abandoned."""


def stop_jobs(settings: Settings, records: Records, profile_id: str) -> int:
    """Cancel every job of a profile, wait until none runs, and remove what was not finished.

    Returns how many jobs there were; what those that got done have left is for the purge to remove.

    Raises
    ------
    JobError
        A worker does not stop.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    for state in ("queued", "running"):
        for job in records.list_jobs(profile_id=profile_id, state=state, limit=10_000):
            records.cancel_job(job.job_id)
    while records.list_jobs(profile_id=profile_id, state="running", limit=1):
        take_over(settings, records)
        if time.monotonic() > deadline:
            raise JobError(f"A job of this profile has not stopped for {WAIT_SECONDS} seconds. End its worker, then try again.")
        time.sleep(0.1)
    found = records.list_jobs(profile_id=profile_id, limit=10_000)
    for job in (job for job in found if job.state != "done"):
        remove_leftovers(settings, job)
    return len(found)
