"""How many of those who applied to a federal program were funded: the latest year that its own text tells of, for each candidate.

Counts of one year are those of all its competitions; a total beside its parts counts alone. What a text says twice with the same
number of applications counts as it says it last. Years that had not ended on the day asked for do not count as facts.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot

COLUMNS: Final = (
    "applications_count", "awards_count", "award_rate_pct", "award_rate_year", "award_rate_kind", "award_rate_years",
    "award_rate_low_pct", "award_rate_high_pct", "award_rate_sentence", "award_rate_evidence",
)  # fmt: skip
"""What a candidate gets of this; see ``columns.RESULTS["candidates"]``."""

_FISCAL_YEAR_BEGINS = 10

COUNTED: Final = """
    SELECT DISTINCT ON (assistance_listing, fiscal_year, stage, applications) * FROM competitions
    WHERE doubt IS NULL AND fiscal_year <= CASE stage WHEN 'actual' THEN $ended ELSE $ended + 1 END
    ORDER BY assistance_listing, fiscal_year, stage, applications, entry_year DESC NULLS LAST, place DESC, number DESC"""
"""Competitions that count in a year that had ended by ``$ended``, each once."""

# A total and its parts: of three and more counts, the largest is the sum of the others.
_RATES = f"""
    WITH told AS ({COUNTED}),
    years AS (
        SELECT assistance_listing, fiscal_year, stage,
            CASE WHEN count(*) >= 3 AND 2 * max(applications) = sum(applications)
                THEN max(applications) ELSE sum(applications) END AS applications_count,
            CASE WHEN count(*) >= 3 AND 2 * max(applications) = sum(applications)
                THEN arg_max(awards, applications) ELSE sum(awards) END AS awards_count,
            arg_max(sentence, (applications, -number)) AS award_rate_sentence
        FROM told GROUP BY ALL),
    rates AS (
        SELECT *, 100.0 * awards_count / applications_count AS award_rate_pct FROM years),
    spans AS (
        SELECT assistance_listing, stage, count(*) AS award_rate_years, min(award_rate_pct) AS award_rate_low_pct,
            max(award_rate_pct) AS award_rate_high_pct
        FROM rates GROUP BY ALL)
    SELECT assistance_listing, applications_count::BIGINT AS applications_count, awards_count::BIGINT AS awards_count,
        award_rate_pct, fiscal_year AS award_rate_year, stage AS award_rate_kind, award_rate_years, award_rate_low_pct,
        award_rate_high_pct, award_rate_sentence
    FROM rates JOIN spans USING (assistance_listing, stage)
    QUALIFY row_number() OVER (PARTITION BY assistance_listing ORDER BY stage, fiscal_year DESC) = 1
    ORDER BY assistance_listing"""


def award_rates(lake: Snapshot, *, as_of: date) -> pd.DataFrame:
    """Return the award rate of each program whose text states one: of its latest ended year, else the latest estimate.

    Returns
    -------
    ``assistance_listing`` and `COLUMNS`
    """
    found = lake.sql(_RATES, {"ended": last_fiscal_year(as_of)})
    found["award_rate_evidence"] = [
        json.dumps({"table": "competitions", "assistance_listing": number}) for number in found["assistance_listing"]
    ]
    return found


def last_fiscal_year(as_of: date) -> int:
    """Return the latest federal fiscal year that had ended on a day."""
    return as_of.year if as_of.month >= _FISCAL_YEAR_BEGINS else as_of.year - 1


def with_award_rates(lake: Snapshot, programs: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Return `programs` with the award rate of each ``assistance_listing``."""
    return programs.merge(award_rates(lake, as_of=as_of), on="assistance_listing", how="left")


def with_award_rates_of_listings(lake: Snapshot, opportunities: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Return `opportunities` with the rate of the first of its ``assistance_listings`` that has one, facts before estimates.

    An announcement is one competition of a program; the program's rate is the nearest that is known of it.
    """
    rates = award_rates(lake, as_of=as_of)
    pairs = opportunities[["opportunity_id", "assistance_listings"]].explode("assistance_listings")
    pairs = pairs.reset_index(drop=True).rename(columns={"assistance_listings": "assistance_listing"})
    known = pairs.merge(rates, on="assistance_listing").sort_values("award_rate_kind", kind="stable")
    first = known.drop_duplicates("opportunity_id").drop(columns="assistance_listing")
    return opportunities.merge(first, on="opportunity_id", how="left")
