"""The table of competitions: what programs' own texts say of applications and awards, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.columns import arrow_schema
from catalynx.lake.checks import check
from catalynx.lake.parquet import write

if TYPE_CHECKING:
    import pyarrow as pa

    from catalynx.lake.competition_pairs import Competition

_ROWS_AT_ONCE = 4096


def add_competitions(folder: Path) -> int:
    """Write the table ``competitions`` of the version that is being made in `folder`; return its rows."""
    source = folder / "program_results.parquet"
    return write(folder / "competitions.parquet", arrow_schema("competitions"), _batches(source) if source.exists() else [])


def competitions_of(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of ``competitions`` that one row of ``program_results`` gives."""
    # Its expressions take a while to compile, and most loads have no such text.
    from catalynx.lake.competition_pairs import read_competitions

    return [_row(entry, number, one) for number, one in enumerate(read_competitions(entry["text"]), 1)]


def doubt(competition: Competition, year: int | None) -> str | None:
    """Say why a competition is not to be counted; None where nothing speaks against it.

    A text can well say such a thing, of several awards to one applicant for instance, but a rate of it would mislead.
    """
    if competition.applications == 0:
        return "no application, so there is no rate"
    if competition.awards > competition.applications:
        return f"more awards ({competition.awards:,}) than applications ({competition.applications:,})"
    return "neither the text nor its entry names a year" if year is None else None


def _row(entry: dict[str, Any], number: int, found: Competition) -> dict[str, Any]:
    year = found.year or entry["fiscal_year"]
    return {
        "assistance_listing": entry["assistance_listing"],
        "entry_year": entry["fiscal_year"],
        "place": entry["place"],
        "number": number,
        "fiscal_year": year,
        "year_stated": found.year is not None,
        "applications": found.applications,
        "awards": found.awards,
        "stage": found.stage,
        "sentence": found.sentence,
        "doubt": doubt(found, year),
        "source": entry["source"],
        "file": entry["file"],
    }


def _batches(source: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema("competitions")
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(_ROWS_AT_ONCE):
            rows = [row for entry in batch.to_pylist() for row in competitions_of(entry)]
            check("competitions", pa.Table.from_pylist(rows, schema=schema))
            yield pa.RecordBatch.from_pylist(rows, schema=schema)
