"""Can it be done? Technical, resources, timeline, compliance, strategy: each from data or unknown, with what would close the gap.

A dimension is the weighted mean of those of its signals that have data; feasibility is that of the dimensions, each by the share
of its weight that had data. So a signal without data weighs nothing, and ``coverage`` tells how much does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from catalynx.columns import RESULTS, empty_frame, require
from catalynx.decision import feasible_duties as duties
from catalynx.decision import feasible_work as work
from catalynx.decision.judging import Asked, Judged, asked_of
from catalynx.decision.situation import Situation
from catalynx.rules import FEASIBILITY

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

SIGNALS: Final[Mapping[str, tuple[tuple[float, Callable[[Asked], Judged]], ...]]] = MappingProxyType({
    "technical": ((1.0, work.track_record), (1.0, work.award_scale)),
    "resources": ((2.0, work.staff_hours), (1.0, work.matching_funds), (1.0, work.reserve)),
    "timeline": ((1.0, work.time_left),),
    "compliance": ((1.0, duties.may_apply), (1.0, duties.registration), (1.0, duties.single_audit), (0.5, duties.conduct)),
    "strategy": ((1.0, duties.wish), (1.0, duties.dependence)),
})  # fmt: skip
"""Dimension → its signals, each with its weight among them."""
GOOD: Final = 0.6
"""A signal below that leaves a gap."""


def feasibility(candidates: pd.DataFrame, applicant: Applicant, rules: Rules, situation: Situation | None = None) -> pd.DataFrame:
    """Judge whether each candidate that no hard rule excludes can be applied to, and its award managed.

    Parameters
    ----------
    candidates : as `effort.worked_out` gives them: with ``eligibility``, ``ask_usd``, ``effort_hours``, ``start_by``
    situation : what is known of the applicant; nothing when None

    Returns
    -------
    rows as ``columns.RESULTS["feasibility"]``, five a candidate

    Raises
    ------
    MissingColumns
    """
    import numpy as np
    import pandas as pd

    require(
        candidates,
        {"candidate_id", "kind", "track", "eligibility", "ask_usd", "effort_hours", "deadline", "start_by"},
        name="candidates",
    )
    asked = candidates[candidates["eligibility"] != "fails"]
    if asked.empty:
        return empty_frame("feasibility")
    one = asked_of(asked, applicant, rules, situation or Situation())
    whole = sum(rules.feasibility_weights.values())
    frames = []
    for dimension in FEASIBILITY:
        judged = [(weight, judge(one)) for weight, judge in SIGNALS[dimension]]
        told = _dimension(judged, len(asked))
        told["candidate_id"], told["dimension"] = asked["candidate_id"].to_numpy(), dimension
        told["weight"] = rules.feasibility_weights.get(dimension, 0.0) / whole
        told["order"] = np.arange(len(asked))
        frames.append(told)
    found = pd.concat(frames, ignore_index=True).sort_values("order", kind="stable")
    had = found["weight"] * found["coverage"]
    total = had.where(found["value"].notna(), 0.0).groupby(found["order"]).transform("sum")
    found["contribution"] = (found["value"] * had / total).where(total > 0)
    return found[RESULTS["feasibility"].names].reset_index(drop=True)


def feasibility_totals(parts: pd.DataFrame) -> pd.DataFrame:
    """Sum the dimensions of each candidate up.

    Returns
    -------
    by candidate_id: ``feasibility`` (NA when nothing is known), ``feasibility_coverage``, and ``feasibility_low`` and ``_high``,
    the same were all that is unknown at its worst and at its best
    """
    import pandas as pd

    require(parts, {"candidate_id", "value", "weight", "coverage"}, name="feasibility")
    had = parts["weight"] * parts["coverage"]
    sums = (
        pd.DataFrame({"known": (parts["value"] * had).fillna(0.0), "had": had}).groupby(parts["candidate_id"], sort=False).sum()
    )
    coverage = sums["had"].clip(0.0, 1.0)
    return pd.DataFrame({
        "feasibility": (sums["known"] / sums["had"]).where(sums["had"] > 0).clip(0.0, 1.0), "feasibility_coverage": coverage,
        "feasibility_low": sums["known"].clip(0.0, 1.0), "feasibility_high": (sums["known"] + 1 - coverage).clip(0.0, 1.0),
    })  # fmt: skip


def combined(score: pd.Series, coverage: pd.Series, feasible: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Weigh score and feasibility together; where too little of either is known, only the bounds are told.

    Too little is a feasibility of which less than ``rules.scant_coverage`` rests on data: its mean then says
    nothing of the rest.

    Parameters
    ----------
    score, coverage : of the score
    feasible : on the same index, as `feasibility_totals` gives it; NA for candidates that a hard rule excludes

    Returns
    -------
    ``combined``, ``combined_low``, ``combined_high``: the bounds were all that is unknown, of both, at its worst or at its best
    """
    import pandas as pd

    share, known = rules.score_share, (score * coverage).fillna(0.0)
    low = share * known + (1 - share) * feasible["feasibility_low"]
    high = share * (known + 1 - coverage) + (1 - share) * feasible["feasibility_high"]
    enough = feasible["feasibility"].where(feasible["feasibility_coverage"] >= rules.scant_coverage)
    both = share * score + (1 - share) * enough
    # A weight of nothing asks for nothing.
    both = score.where(feasible["feasibility_low"].notna()) if share == 1 else enough if share == 0 else both
    return pd.DataFrame({"combined": both, "combined_low": low, "combined_high": high}).clip(0.0, 1.0)


def _dimension(judged: list[tuple[float, Judged]], count: int) -> pd.DataFrame:
    """Put the signals of one dimension together."""
    import numpy as np
    import pandas as pd

    weights = np.array([np.where(one.asked, weight, 0.0) for weight, one in judged])
    values = np.array([one.value for _, one in judged])
    known = weights * ~np.isnan(values)
    had, whole = known.sum(axis=0), weights.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(had > 0, np.nansum(known * np.nan_to_num(values), axis=0) / had, np.nan)
        coverage = np.where(whole > 0, had / whole, 0.0)
    because, gaps, closing = [], [], []
    for at in range(count):
        said = [(one.because[at], one.gap[at], values[place, at]) for place, (_, one) in enumerate(judged) if one.asked[at]]
        # What is unknown comes after what is known, and says so once.
        said.sort(key=lambda told: told[2] != told[2])
        because.append("; ".join(text for text, _, _ in said))
        open_ones = [gap for _, gap, worth in said if gap is not None and not worth >= GOOD]
        gaps.append("; ".join(gap for gap, _ in open_ones) or None)
        closing.append(min((day for _, day in open_ones), default=None))
    return pd.DataFrame({
        "value": np.clip(value, 0.0, 1.0), "coverage": np.clip(coverage, 0.0, 1.0), "because": pd.Series(because, dtype="str"),
        "gap": pd.Series(gaps, dtype="str"), "close_by": pd.Series(pd.DatetimeIndex(closing), dtype="datetime64[us]"),
    })  # fmt: skip
