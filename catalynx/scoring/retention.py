"""Does it stay with its grantees? The share of a year's recipients that it funded again the year after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Row, is_no_opportunity, made_of, number

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score the share of recipients that were funded again the year after, over the last three pairs of years on record.

    ``full_at_pct`` and more give 1. Unknown with fewer than five recipients in years that another on record follows.
    """
    return (number(candidates, "retained_pct") / rules.limits["retention.full_at_pct"]).clip(0, 1)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    if row["value"] is None:
        return "unknown: too few recipients in years that follow each other"
    return f"{row['retained_pct']:.0f} % of a year's recipients were funded again the year after"


CRITERION = made_of("retention", "Does it stay with its grantees?", ("retained_pct",), values, _tell, applies=is_no_opportunity)
