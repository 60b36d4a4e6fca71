"""Does its money come to where we work? Where past grants really went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.counts import counted, known_and_ours
from catalynx.scoring.criterion import Criterion, judged

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

FULL_AT_PCT = 20.0
LEAST_PCT = 5.0
LEAST_KNOWN = 20
ENOUGH_KNOWN = 0.5
"""From this share of grants with a known place on, the places known are taken for the whole."""


def judge(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Score the grants that went to the applicant's states.

    Where the place of half the grants, and of ``LEAST_KNOWN``, is known: the share in the states, ``FULL_AT_PCT`` giving 1.
    Where it is not, the places known are mainly those of organisations in the lake, so a share of them would mislead: then the
    grants known to have come here count as a least share of all, from ``LEAST_PCT`` on; less than that is unknown, not 0.
    """
    import pandas as pd

    where = "/".join(applicant.states)
    values: list[float | None] = []
    because: list[str] = []
    for text, total in zip(candidates["state_counts"], candidates["grants_count"], strict=True):
        known, ours = known_and_ours(text, applicant.states)
        value, why = _judge_one(known, ours, 0 if pd.isna(total) else int(total), where)
        values.append(value)
        because.append(why)
    return judged(candidates, pd.Series(values, candidates.index, dtype="float64"), because)


def _judge_one(known: int, ours: int, total: int, where: str) -> tuple[float | None, str]:
    if not where:
        return None, "unknown: the profile names no state"
    if not total:
        return None, "unknown: no grants on record"
    if known >= ENOUGH_KNOWN * total and known >= LEAST_KNOWN:
        return 100 * ours / known / FULL_AT_PCT, f"{ours:,} of the {counted(known, 'grant')} whose place is known went to {where}"
    least_pct = 100 * ours / total
    said = f"at least {ours:,} of {counted(total, 'grant')} came to {where}; the place of most is not published"
    if ours:
        return (least_pct / FULL_AT_PCT, said) if least_pct >= LEAST_PCT else (None, f"unknown: {said}")
    if known == total:
        return None, f"unknown: no more than {counted(total, 'grant')} on record, none of it to {where}"
    unpublished = f"the place of {total - known:,} of {counted(total, 'grant')} is not published"
    return None, f"unknown: {unpublished}, none is known to have come to {where}"


CRITERION = Criterion("geography", "Does its money come to where we work?", ("state_counts", "grants_count"), judge)
