"""Which inputs move an outcome: one at a time (tornado), all at once (Sobol, Morris, PAWN), and where a decision stays the same.

Each takes a function of the inputs, whatever it runs: a score, the whole pipeline, the value of a plan. It is called with a
mapping of every input's name to its value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from catalynx.errors import BadParameter

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

type Function = Callable[[Mapping[str, float]], float]
type Decide = Callable[[Mapping[str, float]], Hashable]
type Progress = Callable[[int, int], None]
type Stop = Callable[[], bool]

ANALYSES = ("sobol", "morris", "pawn")
SETTLED_WITHIN = 0.05
BOUNDED_WITHIN = 0.10
"""Indices count as settled that the second half of the runs moved by no more than the first share of the largest, and that chance
can have moved by no more than the second; Sarrazin et al. (2016) call these the convergence of indices."""
FEWEST = 16
INDEX_COLUMNS = ("samples", "runs", "input", "index", "value", "low", "high")
RANGE_COLUMNS = ("input", "base", "decision", "from", "to", "below", "above", "change", "becomes")


@dataclass(frozen=True, slots=True)
class Span:
    """An input: its name, the value it has, and the range it may have."""

    name: str
    base: float
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what is no range, or does not hold the base."""
        ends = (self.low, self.base, self.high)
        if not all(map(math.isfinite, ends)) or not self.low <= self.base <= self.high:
            raise BadParameter(f"the span of {self.name}", ends, "finite numbers low ≤ base ≤ high")


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """How much each input matters when all vary at once.

    Attributes
    ----------
    method : one of `ANALYSES`
    indices : one row an input and index, as in the last of `convergence`, the input that matters most first. PAWN has a row more,
        ``chance alone``: as much as an input on which nothing depends seems to matter
    convergence : the same for a part of the runs, then twice as many …: ``samples, runs, input, index, value, low, high``; low
        and high bound 95 % of what chance allows, NaN where the method gives none
    settled : whether more runs would hardly change the main index of any input, see `SETTLED_WITHIN`; None where there is no
        index, as for shares of the variance of an outcome that never changes
    runs : how often the function was called
    stopped : whether it was stopped before all were done
    """

    method: str
    indices: pd.DataFrame
    convergence: pd.DataFrame
    settled: bool | None
    runs: int
    stopped: bool = False


MAIN = {"sobol": "total", "morris": "mu_star", "pawn": "median"}
"""The index by which inputs are ordered: share of the variance with all interactions; mean size of the effect of a step; median
distance (Kolmogorov–Smirnov) between outcomes with the input in a slice of its range and outcomes at large."""


def tornado(function: Function, spans: Sequence[Span]) -> pd.DataFrame:
    """Move one input at a time from the low to the high end of its range, the others as they are.

    Returns
    -------
    ``input, base, low, high, at_base, at_low, at_high, swing``, the widest swing first; NaN where the function gives none
    """
    import pandas as pd

    base = _base(spans)
    at_base = float(function(base))
    rows = [
        (
            span.name,
            span.base,
            span.low,
            span.high,
            at_base,
            *(float(function({**base, span.name: end})) for end in (span.low, span.high)),
        )
        for span in spans
    ]
    columns = ["input", "base", "low", "high", "at_base", "at_low", "at_high"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], "float64"))
    ends = frame[["at_base", "at_low", "at_high"]]
    frame["swing"] = (ends.max(axis=1) - ends.min(axis=1)).where(ends.notna().all(axis=1))
    return frame.sort_values("swing", ascending=False, kind="stable", na_position="last", ignore_index=True)


