"""What a user may change about scores and decisions, in one frozen object with defaults: dates, weights, thresholds, capacity.

Scoring and decision functions take it as an argument and read no clock, so the same rules give the same numbers
in a notebook, on a page, and in a test.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from types import MappingProxyType

from catalynx.errors import BadParameter

RECOMMENDATIONS = ("pursue now", "prepare", "consider later", "monitor", "decline")
KINDS = ("foundation", "program", "opportunity")


def _frozen[K, V](content: dict[K, V]) -> Mapping[K, V]:
    return MappingProxyType(content)


@dataclass(frozen=True, slots=True)
class Applicant:
    """What a score has to know of the organisation it is made for; anything may be unknown.

    Attributes
    ----------
    name : as people know it
    text : mission and focus areas in words; empty when unknown
    ntee_majors : major groups (letters) of its NTEE codes
    states : two-letter states it works in
    ask_min_usd, ask_max_usd : what it would like to ask for; None when open
    kinds : the kinds of funding it wants
    """

    ein: str | None = None
    text: str = ""
    ntee_majors: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    is_501c3: bool | None = None
    annual_revenue_usd: float | None = None
    ask_min_usd: float | None = None
    ask_max_usd: float | None = None
    kinds: tuple[str, ...] = KINDS
    accepts_government_money: bool = True
    cost_sharing_ok: bool | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one run; ``dataclasses.replace`` makes a changed copy.

    Attributes
    ----------
    as_of : the day for which everything is judged: nothing later counts
    weights : criterion → weight, by kind of candidate; a kind's weights need not sum to 1, a criterion without one does not count
    thresholds : recommendation → least score
    review_days : recommendation → days until it is looked at again
    least_coverage : share of the weight that must have data for "pursue now" or "prepare"
    scant_coverage : share of the weight that must have data for "consider later"
    least_fit : value of the criterion ``mission`` below which a candidate is at most monitored, however well the rest suits
    quiet_years : a foundation without a grant on record for longer is at most monitored until somebody has checked
    hours_per_month : staff hours for applications; None when unknown
    """

    as_of: date
    weights: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: _frozen({
            "foundation": {"mission": 0.30, "field": 0.15, "geography": 0.20, "size": 0.15, "recency": 0.10, "newcomers": 0.10},
            "program": {"mission": 0.45, "field": 0.10, "geography": 0.10, "size": 0.15, "recency": 0.20},
            "opportunity": {"mission": 0.50, "size": 0.20, "time": 0.30},
        })
    )  # fmt: skip
    thresholds: Mapping[str, float] = field(
        default_factory=lambda: _frozen(
            {"pursue now": 0.80, "prepare": 0.65, "consider later": 0.50, "monitor": 0.35, "decline": 0.0}
        )
    )
    review_days: Mapping[str, int] = field(
        default_factory=lambda: _frozen({"pursue now": 30, "prepare": 90, "consider later": 180, "monitor": 365, "decline": 365})
    )
    least_coverage: float = 0.7
    scant_coverage: float = 0.5
    least_fit: float = 0.3
    quiet_years: int = 5
    hours_per_month: float | None = None
    horizon_months: int = 3

    def __post_init__(self) -> None:
        """Refuse values that cannot be used."""
        for kind, weights in self.weights.items():
            if kind not in KINDS:
                raise BadParameter("weights", kind, f"for one of {', '.join(KINDS)}")
            for name, weight in weights.items():
                if not (math.isfinite(weight) and weight >= 0):
                    raise BadParameter(f"weights[{kind!r}][{name!r}]", weight, "a number of at least 0")
            if sum(weights.values()) <= 0:
                raise BadParameter(f"weights[{kind!r}]", dict(weights), "weights of which one is above 0")
        levels = [self.thresholds.get(name, math.nan) for name in RECOMMENDATIONS]
        if not all(0 <= low <= high <= 1 for high, low in pairwise(levels)):
            raise BadParameter(
                "thresholds", dict(self.thresholds), f"falling from {' to '.join(RECOMMENDATIONS)}, within 0 and 1"
            )
        if not 0 <= self.scant_coverage <= self.least_coverage <= 1:
            raise BadParameter(
                "scant_coverage, least_coverage",
                (self.scant_coverage, self.least_coverage),
                "within 0 and 1, the first at most the second",
            )
        if self.hours_per_month is not None and not (math.isfinite(self.hours_per_month) and self.hours_per_month >= 0):
            raise BadParameter("hours_per_month", self.hours_per_month, "a number of at least 0, or None when unknown")

    def plain(self) -> dict[str, object]:
        """Return the rules as plain JSON values, to be kept with a decision."""
        return {
            "as_of": self.as_of.isoformat(),
            "weights": {kind: dict(weights) for kind, weights in self.weights.items()},
            "thresholds": dict(self.thresholds),
            "review_days": dict(self.review_days),
            "least_coverage": self.least_coverage,
            "scant_coverage": self.scant_coverage,
            "least_fit": self.least_fit,
            "quiet_years": self.quiet_years,
            "hours_per_month": self.hours_per_month,
            "horizon_months": self.horizon_months,
        }
