"""Recipients of grants and awards → organisations: collects the distinct ones, has them resolved, keeps the links."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from catalynx.columns import arrow_schema
from catalynx.lake.checks import check
from catalynx.lake.parquet import write
from catalynx.lake.snapshot import quoted, to_frame

_RECIPIENTS = """
    SELECT recipient_name, recipient_city, recipient_state, recipient_ein, recipient_kind,
        {country} AS recipient_country, count(*) AS times
    FROM read_parquet('{file}')
    WHERE recipient_kind <> 'individual' AND (recipient_name IS NOT NULL OR recipient_ein IS NOT NULL)
    GROUP BY ALL"""
_COUNTRY = {"grants": "recipient_country", "awards": "NULL::VARCHAR"}


def add_entity_links(folder: Path) -> int:
    """Write the table ``entity_links`` of the version that is being made in `folder`; return its rows."""
    schema = arrow_schema("entity_links")
    target = folder / "entity_links.parquet"
    given = [folder / f"{name}.parquet" for name in _COUNTRY]
    if not any(file.exists() for file in given):
        return write(target, schema, [])
    from catalynx.lake.resolution import resolve

    links = resolve(*_asked([file for file in given if file.exists()], folder / "organizations.parquet"))
    rows = pa.Table.from_pandas(links[schema.names], schema=schema, preserve_index=False)
    check("entity_links", rows)
    return write(target, schema, [rows])


def _asked(given: list[Path], organizations: Path):  # type: ignore[no-untyped-def]
    """Return the distinct recipients of the files `given`, and the organisations there are, as frames."""
    import duckdb

    parts = [f"({_RECIPIENTS.format(file=quoted(file), country=_COUNTRY[file.stem])})" for file in given]
    query = f"SELECT * EXCLUDE times, sum(times)::BIGINT AS times FROM ({' UNION ALL '.join(parts)}) GROUP BY ALL ORDER BY ALL"
    with duckdb.connect() as connection:
        recipients = to_frame(connection.sql(query).to_arrow_table())
        if not organizations.exists():
            return recipients, to_frame(arrow_schema("organizations").empty_table())
        return recipients, to_frame(connection.sql("SELECT * FROM read_parquet(?)", params=[str(organizations)]).to_arrow_table())
