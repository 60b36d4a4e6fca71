"""Is our ask a size that it gives, and one that we can carry? The ask among past grants, or within floor and ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Row, made_of, number, unknown

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

LEAST_GRANTS = 3
TAIL_AT = 0.5
"""Value of an ask as small as the smallest tenth of the grants, or as large as the largest."""


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score how near the wished ask is to what is given, times how well the applicant can carry the award.

    Within floor and ceiling where they are stated, else within the middle half (p25–p75) of at least ``LEAST_GRANTS`` grants,
    the value
    is 1; it falls to ``TAIL_AT`` at the smallest or largest tenth (p10, p90), and to 0 at ``none_at_times`` of that; outside
    an offered
    range to 0 at ``none_at_times``. An award of more than ``carried_to_pct`` of the applicant's revenue counts less, from
    ``none_from_pct`` on nothing; with no revenue above zero the share is unknown and changes nothing. Unknown without either
    range,
    or without a wish in the profile.
    """
    import numpy as np

    low, high = given_range(candidates)
    wish_low, wish_high = _wish(applicant)
    if not wish_low or not wish_high:
        return unknown(candidates)
    offered = _offered(candidates)
    least = number(candidates, "grant_p10_usd").where(~offered).where(lambda usd: (usd > 0) & (usd <= low))
    most = number(candidates, "grant_p90_usd").where(~offered).where(lambda usd: usd >= high)
    none_at = np.log(max(rules.limits["size.none_at_times"], 1.01))
    too_large = _beyond(wish_low / high, most / high, none_at)
    too_small = _beyond(low / wish_high, low / least, none_at)
    return ((1 - np.maximum(too_large, too_small)) * _carried(low, applicant, rules)).clip(0, 1)


def _beyond(times: pd.Series, tail: pd.Series, none_at: float) -> pd.Series:
    """Say how far an ask that is `times` the end of the usual range lies beyond it: 0 within, 1 at nothing."""
    import numpy as np

    gap = np.log(times.where(times > 0)).clip(lower=0)
    plain = gap / none_at
    # Where a tenth of the grants begins right at the end of the middle half, half as much again still counts as near it.
    to_tail = np.log(tail.clip(lower=1.5))
    through = (TAIL_AT * gap / to_tail).clip(upper=TAIL_AT) + (1 - TAIL_AT) * (gap - to_tail).clip(lower=0) / none_at
    return through.where(tail.notna(), plain).clip(0, 1)


def _carried(low: pd.Series, applicant: Applicant, rules: Rules) -> pd.Series:
    """Return 1 where the smallest sensible award is a small share of the applicant's revenue, falling to 0."""
    first, none = rules.limits["size.carried_to_pct"], rules.limits["size.none_from_pct"]
    share = award_share_pct(low, applicant)
    return 1 - ((share - first) / (none - first)).clip(0, 1).fillna(0)


def award_share_pct(low: pd.Series, applicant: Applicant) -> pd.Series:
    """Return the smallest award that both sides call sensible as a share of the applicant's revenue; NA with none above zero."""
    revenue = applicant.annual_revenue_usd
    wish_low, wish_high = _wish(applicant)
    award = low.clip(lower=wish_low, upper=wish_high)
    return 100 * award / (revenue if revenue and revenue > 0 else float("nan"))


def _wish(applicant: Applicant) -> tuple[float | None, float | None]:
    return applicant.ask_min_usd or applicant.ask_max_usd, applicant.ask_max_usd or applicant.ask_min_usd


def _offered(candidates: pd.DataFrame) -> pd.Series:
    return candidates["ceiling_usd"].notna() | candidates["floor_usd"].notna()


def given_range(candidates: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the smallest and largest usual grant of each candidate in USD, NA where neither is known."""
    enough = number(candidates, "grants_count").fillna(0) >= LEAST_GRANTS
    ceiling, floor = number(candidates, "ceiling_usd"), number(candidates, "floor_usd")
    low = floor.fillna(ceiling.where(ceiling.notna(), number(candidates, "grant_p25_usd").where(enough)))
    high = ceiling.fillna(floor.where(floor.notna(), number(candidates, "grant_p75_usd").where(enough)))
    # A stated ceiling without a floor is open below; a tenth of it keeps the range a range.
    low = low.where(~(ceiling.notna() & floor.isna()), ceiling / 10)
    return low.where(low > 0), high.where(high > 0)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    wish_low, wish_high = _wish(applicant)
    if not wish_low or not wish_high:
        return "unknown: the profile names no amount to ask for"
    if row["value"] is None:
        return f"unknown: fewer than {LEAST_GRANTS} grants with an amount are on record, and no floor or ceiling is stated"
    offered = row["ceiling_usd"] is not None or row["floor_usd"] is not None
    low, high = _row_range(row, offered)
    given = f"${low:,.0f} to ${high:,.0f}" if low < high else f"${high:,.0f}"
    what = f"awards of {given} are offered" if offered else f"half of its grants are {given}"
    carried = _told_share(low, applicant, rules)
    if high < wish_low:
        little = "a little " if high > wish_low / 2 else ""
        return f"{what}, {little}less than the ${wish_low:,.0f} you would ask for{_standing(row, wish_low)}{carried}"
    if low > wish_high:
        little = "a little " if low < 2 * wish_high else ""
        return f"{what}, {little}more than the ${wish_high:,.0f} you would ask for{_standing(row, wish_high)}{carried}"
    wish = f"${wish_low:,.0f} to ${wish_high:,.0f}" if wish_low < wish_high else f"${wish_high:,.0f}"
    return f"{what}, which your ask of {wish} meets{carried}"


def _row_range(row: Row, offered: bool) -> tuple[float, float]:
    if not offered:
        return row["grant_p25_usd"], row["grant_p75_usd"]
    ceiling = row["ceiling_usd"] if row["ceiling_usd"] is not None else row["floor_usd"]
    return row["floor_usd"] if row["floor_usd"] is not None else ceiling / 10, ceiling


def _standing(row: Row, ask: float) -> str:
    """Say where an ask outside the middle half stands among all its grants."""
    if (
        row["grant_p10_usd"] is None
        or row["grant_p90_usd"] is None
        or row["ceiling_usd"] is not None
        or row["floor_usd"] is not None
    ):
        return ""
    if ask > row["grant_p90_usd"]:
        return " (more than nine tenths of them)"
    return " (less than nine tenths of them)" if ask < row["grant_p10_usd"] else ""


def _told_share(low: float, applicant: Applicant, rules: Rules) -> str:
    revenue = applicant.annual_revenue_usd
    if not revenue or revenue <= 0:
        return ""
    wish_low, wish_high = _wish(applicant)
    share = 100 * min(max(low, wish_low or low), wish_high or low) / revenue
    return f"; such an award is {share:,.0f} % of your revenue" if share > rules.limits["size.carried_to_pct"] else ""


CRITERION = made_of(
    "size",
    "Is our ask a size that it gives?",
    ("grants_count", "grant_p25_usd", "grant_p75_usd", "floor_usd", "ceiling_usd"),
    values,
    _tell,
    also=("grant_p10_usd", "grant_p90_usd"),
)
