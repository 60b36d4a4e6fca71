"""Is what we would ask for a size that it gives? The ask against the middle half of past grants, or floor and ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Criterion, judged

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

LEAST_GRANTS = 3


def judge(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Score how near the wished ask is to what is given: 1 within, falling to 0 at a tenth or ten times of it.

    What is given is floor to ceiling where they are stated, else the middle half (p25–p75) of at least
    ``LEAST_GRANTS`` grants. Unknown without either, or without a wish in the profile.
    """
    import numpy as np
    import pandas as pd

    low, high = given_range(candidates)
    wish_low = applicant.ask_min_usd or applicant.ask_max_usd
    wish_high = applicant.ask_max_usd or applicant.ask_min_usd
    if not wish_low or not wish_high:
        return judged(
            candidates, pd.Series(np.nan, candidates.index), ["unknown: the profile names no amount to ask for"] * len(candidates)
        )
    gap = np.maximum(np.log10(wish_low / high), np.log10(low / wish_high)).clip(lower=0)
    offered = candidates["ceiling_usd"].notna() | candidates["floor_usd"].notna()
    because = [_sentence(*row, wish_low, wish_high) for row in zip(low, high, offered, strict=True)]
    return judged(candidates, 1 - gap, because)


def given_range(candidates: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the smallest and largest usual grant of each candidate in USD, NA where neither is known."""
    enough = candidates["grants_count"].astype("float64").fillna(0) >= LEAST_GRANTS
    ceiling, floor = candidates["ceiling_usd"].astype("float64"), candidates["floor_usd"].astype("float64")
    low = floor.fillna(ceiling.where(ceiling.notna(), candidates["grant_p25_usd"].astype("float64").where(enough)))
    high = ceiling.fillna(floor.where(floor.notna(), candidates["grant_p75_usd"].astype("float64").where(enough)))
    # A stated ceiling without a floor is open below; a tenth of it keeps the range a range.
    low = low.where(~(ceiling.notna() & floor.isna()), ceiling / 10)
    return low.where(low > 0), high.where(high > 0)


def _sentence(low: float, high: float, offered: bool, wish_low: float, wish_high: float) -> str:
    import pandas as pd

    if pd.isna(low) or pd.isna(high):
        return f"unknown: fewer than {LEAST_GRANTS} grants with an amount are on record, and no floor or ceiling is stated"
    given = f"${low:,.0f} to ${high:,.0f}" if low < high else f"${high:,.0f}"
    what = f"awards of {given} are offered" if offered else f"half of its grants are {given}"
    if high < wish_low:
        return f"{what}, {'a little ' if high > wish_low / 2 else ''}less than the ${wish_low:,.0f} you would ask for"
    if low > wish_high:
        return f"{what}, {'a little ' if low < 2 * wish_high else ''}more than the ${wish_high:,.0f} you would ask for"
    wish = f"${wish_low:,.0f} to ${wish_high:,.0f}" if wish_low < wish_high else f"${wish_high:,.0f}"
    return f"{what}, which your ask of {wish} meets"


CRITERION = Criterion(
    "size",
    "Is our ask a size that it gives?",
    ("grants_count", "grant_p25_usd", "grant_p75_usd", "floor_usd", "ceiling_usd"),
    judge,
)
