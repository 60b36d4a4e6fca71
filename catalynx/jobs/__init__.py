"""Work in the background: reports, exports and loads are asked for here, wait, run in processes of their own, and can be stopped.

What is asked for and how far it is stands in the records; the queue only tells a worker that there is something to do, so
that nothing is lost with it.
"""

from catalynx.jobs.asking import Jobs
from catalynx.jobs.exports import profiles_of_exports, remove_exports
from catalynx.jobs.imports import ACCOUNT
from catalynx.jobs.kinds import KINDS
from catalynx.jobs.stopping import stop_jobs
from catalynx.jobs.uploads import new_upload, plain_name, remove_upload
from catalynx.jobs.worker import Worker
from catalynx.records.entries import Job

__all__ = [
    "ACCOUNT", "KINDS", "Job", "Jobs", "Worker", "new_upload", "plain_name", "profiles_of_exports", "remove_exports",
    "remove_upload", "stop_jobs",
]  # fmt: skip
