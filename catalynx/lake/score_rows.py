"""The rows that a number of a score rests on, way by way, each with what is read of it, its source, file and place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import empty_frame
from catalynx.lake.award_rates import COUNTED, last_fiscal_year
from catalynx.lake.gift_rows import GIFT_WAYS, PURPOSES, SHARED_GRANTEES, gifts_query
from catalynx.lake.return_lines import LINES, line_of, path_of

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot

type Candidate = Mapping[str, Any]
type Found = Callable[[Snapshot, Sequence[Candidate], "Asking", tuple[str, ...], int], pd.DataFrame]

_NAMED = re.compile(r"\$([a-z_]+)")
_MONEY = "'$' || format('{{:,}}', round({usd})::BIGINT)"
_OBLIGATIONS = """
    WITH asked AS (SELECT unnest($identities) AS candidate_id, unnest($keys) AS assistance_listing),
    spent AS (
        SELECT candidate_id, o.*, {usd} AS usd, max(fiscal_year) OVER whose AS last_one,
            min(fiscal_year) OVER whose AS first_one
        FROM asked JOIN program_obligations AS o USING (assistance_listing) WHERE {where}
        WINDOW whose AS (PARTITION BY candidate_id))
    SELECT candidate_id, 'program_obligations' AS table_name, assistance_listing || ' ' || fiscal_year AS row_id,
        CASE fiscal_year WHEN last_one THEN 'the latest year' WHEN first_one THEN 'the first year' END AS nearness,
        CASE WHEN actual_usd > 0 THEN 'actual obligations' WHEN usaspending_usd > 0 THEN 'obligations as USAspending reports them'
            ELSE 'obligations by the agency''s estimate' END AS what,
        {money} AS fact, fiscal_year AS year, usd AS amount_usd, source, file, place
    FROM spent WHERE {kept}
    QUALIFY row_number() OVER (PARTITION BY candidate_id ORDER BY fiscal_year DESC) <= $limit
    ORDER BY candidate_id, fiscal_year DESC"""
_ACTUAL = {
    "usd": "coalesce(actual_usd, usaspending_usd)",
    "where": "fiscal_year < $year AND coalesce(actual_usd, usaspending_usd) > 0",
}
_ANY = "greatest(coalesce(actual_usd, 0), coalesce(usaspending_usd, 0), coalesce(estimate_usd, 0))"
_SPENT: Final = {
    "latest_obligations": {**_ACTUAL, "kept": "fiscal_year = last_one"},
    "ends_of_obligations": {**_ACTUAL, "kept": "fiscal_year IN (first_one, last_one)"},
    "obligations": {"usd": _ANY, "where": f"fiscal_year <= $year AND {_ANY} > 0", "kept": "true"},
}
_COMPETITIONS = f"""
    WITH asked AS (SELECT unnest($identities) AS candidate_id, unnest($keys) AS assistance_listing,
        unnest($years) AS counted_year, unnest($stages) AS stage)
    SELECT candidate_id, 'competitions' AS table_name, concat_ws(' ', assistance_listing, entry_year, number) AS row_id,
        CASE WHEN fiscal_year = counted_year THEN 'the year that counts' END AS nearness, sentence AS what,
        awards || ' of ' || applications || CASE stage WHEN 'estimate' THEN ', an estimate' ELSE '' END AS fact,
        fiscal_year AS year, source, file, place
    FROM asked JOIN ({COUNTED}) AS told USING (assistance_listing, stage)
    QUALIFY row_number() OVER (PARTITION BY candidate_id ORDER BY fiscal_year DESC, applications DESC, number) <= $limit
    ORDER BY candidate_id, fiscal_year DESC, applications DESC, number"""
_ANNOUNCED = """
    WITH asked AS (SELECT unnest($identities) AS candidate_id, unnest($keys) AS assistance_listing),
    closed AS (
        SELECT *, month(close_date) AS closing
        FROM (SELECT *, unnest(assistance_listings) AS assistance_listing FROM opportunities)
            JOIN asked USING (assistance_listing)
        WHERE close_date <= $day),
    months AS (SELECT candidate_id, closing, count(*) AS n FROM closed GROUP BY ALL),
    usual AS (SELECT candidate_id, arg_min(closing, (-n, closing)) AS usual_month FROM months GROUP BY ALL)
    SELECT candidate_id, 'opportunities' AS table_name, opportunity_id AS row_id,
        CASE WHEN closing = usual_month THEN 'in the usual month' END AS nearness, title AS what,
        'closed on ' || close_date AS fact, year(close_date) AS year, source, file, place
    FROM closed JOIN usual USING (candidate_id)
    QUALIFY row_number() OVER (PARTITION BY candidate_id ORDER BY {order}) <= $limit
    ORDER BY candidate_id, {order}""".format(order="closing <> usual_month, close_date DESC, opportunity_id")
_RETURNS = """
    WITH asked AS (SELECT unnest($identities) AS candidate_id, unnest($keys) AS funder_key)
    SELECT candidate_id, filings.*, row_number() OVER (PARTITION BY ein ORDER BY period_end DESC NULLS LAST, return_id) AS nth
    FROM asked JOIN filings ON 'ein:' || ein = funder_key
    WHERE form = '990PF' AND canonical AND (period_end IS NULL OR period_end <= $day)
    QUALIFY nth <= 2 ORDER BY candidate_id, nth"""
_ROWS = "SELECT * FROM {table} WHERE list_contains($keys, {column})"


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom and for which day a score was made: what decides which rows count, as what, and which come first.

    Attributes
    ----------
    takers : keys under which gifts to the applicant stand
    ask_usd, revenue_usd : sizes of gifts and of recipients near these come first; None when unknown
    """

    as_of: date
    ein: str | None = None
    states: tuple[str, ...] = ()
    ntee_codes: tuple[str, ...] = ()
    takers: tuple[str, ...] = ()
    ask_usd: float | None = None
    revenue_usd: float | None = None

    def parameters(self) -> dict[str, object]:
        """Return what queries may ask for by name."""
        codes = self.ntee_codes
        return {
            "year": self.as_of.year, "day": self.as_of, "ended": last_fiscal_year(self.as_of), "ein": self.ein,
            "states": list(self.states), "majors": sorted({code[0] for code in codes}), "takers": list(self.takers),
            "deciles": sorted({code[:2] for code in codes if code[1:]}),
            "exact": sorted({code[:3] for code in codes if code[2:]}),
            "ask": self.ask_usd, "revenue": self.revenue_usd,
        }  # fmt: skip


