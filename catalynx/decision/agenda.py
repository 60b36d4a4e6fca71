"""What to do now, in one sentence with figures: the applications to start within the hours there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx.columns import require

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from catalynx.rules import Rules


@dataclass(frozen=True, slots=True)
class Agenda:
    """What fits into the hours of the coming months.

    Attributes
    ----------
    chosen : candidate_id of what to work on, best first
    hours, low_hours, high_hours : what that takes, and its range
    capacity_hours : hours there are over the horizon; None when the profile does not say
    next_deadline : the earliest among the chosen; None when none is known
    sentence : all that in plain words
    """

    chosen: tuple[str, ...]
    hours: float
    low_hours: float
    high_hours: float
    capacity_hours: float | None
    next_deadline: date | None
    sentence: str


def agenda(decisions: pd.DataFrame, rules: Rules) -> Agenda:
    """Choose, best first, what is to be pursued or prepared until the hours of the horizon are used.

    Raises
    ------
    MissingColumns
    """
    require(decisions, {"candidate_id", "recommendation", "effort_hours", "deadline", "rank"}, name="decisions")
    ready = decisions[
        decisions["recommendation"].isin(["pursue now", "prepare"]) & decisions["effort_hours"].notna()
    ].sort_values("rank")
    capacity = None if rules.hours_per_month is None else rules.hours_per_month * rules.horizon_months
    chosen, hours = [], 0.0
    for position, needed in zip(ready.index, ready["effort_hours"], strict=True):
        if capacity is None or hours + needed <= capacity:
            chosen.append(position)
            hours += needed
    picked = ready.loc[chosen]
    deadlines = picked["deadline"].dropna()
    first = None if deadlines.empty else deadlines.min().date()
    low, high = float(picked["effort_low_hours"].sum()), float(picked["effort_high_hours"].sum())
    sentence = _sentence(picked, len(ready) - len(picked), hours, capacity, rules)
    return Agenda(tuple(picked["candidate_id"]), hours, low, high, capacity, first, sentence)


def _sentence(picked: pd.DataFrame, left_out: int, hours: float, capacity: float | None, rules: Rules) -> str:
    if picked.empty:
        return "Nothing on record is ready to be pursued or prepared; complete the profile or add data, then look again."
    number = len(picked)
    what = "1 application" if number == 1 else f"{number} applications"
    used = f"about {hours:,.0f} hours" if capacity is None else f"about {hours:,.0f} of {capacity:,.0f} hours"
    sentence = f"Prepare {what} in the next {rules.horizon_months} months, {used}"
    dated = picked.dropna(subset=["deadline"])
    if not dated.empty:
        first = dated.sort_values("deadline", kind="stable").iloc[0]
        sentence += f"; the first deadline is {first['deadline']:%-d %b %Y} ({first['name']})"
    if left_out:
        sentence += f"; {left_out} more would not fit"
    return sentence + "."
