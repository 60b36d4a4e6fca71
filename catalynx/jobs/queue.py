"""The queue: ids of jobs that wait, in SQLite in the workspace, or in Redis when several machines work.

Only ids travel, as plain text: nothing of a profile is in the queue, and nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from catalynx.errors import JobError
from catalynx.extras import without_extra
from catalynx.records.private_file import make_private_file

if TYPE_CHECKING:
    from catalynx.settings import Settings

FILE = "queue.sqlite"
_ANSWER_SECONDS = 3
_WAY_OUT = "The job is kept, and a worker takes it from the records."


class Queue:
    """Ids of jobs that wait, first in, first out; safe to share between threads.

    Raises
    ------
    JobError
        From `push` and `pop`, when the queue cannot be reached. Nothing is lost: the records know what waits.
    """

    def __init__(self, settings: Settings) -> None:
        url = settings.redis_url.get_secret_value()
        self._storage: Any = _redis(url, settings) if url else _sqlite(settings)

    def push(self, job_id: str) -> None:
        """Put a job's id at the end."""
        try:
            self._storage.enqueue(job_id.encode())
        except _unreachable() as error:
            raise JobError(f"the queue cannot be reached ({type(error).__name__}). {_WAY_OUT}") from error

    def pop(self) -> str | None:
        """Take the id at the front; None when nothing waits."""
        try:
            data = self._storage.dequeue()
        except _unreachable() as error:
            raise JobError(f"the queue cannot be reached ({type(error).__name__}). {_WAY_OUT}") from error
        return None if data is None else bytes(data).decode("ascii", "replace")

    def close(self) -> None:
        """Let the connection go."""
        self._storage.close()


def _sqlite(settings: Settings) -> Any:
    # For a storage in PostgreSQL, which is not ours, it would load the driver, for 10 MB.
    with without_extra("psycopg"):
        from huey.storage import SqliteStorage

    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / FILE
    make_private_file(path)
    return SqliteStorage("jobs", filename=str(path), strict_fifo=True, timeout=10)


def _redis(url: str, settings: Settings) -> Any:
    from huey.storage import RedisStorage
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    # A Redis that hangs must not hang whoever asks it.
    pool = ConnectionPool.from_url(
        url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS, retry=Retry(NoBackoff(), 1)
    )
    # Workspaces that share a Redis have queues of their own.
    workspace = hashlib.sha256(f"{settings.home}\n{settings.records_url}".encode()).hexdigest()[:16]
    if settings.database_url.get_secret_value():
        workspace = hashlib.sha256(settings.records_url.encode()).hexdigest()[:16]
    return RedisStorage(f"catalynx{workspace}", blocking=False, connection_pool=pool)


def _unreachable() -> tuple[type[Exception], ...]:
    import sqlite3

    from redis import RedisError

    return (sqlite3.Error, RedisError, OSError)
