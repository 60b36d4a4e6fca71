"""What the tests of all readers use: a load as it is counted and balanced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from catalynx.columns import arrow_schema
from catalynx.columns.column_rules import plain_type
from catalynx.sources import batches
from catalynx.sources.reading import Source

SAMPLE = Path(__file__).parents[3] / "catalynx/sample"


@dataclass
class Loaded:
    """All batches of one load together; reading it asserted that the account balances."""

    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    read: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    set_aside: list[dict[str, str | None]] = field(default_factory=list)

    @property
    def records_set_aside(self) -> list[dict[str, str | None]]:
        return [row for row in self.set_aside if row["field"] is None]

    @property
    def fields_unknown(self) -> list[dict[str, str | None]]:
        return [row for row in self.set_aside if row["field"] is not None]


def load(path: Path, source: Source) -> Loaded:
    loaded = Loaded()
    parts: dict[str, list[pa.Table]] = {}
    for batch in batches(path, source):
        for name, rows in batch.rows.items():
            schema = arrow_schema(name)
            assert rows.schema.names == schema.names
            assert [plain_type(kind) for kind in rows.schema.types] == schema.types
            assert batch.read[name] == rows.num_rows + batch.records_set_aside(name) + batch.duplicates[name]
            parts.setdefault(name, []).append(rows.cast(schema))
        loaded.read += batch.read
        loaded.duplicates += batch.duplicates
        loaded.set_aside += batch.set_aside
    loaded.rows = {name: pa.concat_tables(tables).to_pandas() for name, tables in parts.items()}
    for name, count in loaded.read.items():
        aside = sum(row["table_name"] == name for row in loaded.records_set_aside)
        assert count == len(loaded.rows.get(name, ())) + aside + loaded.duplicates[name]
    return loaded


@pytest.fixture(name="load", scope="session")
def load_source() -> Callable[[Path, Source], Loaded]:
    return load


@pytest.fixture(scope="session")
def sample() -> Path:
    return SAMPLE
