"""Parquet as this lake writes it: compressed, in row groups, with a checksum on every page."""

from __future__ import annotations

import hashlib
import mmap
import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalynx.errors import LakeDamaged
from catalynx.lake.checks import check

ROW_GROUP_ROWS = 40_960
_JUDGED_ROWS = 20_000
_ROWS_AHEAD = ROW_GROUP_ROWS
"""While a row group is written, so many rows of the next may come in."""


class TableWriters:
    """Writes rows of several tables, each to a file of its own in `folder`, checked and made durable.

    One thread writes while the caller makes and checks the next rows; what it raises, the caller gets. Use it in a ``with``
    block: at its end the files are complete, unless an error left it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, _TableFile] = {}
        self._thread = ThreadPoolExecutor(1, "catalynx-writer")
        self._waiting: deque[tuple[int, Future[None]]] = deque()

    def put(self, name: str, rows: pa.Table) -> None:
        """Have `rows` written to the table `name`.

        Raises
        ------
        LakeError
            They break the rules of their table.
        """
        check(name, rows)
        while self._waiting and sum(count for count, _ in self._waiting) + rows.num_rows > _ROWS_AHEAD:
            self._waiting.popleft()[1].result()
        self._waiting.append((rows.num_rows, self._thread.submit(self._put, name, rows)))

    def _put(self, name: str, rows: pa.Table) -> None:
        if name not in self._files:
            self._files[name] = _TableFile(self._folder / f"{name}.parquet", rows.schema)
        self._files[name].add(rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            while kind is None and self._waiting:
                self._waiting.popleft()[1].result()
        finally:
            self._thread.shutdown(cancel_futures=True)
            for file in self._files.values():
                file.close()


class _TableFile:
    """One Parquet file, in row groups of `row_group_rows` however many rows come at once."""

    def __init__(
        self, path: Path, schema: pa.Schema, row_group_rows: int = ROW_GROUP_ROWS, repeating: list[str] | None = None
    ) -> None:
        self._path, self._schema, self._row_group_rows, self._repeating = path, schema, row_group_rows, repeating
        self._rows: list[pa.Table] = []
        self._count = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, rows: pa.Table) -> None:
        self._rows.append(rows.cast(self._schema))
        self._count += rows.num_rows
        if self._count >= self._row_group_rows:
            waiting = pa.concat_tables(self._rows)
            whole = self._count - self._count % self._row_group_rows
            self._write(waiting.slice(0, whole))
            self._rows, self._count = [waiting.slice(whole)], self._count - whole

    def _write(self, rows: pa.Table) -> None:
        if self._writer is None:
            repeating = _repeating(rows) if self._repeating is None else self._repeating
            self._writer = pq.ParquetWriter(
                self._path, self._schema, compression="zstd", compression_level=1, write_page_checksum=True,
                use_dictionary=repeating, write_statistics=_worth_ends(self._schema, repeating),
                # Readers are to find texts, whether or not they came with a dictionary.
                store_schema=not any(map(pa.types.is_dictionary, self._schema.types)),
            )  # fmt: skip
        self._writer.write_table(rows.unify_dictionaries(), row_group_size=self._row_group_rows)

    def close(self) -> None:
        if self._count or self._writer is None:
            self._write(pa.concat_tables(self._rows) if self._rows else _no_rows(self._schema))
        if self._writer is not None:
            self._writer.close()
        make_durable(self._path)


def _no_rows(schema: pa.Schema) -> pa.Table:
    return pa.table([pa.nulls(0, field.type) for field in schema], schema=schema)


def _repeating(rows: pa.Table) -> list[str]:
    """Columns whose values come again and again, judged by the first rows: only they are worth a dictionary."""
    first = rows.slice(0, _JUDGED_ROWS)
    coded = [field.name for field in rows.schema if pa.types.is_dictionary(field.type)]
    flat = [field.name for field in rows.schema if field.name not in coded and not pa.types.is_nested(field.type)]
    return coded + [name for name in flat if pc.count_distinct(first[name]).as_py() * 2 <= len(first)]


def _worth_ends(schema: pa.Schema, repeating: list[str]) -> list[str]:
    """Columns whose least and greatest value may spare a reader a row group: not those of free text."""
    free = {field.name for field in schema if pa.types.is_string(field.type)} - {*repeating}
    return [field.name for field in schema if field.name not in free or field.name.endswith(("ein", "_id"))]


def write(
    path: Path,
    schema: pa.Schema,
    tables: Iterable[pa.Table | pa.RecordBatch],
    *,
    row_group_rows: int = ROW_GROUP_ROWS,
    repeating: list[str] | None = None,
) -> int:
    """Write `tables`, all of `schema`, to `path` and make them durable; return the number of rows.

    `repeating` names the columns that are written with dictionaries; without it the first rows decide.
    """
    count = 0
    file = _TableFile(path, schema, row_group_rows, repeating)
    try:
        for rows in tables:
            count += rows.num_rows
            file.add(pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows)
    finally:
        file.close()
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
    if not path.stat().st_size:
        return hashlib.sha256().hexdigest()
    # In one call, during which other threads can go on: piece by piece, each piece would wait for them.
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return hashlib.sha256(content).hexdigest()


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
