"""Does its money reach many? How evenly it is spread over its recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Row, is_no_opportunity, made_of, number

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules


LEAST_HHI = 1e-9
"""Nobody gives to a thousand million recipients: a sum of squared shares below that is no such sum."""


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score the number of recipients that the money is worth, ``1 / HHI`` [Laakso & Taagepera 1979], on a log scale: 1 gives 0.

    ``full_at_recipients`` and more give 1. Unknown with fewer than five grants with an amount in the last three years on record.
    """
    import numpy as np

    hhi = number(candidates, "recipient_hhi")
    return (-np.log(hhi.where(hhi >= LEAST_HHI)) / np.log(max(rules.limits["spread.full_at_recipients"], 1.01))).clip(0, 1)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    if row["value"] is None:
        return "unknown: too few grants with an amount in its last three years on record"
    worth = 1 / row["recipient_hhi"]
    of = "" if row["recent_recipients"] is None else f" among {int(row['recent_recipients']):,}"
    return f"its money of the last three years on record is spread as if over {worth:,.0f} equal recipients{of}"


CRITERION = made_of(
    "spread",
    "Does its money reach many?",
    ("recipient_hhi",),
    values,
    _tell,
    also=("recent_recipients",),
    applies=is_no_opportunity,
)
