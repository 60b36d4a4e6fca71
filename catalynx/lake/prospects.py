"""Who could give: foundations, federal programs and opportunities of a snapshot, each with what is on record about it.

Only what lies on or before ``as_of`` counts. Gifts to private persons do not count, nor do audited expenditures: what an
organisation spent of a program in a year is not the size of an award.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from catalynx.columns import RESULTS

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot

RECENT_YEARS = 10
"""How long an earlier gift says what a funder may give again: dollars and programs change."""
PURPOSE_CHARACTERS = 24_000
"""How much of a funder's latest purposes is compared with a mission; enough for some 150 grants."""

# Sums are of decimals and lists are ordered, so that the same lake gives the same answer to the bit.
_HISTORY = """
    WITH gifts AS (
        SELECT * FROM giving
        WHERE track = $track AND status IN ('paid', 'awarded') AND recipient_kind <> 'individual'
        AND (year IS NULL OR year <= $year)),
    firsts AS (
        SELECT funder_key, recipient_key, min(year) AS first_year FROM gifts
        WHERE recipient_key IS NOT NULL AND year IS NOT NULL GROUP BY ALL),
    spans AS (SELECT funder_key, min(year) AS first_year, max(year) AS last_year FROM gifts GROUP BY ALL),
    recent AS (
        SELECT gifts.funder_key, 100.0 * count(DISTINCT recipient_key) FILTER (firsts.first_year > spans.last_year - 3)
            / count(DISTINCT recipient_key) AS first_time_pct
        FROM gifts JOIN spans USING (funder_key) JOIN firsts USING (funder_key, recipient_key)
        WHERE year > spans.last_year - 3 AND spans.first_year <= spans.last_year - 5 GROUP BY ALL),
    totals AS (
        SELECT funder_key, min(funder_name) AS funder_name, max(funder_ein) AS funder_ein, count(*) AS grants_count,
            sum(amount_usd::DECIMAL(18, 2)) FILTER (amount_usd > 0)::DOUBLE AS grants_total_usd,
            quantile_cont(amount_usd, 0.25) FILTER (amount_usd > 0) AS grant_p25_usd,
            quantile_cont(amount_usd, 0.50) FILTER (amount_usd > 0) AS grant_median_usd,
            quantile_cont(amount_usd, 0.75) FILTER (amount_usd > 0) AS grant_p75_usd,
            min(year) AS first_year, max(year) AS last_year, count(DISTINCT year) AS active_years,
            count(*) FILTER (recipient_ein = $ein) AS to_us_count,
            sum(amount_usd::DECIMAL(18, 2)) FILTER (recipient_ein = $ein)::DOUBLE AS to_us_usd,
            count(*) FILTER (recipient_ein = $ein AND amount_usd > 0 AND year > $year - $recent) AS to_us_recent_count,
            quantile_cont(amount_usd, 0.50)
                FILTER (recipient_ein = $ein AND amount_usd > 0 AND year > $year - $recent) AS to_us_median_usd,
            max(year) FILTER (recipient_ein = $ein) AS to_us_last_year,
            to_json(list({'year': year, 'amount_usd': amount_usd} ORDER BY year DESC NULLS LAST, amount_usd DESC, gift_id)
                FILTER (recipient_ein = $ein)) AS to_us_gifts
        FROM gifts GROUP BY funder_key),
    fields AS (
        SELECT funder_key, to_json(map_from_entries(list((ntee_major, n) ORDER BY ntee_major))) AS field_counts
        FROM (SELECT funder_key, ntee_major, count(*) AS n FROM gifts WHERE ntee_major IS NOT NULL GROUP BY ALL) GROUP BY ALL),
    states AS (
        SELECT funder_key, to_json(map_from_entries(list((recipient_state, n) ORDER BY recipient_state))) AS state_counts
        FROM (SELECT funder_key, recipient_state, count(*) AS n
            FROM gifts WHERE recipient_state IS NOT NULL GROUP BY ALL) GROUP BY ALL)
    SELECT * FROM totals LEFT JOIN recent USING (funder_key) LEFT JOIN fields USING (funder_key)
        LEFT JOIN states USING (funder_key)
    ORDER BY funder_key"""

_FOUNDATION_TEXT = """
    WITH texts AS (
        SELECT coalesce('ein:' || funder_ein, upper(trim(funder_name))) AS funder_key, year,
            concat_ws(' ', cause_area, purpose, recipient_name) AS text
        FROM grants WHERE recipient_kind <> 'individual' AND (year IS NULL OR year <= $year))
    SELECT funder_key, left(string_agg(text, '. ' ORDER BY year DESC NULLS LAST, text), $characters) AS purpose_text
    FROM texts GROUP BY funder_key"""

_RETURNS = """
    SELECT DISTINCT ON (ein) ein AS funder_ein, name, preselected_only, assets_fmv_usd, application_deadlines, state, return_id
    FROM filings WHERE form = '990PF' AND canonical ORDER BY ein, period_end DESC"""

_LOCAL = """
    SELECT 'ein:' || ein AS funder_key, name AS funder_name, ein AS funder_ein, city, state, assets_usd, ntee_code
    FROM organizations
    WHERE foundation_code = '04' AND state IN (SELECT unnest($states)) AND assets_usd >= $assets AND ein IS DISTINCT FROM $ein
    ORDER BY assets_usd DESC"""

