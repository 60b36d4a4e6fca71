"""How many of those who apply are funded? Applications and awards that a federal program's own text states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from catalynx.scoring.counts import counted
from catalynx.scoring.criterion import Row, is_foundation, made_of, number

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

JEFFREYS: Final = 0.5
"""Applications and refusals that are added before anything is known: the prior of Jeffreys for a share."""
UNDER: Final = 0.10
"""Chance that the true rate of such a competition lies below the one that is scored."""


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score the award rate that is surely reached: of few applications less is sure than of many.

    With ``a`` awards of ``n`` applications the rate has the posterior Beta(a + ½, n − a + ½); its lower tenth, over
    ``full_at_pct``, is the value, at most 1. An estimate counts as ``estimate_counts_pct`` of as many applications and awards.
    Unknown where the program's text states no counts.
    """
    import numpy as np
    import pandas as pd
    from scipy.special import betaincinv

    applied, awarded = number(candidates, "applications_count"), number(candidates, "awards_count")
    known = (applied.gt(0) & awarded.between(0, applied)).to_numpy()
    counts = np.where(candidates["award_rate_kind"].eq("estimate"), rules.limits["competition.estimate_counts_pct"] / 100, 1.0)
    some, all_of_them = (awarded * counts)[known], (applied * counts)[known]
    sure = np.full(len(candidates), np.nan)
    sure[known] = betaincinv(some + JEFFREYS, all_of_them - some + JEFFREYS, UNDER)
    return pd.Series(sure * 100 / rules.limits["competition.full_at_pct"], candidates.index).clip(0, 1)


def _applies(candidates: pd.DataFrame) -> pd.Series:
    """Foundations publish no count of applications; an announcement is one competition of its program."""
    return ~is_foundation(candidates)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    if row["value"] is None:
        which = "no listing that it names states" if row["kind"] == "opportunity" else "its listing does not state"
        return f"unknown: {which} how many applied and how many were funded"
    whose = "of its program, " if row["kind"] == "opportunity" else ""
    awards, applied = f"{row['awards_count']:,.0f}", counted(row["applications_count"], "application")
    year, rate = f"{row['award_rate_year']:.0f}", f"{row['award_rate_pct']:.0f} %"
    if row["award_rate_kind"] == "estimate":
        return f"{whose}{awards} of {applied} expected to be funded in {year} ({rate}): the agency's estimate"
    were = "was" if row["awards_count"] == 1 else "were"
    return f"{whose}{awards} of {applied} {were} funded in {year} ({rate}){_spread(row)}"


def _spread(row: Row) -> str:
    years, low, high = row["award_rate_years"], row["award_rate_low_pct"], row["award_rate_high_pct"]
    if years is None or years < 2:
        return ""
    span = f"{low:.0f} %" if f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f} to {high:.0f} %"
    return f", {span} in the {years:.0f} years it tells of"


CRITERION = made_of(
    "competition", "How many of those who apply are funded?",
    ("kind", "applications_count", "awards_count", "award_rate_kind", "award_rate_year"), values, _tell,
    also=("award_rate_pct", "award_rate_years", "award_rate_low_pct", "award_rate_high_pct"), applies=_applies,
)  # fmt: skip
