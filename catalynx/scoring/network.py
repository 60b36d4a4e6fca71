"""Does it fund whom our funders fund? How closely a foundation is tied to those that gave to us, through shared grantees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.counts import counted
from catalynx.scoring.criterion import Row, is_foundation, made_of, number

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

HALF_AT = 0.15
"""Tie at which the value is one half: about the closest fifth of the pairs of an organisation and a funder on record."""
LEAST_GRANTEES = 3


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score the tie to the applicant's funders, ``1 − Π(1 − cosine)`` of the sets of grantees: ``1 − 2^(−tie / HALF_AT)``.

    0 without a shared grantee, rising with the tie towards 1. Unknown where no foundation's grant to the applicant is on record,
    and for a funder with fewer than ``LEAST_GRANTEES`` grantees [funders that share one grantee tend to share more: Shekhtman et
    al., Scientific Reports 2024].
    """
    import numpy as np

    tie = number(candidates, "network_tie")
    return (1 - np.exp2(-tie / HALF_AT)).where(number(candidates, "network_grantees_count") >= LEAST_GRANTEES)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    if row["network_tie"] is None:
        return "unknown: no grant of a foundation to you is on record, so there are no funders to compare it with"
    grantees = row["network_grantees_count"] or 0
    if row["value"] is None:
        return f"unknown: {counted(grantees, 'grantee')} on record, too few to compare"
    shared = row["network_shared_count"] or 0
    if not shared:
        return f"none of its {counted(grantees, 'grantee')} on record is supported by another of your funders"
    among = f", {row['network_shared_names']} among them" if row["network_shared_names"] else ""
    return (
        f"{shared:,.0f} of its {counted(grantees, 'grantee')} on record are supported by another of your funders as well{among}"
    )


CRITERION = made_of(
    "network", "Does it fund whom our funders fund?", ("network_tie", "network_grantees_count", "network_shared_count"), values,
    _tell, also=("network_shared_names",), applies=is_foundation,
)  # fmt: skip
