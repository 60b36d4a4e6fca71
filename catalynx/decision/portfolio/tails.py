"""Scenarios of what is won, and the mean of the worst of them (conditional value at risk)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from catalynx.decision.portfolio.rows import Floats
from catalynx.decision.portfolio.terms import Application, Risk


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """The value of a choice: ``(1 - weight) × worth + weight × mean of the worst scenarios``.

    The mean of the worst is the least over all ways to choose the worst scenarios, so that every way to choose them gives a plane
    which the mean never exceeds: `plane` is the one that touches at a choice.
    """

    worth: Floats
    weight: float
    worst: float
    """how many scenarios are the worst; the last of them may count in part"""
    won: Floats
    """scenarios × applications, what each brings"""
    brings: Floats = field(init=False)
    """the same, applications × scenarios: most choices are few of many"""

    def __post_init__(self) -> None:
        """Lay the outcomes out by application as well."""
        object.__setattr__(self, "brings", np.ascontiguousarray(self.won.T))

    @property
    def scale(self) -> float:
        """Return the size of the values, for tolerances."""
        return float(max(self.worth.max(initial=0.0), 1e-9))

    @property
    def sure(self) -> Floats:
        """Return what each application adds without a look at the scenarios."""
        return (1 - self.weight) * self.worth

    def value(self, chosen: Floats) -> float:
        """Return the value of a choice, whole or in parts."""
        sure = float(self.sure @ chosen)
        return sure if self.weight == 0 else sure + self.weight * self.worst_mean(chosen)

    def worst_mean(self, chosen: Floats) -> float:
        """Return the mean of the worst scenarios."""
        return self.mean_of_worst(self.outcomes(chosen))

    def outcomes(self, chosen: Floats) -> Floats:
        """Return what a choice brings in each scenario."""
        inside = np.flatnonzero(chosen)
        return np.asarray(chosen[inside] @ self.brings[inside])

    def mean_of_worst(self, outcomes: Floats) -> float:
        """Return the mean of the least of some outcomes, one a scenario."""
        places, shares = self._worst(outcomes)
        return float(outcomes[places] @ shares)

    def plane(self, chosen: Floats) -> Floats:
        """Return what each application adds in the scenarios that are the worst for a choice."""
        places, shares = self._worst(self.outcomes(chosen))
        return np.asarray(shares @ self.won[places])

    def _worst(self, outcomes: Floats) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Floats]:
        count = int(np.ceil(self.worst - 1e-9))
        places = np.argpartition(outcomes, count - 1)[:count]
        shares = np.full(count, 1 / self.worst)
        # The greatest of them stands at the end, and counts for what is left.
        shares[-1] = 1 - (count - 1) / self.worst
        return places, shares


def tail_of(applications: Sequence[Application], worth: Floats, risk: Risk, aim: str) -> Tail:
    """Draw the scenarios; none where risk does not count or the aim is not dollars.

    An application is won where a normal number, which those of one track share to the degree of ``risk.together``, lies
    below the one that its chance stands for.
    """
    if aim != "usd":
        return Tail(worth, 0.0, 1.0, np.zeros((1, len(applications))))
    from scipy.special import ndtri

    chance = np.array([one.chance or 0.0 for one in applications])
    value = np.array([one.value_usd or 0.0 for one in applications])
    if not applications:
        return Tail(worth, risk.weight, 1.0, np.zeros((risk.scenarios, 0)))
    own = np.stack([_numbers(risk, "candidate", one.candidate_id) for one in applications], axis=1)
    if risk.together:
        shared = {track: _numbers(risk, "track", track) for track in {one.track for one in applications}}
        common = np.stack([shared[one.track] for one in applications], axis=1)
        own = np.sqrt(risk.together) * common + np.sqrt(1 - risk.together) * own
    won = np.where(own < ndtri(chance), value, 0.0)
    return Tail(worth, risk.weight, max((1 - risk.level) * risk.scenarios, 1e-9), np.ascontiguousarray(won))


def _numbers(risk: Risk, kind: str, name: str) -> Floats:
    # The luck of an application, and of a track, is its own: it stays the same whichever others there are.
    return np.random.default_rng([risk.seed, *f"{kind} {name}".encode()]).standard_normal(risk.scenarios)
