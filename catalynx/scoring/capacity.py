"""Can it give what we would ask for? What it has to give in a year, against the ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Row, made_of, number, on_log_scale, unknown

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

PAYOUT = 0.05
"""Share of its assets that a private foundation must pay out in a year, about [IRC 4942]."""


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score a year's money over the smallest ask, on a log scale: ``none_at_times`` gives 0, ``full_at_times`` and more give 1.

    A year's money is, of what is known the first: what the return says must be paid out, with the shortfall that still is to be,
    times the assets' change where they fell; what it gave in a year on record (median of five years); ``PAYOUT`` of its assets;
    a program's latest obligations; an opportunity's whole funding. Unknown without any of it, or without an ask.
    """
    ask = applicant.ask_min_usd or applicant.ask_max_usd
    if not ask:
        return unknown(candidates)
    return on_log_scale(
        yearly_money(candidates) / ask, rules.limits["capacity.none_at_times"], rules.limits["capacity.full_at_times"]
    )


def yearly_money(candidates: pd.DataFrame) -> pd.Series:
    """Return what each candidate has to give in a year, USD; NA where nothing says it."""
    due = _above_0(candidates, "distributable_usd") + number(candidates, "shortfall_usd").fillna(0).clip(lower=0)
    due = due * _above_0(candidates, "assets_change").clip(upper=1).fillna(1)
    is_foundation = candidates["kind"] == "foundation"
    rest = _above_0(candidates, "obligated_usd").fillna(_above_0(candidates, "total_funding_usd"))
    found = due.fillna(_above_0(candidates, "yearly_usd")).fillna(PAYOUT * number(candidates, "assets_usd"))
    return found.where(is_foundation, rest).where(lambda usd: usd > 0)


def _above_0(candidates: pd.DataFrame, name: str) -> pd.Series:
    """Return a column where it says something: an amount of nothing, or below, is none."""
    return number(candidates, name).where(lambda value: value > 0)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    ask = applicant.ask_min_usd or applicant.ask_max_usd
    if not ask:
        return "unknown: the profile names no amount to ask for"
    if row["value"] is None:
        return "unknown: what it has to give in a year is not on record"
    if row["kind"] != "foundation" and (row["obligated_usd"] or 0) > 0:
        return f"its obligations were ${row['obligated_usd']:,.0f} in the latest year on record"
    if row["kind"] != "foundation":
        return f"${row['total_funding_usd']:,.0f} are to be awarded in all"
    if row["distributable_usd"] and row["distributable_usd"] > 0:
        said = f"it had to pay out ${row['distributable_usd']:,.0f}"
        if row["qualifying_usd"] is not None:
            said += f" and paid ${row['qualifying_usd']:,.0f} of that"
        if (row["shortfall_usd"] or 0) > 0:
            said += f": ${row['shortfall_usd']:,.0f} are still to be paid"
        change = row["assets_change"] or 0
        return said + (f"; its assets changed by {100 * (change - 1):+.0f} % in a year" if change > 0 else "")
    if (row["yearly_usd"] or 0) > 0:
        return f"it gave ${row['yearly_usd']:,.0f} in a usual year on record"
    assets = row["assets_usd"]
    return f"its assets are ${assets:,.0f}, of which it must pay out about ${PAYOUT * assets:,.0f} a year"


CRITERION = made_of(
    "capacity", "Can it give what we would ask for?", ("kind",), values, _tell,
    also=(
        "distributable_usd", "qualifying_usd", "shortfall_usd", "assets_change", "yearly_usd", "assets_usd", "obligated_usd",
        "total_funding_usd",
    ),
)  # fmt: skip
