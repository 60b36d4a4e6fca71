"""What one reader got out of one file, kept by the digest of what it was read from: reading a file again changes nothing."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from catalynx import __version__
from catalynx.columns import arrow_schema
from catalynx.errors import FileRefused, LakeDamaged, LoadUnbalanced
from catalynx.lake.parquet import TableWriters, digest, make_durable
from catalynx.sources import recognise, sources
from catalynx.sources.members import Member, members
from catalynx.sources.reading import Batch, Source
from catalynx.sources.texts import texts

REPORT = "part.json"
Advance = Callable[[int], None]
"""Called with the number of bytes that were read since the last call."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Files that are read together and kept as one part: an archive, a large file, or the loose files of a folder."""

    path: Path
    files: tuple[Path, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the records of one table: ``read = published + set_aside + duplicates``."""

    table: str
    read: int
    published: int
    set_aside: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Part:
    """The outcome of one reader on one unit."""

    name: str
    source: str
    file: str
    accounts: tuple[Account, ...]
    fields_unknown: int
    code: str
    sha256: dict[str, str]
    """Digest of the file of each table."""
    seconds: float = 0.0
    known: bool = False


def units(path: Path) -> list[Unit]:
    """Divide what was handed in into units.

    Raises
    ------
    FileRefused
    """
    path = path.expanduser()
    if not path.exists():
        raise FileRefused(path, "there is no such file or folder")
    if path.is_file():
        return [Unit(path, (path,), path.stat().st_size)]
    found: list[Unit] = []
    loose: dict[Path, list[Path]] = {}
    for file in sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")):
        if file.stat().st_size > 2**20 or file.suffix in {".zip", ".tgz"} or file.name.endswith(".tar.gz"):
            found.append(Unit(file, (file,), file.stat().st_size))
        else:
            loose.setdefault(file.parent, []).append(file)
    found += [Unit(folder, tuple(files), sum(f.stat().st_size for f in files)) for folder, files in loose.items()]
    return found


def read_unit(lake: Path, unit: Unit, advance: Advance) -> list[Part]:
    """Read a unit with every reader that recognises something in it, and keep the parts in `lake`.

    Raises
    ------
    FileRefused
        It is not what it claims to be, or a single file that no reader recognises. No part of the unit is kept.
    """
    with ThreadPoolExecutor(1, "catalynx-digest") as beside:
        digested = beside.submit(_digest, unit)
        found = _recognised(unit)
        content = digested.result()
    if not found and len(unit.files) == 1 and unit.path.is_file():
        raise FileRefused(unit.path, f"no reader recognises it; there are readers for {', '.join(sources())}")
    share = max(1, len(found))
    return [_read_part(lake, unit, source, content, lambda count: advance(count // share)) for source in found]


def load_part(folder: Path) -> Part:
    """Read the report of a part.

    Raises
    ------
    LakeDamaged
    """
    try:
        content = json.loads((folder / REPORT).read_text())
        accounts = tuple(Account(**account) for account in content.pop("accounts"))
        return Part(accounts=accounts, **content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LakeDamaged(
            folder / REPORT, f"it cannot be read ({error})", way_out="`catalynx ingest` of the published file reads it again."
        ) from error


def check_whole(folder: Path, part: Part, name: str) -> str:
    """Read the file of the table `name` in `folder` against the digest of the day it was written, and return the digest.

    Raises
    ------
    LakeDamaged
    """
    path = folder / f"{name}.parquet"
    found = digest(path) if path.exists() else None
    if found is None or found != part.sha256.get(name):
        raise LakeDamaged(
            path,
            "it is missing" if found is None else "its checksum is not the one of the day it was written",
            way_out=f"`catalynx ingest` of {part.file} reads it again.",
        )
    return found


def replaces(name: str, other: str) -> bool:
    """Whether the part `name` was read from the same bytes by the same reader as `other`."""
    return name.rsplit("-", 1)[0] == other.rsplit("-", 1)[0]


def _digest(unit: Unit) -> str:
    if len(unit.files) == 1:
        return digest(unit.files[0])[:16]
    total = hashlib.sha256()
    for file in unit.files:
        total.update(f"{file.name}\0{digest(file)}\n".encode())
    return total.hexdigest()[:16]


def _members(unit: Unit) -> Iterator[Member]:
    for file in unit.files:
        yield from members(file)


def _recognised(unit: Unit) -> list[Source]:
    found: dict[str, Source] = {}
    for member in _members(unit):
        source = recognise(member)
        if source is not None:
            found[source.name] = source
    return list(found.values())


def _read_part(lake: Path, unit: Unit, source: Source, content: str, advance: Advance) -> Part:
    name = f"{source.name}-{content}-{__version__}"
    folder = lake / "parts" / name
    known = _whole(folder) if (folder / REPORT).exists() else None
    if known is not None:
        advance(unit.size)
        return replace(known, known=True)
    started = time.monotonic()
    fresh = lake / "parts" / f".{name}-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        chosen = (_counted(member, advance, unit) for member in _members(unit) if source.recognises(member))
        accounts, unknown = _write(fresh, unit.path.name, source.read(chosen))
        digests = {path.stem: digest(path) for path in sorted(fresh.glob("*.parquet"))}
        seconds = round(time.monotonic() - started, 2)
        part = Part(name, source.name, unit.path.name, accounts, unknown, __version__, digests, seconds)
        (fresh / REPORT).write_text(json.dumps(asdict(part), indent=1))
        make_durable(fresh / REPORT)
        make_durable(fresh)
        return _kept(fresh, folder, part)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _whole(folder: Path) -> Part | None:
    """The part in `folder`, unless it is damaged: then it is removed, to be read again from what was handed in."""
    try:
        part = load_part(folder)
        for name in part.sha256:
            check_whole(folder, part, name)
    except LakeDamaged:
        shutil.rmtree(folder)
        return None
    return part


def _kept(fresh: Path, folder: Path, part: Part) -> Part:
    try:
        os.replace(fresh, folder)
    except OSError:
        # The same bytes under another name were read at the same time, by another process.
        if not (folder / REPORT).exists():
            raise
        return replace(load_part(folder), known=True)
    make_durable(folder.parent)
    return part


def _write(folder: Path, file: str, batches: Iterator[Batch]) -> tuple[tuple[Account, ...], int]:
    """Write the batches to Parquet; return the account of each table and the number of fields left unknown."""
    read, published, aside, duplicates = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    fields_unknown = 0
    with TableWriters(folder) as writers:
        for batch in batches:
            for name, rows in batch.rows.items():
                writers.put(name, rows)
                published[name] += rows.num_rows
            if batch.set_aside:
                writers.put("set_aside", _set_aside(batch.set_aside))
            read += batch.read
            duplicates += batch.duplicates
            aside += Counter(row["table_name"] for row in batch.set_aside if row["field"] is None)  # type: ignore[misc]
            fields_unknown += sum(1 for row in batch.set_aside if row["field"] is not None)
    accounts = tuple(Account(name, read[name], published[name], aside[name], duplicates[name]) for name in sorted(read))
    for account in accounts:
        if account.read != account.published + account.set_aside + account.duplicates:
            raise LoadUnbalanced(file, *asdict(account).values())
    return accounts, fields_unknown


def _set_aside(rows: list[dict[str, str | None]]) -> pa.Table:
    schema = arrow_schema("set_aside")
    return pa.table([texts([row[name] for row in rows]) for name in schema.names], schema=schema)


class _Counting(io.RawIOBase):
    """A stream that tells how many bytes were taken from it."""

    def __init__(self, stream: BinaryIO, told: Callable[[int], None]) -> None:
        self._stream, self._told = stream, told

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._told(len(data))
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _counted(member: Member, advance: Advance, unit: Unit) -> Member:
    """Tell `advance` of every byte read from `member`, scaled from unpacked bytes to bytes of the unit."""
    packed = member.size if member.size and "!" not in member.file else None
    factor = 1.0 if packed else 1 / PACKING_GUESS

    def opened() -> BinaryIO:
        stream = member.open()
        return io.BufferedReader(_Counting(stream, lambda count: advance(int(count * factor))), 2**17)

    counted = Member(member.file, member.size, opened)
    counted._head = member.head()
    return counted


PACKING_GUESS = 8.0
"""How much smaller than its content a packed file of this kind is, for the progress bar only."""