def analyse(
    method: str,
    function: Function,
    spans: Sequence[Span],
    *,
    samples: int = 64,
    seed: int = 1,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Sensitivity:
    """Let all inputs vary evenly in their ranges, and measure how much each matters.

    Parameters
    ----------
    method : "sobol" (shares of the variance; samples × (inputs + 2) runs), "morris" (effects of single steps from many places;
        samples × (inputs + 1) runs) or "pawn" (differences of distributions; samples × (inputs + 2) runs, to be like the others)
    function, spans : what is asked, and its inputs; those whose range is a point are left out
    samples : a power of 2, at least 16
    seed : chooses the samples, above 0
    progress : told how many runs of how many are done
    stop : asked before each run; when true, what was done so far is analysed, or nothing when it is less than 16 samples

    Raises
    ------
    BadParameter : also when the function gives no finite number for some inputs within their ranges

    References
    ----------
    Saltelli, A. et al. (2010), Computer Physics Communications 181, 259–270. Morris, M. D. (1991), Technometrics 33, 161–174.
    Pianosi, F. and Wagener, T. (2015), Environmental Modelling & Software 67, 1–11. Sarrazin, F., Pianosi, F. and Wagener, T.
    (2016), Environmental Modelling & Software 79, 135–152. Computed by SALib (Herman, J. and Usher, W. 2017).
    """
    if method not in ANALYSES:
        raise BadParameter("method", method, f"one of {', '.join(ANALYSES)}")
    if not isinstance(samples, int) or samples < FEWEST or samples & (samples - 1):
        raise BadParameter("samples", samples, f"a power of 2, at least {FEWEST}")
    if not isinstance(seed, int) or seed < 1:
        raise BadParameter("seed", seed, "a whole number above 0")
    base = _base(spans)
    free = [span for span in spans if span.low < span.high]
    if not free:
        raise BadParameter("spans", [span.name for span in spans], "such that at least one has a range")
    from catalynx.decision.sampling import Design

    design = Design(method, [(span.name, span.low, span.high) for span in free], samples, seed)
    outcomes = _outcomes(function, base, design.names, design.rows, progress, stop)
    steps = _steps(len(outcomes) // design.rows_per_sample)
    convergence = _frame([row for count in steps for row in design.indices(count, outcomes)])
    last = convergence[convergence["samples"] == max(steps, default=0)]
    main = last[last["index"] == MAIN[method]].sort_values("value", ascending=False, kind="stable")
    order = {name: place for place, name in enumerate(main["input"])}
    indices = last.sort_values("input", key=lambda names: names.map(order), kind="stable", ignore_index=True)
    return Sensitivity(
        method, indices, convergence, _settled(convergence, method), len(outcomes), len(outcomes) < len(design.rows)
    )


def _base(spans: Sequence[Span]) -> dict[str, float]:
    base = {span.name: span.base for span in spans}
    if len(base) != len(spans):
        raise BadParameter("spans", [span.name for span in spans], "of inputs with different names")
    return base


def _outcomes(
    function: Function,
    base: Mapping[str, float],
    names: Sequence[str],
    rows: np.ndarray[Any, Any],
    progress: Progress | None,
    stop: Stop | None,
) -> np.ndarray[Any, Any]:
    import numpy as np

    found: list[float] = []
    for row in rows:
        if stop is not None and stop():
            break
        inputs = {**base, **{name: float(value) for name, value in zip(names, row, strict=False)}}
        outcome = float(function(inputs))
        if not math.isfinite(outcome):
            raise BadParameter(
                f"the outcome for {inputs}", outcome, "a finite number; narrow the ranges, or say what it is there"
            )
        found.append(outcome)
        if progress is not None:
            progress(len(found), len(rows))
    return np.array(found)


def _steps(samples: int) -> list[int]:
    """Return an eighth, a quarter, a half and all of the samples, as powers of 2, none below the fewest."""
    if samples < FEWEST:
        return []
    most = 1 << (samples.bit_length() - 1)
    return [count for count in (most // 8, most // 4, most // 2, most) if count >= FEWEST]


def _frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    import pandas as pd

    kinds = {
        "samples": "int64",
        "runs": "int64",
        "input": "str",
        "index": "str",
        "value": "float64",
        "low": "float64",
        "high": "float64",
    }
    return pd.DataFrame(rows, columns=list(INDEX_COLUMNS)).astype(kinds)


def _settled(convergence: pd.DataFrame, method: str) -> bool | None:
    main = convergence[convergence["index"] == MAIN[method]]
    steps = main.pivot(index="samples", columns="input", values="value")
    if steps.empty or steps.iloc[-1].isna().all():
        return None
    if len(steps) < 2:
        return False
    largest = steps.iloc[-1].max()
    moved = (steps.iloc[-1] - steps.iloc[-2]).abs().max(skipna=False)
    last = main[main["samples"] == steps.index[-1]]
    doubt = (last["high"] - last["value"]).fillna(0.0).max()
    return bool(moved <= SETTLED_WITHIN * largest and doubt <= BOUNDED_WITHIN * largest)


def stable_ranges(decide: Decide, spans: Sequence[Span], *, steps: int = 24, precision: float = 1e-4) -> pd.DataFrame:
    """Find how far each input alone can move before the decision changes.

    From the base outwards, `steps` values on each side are tried; where the first other decision appears, the border is halved
    down to `precision` of the range. A change that comes and goes between two steps is not seen.

    Parameters
    ----------
    decide : a function of the inputs that gives the decision: a class, a chosen set; None, and never NaN, where it gives none
    spans : its inputs

    Returns
    -------
    one row an input: ``input, base, decision, from, to`` (within which the decision stays), ``below, above`` (what it becomes
    beyond; None where it stays the same up to the end of the range), ``change`` (the smallest that flips it, NaN where none does)
    and ``becomes``; the smallest change, as a share of the range, first
    """
    import pandas as pd

    if not isinstance(steps, int) or steps < 1:
        raise BadParameter("steps", steps, "a whole number of at least 1")
    if not 0 < precision < 1:
        raise BadParameter("precision", precision, "between 0 and 1")
    base = _base(spans)
    decision = decide(base)
    rows: list[tuple[object, ...]] = []
    for span in spans:

        def decided(value: float, name: str = span.name) -> Hashable:
            return decide({**base, name: value})

        near = precision * (span.high - span.low)
        sides = [_border(decided, decision, span.base, end, steps, near) for end in (span.low, span.high)]
        flips = [side for side in sides if side.flips]
        first = min(flips, key=lambda side: abs(side.other - span.base), default=None)
        nearest = (math.nan, None) if first is None else (first.other - span.base, first.becomes)
        share = math.inf if first is None else abs(nearest[0]) / (span.high - span.low)
        kept = (side.same for side in sides)
        rows.append((share, span.name, span.base, decision, *kept, *(side.becomes for side in sides), *nearest))
    rows.sort(key=lambda row: row[0])  # type: ignore[arg-type, return-value]
    # Decisions may be of any kind, and none is None: they stay the objects that they are.
    frame = pd.DataFrame([row[1:] for row in rows], columns=list(RANGE_COLUMNS), dtype="object")
    return frame.astype({"input": "str", **dict.fromkeys(("base", "from", "to", "change"), "float64")})


class _Border(NamedTuple):
    """The last value with the same decision, the first with another, and what it becomes there."""

    same: float
    flips: bool
    other: float
    becomes: Hashable


def _border(
    decided: Callable[[float], Hashable], decision: Hashable, base: float, end: float, steps: int, near: float
) -> _Border:
    same = base
    if base == end:
        return _Border(same, False, math.nan, None)
    for step in range(1, steps + 1):
        other = end if step == steps else base + (end - base) * step / steps
        becomes = decided(other)
        if becomes == decision:
            same = other
            continue
        while abs(other - same) > near:
            middle = (same + other) / 2
            there = decided(middle)
            if there == decision:
                same = middle
            else:
                other, becomes = middle, there
        return _Border(same, True, other, becomes)
    return _Border(same, False, math.nan, None)
