"""Signals of what an award asks for besides the work: duties towards the funder, and whether the money suits the applicant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from catalynx.decision.judging import WHO_MAY_APPLY, Asked, Gap, Judged, Said, day_of, judged

DEPENDENT_AT: Final = 0.5
"""An award of that share of revenue is one that the applicant would depend on wholly [twice the limit of docs/finance.md]."""
REGISTRATION_DAYS: Final = 28
"""Registration for Grants.gov takes between three working days and four weeks [grants.gov, applicant registration]."""
REGISTERED_YEARS: Final = 1
"""A registration in SAM.gov lapses after a year."""


def may_apply(one: Asked) -> Judged:
    """Whether the hard rules let the applicant apply."""
    rows = zip(one.rows["eligibility"], one.rows["reason"], one.what, one.closing, strict=True)
    return judged(one, (_may_apply(verdict, reason or "nothing on record", what, day) for verdict, reason, what, day in rows))


def _may_apply(verdict: str, reason: str, what: str, closing: date) -> Said:
    if verdict == "passes":
        return 1.0, reason, None
    return None, f"unknown: {reason}", (f"{WHO_MAY_APPLY} to {what}", closing)


def registration(one: Asked) -> Judged:
    """Whether the applicant is registered to apply for federal money, as an award of the last year shows."""
    federal = (one.situation.record or {}).get("federal")
    last = None if federal is None else federal.last_year
    recent = last is not None and last >= one.rules.as_of.year - REGISTERED_YEARS
    return judged(one, (_registration(one, at, last, recent=recent) if asked else None for at, asked in enumerate(one.federal)))


def _registration(one: Asked, at: int, last: int | None, *, recent: bool) -> Said:
    if recent:
        return 1.0, f"a federal award to you is on record in {last}, which asks for a registration", None
    end = one.rows["ends"][at]
    closing = one.closing[at] if end != end else max(one.rules.as_of, day_of(end) - timedelta(days=REGISTRATION_DAYS))
    told = "no federal award to you is on record" if last is None else f"your last federal award on record is of {last}"
    gap = f"{'Register' if last is None else 'Check that your registration is active'} in SAM.gov for {one.what[at]}: {told}"
    return None, f"unknown: {told}, and a registration lapses after a year", (gap, closing)


def single_audit(one: Asked) -> Judged:
    """Whether the award would bring a first single audit about; asked of federal money alone."""
    return judged(one, (_single_audit(one, at) if asked else None for at, asked in enumerate(one.federal)))


def _single_audit(one: Asked, at: int) -> Said:
    ask, limit, spent = one.ask_usd[at], one.situation.audit_from_usd, one.situation.federal_spent_usd
    closing = one.closing[at]
    if ask != ask or limit is None:
        why = "no sensible ask is known" if ask != ask else "your fiscal year is not known"
        return (
            None,
            f"unknown: {why}, so nothing says whether a single audit follows",
            (f"Find out how much {one.what[at]} gives", closing),
        )
    if spent is not None and spent >= limit:
        return 1.0, f"you are audited already: ${spent:,.0f} of federal money in {one.situation.federal_spent_year}", None
    beside = f" and ${spent:,.0f} of federal money beside it" if spent else ""
    if (spent or 0.0) + ask >= limit:
        gap = f"Budget a first single audit with {one.what[at]}, or ask for less than ${limit - (spent or 0.0):,.0f}"
        return 0.0, f"${ask:,.0f}{beside} would bring a single audit about, due from ${limit:,.0f}", (gap, closing)
    if spent is None:
        told = f"unknown: ${ask:,.0f} alone is below the ${limit:,.0f} of a single audit; other federal money is on no record"
        return None, told, (f"Add up your federal money of the year: beside ${limit - ask:,.0f} no audit follows", closing)
    return 1.0, f"${ask:,.0f}{beside} is below the ${limit:,.0f} of a single audit", None


def conduct(one: Asked) -> Judged:
    """Whether returns came in time and audits were without findings, which federal agencies look at before they award."""
    known = [each for each in one.situation.conduct if each.value is not None]
    value = sum(each.value or 0.0 for each in known) / len(known) if known else None
    told = "; ".join(each.because for each in known)
    lacking = [each.because for each in known if (each.value or 0.0) < 1]

    def said() -> Iterator[Said | None]:
        for asked, closing, kind, name in zip(one.federal, one.closing, one.kind, one.what, strict=True):
            if not asked:
                yield None
            elif value is None:
                yield (
                    None,
                    "unknown: no return and no audit of yours is on file",
                    (f"Have your last audit and return at hand for {name}", closing),
                )
            else:
                gap: Gap = (
                    f"Explain in the {'application' if kind == 'opportunity' else 'letter'} to {name}: {' and '.join(lacking)}",
                    closing,
                )
                yield value, told, gap if lacking else None

    return judged(one, said())


def wish(one: Asked) -> Judged:
    """The ask over the least that is worth asking for."""
    least = one.applicant.ask_min_usd
    said: list[Said] = []
    for ask, name, closing in zip(one.ask_usd, one.what, one.closing, strict=True):
        if ask != ask or not least:
            why = (
                "no sensible ask is known"
                if ask != ask
                else "the profile does not say from which amount a grant is worth asking for"
            )
            what = f"Find out how much {name} gives" if ask != ask else f"Say whether ${ask:,.0f} is worth asking for"
            said.append((None, f"unknown: {why}", (what, closing)))
            continue
        told = f"${ask:,.0f} {'is at least' if ask >= least else 'falls short of'} the ${least:,.0f} that you look for"
        said.append(
            (ask / least, told, (f"Ask whether it would give ${least - ask:,.0f} more", closing) if ask < least else None)
        )
    return judged(one, said)


def dependence(one: Asked) -> Judged:
    """The ask as a share of revenue: how much would hang on it."""
    revenue = one.situation.revenue_usd
    said: list[Said] = []
    for ask, name, closing in zip(one.ask_usd, one.what, one.closing, strict=True):
        if ask != ask or revenue is None or revenue <= 0:
            why = "no sensible ask is known" if ask != ask else "your revenue is not known to be above zero"
            what = f"Find out how much {name} gives" if ask != ask else f"Say your revenue, to which ${ask:,.0f} can be compared"
            said.append((None, f"unknown: {why}", (what, closing)))
            continue
        share = ask / revenue
        gap = f"Plan what follows when ${ask:,.0f} a year ends, or ask for less than ${revenue * DEPENDENT_AT / 2:,.0f}"
        said.append((1 - share / DEPENDENT_AT, f"${ask:,.0f} would be {share:.1%} of your revenue", (gap, closing)))
    return judged(one, said)
