"""What a version of the lake holds: rows by source and table, the newest year of each, and what was set aside."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from catalynx.columns import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot

_YEARS = {
    "organizations": "left(tax_period_end, 4)::INT", "opportunities": "year(posted_date)", "filings": "year(period_end)",
    "audits": "audit_year", "people": "tax_year", "audit_findings": "NULL::INT", "ntee_codes": "NULL::INT",
}  # fmt: skip
_NEWEST_DAY = """
    SELECT max(day) AS day FROM (
        SELECT max(coalesce("date", make_date(year, 12, 31))) AS day FROM grants
        UNION ALL SELECT max(make_date(year, 12, 31)) FROM awards
        UNION ALL SELECT max(posted_date) FROM opportunities)"""


def what_it_holds(lake: Snapshot) -> pd.DataFrame:
    """Return one row a source and table: ``rows``, ``newest_year``, records ``set_aside`` and single ``fields_unknown``."""
    counted = [name for name in TABLES if lake.version.rows(name) and "source" in TABLES[name].names and name != "set_aside"]
    parts = [
        f"SELECT source, '{name}' AS table_name, count(*) AS rows, "
        f"max({_YEARS.get(name, 'year' if 'year' in TABLES[name].names else 'fiscal_year')}) AS newest_year "
        f"FROM {name} GROUP BY source"
        for name in counted
    ] or ["SELECT NULL::VARCHAR AS source, NULL::VARCHAR AS table_name, 0 AS rows, NULL::INT AS newest_year WHERE false"]
    aside = (
        "SELECT source, table_name, count(*) FILTER (field IS NULL) AS set_aside, "
        "count(*) FILTER (field IS NOT NULL) AS fields_unknown FROM set_aside GROUP BY ALL"
    )
    return lake.sql(
        "SELECT source, table_name, coalesce(rows, 0) AS rows, newest_year, coalesce(set_aside, 0) AS set_aside, "
        "coalesce(fields_unknown, 0) AS fields_unknown "
        f"FROM ({' UNION ALL '.join(parts)}) facts FULL JOIN ({aside}) aside USING (source, table_name) "
        f"ORDER BY source, table_name"
    )


def newest_day(lake: Snapshot) -> date | None:
    """Return the newest day that a grant, award or opportunity tells of; a year alone counts to its end. None without any."""
    found = lake.sql(_NEWEST_DAY)["day"].iloc[0]
    return None if found is None or found != found else found.date()
