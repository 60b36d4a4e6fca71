"""Parquet as this lake writes it: compressed, in row groups, with a checksum on every page."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from catalynx.errors import LakeDamaged

ROW_GROUP_ROWS = 122_880


def write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table | pa.RecordBatch], *, row_group_rows: int = ROW_GROUP_ROWS) -> int:
    """Write `tables`, all of `schema`, to `path` and make them durable; return the number of rows."""
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, write_page_checksum=True) as writer:
        for rows in tables:
            count += rows.num_rows
            if isinstance(rows, pa.RecordBatch):
                writer.write_batch(rows, row_group_size=row_group_rows)
            else:
                writer.write_table(rows, row_group_size=row_group_rows)
    make_durable(path)
    return count


def make_durable(path: Path) -> None:
    """Force a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_checked(path: Path) -> int:
    """Read every page of `path` against its checksum; return the number of rows.

    Raises
    ------
    LakeDamaged
    """
    count = 0
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for batch in file.iter_batches(batch_size=65_536):
                count += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise LakeDamaged(path, str(error).splitlines()[0]) from error
    return count
