"""Parts → a version: one row a key in every table, names resolved, and the tables that are made from others."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from catalynx import __version__
from catalynx.columns import TABLES, arrow_schema, table
from catalynx.errors import LoadUnbalanced
from catalynx.lake.competitions import add_competitions
from catalynx.lake.giving import add_giving
from catalynx.lake.linking import add_entity_links
from catalynx.lake.parquet import digest, make_durable, write
from catalynx.lake.parts import check_whole, load_part, replaces
from catalynx.lake.versions import CURRENT, TableFile, Version, current_folder, load, right_size, save, use

Say = Callable[[str], None]
"""Called with the name of the table that is being made."""

RECOMPUTED = {
    # Which return is the latest can change with every file that is added, so it is asked of all of them together.
    "filings": (
        "canonical",
        # An extract does not say when a period ended; then the tax year tells one return of an organisation from another.
        "row_number() OVER (PARTITION BY ein, period_end, CASE WHEN period_end IS NULL THEN tax_year END, form "
        "ORDER BY filed_at DESC NULLS LAST, return_id DESC) = 1",
    )
}
DERIVED = {
    "entity_links": ("organizations", "grants", "awards"),
    "giving": ("organizations", "grants", "awards", "filings", "audits"),
    "competitions": ("program_results",),
}
"""Tables that are made from others of the version, and from which."""

ROWS_AT_ONCE = 65_536
KEYS_IN_MEMORY = 2**20
"""Keys of more rows than this are counted by DuckDB, which can go to disk."""
KEYS_IN_A_SET = 4096
"""Keys of up to so many rows are counted before Arrow has imported pandas, which it does to group rows."""


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The version before, whose tables are taken over where nothing was added to them."""

    folder: Path
    version: Version


def build(lake: Path, added: Sequence[str], say: Say) -> Version:
    """Make a version from the parts of the current one and those `added`, and make it current.

    Rows of a later part take the place of earlier ones with the same key. The same parts give the version that is there.

    Raises
    ------
    LakeDamaged, LoadUnbalanced, LakeError
        Nothing was published.
    """
    earlier = _earlier(lake)
    parts = _joined(earlier.version.parts if earlier else (), added)
    made_from = hashlib.sha256(json.dumps([__version__, parts]).encode()).hexdigest()[:8]
    existing = sorted((lake / "versions").glob(f"[!.]*-{made_from}"))
    if existing:
        return _again(lake, existing[-1])
    for part in parts:
        load_part(lake / "parts" / part)
    moment = datetime.now(UTC)
    version_id = f"{moment:%Y%m%dT%H%M%S}-{made_from}"
    fresh = lake / "versions" / f".{version_id}-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        files = _tables(lake, fresh, parts, earlier, say)
        version = Version(version_id, moment.isoformat(timespec="milliseconds"), __version__, tuple(parts), tuple(files))
        save(version, fresh)
        os.replace(fresh, lake / "versions" / version_id)
        make_durable(lake / "versions")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return use(lake, version_id)


def _earlier(lake: Path) -> _Earlier | None:
    if not (lake / CURRENT).is_symlink():
        return None
    folder = current_folder(lake)
    return _Earlier(folder, load(folder))


def _joined(known: Sequence[str], added: Sequence[str]) -> list[str]:
    """The parts in the order in which they were first read; one read anew by a newer package stays in its place."""
    parts = list(known)
    for name in added:
        place = next((index for index, other in enumerate(parts) if replaces(name, other)), None)
        if place is None:
            parts.append(name)
        else:
            parts[place] = name
    return parts


def _again(lake: Path, folder: Path) -> Version:
    link = lake / CURRENT
    return load(folder) if link.is_symlink() and link.resolve() == folder.resolve() else use(lake, folder.name)


def _tables(lake: Path, fresh: Path, parts: list[str], earlier: _Earlier | None, say: Say) -> list[TableFile]:
    """Make every table in `fresh`: names are resolved while the tables that it does not need are still being joined."""
    files = {name: _part_files(lake, parts, name) for name in TABLES if name not in DERIVED}
    kept = {name for name in files if earlier and _part_files(lake, earlier.version.parts, name) == files[name]}
    order = sorted(files, key=lambda name: name not in DERIVED["entity_links"])
    made: dict[str, TableFile | None] = {}
    with ThreadPoolExecutor(2, "catalynx-table") as pool:

        def make(name: str) -> TableFile | None:
            return _taken_over(earlier, fresh, name) if name in kept and earlier else _build_table(files[name], fresh, name)

        waiting = {name: pool.submit(make, name) for name in order}
        for name in DERIVED["entity_links"]:
            say(name)
            made[name] = waiting[name].result()
        say("entity_links")
        made["entity_links"] = _derived("entity_links", add_entity_links, fresh, kept, earlier)
        for name in order:
            say(name)
            made[name] = waiting[name].result()
    say("giving")
    made["giving"] = _derived("giving", add_giving, fresh, kept, earlier)
    say("competitions")
    made["competitions"] = _derived("competitions", add_competitions, fresh, kept, earlier)
    return [file for name in TABLES if (file := made[name]) is not None]


