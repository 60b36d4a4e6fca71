"""One organisation: what the lake holds of it, with where each row stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import TABLES
from catalynx.errors import NotFound
from catalynx.lookups.plain import plain_frame, plain_rows

if TYPE_CHECKING:
    from catalynx.workflows import Workspace

MOST_ROWS: Final = 50

_RECEIVED: Final = """
    SELECT track, count(*) AS grants_count, count(DISTINCT funder_key) AS funders_count,
        sum(amount_usd) FILTER (amount_usd > 0) AS total_usd, min(year) AS first_year, max(year) AS last_year
    FROM giving WHERE recipient_ein = ? AND recipient_kind <> 'individual' GROUP BY track ORDER BY track"""
_GIVEN: Final = """
    SELECT track, count(*) AS grants_count, count(DISTINCT recipient_key) AS recipients_count,
        sum(amount_usd) FILTER (amount_usd > 0) AS total_usd,
        median(amount_usd) FILTER (amount_usd > 0) AS median_usd, min(year) AS first_year, max(year) AS last_year
    FROM giving WHERE funder_ein = ? AND recipient_kind <> 'individual' GROUP BY track ORDER BY track"""


def organization(workspace: Workspace, ein: str) -> dict[str, Any]:
    """Return an organisation with its returns, audits, and what it received and gave.

    Parameters
    ----------
    ein : nine digits

    Raises
    ------
    NotFound
        No table of the lake holds the number.
    """
    lake = workspace.lake
    registered = lake.sql("SELECT * FROM organizations WHERE ein = ?", [ein])
    filings = lake.sql(
        f"SELECT * FROM filings WHERE ein = ? AND canonical ORDER BY period_end DESC NULLS LAST LIMIT {MOST_ROWS}", [ein]
    )
    audits = lake.sql(f"SELECT * FROM audits WHERE ein = ? ORDER BY audit_year DESC LIMIT {MOST_ROWS}", [ein])
    received, given = lake.sql(_RECEIVED, [ein]), lake.sql(_GIVEN, [ein])
    if not any(len(frame) for frame in (registered, filings, audits, received, given)):
        raise NotFound("organization with EIN", ein, "`catalynx ingest` a Business Master File that holds it.")
    listed = plain_rows(registered, TABLES["organizations"].columns)
    return {
        "ein": ein,
        "organization": listed[0] if listed else None,
        "filings": plain_rows(filings, TABLES["filings"].columns),
        "audits": plain_rows(audits, TABLES["audits"].columns),
        "received": plain_frame(received),
        "given": plain_frame(given),
        "lake_version": lake.id,
    }
