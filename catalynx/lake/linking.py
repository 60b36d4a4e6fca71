"""Recipients of grants and awards → organisations: collects the distinct ones, has them resolved, keeps the links."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from catalynx.columns import arrow_schema
from catalynx.lake.checks import check
from catalynx.lake.parquet import write

_RECIPIENTS = """
    SELECT recipient_name, recipient_city, recipient_state, recipient_ein, recipient_kind, {country} AS recipient_country, count(*) AS times
    FROM read_parquet('{file}')
    WHERE recipient_kind <> 'individual' AND (recipient_name IS NOT NULL OR recipient_ein IS NOT NULL)
    GROUP BY ALL"""


def add_entity_links(folder: Path) -> int:
    """Write the table ``entity_links`` of the version that is being made in `folder`; return its rows."""
    import duckdb

    from catalynx.lake.resolution import resolve
    from catalynx.lake.snapshot import to_frame

    parts = [
        _RECIPIENTS.format(file=str(folder / f"{name}.parquet").replace("'", "''"), country=country)
        for name, country in (("grants", "recipient_country"), ("awards", "NULL::VARCHAR"))
        if (folder / f"{name}.parquet").exists()
    ]
    schema = arrow_schema("entity_links")
    target = folder / "entity_links.parquet"
    organizations = folder / "organizations.parquet"
    if not parts or not organizations.exists():
        return write(target, schema, [])
    with duckdb.connect() as connection:
        query = " UNION ALL ".join(f"({part})" for part in parts)
        recipients = to_frame(
            connection.execute(f"SELECT * EXCLUDE times, sum(times)::BIGINT AS times FROM ({query}) GROUP BY ALL ORDER BY ALL").to_arrow_table()
        )
        known = to_frame(connection.execute("SELECT * FROM read_parquet(?)", [str(organizations)]).to_arrow_table())
    links = resolve(recipients, known)
    rows = pa.Table.from_pandas(links[schema.names], schema=schema, preserve_index=False)
    check("entity_links", rows)
    return write(target, schema, [rows])
