"""Hours of members with several roles: who gives which hours to which application, as a flow through intervals of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from catalynx.decision.portfolio.rows import TOLERANCE, Floats, Integers

if TYPE_CHECKING:
    from catalynx.decision.portfolio.staff_hours import Days


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Hours that flow: from a member in a cell of time to a demand; `edges` of demand and supply."""

    demands: list[tuple[str, int, int]]
    """role, first and last day"""
    asked: Floats
    edges: Integers
    """edges × (demand, member, cell)"""
    bounds: Integers
    """first day of each cell, and the day after the last"""
    there: Floats
    """members × cells"""


def least_cut(
    days: Days, needs: Mapping[str, Floats], first: Integers, last: Integers, chosen: Floats
) -> tuple[Floats, float, int, int, tuple[str, ...]] | None:
    """Return what asks for more than all who can serve it have, lifted to every application; None when nothing does.

    Returns
    -------
    hours of each application that only those members and days can give, the hours that they have, first and last day, roles
    """
    flow = flow_of(days, needs, first, last, chosen)
    if not len(flow.asked):
        return None
    given, price = _flowing(flow, np.ones(len(flow.edges)), exact=False)
    if given.sum() >= flow.asked.sum() - TOLERANCE * max(1.0, float(flow.asked.sum())):
        return None
    inside = price < 0.5
    served = np.unique(flow.edges[inside[flow.edges[:, 0]]][:, 1:], axis=0)
    # A cell without hours is no way out.
    taken = flow.there <= 0
    taken[served[:, 0], served[:, 1]] = True
    used = np.zeros(len(first))
    roles = []
    for role, hours in needs.items():
        members = days.serving(role)
        free = ~taken[members].all(axis=0)
        before = np.concatenate([[0], np.cumsum(free)])
        cell = np.searchsorted(flow.bounds, first, side="right") - 1
        after = np.searchsorted(flow.bounds, last, side="right")
        within = (hours > 0) & (before[after] == before[cell])
        used += np.where(within, hours, 0.0)
        if within.any():
            roles.append(role)
    asking = [place for place, there in enumerate(inside.tolist()) if there]
    since: int = min(flow.demands[place][1] for place in asking)
    until: int = max(flow.demands[place][2] for place in asking)
    return used, float(flow.there[taken].sum()), since, until, tuple(roles)


def flow_of(
    days: Days, needs: Mapping[str, Floats], first: Integers, last: Integers, chosen: Floats, cuts: Sequence[int] = ()
) -> Flow:
    """Return the flow of what is chosen: demands of the same role and days are one; `cuts` are days that begin a cell besides."""
    asked: dict[tuple[str, int, int], float] = {}
    for role, hours in needs.items():
        for place in np.flatnonzero(hours * chosen > TOLERANCE):
            key = (role, int(first[place]), int(last[place]))
            asked[key] = asked.get(key, 0.0) + float(hours[place] * chosen[place])
    ends = [place for _, start, end in asked for place in (start, end + 1)]
    bounds = np.unique(np.array([0, days.count, *ends, *cuts]).clip(0, days.count)).astype("int64")
    upto = np.concatenate([np.zeros((len(days.staff), 1)), np.cumsum(days.hours, axis=1)], axis=1)
    there = np.diff(upto[:, bounds], axis=1)
    edges = [
        (number, member, cell)
        for number, (role, start, end) in enumerate(asked)
        for member in days.serving(role)
        for cell in range(int(np.searchsorted(bounds, start)), int(np.searchsorted(bounds, end + 1)))
        if there[member, cell] > 0
    ]
    return Flow(list(asked), np.array(list(asked.values())), np.array(edges, dtype="int64").reshape(-1, 3), bounds, there)


def earliest(flow: Flow) -> Floats:
    """Return the hours of each edge, all that is asked, as early as the hours allow."""
    cost = -(flow.edges[:, 2] + 1.0) / (len(flow.bounds) + 1)
    return _flowing(flow, cost, exact=True)[0]


def _flowing(flow: Flow, worth: Floats, *, exact: bool) -> tuple[Floats, Floats]:
    # Hours of the edges with the most worth, and the dual price of each demand.
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, vstack

    count = len(flow.edges)
    if not count:
        return np.zeros(0), np.zeros(len(flow.asked))
    here = np.arange(count)
    to_demand = csr_array((np.ones(count), (flow.edges[:, 0], here)), shape=(len(flow.asked), count))
    cell = flow.edges[:, 1] * flow.there.shape[1] + flow.edges[:, 2]
    from_cell = csr_array((np.ones(count), (cell, here)), shape=(flow.there.size, count))
    sides: dict[str, Any] = {"A_ub": from_cell, "b_ub": flow.there.ravel(), "A_eq": to_demand, "b_eq": flow.asked}
    if not exact:
        sides = {"A_ub": vstack([to_demand, from_cell]), "b_ub": np.concatenate([flow.asked, flow.there.ravel()])}
    else:
        sides["b_ub"] = sides["b_ub"] + TOLERANCE * np.maximum(1.0, sides["b_ub"])
    solved = linprog(-worth, **sides, bounds=(0, None), method="highs-ds")
    if solved.x is None:
        raise ArithmeticError(f"The hours of a plan could not be shared out: {solved.message}")
    prices = -solved.ineqlin.marginals[: len(flow.asked)] if not exact else np.zeros(0)
    return np.asarray(solved.x), np.asarray(prices)
