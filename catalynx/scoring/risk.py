"""Signals → risk: the weighted mean of the signals that have data, with the share of the weight that had any.

A signal's weight is its dimension's, shared out among the signals of that dimension. One without data counts neither as no risk
nor as a middling one: it lowers the coverage, and the risk stays that of what is known. A dimension of which little is known thus
weighs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from catalynx.columns import RESULTS, empty_frame, require
from catalynx.scoring.limits import DIMENSIONS, Limits
from catalynx.scoring.risk_of_candidates import NEEDS
from catalynx.scoring.risk_signals import Facts, Signal, Told, signals

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

STRONGEST: Final = 3
LEAST_TOLD: Final = 0.01
"""Signals that add less than this to a risk are not among the strongest."""


def assess(candidates: pd.DataFrame, facts: Facts, limits: Limits | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ask every signal of the applicant and of every candidate, and join what they say.

    Parameters
    ----------
    candidates : one row a candidate: ``name`` and ``risk_of_candidates.NEEDS``
    facts : what is known of the applicant

    Returns
    -------
    rows as ``columns.RESULTS["risks"]`` in the order of `candidates`, and rows as ``columns.RESULTS["risk_signals"]``

    Raises
    ------
    MissingColumns
    """
    import pandas as pd

    require(candidates, (*NEEDS, "name"), name="candidates")
    limits = limits or Limits()
    asked = [signal for signal in signals() if limits.weights.get(signal.dimension, 0.0) > 0]
    weights = signal_weights(asked, limits)
    shared = {signal.name: signal.judge(facts, limits) for signal in asked if not signal.about_candidate}
    single = {signal.name: signal.judge(candidates, facts, limits) for signal in asked if signal.about_candidate}
    parts = [_shared_rows(asked, shared, weights)]
    parts += [_single_rows(signal, single[signal.name], candidates, weights) for signal in asked if signal.about_candidate]
    names, blank = RESULTS["risk_signals"].names, empty_frame("risk_signals")
    told = pd.concat([part for part in parts if len(part)], ignore_index=True).reindex(columns=names)
    values, because = _matrices(asked, shared, single, len(candidates))
    return _risks(candidates, asked, values, because, weights), told.astype(blank.dtypes.to_dict())


def signal_weights(asked: list[Signal], limits: Limits) -> dict[str, float]:
    """Return the share of the whole weight that each signal has: of its dimension's, by its weight within it."""
    whole = sum(limits.weights.get(name, 0.0) for name in {signal.dimension for signal in asked})
    within = {name: sum(signal.weight for signal in asked if signal.dimension == name) for name in DIMENSIONS}
    return {
        signal.name: limits.weights[signal.dimension] / whole * signal.weight / within[signal.dimension] for signal in asked
    }  # fmt: skip


def contributions(of_candidate: pd.DataFrame) -> pd.Series:
    """Return what each signal of one candidate adds to its risk; they sum to it.

    Parameters
    ----------
    of_candidate : its rows of ``columns.RESULTS["risk_signals"]`` and those that hold for all candidates

    Returns
    -------
    on the same index; NA where a signal has no data
    """
    require(of_candidate, ("value", "weight"), name="of_candidate")
    had_data = of_candidate["weight"].where(of_candidate["value"].notna(), 0.0).sum()
    return of_candidate["value"] * of_candidate["weight"] / (had_data or float("nan"))


def signals_of(told: pd.DataFrame, candidate_id: str) -> pd.DataFrame:
    """Return the signals of one candidate, those of the applicant among them, with what each adds to the risk.

    Returns
    -------
    rows as ``columns.RESULTS["risk_signals"]`` with ``contribution``, those that add most first
    """
    require(told, RESULTS["risk_signals"].names, name="told")
    found = told[told["candidate_id"].isna() | (told["candidate_id"] == candidate_id)]
    found = found.assign(contribution=contributions(found))
    return found.sort_values(["contribution", "weight", "signal"], ascending=[False, False, True], ignore_index=True)


def _shared_rows(asked: list[Signal], shared: dict[str, Told], weights: dict[str, float]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "dimension": signal.dimension, "signal": signal.name, "value": shared[signal.name].value,
            "weight": weights[signal.name], "because": shared[signal.name].because, "evidence": shared[signal.name].evidence,
        }
        for signal in asked
        if signal.name in shared
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(candidate_id=None)


def _single_rows(signal: Signal, said: pd.DataFrame, candidates: pd.DataFrame, weights: dict[str, float]) -> pd.DataFrame:
    return said[["value", "because", "evidence"]].assign(
        candidate_id=candidates["candidate_id"], dimension=signal.dimension, signal=signal.name, weight=weights[signal.name]
    )


def _matrices(
    asked: list[Signal], shared: dict[str, Told], single: dict[str, pd.DataFrame], count: int
) -> tuple[np.ndarray, list[list[str] | str]]:
    import numpy as np

    values = np.full((count, len(asked)), np.nan)
    because: list[list[str] | str] = []
    for place, signal in enumerate(asked):
        if signal.name in shared:
            told = shared[signal.name]
            values[:, place] = np.nan if told.value is None else told.value
            because.append(told.because)
        else:
            values[:, place] = single[signal.name]["value"].to_numpy(dtype="float64")
            because.append(list(single[signal.name]["because"]))
    return values, because


def _risks(
    candidates: pd.DataFrame, asked: list[Signal], values: np.ndarray, because: list[list[str] | str], weights: dict[str, float]
) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    known = ~np.isnan(values)
    weight = np.array([weights[signal.name] for signal in asked])
    found = candidates[["candidate_id", "kind", "name"]].copy()
    for dimension in DIMENSIONS:
        columns = [place for place, signal in enumerate(asked) if signal.dimension == dimension]
        found[dimension] = _mean(values[:, columns], weight[columns])
    found["risk"], found["coverage"] = _mean(values, weight).clip(0, 1), (known @ weight).clip(0, 1)
    added = np.where(known, values, 0.0) * weight
    added /= np.where(known.any(axis=1), known @ weight, 1.0)[:, None]
    found["strongest"], found["unknown"] = _told(added, known, because)
    blank = empty_frame("risks")
    return pd.DataFrame(found, columns=list(blank.columns)).astype({
        name: kind for name, kind in blank.dtypes.to_dict().items() if name not in {"strongest", "unknown"}
    })  # fmt: skip


def _mean(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the weighted mean of what is known in each row; NaN where nothing is."""
    import numpy as np

    known = ~np.isnan(values)
    had_data = known @ weight
    return np.divide(np.where(known, values, 0.0) @ weight, had_data, out=np.full(len(values), np.nan), where=had_data > 0)


def _told(added: np.ndarray, known: np.ndarray, because: list[list[str] | str]) -> tuple[list[list[str]], list[list[str]]]:
    """Return of each candidate what its strongest signals say, and what those without data say."""
    import numpy as np

    def said(row: int, place: int) -> str:
        told = because[place]
        return told if isinstance(told, str) else told[row]

    order = np.argsort(-added, axis=1, kind="stable")[:, :STRONGEST]
    strongest = [
        [said(row, place) for place in places if added[row, place] >= LEAST_TOLD] for row, places in enumerate(order.tolist())
    ]
    return strongest, [[said(row, place) for place in np.flatnonzero(~known[row]).tolist()] for row in range(len(added))]
