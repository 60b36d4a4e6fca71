"""Reading the lake: one version, kept for as long as the snapshot is open."""

from __future__ import annotations

import fcntl
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from catalynx.columns import TABLES, arrow_schema
from catalynx.errors import LakeDamaged, LakeEmpty, NotFound
from catalynx.lake.versions import IN_USE, Version, _right_size, current_folder, load

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Snapshot:
    """One version of the lake, to be asked with SQL; tables that it lacks are there, and empty.

    Use it in a ``with`` block, or call ``close()``. It may be shared between threads.
    """

    def __init__(self, folder: Path) -> None:
        import duckdb

        self.folder = folder
        self.version: Version = load(folder)
        self._lock = (folder / IN_USE).open("a")
        fcntl.flock(self._lock, fcntl.LOCK_SH)
        self._connection = duckdb.connect(config={"threads": 2})
        files = {file.name: _right_size(folder, file) for file in self.version.tables}
        for name in TABLES:
            if name in files:
                self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{_quoted(files[name])}')")
            else:
                self._connection.register("_empty", arrow_schema(name).empty_table())
                self._connection.execute(f"CREATE TABLE {name} AS FROM _empty")

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
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise LakeDamaged(self.folder, str(error).splitlines()[0]) from error
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
            raise LakeEmpty(f"version {self.id} of the lake has no {', '.join(empty)}. `catalynx ingest PATH` reads a file that has.")

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
    if version_id is None:
        return Snapshot(current_folder(lake))
    folder = lake / "versions" / version_id
    if not folder.exists():
        raise NotFound("lake version", version_id, "`catalynx lake versions` lists them.")
    return Snapshot(folder)


def to_frame(rows: pa.Table) -> pd.DataFrame:
    """Turn Arrow rows into a frame in which missing integers and flags stay missing."""
    import pandas as pd
    import pyarrow as pa

    nullable = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return rows.to_pandas(types_mapper=nullable.get, date_as_object=False)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
