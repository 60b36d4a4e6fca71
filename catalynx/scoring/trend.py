"""Does its giving grow? The latest years against those before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Row, is_no_opportunity, made_of, number, on_log_scale

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score the change of yearly money on a log scale: ``none_at_times`` (a half) gives 0, ``full_at_times`` (double) 1.

    A foundation's is the mean of its last two whole years over that of the three before; a program's is its latest actual
    obligations over its earliest on file. Unknown with fewer years.
    """
    change = number(candidates, "giving_change")
    return on_log_scale(change, rules.limits["trend.none_at_times"], rules.limits["trend.full_at_times"])


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    change = row["giving_change"]
    if row["value"] is None:
        return "unknown: too few years with money on record to see a trend"
    when = (
        "its obligations from the first to the latest year on file"
        if row["kind"] == "program"
        else ("its giving of the last two whole years on record, against the three before,")
    )
    return f"{when} {'grew' if change >= 1 else 'fell'} by {100 * abs(change - 1):,.0f} %"


CRITERION = made_of("trend", "Does its giving grow?", ("kind", "giving_change"), values, _tell, applies=is_no_opportunity)
