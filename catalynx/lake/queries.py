"""Questions to a snapshot that people ask again and again, each one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.errors import BadParameter
from catalynx.lake.giving_index import TRACKS, giving_index

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot


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

    Answered from the table ``giving``, of which the first question of a snapshot makes an index in memory
    (`catalynx.lake.giving_index`); the next ones take a millisecond or two. Only money that was paid or awarded counts; gifts
    to private persons do not, nor do recipients of unknown field or state.

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
        ("track", track, track in TRACKS, " or ".join(TRACKS)),
        ("limit", limit, limit >= 1, "at least 1"),
    ):
        if not ok:
            raise BadParameter(name, value, expected)
    return (
        giving_index(snapshot)
        .ranked(state, ntee_major, TRACKS.index(track), (since_year, until_year), (least_usd, most_usd))
        .head(limit)
    )
