"""Is there time? Days from today to the deadline, or to the month in which a program's announcements usually close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.counts import MONTHS, counted, read_counts
from catalynx.scoring.criterion import Row, made_of

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

MIDDLE_OF_MONTH = 15


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score the days left: 0 up to ``none_at_days``, 1 from ``full_at_days`` on.

    A program without a deadline counts to the middle of the month in which most of its earlier announcements closed. Unknown for
    an announcement without a deadline.
    """
    first, full = rules.limits["time.none_at_days"], rules.limits["time.full_at_days"]
    return ((_days(candidates, rules) - first) / (full - first)).clip(0, 1)


def _days(candidates: pd.DataFrame, rules: Rules) -> pd.Series:
    import pandas as pd

    days = (pd.to_datetime(candidates["deadline"]) - pd.Timestamp(rules.as_of)).dt.days.astype("Float64").astype("float64")
    if "season_counts" not in candidates:
        return days
    usual = candidates["season_counts"].where((candidates["kind"] == "program") & days.isna()).dropna()
    left = pd.Series({place: float(_until(_usual_month(text), rules)) for place, text in usual.items()}, dtype="float64")
    return days.fillna(left) if len(left) else days


def _usual_month(text: str) -> int:
    """Return the month that is named most often, of like ones the first."""
    counts = read_counts(text)
    return int(min(counts, key=lambda month: (-counts[month], int(month))))


def _until(month: int, rules: Rules) -> int:
    days = [
        (rules.as_of.replace(year=rules.as_of.year + later, month=month, day=MIDDLE_OF_MONTH) - rules.as_of).days
        for later in (0, 1)
    ]
    return next(left for left in days if left >= 0)


def _applies(candidates: pd.DataFrame) -> pd.Series:
    """Announcements always have an end; other candidates are asked where something is known of one."""
    known = candidates["deadline"].notna() | (candidates["kind"] == "opportunity")
    if "season_counts" in candidates:
        known |= (candidates["kind"] == "program") & candidates["season_counts"].notna()
    return known


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    if row["value"] is None:
        return "unknown: no deadline is stated"
    if row["deadline"] is None:
        month = _usual_month(row["season_counts"])
        left = counted(_until(month, rules), "day")
        return f"most of its earlier announcements closed in {MONTHS[month - 1]}, next in about {left}"
    left = (row["deadline"].date() - rules.as_of).days
    guess = " by the agency's estimate" if row["deadline_estimated"] is True else ""
    return f"{counted(left, 'day')} {'is' if left == 1 else 'are'} left{guess}"


CRITERION = made_of(
    "time", "Is there time?", ("kind", "deadline", "deadline_estimated"), values, _tell, also=("season_counts",), applies=_applies
)
