"""Records from one database to another: from SQLite to PostgreSQL when they outgrow it, and back."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from catalynx.errors import Conflict, RecordsError
from catalynx.records.models import Base
from catalynx.records.store import open_records

_ROWS = 1_000


def copy_records(from_url: str, to_url: str) -> dict[str, int]:
    """Copy all records, and return how many rows each table has; all of them arrive, or none.

    What is written to `from_url` while the copy runs is not in it: stop the programs that write first.

    Raises
    ------
    Conflict
        `to_url` holds records already.
    RecordsError
        A database cannot be reached, or the rows that arrived are not as many as those that left.
    """
    counts: dict[str, int] = {}
    if from_url == to_url:
        raise Conflict("The records would be copied onto themselves. Copy into an empty database.")
    with open_records(from_url) as source, open_records(to_url) as target, source.reading() as reader, target.writing() as writer:
        for table in Base.metadata.sorted_tables:
            count = select(func.count()).select_from(table)
            if writer.scalar(count):
                raise Conflict(f"{target.where} holds rows in {table.name} already. Copy into an empty database.")
            for rows in reader.execute(select(table)).mappings().partitions(_ROWS):
                writer.execute(insert(table), [dict(row) for row in rows])
            counts[table.name] = writer.scalar(count) or 0
            if counts[table.name] != (left := reader.scalar(count)):
                raise RecordsError(
                    f"{table.name}: {left} rows left {source.where}, {counts[table.name]} arrived. Nothing was copied."
                )
    return counts
