"""Parts → a version: one row a key in every table, names resolved, and the table of giving that discovery asks."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from catalynx import __version__
from catalynx.columns import TABLES, arrow_schema, table
from catalynx.errors import LoadUnbalanced
from catalynx.lake.giving import add_giving
from catalynx.lake.linking import add_entity_links
from catalynx.lake.parquet import digest, make_durable, write
from catalynx.lake.parts import REPORT, Part, load_part
from catalynx.lake.versions import CURRENT, TableFile, Version, load, save, use

Say = Callable[[str], None]
"""Called with the name of the table that is being made."""

RECOMPUTED = {
    # Which return is the latest can change with every file that is added, so it is asked of all of them together.
    ("filings", "canonical"): "row_number() OVER (PARTITION BY ein, period_end, form ORDER BY filed_at DESC NULLS LAST) = 1 AS canonical"
}

DERIVED = ("entity_links", "giving")


def build(lake: Path, say: Say) -> Version:
    """Make a version from all parts of the lake and make it current; the same parts give the version that is there.

    Raises
    ------
    LoadUnbalanced, LakeError
        Nothing was published.
    """
    parts = [load_part(path) for path in sorted((lake / "parts").iterdir()) if (path / REPORT).exists() and path.name[0] != "."]
    made_from = hashlib.sha256(json.dumps([__version__, sorted(part.name for part in parts)]).encode()).hexdigest()[:8]
    existing = [path for path in (lake / "versions").glob(f"*-{made_from}")]
    if existing:
        return _again(lake, existing[0])
    moment = datetime.now(UTC)
    version_id = f"{moment:%Y%m%dT%H%M%S}-{made_from}"
    fresh = lake / "versions" / f".{version_id}-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        files = [_build_table(lake, fresh, name, parts, say) for name in TABLES if name not in DERIVED]
        present = [file for file in files if file is not None]
        say("entity_links")
        present.append(_described(fresh, "entity_links", add_entity_links(fresh), 0))
        say("giving")
        present.append(_described(fresh, "giving", add_giving(fresh), 0))
        version = Version(version_id, moment.isoformat(timespec="seconds"), __version__, tuple(part.name for part in parts), tuple(present))
        save(version, fresh)
        os.replace(fresh, lake / "versions" / version_id)
        make_durable(lake / "versions")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return use(lake, version_id)


def _again(lake: Path, folder: Path) -> Version:
    link = lake / CURRENT
    return load(folder) if link.is_symlink() and link.resolve() == folder.resolve() else use(lake, folder.name)


def _build_table(lake: Path, fresh: Path, name: str, parts: list[Part], say: Say) -> TableFile | None:
    """Join the parts of one table, newest row of each key first; a table of one part with distinct keys is linked as it is."""
    files = [path for part in parts if (path := lake / "parts" / part.name / f"{name}.parquet").exists()]
    if not files:
        return None
    say(name)
    read = sum(pq.read_metadata(path).num_rows for path in files)
    target = fresh / f"{name}.parquet"
    if len(files) == 1 and table(name).newest_by is None and _keys_distinct(files[0], name, read):
        os.link(files[0], target)
        return _described(fresh, name, read, 0)
    rows = _join(files, name, target)
    superseded = _count_superseded(files, name)
    if read != rows + superseded:
        raise LoadUnbalanced(str(target), name, read, rows, 0, superseded)
    return _described(fresh, name, rows, superseded)


def _keys_distinct(file: Path, name: str, rows: int) -> bool:
    import duckdb

    key = ", ".join(table(name).key)
    with duckdb.connect() as connection:
        distinct = connection.execute(f"SELECT count(*) FROM (SELECT DISTINCT {key} FROM read_parquet(?))", [str(file)]).fetchone()
    return distinct == (rows,)


def _join(files: list[Path], name: str, target: Path) -> int:
    import duckdb

    described = table(name)
    names = ", ".join(RECOMPUTED.get((name, column), column) for column in described.names)
    newest = f"{described.newest_by} DESC NULLS LAST, " if described.newest_by else ""
    query = f"""
        SELECT {names} FROM read_parquet($files, filename = true, file_row_number = true)
        QUALIFY row_number() OVER (PARTITION BY {", ".join(described.key)} ORDER BY {newest}filename DESC, file_row_number DESC) = 1
        ORDER BY {", ".join(described.key)}"""
    with duckdb.connect(config={"threads": 2}) as connection:
        reader = connection.execute(query, {"files": [str(file) for file in files]}).to_arrow_reader(ROWS_AT_ONCE)
        schema = arrow_schema(name)
        return write(target, schema, (batch.cast(schema) for batch in reader))


def _count_superseded(files: list[Path], name: str) -> int:
    """Count, apart from the join, the rows that share a key with another."""
    import duckdb

    query = f"SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM read_parquet($files) GROUP BY {', '.join(table(name).key)})"
    with duckdb.connect() as connection:
        found = connection.execute(query, {"files": [str(file) for file in files]}).fetchone()
    assert found is not None
    return int(found[0])


def _described(folder: Path, name: str, rows: int, superseded: int) -> TableFile:
    path = folder / f"{name}.parquet"
    return TableFile(name, rows, superseded, path.stat().st_size, digest(path))


ROWS_AT_ONCE = 65_536
