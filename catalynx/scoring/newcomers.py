"""Does it let newcomers in? The share of recent recipients that it had never funded before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.counts import counted
from catalynx.scoring.criterion import Row, is_no_opportunity, made_of, number

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score the share of first-time recipients in the last three years on record; ``full_at_pct`` and more give 1.

    A foundation that says it gives only to preselected charities scores 0. One that funded the applicant before scores 1:
    to it the applicant is no newcomer. Unknown with fewer than two earlier years on record.
    """
    import numpy as np
    import pandas as pd

    share = number(candidates, "first_time_pct")
    closed = candidates.get("preselected_only", pd.Series(pd.NA, candidates.index)).astype("boolean").fillna(False).to_numpy(bool)
    ours = number(candidates, "to_us_count").fillna(0)
    found = np.select([ours > 0, closed], [1.0, 0.0], share / rules.limits["newcomers.full_at_pct"])
    return pd.Series(found, candidates.index).clip(0, 1)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    if row["to_us_count"]:
        last = "" if row["to_us_last_year"] is None else f", the latest of {row['to_us_last_year']:.0f}"
        return f"you are no newcomer: {counted(row['to_us_count'], 'grant')} to you on record{last}"
    if row["preselected_only"] is True:
        return "its return says that it gives only to preselected charities"
    if row["value"] is None:
        return "unknown: too few years on record to tell who came first"
    return f"{row['first_time_pct']:.0f} % of the recipients of its last three years on record had not received before"


CRITERION = made_of(
    "newcomers", "Does it let newcomers in?", ("first_time_pct", "to_us_count", "to_us_last_year"), values, _tell,
    also=("preselected_only",), applies=is_no_opportunity,
)  # fmt: skip
