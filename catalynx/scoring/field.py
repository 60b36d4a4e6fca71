"""Does it fund our field? The share of its grants that went to organisations of our NTEE major group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns.ntee_majors import spelled_fields
from catalynx.scoring.counts import counted, known_and_ours
from catalynx.scoring.criterion import Criterion, judged

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

FULL_AT_PCT = 30.0
LEAST_KNOWN = 10
LEAST_KNOWN_SHARE = 0.5
"""Below so many grants, or half of all, the fields known are those of organisations in the lake: no sample of the whole."""


def judge(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Score the share of grants in the applicant's NTEE major groups: 0 % gives 0, ``FULL_AT_PCT`` and more give 1.

    Unknown where the recipient's field is known for fewer than ``LEAST_KNOWN`` grants or ``LEAST_KNOWN_SHARE`` of all, or
    without an NTEE code in the profile.
    """
    import pandas as pd

    fields = spelled_fields(applicant.ntee_majors)
    values: list[float | None] = []
    because: list[str] = []
    for text, total in zip(candidates["field_counts"], candidates["grants_count"], strict=True):
        known, ours = known_and_ours(text, applicant.ntee_majors)
        if not applicant.ntee_majors:
            values.append(None)
            because.append("unknown: the profile has no NTEE code")
        elif pd.isna(total) or not total:
            values.append(None)
            because.append("unknown: no grants on record")
        elif known < LEAST_KNOWN or known < LEAST_KNOWN_SHARE * total:
            values.append(None)
            because.append(f"unknown: of {counted(total, 'grant')} on record the recipient's field is known for {known:,} only")
        else:
            values.append(100 * ours / known / FULL_AT_PCT)
            because.append(
                f"{ours:,} of the {counted(known, 'grant')} whose field is known ({known / total:.0%} of all) went to {fields}"
            )
    return judged(candidates, pd.Series(values, candidates.index, dtype="float64"), because)


CRITERION = Criterion("field", "Does it fund our field?", ("field_counts", "grants_count"), judge)
