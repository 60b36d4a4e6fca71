"""Signals of single candidates: what they would mean for the applicant, whether there is time, and how steady their money is."""

from __future__ import annotations

from statistics import fmean, median, stdev
from typing import TYPE_CHECKING

from catalynx.scoring.counts import counted
from catalynx.scoring.limits import Limits
from catalynx.scoring.over_years import theil_sen
from catalynx.scoring.readiness import fiscal_year_of
from catalynx.scoring.risk_of_conduct import audits_that_count
from catalynx.scoring.risk_signals import Facts, between, of_candidate

if TYPE_CHECKING:
    import pandas as pd

LEAST_YEARS = 3
"""Years of money on record that decline and swings need."""
HOURS_SOUND, HOURS_FULL = 0.5, 1.5
"""Share of the staff hours until the deadline that an application takes: no risk up to the first, full from the second on."""
SCALE_FULL = 5.0
"""An award so many times the largest on record is a full risk; one no larger is none."""
DAYS_A_MONTH = 30.44
FEDERAL = ("program", "opportunity")

NEEDS = ("candidate_id", "kind", "ask_usd", "effort_hours", "deadline", "start_by", "cost_sharing", "money_by_year")
"""Columns of the candidates that these signals read; ``money_by_year`` maps years to dollars."""


def _said(candidates: pd.DataFrame, said: list[tuple[float | None, str]], evidence: bool = False) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(said, index=candidates.index, columns=["value", "because"]).astype({"value": "float64"})
    frame["evidence"] = candidates["evidence"] if evidence and "evidence" in candidates else None
    return frame


def _number(value: object) -> float | None:
    import pandas as pd

    return None if pd.isna(value) else float(str(value))  # type: ignore[call-overload]


@of_candidate("sustainability")
def award_share(candidates: pd.DataFrame, facts: Facts, limits: Limits) -> pd.DataFrame:
    """The ask as a share of the applicant's revenue: how much would hang on it."""
    revenue = facts.revenue_usd
    said: list[tuple[float | None, str]] = []
    for ask in map(_number, candidates["ask_usd"]):
        if ask is None:
            said.append((None, "unknown: no sensible ask is known"))
        elif revenue is None or revenue <= 0:
            said.append((None, "unknown: the applicant's revenue is not known to be above zero"))
        else:
            share = ask / revenue
            said.append((between(share, 0.0, 2 * limits.largest_share), f"${ask:,.0f} would be {share:.1%} of its revenue"))
    return _said(candidates, said)


@of_candidate("operational", weight=2.0)
def time_left(candidates: pd.DataFrame, facts: Facts, limits: Limits) -> pd.DataFrame:
    """Whether the latest sensible day to start is past: none before it, full at the deadline."""
    import pandas as pd

    today = pd.Timestamp(facts.as_of)
    said: list[tuple[float | None, str]] = []
    pairs = zip(pd.to_datetime(candidates["deadline"]), pd.to_datetime(candidates["start_by"]), strict=True)
    for deadline, start in pairs:
        if pd.isna(deadline) or pd.isna(start):
            said.append((None, f"unknown: no {'deadline' if pd.isna(deadline) else 'day to start'} is known"))
            continue
        left, lead = (deadline - today).days, (deadline - start).days
        told = f"{max(left, 0)} days are left of the {lead} that it takes"
        said.append((between(left, float(lead), 0.0) if lead > 0 else float(left <= 0), told))
    return _said(candidates, said)


@of_candidate("capacity", weight=2.0)
def hours(candidates: pd.DataFrame, facts: Facts, limits: Limits) -> pd.DataFrame:
    """Hours of the application over the staff hours until its deadline."""
    import pandas as pd

    today, monthly = pd.Timestamp(facts.as_of), facts.hours_per_month
    said: list[tuple[float | None, str]] = []
    for effort, deadline in zip(map(_number, candidates["effort_hours"]), pd.to_datetime(candidates["deadline"]), strict=True):
        if monthly is None or effort is None or pd.isna(deadline):
            lacking = "staff hours" if monthly is None else "effort" if effort is None else "deadline"
            said.append((None, f"unknown: no {lacking} {'are' if monthly is None else 'is'} known"))
            continue
        months = max((deadline - today).days, 0) / DAYS_A_MONTH
        there = monthly * months
        told = f"it takes {effort:,.0f} of the {there:,.0f} staff hours until the deadline"
        said.append((between(effort / there, HOURS_SOUND, HOURS_FULL) if there > 0 else 1.0, told))
    return _said(candidates, said)


