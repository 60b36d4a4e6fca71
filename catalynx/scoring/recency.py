"""Does it give regularly, and lately? Years with a grant on record, and how long ago the latest was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Criterion, judged

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

FRESH_YEARS = 2
STALE_YEARS = 10


def judge(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Score recency (1 up to ``FRESH_YEARS`` ago, 0 from ``STALE_YEARS`` on) times regularity (share of years with a grant).

    For a federal program the latest year with obligations is its recency where it is later than the latest award on record;
    regularity then counts only when awards are on record. Unknown where neither is.
    """
    import pandas as pd

    last_gift = candidates["last_year"].astype("float64")
    last_money = candidates.get("last_money_year", pd.Series(pd.NA, candidates.index)).astype("Float64").astype("float64")
    last = pd.concat([last_gift, last_money], axis=1).max(axis=1).clip(upper=rules.as_of.year)
    ago = rules.as_of.year - last
    recency = ((STALE_YEARS - ago) / (STALE_YEARS - FRESH_YEARS)).clip(0, 1)
    span = last_gift - candidates["first_year"].astype("float64") + 1
    regular = (candidates["active_years"].astype("float64") / span).where(candidates["kind"] == "foundation")
    because = [
        _sentence(*row)
        for row in zip(
            last, ago, last_money.notna() & (last_money >= last_gift.fillna(0)), candidates["active_years"], span, strict=True
        )
    ]
    return judged(candidates, recency * regular.fillna(1.0).clip(0, 1), because)


def _sentence(last: float, ago: float, from_obligations: bool, active: float, span: float) -> str:
    import pandas as pd

    if pd.isna(last):
        return "unknown: no dated grant or obligation on record"
    when = "this year" if ago < 1 else "1 year ago" if ago < 2 else f"{ago:.0f} years ago"
    if from_obligations:
        return f"the latest obligations on record are of fiscal year {last:.0f} ({when})"
    return f"the latest grant on record is of {last:.0f} ({when}); {_regularly(active, span)}"


def _regularly(active: float, span: float) -> str:
    if span == 1:
        return "only that year is on record"
    return f"it gave in {active:.0f} of the {span:.0f} years on record"


CRITERION = Criterion(
    "recency", "Does it give regularly, and lately?", ("kind", "first_year", "last_year", "active_years"), judge
)
