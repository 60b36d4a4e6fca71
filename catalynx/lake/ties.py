"""What ties organisations: officers as returns name them, and who gave to whom; read once for a version of the lake.

Gifts to private persons and to recipients that may be persons are left out, and so are returns that a later one replaced.
Federal money is left out as well: an agency that gives to thousands ties nobody to anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from catalynx.lake.snapshot import Snapshot

TYING_GIFTS = "track = 'foundation' AND status = 'paid' AND recipient_kind = 'organization' AND recipient_key IS NOT NULL"
"""Which rows of ``giving`` tie a funder to a recipient."""
_RECIPIENT = "coalesce('ein:' || recipient_ein, recipient_key)"
_OFFICERS = """
    people WHERE NOT EXISTS (FROM filings WHERE filings.return_id = people.return_id AND NOT filings.canonical)"""
_ORGANIZATIONS = f"""
    WITH seen AS (
        SELECT DISTINCT 'ein:' || ein AS key, NULL::VARCHAR AS name, NULL::VARCHAR AS state, false AS funder FROM {_OFFICERS}
        UNION ALL SELECT funder_key, min(funder_name), NULL, true FROM giving WHERE {TYING_GIFTS} GROUP BY ALL
        UNION ALL SELECT {_RECIPIENT}, min(recipient_name), min(recipient_state), false FROM giving WHERE {TYING_GIFTS}
            GROUP BY ALL),
    nodes AS (SELECT key, min(name) AS name, min(state) AS state, bool_or(funder) AS funder FROM seen GROUP BY key),
    returns AS (
        SELECT DISTINCT ON (ein) ein, name, upper(city) AS city, state FROM filings WHERE canonical
        ORDER BY ein, period_end DESC NULLS LAST, return_id DESC)
    SELECT key, coalesce(known.name, returns.name, nodes.name, key) AS name, coalesce(upper(known.city), returns.city) AS city,
        coalesce(known.state, returns.state, nodes.state) AS state, known.ntee_major, funder
    FROM nodes LEFT JOIN organizations AS known ON nodes.key = 'ein:' || known.ein
        LEFT JOIN returns ON nodes.key = 'ein:' || returns.ein
    ORDER BY key"""
_PAIRS = f"""
    SELECT funder_key, {_RECIPIENT} AS recipient, count(*) AS gifts, min(year)::SMALLINT AS first_year,
        max(year)::SMALLINT AS last_year
    FROM giving WHERE {TYING_GIFTS} GROUP BY ALL ORDER BY ALL"""
_MENTIONS = f"""
    SELECT 'ein:' || ein AS key, return_id, person_name, role, tax_year::SMALLINT AS year FROM {_OFFICERS}"""


def tied_organizations(snapshot: Snapshot) -> pa.Table:
    """Return the organisations that have officers, gave or received: ``key, name, city, state, ntee_major, funder``, by key.

    The key is ``ein:`` and the EIN, or as in ``giving`` where that is not known.
    """
    return snapshot.arrow(_ORGANIZATIONS)


def funding_pairs(snapshot: Snapshot) -> pa.Table:
    """Return who gave to whom: ``funder_key, recipient, gifts, first_year, last_year``, by the first two."""
    return snapshot.arrow(_PAIRS)


def officers(snapshot: Snapshot) -> pa.Table:
    """Return the officers of canonical returns: ``key, return_id, person_name, role, year``, the texts as dictionaries."""
    import pyarrow as pa

    read = []
    for batch in snapshot.batches(_MENTIONS):
        # Copied as dictionaries, so that the texts of all rows are never in memory at once.
        columns = [batch[name].dictionary_encode() if name != "year" else batch[name] for name in batch.schema.names]
        read.append(pa.RecordBatch.from_arrays(columns, batch.schema.names))
    if not read:
        texts = pa.dictionary(pa.int32(), pa.string())
        names = ("key", "return_id", "person_name", "role")
        return pa.schema([*((name, texts) for name in names), ("year", pa.int16())]).empty_table()
    return pa.Table.from_batches(read).unify_dictionaries().combine_chunks()
