"""The table that discovery asks: every gift with its recipient resolved, kept sorted so that a question reads little.

One wide table, sorted by state, field and year, answers "who gave to this field in this state" from a few row groups;
joining grants to organisations at the time of asking reads both whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from catalynx.columns import arrow_schema
from catalynx.lake.parquet import write
from catalynx.lake.snapshot import quoted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ROW_GROUP_ROWS = 20_480
"""Small, so that the sort order lets a reader skip most of the table."""

_GRANTS = """
    SELECT grant_id AS gift_id, 'foundation' AS track,
        coalesce('ein:' || funder_ein, upper(trim(funder_name))) AS funder_key, funder_name, funder_ein,
        NULL::VARCHAR AS assistance_listing, recipient_name, recipient_ein, recipient_state, recipient_kind,
        status, year, amount_usd
    FROM grants WHERE NOT EXISTS (
        FROM filings WHERE NOT filings.canonical AND filings.file = grants.file AND filings.ein = grants.funder_ein)"""
_AWARDS = """
    SELECT award_id, 'federal', coalesce(assistance_listing, upper(trim(agency)), 'FEDERAL'),
        coalesce(program_name, agency, 'Federal program'), NULL, assistance_listing,
        coalesce(recipient_name, audits.name), coalesce(recipient_ein, audits.ein), coalesce(recipient_state, audits.state),
        recipient_kind, amount_kind, year, amount_usd
    FROM awards LEFT JOIN audits USING (audit_id)"""
_LINKED = """
    SELECT gift_id, track, funder_key, gifts.funder_name, funder_ein, assistance_listing, recipient_key,
        gifts.recipient_name, coalesce(links.ein, gifts.recipient_ein) AS recipient_ein, recipient_kind,
        coalesce(organizations.state, gifts.recipient_state) AS recipient_state, organizations.ntee_major,
        gifts.status, year, amount_usd
    FROM gifts
    LEFT JOIN entity_links AS links ON links.recipient_key = gifts.key
    LEFT JOIN organizations ON organizations.ein = coalesce(links.ein, gifts.recipient_ein)
    ORDER BY recipient_state NULLS LAST, ntee_major NULLS LAST, year NULLS LAST, gift_id"""


def add_giving(folder: Path) -> int:
    """Write the table ``giving`` of the version that is being made in `folder`; return its rows."""
    schema = arrow_schema("giving")
    target = folder / "giving.parquet"
    if not any((folder / f"{name}.parquet").exists() for name in ("grants", "awards")):
        return write(target, schema, [])
    import duckdb

    with duckdb.connect(config={"threads": 2}) as connection:
        for name in ("grants", "awards", "filings", "audits", "organizations", "entity_links"):
            file = folder / f"{name}.parquet"
            if file.exists():
                connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{quoted(file)}')")
            else:
                connection.register(name, arrow_schema(name).empty_table())
        connection.execute(f"CREATE TEMP TABLE raw AS {_GRANTS} UNION ALL {_AWARDS}")
        _add_keys(connection)
        reader = connection.sql(_LINKED).to_arrow_reader(ROW_GROUP_ROWS)
        return write_giving(target, (batch.cast(schema) for batch in reader))


def write_giving(path: Path, rows: Iterable[pa.RecordBatch]) -> int:
    """Write rows that are sorted by state, field and year to `path`; return how many they are."""
    schema = arrow_schema("giving")
    # Sorted as they are, the rows of one group name few funders and recipients.
    repeating = [name for name in schema.names if name != "gift_id"]
    return write(path, schema, rows, row_group_rows=ROW_GROUP_ROWS, repeating=repeating)


def _add_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``gifts`` of ``raw``, with the key under which a recipient stands in ``entity_links``."""
    from catalynx.lake.resolution import recipient_key

    names = connection.execute(
        "SELECT DISTINCT recipient_name, recipient_state, recipient_ein FROM raw WHERE recipient_kind <> 'individual'"
    ).df()
    names["key"] = recipient_key(names["recipient_name"], names["recipient_state"], names["recipient_ein"])
    connection.register("keys", names)
    connection.execute("""
        CREATE TEMP VIEW gifts AS SELECT raw.*, keys.key FROM raw LEFT JOIN keys
        ON raw.recipient_kind <> 'individual'
        AND keys.recipient_name IS NOT DISTINCT FROM raw.recipient_name
        AND keys.recipient_state IS NOT DISTINCT FROM raw.recipient_state
        AND keys.recipient_ein IS NOT DISTINCT FROM raw.recipient_ein""")
