"""Signals from the applicant's returns: deficits, reserve, debt, cash, and on what its revenue depends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalynx.scoring.limits import Limits
from catalynx.scoring.over_years import theil_sen
from catalynx.scoring.readiness import lasting
from catalynx.scoring.risk_signals import Facts, Told, between, from_standing, of_applicant, rows_in

_LINES = 4
"""Lines of revenue over which concentration is counted; its least value is one over that."""


@of_applicant("financial")
def deficits(facts: Facts, limits: Limits) -> Told:
    """Years in which it spent more than it took in, as a share of the last years on file."""
    margins = facts.finances[(facts.finances["ratio"] == "operating_margin") & facts.finances["value"].notna()]
    margins = margins.sort_values("tax_year").tail(limits.years_back)
    if margins.empty:
        return Told(None, "unknown: no return with revenue and expenses is on file")
    short = margins[margins["value"] < 0]
    years = ", ".join(f"{row.tax_year} ({row.value:.1%})" for row in short.itertuples())
    count = "1 year" if len(margins) == 1 else f"{len(margins)} years"
    told = f"it ran a deficit in {len(short)} of {count} on file" + (f": {years}" if years else "")
    evidence = rows_in("filings", return_id=[str(one) for one in margins["return_id"].dropna()])
    return Told(len(short) / len(margins), told, evidence)


@of_applicant("financial")
def reserve(facts: Facts, limits: Limits) -> Told:
    """Months that it could go on without new money."""
    return from_standing(
        facts,
        "reserve_months",
        lambda months: between(months, 2 * limits.reserve_months, 0.0),
        lambda months, row: f"its reserve of {row['tax_year']} {lasting(months)}; below {limits.reserve_months:g} is a concern",
    )


@of_applicant("financial")
def debt(facts: Facts, limits: Limits) -> Told:
    """Liabilities over assets."""
    return from_standing(
        facts,
        "liabilities_to_assets",
        lambda share: between(share, limits.liabilities_sound, limits.liabilities_full),
        lambda share, row: f"it owes {share:.0%} of its assets of {row['tax_year']}",
    )


@of_applicant("operational")
def cash(facts: Facts, limits: Limits) -> Told:
    """Months that its cash lasts: many awards pay only after the money was spent."""
    return from_standing(
        facts,
        "months_of_cash",
        lambda months: between(months, 2 * limits.cash_months, limits.cash_months),
        lambda months, row: f"its cash of {row['tax_year']} lasts {months:.1f} months",
    )


@of_applicant("sustainability")
def one_funder(facts: Facts, limits: Limits) -> Told:
    """The share of its revenue that comes from its largest funder on record."""

    def told(share: float, row: Mapping[str, Any]) -> str:
        return f"its largest funder on record gave {share:.0%} of the revenue of {row['tax_year']}"

    absent = "no gift to it is on record"
    return from_standing(
        facts, "largest_funder_share", lambda share: between(share, 0.0, 2 * limits.largest_share), told, absent=absent
    )


@of_applicant("sustainability", weight=0.5)
def one_line(facts: Facts, limits: Limits) -> Told:
    """Concentration of its revenue on one of four lines: contributions, programs, investments, the rest."""
    return from_standing(
        facts,
        "revenue_concentration",
        lambda index: between(index, 1 / _LINES, 1.0),
        lambda index, row: f"the concentration of its revenue of {row['tax_year']} on one line is {index:.2f} of 1",
    )


@of_applicant("sustainability")
def revenue_swings(facts: Facts, limits: Limits) -> Told:
    """Standard deviation of its revenue over its mean."""
    return from_standing(
        facts,
        "revenue_volatility",
        lambda share: between(share, 0.0, limits.volatility_full),
        lambda share, row: f"its revenue swings by {share:.0%} of its mean",
    )


@of_applicant("sustainability")
def revenue_decline(facts: Facts, limits: Limits) -> Told:
    """Theil-Sen slope of its revenue, over the median year."""
    margins = facts.finances[facts.finances["ratio"] == "operating_margin"].drop_duplicates("tax_year", keep="last")
    revenue = margins["denominator_usd"]
    slope = theil_sen(margins["tax_year"].tolist(), revenue.tolist())
    if slope is None:
        return Told(None, f"unknown: years on file with a revenue: {revenue.notna().sum()}, and three are needed")
    middle = float(revenue.median())
    if middle <= 0:
        return Told(None, f"unknown: its median revenue is ${middle:,.0f}")
    yearly = slope / middle
    word = "falls" if yearly < 0 else "grows"
    evidence = rows_in("filings", return_id=[str(one) for one in margins["return_id"].dropna()])
    told = f"its revenue {word} by {abs(yearly):.0%} a year over {revenue.notna().sum()} years"
    return Told(between(-yearly, 0.0, limits.decline_full), told, evidence)
