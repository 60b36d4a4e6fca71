"""What to do now, in one sentence with figures: the applications to start within the hours there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.decision.judging import said_day

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from catalynx.rules import Rules


NO_CANDIDATES = (
    "The lake holds no foundation, program or opportunity yet: `catalynx ingest PATH` reads files that do, "
    "`catalynx demo` those that ship."
)


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
    ready : candidates to pursue now or prepare, of which `chosen` are those that fit the hours
    """

    chosen: tuple[str, ...]
    hours: float
    low_hours: float
    high_hours: float
    capacity_hours: float | None
    next_deadline: date | None
    sentence: str
    ready: int = 0


def agenda(decisions: pd.DataFrame, rules: Rules) -> Agenda:
    """Choose, best first, what is to be pursued or prepared until the hours of the horizon are used.

    Raises
    ------
    MissingColumns
    """
    require(decisions, {"candidate_id", "recommendation", "effort_hours", "deadline", "rank"}, name="decisions")
    ready = decisions[decisions["recommendation"].isin(["pursue now", "prepare"])].sort_values("rank")
    guessed = ready[ready["effort_hours"].notna()]
    capacity = None if rules.hours_per_month is None else rules.hours_per_month * rules.horizon_months
    chosen, hours = [], 0.0
    for position, needed in zip(guessed.index, guessed["effort_hours"], strict=True):
        if capacity is None or hours + needed <= capacity:
            chosen.append(position)
            hours += needed
    picked = ready.loc[chosen]
    deadlines = picked["deadline"].dropna()
    first = None if deadlines.empty else deadlines.min().date()
    low, high = float(picked["effort_low_hours"].sum()), float(picked["effort_high_hours"].sum())
    sentence = NO_CANDIDATES if decisions.empty else _sentence(picked, ready, hours, capacity, rules)
    return Agenda(tuple(picked["candidate_id"]), hours, low, high, capacity, first, sentence, len(ready))


def _sentence(picked: pd.DataFrame, ready: pd.DataFrame, hours: float, capacity: float | None, rules: Rules) -> str:
    if ready.empty:
        return "Nothing on record is ready to be pursued or prepared; complete the profile or add data, then look again."
    too_large = int((ready["effort_hours"].notna() & ~ready.index.isin(picked.index)).sum())
    no_guess = int(ready["effort_hours"].isna().sum())
    left = [f"{too_large} would not fit"] if too_large else []
    left += [f"the hours of {no_guess} are not known"] if no_guess else []
    # The table counts all that are to be pursued or prepared, the hours allow some of them: one sentence says both.
    many = "1 application" if len(ready) == 1 else f"{len(ready)} applications"
    if picked.empty:
        return f"No work fits yet on the {many} to pursue or prepare: {'; '.join(left)}."
    what = many if len(picked) == len(ready) else f"{len(picked)} of the {many} to pursue or prepare"
    used = f"about {hours:,.0f} hours" if capacity is None else f"about {hours:,.0f} of {capacity:,.0f} hours"
    sentence = f"Work on {what} in the next {rules.horizon_months} months, {used}"
    if len(picked) == 1:
        sentence += f": {picked['name'].iloc[0]}"
    dated = picked.dropna(subset=["deadline"])
    if not dated.empty:
        first = dated.sort_values("deadline", kind="stable").iloc[0]
        sentence += f"; the first deadline is {said_day(first['deadline'])}{'' if len(picked) == 1 else f' ({first["name"]})'}"
    return "; ".join([sentence, *left]) + "."
