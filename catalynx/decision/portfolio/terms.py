"""What a plan is made from: applications, the staff's hours, and the limits that it has to keep."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from catalynx.rules import Commitment

AIMS = ("points", "usd")
"""What a plan gathers: points of the applications (their score), or expected dollars (chance × value)."""
UNLIMITED = 1.0
MOST_SCENARIOS = 10_000


@dataclass(frozen=True, slots=True)
class Application:
    """One application that may be written.

    Attributes
    ----------
    candidate_id, name, funder, track : whom it goes to
    value_usd : what is asked for; None when unknown
    chance : the chance that it is won, within 0 and 1, as the program's own award rate tells or as a person assumes; None when
        nobody knows, which is never taken for a number
    points : how good it is without dollars, such as a combined score; None when unknown
    hours : role (or person) → hours of work; None as a value when unknown
    weeks : time that the work needs from its start to the deadline at the least, whatever the hours
    start_from : first day on which work can begin; None for at once
    deadline : last day of work; None when none is known, then the horizon of the plan counts
    open_question : what has to be found out before any work, such as who may apply; with one it is planned only when it must be
    matching_usd : what the applicant has to add itself; None when it has to, and nobody knows how much
    """

    candidate_id: str
    name: str
    funder: str = ""
    track: str = ""
    value_usd: float | None = None
    chance: float | None = None
    points: float | None = None
    hours: Mapping[str, float | None] = field(default_factory=dict)
    weeks: float = 0.0
    start_from: date | None = None
    deadline: date | None = None
    matching_usd: float | None = 0.0
    open_question: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be."""
        if not self.candidate_id:
            raise BadParameter("candidate_id", self.candidate_id, "a text that names one candidate")
        told = f"of {self.candidate_id}"
        for name in ("value_usd", "points", "weeks", "matching_usd"):
            _least(f"{name} {told}", getattr(self, name), optional=name != "weeks")
        if self.chance is not None and not 0 <= self.chance <= 1:
            raise BadParameter(f"chance {told}", self.chance, "within 0 and 1, or None when unknown")
        for role, hours in self.hours.items():
            _least(f"hours[{role!r}] {told}", hours, optional=True)
        object.__setattr__(self, "hours", MappingProxyType(dict(self.hours)))

    def worth(self, aim: str) -> float | None:
        """Return what it adds to a plan of this aim; None when unknown."""
        if aim == "points":
            return self.points
        return None if self.chance is None or self.value_usd is None else self.chance * self.value_usd


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works on applications, or all who share a role.

    Attributes
    ----------
    name : a person, or a role
    hours_per_month : spread evenly over the weekdays of each month
    roles : the roles whose hours this member can give; none for the name itself
    from_day, to_day : first and last day there; None for always
    """

    name: str
    hours_per_month: float
    roles: tuple[str, ...] = ()
    from_day: date | None = None
    to_day: date | None = None

    def __post_init__(self) -> None:
        """Refuse hours and days that cannot be."""
        if not self.name:
            raise BadParameter("name of a member of staff", self.name, "a person or a role")
        _least(f"hours_per_month of {self.name}", self.hours_per_month)
        if self.from_day and self.to_day and self.from_day > self.to_day:
            raise BadParameter(f"from_day of {self.name}", self.from_day.isoformat(), f"at most to_day, {self.to_day}")
        object.__setattr__(self, "roles", tuple(self.roles) or (self.name,))


@dataclass(frozen=True, slots=True)
class Risk:
    """How much a bad year counts.

    A plan then gathers ``(1 - weight) × expected dollars + weight × mean of the worst years``: the worst share of ``1 - level``
    of scenarios in which each application is won or not by its chance (conditional value at risk, CVaR).

    Attributes
    ----------
    weight : 0 looks at the expected dollars only, 1 at the worst years only
    level : 0.9 looks at the worst tenth of the scenarios
    scenarios, seed : how many are drawn, and which
    together : how much applications of one track are won or lost together, 0 (each for itself) to 1; an assumption
    """

    weight: float = 0.0
    level: float = 0.9
    scenarios: int = 1000
    seed: int = 0
    together: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name in ("weight", "together"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadParameter(f"risk.{name}", getattr(self, name), "within 0 and 1")
        if not 0 <= self.level < 1:
            raise BadParameter("risk.level", self.level, "at least 0 and below 1")
        if not 1 <= self.scenarios <= MOST_SCENARIOS:
            raise BadParameter("risk.scenarios", self.scenarios, f"a whole number of 1 to {MOST_SCENARIOS:,}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan has to keep besides the hours.

    Attributes
    ----------
    matching_usd : most that may be promised as matching; None without limit
    exclusions : groups of candidates of which at most one is applied to
    dependencies : pairs: the first only together with the second
    must, must_not : candidates that have to be, or must not be, in the plan
    most_share_of_funder, most_share_of_track : most that one of them may have of the plan's expected worth, above 0 to 1
    most_applications : None without limit
    most_hours : of all staff together, over the whole plan; None for all there are
    commitments : other work, which takes of everybody's hours alike on its days, and never more than all of them
    risk : how much a bad year counts
    """

    matching_usd: float | None = None
    exclusions: tuple[tuple[str, ...], ...] = ()
    dependencies: tuple[tuple[str, str], ...] = ()
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    most_share_of_funder: float = UNLIMITED
    most_share_of_track: float = UNLIMITED
    most_applications: int | None = None
    most_hours: float | None = None
    commitments: tuple[Commitment, ...] = ()
    risk: Risk = Risk()

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name in ("matching_usd", "most_applications", "most_hours"):
            _least(name, getattr(self, name), optional=True)
        for name in ("most_share_of_funder", "most_share_of_track"):
            if not 0 < getattr(self, name) <= 1:
                raise BadParameter(name, getattr(self, name), "above 0 and at most 1")
        for name in ("must", "must_not"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "exclusions", tuple(tuple(group) for group in self.exclusions))
        object.__setattr__(self, "dependencies", tuple((one, needed) for one, needed in self.dependencies))

    def names(self) -> set[str]:
        """Return every candidate that a limit speaks of."""
        groups: Iterable[Collection[str]] = (*self.exclusions, *self.dependencies, self.must, self.must_not)
        return {one for group in groups for one in group}


def _least(name: str, value: float | None, *, optional: bool = False) -> None:
    if value is None and optional:
        return
    if value is None or not (math.isfinite(value) and value >= 0):
        raise BadParameter(name, value, "a number of at least 0" + (", or None when unknown or open" if optional else ""))
