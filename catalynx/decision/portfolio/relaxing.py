"""The relaxed problem, in which parts of applications may be chosen, solved again and again as rows, planes and bounds change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from catalynx.decision.portfolio.rows import Floats, Row

if TYPE_CHECKING:
    from highspy import Highs

    from catalynx.decision.portfolio.searching import Search

MOST_PLANES = 80


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """One solution: parts chosen, what the worst scenarios are taken for, the bound, and what each column would change."""

    chosen: Floats
    worst: float
    bound: float
    reduced: Floats


class Relaxation:
    """The relaxed problem in the solver, in units of the largest worth, so that tolerances mean the same for all."""

    def __init__(self, search: Search) -> None:
        from highspy import ObjSense

        self.search, self.program, self.tail = search, search.program, search.tail
        self.scale = self.tail.scale
        self.solver = quiet_solver()
        self.width = self.program.width
        self._all = np.arange(self.width, dtype=np.int32)
        add_columns(self.solver, self.tail.sure / self.scale, self.program.low, self.program.high)
        self.solver.changeObjectiveSense(ObjSense.kMaximize)
        if self.tail.weight:
            most = float(self.tail.won.sum(axis=1).max(initial=0.0)) / self.scale
            self.solver.addCol(self.tail.weight, 0.0, most, 0, np.empty(0, dtype=np.int32), np.empty(0))
        self.rows: list[Row | None] = []
        self._taken = 0
        self.take_rows()

    def take_rows(self) -> None:
        """Bring in the rows that the program has found since."""
        for one in self.program.rows[self._taken :]:
            add_row(self.solver, one)
            self.rows.append(one)
        self._taken = len(self.program.rows)

    def take_broken(self, found: Relaxed) -> bool:
        """Bring in the rows that a solution breaks; False when it breaks none."""
        broken = self.program.broken(found.chosen)
        self.program.rows += broken
        self.take_rows()
        return bool(broken)

    def add_plane(self, plane: Floats) -> None:
        """Bring in that the mean of the worst scenarios does not exceed a plane."""
        columns = np.flatnonzero(plane)
        places = np.append(columns, self.width).astype(np.int32)
        self.solver.addRow(-np.inf, 0.0, len(places), places, np.append(-plane[columns] / self.scale, 1.0))
        self.rows.append(None)

    def solve(self) -> Relaxed | None:
        """Return the solution; None where no choice keeps the rows.

        Raises
        ------
        ArithmeticError
            when the solver gives up
        """
        from highspy import HighsModelStatus

        before = self.solver.getRunTime()
        self.solver.run()
        self.search.watch.solver += max(self.solver.getRunTime() - before, 0.0)
        if self.solver.getModelStatus() in {HighsModelStatus.kUnknown, HighsModelStatus.kNotset}:
            # Once more from nothing: a start that does not fit can lead astray.
            self.solver.clearSolver()
            self.solver.run()
        status = self.solver.getModelStatus()
        if status in {HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible}:
            return None
        if status != HighsModelStatus.kOptimal:
            raise ArithmeticError(f"The solver ended a relaxed problem with {status.name}; report this as a defect.")
        solution = self.solver.getSolution()
        values = np.asarray(solution.col_value)
        worst = float(values[self.width]) * self.scale if self.tail.weight else 0.0
        bound = self.solver.getInfo().objective_function_value * self.scale
        return Relaxed(values[: self.width].clip(0, 1), worst, bound, np.asarray(solution.col_dual)[: self.width] * self.scale)

    def prices(self) -> list[tuple[Row, float]]:
        """Return the rows that have a price in the last solution, with the price of one more unit."""
        duals = np.asarray(self.solver.getSolution().row_dual) * self.scale
        return [(one, float(dual)) for one, dual in zip(self.rows, duals, strict=True) if one is not None and dual > 0]

    def set_bounds(self, low: Floats, high: Floats) -> None:
        """Fix columns."""
        self.solver.changeColsBounds(self.width, self._all, low, high)

    def probe(self, column: int, value: float, low: float, high: float, basis: Any) -> float:
        """Return the bound when a column is fixed; minus infinity where nothing is left. The column goes back to its bounds."""
        self.solver.changeColBounds(column, value, value)
        if basis is not None:
            self.solver.setBasis(basis)
        found = self.solve()
        self.solver.changeColBounds(column, low, high)
        return -np.inf if found is None else found.bound

    def purge(self) -> None:
        """Let go of planes that do not bind."""
        from highspy import HighsBasisStatus

        status = self.solver.getBasis().row_status
        idle = [
            place
            for place, one in enumerate(self.rows)
            if one is None and place < len(status) and status[place] == HighsBasisStatus.kBasic
        ]
        if idle:
            self.solver.deleteRows(len(idle), np.array(idle, dtype=np.int32))
            gone = set(idle)
            self.rows = [one for place, one in enumerate(self.rows) if place not in gone]

    def planes(self) -> int:
        """Return how many planes it holds."""
        return sum(one is None for one in self.rows)

    def tighten(self, found: Relaxed) -> bool:
        """Bring in what a solution breaks; False when it breaks nothing."""
        broken = self.take_broken(found)
        plane = self.tail.weight > 0 and found.worst - self.tail.worst_mean(found.chosen) > 1e-6 * self.scale
        if plane:
            self.add_plane(self.tail.plane(found.chosen))
        return broken or plane


def quiet_solver() -> Highs:
    """Return HiGHS on one thread that prints nothing."""
    from highspy import Highs

    solver = Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    return solver


def add_columns(solver: Highs, worth: Floats, low: Floats, high: Floats) -> None:
    """Add a column an application."""
    none = np.empty(0, dtype=np.int32)
    solver.addCols(len(worth), worth, low, high, 0, none, none, np.empty(0))


def add_row(solver: Highs, one: Row) -> None:
    """Add a row."""
    solver.addRow(-np.inf, one.most, len(one.columns), one.columns.astype(np.int32), one.used)
