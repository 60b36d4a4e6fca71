"""How far a recommendation can be trusted, and how soon to turn to it, each with the figures it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from catalynx.decision.steadiness import WEIGHINGS
from catalynx.rules import RECOMMENDATIONS

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Rules

LEVELS: Final = ("low", "medium", "high")
MUCH, LITTLE = 0.8, 0.5
"""Share of the weight that rests on data: from the first on confidence may be high, below the second it is low."""
STEADY = 0.75
"""A class that is kept in a smaller share of weighings hangs on how much each criterion counts."""
SOON_DAYS, LATER_DAYS = 30, 90
HIGH, MEDIUM = 0.65, 0.5
"""Combined score from which priority may be high, and medium."""


def confidence(decided: pd.DataFrame, rules: Rules, stability: pd.Series | None = None) -> pd.DataFrame:
    """Say how far each recommendation can be trusted.

    Confidence starts from the share of score and feasibility that rests on data; it falls by one level where what is unknown
    could move the score over more than two classes, or where the class hangs on the weights.

    Parameters
    ----------
    decided : with ``score``, ``coverage``, ``feasibility_coverage``, ``recommendation``, ``eligibility``, ``eligibility_reason``
    stability : candidate_id → share of weighings in which it keeps its class, as `steadiness` counts it; one without is judged
        without

    Returns
    -------
    ``confidence`` (high, medium, low) and ``confidence_reason`` on the index of `decided`
    """
    import pandas as pd

    steady = decided["candidate_id"].map({} if stability is None else stability).astype("float64")
    low = (decided["score"] * decided["coverage"]).fillna(0.0)
    spans = [_classes(low, rules), _classes(low + 1 - decided["coverage"], rules)]
    rows = zip(
        *(decided[name].to_numpy() for name in ("eligibility", "eligibility_reason", "coverage", "feasibility_coverage")),
        low.to_numpy(), *spans, steady.to_numpy(), strict=True,
    )  # fmt: skip
    said = [_excluded(row[1]) if row[0] == "fails" else _confidence(*row[2:]) for row in rows]
    return pd.DataFrame(said, decided.index, columns=["confidence", "confidence_reason"])


def _classes(scores: pd.Series, rules: Rules) -> Any:
    """Return the place in `RECOMMENDATIONS` that each score reaches."""
    import numpy as np

    levels = np.array([rules.thresholds[name] for name in RECOMMENDATIONS])
    # A sum of shares may miss the threshold that it is by a rounding.
    return (scores.to_numpy()[:, None] + 1e-9 < levels[None, :]).sum(axis=1).clip(max=len(levels) - 1)


def _percent(share: float) -> str:
    """Round to whole percent, but not up to all."""
    return f"{min(share, 0.99) if share < 1 else share:.0%}"


def _excluded(reason: str) -> tuple[str, str]:
    return "high", f"a hard rule decides: {reason}"


def _confidence(coverage: float, feasible: float, low: float, worst: int, best: int, steady: float) -> tuple[str, str]:
    """Say how far one recommendation can be trusted that no hard rule decides."""
    data = coverage if feasible != feasible else min(coverage, (coverage + feasible) / 2)
    level = 2 if data >= MUCH else 1 if data >= LITTLE else 0
    said = [f"{coverage:.0%} of the score" + ("" if feasible != feasible else f" and {feasible:.0%} of feasibility")]
    said[0] += " rests on data" if feasible != feasible else " rest on data"
    if coverage < 1:
        span = (
            f"{RECOMMENDATIONS[worst]} in any case"
            if worst == best
            else f"anything from {RECOMMENDATIONS[worst]} to {RECOMMENDATIONS[best]}"
        )
        said.append(f"with what is unknown the score lies between {low:.2f} and {low + 1 - coverage:.2f}, {span}")
        level -= worst - best > 1
    if steady == steady:
        weighed = f"{WEIGHINGS:,} weighings, each criterion from half to one and a half times its weight"
        said.append(f"it keeps its class in {_percent(steady)} of {weighed}")
        level -= steady < STEADY
    return LEVELS[max(level, 0)], "; ".join(said)


def priority(decided: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Say how soon to turn to each candidate: from its class, what score and feasibility make together, and the day to start.

    Returns
    -------
    ``priority`` (high, medium, low, none) and ``priority_reason`` on the index of `decided`
    """
    import pandas as pd

    days = (pd.to_datetime(decided["start_by"]) - pd.Timestamp(rules.as_of)).dt.days
    names = ("recommendation", "score", "feasibility", "feasibility_coverage", "combined", "combined_low", "combined_high",
             "eligibility_reason", "eligibility")  # fmt: skip
    rows = zip(*(decided[name].to_numpy() for name in names), days.to_numpy(), strict=True)
    return pd.DataFrame(
        [_priority(*row, rules=rules) for row in rows], decided.index, columns=["priority", "priority_reason"]
    )  # fmt: skip


def _priority(
    recommendation: str, score: float, feasible: float, coverage: float, both: float, low: float, high: float, reason: str,
    eligibility: str, days: float, *, rules: Rules,
) -> tuple[str, str]:  # fmt: skip
    if eligibility == "fails":
        return "none", f"a hard rule excludes it: {reason}"
    if both == both:
        worth, told = both, f"score {score:.2f} and feasibility {feasible:.2f} make {both:.2f} together"
    elif score == score and low == low:
        worth = low
        told = f"score and feasibility make {low:.2f} to {high:.2f}, since only {coverage:.0%} of feasibility rests on data"
    elif score == score:
        worth, told = rules.score_share * score, f"the score of {score:.2f}, with feasibility unknown"
    else:
        worth, told = 0.0, "nothing on record to score it by"
    if recommendation == "decline":
        return "none", f"{told}: below what is worth the hours"
    ready = recommendation in RECOMMENDATIONS[:2]
    when = "no day to start is known" if days != days else _when(days)
    soon = days == days and days <= (SOON_DAYS if ready else LATER_DAYS)
    if ready:
        level = "high" if worth >= HIGH and (soon or recommendation == RECOMMENDATIONS[0]) else "medium"
    else:
        level = "medium" if recommendation == RECOMMENDATIONS[2] and worth >= MEDIUM and soon else "low"
    return level, f"{recommendation}, {told}; {when}"


def _when(days: float) -> str:
    if days < 0:
        return f"the day to start was {-days:.0f} day{'' if days == -1 else 's'} ago"
    return "work has to start today" if days == 0 else f"work has to start within {days:.0f} day{'' if days == 1 else 's'}"
