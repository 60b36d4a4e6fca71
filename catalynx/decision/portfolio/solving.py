"""The best choice: by the solver's own search where only sums count, by a search over planes where bad years count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catalynx.decision.portfolio.branching import Tree
from catalynx.decision.portfolio.improving import filled, improved
from catalynx.decision.portfolio.relaxing import Relaxation, Relaxed, add_columns, add_row, quiet_solver
from catalynx.decision.portfolio.rows import Floats
from catalynx.decision.portfolio.searching import Search

if TYPE_CHECKING:
    from highspy import Highs

MOST_ROUNDS = 200


def search_out(search: Search) -> None:
    """Search until the gap is reached, or the time; what is found stands in `search`.

    Raises
    ------
    ArithmeticError
        when the solver gives up
    """
    if not search.program.width:
        search.offer(np.zeros(0))
        search.limit(0.0)
    elif search.tail.weight:
        Tree(search).run()
    else:
        _sums(search)


def relaxed_to_the_end(relaxed: Relaxation) -> Relaxed | None:
    """Return the relaxed solution that breaks no row and no plane; None where there is none (or the time is up before)."""
    search = relaxed.search
    for _ in range(MOST_ROUNDS):
        found = relaxed.solve()
        if found is None:
            search.impossible = True
            return None
        search.limit(found.bound)
        if search.watch.over() or not relaxed.tighten(found):
            break
    return found


def _sums(search: Search) -> None:
    found = relaxed_to_the_end(Relaxation(search))
    if found is None:
        return
    whole = np.round(found.chosen)
    if np.abs(whole - found.chosen).max() < 1e-9 and search.offer(whole) and search.enough():
        return
    start = filled(search.program, np.maximum(found.chosen, 1e-9))
    if start is not None:
        search.offer(improved(search.program, search.tail, start))
    while not (search.impossible or search.enough() or search.watch.over()):
        if not _whole(search):
            return


def _whole(search: Search) -> bool:
    # One run of the solver over the rows known so far; True when it broke others, so that another run is due.
    solver, scale = _model(search), search.tail.scale
    before = search.watch.solver
    _listen(solver, search, before)
    solver.run()
    search.watch.solver = before + solver.getRunTime()
    ended, info = solver.getModelStatus().name, solver.getInfo()
    if ended in {"kInfeasible", "kUnboundedOrInfeasible"}:
        search.impossible = search.chosen is None
        return False
    search.limit(info.mip_dual_bound * scale)
    if info.primal_solution_status != 2:
        return False
    chosen = np.round(np.asarray(solver.getSolution().col_value))
    search.offer(chosen)
    broken = search.program.broken(chosen)
    search.program.rows += broken
    return bool(broken)


def _model(search: Search) -> Highs:
    from highspy import HighsSolution, HighsVarType, ObjSense

    program, scale = search.program, search.tail.scale
    solver = quiet_solver()
    add_columns(solver, search.tail.sure / scale, program.low, program.high)
    solver.changeObjectiveSense(ObjSense.kMaximize)
    for one in program.rows:
        add_row(solver, one)
    every = np.arange(program.width, dtype=np.int32)
    solver.changeColsIntegrality(program.width, every, np.full(program.width, HighsVarType.kInteger))
    solver.setOptionValue("time_limit", search.watch.left())
    solver.setOptionValue("mip_rel_gap", search.gap)
    solver.setOptionValue("mip_abs_gap", 1e-9)
    if search.chosen is not None:
        start = HighsSolution()
        start.col_value = [float(one) for one in search.chosen]
        solver.setSolution(start)
    return solver


def _listen(solver: Highs, search: Search, before: float) -> None:
    from highspy import cb

    def heard(kind: Any, message: str, out: Any, into: Any, data: Any) -> None:
        search.watch.solver = before + out.running_time
        if np.isfinite(out.mip_dual_bound):
            search.limit(out.mip_dual_bound * search.tail.scale)
        if kind == int(cb.HighsCallbackType.kCallbackMipImprovingSolution):
            offered: Floats = np.round(np.asarray(out.mip_solution))
            search.offer(offered)
        elif search.watch.over():
            into.user_interrupt = True

    solver.setCallback(heard, None)
    solver.startCallback(cb.HighsCallbackType.kCallbackMipImprovingSolution)
    solver.startCallback(cb.HighsCallbackType.kCallbackMipInterrupt)
