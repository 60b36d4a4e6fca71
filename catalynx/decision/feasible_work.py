"""Signals of what the work asks for: experience, hours, matching funds, reserve, and time.

Of every candidate 1 when nothing stands in the way, 0 when all does, NaN when unknown, each with its figures and with what would
close the gap.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

from catalynx.decision.judging import WHEN_IT_CLOSES, Asked, Judged, Said, day_of, judged, said_day
from catalynx.decision.situation import FRESH_YEARS, weight_of_age

TRACK_IN_WORDS: Final = MappingProxyType({
    "foundation": "foundations", "federal": "federal agencies", "government": "states and other governments",
    "corporate": "corporate foundations",
})  # fmt: skip
RECORDED_AS: Final = MappingProxyType({"foundation": "foundation", "corporate": "foundation", "federal": "federal"})
"""Track of a candidate → the track under which such gifts are on record; those of states are on none."""
FULL_RECORD, NONE_ON_RECORD = 3, 0.25
"""So many awards of one track are a full record; none on record is not none, for records have holes."""
SCALE_NONE_AT: Final = 5.0
"""An award so many times the largest on record was never managed; one no larger was."""
HOURS_SOUND, HOURS_NONE = 0.5, 1.5
"""Share of the staff hours until the deadline: what takes up to the first is easy, from the second on it cannot be done."""
RESERVE_MONTHS: Final = 3.0
"""Months of reserve that bear awards which are paid after the costs [docs/finance.md]."""


def track_record(one: Asked) -> Judged:
    """Whether this funder, or others of its track, gave to the applicant before, each gift by its age."""
    return judged(one, (_track_record(one, at) for at in range(len(one.ids))))


def _track_record(one: Asked, at: int) -> Said:
    gave = one.rows["gave"][at]
    return _of_funder(one, at, gave) if gave > 0 else _of_track(one, at)


def _of_funder(one: Asked, at: int, gave: float) -> Said:
    last = one.rows["gave_last"][at]
    told = f"it gave to you {gave:.0f} time{'' if gave == 1 else 's'} before"
    if last != last:
        return 1.0, told, None
    years = one.rules.as_of.year - last
    told += f", last in {last:.0f}"
    counts = weight_of_age(years)
    if counts < 1:
        told += f", {years:.0f} years ago"
    gap = f"Show {one.what[at]} what came of its gift of {last:.0f}, and awards since {_fresh(one)} that were managed well"
    return NONE_ON_RECORD + (1 - NONE_ON_RECORD) * counts, told, (gap, one.closing[at])


def _fresh(one: Asked) -> int:
    """Return the first year from which an award counts in full."""
    return one.rules.as_of.year - FRESH_YEARS


def _of_track(one: Asked, at: int) -> Said:
    record, track = one.situation.record, one.track[at]
    if record is None or not one.situation.gifts:
        why = "what you were given before could not be looked up" if record is None else "no gift or award to you is on record"
        return (
            None,
            f"unknown: {why}",
            (f"List for {one.what[at]} the awards from {TRACK_IN_WORDS[track]} that you have managed", one.closing[at]),
        )
    words = TRACK_IN_WORDS[RECORDED_AS.get(track, track)]
    if track not in RECORDED_AS:
        return (
            None,
            f"unknown: awards from {words} are on no record here",
            (f"List those that you have managed, for {one.what[at]}", one.closing[at]),
        )
    of_track = record.get(RECORDED_AS[track])
    if of_track is None or of_track.count == 0:
        gap = f"Win a partner that has managed awards from {words}, or show other work of the size of {one.what[at]}"
        return (
            NONE_ON_RECORD,
            f"none of the {one.situation.gifts} gifts to you on record came from {words}",
            (gap, one.closing[at]),
        )
    counted = of_track.counted(one.rules.as_of.year)
    when = "" if of_track.last_year is None else f", the last in {of_track.last_year}"
    told = f"{of_track.count} gift{'' if of_track.count == 1 else 's'} to you from {words} on record{when}"
    since = ""
    if counted < min(of_track.count, FULL_RECORD):
        told += f", which by age count as {counted:.1f}"
        since = f" since {_fresh(one)}"
    gap = f"Name {math.ceil(FULL_RECORD - counted)} more awards from {words}{since} that were managed well, for {one.what[at]}"
    return NONE_ON_RECORD + (1 - NONE_ON_RECORD) * min(1.0, counted / FULL_RECORD), told, (gap, one.closing[at])


def award_scale(one: Asked) -> Judged:
    """The ask over the largest award on record: whether one of that size was ever managed."""
    largest = one.situation.largest_usd
    said: list[Said] = []
    for ask, name, closing in zip(one.ask_usd, one.what, one.closing, strict=True):
        if ask != ask or largest is None or largest <= 0:
            why = "no sensible ask is known" if ask != ask else "no gift or award to you has an amount on record"
            what = (
                f"Find out how much {name} gives"
                if ask != ask
                else f"Name the largest award that you have managed, for ${ask:,.0f} asked"
            )
            said.append((None, f"unknown: {why}", (what, closing)))
            continue
        times = ask / largest
        gap = f"Ask for no more than ${largest:,.0f}, or show who would manage {times:.1f} times that"
        told = f"${ask:,.0f} is {times:.1f} times the largest to you on record, ${largest:,.0f}"
        said.append(((SCALE_NONE_AT - times) / (SCALE_NONE_AT - 1), told, (gap, closing)))
    return judged(one, said)


def staff_hours(one: Asked) -> Judged:
    """Hours of the application over the staff hours until its deadline, or over the horizon where none is known."""
    said: list[Said] = []
    for hours, there, left, name, closing in zip(one.hours, one.hours_there, one.left_days, one.what, one.closing, strict=True):
        until = "until the deadline" if left == left else f"of the next {one.rules.horizon_months} months"
        if hours != hours or there != there:
            why = "the hours that it takes are not known" if hours != hours else "nobody says how many hours the staff has"
            what = (
                f"Find out what an application to {name} asks for" if hours != hours else f"Say who has {hours:,.0f} hours for it"
            )
            said.append((None, f"unknown: {why}", (what, closing)))
            continue
        share = hours / there if there > 0 else float("inf")
        gap = f"Find {max(hours - there * HOURS_SOUND, 0):,.0f} more hours, so that it takes no more than half of those there are"
        value = (HOURS_NONE - share) / (HOURS_NONE - HOURS_SOUND)
        said.append((max(value, 0.0), f"it takes {hours:,.0f} of the {there:,.0f} staff hours {until}", (gap, closing)))
    return judged(one, said)


def matching_funds(one: Asked) -> Judged:
    """Whether costs have to be shared, and whether there is money for it; not asked of foundations, which hardly ever say."""
    said = [
        None if kind == "foundation" else _matching(one, at, shared)
        for at, (kind, shared) in enumerate(zip(one.kind, one.rows["cost_sharing"], strict=True))
    ]
    return judged(one, said)


def _matching(one: Asked, at: int, shared: bool | None) -> Said:
    closing, can, money, ask = one.closing[at], one.applicant.cost_sharing_ok, one.rules.matching_usd, one.ask_usd[at]
    if shared is None:
        return (
            None,
            "unknown: whether costs have to be shared is not on record",
            (f"Read in {one.what[at]} whether costs have to be shared", closing),
        )
    if not shared:
        return 1.0, "no costs have to be shared", None
    beside = "" if ask != ask else f" beside ${ask:,.0f}"
    if money is not None and ask == ask:
        gap = f"Find ${max(ask - money, 0):,.0f} more to match, or read that a smaller share is enough"
        told = f"costs have to be shared; ${money:,.0f} is there, and a share as large as the award would be ${ask:,.0f}"
        return min(1.0, money / ask) if ask > 0 else 1.0, told, (gap, closing)
    if can is None:
        return None, "unknown: costs have to be shared, and the profile does not say whether it can", (
            f"Decide from which money costs can be shared{beside}", closing)  # fmt: skip
    if can:
        return 1.0, "costs have to be shared, which the profile says it can", None
    return 0.0, "costs have to be shared, which the profile says it cannot", (f"Find somebody who shares costs{beside}", closing)


def reserve(one: Asked) -> Judged:
    """Whether the reserve bears public money, most of which comes after the costs."""
    public = [track in ("federal", "government") for track in one.track]
    months, month = one.situation.reserve_months, one.situation.expenses_month_usd
    said: list[Said | None] = []
    for asked, ask, name, closing in zip(public, one.ask_usd, one.what, one.closing, strict=True):
        if not asked:
            said.append(None)
        elif months is None:
            need = "" if ask != ask else f" ${ask:,.0f} of"
            said.append(
                (
                    None,
                    "unknown: how long your reserve lasts is not on file",
                    (f"Show how{need} costs are paid before the money of {name} comes", closing),
                )
            )
        else:
            year = "" if one.situation.reserve_year is None else f" of tax year {one.situation.reserve_year}"
            lacks = "" if month is None else f" of ${(RESERVE_MONTHS - months) * month:,.0f}"
            gap = f"Agree on advance payments or a credit line{lacks}, for most of {name} is paid after the costs"
            said.append(
                (
                    max(months, 0.0) / RESERVE_MONTHS,
                    f"your reserve{year} lasts {months:.1f} months of {RESERVE_MONTHS:g}",
                    (gap, closing),
                )
            )
    return judged(one, said)


def time_left(one: Asked) -> Judged:
    """Days until the deadline over the days that the stages of work and the staff's hours need."""
    said: list[Said] = []
    for left, lead, end, name, closing in zip(one.left_days, one.lead, one.rows["ends"], one.what, one.closing, strict=True):
        if left != left:
            said.append(
                (None, "unknown: when applications close is not on record", (f"{WHEN_IT_CLOSES} to {name} close", closing))
            )
        elif left < 0:
            said.append(
                (
                    0.0,
                    f"applications closed on {said_day(day_of(end))}",
                    (f"Find out when the next round of {name} opens", closing),
                )
            )
        elif lead != lead:
            said.append(
                (
                    None,
                    f"unknown: {left:.0f} days are left, and how much work it is is not known",
                    (f"Find out what an application to {name} asks for", closing),
                )
            )
        else:
            gap = f"Do the work of {lead:.0f} days in {left:.0f}, with more people, or wait for the next round"
            said.append(
                (left / lead if lead > 0 else 1.0, f"{left:.0f} days are left of the {lead:.0f} that it takes", (gap, closing))
            )
    return judged(one, said)
