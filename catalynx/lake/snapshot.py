"""Reading the lake: one version, kept for as long as the snapshot is open."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from catalynx.columns import TABLES, arrow_schema
from catalynx.errors import LakeDamaged, LakeEmpty, NotFound
from catalynx.lake.versions import IN_USE, MANIFEST, Version, current_folder, load, named_folder, right_size, verify_folder

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa


class Snapshot:
    """One version of the lake, to be asked with SQL; tables that it lacks are there, and empty.

    Use it in a ``with`` block, or call ``close()``. It may be shared between threads.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = _held(folder)
        try:
            self.version: Version = load(folder)
            self._connection = _opened(folder, self.version)
        except BaseException:
            self._lock.close()
            raise

    @property
    def id(self) -> str:
        """The id of the version."""
        return self.version.id

    def sql(self, query: str, parameters: Mapping[str, object] | Sequence[object] | None = None) -> pd.DataFrame:
        """Run a query and return a frame: text as ``str``, integers ``Int64``, flags ``boolean``, dates ``datetime64``.

        Values go in as `parameters` (``?`` or ``$name``), never into the text of the query.
        """
        return to_frame(self.arrow(query, parameters))

    def arrow(self, query: str, parameters: Mapping[str, object] | Sequence[object] | None = None) -> pa.Table:
        """Run a query and return an Arrow table."""
        import duckdb

        cursor = self._connection.cursor()
        try:
            return cursor.sql(query, params=parameters).to_arrow_table()
        except duckdb.Error:
            # A question that was asked wrongly and a damaged file can end in the same kind of error: the files know.
            verify_folder(self.folder)
            raise
        finally:
            cursor.close()

    def batches(
        self, query: str, parameters: Mapping[str, object] | Sequence[object] | None = None, *, rows: int = 100_000
    ) -> Iterator[pa.RecordBatch]:
        """Run a query and give its Arrow rows piece by piece, of which `rows` are in memory at a time."""
        import duckdb

        cursor = self._connection.cursor()
        try:
            yield from cursor.sql(query, params=parameters).to_arrow_reader(rows)
        except duckdb.Error:
            verify_folder(self.folder)
            raise
        finally:
            cursor.close()

    def table(self, name: str) -> pd.DataFrame:
        """Return the whole table `name`.

        Raises
        ------
        NotFound
        """
        if name not in TABLES:
            raise NotFound("table", name, f"There are {', '.join(TABLES)}.")
        return self.sql(f"SELECT * FROM {name}")

    def need(self, *names: str) -> None:
        """Raise `LakeEmpty` unless each of the tables `names` has rows."""
        empty = [name for name in names if not self.version.rows(name)]
        if empty:
            raise LakeEmpty(
                f"version {self.id} of the lake has no {', '.join(empty)}. `catalynx ingest PATH` reads a file that has."
            )

    def close(self) -> None:
        """Let the version go."""
        self._connection.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_lake(lake: Path, version_id: str | None = None) -> Snapshot:
    """Open the current version of the lake, or the one named.

    Raises
    ------
    LakeEmpty, LakeDamaged, NotFound
    """
    if version_id is not None:
        return Snapshot(named_folder(lake, version_id))
    folder = current_folder(lake)
    try:
        return Snapshot(folder)
    except LakeDamaged:
        # It may have been replaced and cleared away between the two looks at it.
        if current_folder(lake) == folder:
            raise
        return Snapshot(current_folder(lake))


def _held(folder: Path) -> BinaryIO:
    """Lock `folder` against being cleared away, as a reader; it need not be writable."""
    try:
        lock = (folder / IN_USE).open("rb")
    except OSError as error:
        raise LakeDamaged(folder / IN_USE, f"it cannot be opened ({error.strerror})") from error
    fcntl.flock(lock, fcntl.LOCK_SH)
    if not (folder / MANIFEST).exists():
        lock.close()
        raise LakeDamaged(folder / MANIFEST, "it is missing")
    return lock


def _opened(folder: Path, version: Version) -> duckdb.DuckDBPyConnection:
    """Connect to the tables of a version, and to no other file."""
    import duckdb

    files = {file.name: right_size(folder, file) for file in version.tables}
    connection = duckdb.connect(config={"threads": 2})
    try:
        for name in TABLES:
            if name in files:
                connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{quoted(files[name])}')")
            else:
                connection.register("_empty", arrow_schema(name).empty_table())
                connection.execute(f"CREATE TABLE {name} AS FROM _empty")
        # The files of a version never change, so what their ends say need not be read again for every question.
        connection.execute("SET GLOBAL parquet_metadata_cache = true")
        # Otherwise what a large question needed stays with the process, some 80 MB of it, until the next one.
        connection.execute("SET GLOBAL allocator_background_threads = true")
        connection.execute(f"SET allowed_directories = ['{quoted(folder)}']")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error:
        connection.close()
        verify_folder(folder)
        raise
    return connection


def to_frame(rows: pa.Table) -> pd.DataFrame:
    """Turn Arrow rows into a frame in which missing integers and flags stay missing."""
    import pandas as pd
    import pyarrow as pa

    nullable = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return rows.to_pandas(types_mapper=nullable.get, date_as_object=False)


def quoted(path: Path) -> str:
    """Return `path` as it stands between single quotes in SQL."""
    return str(path).replace("'", "''")
