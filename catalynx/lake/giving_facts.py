"""What the gifts on record say of each funder, whoever asks: sizes, behaviour, places and fields, kept while a snapshot is open.

Only what lies in or before the year asked for counts. Gifts to private persons do not count, nor do audited expenditures: what an
organisation spent of a program in a year is not the size of an award.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from scipy.sparse import csc_matrix

    from catalynx.lake.snapshot import Snapshot

GIFTS = """
    SELECT * FROM giving
    WHERE track = $track AND status IN ('paid', 'awarded') AND recipient_kind <> 'individual'
        AND (year IS NULL OR year <= $year)"""

# Sums are of decimals and lists are ordered, so that the same lake gives the same answer to the bit.
_FACTS = f"""
    WITH gifts AS ({GIFTS}),
    known AS (SELECT * FROM gifts WHERE recipient_key IS NOT NULL AND year IS NOT NULL),
    firsts AS (SELECT funder_key, recipient_key, min(year) AS first_year FROM known GROUP BY ALL),
    spans AS (SELECT funder_key, min(year) AS first_year, max(year) AS last_year FROM gifts GROUP BY ALL),
    latest AS (SELECT known.*, last_year, spans.first_year AS since FROM known JOIN spans USING (funder_key)
        WHERE year > last_year - 3),
    recent AS (
        SELECT latest.funder_key, count(DISTINCT recipient_key) AS recent_recipients,
            100.0 * count(DISTINCT recipient_key) FILTER (firsts.first_year > last_year - 3 AND since <= last_year - 5)
                / nullif(count(DISTINCT recipient_key) FILTER (since <= last_year - 5), 0) AS first_time_pct
        FROM latest JOIN firsts USING (funder_key, recipient_key) GROUP BY ALL),
    shares AS (
        SELECT funder_key, sum(amount_usd::DECIMAL(18, 2))::DOUBLE AS usd, count(*) AS gifts
        FROM latest WHERE amount_usd > 0 GROUP BY funder_key, recipient_key),
    spread AS (
        SELECT funder_key, round(sum(usd * usd ORDER BY usd) / (sum(usd ORDER BY usd) ^ 2), 9) AS recipient_hhi
        FROM shares GROUP BY ALL HAVING sum(gifts) >= 5),
    pairs AS (SELECT DISTINCT funder_key, recipient_key, year FROM known),
    kept AS (
        SELECT now.funder_key, 100.0 * count(later.year) / count(*) AS retained_pct
        FROM pairs AS now JOIN spans USING (funder_key)
            JOIN (SELECT DISTINCT funder_key, year - 1 AS year FROM pairs) AS followed USING (funder_key, year)
            LEFT JOIN pairs AS later
                ON later.funder_key = now.funder_key AND later.recipient_key = now.recipient_key AND later.year = now.year + 1
        WHERE now.year >= spans.last_year - 3 GROUP BY ALL HAVING count(*) >= 5),
    yearly AS (
        SELECT funder_key, year, last_value, sum(amount_usd::DECIMAL(18, 2))::DOUBLE AS usd
        FROM (SELECT *, max(year) OVER (PARTITION BY funder_key) AS last_value FROM gifts WHERE year < $year AND amount_usd > 0)
        GROUP BY ALL),
    paid AS (
        SELECT funder_key, median(usd) FILTER (year > last_value - 5) AS yearly_usd,
            coalesce(sum(usd::DECIMAL(18, 2)) FILTER (year > last_value - 2), 0)::DOUBLE / 2
                / nullif(sum(usd::DECIMAL(18, 2)) FILTER (year <= last_value - 2 AND year > last_value - 5), 0)::DOUBLE * 3
                AS giving_change
        FROM yearly GROUP BY ALL),
    peers AS (
        SELECT funder_key, count(*) AS peers_known_count, quantile_cont(revenue_usd, 0.25) AS peers_p25_usd,
            quantile_cont(revenue_usd, 0.75) AS peers_p75_usd
        FROM gifts JOIN (SELECT ein, revenue_usd FROM organizations WHERE revenue_usd > 0) AS known ON known.ein = recipient_ein
        GROUP BY ALL),
    sizes AS (
        SELECT funder_key, quantile_cont(amount_usd, [0.1, 0.25, 0.5, 0.75, 0.9]) AS sizes FROM gifts WHERE amount_usd > 0
        GROUP BY ALL),
    totals AS (
        SELECT funder_key, min(funder_name) AS funder_name, max(funder_ein) AS funder_ein, count(*) AS grants_count,
            sum(amount_usd::DECIMAL(18, 2)) FILTER (amount_usd > 0)::DOUBLE AS grants_total_usd,
            min(year) AS first_year, max(year) AS last_year, count(DISTINCT year) AS active_years
        FROM gifts GROUP BY funder_key)
    SELECT totals.*, sizes[1] AS grant_p10_usd, sizes[2] AS grant_p25_usd, sizes[3] AS grant_median_usd,
        sizes[4] AS grant_p75_usd, sizes[5] AS grant_p90_usd, first_time_pct, recent_recipients,
        recipient_hhi, retained_pct, yearly_usd, giving_change,
        peers_known_count, peers_p25_usd, peers_p75_usd
    FROM totals LEFT JOIN sizes USING (funder_key) LEFT JOIN recent USING (funder_key) LEFT JOIN spread USING (funder_key)
        LEFT JOIN kept USING (funder_key) LEFT JOIN paid USING (funder_key) LEFT JOIN peers USING (funder_key)
    ORDER BY funder_key"""

_COUNTED = f"SELECT funder_key, {{name}} AS name, count(*) AS n FROM ({GIFTS}) {{joined}} WHERE {{name}} IS NOT NULL GROUP BY ALL"
_OF_ORGANIZATIONS = "JOIN (SELECT ein, ntee_code FROM organizations) AS known ON known.ein = recipient_ein"
_RECIPIENTS = f"""
    SELECT funder_key, ntee_major AS name, count(DISTINCT recipient_key) AS n FROM ({GIFTS}) WHERE ntee_major IS NOT NULL
    GROUP BY ALL"""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many grants of each funder went to each place or field: a sparse table, one row a funder."""

    table: csc_matrix
    names: tuple[str, ...]

    def sums(self) -> np.ndarray[Any, Any]:
        """Return, for each funder, its grants with a known place or field."""
        import numpy as np

        return self.weighed(np.ones(len(self.names))).astype(np.int64)

    def among(self, names: set[str]) -> np.ndarray[Any, Any]:
        """Return, for each funder, the grants to those of `names`."""
        import numpy as np

        return self.weighed(np.array([float(name in names) for name in self.names])).astype(np.int64)

    def weighed(self, weights: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return, for each funder, the sum of grants times the weight of their place or field."""
        import numpy as np

        chosen = np.flatnonzero(weights)
        return np.asarray(self.table[:, chosen] @ weights[chosen]).ravel()

    def told(self) -> list[str | None]:
        """Return each funder's counts as JSON, names in alphabetical order; None without any."""
        rows = self.table.tocsr()
        rows.sort_indices()
        names = [f'"{name}":' for name in self.names]
        ends = rows.indptr.tolist()
        cells = [names[column] + str(int(count)) for column, count in zip(rows.indices, rows.data, strict=True)]
        return ["{" + ",".join(cells[start:end]) + "}" if end > start else None for start, end in pairwise(ends)]


@dataclass(frozen=True, slots=True, eq=False)
class GivingFacts:
    """The funders of one track, one row each, and their counts by state, NTEE major group and NTEE code.

    Attributes
    ----------
    related : major group → other major group → how far they are funded together, 0–1
    by_major : the counts by major group once more, with their zeros
    """

    frame: pd.DataFrame
    states: Counts
    majors: Counts
    codes: Counts
    related: dict[str, dict[str, float]]
    by_major: np.ndarray[Any, Any]

    def near(self, states: set[str], ntee_codes: tuple[str, ...]) -> dict[str, np.ndarray[Any, Any]]:
        """Return what of each funder's grants went to the states, and to the fields or near them."""
        import numpy as np

        majors = {code[0] for code in ntee_codes}
        deciles, exact = {code[:2] for code in ntee_codes if code[1:]}, {code[:3] for code in ntee_codes if code[2:]}
        related = np.array(
            [
                0.0 if name in majors else max((self.related.get(major, {}).get(name, 0.0) for major in majors), default=0.0)
                for name in self.majors.names
            ]
        )
        chosen = np.flatnonzero(related)
        best = np.full(len(self.frame), None, dtype=object)
        if len(chosen):
            given = self.by_major[:, chosen] * related[chosen].astype(np.float32)
            most = given.argmax(axis=1)
            some = given[np.arange(len(given)), most] > 0
            best[some] = np.array(self.majors.names, dtype=object)[chosen][most[some]]
        return {
            "here_count": self.states.among(states).astype(float),
            "field_code_count": self.codes.among({name for name in self.codes.names if name[:3] in exact}).astype(float),
            "field_decile_count": self.codes.among({name for name in self.codes.names if name[:2] in deciles}).astype(float),
            "field_major_count": self.majors.among(majors).astype(float),
            "field_related": self.majors.weighed(related),
            "field_related_to": best,
        }


def make_facts(lake: Snapshot, track: str, year: int) -> GivingFacts:
    """Read the gifts of a track up to `year`."""
    import numpy as np

    from catalynx.lake.relatedness import relatedness

    asked: dict[str, object] = {"track": track, "year": year}
    frame = lake.sql(_FACTS, asked)
    keys = {key: place for place, key in enumerate(frame["funder_key"])}

    def counts(query: str) -> Counts:
        return _counts(lake.arrow(query, asked), keys)

    states = counts(_COUNTED.format(name="recipient_state", joined=""))
    majors = counts(_COUNTED.format(name="ntee_major", joined=""))
    codes = counts(_COUNTED.format(name="ntee_code", joined=_OF_ORGANIZATIONS))
    frame["state_counts"], frame["field_counts"] = states.told(), majors.told()
    frame["placed_count"], frame["field_known_count"] = states.sums(), majors.sums()
    frame["states_reached"] = states.table.getnnz(axis=1)
    recipients = counts(_RECIPIENTS)
    return GivingFacts(
        frame,
        states,
        majors,
        codes,
        relatedness(recipients.table, recipients.names),
        majors.table.toarray().astype(np.float32),
    )


def _counts(found: pa.Table, keys: dict[str, int]) -> Counts:
    import numpy as np
    from scipy.sparse import coo_matrix

    names = sorted(set(found["name"].to_pylist()))
    columns = {name: place for place, name in enumerate(names)}
    at = ([keys[key] for key in found["funder_key"].to_pylist()], [columns[name] for name in found["name"].to_pylist()])
    table = coo_matrix((found["n"].to_numpy().astype(np.float64), at), shape=(len(keys), len(names)))
    return Counts(table.tocsc(), tuple(names))
