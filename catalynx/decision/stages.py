"""The stages of work on an application: back from the deadline to the day to start, and the staff hours on the way.

Four stages take 4, 6, 12 and 4 weeks for an application of 400 hours and more; a smaller one takes its share, at least 4 weeks.
Nothing here knows holidays: hours are spread evenly over all days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from catalynx.errors import BadParameter
from catalynx.rules import Post

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.rules import Commitment, Rules

    type Floats = np.ndarray[Any, np.dtype[np.float64]]

STAGES: Final = MappingProxyType({"plan": 4.0, "research": 6.0, "write": 12.0, "review and submit": 4.0})
"""Stage of work → weeks, of an application that takes the full lead."""
FULL_LEAD_WEEKS: Final = sum(STAGES.values())
FULL_LEAD_AT_HOURS: Final = 400.0
LEAST_LEAD_WEEKS: Final = 4.0
DAYS_A_MONTH: Final = 30.44
LONGEST_DAYS: Final = 3653.0
"""No work is looked for further back than ten years."""


def lead_days(effort_hours: pd.Series) -> pd.Series:
    """Return the days from the start of an application to its deadline by the stages of work; NA without hours."""
    weeks = (FULL_LEAD_WEEKS * effort_hours.astype("float64") / FULL_LEAD_AT_HOURS).clip(LEAST_LEAD_WEEKS, FULL_LEAD_WEEKS)
    return (7 * weeks).round()


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Staff hours for applications over time: a rate that changes on some days.

    Attributes
    ----------
    first_days : days since 1970 from which each rate holds; the first rate, which holds before as well, is that of the past
    rates : hours a day
    gathered : hours from ``first_days[0]`` to each of them
    """

    first_days: Floats
    rates: Floats
    gathered: Floats

    def hours_until(self, days: Floats) -> Floats:
        """Return the hours from the first day of the calendar to `days` (days since 1970), fewer than 0 before it; NaN stays."""
        import numpy as np

        at = np.clip(np.searchsorted(self.first_days, days, side="right") - 1, 0, None)
        return self.gathered[at] + (days - self.first_days[at]) * self.rates[at]

    def latest_start(self, ends: Floats, hours: Floats) -> Floats:
        """Return the last days on which `hours` of work can begin and still be done by `ends`; −∞ where they never can."""
        import numpy as np

        wanted = self.hours_until(ends) - hours
        at = np.clip(np.searchsorted(self.gathered, wanted, side="right") - 1, 0, None)
        rate = self.rates[at]
        with np.errstate(divide="ignore", invalid="ignore"):
            days = np.floor(self.first_days[at] + (wanted - self.gathered[at]) / rate + 1e-9)
        # Before the first day the first rate holds; with none of it, what is missing can never be made up.
        never = (rate <= 0) & (wanted < self.gathered[0])
        days = np.where(never, -np.inf, np.where((rate <= 0) & (wanted >= self.gathered[0]), ends, days))
        return np.where(np.isnan(ends) | np.isnan(hours), np.nan, np.minimum(days, ends))


def staff_calendar(rules: Rules) -> Calendar | None:
    """Return the staff's hours less other commitments, as the rules have them; None when nobody says how many there are.

    Commitments take of the hours there are on their days, and never more than all of them.
    """
    posts = rules.staff or _usual(rules.hours_per_month)
    return None if posts is None else calendar_of(posts, rules.commitments, rules.as_of)


def _usual(hours_per_month: float | None) -> tuple[Post, ...] | None:
    return None if hours_per_month is None else (Post("staff", hours_per_month),)


def calendar_of(posts: Sequence[Post], commitments: Sequence[Commitment], as_of: date) -> Calendar:
    """Return the hours that `posts` leave beside `commitments` from `as_of` on.

    What is past only tells how late it is: there the posts of `as_of` count whole.
    """
    import numpy as np

    spans = [(_day(one.from_day, -np.inf), _day(one.to_day, np.inf) + 1, one.hours_per_month / DAYS_A_MONTH) for one in posts]
    for one in commitments:
        start, end = _day(one.from_day, -np.inf), _day(one.to_day, np.inf) + 1
        spans.append((start, end, -one.hours / (end - start)))
    first = float(_day(as_of, 0.0))
    changes = {first, *(day for start, end, _ in spans for day in (start, end) if first < day < np.inf)}
    days = np.array(sorted(changes))
    rates = np.zeros(len(days))
    for start, end, rate in spans:
        rates += np.where((days >= start) & (days < end), rate, 0.0)
    rates = np.maximum(rates, 0.0)
    past = sum(rate for start, end, rate in spans[: len(posts)] if start <= first < end)
    days, rates = np.concatenate([[first - LONGEST_DAYS], days]), np.concatenate([[past], rates])
    return Calendar(days, rates, np.concatenate([[0.0], np.cumsum(np.diff(days) * rates[:-1])]))


