"""What every search keeps: the best choice so far, what no choice can exceed, the time that is left, and who wants to know."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from catalynx.decision.portfolio.answers import Progress
from catalynx.decision.portfolio.program import Program
from catalynx.decision.portfolio.rows import Floats
from catalynx.decision.portfolio.tails import Tail

PROVEN = 1e-6
"""A gap that is nought to the solver's arithmetic."""
LEAST_SECONDS = 0.01


@dataclass
class Watch:
    """Seconds that are left, and whether somebody wants an end.

    With a `clock` its seconds count, without one those that the solver itself reports.
    """

    seconds: float
    stop: Callable[[], bool] | None = None
    clock: Callable[[], float] | None = None
    solver: float = 0.0
    cancelled: bool = False
    started: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        """Begin."""
        self.started = self.clock() if self.clock else 0.0

    def spent(self) -> float:
        """Return the seconds since the start."""
        return self.clock() - self.started if self.clock else self.solver

    def left(self) -> float:
        """Return the seconds that are left, a little even when there are none."""
        return max(self.seconds - self.spent(), LEAST_SECONDS)

    def over(self) -> bool:
        """Whether the search has to end now."""
        self.cancelled = self.cancelled or bool(self.stop and self.stop())
        return self.cancelled or self.spent() >= self.seconds


@dataclass
class Search:
    """One search for the best choice in a program; values are in the plan's own unit."""

    program: Program
    tail: Tail
    watch: Watch
    gap: float
    progress: Callable[[Progress], None] | None = None
    value: float = -math.inf
    chosen: Floats | None = None
    bound: float = math.inf
    impossible: bool = False

    def offer(self, chosen: Floats) -> bool:
        """Take a choice if it keeps every limit and is better than the best so far."""
        value = self.tail.value(chosen)
        if value <= self.value or not self.program.keeps(chosen):
            return False
        self.value, self.chosen = value, chosen.copy()
        self.tell()
        return True

    def limit(self, bound: float) -> None:
        """Take a proof that no choice is better than `bound`."""
        if bound < self.bound:
            self.bound = bound
            self.tell()

    def enough(self, bound: float | None = None) -> bool:
        """Whether what is at most `bound` (by default: the whole search) is not worth to be looked for any more."""
        return (self.bound if bound is None else bound) <= self.wanted()

    def wanted(self) -> float:
        """Return the value that a choice has to exceed to matter."""
        if self.chosen is None:
            return -math.inf
        return self.value + max(max(self.gap * (1 - 1e-9), PROVEN / 2) * abs(self.value), 1e-9 * self.tail.scale)

    def proven_gap(self) -> float:
        """Return by which share of the best value another could still be better."""
        if self.chosen is None or not math.isfinite(self.bound):
            return math.inf
        over = self.bound - self.value
        if over <= 1e-9 * self.tail.scale or (not self.value and self.proven()):
            return 0.0
        return over / abs(self.value) if self.value else math.inf

    def proven(self) -> bool:
        """Whether nothing is better but by what the solver's arithmetic cannot tell."""
        return self.chosen is not None and self.bound - self.value <= PROVEN * max(abs(self.value), self.tail.scale)

    def tell(self) -> None:
        """Tell whoever wants to know."""
        if self.progress is not None:
            found = self.chosen is not None
            names = (
                ()
                if self.chosen is None
                else tuple(
                    one.candidate_id for one, inside in zip(self.program.applications, self.chosen, strict=True) if inside > 0.5
                )
            )
            self.progress(Progress(self.value if found else None, self.bound, self.proven_gap(), self.watch.spent(), names))
