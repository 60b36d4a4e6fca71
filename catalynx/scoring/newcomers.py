"""Does it let newcomers in? The share of recent recipients that it had never funded before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.counts import counted
from catalynx.scoring.criterion import Criterion, judged

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

FULL_AT_PCT = 50.0


def judge(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Score the share of first-time recipients in the last three years on record; ``FULL_AT_PCT`` and more give 1.

    A foundation that says it gives only to preselected charities scores 0. One that funded the applicant before scores 1:
    to it the applicant is no newcomer. Unknown with fewer than two earlier years on record.
    """
    import numpy as np
    import pandas as pd

    share = candidates["first_time_pct"].astype("float64")
    closed = candidates.get("preselected_only", pd.Series(pd.NA, candidates.index)).astype("boolean").fillna(False)
    ours = candidates["to_us_count"].astype("float64").fillna(0)
    values = pd.Series(np.select([ours > 0, closed], [1.0, 0.0], share / FULL_AT_PCT), candidates.index)
    because = [_sentence(*row) for row in zip(share, closed, ours, candidates["to_us_last_year"], strict=True)]
    return judged(candidates, values, because)


def _sentence(share: float, closed: bool, ours: float, last: float) -> str:
    import pandas as pd

    if ours:
        return f"you are no newcomer: {counted(ours, 'grant')} to you on record" + (
            "" if pd.isna(last) else f", the latest of {last:.0f}"
        )
    if closed:
        return "its return says that it gives only to preselected charities"
    if pd.isna(share):
        return "unknown: too few years on record to tell who came first"
    return f"{share:.0f} % of the recipients of its last three years on record had not received before"


CRITERION = Criterion("newcomers", "Does it let newcomers in?", ("first_time_pct", "to_us_count", "to_us_last_year"), judge)
