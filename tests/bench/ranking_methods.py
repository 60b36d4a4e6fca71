"""Ranking 500 candidates by 10 criteria, against scikit-criteria and pymcdm, in turns in one process.

Each is called as its documentation shows, from arrays to scores: scikit-criteria builds its decision matrix and a result, pymcdm
looks its input over first, as ours does. The smallest of several times counts, for other work on the machine must not. Values are
random and complete; what ours takes with gaps is told without a peer, as no peer takes them.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import numpy as np

from catalynx.decision.ranking import ranked
from catalynx.decision.ranking.promethee import promethee

CANDIDATES, CRITERIA = 500, 10
SEED = 20261122
IN_A_TURN = 10
LEVELS = {"indifference": 0.05, "preference": 0.3}

type Rank = Callable[[], object]


def milliseconds(ours: Rank, peer: Rank, rounds: int) -> tuple[float, float]:
    """Return the time of a call of each, the smallest of several turns; a turn is some calls, as a page makes while it is used."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for rank, into in zip((ours, peer), times, strict=True):
            started = time.perf_counter()
            for _ in range(IN_A_TURN):
                rank()
            into.append(1000 * (time.perf_counter() - started) / IN_A_TURN)
    return min(times[0]), min(times[1])


def as_it_is(column: np.ndarray, cost: bool = False) -> np.ndarray:
    """Leave values as they are: pymcdm would scale them first, ours are within 0 and 1."""
    return column


def pairs(values: np.ndarray, weights: np.ndarray) -> list[tuple[str, str, float, int, Rank, Rank]]:
    """Method, peer, least ratio, rounds, and how ours and the peer are called."""
    import skcriteria
    from pymcdm.methods import PROMETHEE_II, TOPSIS, WSM
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.agg.topsis import TOPSIS as TOPSIS_OF_SKCRITERIA

    up = np.ones(CRITERIA)
    best = [max] * CRITERIA
    level = {name: np.full(CRITERIA, value) for name, value in zip("qp", LEVELS.values(), strict=True)}

    def scikit(method: type) -> Rank:
        return lambda: method().evaluate(skcriteria.mkdm(values, best, weights=weights)).e_

    def ours(method: str) -> Rank:
        return lambda: ranked(method, values, weights)

    return [
        ("weighted sum", "scikit-criteria", 20, 40, ours("weighted sum"), scikit(WeightedSumModel)),
        ("weighted sum", "pymcdm", 20, 40, ours("weighted sum"), lambda: WSM(as_it_is)(values, weights, up)),
        ("TOPSIS", "scikit-criteria", 20, 40, ours("topsis"), scikit(TOPSIS_OF_SKCRITERIA)),
        ("TOPSIS", "pymcdm", 20, 40, ours("topsis"), lambda: TOPSIS(as_it_is)(values, weights, up)),
        ("PROMETHEE II, usual", "pymcdm", 12, 5, ours("promethee"), lambda: PROMETHEE_II("usual")(values, weights, up)),
        (
            "PROMETHEE II, linear between thresholds", "pymcdm", 12, 5, lambda: promethee(values, weights, **LEVELS),
            lambda: PROMETHEE_II("vshape_2", **level)(values, weights, up),
        ),
    ]  # fmt: skip


def check(name: str, ours: object, peer: object) -> None:
    """Stop when the two disagree: a time of something else says nothing."""
    theirs = peer["similarity"] if name == "TOPSIS" and not isinstance(peer, np.ndarray) else peer
    theirs = theirs if isinstance(theirs, np.ndarray) else theirs["score"]  # type: ignore[index]
    np.testing.assert_allclose(np.asarray(ours), theirs, atol=1e-9)


def run() -> list[dict[str, object]]:
    """Return a row a method and peer, and one a method with gaps."""
    warnings.filterwarnings("ignore", message="Alternatives with indices")
    chance = np.random.default_rng(SEED)
    values, weights = chance.random((CANDIDATES, CRITERIA)), chance.dirichlet(np.ones(CRITERIA))
    size = f"{CANDIDATES} × {CRITERIA}"
    rows: list[dict[str, object]] = []
    for name, other, least, rounds, ours, peer in pairs(values, weights):
        check(name, ours(), peer())
        mine, theirs = milliseconds(ours, peer, rounds)
        rows.append({
            "name": f"{name}, {size}, against {other}", "ours": mine, "peer": theirs, "unit": "ms", "ratio": theirs / mine,
            "target": f">= {least} × faster", "ok": theirs / mine >= least,
        })  # fmt: skip
    gaps = np.where(chance.random(values.shape) < 0.2, np.nan, values)
    for name in ("weighted sum", "topsis", "promethee", "electre"):
        mine, _ = milliseconds(lambda name=name: ranked(name, gaps, weights), lambda: None, 5)  # type: ignore[misc]
        rows.append({
            "name": f"{name}, {size}, a fifth unknown", "ours": mine, "peer": None, "unit": "ms", "ratio": None,
            "target": "<= 100 ms", "ok": mine <= 100,
        })  # fmt: skip
    return rows
