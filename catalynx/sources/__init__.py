"""Published files → typed rows: one reader a publisher, found by looking into this package.

``sources()`` lists the readers; ``recognise(member)`` says which one a file belongs to;
``read_frames(path)`` reads a file, folder or archive into data frames, without a lake.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalynx.errors import FileRefused

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.sources.members import Member
    from catalynx.sources.reading import Batch, Source


@cache
def reader_modules() -> tuple[str, ...]:
    """Return the names of the modules in which readers are looked for."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__))


def _readers() -> Iterator[Source]:
    """Yield the readers, each loaded when it is asked for."""
    for name in reader_modules():
        source = getattr(importlib.import_module(f"{__name__}.{name}"), "SOURCE", None)
        if source is not None:
            yield source


@cache
def sources() -> dict[str, Source]:
    """Return every reader by its name."""
    return {source.name: source for source in _readers()}


def recognise(member: Member) -> Source | None:
    """Return the reader whose format `member` has, or None."""
    return next((source for source in _readers() if source.recognises(member)), None)


def batches(path: Path, source: Source) -> Iterator[Batch]:
    """Yield the batches that `source` reads from the members of `path` that it recognises."""
    from catalynx.sources.members import members

    return source.read(member for member in members(path) if source.recognises(member))


def read_frames(path: str | Path) -> dict[str, pd.DataFrame]:
    """Read a published file, folder or archive into data frames, one a table, with ``set_aside`` among them.

    Raises
    ------
    FileRefused
        The file is not what it claims to be, or no reader recognises anything in it.
    """
    import pyarrow as pa

    from catalynx.columns import arrow_schema
    from catalynx.sources.members import members

    path = Path(path)
    found = {source.name: source for member in members(path) if (source := recognise(member))}
    if not found:
        raise FileRefused(path, f"no reader recognises it; there are readers for {', '.join(sources())}")
    parts: dict[str, list[pa.Table]] = {}
    for source in found.values():
        for batch in batches(path, source):
            for name, rows in batch.rows.items():
                parts.setdefault(name, []).append(rows)
            if batch.set_aside:
                parts.setdefault("set_aside", []).append(pa.Table.from_pylist(batch.set_aside, schema=arrow_schema("set_aside")))
    return {name: pa.concat_tables(tables).cast(arrow_schema(name)).to_pandas() for name, tables in parts.items()}
