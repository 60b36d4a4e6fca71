"""Search: organisations, funders, programs and opportunities by the words of their names, or by their number.

Every word of the question must begin a word of the name; a nine-digit number is an EIN, ``NN.NNN`` an Assistance Listing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from catalynx.lookups.plain import plain_frame

if TYPE_CHECKING:
    from catalynx.workflows import Workspace

KINDS: Final = ("organizations", "funders", "programs", "opportunities")
MOST_WORDS: Final = 8

_SHOWN: Final = {
    "organizations": (
        "SELECT ein, name, city, state, ntee_code, foundation_code, revenue_usd, assets_usd FROM organizations", "name", "ein"
    ),
    "funders": (
        "SELECT funder_key, mode(funder_name) AS name, max(funder_ein) AS ein, track, count(*) AS grants_count, "
        "sum(amount_usd) FILTER (amount_usd > 0) AS grants_total_usd, min(year) AS first_year, max(year) AS last_year "
        "FROM giving WHERE recipient_kind <> 'individual' AND {matches} GROUP BY funder_key, track",
        "funder_name", "funder_ein",
    ),
    "programs": (
        "SELECT assistance_listing, title AS name, agency, fiscal_year, url FROM programs", "title", "assistance_listing"
    ),
    "opportunities": (
        "SELECT opportunity_id, opportunity_number, title AS name, agency, stage, close_date, ceiling_usd FROM opportunities",
        "concat_ws(' ', title, opportunity_number)", "opportunity_id",
    ),
}  # fmt: skip
"""Kind → what is shown, the text that is searched, and the number by which one is found at once."""


def search(
    workspace: Workspace, text: str, *, kinds: tuple[str, ...] = KINDS, page: int = 1, page_size: int = 20
) -> dict[str, Any]:
    """Find what `text` means.

    Parameters
    ----------
    text : words, each of which begins a word of the name, or an EIN or Assistance Listing number
    kinds : of ``KINDS``
    page, page_size : which part of each kind

    Returns
    -------
    kind → its rows, names that begin with the first word first; and ``totals``, kind → how many there are in all
    """
    words = re.findall(r"[^\W_]+(?:['’&.\-][^\W_]+)*", text.upper())[:MOST_WORDS]
    number = re.fullmatch(r"(\d{2})-?(\d{7})", text.strip(), re.ASCII)
    key = number[1] + number[2] if number else text.strip().upper()
    found: dict[str, Any] = {}
    totals: dict[str, int] = {}
    for kind in kinds:
        found[kind], totals[kind] = _of_kind(workspace, kind, words, key, page, page_size)
    return {**found, "totals": totals}


def _of_kind(
    workspace: Workspace, kind: str, words: list[str], key: str, page: int, page_size: int
) -> tuple[list[dict[str, Any]], int]:
    query, searched, number = _SHOWN[kind]
    if not words:
        return [], 0
    # Words stand between blanks, whatever stands between them in the name.
    spaced = f"' ' || regexp_replace(upper({searched}), '[ /(),\"-]+', ' ', 'g')"
    # What stands nowhere begins no word: the quick question first, the slow one of what is left.
    matches = " AND ".join(f"contains(upper({searched}), $bare{place})" for place in range(len(words)))
    matches += "".join(f" AND contains({spaced}, $word{place})" for place in range(len(words)))
    condition = f"({number} = $key OR ({matches}))"
    matching = query.format(matches=condition) if "{matches}" in query else f"{query} WHERE {condition}"
    values: dict[str, object] = {f"word{place}": " " + word for place, word in enumerate(words)}
    values |= {f"bare{place}": word for place, word in enumerate(words)}
    values |= {"key": key, "first": words[0], "limit": page_size, "offset": (page - 1) * page_size}
    rows = workspace.lake.sql(
        f"WITH found AS ({matching}) SELECT *, count(*) OVER () AS _total FROM found "
        "ORDER BY NOT starts_with(upper(name), $first), length(name), name, 1 LIMIT $limit OFFSET $offset",
        values,
    )
    total = int(rows["_total"].iloc[0]) if len(rows) else 0
    if not total and page > 1:
        counted = {name: value for name, value in values.items() if name not in ("first", "limit", "offset")}
        total = int(workspace.lake.sql(f"WITH found AS ({matching}) SELECT count(*) AS n FROM found", counted)["n"].iloc[0])
    return plain_frame(rows.drop(columns="_total")), total
