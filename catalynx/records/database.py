"""The connection to the records: opened, brought to the current schema, and shared out as sessions."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from catalynx.errors import BadParameter, CatalynxError, RecordsError
from catalynx.records.migrations import HEAD
from catalynx.records.private_file import make_private_file

LOCK_WAIT_SECONDS = 60
_BUSY_WAIT_MS = 30_000
_MIGRATION_LOCK = 0x0CA7A1_0001


class Database:
    """An open database; ``with`` or ``close()`` releases it. Safe to share between threads, not across ``fork``."""

    def __init__(self, url: str) -> None:
        self._url = _parsed(url)
        self.dialect = self._url.get_backend_name()
        self.where = self._url.render_as_string(hide_password=True)
        self._engine = self._sqlite() if self.dialect == "sqlite" else _postgresql(self._url)
        self._writer = self._engine.execution_options(catalynx_begin="BEGIN IMMEDIATE")
        self._of_thread = threading.local()
        try:
            with self._named_errors():
                self._migrate()
        except CatalynxError:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the records and changes nothing."""
        if (joined := self._joined()) is not None:
            yield joined
            return
        with self._named_errors(), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session in one transaction: all of it is kept when the block ends, nothing when it fails."""
        if (joined := self._joined()) is not None:
            with self._named_errors():
                yield joined
                joined.flush()
            return
        with self._named_errors(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that this thread reads and writes in the block: all of it is kept, or nothing.

        A change and the audit's entry of it belong together. The entry comes last, as entries of all writers wait for each
        other; whatever may take long stands outside.
        """
        if self._joined() is not None:
            yield
            return
        with self.writing() as session:
            self._of_thread.session = session
            try:
                yield
            finally:
                self._of_thread.session = None

    def _joined(self) -> Session | None:
        return getattr(self._of_thread, "session", None)

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise  # what it means is known where the row is written
        except (DBAPIError, sqlite3.Error) as error:
            reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            raise RecordsError(
                f"The records at {self.where} cannot be used: {reason}. Check that the database is there, "
                "not full and not held by another program, then try again."
            ) from error

    def _sqlite(self) -> Engine:
        path = Path(str(self._url.database))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            make_private_file(path)  # SQLite gives the files that it puts beside it the same permissions
        except OSError as error:
            raise RecordsError(
                f"The records cannot be kept at {path}: {error.strerror}. Set CATALYNX_HOME to a folder of yours."
            ) from error
        engine = create_engine(self._url, connect_args={"timeout": _BUSY_WAIT_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _migrate(self) -> None:
        if self.dialect == "sqlite":
            with _file_lock(Path(f"{self._url.database}.lock")):
                with self._engine.connect().execution_options(catalynx_begin=None) as connection:
                    mode = connection.execute(text("PRAGMA journal_mode=WAL")).scalar_one()
                    if mode != "wal":
                        raise RecordsError(
                            f"The records at {self.where} cannot use a write-ahead log ({mode}); use a local disk."
                        )
                with self._writer.begin() as connection:
                    _upgrade(connection, self.where)
            return
        with self._writer.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT_SECONDS}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            _upgrade(connection, self.where)

    def _forget(self, tables: list[str]) -> None:
        # Rows that were deleted must not stay behind in the files' unused parts.
        with self._named_errors():
            if self.dialect == "sqlite":
                with self._engine.connect().execution_options(catalynx_begin=None) as connection:
                    busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
                if busy:
                    warnings.warn(
                        f"Another program is reading {self.where}: bytes of what was deleted stay in its write-ahead log "
                        "until the next purge, or until all programs have closed it.",
                        stacklevel=3,
                    )
            else:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text(f"VACUUM {', '.join(tables)}"))


def _parsed(url: str) -> URL:
    expected = "sqlite:///PATH or postgresql://USER@HOST/NAME"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadParameter("the records' URL", "…", expected) from None
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:") or parsed.query:
            raise BadParameter("the records' URL", url, f"{expected}; records are kept in a file")
        return parsed.set(drivername="sqlite+pysqlite")
    if parsed.get_backend_name() != "postgresql":
        raise BadParameter("the records' URL", parsed.drivername, expected)
    return parsed.set(drivername="postgresql+psycopg")


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})

    @event.listens_for(engine, "connect")
    def _in_utc(connection: Any, _record: object) -> None:
        connection.execute("SET TIME ZONE 'UTC'")
        connection.commit()

    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    for pragma in (f"busy_timeout={_BUSY_WAIT_MS}", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer in the middle is refused at once under WAL; a writer takes its turn at the start.
    begin = connection.get_execution_options().get("catalynx_begin", "BEGIN")
    if begin is not None:
        connection.exec_driver_sql(begin)


def _upgrade(connection: Connection, where: str) -> None:
    if _revision(connection) == HEAD:
        return  # spares most starts the import of Alembic
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise RecordsError(
            f"The records at {where} were made by another version of Catalynx ({error}). Install that version."
        ) from error


def _revision(connection: Connection) -> str | None:
    from sqlalchemy import inspect

    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    import fcntl

    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + LOCK_WAIT_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise RecordsError(
                        f"{path} is held by another program for over {LOCK_WAIT_SECONDS} s; end it and try again."
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)  # releases the lock
