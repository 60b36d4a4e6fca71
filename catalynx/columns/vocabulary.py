"""The words in which tables are described: column, table, and what they promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalynx.errors import NotFound

Kind = Literal["text", "texts", "integer", "number", "usd", "flag", "date"]
"""``texts`` is a list of text; ``usd`` is a number in US dollars of the year it was reported in, not adjusted for inflation."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, kind, what it means, and what an empty cell means."""

    name: str
    kind: Kind
    meaning: str
    missing: str = "unknown"
    required: bool = False
    pattern: str | None = None
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, the columns that identify it, and its columns.

    ``newest_by`` names the column by which the newest of several rows with one key is chosen;
    the others are counted as recognised duplicates.
    """

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    newest_by: str | None = None

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise NotFound("column", f"{self.name}.{name}", f"It has {', '.join(self.names)}.")


def required(name: str, kind: Kind, meaning: str, **limits: float | str | None) -> Column:
    """Return a column that every row fills."""
    return Column(name, kind, meaning, missing="never missing", required=True, **limits)  # type: ignore[arg-type]


EIN = r"\d{9}"
STATE = r"[A-Z]{2}"
LISTING = r"\d{2}\.[0-9A-Z]{3}"
