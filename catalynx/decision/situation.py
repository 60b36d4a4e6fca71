"""What is known of the applicant that decides whether an application is feasible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

FRESH_YEARS: Final = 5
"""A gift counts in full for so many years: long enough for the staff and the books that managed it to be there."""
NOTHING_YEARS: Final = 15
"""From so many years on it no longer speaks of what can be managed now; in between it counts less year by year."""


def weight_of_age(years: float) -> float:
    """Return how much a gift counts that is so many years old: 1 up to 5 years, half at 10, nothing from 15 on."""
    return min(1.0, max(0.0, (NOTHING_YEARS - years) / (NOTHING_YEARS - FRESH_YEARS)))


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What one track gave to the applicant.

    Attributes
    ----------
    count : gifts and awards
    last_year : of the last one
    largest_usd : the largest, in dollars of its year
    years : of each; where nobody says, all count as the last one does
    """

    count: int
    last_year: int | None = None
    largest_usd: float | None = None
    years: tuple[int, ...] = ()

    def counted(self, year: int) -> float:
        """Return how many gifts that is in `year`, each by its age; those of a year that is not known count in full."""
        if self.years:
            return self.count - len(self.years) + sum(weight_of_age(year - one) for one in self.years)
        return float(self.count) if self.last_year is None else self.count * weight_of_age(year - self.last_year)


@dataclass(frozen=True, slots=True)
class Conduct:
    """How the applicant kept its duties in one regard: 1 as it should, 0 not at all, None unknown; with figures."""

    value: float | None
    because: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the applicant; None and nothing are unknown.

    Attributes
    ----------
    record : track → what it gave to the applicant, as far as it is on record; None when nothing could be looked up
    revenue_usd : total revenue of the latest return, else what the profile says
    reserve_months, reserve_year : how long its reserve lasts, and the tax year that tells it
    expenses_month_usd : what a month costs it; for what a reserve lacks in dollars
    federal_spent_usd, federal_spent_year : federal money spent, by its latest single audit
    fiscal_year_begins, audit_from_usd : the fiscal year of the day, and the federal money from which it needs a single audit
    conduct : late returns, findings of audits
    """

    record: Mapping[str, TrackRecord] | None = None
    revenue_usd: float | None = None
    reserve_months: float | None = None
    reserve_year: int | None = None
    expenses_month_usd: float | None = None
    federal_spent_usd: float | None = None
    federal_spent_year: int | None = None
    fiscal_year_begins: date | None = None
    audit_from_usd: float | None = None
    conduct: tuple[Conduct, ...] = field(default=())

    def __post_init__(self) -> None:
        """Keep what is told of tracks from being changed."""
        if self.record is not None:
            object.__setattr__(self, "record", MappingProxyType(dict(self.record)))

    @property
    def gifts(self) -> int | None:
        """Gifts and awards on record; None when nothing could be looked up."""
        return None if self.record is None else sum(one.count for one in self.record.values())

    @property
    def largest_usd(self) -> float | None:
        """The largest gift or award on record, in dollars of its year."""
        known = [one.largest_usd for one in (self.record or {}).values() if one.largest_usd is not None]
        return max(known, default=None)

    @property
    def first_federal(self) -> bool | None:
        """Whether no federal award is on record while other gifts are; None when that says nothing."""
        if self.record is None or not self.gifts:
            return None
        federal = self.record.get("federal")
        return (federal is None or federal.count == 0) and not self.federal_spent_usd
