"""Search for the choice with the best value where bad years count, with a proof of how good it is.

The mean of the worst scenarios is the least of very many planes. A few of them, made where the relaxed problem stands, say nearly
as much as all scenarios do and keep the problem so small that a node of the tree costs milliseconds. The first planes are made
between the last solution and a centre that follows slowly, so that far fewer are needed. Branches follow what was learnt of
an application (pseudo-costs), after a trial of both sides while little is known; what cannot be part of a better choice by its
reduced cost is fixed for good.

References
----------
Rockafellar, R. T. and Uryasev, S. (2000). Optimization of conditional value-at-risk. Journal of Risk 2, 21–41.
Künzi-Bay, A. and Mayer, J. (2006). Computational aspects of minimizing conditional value-at-risk. Computational Management
Science 3, 3–27.
Achterberg, T., Koch, T. and Martin, A. (2005). Branching rules revisited. Operations Research Letters 33, 42–54.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from catalynx.decision.portfolio.improving import filled, improved
from catalynx.decision.portfolio.relaxing import MOST_PLANES, Relaxation, Relaxed
from catalynx.decision.portfolio.rows import Floats
from catalynx.decision.portfolio.searching import Search

WHOLE = 1e-6
ROOT_ROUNDS, NODE_ROUNDS = 100, 25
PROBES, KNOWN_AFTER = 8, 2
ROUND_EVERY = 10
MOST_AGAIN = 100
HARDLY = 3e-4


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the choices: the columns that are fixed in it, and a bound."""

    bound: float
    fixed: dict[int, float]
    basis: Any = None
    again: int = 0


