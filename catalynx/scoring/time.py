"""Is there time? Days from today to the deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.counts import counted
from catalynx.scoring.criterion import Criterion, judged

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

NONE_AT_DAYS = 14
FULL_AT_DAYS = 90


def judge(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Score the days left: 0 up to ``NONE_AT_DAYS``, 1 from ``FULL_AT_DAYS`` on. Unknown without a deadline."""
    import pandas as pd

    days = (pd.to_datetime(candidates["deadline"]) - pd.Timestamp(rules.as_of)).dt.days.astype("Float64").astype("float64")
    values = (days - NONE_AT_DAYS) / (FULL_AT_DAYS - NONE_AT_DAYS)
    estimated = candidates["deadline_estimated"].astype("boolean").fillna(False)
    because = [
        "unknown: no deadline is stated"
        if pd.isna(left)
        else f"{counted(left, 'day')} {'is' if left == 1 else 'are'} left" + (" by the agency's estimate" if guess else "")
        for left, guess in zip(days, estimated, strict=True)
    ]
    return judged(candidates, values, because)


CRITERION = Criterion("time", "Is there time?", ("deadline", "deadline_estimated"), judge)
