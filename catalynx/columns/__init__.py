"""The vocabulary: every table of the lake and every result, with each column's type, unit, meaning, and what missing means.

Names carry their unit (``_usd``, ``_pct``, ``_hours``); a share in per cent runs from 0 to 100, a score from 0 to 1.
Missing is missing: an empty cell says "unknown" and never stands for zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from catalynx.columns import network_results, published, results, returns
from catalynx.columns.feasibility_results import FEASIBILITY
from catalynx.columns.score_evidence import SCORE_EVIDENCE
from catalynx.columns.vocabulary import Column, Table
from catalynx.errors import MissingColumns, NotFound

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["RESULTS", "TABLES", "Column", "Table", "arrow_schema", "empty_frame", "require", "rows", "table"]

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        published.ORGANIZATIONS, returns.FILINGS, published.GRANTS, published.AWARDS, published.PROGRAMS,
        published.PROGRAM_OBLIGATIONS, published.PROGRAM_RESULTS, published.OPPORTUNITIES, returns.PEOPLE, published.AUDITS,
        published.AUDIT_FINDINGS, published.NTEE_CODES, published.ENTITY_LINKS, published.GIVING, published.COMPETITIONS,
        published.SET_ASIDE,
    )
}  # fmt: skip
"""The tables of the lake, by name."""

RESULTS: dict[str, Table] = {
    table.name: table
    for table in (
        results.CANDIDATES, results.SCORE_PARTS, FEASIBILITY, results.DECISIONS,
        results.FINANCES, results.FINANCE_STANDINGS, results.READINESS, results.RISKS, results.RISK_SIGNALS,
        *network_results.ALL, SCORE_EVIDENCE,
    )
}  # fmt: skip
"""The tables that Catalynx gives back, by name."""


def table(name: str) -> Table:
    """Return the table called `name`.

    Raises
    ------
    NotFound
    """
    found = TABLES.get(name) or RESULTS.get(name)
    if found is None:
        raise NotFound("table", name, f"There are {', '.join([*TABLES, *RESULTS])}.")
    return found


def arrow_schema(name: str) -> pa.Schema:
    """Return the Arrow schema in which the table called `name` is kept."""
    import pyarrow as pa

    types: dict[str, pa.DataType] = {
        "text": pa.string(), "texts": pa.list_(pa.string()), "integer": pa.int64(), "number": pa.float64(),
        "usd": pa.float64(), "flag": pa.bool_(), "date": pa.date32(),
    }  # fmt: skip
    return pa.schema([pa.field(column.name, types[column.kind]) for column in table(name).columns])


def empty_frame(name: str) -> pd.DataFrame:
    """Return the table called `name` without rows, its columns of the types that they have with rows."""
    import pandas as pd

    types = {"text": "str", "texts": "object", "integer": "Int64", "number": "float64", "usd": "float64", "flag": "boolean",
             "date": "datetime64[us]"}  # fmt: skip
    return pd.DataFrame({column.name: pd.Series([], dtype=types[column.kind]) for column in table(name).columns})


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each row of `frame` as a mapping from column to value."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def require(frame: pd.DataFrame, columns: Iterable[str], *, name: str) -> None:
    """Raise `MissingColumns` unless `frame`, which the caller knows as `name`, has all `columns`."""
    missing = set(columns) - set(frame.columns)
    if missing:
        raise MissingColumns(name, missing, frame.columns)