@dataclass
class Learnt:
    """What a column's way up (to 1) and down (to 0) has cost the bound so far, by the part that it went."""

    width: int
    cost: Floats = field(init=False)
    times: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is known yet."""
        self.cost, self.times = np.zeros((2, self.width)), np.zeros((2, self.width))

    def add(self, column: int, side: int, lost: float, part: float) -> None:
        """Take what one trial has cost."""
        self.cost[side, column] += lost / part
        self.times[side, column] += 1

    def known(self, column: int) -> bool:
        """Whether a column needs no more trials."""
        return bool(self.times[:, column].min() >= KNOWN_AFTER)

    def promise(self, columns: np.ndarray[Any, Any], parts: Floats) -> Floats:
        """Return how much either side of each column is expected to move the bound."""
        times = self.times[:, columns]
        every = self.times.sum(axis=1, keepdims=True)
        usual = np.divide(self.cost.sum(axis=1, keepdims=True), every, out=np.ones((2, 1)), where=every > 0)
        each = np.divide(self.cost[:, columns], times, out=np.broadcast_to(usual, times.shape).copy(), where=times > 0)
        product: Floats = np.maximum(each[0] * parts, 1e-9) * np.maximum(each[1] * (1 - parts), 1e-9)
        return product


def converged(relaxed: Relaxation) -> Relaxed | None:
    """Return the relaxed solution with so many planes that more would hardly lower it; None where no choice keeps the rows."""
    search, tail = relaxed.search, relaxed.tail
    centre: Floats | None = None
    least = -math.inf
    found = relaxed.solve()
    for number in range(ROOT_ROUNDS):
        if found is None:
            return None
        search.limit(found.bound)
        if search.watch.over():
            break
        broken = relaxed.take_broken(found)
        centre = found.chosen if centre is None else (found.chosen + centre) / 2
        least = max(least, tail.value(centre), tail.value(found.chosen))
        if found.bound - least < HARDLY * abs(found.bound) and not broken:
            break
        plane = tail.plane(centre)
        cuts_off = plane @ found.chosen < found.worst - 1e-6 * max(abs(found.worst), tail.scale)
        relaxed.add_plane(plane if cuts_off else tail.plane(found.chosen))
        if number % ROUND_EVERY == ROUND_EVERY - 1:
            relaxed.purge()
        found = relaxed.solve()
    relaxed.purge()
    return relaxed.solve()


class Tree:
    """Branch and bound over planes."""

    def __init__(self, search: Search) -> None:
        self.search, self.program, self.tail = search, search.program, search.tail
        self.relaxed = Relaxation(search)
        self.low, self.high = self.program.low.copy(), self.program.high.copy()
        self.learnt = Learnt(self.program.width)
        self.open: list[tuple[float, int, Node]] = []
        self.closed = -math.inf
        self._number = count()
        self._nodes = 0
        self._root: Relaxed | None = None

    def run(self) -> None:
        """Search until the gap is reached, nothing is left, or the time is."""
        self._begin()
        self._root = converged(self.relaxed)
        if self._root is None:
            self.search.impossible = not self.search.watch.over()
            return
        self._round(self._root)
        self._push(Node(self._root.bound, {}))
        while self.open:
            self.search.limit(max(-self.open[0][0], self.closed))
            if self.search.enough() or self.search.watch.over():
                return
            self._plunge(heapq.heappop(self.open)[2])
        self.search.impossible = self.search.chosen is None
        if self.search.chosen is not None:
            self.search.limit(max(self.closed, self.search.value))

    def _begin(self) -> None:
        # The first planes take a second or more; until then whoever waits sees what brings most an hour.
        start = filled(self.program, self.program.worth / np.maximum(self.program.hours, 1.0))
        if start is not None:
            self._offer(start)

    def _plunge(self, node: Node) -> None:
        # Down one side after the other while it stays promising; the other sides wait.
        going: Node | None = node
        while going is not None:
            if self.search.watch.over():
                self._push(going)
                return
            going = self._next(going)

    def _next(self, node: Node) -> Node | None:
        found = self._solved(node)
        if found is None:
            return None
        bound = min(found.bound, node.bound)
        if self.search.enough(bound):
            self._close(bound)
            return None
        self._nodes += 1
        parts = np.flatnonzero((found.chosen > WHOLE) & (found.chosen < 1 - WHOLE))
        if self._nodes % ROUND_EVERY == 1 or parts.size < 4:
            self._round(found)
        if not parts.size:
            return self._whole(node, found, bound)
        return self._branch(node, found, bound, parts)

    def _solved(self, node: Node) -> Relaxed | None:
        if self.relaxed.planes() > MOST_PLANES:
            self.relaxed.purge()
        low, high = self.low.copy(), self.high.copy()
        for column, value in node.fixed.items():
            low[column], high[column] = max(low[column], value), min(high[column], value)
        if (low > high).any():
            return None
        self.relaxed.set_bounds(low, high)
        if node.basis is not None and len(node.basis.row_status) == len(self.relaxed.rows):
            self.relaxed.solver.setBasis(node.basis)
        found = self.relaxed.solve()
        for _ in range(NODE_ROUNDS):
            if found is None or self.search.enough(found.bound) or not self.relaxed.tighten(found):
                break
            before, found = found.bound, self.relaxed.solve()
            if found is not None and before - found.bound < 1e-4 * abs(before):
                break
        return found

    def _whole(self, node: Node, found: Relaxed, bound: float) -> Node | None:
        chosen = np.round(found.chosen)
        self._offer(chosen)
        if self.relaxed.tighten(Relaxed(chosen, found.worst, found.bound, found.reduced)) and node.again < MOST_AGAIN:
            return Node(bound, node.fixed, again=node.again + 1)
        self._close(max(bound, self.tail.value(chosen)))
        return None

    def _branch(self, node: Node, found: Relaxed, bound: float, parts: np.ndarray[Any, Any]) -> Node | None:
        column, up, down = self._column(found, bound, parts)
        basis = self.relaxed.solver.getBasis()
        sides = [Node(min(bound, side), {**node.fixed, column: value}, basis) for side, value in ((up, 1.0), (down, 0.0))]
        first, second = sides if found.chosen[column] > 0.5 else sides[::-1]
        self._push(second)
        best = -self.open[0][0] if self.open else -math.inf
        wanted = self.search.wanted()
        if self.search.enough(first.bound) or (math.isfinite(wanted) and first.bound < best - 0.3 * (best - wanted)):
            self._push(first)
            return None
        return first

    def _column(self, found: Relaxed, bound: float, parts: np.ndarray[Any, Any]) -> tuple[int, float, float]:
        promise = self.learnt.promise(parts, 1 - found.chosen[parts])
        basis = self.relaxed.solver.getBasis()
        best, picked, probes = -1.0, (int(parts[0]), bound, bound), 0
        for place in np.argsort(-promise, kind="stable"):
            column = int(parts[place])
            if self.learnt.known(column):
                one = (column, bound, bound)
                moves = float(promise[place])
            elif probes < PROBES and not self.search.watch.over():
                probes += 1
                one, moves = self._probed(column, found, bound, basis)
            else:
                one, moves = (column, bound, bound), float(promise[place]) / 2
            if moves > best:
                best, picked = moves, one
        self.relaxed.solver.setBasis(basis)
        return picked

    def _probed(self, column: int, found: Relaxed, bound: float, basis: Any) -> tuple[tuple[int, float, float], float]:
        part = float(found.chosen[column])
        sides, lost = [], []
        for side, value, way in ((0, 1.0, 1 - part), (1, 0.0, part)):
            reached = self.relaxed.probe(column, value, self.low[column], self.high[column], basis)
            cost = max(bound - reached, 0.0) if math.isfinite(reached) else 0.1 * abs(bound)
            self.learnt.add(column, side, cost, way)
            sides.append(reached)
            lost.append(max(cost, 1e-9))
        return (column, sides[0], sides[1]), lost[0] * lost[1]

    def _round(self, found: Relaxed) -> None:
        start = filled(self.program, np.maximum(found.chosen, 1e-9))
        if start is not None:
            self._offer(improved(self.program, self.tail, start))

    def _offer(self, chosen: Floats) -> None:
        if not self.search.offer(chosen) or self._root is None:
            return
        # What would cost the root's bound more than there is to gain is fixed for good.
        wanted, spare = self.search.wanted(), self._root.bound - self.search.wanted()
        out = (self._root.chosen < WHOLE) & (-self._root.reduced > spare) & (self.high > self.low)
        into = (self._root.chosen > 1 - WHOLE) & (self._root.reduced > spare) & (self.high > self.low)
        if out.any() or into.any():
            self.high[out], self.low[into] = 0.0, 1.0
            self.closed = max(self.closed, wanted)

    def _push(self, node: Node) -> None:
        if math.isinf(node.bound) and node.bound < 0:
            return
        if self.search.enough(node.bound):
            self._close(node.bound)
        else:
            heapq.heappush(self.open, (-node.bound, next(self._number), node))

    def _close(self, bound: float) -> None:
        self.closed = max(self.closed, bound)
