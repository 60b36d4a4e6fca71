"""Does it give regularly, and lately? Years with a grant on record, and how long ago the latest was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.counts import told_months
from catalynx.scoring.criterion import Row, is_no_opportunity, made_of, number

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score recency (1 up to ``fresh_years`` ago, 0 from ``stale_years`` on) times regularity (share of years with a grant).

    For a federal program the latest year with obligations is its recency where it is later than the latest award on record;
    regularity counts for foundations only. Unknown where neither is.
    """
    fresh, stale = rules.limits["recency.fresh_years"], rules.limits["recency.stale_years"]
    last, span = _last(candidates, rules), _span(candidates)
    recency = ((stale - (rules.as_of.year - last)) / (stale - fresh)).clip(0, 1)
    regular = (number(candidates, "active_years") / span).where(candidates["kind"] == "foundation")
    return recency * regular.fillna(1.0).clip(0, 1)


def _last(candidates: pd.DataFrame, rules: Rules) -> pd.Series:
    gift, money = number(candidates, "last_year"), number(candidates, "last_money_year")
    return gift.where(~(money > gift) & gift.notna(), money).clip(upper=rules.as_of.year)


def _span(candidates: pd.DataFrame) -> pd.Series:
    return (number(candidates, "last_year") - number(candidates, "first_year") + 1).clip(lower=1)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    gift, money = row["last_year"], row["last_money_year"]
    if gift is None and money is None:
        return "unknown: no dated grant or obligation on record"
    last = min(max(year for year in (gift, money) if year is not None), rules.as_of.year)
    ago = rules.as_of.year - last
    when = "this year" if ago < 1 else "1 year ago" if ago < 2 else f"{ago:.0f} years ago"
    if money is not None and money >= (gift or 0):
        return f"the latest obligations on record are of fiscal year {last:.0f} ({when})"
    months = told_months(row["season_counts"])
    season = f"; most of its dated grants are of {months}" if months else ""
    return f"the latest grant on record is of {last:.0f} ({when}); {_regularly(row)}{season}"


def _regularly(row: Row) -> str:
    if row["first_year"] is None or row["active_years"] is None:
        return "how regularly it gave is not on record"
    span = row["last_year"] - row["first_year"] + 1
    if span <= 1:
        return "only that year is on record"
    return f"it gave in {row['active_years']:.0f} of the {span:.0f} years on record"


CRITERION = made_of(
    "recency", "Does it give regularly, and lately?", ("kind", "first_year", "last_year", "active_years"), values, _tell,
    also=("last_money_year", "season_counts"), applies=is_no_opportunity,
)  # fmt: skip
