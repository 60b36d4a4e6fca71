"""Gifts that a number of a score rests on: which of a funder's count for a criterion, as what, and which come first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalynx.lake.giving_facts import GIFTS
from catalynx.lake.purposes import PURPOSE_CHARACTERS
from catalynx.lake.ties import TYING_GIFTS


@dataclass(frozen=True, slots=True)
class GiftWay:
    """Some of a funder's gifts.

    Attributes
    ----------
    where : which of them count
    fact : what is read of each, as text
    nearness : what it is counted as; NULL where it is counted among all only
    order : what comes first; the newest follow
    """

    where: str = "true"
    fact: str = "NULL"
    nearness: str = "NULL"
    order: str = "nearness IS NULL"


_USD = "'$' || format('{:,}', round(amount_usd)::BIGINT)"
_OURS_FIRST = "CASE WHEN recipient_ein = $ein::VARCHAR THEN 'to you' END"
_LATEST = "recipient_key IS NOT NULL AND year > last_year - 3"
_WHEN_FIRST = """
    CASE WHEN year <= last_year - 3 THEN NULL WHEN recipient_since > last_year - 3 THEN 'a recipient it had not funded before'
        ELSE 'a recipient it had funded before' END"""
_AGAIN = """
    CASE WHEN NOT list_contains(funder_years, year + 1) THEN NULL
        WHEN list_contains(recipient_years, year + 1) THEN 'funded again the year after'
        ELSE 'not funded again the year after' END"""
_FIELD = """
    CASE WHEN list_contains($exact::VARCHAR[], left(ntee_code, 3)) THEN 'your own code'
        WHEN list_contains($deciles::VARCHAR[], left(ntee_code, 2)) THEN 'a code next to yours'
        WHEN list_contains($majors::VARCHAR[], ntee_major) THEN 'your field' END"""
_NEAR_ASK = "CASE WHEN amount_usd > 0 AND $ask::DOUBLE > 0 THEN abs(ln(amount_usd / $ask::DOUBLE)) END"
_NEAR_REVENUE = "CASE WHEN revenue_usd > 0 AND $revenue::DOUBLE > 0 THEN abs(ln(revenue_usd / $revenue::DOUBLE)) END"

GIFT_WAYS: Final = {
    "places": GiftWay(
        fact="recipient_state", nearness="CASE WHEN list_contains($states::VARCHAR[], recipient_state) THEN 'in your state' END",
        order="CASE WHEN nearness IS NOT NULL THEN 0 WHEN recipient_state IS NOT NULL THEN 1 ELSE 2 END",
    ),
    "fields": GiftWay(
        fact="coalesce(ntee_code, ntee_major)", nearness=_FIELD,
        order="""CASE nearness WHEN 'your own code' THEN 0 WHEN 'a code next to yours' THEN 1 WHEN 'your field' THEN 2
            ELSE CASE WHEN ntee_major IS NOT NULL THEN 3 ELSE 4 END END""",
    ),
    "sizes": GiftWay("amount_usd > 0", _USD, _OURS_FIRST, f"{_NEAR_ASK} NULLS LAST"),
    "revenues": GiftWay(
        "revenue_usd > 0", "'revenue of $' || format('{:,}', round(revenue_usd)::BIGINT)", _OURS_FIRST,
        f"{_NEAR_REVENUE} NULLS LAST",
    ),
    "dated": GiftWay("year IS NOT NULL", "year::VARCHAR", "CASE WHEN year = last_year THEN 'the latest year' END"),
    "years": GiftWay(
        "year < $year AND amount_usd > 0 AND year > last_paid_year - 5", _USD,
        "CASE WHEN year > last_paid_year - 2 THEN 'the last two years' ELSE 'the three years before' END", "year DESC",
    ),
    "to_us": GiftWay(
        "recipient_ein = $ein::VARCHAR", f"coalesce(year::VARCHAR, 'no year') || coalesce(', ' || {_USD}, '')", "'to you'"
    ),
    "recipients": GiftWay(
        "recipient_key IS NOT NULL AND year IS NOT NULL", "'first on record in ' || recipient_since", _WHEN_FIRST,
        "CASE WHEN nearness IS NULL THEN 2 WHEN nearness LIKE '%not%' THEN 0 ELSE 1 END",
    ),
    "followed": GiftWay(
        "recipient_key IS NOT NULL AND year >= last_year - 3", "year::VARCHAR", _AGAIN,
        "CASE WHEN nearness IS NULL THEN 2 WHEN nearness LIKE 'not%' THEN 1 ELSE 0 END",
    ),
    "shares": GiftWay(f"{_LATEST} AND amount_usd > 0", _USD, _OURS_FIRST, "amount_usd DESC"),
}  # fmt: skip
"""Way → gifts. The conditions are those by which the facts of a funder are counted, see `catalynx.lake.giving_facts`."""

_ORGANIZATIONS = "(SELECT ein, ntee_code, revenue_usd, file || ' · ' || place AS known_from FROM organizations)"
_WHAT = "concat_ws(': ', coalesce(published.recipient_name, gifts.recipient_name), {purpose})"
_PURPOSE = {"grants": "published.purpose", "awards": "coalesce(published.title, published.purpose)"}
_KEY = {"grants": "grant_id", "awards": "award_id"}

_COUNTED = f"""
    WITH asked AS (SELECT unnest($identities) AS candidate_id, unnest($keys) AS funder_key),
    counted AS (SELECT * FROM ({GIFTS}) WHERE funder_key IN (SELECT funder_key FROM asked)),
    funders AS (
        SELECT funder_key, max(year) AS last_year, max(year) FILTER (year < $year AND amount_usd > 0) AS last_paid_year,
            list(DISTINCT year) FILTER (recipient_key IS NOT NULL AND year IS NOT NULL) AS funder_years
        FROM counted GROUP BY ALL),
    recipients AS (
        SELECT funder_key, recipient_key, min(year) AS recipient_since, list(DISTINCT year) AS recipient_years FROM counted
        WHERE recipient_key IS NOT NULL AND year IS NOT NULL GROUP BY ALL),
    gifts AS (
        SELECT candidate_id, counted.*, known.ntee_code, known.revenue_usd, known.known_from, last_year, last_paid_year,
            funder_years, recipient_since, recipient_years
        FROM asked JOIN counted USING (funder_key) JOIN funders USING (funder_key)
            LEFT JOIN recipients USING (funder_key, recipient_key)
            LEFT JOIN {_ORGANIZATIONS} AS known ON known.ein = recipient_ein),
    told AS (SELECT *, {{nearness}} AS nearness, {{fact}} AS fact FROM gifts WHERE {{where}}),
    chosen AS (
        SELECT *, row_number() OVER (PARTITION BY candidate_id
            ORDER BY {{order}}, year DESC NULLS LAST, amount_usd DESC NULLS LAST, gift_id) AS nth
        FROM told QUALIFY nth <= $limit)"""
_PUBLISHED = """
    SELECT gifts.candidate_id, '{table}' AS table_name, gift_id AS row_id, nearness, {what} AS what, fact, gifts.year,
        gifts.amount_usd, recipient_key, gifts.recipient_state, ntee_code, revenue_usd AS recipient_revenue_usd, known_from,
        published.source, published.file, published.place
    FROM chosen AS gifts JOIN {table} AS published ON published.{key} = gift_id
    ORDER BY gifts.candidate_id, nth"""


def gifts_query(way: str, table: str) -> str:
    """Return the query for the gifts of a way, as they are published in `table` (grants or awards)."""
    one = GIFT_WAYS[way]
    counted = _COUNTED.format(nearness=one.nearness, fact=one.fact, where=one.where, order=one.order)
    return counted + _PUBLISHED.format(table=table, key=_KEY[table], what=_WHAT.format(purpose=_PURPOSE[table]))


_MOST_SHARED = "len(shared) DESC, year DESC NULLS LAST, text, grant_id"
PURPOSES: Final = f"""
    WITH asked AS (SELECT unnest($identities) AS candidate_id, unnest($keys) AS funder_key, unnest($words) AS words),
    texts AS (
        SELECT coalesce('ein:' || funder_ein, upper(trim(funder_name))) AS funder_key, grants.*,
            concat_ws(' ', cause_area, purpose, recipient_name) AS text
        FROM grants WHERE recipient_kind <> 'individual' AND (year IS NULL OR year <= $year)),
    placed AS (
        SELECT candidate_id, words, texts.*,
            sum(length(text) + 2) OVER (PARTITION BY candidate_id ORDER BY year DESC NULLS LAST, text, grant_id
                ROWS UNBOUNDED PRECEDING) - length(text) - 2 AS begins
        FROM asked JOIN texts USING (funder_key)),
    marked AS (
        SELECT *, list_filter(string_split(coalesce(words, ''), ', '),
            lambda word: word <> '' AND regexp_matches(lower(text), '\\b' || word || 's?\\b')) AS shared
        FROM placed WHERE begins < {PURPOSE_CHARACTERS})
    SELECT candidate_id, 'grants' AS table_name, grant_id AS row_id,
        CASE WHEN len(shared) > 0 THEN 'shares a word' END AS nearness, concat_ws(': ', recipient_name, purpose) AS what,
        nullif(array_to_string(shared, ', '), '') AS fact, year, amount_usd, recipient_state, source, file, place
    FROM marked
    QUALIFY row_number() OVER (PARTITION BY candidate_id ORDER BY {_MOST_SHARED}) <= $limit
    ORDER BY candidate_id, {_MOST_SHARED}"""
"""Purposes of a foundation's grants as far back as they are compared with a mission, those that share most words first."""

