"""What a plan is told with: the rows that hold its worth back, the worth of one more hour, and the next best exchanges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from catalynx.decision.portfolio.answers import Binding, Swap
from catalynx.decision.portfolio.improving import Exchange, apply, exchanges, value_after
from catalynx.decision.portfolio.program import Program
from catalynx.decision.portfolio.relaxing import Relaxation
from catalynx.decision.portfolio.rows import Floats, Row
from catalynx.decision.portfolio.searching import Search
from catalynx.decision.portfolio.tails import Tail

MOST_LOOKED_AT = 400
WORTHLESS = 1e-6


def binding_of(search: Search, relaxed: Relaxation, chosen: Floats) -> tuple[Binding, ...]:
    """Return the rows that have a price in the relaxed problem, the most worth first; `relaxed` stands solved."""
    least = WORTHLESS * search.tail.scale
    found = [
        Binding(one.words, one.kind, " and ".join(one.roles), one.from_day, one.to_day, one.at(chosen), one.most, price)
        for one, price in relaxed.prices()
        if price > (least if one.kind != "share" else WORTHLESS)
    ]
    return tuple(sorted(found, key=lambda one: (-one.worth_of_one_more, one.limit)))


def worth_of_hours(program: Program, prices: list[tuple[Row, float]]) -> Mapping[str, float]:
    """Return role → what one more hour would add at the days when it is worth most: the prices of all rows that hold the day."""
    worth = {}
    for role in program.needs:
        per_day = np.zeros(program.days.count)
        for one, price in prices:
            if role in one.roles and one.from_day is not None and one.to_day is not None:
                per_day[program.days.place(one.from_day) : program.days.place(one.to_day) + 1] += price
        every = sum(price for one, price in prices if one.kind == "all hours")
        # An hour more helps only as far as the cap on all hours together lets it.
        worth[role] = float(per_day.max(initial=0.0)) if not every else 0.0
    return worth


def swaps_of(program: Program, tail: Tail, chosen: Floats, most: int) -> tuple[Swap, ...]:
    """Return the best exchanges of one application for another that keep every limit; they cost the least, or bring something."""
    if not program.width or not most:
        return ()
    outcomes = tail.outcomes(chosen) if tail.weight else np.zeros(1)
    value = tail.value(chosen)
    found: list[tuple[float, Exchange]] = []
    for number, one in enumerate(exchanges(program, tail, chosen, -np.inf)):
        # None that follows can be better than the worst that is kept: they come by the most that they can bring.
        if number >= MOST_LOOKED_AT or (len(found) >= most and one.at_most <= sorted(found, key=lambda it: -it[0])[most - 1][0]):
            break
        if one.leaves < 0:
            continue
        changed = chosen.copy()
        apply(one, changed)
        if program.keeps(changed):
            found.append((value_after(tail, chosen, outcomes, one) - value, one))
    found.sort(key=lambda it: (-it[0], it[1].leaves, it[1].enters))
    names = [one.candidate_id for one in program.applications]
    return tuple(
        Swap((names[one.leaves],), (names[one.enters],), change, float(program.hours[one.enters] - program.hours[one.leaves]))
        for change, one in found[:most]
    )
