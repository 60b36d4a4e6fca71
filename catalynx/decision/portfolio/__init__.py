"""Which applications to write with the hours there are, when, and by whom: the best plan under every limit, with its proof.

``plan`` chooses and schedules, ``frontier`` shows what fewer or more hours or less risk would mean, ``conflicts`` says which
limits contradict each other, ``bars`` makes rows for a Gantt chart, ``worth_of_hours`` solves again with more hours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from catalynx.decision.portfolio.answers import Binding, Conflict, Plan, Progress, Swap
from catalynx.decision.portfolio.terms import AIMS, Application, Limits, Member, Risk

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

USUAL_MONTHS, USUAL_SECONDS, USUAL_GAP = 12, 10.0, 1e-4


def plan(
    applications: Sequence[Application],
    staff: Sequence[Member],
    limits: Limits | None = None,
    *,
    as_of: date,
    months: int = USUAL_MONTHS,
    aim: str = "points",
    seconds: float = USUAL_SECONDS,
    gap: float = USUAL_GAP,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    clock: Callable[[], float] | None = None,
) -> Plan:
    """Choose the applications that are worth most within the hours and limits, and schedule the work.

    Parameters
    ----------
    applications : what may be written; those of which worth or hours are unknown are told apart in ``left_out``
    staff : persons or roles with their hours; somebody with several roles shares the hours among them
    limits : none when left out
    as_of : the day to count from; no work is planned before
    months : horizon; all work ends by its last day
    aim : "points", or "usd" for chance × value
    seconds : time limit of the solver; what is best so far is returned then, with its gap
    gap : how far from the best a plan may be to be good enough, as a share
    progress : is told of every better plan
    stop : asked often; the search ends soon after it says True
    clock : tells seconds, such as ``time.monotonic``; without one the seconds that the solver itself reports count

    Raises
    ------
    BadParameter
    """
    from catalynx.decision.portfolio.planning import planned

    return planned(
        applications,
        staff,
        limits or Limits(),
        as_of=as_of,
        months=months,
        aim=aim,
        seconds=seconds,
        gap=gap,
        progress=progress,
        stop=stop,
        clock=clock,
    )


def frontier(
    applications: Sequence[Application],
    staff: Sequence[Member],
    limits: Limits | None = None,
    *,
    as_of: date,
    months: int = USUAL_MONTHS,
    aim: str = "points",
    against: str = "hours",
    steps: int = 8,
    seconds: float = USUAL_SECONDS,
    gap: float = 1e-3,
    stop: Callable[[], bool] | None = None,
    clock: Callable[[], float] | None = None,
) -> pd.DataFrame:
    """Return the best value for every amount of hours (``against="hours"``) or of risk (``against="risk"``, aim "usd" only).

    Hours go from a share of those there are to all of them; risk from the least to what the best expected value takes.

    Returns
    -------
    one row a plan: ``along`` (hours of the plan, or expected less worst years in USD), ``value``, ``gap``, ``applications``,
    ``hours``, ``worst_years_usd`` (missing without risk), ``limit`` (the most hours, or the weight of risk), ``told``

    Raises
    ------
    BadParameter
    """
    from catalynx.decision.portfolio.frontiers import traced

    return traced(
        applications, staff, limits or Limits(), as_of=as_of, months=months, aim=aim, against=against, steps=steps,
        seconds=seconds, gap=gap, stop=stop, clock=clock,
    )  # fmt: skip


def conflicts(
    applications: Sequence[Application],
    staff: Sequence[Member],
    limits: Limits | None = None,
    *,
    as_of: date,
    months: int = USUAL_MONTHS,
    aim: str = "points",
    seconds: float = USUAL_SECONDS,
    clock: Callable[[], float] | None = None,
) -> Conflict | None:
    """Return limits that cannot be kept together, none of which is idle in the contradiction; None where a plan can be.

    One is left out after the other, and stays out if the rest contradict each other still (deletion filter).

    Raises
    ------
    BadParameter
    """
    from catalynx.decision.portfolio.contradicting import contradiction

    return contradiction(
        applications, staff, limits or Limits(), as_of=as_of, months=months, aim=aim, seconds=seconds, clock=clock
    )


def worth_of_hours(
    applications: Sequence[Application],
    staff: Sequence[Member],
    limits: Limits | None = None,
    *,
    as_of: date,
    more: float = 1.0,
    months: int = USUAL_MONTHS,
    aim: str = "points",
    seconds: float = USUAL_SECONDS,
    gap: float = USUAL_GAP,
    stop: Callable[[], bool] | None = None,
    clock: Callable[[], float] | None = None,
) -> pd.DataFrame:
    """Solve again with `more` hours a month for each member of staff in turn.

    Returns
    -------
    one row a member: ``who``, ``more_hours`` (in the whole horizon), ``value``, ``change`` (of the value), ``change_per_hour``,
    ``enters``, ``leaves`` (candidates), ``gap``, ``how`` (`answers.BY_SOLVING`)

    Raises
    ------
    BadParameter
    """
    from catalynx.decision.portfolio.frontiers import solved_with_more

    return solved_with_more(
        applications,
        staff,
        limits or Limits(),
        as_of=as_of,
        more=more,
        months=months,
        aim=aim,
        seconds=seconds,
        gap=gap,
        stop=stop,
        clock=clock,
    )


def bars(schedule: pd.DataFrame) -> pd.DataFrame:
    """Return one row an application and member of staff from a plan's schedule, from the first to the last day: a Gantt chart."""
    keys = ["candidate_id", "name", "who"]
    summed = schedule.groupby(keys, sort=False, as_index=False).agg(
        start=("start", "min"), finish=("finish", "max"), hours=("hours", "sum"), deadline=("deadline", "first")
    )
    return summed.sort_values(["start", "deadline", "candidate_id", "who"], ignore_index=True)


__all__ = [
    "AIMS", "Application", "Binding", "Conflict", "Limits", "Member", "Plan", "Progress", "Risk", "Swap",
    "bars", "conflicts", "frontier", "plan", "worth_of_hours",
]  # fmt: skip