@of_candidate("capacity")
def award_scale(candidates: pd.DataFrame, facts: Facts, limits: Limits) -> pd.DataFrame:
    """The ask over the largest gift or award on record: whether it ever managed one of that size."""
    largest = facts.largest_gift_usd
    said: list[tuple[float | None, str]] = []
    for ask in map(_number, candidates["ask_usd"]):
        if ask is None or largest is None or largest <= 0:
            why = "no sensible ask is known" if ask is None else "no gift or award to the applicant is on record"
            said.append((None, f"unknown: {why}"))
        else:
            told = f"${ask:,.0f} is {ask / largest:.1f} times the largest on record, ${largest:,.0f}"
            said.append((between(ask / largest, 1.0, SCALE_FULL), told))
    return _said(candidates, said)


@of_candidate("compliance", weight=0.5)
def cost_sharing(candidates: pd.DataFrame, facts: Facts, limits: Limits) -> pd.DataFrame:
    """Whether costs have to be shared, and the applicant cannot."""
    import pandas as pd

    said: list[tuple[float | None, str]] = []
    for required in candidates["cost_sharing"].astype("boolean"):
        if pd.isna(required):
            said.append((None, "unknown: whether costs have to be shared is not on record"))
        elif not required:
            said.append((0.0, "no cost sharing is required"))
        elif facts.cost_sharing_ok is None:
            said.append((None, "unknown: costs have to be shared, and the profile does not say whether it can"))
        else:
            can = facts.cost_sharing_ok
            said.append((0.0 if can else 1.0, f"costs have to be shared, which the profile says it can{'' if can else 'not'}"))
    return _said(candidates, said)


@of_candidate("compliance")
def single_audit(candidates: pd.DataFrame, facts: Facts, limits: Limits) -> pd.DataFrame:
    """Whether the award would bring a first single audit about; none for money that is not federal."""
    limit = limits.single_audit_usd(fiscal_year_of(facts.as_of, facts.year_end))
    audits = audits_that_count(facts, limits)
    spent = None if audits.empty else _number(audits.iloc[-1]["federal_expenditure_usd"])
    said: list[tuple[float | None, str]] = []
    for kind, ask in zip(candidates["kind"], map(_number, candidates["ask_usd"]), strict=True):
        if kind not in FEDERAL:
            said.append((0.0, "it is not federal money"))
        elif ask is None:
            said.append((None, "unknown: no sensible ask is known"))
        elif spent is not None and spent >= limit:
            said.append((0.0, f"it is audited already: ${spent:,.0f} of federal money in {audits.iloc[-1]['audit_year']}"))
        elif (spent or 0.0) + ask >= limit:
            beside = f" and ${spent:,.0f} of federal money beside it" if spent else ""
            said.append((1.0, f"${ask:,.0f}{beside} would bring a single audit about, due from ${limit:,.0f}"))
        elif spent is None:
            said.append((None, f"unknown: ${ask:,.0f} alone is below ${limit:,.0f}, and no other federal money is on record"))
        else:
            said.append((0.0, f"${ask:,.0f} and ${spent:,.0f} of federal money beside it are below ${limit:,.0f}"))
    return _said(candidates, said)


def _yearly(candidates: pd.DataFrame) -> list[dict[int, float]]:
    return [found if isinstance(found, dict) else {} for found in candidates["money_by_year"]]


def _too_few(by_year: dict[int, float]) -> str:
    return f"unknown: {counted(len(by_year), 'year')} of its money {'is' if len(by_year) == 1 else 'are'} on record, and " + (
        f"{LEAST_YEARS} are needed"
    )


@of_candidate("external")
def funder_decline(candidates: pd.DataFrame, facts: Facts, limits: Limits) -> pd.DataFrame:
    """Theil-Sen slope of the money that it gave or obligated a year, over the median year."""
    said: list[tuple[float | None, str]] = []
    for by_year in _yearly(candidates):
        slope = theil_sen(list(by_year), list(by_year.values()))
        middle = median(by_year.values()) if by_year else 0.0
        if slope is None or middle <= 0:
            said.append((None, _too_few(by_year)))
            continue
        yearly = slope / middle
        told = f"its money {'falls' if yearly < 0 else 'grows'} by {abs(yearly):.0%} a year, {min(by_year)} to {max(by_year)}"
        said.append((between(-yearly, 0.0, limits.decline_full), told))
    return _said(candidates, said, evidence=True)


@of_candidate("external")
def funder_swings(candidates: pd.DataFrame, facts: Facts, limits: Limits) -> pd.DataFrame:
    """Standard deviation of the money that it gave or obligated a year, over its mean."""
    said: list[tuple[float | None, str]] = []
    for by_year in _yearly(candidates):
        middle = fmean(by_year.values()) if by_year else 0.0
        if len(by_year) < LEAST_YEARS or middle <= 0:
            said.append((None, _too_few(by_year)))
            continue
        swing = stdev(by_year.values()) / middle
        told = f"its money swings by {swing:.0%} of its mean, {min(by_year)} to {max(by_year)}"
        said.append((between(swing, 0.0, 2 * limits.volatility_full), told))
    return _said(candidates, said, evidence=True)
