"""Good choices quickly: fill the hours by a preference, then exchange one application for another as long as it helps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from catalynx.decision.portfolio.program import Program
from catalynx.decision.portfolio.rows import TOLERANCE, Flags, Floats, Integers, matrix
from catalynx.decision.portfolio.tails import Tail

MOST_TRIED = 300
MOST_EXCHANGES = 200
MOST_CELLS = 4_000_000


class Exchange(NamedTuple):
    """A column that leaves (-1 for none), one that enters, and the most that it can bring."""

    leaves: int
    enters: int
    at_most: float


def filled(program: Program, preference: Floats) -> Floats | None:
    """Return a choice: what must be with all it needs, then the rest by falling preference as it fits.

    None where what must be does not fit. Applications with a preference of 0 or less stay out.
    """
    needed = needs_of(program)
    chosen = np.zeros(program.width)
    for place in np.flatnonzero(program.low > 0.5):
        chosen[list(needed.get(int(place), {int(place)}))] = 1.0
    uses, most = matrix(program.rows, program.width)
    most = most + TOLERANCE * np.maximum(1.0, np.abs(most))
    load = uses @ chosen
    shares = np.array([one.kind == "share" for one in program.rows], dtype=bool)
    if (load > most)[~shares].any():
        return None
    for place in np.argsort(-preference, kind="stable"):
        if preference[place] <= 0:
            break
        columns = [one for one in needed.get(int(place), {int(place)}) if not chosen[one]]
        if not chosen[place] and program.high[columns].all():
            after = load + uses[:, columns].sum(axis=1)
            if (after <= most)[~shares].all():
                load = after
                chosen[columns] = 1.0
    return chosen


def needs_of(program: Program) -> dict[int, set[int]]:
    """Return, for each column that needs others, itself and all that it needs."""
    direct: dict[int, set[int]] = {}
    for one, needed in program.limits.dependencies:
        if one in program.place and needed in program.place:
            direct.setdefault(program.place[one], set()).add(program.place[needed])
    closed = {}
    for place in direct:
        found, waiting = {place}, [place]
        while waiting:
            new = direct.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        closed[place] = found
    return closed


def improved(program: Program, tail: Tail, chosen: Floats) -> Floats:
    """Return the choice after the first exchange that helps, then the next, until none does."""
    outcomes = tail.outcomes(chosen) if tail.weight else np.zeros(1)
    for _ in range(MOST_EXCHANGES):
        value = tail.value(chosen)
        better = next(
            (
                one
                for _, one in zip(range(MOST_TRIED), exchanges(program, tail, chosen, 1e-9 * tail.scale), strict=False)
                if value_after(tail, chosen, outcomes, one) > value + 1e-9 * tail.scale
            ),
            None,
        )
        if better is None:
            break
        apply(better, chosen := chosen.copy())
        outcomes = tail.outcomes(chosen) if tail.weight else outcomes
    return chosen


def exchanges(program: Program, tail: Tail, chosen: Floats, least: float) -> Iterator[Exchange]:
    """Give exchanges that keep the rows found so far and can bring more than `least`, those that can bring most first."""
    gain = tail.sure + (tail.weight * tail.plane(chosen) if tail.weight else 0.0)
    inside = np.append(np.flatnonzero((chosen > 0.5) & (program.low < 0.5)), -1)
    outside = np.flatnonzero((chosen < 0.5) & (program.high > 0.5))
    if not outside.size:
        return
    lost = np.where(inside >= 0, gain[inside], 0.0)
    brings = gain[outside][None, :] - lost[:, None]
    leaves, enters = np.nonzero(brings > least)
    order = np.argsort(-brings[leaves, enters], kind="stable")[: MOST_CELLS // max(1, len(program.rows))]
    leaves, enters = leaves[order], enters[order]
    kept = _kept(program, chosen, inside[leaves], outside[enters])
    for one, other in zip(leaves[kept], enters[kept], strict=True):
        yield Exchange(int(inside[one]), int(outside[other]), float(brings[one, other]))


def _kept(program: Program, chosen: Floats, leaves: Integers, enters: Integers) -> Flags:
    uses, most = matrix(program.rows, program.width)
    room = most - uses @ chosen + TOLERANCE * np.maximum(1.0, np.abs(most))
    kept = np.ones(len(leaves), dtype=bool)
    stays = leaves < 0
    for used, left in zip(uses, room, strict=True):
        kept &= used[enters] - np.where(stays, 0.0, used[leaves]) <= left
    return kept


def value_after(tail: Tail, chosen: Floats, outcomes: Floats, one: Exchange) -> float:
    """Return the value after an exchange; `outcomes` are those of the choice before it."""
    changed = chosen.copy()
    apply(one, changed)
    sure = float(tail.sure @ changed)
    if not tail.weight:
        return sure
    after = outcomes + tail.brings[one.enters] - (tail.brings[one.leaves] if one.leaves >= 0 else 0.0)
    return sure + tail.weight * tail.mean_of_worst(after)


def apply(one: Exchange, chosen: Floats) -> None:
    """Make an exchange in place."""
    chosen[one.enters] = 1.0
    if one.leaves >= 0:
        chosen[one.leaves] = 0.0