def _part_files(lake: Path, parts: Sequence[str], name: str) -> list[Path]:
    return [path for part in parts if (path := lake / "parts" / part / f"{name}.parquet").exists()]


def _derived(name: str, make: Callable[[Path], int], fresh: Path, kept: set[str], earlier: _Earlier | None) -> TableFile | None:
    there = earlier is not None and any(file.name == name for file in earlier.version.tables)
    if earlier and there and earlier.version.code == __version__ and kept.issuperset(DERIVED[name]):
        return _taken_over(earlier, fresh, name)
    return _described(fresh, name, make(fresh), 0)


def _taken_over(earlier: _Earlier, fresh: Path, name: str) -> TableFile | None:
    """Link a table of the version before, in which nothing changed."""
    found = next((file for file in earlier.version.tables if file.name == name), None)
    if found is not None:
        os.link(right_size(earlier.folder, found), fresh / f"{name}.parquet")
    return found


def _build_table(files: list[Path], fresh: Path, name: str) -> TableFile | None:
    """Join the parts of one table, one row a key; a table of one part with distinct keys is linked as it is."""
    if not files:
        return None
    # What was damaged since it was written must not become a number in a table that is whole.
    digests = [check_whole(path.parent, load_part(path.parent), name) for path in files]
    read = sum(pq.read_metadata(path).num_rows for path in files)
    target = fresh / f"{name}.parquet"
    if len(files) == 1 and name not in RECOMPUTED and _count_keys(files, name, read) == read:
        os.link(files[0], target)
        return TableFile(name, read, 0, target.stat().st_size, digests[0])
    rows = _join(files, name, target)
    # Counted apart from the join, so that a row lost in it is seen.
    superseded = read - _count_keys(files, name, read)
    if read != rows + superseded:
        raise LoadUnbalanced(str(target), name, read, rows, 0, superseded)
    return _described(fresh, name, rows, superseded)


def _count_keys(files: list[Path], name: str, rows: int) -> int:
    """Count the distinct keys."""
    key = list(table(name).key)
    if rows <= KEYS_IN_MEMORY and len(files) == 1:
        with pq.ParquetFile(files[0]) as file:
            found = file.read(columns=key)
        if key == ["ein"]:
            return _count_eins(found["ein"])
        if rows <= KEYS_IN_A_SET:
            return len(set(zip(*(found[name].to_pylist() for name in key), strict=True)))
        return found.group_by(key, use_threads=False).aggregate([]).num_rows
    import duckdb

    with duckdb.connect() as connection:
        query = f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(key)} FROM read_parquet($files))"
        counted = connection.execute(query, {"files": [str(file) for file in files]}).fetchone()
    return int(counted[0]) if counted else 0


def _count_eins(eins: pa.ChunkedArray) -> int:
    """Count the distinct ones: all are nine digits, and sorting them as numbers takes a tenth of the memory of grouping texts."""
    numbers = [
        np.frombuffer(chunk.buffers()[1], np.int32, len(chunk), chunk.offset * 4) for chunk in eins.cast(pa.int32()).chunks
    ]
    joined = np.sort(np.concatenate(numbers)) if numbers else np.zeros(0, np.int32)
    return int((joined[1:] != joined[:-1]).sum()) + min(1, len(joined))


def _join(files: list[Path], name: str, target: Path) -> int:
    import duckdb

    described = table(name)
    column, recomputed = RECOMPUTED.get(name, ("", ""))
    names = ", ".join(f"{recomputed} AS {other}" if other == column else other for other in described.names)
    newest = f"{described.newest_by} DESC NULLS LAST, " if described.newest_by else ""
    key = ", ".join(described.key)
    query = f"""
        WITH newest AS (
            SELECT * FROM read_parquet($files, filename = '_part', file_row_number = true)
            QUALIFY row_number() OVER (
                PARTITION BY {key} ORDER BY {newest}list_position($files, _part) DESC, file_row_number DESC) = 1)
        SELECT {names} FROM newest ORDER BY {key}"""
    with duckdb.connect(config={"threads": 2}) as connection:
        reader = connection.sql(query, params={"files": [str(file) for file in files]}).to_arrow_reader(ROWS_AT_ONCE)
        schema = arrow_schema(name)
        return write(target, schema, (batch.cast(schema) for batch in reader))


def _described(folder: Path, name: str, rows: int, superseded: int) -> TableFile:
    path = folder / f"{name}.parquet"
    return TableFile(name, rows, superseded, path.stat().st_size, digest(path))