_TAKER = "coalesce('ein:' || recipient_ein, recipient_key)"
SHARED_GRANTEES: Final = f"""
    WITH asked AS (SELECT unnest($identities) AS candidate_id, unnest($keys) AS funder_key),
    tying AS (SELECT *, {_TAKER} AS taker FROM giving WHERE {TYING_GIFTS} AND (year IS NULL OR year <= $year)),
    ours AS (SELECT DISTINCT funder_key FROM tying WHERE list_contains($takers::VARCHAR[], taker)),
    takers AS (SELECT DISTINCT taker FROM tying JOIN ours USING (funder_key) WHERE NOT list_contains($takers::VARCHAR[], taker)),
    chosen AS (
        SELECT candidate_id, tying.*, CASE WHEN list_contains($takers::VARCHAR[], taker) THEN 'to you'
            WHEN taker IN (SELECT taker FROM takers) THEN 'a grantee of your funders' END AS nearness
        FROM asked JOIN tying USING (funder_key)
        UNION ALL
        SELECT candidate_id, tying.*, 'from your funder to you' FROM asked, tying JOIN ours USING (funder_key)
        WHERE list_contains($takers::VARCHAR[], taker) AND tying.funder_key <> asked.funder_key)
    SELECT candidate_id, 'grants' AS table_name, grant_id AS row_id, nearness,
        concat_ws(': ', grants.recipient_name, purpose) AS what, chosen.funder_name AS fact, grants.year, grants.amount_usd,
        chosen.recipient_key, chosen.recipient_state,
        grants.source, grants.file, grants.place
    FROM chosen JOIN grants ON grant_id = gift_id
    QUALIFY row_number() OVER (
        PARTITION BY candidate_id ORDER BY nearness IS NULL, nearness DESC, grants.year DESC NULLS LAST, grant_id) <= $limit
    ORDER BY candidate_id, nearness IS NULL, nearness DESC, grants.year DESC NULLS LAST, grant_id"""
"""Grants of a foundation to grantees of the applicant's funders, and what these gave to the applicant."""
