"""Lakes of generated rows for the benches: made once for each state of the bench and of this file."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

DATA = Path(__file__).parents[2] / "build" / "bench-data"

type Write = Callable[[Path, pa.Schema, Iterator[pa.RecordBatch]], int]


def kept_lake(name: str, asking: Path, generate: Callable[[Path], None]) -> Path:
    """Return the lake ``generated_NAME`` of the bench `asking`; `make clean` removes it."""
    made_by = hashlib.sha256(asking.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    lake = DATA / f"generated_{name}_{made_by[:12]}"
    if not (lake / "current").exists():
        for old in DATA.glob(f"generated_{name}_*"):
            shutil.rmtree(old)
        generate(lake)
    return lake


def write_lake(
    lake: Path,
    connection: duckdb.DuckDBPyConnection,
    queries: Mapping[str, str],
    places: str,
    *,
    batch_rows: int,
    writes: Mapping[str, Write] | None = None,
) -> None:
    """Write a version of a lake, each table from its query; columns that the query lacks are null, or say that it is generated.

    Parameters
    ----------
    places : SQL for the place of a row
    writes : what writes a table that is not written as others are
    """
    from catalynx.columns import arrow_schema
    from catalynx.lake.parquet import digest, write
    from catalynx.lake.versions import TableFile, Version, save, use

    folder = lake / "versions" / "20240101T000000-generate"
    folder.mkdir(parents=True, exist_ok=True)
    tables = []
    for name, query in queries.items():
        schema, path = arrow_schema(name), folder / f"{name}.parquet"
        fixed = {"source": "'generated'", "file": "'generated'", "place": places}
        there = set(connection.sql(query).columns)
        columns = ", ".join(one if one in there else f"{fixed.get(one, 'NULL')} AS {one}" for one in schema.names)
        reader = connection.sql(f"SELECT {columns} FROM ({query})").to_arrow_reader(batch_rows)
        count = (writes or {}).get(name, write)(path, schema, (batch.cast(schema) for batch in reader))
        tables.append(TableFile(name, count, 0, path.stat().st_size, digest(path)))
    save(Version(folder.name, "2024-01-01T00:00:00.000+00:00", "generated", (), tuple(tables)), folder)
    use(lake, folder.name)
