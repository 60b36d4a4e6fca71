"""Does it fund organisations of our size? Our revenue against that of its past recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Row, is_no_opportunity, made_of, number, unknown

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

LEAST_KNOWN = 10
LEAST_KNOWN_SHARE = 0.5


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score how near the applicant's revenue is to its recipients': 1 within their middle half, 0 at ``none_at_times`` of it.

    Unknown where the revenue is known for the recipients of fewer than ``LEAST_KNOWN`` grants or ``LEAST_KNOWN_SHARE`` of all,
    and
    where the applicant's own is not known or not above zero.
    """
    import numpy as np

    revenue = applicant.annual_revenue_usd
    if revenue is None or not revenue > 0:
        return unknown(candidates)
    low, high = number(candidates, "peers_p25_usd"), number(candidates, "peers_p75_usd")
    known, total = number(candidates, "peers_known_count"), number(candidates, "grants_count")
    enough = (known >= LEAST_KNOWN) & (known >= LEAST_KNOWN_SHARE * total) & (low > 0)
    enough &= high > 0
    gap = np.maximum(np.log(revenue / high.where(enough)), np.log(low.where(enough) / revenue)).clip(lower=0)
    return (1 - gap / np.log(max(rules.limits["scale.none_at_times"], 1.01))).clip(0, 1)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    revenue = applicant.annual_revenue_usd
    if revenue is None or not revenue > 0:
        return "unknown: the profile names no revenue above zero"
    if not row["grants_count"]:
        return "unknown: no grants on record"
    if row["value"] is None:
        return f"unknown: the revenue of its recipients is known for {int(row['peers_known_count'] or 0):,} of its grants only"
    low, high = row["peers_p25_usd"], row["peers_p75_usd"]
    where = "within that" if low <= revenue <= high else "less than that" if revenue < low else "more than that"
    theirs = f"half of its grants went to organisations with a revenue of ${low:,.0f} to ${high:,.0f}"
    return f"{theirs}; yours, ${revenue:,.0f}, is {where}"


CRITERION = made_of(
    "scale", "Does it fund organisations of our size?", ("peers_known_count", "peers_p25_usd", "peers_p75_usd", "grants_count"),
    values, _tell, applies=is_no_opportunity,
)  # fmt: skip
