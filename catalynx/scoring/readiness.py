"""Whether an applicant is ready for an award of a given size: its share of revenue, the single audit, and the reserve."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from catalynx.columns import empty_frame, require
from catalynx.errors import BadParameter
from catalynx.scoring.limits import Limits

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Award:
    """An award to be ready for.

    Attributes
    ----------
    amount_usd : what it would bring in a year
    federal : whether it is federal money, passed through or not
    """

    amount_usd: float
    federal: bool

    def __post_init__(self) -> None:
        """Refuse an amount that is no award."""
        if not 0 < self.amount_usd < float("inf"):
            raise BadParameter("amount_usd", self.amount_usd, "an amount above 0")


@dataclass(frozen=True, slots=True)
class Federal:
    """What is known of the federal money that an applicant spends in a year, and of its fiscal year.

    Attributes
    ----------
    spent_usd, spent_year : of its latest single audit; None where none is on record
    year_end : a day on which one of its fiscal years ended; None when unknown
    """

    spent_usd: float | None = None
    spent_year: int | None = None
    year_end: date | None = None


def fiscal_year_of(award_day: date, year_end: date | None) -> date:
    """Return the first day of the fiscal year in which `award_day` lies; the calendar year's where no end of one is known."""
    if year_end is None:
        return date(award_day.year, 1, 1)
    for year in (award_day.year, award_day.year + 1):
        last = date(year, year_end.month, calendar.monthrange(year, year_end.month)[1])
        if award_day <= last:
            before = date(year - 1, year_end.month, calendar.monthrange(year - 1, year_end.month)[1])
            return before + timedelta(days=1)
    raise ValueError(f"no fiscal year holds {award_day}")


def readiness(
    standings: pd.DataFrame, revenue_usd: float | None, federal: Federal, award: Award, *, as_of: date, limits: Limits
) -> pd.DataFrame:
    """Check whether the applicant is ready for `award`.

    Parameters
    ----------
    standings : rows as ``columns.RESULTS["finance_standings"]``, for ``reserve_months``
    revenue_usd : total revenue of its latest return; None when unknown

    Returns
    -------
    three rows as ``columns.RESULTS["readiness"]``: passes, concern, or unknown where a figure is missing
    """
    import pandas as pd

    require(standings, ("ratio", "value", "tax_year", "reason"), name="standings")
    rows = [
        ("share_of_revenue", *_share(revenue_usd, award, limits)),
        ("single_audit", *_audit(federal, award, as_of, limits)),
        ("reserve_months", *_reserve(standings, limits)),
    ]
    blank = empty_frame("readiness")
    return pd.DataFrame(rows, columns=list(blank.columns)).astype(blank.dtypes.to_dict())


def _share(revenue: float | None, award: Award, limits: Limits) -> tuple[str, float | None, float, str]:
    limit = limits.largest_share
    if revenue is None or revenue != revenue or revenue <= 0:
        told = "its revenue is not known" if revenue is None or revenue != revenue else f"its revenue is ${revenue:,.0f}"
        return "unknown", None, limit, f"unknown: {told}"
    share = award.amount_usd / revenue
    told = f"${award.amount_usd:,.0f} is {share:.1%} of the revenue of ${revenue:,.0f}"
    if share > limit:
        return "concern", share, limit, f"{told}, more than {limit:.0%}: it would depend on this award"
    return "passes", share, limit, f"{told}, at most {limit:.0%}"


def _audit(federal: Federal, award: Award, as_of: date, limits: Limits) -> tuple[str, float | None, float, str]:
    begins = fiscal_year_of(as_of, federal.year_end)
    limit = limits.single_audit_usd(begins)
    taken = " (the calendar year, for its own is unknown)" if federal.year_end is None else ""
    rule = f"the ${limit:,.0f} from which a single audit is due in a fiscal year that begins on {begins:%-d %b %Y}{taken}"
    if not award.federal:
        return "passes", None, limit, "it is not federal money, so it adds nothing to what a single audit counts"
    if federal.spent_usd is not None and federal.spent_usd == federal.spent_usd:
        whole = federal.spent_usd + award.amount_usd
        told = f"${federal.spent_usd:,.0f} of federal money spent in {federal.spent_year} and this award make ${whole:,.0f}"
        if federal.spent_usd >= limit or whole < limit:
            already = "it is audited already" if federal.spent_usd >= limit else "no single audit is due"
            return "passes", whole, limit, f"{told}, {'above' if whole >= limit else 'below'} {rule}: {already}"
        return "concern", whole, limit, f"{told}, above {rule}: this award would bring it about"
    if award.amount_usd >= limit:
        return "concern", award.amount_usd, limit, f"${award.amount_usd:,.0f} alone is above {rule}, and no audit is on record"
    told = f"${award.amount_usd:,.0f} alone is below {rule}"
    return "unknown", None, limit, f"unknown: {told}, and no other federal money is on record"


def _reserve(standings: pd.DataFrame, limits: Limits) -> tuple[str, float | None, float, str]:
    limit = limits.reserve_months
    found = standings[standings["ratio"] == "reserve_months"]
    if found.empty or found["value"].isna().all():
        why = "no return is on file" if found.empty else str(found["reason"].iloc[0])
        return "unknown", None, limit, f"unknown: {why}"
    months, year = float(found["value"].iloc[0]), found["tax_year"].iloc[0]
    told = f"its reserve of tax year {year} {lasting(months)}"
    if months < limit:
        return "concern", months, limit, f"{told}, fewer than {limit:g}"
    return "passes", months, limit, f"{told}, at least {limit:g}"


def lasting(months: float) -> str:
    """Say how long a reserve lasts: ``lasts 2.3 months``; a negative one is owed."""
    return f"lasts {months:.1f} months" if months >= 0 else f"is negative, at −{-months:.1f} months of expenses"
