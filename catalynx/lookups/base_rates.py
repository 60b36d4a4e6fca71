"""How many of all who applied to a federal program were funded: the base rate of its candidates, with its range and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final = ("base_rate", "base_rate_low", "base_rate_high", "base_rate_says")
WITHIN: Final = 0.90
_HALF: Final = 0.5
"""Applications and refusals that are added before anything is known: the prior of Jeffreys for a share."""


def base_rates(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return the base rate of each candidate whose program's text states applications and awards.

    Parameters
    ----------
    candidates : needs ``kind`` and the columns of ``columns.award_rates``

    Returns
    -------
    on the index of `candidates`: ``base_rate`` (awards over applications of the latest year told, 0 to 1), ``base_rate_low`` and
    ``base_rate_high`` (as far as so small a count can be off nine times of ten, or as another year of the same text lies,
    whichever is wider; of an estimate the other years alone), and ``base_rate_says``, a sentence. Missing where the text states
    none.
    """
    import numpy as np
    import pandas as pd
    from scipy.special import betaincinv

    applied, awarded = (candidates[name].astype("float64") for name in ("applications_count", "awards_count"))
    # Not every count is a rate: none applied, or more awards than applications.
    known = applied.gt(0) & awarded.ge(0) & awarded.le(applied)
    rate = (awarded / applied).where(known)
    told = candidates["award_rate_kind"].eq("actual") & known
    tail = (1 - WITHIN) / 2
    off = {
        side: pd.Series(np.where(told, betaincinv(awarded + _HALF, applied - awarded + _HALF, at), np.nan), candidates.index)
        for side, at in (("low", tail), ("high", 1 - tail))
    }
    several = candidates["award_rate_years"].astype("float64").ge(2) & known
    years = {side: (candidates[f"award_rate_{side}_pct"].astype("float64") / 100).where(several) for side in ("low", "high")}
    # Where all or none were funded, the range has to reach the rate itself.
    low = pd.concat([off["low"], years["low"]], axis=1).min(axis=1).clip(upper=rate)
    high = pd.concat([off["high"], years["high"]], axis=1).max(axis=1).clip(lower=rate)
    found = pd.DataFrame({"base_rate": rate, "base_rate_low": low, "base_rate_high": high})
    rows = found.join(candidates[["kind", "applications_count", "awards_count", "award_rate_year", "award_rate_kind"]])
    says = [_says(row) if is_known else None for row, is_known in zip(rows.to_dict("records"), known, strict=True)]
    return found.assign(base_rate_says=pd.Series(says, candidates.index, dtype="object"))


def _says(row: dict[Any, Any]) -> str:
    applied, awarded = int(row["applications_count"]), int(row["awards_count"])
    whose = " to its program" if row["kind"] == "opportunity" else ""
    noun = "application" if applied == 1 else "applications"
    rate = f"{100 * row['base_rate']:.0f} %"
    of = f"Of {applied:,} {noun}{whose} in {row['award_rate_year']:.0f}, {rate}"
    span = "" if row["base_rate_low"] != row["base_rate_low"] else _span(row)
    if row["award_rate_kind"] == "estimate":
        return f"{of} are expected to be funded ({awarded:,}): the agency's own estimate, not a count{span}."
    return f"{of} were funded ({awarded:,}){span}."


def _span(row: dict[Any, Any]) -> str:
    low, high = (f"{100 * row[name]:.0f}" for name in ("base_rate_low", "base_rate_high"))
    if low == high:
        return ""
    if row["award_rate_kind"] == "estimate":
        return f"; its estimates range from {low} to {high} %"
    return f"; the size of that count and other years allow {low} to {high} %"
