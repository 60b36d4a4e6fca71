"""What planning answers with: the plan, what binds it, what nearly came in, and what contradicts itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

STATUSES = ("optimal", "within gap", "time is up", "cancelled", "infeasible", "nothing to choose")
"""``optimal`` and ``within gap`` are proven; ``time is up`` and ``cancelled`` hold the best found so far, with its gap."""
BY_DUAL = "dual of the relaxed problem, in which parts of applications may be written: a rate for small changes, not a promise"
BY_SOLVING = "solved again with the hours added: the whole difference between the two plans"
SCHEDULE = ("candidate_id", "name", "who", "role", "month", "start", "finish", "hours", "deadline")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the search stands: the best plan so far, what no plan can exceed, the proven gap and the seconds of the solver."""

    value: float | None
    bound: float
    gap: float
    seconds: float
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binding:
    """A limit that the plan uses up, or that holds its worth back.

    Attributes
    ----------
    limit : in words
    kind : "hours", "matching", "exclusion", "dependency", "share", "applications" or "all hours"
    role : whose hours, else empty
    from_day, to_day : the days within which the hours are short, else None
    used, available : in hours, dollars or applications
    worth_of_one_more : what one more hour (dollar, application) would add to the plan's value; see ``how``
    how : how it was computed
    """

    limit: str
    kind: str
    role: str
    from_day: date | None
    to_day: date | None
    used: float
    available: float
    worth_of_one_more: float
    how: str = BY_DUAL


@dataclass(frozen=True, slots=True)
class Swap:
    """A change of the plan that keeps every limit: what leaves, what enters, and what it costs (below 0) or brings."""

    leaves: tuple[str, ...]
    enters: tuple[str, ...]
    value_change: float
    hours_change: float


@dataclass(frozen=True, slots=True)
class Conflict:
    """Limits that cannot be kept together; each is needed for the contradiction: without any one of them it is gone."""

    limits: tuple[str, ...]

    def __str__(self) -> str:
        return "These cannot be kept together: " + "; ".join(self.limits) + ". Give up or widen one of them."


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The applications to write.

    Attributes
    ----------
    status : one of `STATUSES`
    chosen : candidates, the earliest deadline first
    schedule : one row an application, member of staff and month, with the columns `SCHEDULE`; see `bars` for a Gantt chart
    aim : "points" or "usd"
    value : what was maximised; None when nothing was found
    bound : no plan has more; None when nobody knows
    gap : (bound - value) / value, 0 for a proven best plan; infinite when unknown
    expected_usd, points : of what is chosen; sums of what is known
    worst_years_usd : mean of the worst scenarios; None without scenarios
    hours, hours_available : by role
    binding : what holds the value back, the most worth first
    worth_of_one_more_hour : role → what one more hour would add at the days when it is worth most, by the dual (see `BY_DUAL`)
    swaps : the next best plans that differ by one application, the best first
    left_out : candidate → why it could not be planned at all
    unknown_worth : candidates in the plan because they must be, of which nobody knows what they are worth
    conflict : why no plan can be, when ``status`` is "infeasible"
    seconds : of the solver
    """

    status: str
    chosen: tuple[str, ...]
    schedule: pd.DataFrame
    aim: str
    value: float | None
    bound: float | None
    gap: float
    expected_usd: float = 0.0
    points: float = 0.0
    worst_years_usd: float | None = None
    hours: Mapping[str, float] = field(default_factory=dict)
    hours_available: Mapping[str, float] = field(default_factory=dict)
    binding: tuple[Binding, ...] = ()
    worth_of_one_more_hour: Mapping[str, float] = field(default_factory=dict)
    swaps: tuple[Swap, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    unknown_worth: tuple[str, ...] = ()
    conflict: Conflict | None = None
    seconds: float = 0.0

    @property
    def proven(self) -> bool:
        """Whether it is proven that no plan is better by more than the gap that was asked for."""
        return self.status in {"optimal", "within gap", "nothing to choose"}

    def told(self) -> str:
        """Say in a sentence how good the plan is known to be."""
        if self.conflict is not None:
            return str(self.conflict)
        stopped = {"time is up": "The time was up", "cancelled": "It was cancelled"}.get(self.status)
        if stopped and self.value is None:
            return f"{stopped} before a plan was found."
        if stopped:
            more = (
                "nobody knows how much better a plan can be"
                if math.isinf(self.gap)
                else f"at most {self.gap:.1%} more is possible"
            )
            return f"{stopped}: the best plan found so far; {more}."
        if self.status == "nothing to choose":
            return "There is nothing to choose from."
        return "No plan is better." if self.status == "optimal" else f"No plan is better by more than {self.gap:.2%}."
