"""Questions to a snapshot that people ask again and again, each one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.errors import BadParameter

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot

_FUNDERS = """
    SELECT funder_key, any_value(funder_name) AS funder_name, any_value(funder_ein) AS funder_ein, count(*) AS gifts,
        sum(amount_usd) AS total_usd, median(amount_usd) AS median_usd, max(year) AS last_year
    FROM giving
    WHERE recipient_state = $state AND ntee_major = $field AND year BETWEEN $since AND $until
        AND amount_usd BETWEEN $least AND $most AND track = $track AND status IN ('paid', 'awarded')
        AND recipient_kind <> 'individual'
    GROUP BY funder_key ORDER BY total_usd DESC, funder_key LIMIT $limit"""


def funders_that_gave(
    snapshot: Snapshot,
    *,
    ntee_major: str,
    state: str,
    least_usd: float = 0.01,
    most_usd: float = float("inf"),
    since_year: int,
    until_year: int = 2100,
    track: str = "foundation",
    limit: int = 1000,
) -> pd.DataFrame:
    """Return the funders that gave to a field in a state, most money first.

    Answered from the table ``giving``, which is sorted by state, field and year, so that a question reads a few row groups.
    Only money that was paid or awarded counts; gifts to private persons do not, nor do recipients of unknown field or state.

    Parameters
    ----------
    ntee_major : first letter of the recipient's NTEE code
    state : two-letter state of the recipient
    least_usd, most_usd : amounts of single gifts that count, both included
    since_year, until_year : years of the gift, both included
    track : foundation or federal
    limit : at most so many funders

    Returns
    -------
    ``funder_key``, ``funder_name``, ``funder_ein`` (missing where the source has none), ``gifts`` (how many),
    ``total_usd``, ``median_usd``, ``last_year``

    Raises
    ------
    BadParameter
    """
    for name, value, ok, expected in (
        ("ntee_major", ntee_major, len(ntee_major) == 1 and "A" <= ntee_major <= "Z", "one letter, A to Z"),
        ("state", state, len(state) == 2 and state.isascii() and state.isupper(), "two capital letters, e.g. VT"),
        ("most_usd", most_usd, most_usd >= least_usd, f"at least least_usd, {least_usd}"),
        ("until_year", until_year, until_year >= since_year, f"at least since_year, {since_year}"),
        ("track", track, track in {"foundation", "federal"}, "foundation or federal"),
        ("limit", limit, limit >= 1, "at least 1"),
    ):
        if not ok:
            raise BadParameter(name, value, expected)
    asked = {"field": ntee_major, "state": state, "least": least_usd, "most": most_usd, "since": since_year, "until": until_year}
    return snapshot.sql(_FUNDERS, {**asked, "track": track, "limit": limit})
