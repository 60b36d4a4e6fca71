"""How many hours an application takes and when to start: first guesses, with their range, to be corrected by experience."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

HOURS_PER_USD = 1 / 100
LEAST_HOURS = {"foundation": 20.0, "program": 100.0, "opportunity": 100.0}
MOST_HOURS = {"foundation": 200.0, "program": 2000.0, "opportunity": 2000.0}
RANGE = (0.6, 1.6)
FULL_LEAD_WEEKS = 26.0
"""Four stages of work: 4 weeks to plan, 6 to research, 12 to write, 4 to review and submit."""
FULL_LEAD_AT_HOURS = 400.0
LEAST_LEAD_WEEKS = 4.0


def asks(candidates: pd.DataFrame, applicant: Applicant) -> pd.Series:
    """Return a sensible amount to ask each candidate for, in USD.

    The median of what the funder gave to the applicant in the last ten years, else the middle of floor and ceiling, else the
    funder's median grant; brought within the profile's wish and within what is offered, else within what is usual, rounded to
    $500. NA where nothing is known of what the funder gives: then the wish alone would be a guess.
    """
    floor, ceiling = candidates["floor_usd"].astype("float64"), candidates["ceiling_usd"].astype("float64")
    ours = candidates["to_us_median_usd"].astype("float64")
    middle = (floor.fillna(ceiling / 10) * ceiling) ** 0.5
    usual = ours.fillna(middle).fillna(candidates["grant_median_usd"].astype("float64"))
    ask = usual.clip(lower=applicant.ask_min_usd, upper=applicant.ask_max_usd)
    # What it gave to us once, it can give again, however small its other grants are.
    usual_at_most = candidates["grant_p75_usd"].astype("float64").clip(lower=ours.fillna(0))
    largest = ceiling.fillna(usual_at_most)
    ask = ask.where(~(ask > largest), largest)
    ask = ask.where(~(ask < floor), floor)
    return (ask / 500).round() * 500


def effort(candidates: pd.DataFrame, ask_usd: pd.Series) -> pd.DataFrame:
    """Guess the hours of an application: a hundredth of the ask, within what is usual for the kind of funder.

    Returns
    -------
    frame with ``effort_hours``, ``effort_low_hours``, ``effort_high_hours``; NA where no ask is known
    """
    import pandas as pd

    least, most = candidates["kind"].map(LEAST_HOURS), candidates["kind"].map(MOST_HOURS)
    hours = (ask_usd * HOURS_PER_USD).clip(lower=least, upper=most).round(-1)
    return pd.DataFrame(
        {"effort_hours": hours, "effort_low_hours": (hours * RANGE[0]).round(), "effort_high_hours": (hours * RANGE[1]).round()}
    )


def start_by(deadline: pd.Series, effort_hours: pd.Series, rules: Rules) -> pd.Series:
    """Return the latest sensible day to start: the deadline less the stages of work, longer for more hours; NA without either."""
    import pandas as pd

    weeks = (FULL_LEAD_WEEKS * effort_hours / FULL_LEAD_AT_HOURS).clip(LEAST_LEAD_WEEKS, FULL_LEAD_WEEKS)
    days = pd.to_timedelta((7 * weeks).round(), unit="D")
    return (pd.to_datetime(deadline) - days).dt.normalize()