def score_rows(
    lake: Snapshot, way: str, candidates: Sequence[Candidate], asking: Asking, *, fields: tuple[str, ...] = (), limit: int
) -> pd.DataFrame:
    """Return the rows of one way for several candidates of one kind, at most `limit` for each, the nearest first.

    Parameters
    ----------
    way : of ``WAYS``
    candidates : as ``columns.RESULTS["candidates"]``, all of one kind
    fields : columns of the rows that the criterion reads, where the way leaves that open

    Returns
    -------
    rows as ``columns.RESULTS["score_evidence"]`` without ``criterion``
    """
    found = WAYS[way](lake, candidates, asking, fields, limit) if candidates else empty_frame("score_evidence")
    return found.reindex(columns=[name for name in empty_frame("score_evidence").columns if name != "criterion"])


def candidate_key(candidate: Candidate) -> str:
    """Return the key under which a candidate's rows stand: ``ein:…``, a name in capitals, a listing, or an opportunity's id."""
    kind, _, rest = str(candidate["candidate_id"]).partition(":")
    return f"ein:{rest}" if kind == "foundation" and rest.isdigit() and len(rest) == len("123456789") else rest


def _ask(lake: Snapshot, query: str, candidates: Sequence[Candidate], asking: Asking, limit: int, **more: object) -> pd.DataFrame:
    keys = more.pop("keys", None) or [candidate_key(one) for one in candidates]
    known = asking.parameters() | more | {
        "identities": [str(one["candidate_id"]) for one in candidates], "keys": keys, "limit": limit,
    }  # fmt: skip
    named = set(_NAMED.findall(query))
    return lake.sql(query, {name: value for name, value in known.items() if name in named})


def _gifts(way: str) -> Found:
    def found(
        lake: Snapshot, candidates: Sequence[Candidate], asking: Asking, fields: tuple[str, ...], limit: int
    ) -> pd.DataFrame:
        foundation = candidates[0]["kind"] == "foundation"
        query = gifts_query(way, "grants" if foundation else "awards")
        return _ask(lake, query, candidates, asking, limit, track="foundation" if foundation else "federal")

    return found


def _purposes(
    lake: Snapshot, candidates: Sequence[Candidate], asking: Asking, fields: tuple[str, ...], limit: int
) -> pd.DataFrame:
    words = [text if isinstance(text := one.get("mission_words"), str) else "" for one in candidates]
    return _ask(lake, PURPOSES, candidates, asking, limit, words=words)


def _by_query(query: str) -> Found:
    return lambda lake, candidates, asking, fields, limit: _ask(lake, query, candidates, asking, limit)


def _spent(way: str) -> Found:
    return _by_query(_OBLIGATIONS.format(**_SPENT[way], money=_MONEY.format(usd="usd")))


