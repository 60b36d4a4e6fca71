"""The thresholds and weights of finance and risk, in one frozen object with defaults that a user can change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from catalynx.errors import BadParameter

DIMENSIONS: Final = ("financial", "operational", "sustainability", "compliance", "capacity", "external")
SINGLE_AUDIT_CHANGED: Final = date(2024, 10, 1)
SINGLE_AUDIT_USD: Final = (750_000.0, 1_000_000.0)
"""Federal expenditure from which a single audit is due, for fiscal years that begin before and from `SINGLE_AUDIT_CHANGED` on."""


def _weights() -> Mapping[str, float]:
    shares = (0.25, 0.20, 0.20, 0.15, 0.10, 0.10)
    return MappingProxyType(dict(zip(DIMENSIONS, shares, strict=True)))


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as sound; ``dataclasses.replace`` makes a changed copy. What each is taken from stands in ``docs/finance.md``.

    Attributes
    ----------
    weights : dimension of risk → weight; they need not sum to 1
    reserve_months : below this the reserve is a concern; it is no risk from twice that on
    cash_months : months of cash below which there is full, and at whose double there is no, risk
    largest_share : share of revenue above which an award, or a funder, is a concern
    liabilities_sound, liabilities_full : liabilities to assets up to which there is no, and from which there is full, risk
    volatility_full : revenue volatility of full risk
    decline_full : yearly decline of full risk, as a share of the median year
    years_back : years that count for deficits, late returns and audits
    """

    weights: Mapping[str, float] = field(default_factory=_weights)
    reserve_months: float = 3.0
    cash_months: float = 1.5
    largest_share: float = 0.25
    liabilities_sound: float = 0.4
    liabilities_full: float = 1.0
    volatility_full: float = 0.5
    decline_full: float = 0.2
    years_back: int = 5

    def __post_init__(self) -> None:
        """Refuse values that cannot be used."""
        for name, weight in self.weights.items():
            if name not in DIMENSIONS:
                raise BadParameter("weights", name, f"for one of {', '.join(DIMENSIONS)}")
            if not (math.isfinite(weight) and weight >= 0):
                raise BadParameter(f"weights[{name!r}]", weight, "a number of at least 0")
        if sum(self.weights.values()) <= 0:
            raise BadParameter("weights", dict(self.weights), "weights of which one is above 0")
        for name in ("reserve_months", "cash_months", "largest_share", "volatility_full", "decline_full"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise BadParameter(name, value, "a number above 0")
        if not 0 <= self.liabilities_sound < self.liabilities_full:
            raise BadParameter("liabilities_sound", self.liabilities_sound, f"below liabilities_full, {self.liabilities_full}")
        if self.years_back < 1:
            raise BadParameter("years_back", self.years_back, "at least 1")

    def single_audit_usd(self, begins: date) -> float:
        """Return the federal expenditure from which a single audit is due in a fiscal year that begins on `begins`."""
        return SINGLE_AUDIT_USD[begins >= SINGLE_AUDIT_CHANGED]
