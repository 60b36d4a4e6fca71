"""Signals from returns and single audits on how the applicant is run: late returns, findings, weaknesses, an auditor's doubt."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TYPE_CHECKING

from catalynx.scoring.limits import Limits
from catalynx.scoring.risk_signals import Facts, Told, of_applicant, rows_in

if TYPE_CHECKING:
    import pandas as pd

AUDIT_IS_DUE_AFTER_DAYS = 275
"""A single audit is due nine months after the year's end [2 CFR 200.512]; before that nobody can know it."""


def due_dates(period_end: date) -> tuple[date, date]:
    """Return the last days to file a return of the 990 series: without, and with, the extension of six months.

    The 15th day of the fifth and eleventh month after the year's end; the next working day when that is none [26 CFR 1.6033-2(e),
    1.6072-1, 301.7503-1]. Of the holidays only those that can fall on such a day count.
    """
    return _day_due(period_end, 5), _day_due(period_end, 11)


def _day_due(period_end: date, months: int) -> date:
    month = period_end.month - 1 + months
    found = date(period_end.year + month // 12, month % 12 + 1, 15)
    while found.weekday() >= calendar.SATURDAY or _holiday(found):
        found += timedelta(days=1)
    return found


def _holiday(day: date) -> bool:
    """Whether `day` is the third Monday of January or February, or the day on which Emancipation Day is kept in April."""
    if day.month in (1, 2):
        return day.weekday() == calendar.MONDAY and 15 <= day.day <= 21
    if day.month != 4:
        return False
    kept = {5: 15, 6: 17}.get(date(day.year, 4, 16).weekday(), 16)  # Saturday, Sunday
    return day.day == kept


@of_applicant("compliance")
def late_returns(facts: Facts, limits: Limits) -> Told:
    """Returns made after the last day there was, extension included, as a share of the last years."""
    import pandas as pd

    known = facts.filings[facts.filings["form"].isin(["990", "990EZ", "990PF"])]
    known = known[known["filed_at"].notna() & known["period_end"].notna() & ~known["amended"].astype("boolean").fillna(False)]
    known = known.assign(made=pd.to_datetime(known["filed_at"].astype("str").str[:10], errors="coerce", format="%Y-%m-%d"))
    known = known[known["made"].le(pd.Timestamp(facts.as_of))]
    first = known.sort_values("made").drop_duplicates(["period_end", "form"]).sort_values("period_end").tail(limits.years_back)
    if first.empty:
        return Told(None, "unknown: no return with the moment it was made is on file")
    late = [
        f"that of the year to {end:%-d %b %Y} on {made:%-d %b %Y}, due {due:%-d %b %Y}"
        for end, made in zip(pd.to_datetime(first["period_end"]), first["made"], strict=True)
        if made.date() > (due := due_dates(end.date())[1])
    ]
    count = "1 return" if len(first) == 1 else f"{len(first)} returns"
    told = f"{len(late)} of {count} came after the last day, extension included" + (f": {'; '.join(late)}" if late else "")
    evidence = rows_in("filings", return_id=[str(one) for one in first["return_id"]])
    return Told(len(late) / len(first), told, evidence)


def audits_that_count(facts: Facts, limits: Limits) -> pd.DataFrame:
    """Return the audits of the last years that were due on the day, the oldest first."""
    import pandas as pd

    end = pd.to_datetime(facts.audits["fiscal_year_end"])
    last_of_year = pd.to_datetime(facts.audits["audit_year"].astype("Int64").astype("str") + "-12-31", errors="coerce")
    known_from = end.fillna(last_of_year) + pd.Timedelta(days=AUDIT_IS_DUE_AFTER_DAYS)
    found = facts.audits[known_from.le(pd.Timestamp(facts.as_of))].sort_values("audit_year")
    return found.tail(limits.years_back)


def _of_latest_audit(facts: Facts, limits: Limits, flag: str, yes: str, no: str) -> Told:
    import pandas as pd

    audits = audits_that_count(facts, limits)
    if audits.empty:
        return Told(None, "unknown: no single audit is on record")
    last = audits.iloc[-1]
    if pd.isna(last[flag]):
        return Told(None, f"unknown: the single audit of {last['audit_year']} does not say")
    said = bool(last[flag])
    return Told(float(said), f"the single audit of {last['audit_year']} {yes if said else no}", _audit(last))


def _audit(audit: pd.Series) -> str:
    return rows_in("audits", audit_id=str(audit["audit_id"]))


@of_applicant("financial", weight=2.0)
def going_concern(facts: Facts, limits: Limits) -> Told:
    """Whether the auditor doubts that it goes on."""
    yes, no = "doubts that it can go on (going concern)", "does not doubt that it can go on"
    return _of_latest_audit(facts, limits, "going_concern", yes, no)


@of_applicant("compliance")
def noncompliance(facts: Facts, limits: Limits) -> Told:
    """Whether the auditor found material noncompliance."""
    return _of_latest_audit(
        facts, limits, "material_noncompliance", "found material noncompliance", "found none that is material"
    )


@of_applicant("operational")
def internal_control(facts: Facts, limits: Limits) -> Told:
    """Weaknesses of its internal control: material ones count fully, significant deficiencies half."""
    material = _of_latest_audit(
        facts,
        limits,
        "material_weakness",
        "found a material weakness of internal control",
        "found no weakness of internal control",
    )
    if material.value != 0:
        return material
    yes = "found a significant deficiency of internal control"
    lesser = _of_latest_audit(facts, limits, "significant_deficiency", yes, "found no weakness of internal control")
    return lesser if not lesser.value else Told(0.5, lesser.because, lesser.evidence)


@of_applicant("compliance")
def audit_findings(facts: Facts, limits: Limits) -> Told:
    """Findings of its single audits: full where one is material, repeats an earlier one, or questions costs; half otherwise."""
    audits = audits_that_count(facts, limits)
    if audits.empty:
        return Told(None, "unknown: no single audit is on record")
    years = audits["audit_year"].astype("int64")
    span = f"{years.min()}" if years.min() == years.max() else f"{years.min()} to {years.max()}"
    count = "the single audit" if len(audits) == 1 else f"{len(audits)} single audits"
    found = facts.findings[facts.findings["audit_id"].isin(list(audits["audit_id"]))]
    ids = [str(one) for one in audits["audit_id"]]
    if found.empty:
        return Told(0.0, f"{count} of {span} had no finding on federal money", rows_in("audits", audit_id=ids))
    different = found.drop_duplicates(["audit_id", "reference"]) if found["reference"].notna().all() else found
    grave = {
        name: int(different[column].astype("boolean").fillna(False).sum())
        for name, column in (("material", "material_weakness"), ("repeated", "repeat"), ("questioning costs", "questioned_costs"))
    }
    told = ", ".join(f"{number} {name}" for name, number in grave.items() if number)
    because = f"{count} of {span} had {len(different)} finding{'' if len(different) == 1 else 's'} on federal money"
    return Told(1.0 if told else 0.5, because + (f" ({told})" if told else ""), rows_in("audit_findings", audit_id=ids))