def _competitions(
    lake: Snapshot, candidates: Sequence[Candidate], asking: Asking, fields: tuple[str, ...], limit: int
) -> pd.DataFrame:
    asked = [one for one in candidates if isinstance(one.get("award_rate_evidence"), str)]
    if not asked:
        return empty_frame("score_evidence")
    keys = [json.loads(one["award_rate_evidence"])["assistance_listing"] for one in asked]
    years, stages = [int(one["award_rate_year"]) for one in asked], [str(one["award_rate_kind"]) for one in asked]
    return _ask(lake, _COMPETITIONS, asked, asking, limit, keys=keys, years=years, stages=stages)


def _returns(
    lake: Snapshot, candidates: Sequence[Candidate], asking: Asking, fields: tuple[str, ...], limit: int
) -> pd.DataFrame:
    """Return a row for each line that is filled in; of the return before the latest only what a change is reckoned from."""
    import pandas as pd

    lines = []
    for row in _ask(lake, _RETURNS, candidates, asking, limit).to_dict("records"):
        earlier = row["nth"] == 2
        for name in ("assets_fmv_usd",) if earlier and "distributable_usd" in fields else () if earlier else fields:
            if not pd.isna(row[name]):
                lines.append(_line(row, name, "the return before" if earlier else None))
    return pd.DataFrame(lines) if lines else empty_frame("score_evidence")


def _line(row: Mapping[Any, Any], name: str, nearness: str | None) -> dict[str, object]:
    import pandas as pd

    value, ends = row[name], row["period_end"]
    year = None if pd.isna(row["tax_year"]) else int(row["tax_year"])
    period = "" if pd.isna(ends) else f", year to {ends:%-d %b %Y}"
    money = name.endswith("_usd")
    return {
        "candidate_id": row["candidate_id"], "table_name": "filings", "row_id": row["return_id"], "nearness": nearness,
        "what": f"{row['name'] or 'return'}: {LINES[name][2]}{period}", "amount_usd": float(value) if money else None,
        "fact": f"${value:,.0f}" if money else "yes" if value is True else str(value),
        "year": None if pd.isna(ends) else ends.year, "line": f"Form 990-PF {line_of(name, year)}",
        "path": path_of("990PF", name, row["schema_version"]), **{one: row[one] for one in ("source", "file", "place")},
    }  # fmt: skip


def _rows_of(table: str, column: str, title: str) -> Found:
    """Make the way to the one row of a table that a candidate is."""

    def found(
        lake: Snapshot, candidates: Sequence[Candidate], asking: Asking, fields: tuple[str, ...], limit: int
    ) -> pd.DataFrame:
        import pandas as pd

        of_key: dict[str, list[str]] = {}
        for one in candidates:
            key = asking.ein if table == "organizations" and not fields else candidate_key(one)
            of_key.setdefault(str(key).removeprefix("ein:"), []).append(str(one["candidate_id"]))
        published = lake.sql(_ROWS.format(table=table, column=column), {"keys": list(of_key)})
        told = [
            {
                "candidate_id": candidate_id, "table_name": table, "row_id": row[column], "what": row[title],
                "fact": _fact(row, fields or ("subsection",)),
                "source": row["source"], "file": row["file"], "place": row["place"],
            }
            for row in published.to_dict("records")
            for candidate_id in of_key[str(row[column])]
        ]  # fmt: skip
        return pd.DataFrame(told) if told else empty_frame("score_evidence")

    return found


def _fact(row: Mapping[Any, Any], fields: tuple[str, ...]) -> str | None:
    """Say what stands in these columns, in words."""
    said = []
    for name in fields:
        value = row[name]
        if value is None or (not hasattr(value, "__len__") and value != value):
            continue
        if hasattr(value, "tolist"):
            value = "; ".join(map(str, value.tolist()))
        label = name.removesuffix("_usd").replace("_", " ")
        day = hasattr(value, "strftime")
        told = f"${value:,.0f}" if name.endswith("_usd") else f"{value:%-d %b %Y}" if day else str(value)
        said.append(f"{label}: {told}")
    return " · ".join(said) or None


def _registered(
    lake: Snapshot, candidates: Sequence[Candidate], asking: Asking, fields: tuple[str, ...], limit: int
) -> pd.DataFrame:
    return _rows_of("organizations", "ein", "name")(lake, candidates, asking, ("assets_usd",), limit)


WAYS: Final[Mapping[str, Found]] = {
    **{way: _gifts(way) for way in GIFT_WAYS}, **{way: _spent(way) for way in _SPENT}, "purposes": _purposes,
    "shared_grantees": _by_query(SHARED_GRANTEES), "announcements": _by_query(_ANNOUNCED), "competitions": _competitions,
    "returns": _returns, "registered": _registered, "own_registration": _rows_of("organizations", "ein", "name"),
    "program": _rows_of("programs", "assistance_listing", "title"),
    "opportunity": _rows_of("opportunities", "opportunity_id", "title"),
}  # fmt: skip
"""Way → how its rows are found."""