_PROGRAMS = """
    SELECT assistance_listing, title, agency, sub_agency, objective, applicant_types, beneficiary_types,
        assistance_types, fiscal_year,
        (SELECT max(fiscal_year) FROM program_obligations o WHERE o.assistance_listing = p.assistance_listing
            AND greatest(coalesce(actual_usd, 0), coalesce(usaspending_usd, 0), coalesce(estimate_usd, 0)) > 0)
            AS last_money_year,
        (SELECT arg_max(coalesce(actual_usd, usaspending_usd, estimate_usd), fiscal_year) FROM program_obligations o
            WHERE o.assistance_listing = p.assistance_listing AND o.fiscal_year <= $year
            AND coalesce(actual_usd, usaspending_usd, estimate_usd) > 0) AS last_money_usd
    FROM programs p WHERE objective IS NOT NULL ORDER BY assistance_listing"""

_OPPORTUNITIES = (
    "SELECT * FROM opportunities WHERE posted_date IS NULL OR posted_date <= $day OR stage = 'forecast' ORDER BY opportunity_id"
)

LOCAL_FOUNDATION_ASSETS_USD = 1_000_000.0
"""A foundation of which only the master file is known is listed from these assets on; its payout rule gives some $50,000."""


def foundations(lake: Snapshot, *, ein: str | None, states: list[str], as_of: date) -> pd.DataFrame:
    """Return the foundations with grants on record, and private foundations based in `states` of which no grant is.

    Parameters
    ----------
    ein : the applicant's own, to count what it received before; None when unknown
    states : two-letter states the applicant works in

    Returns
    -------
    rows as in ``columns.RESULTS["candidates"]`` without eligibility, and the extra columns ``preselected_only``
    (flag), ``based_in`` (state), ``application_deadlines``
    """
    import pandas as pd

    history = lake.sql(_HISTORY, {"track": "foundation", "year": as_of.year, "ein": ein, "recent": RECENT_YEARS})
    texts = lake.sql(_FOUNDATION_TEXT, {"year": as_of.year, "characters": PURPOSE_CHARACTERS})
    returns = lake.sql(_RETURNS).rename(columns={"state": "based_in", "name": "return_name"})
    local = lake.sql(_LOCAL, {"states": states, "assets": LOCAL_FOUNDATION_ASSETS_USD, "ein": ein})
    known = history.merge(texts, on="funder_key", how="left")
    missing = local[~local["funder_key"].isin(known["funder_key"])].rename(columns={"state": "based_in"})
    found = pd.concat([known, missing[["funder_key", "funder_name", "funder_ein", "based_in"]]], ignore_index=True)
    found = found.merge(returns, on="funder_ein", how="left", suffixes=("", "_filed"))
    found["based_in"] = found["based_in"].fillna(found["based_in_filed"])
    found["kind"], found["name"] = "foundation", found["funder_name"]
    found["candidate_id"] = "foundation:" + found["funder_key"].str.replace("ein:", "", regex=False)
    found["evidence"] = [
        _evidence("grants", funder_ein=ein) if isinstance(ein, str) else _evidence("grants", funder_name=name)
        for ein, name in zip(found["funder_ein"], found["funder_name"], strict=True)
    ]
    return _shaped(found, "preselected_only", "based_in", "application_deadlines")


def programs(lake: Snapshot, *, ein: str | None, as_of: date) -> pd.DataFrame:
    """Return the federal assistance programs, with what awards of the lake say of them.

    Returns
    -------
    rows as in ``columns.RESULTS["candidates"]`` without eligibility, and the extra columns ``applicant_types``,
    ``assistance_types`` (lists), ``last_money_year``, ``last_money_usd``
    """
    listed = lake.sql(_PROGRAMS, {"year": as_of.year})
    history = lake.sql(_HISTORY, {"track": "federal", "year": as_of.year, "ein": ein, "recent": RECENT_YEARS}).drop(
        columns=["funder_name", "funder_ein"]
    )
    found = listed.merge(history, left_on="assistance_listing", right_on="funder_key", how="left")
    found["kind"], found["name"] = "program", found["title"]
    found["funder_name"] = found["agency"]
    found["candidate_id"] = "program:" + found["assistance_listing"]
    found["purpose_text"] = found["title"] + ". " + found["objective"].fillna("")
    found["evidence"] = [_evidence("awards", assistance_listing=number) for number in found["assistance_listing"]]
    return _shaped(found, "applicant_types", "assistance_types", "last_money_year", "last_money_usd")


def opportunities(lake: Snapshot, *, as_of: date) -> pd.DataFrame:
    """Return the announced and forecast opportunities that were known on `as_of`.

    Returns
    -------
    rows as in ``columns.RESULTS["candidates"]`` without eligibility, and the extra columns ``applicant_types``,
    ``instruments`` (lists of codes), ``stage``, ``cost_sharing``, ``eligibility_text``
    """
    found = lake.sql(_OPPORTUNITIES, {"day": as_of})
    found["kind"], found["name"] = "opportunity", found["title"]
    found["funder_name"] = found["agency"].fillna(found["agency_code"])
    found["candidate_id"] = "opportunity:" + found["opportunity_id"]
    found["purpose_text"] = found["title"] + ". " + found["description"].fillna("")
    found["deadline"], found["deadline_estimated"] = found["close_date"], found["dates_estimated"]
    found["evidence"] = [_evidence("opportunities", opportunity_id=number) for number in found["opportunity_id"]]
    return _shaped(found, "applicant_types", "instruments", "stage", "cost_sharing", "eligibility_text")


def _shaped(found: pd.DataFrame, *extra: str) -> pd.DataFrame:
    """Keep the columns of a candidate; what a kind has no notion of is missing."""
    names = [name for name in RESULTS["candidates"].names if name not in {"eligibility", "eligibility_reason", "marks"}]
    return found.reindex(columns=[*names, *extra])


def _evidence(table: str, **condition: str) -> str:
    return json.dumps({"table": table, **condition})
