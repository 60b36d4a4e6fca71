"""Where the applicant stands in each ratio: the latest value, the trend over the years on file, and how much revenue varies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Final

from catalynx.columns import RESULTS, empty_frame, require
from catalynx.scoring.finance import RATIOS
from catalynx.scoring.form_lines import returns_that_count

if TYPE_CHECKING:
    import pandas as pd

LEAST_YEARS_FOR_TREND: Final = 3
LEAST_YEARS_FOR_VOLATILITY: Final = 2
VOLATILITY: Final = "revenue_volatility"
QUESTIONS: Final = {
    **{ratio.name: (ratio.question, ratio.better) for ratio in RATIOS.values()},
    "funder_concentration": ("Do the gifts on record come from one funder alone?", "lower"),
    "largest_funder_share": ("How much of its revenue is its largest funder on record?", "lower"),
    VOLATILITY: ("How much does its revenue vary from year to year?", "lower"),
}
"""Ratio → its question, and which way is sounder."""


def theil_sen(years: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the median of the slopes between all pairs of years; None with values of fewer than three different years.

    One outlying year does not turn it [Sen, J. Am. Stat. Assoc. 63 (1968) 1379].
    """
    known = [(year, value) for year, value in zip(years, values, strict=True) if value == value and year == year]
    if len({year for year, _ in known}) < LEAST_YEARS_FOR_TREND:
        return None
    return median(
        (later - value) / (year_after - year)
        for place, (year, value) in enumerate(known)
        for year_after, later in known[place + 1 :]
        if year_after != year
    )


def revenue_volatility(filings: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Return the standard deviation of total revenue over its mean, over all years on file.

    The standard deviation is that of a sample (n − 1). Undefined with one year, or a mean that is not above zero.

    Returns
    -------
    one row as ``columns.RESULTS["finances"]``, of the latest year; none without a return
    """
    import pandas as pd

    returns = returns_that_count(filings, as_of)
    blank = empty_frame("finances")
    if returns.empty:
        return blank
    revenue, last = returns["total_revenue_usd"].dropna(), returns.iloc[-1]
    spread = float(revenue.std(ddof=1)) if len(revenue) >= LEAST_YEARS_FOR_VOLATILITY else None
    mean = float(revenue.mean()) if len(revenue) else None
    reason = None
    if spread is None:
        reason = f"{'one year' if len(revenue) else 'no year'} with a revenue is on file, and two are needed"
    elif mean is None or mean <= 0:
        reason = f"the mean of the revenue is not above zero, but ${mean:,.0f}"
    years = ", ".join(str(year) for year in returns.loc[revenue.index, "tax_year"])
    row = {
        "ratio": VOLATILITY, "unit": "share", "numerator_usd": spread, "denominator_usd": mean, "reason": reason,
        "value": spread / mean if reason is None and spread is not None and mean else None,
        "lines": f"total revenue of {years or 'no year'}: standard deviation over mean",
        **{name: last[name] for name in ("tax_year", "period_end", "form", "return_id", "source", "file", "place")},
    }  # fmt: skip
    return pd.DataFrame([row], columns=list(blank.columns)).astype(blank.dtypes.to_dict())


def standings(finances: pd.DataFrame) -> pd.DataFrame:
    """Return the latest value and the trend of every ratio.

    Parameters
    ----------
    finances : rows as ``columns.RESULTS["finances"]`` of one organisation

    Returns
    -------
    rows as ``columns.RESULTS["finance_standings"]``, in the order of ``QUESTIONS``, without peers; ``value`` is that of the
    latest year on file, be it known or not: an older one would pass for today's
    """
    import pandas as pd

    require(finances, ("ratio", "tax_year", "value", "unit", "reason"), name="finances")
    rows = [_standing(name, finances[finances["ratio"] == name]) for name in QUESTIONS if (finances["ratio"] == name).any()]
    blank = empty_frame("finance_standings")
    if not rows:
        return blank
    return pd.DataFrame(rows).reindex(columns=RESULTS["finance_standings"].names).astype(blank.dtypes.to_dict())


def _standing(name: str, of_ratio: pd.DataFrame) -> dict[str, object]:
    by_year = of_ratio.sort_values(["tax_year", "return_id"], na_position="first")
    last = by_year.iloc[-1]
    question, better = QUESTIONS[name]
    known = by_year[by_year["value"].notna()]
    years = int(known["tax_year"].nunique())
    slope = None if name == VOLATILITY else theil_sen(known["tax_year"].tolist(), known["value"].tolist())
    reason = None
    if name == VOLATILITY:
        reason = "it is made of all years on file"
    elif slope is None:
        told = "1 year has" if years == 1 else f"{years} years have"
        reason = f"{told} a value, and {LEAST_YEARS_FOR_TREND} are needed"
    return {
        "ratio": name, "question": question, "better": better, "unit": last["unit"], "tax_year": last["tax_year"],
        "value": last["value"], "reason": last["reason"], "years": years, "trend_per_year": slope, "trend_reason": reason,
    }  # fmt: skip