def _day(day: date | None, otherwise: float) -> float:
    return otherwise if day is None else float((day - date(1970, 1, 1)).days)


def days_of(moments: pd.Series) -> Floats:
    """Return dates as days since 1970; NaN where missing."""
    import numpy as np
    import pandas as pd

    days = pd.to_datetime(moments).to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype("int64").astype("float64"))


def hours_left(deadline: pd.Series, rules: Rules) -> pd.Series:
    """Return the staff hours from the day of the rules to each deadline; over the horizon without one; NA when nobody says.

    They are what the staff has for all applications together.
    """
    import numpy as np
    import pandas as pd

    calendar = staff_calendar(rules)
    if calendar is None:
        return pd.Series(np.nan, deadline.index, dtype="float64")
    ends = days_of(deadline)
    horizon = float(_day(rules.as_of, 0.0)) + rules.horizon_months * DAYS_A_MONTH
    today = np.array([_day(rules.as_of, 0.0)])
    there = calendar.hours_until(np.where(np.isnan(ends), horizon, ends)) - calendar.hours_until(today)
    return pd.Series(np.maximum(there, 0.0), deadline.index)


def start_by(deadline: pd.Series, effort_hours: pd.Series, rules: Rules) -> pd.Series:
    """Return the latest sensible day to start: the earlier of what stages of work and staff hours need; NA where unknown.

    Where the staff's hours never reach, the stages alone count: that there are too few hours is told apart.
    """
    import numpy as np
    import pandas as pd

    ends, hours = days_of(deadline), effort_hours.to_numpy(dtype="float64", na_value=np.nan)
    days = ends - lead_days(effort_hours).to_numpy(dtype="float64", na_value=np.nan)
    if (calendar := staff_calendar(rules)) is not None:
        by_hours = calendar.latest_start(ends, hours)
        # A start in years long gone says no more than "too late", and no date can hold it.
        days = np.where(np.isfinite(by_hours), np.fmin(days, np.maximum(by_hours, ends - LONGEST_DAYS)), days)
    found = np.where(np.isnan(days), np.iinfo("int64").min, np.nan_to_num(days).astype("int64")).astype("datetime64[D]")
    return pd.Series(pd.to_datetime(found), deadline.index).astype("datetime64[us]")


def stages_of(deadline: date, effort_hours: float, *, start: date | None = None) -> pd.DataFrame:
    """Lay the stages of work out back from a deadline.

    Parameters
    ----------
    start : first day of work; as `lead_days` says when None. A late start presses every stage alike.

    Returns
    -------
    one row a stage, in order: ``stage``, ``start``, ``finish`` (the day the next one starts; the last ends on the deadline),
    ``hours``, the share of the effort that its weeks have

    Raises
    ------
    BadParameter
    """
    import pandas as pd

    if not 0 < effort_hours < float("inf"):
        raise BadParameter("effort_hours", effort_hours, "a number above 0")
    days = float(lead_days(pd.Series([effort_hours])).iloc[0]) if start is None else float((deadline - start).days)
    if days < 0:
        raise BadParameter("start", start, f"on or before the deadline, {deadline}")
    end, rows, before = pd.Timestamp(deadline), [], 0.0
    for name, weeks in STAGES.items():
        after = before + weeks / FULL_LEAD_WEEKS
        begins, finishes = (end - pd.Timedelta(days=round(days * (1 - share))) for share in (before, after))
        rows.append((name, begins, finishes, effort_hours * weeks / FULL_LEAD_WEEKS))
        before = after
    return pd.DataFrame(rows, columns=["stage", "start", "finish", "hours"])
