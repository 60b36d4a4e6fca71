"""What to do about a candidate, in sentences with figures and days: conditions, actions, and how to see whether it went well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from catalynx.decision.judging import WHEN_IT_CLOSES, WHO_MAY_APPLY, said_day
from catalynx.decision.stages import stages_of
from catalynx.rules import RECOMMENDATIONS

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Rules

ACTIVE: Final = RECOMMENDATIONS[:3]
"""Classes of which work may come: conditions and stages of work are told of these."""
MOST_CONDITIONS: Final = 6

type Gaps = Mapping[str, Sequence[tuple[str, date | None]]]


def gaps_of(feasible: pd.DataFrame | None, candidate_ids: Sequence[str]) -> Gaps:
    """Return what would close the gaps of some candidates, the weightiest dimension first, each with its day."""
    if feasible is None:
        return {}
    found = feasible[feasible["candidate_id"].isin(candidate_ids) & feasible["gap"].notna()]
    found = found.assign(lacking=found["weight"] * (1 - found["coverage"] * found["value"].fillna(0.0)))
    found = found.sort_values("lacking", ascending=False, kind="stable")
    gaps: dict[str, list[tuple[str, date | None]]] = {}
    for candidate, gap, day in zip(found["candidate_id"], found["gap"], found["close_by"], strict=True):
        kept = gaps.setdefault(candidate, [])
        told = {one for one, _ in kept}
        kept.extend((one, day.date()) for one in gap.split("; ") if one not in told)
    return gaps


def conditions(row: Mapping[Any, Any], gaps: Sequence[tuple[str, date | None]]) -> list[str]:
    """Say what has to be so before it is applied to; of what is only watched, or declined, nothing."""
    if row["recommendation"] not in ACTIVE:
        return []
    return [f"{gap}, by {said_day(day)}" if day else gap for gap, day in gaps[:MOST_CONDITIONS]]


def next_actions(row: Mapping[Any, Any], gaps: Sequence[tuple[str, date | None]], rules: Rules) -> list[str]:
    """Say what to do, each with its day: the next action, what closes the widest gap, and the stages of the work."""
    said = [str(row["next_action"])]
    if row["recommendation"] not in ACTIVE:
        return said
    others = [(gap, day) for gap, day in gaps if not gap.startswith((WHEN_IT_CLOSES, WHO_MAY_APPLY))]
    said += [f"{gap}, by {said_day(day)}." if day else f"{gap}." for gap, day in others[:1]]
    deadline, hours, start = row["deadline"], row["effort_hours"], row["start_by"]
    if deadline != deadline or start != start or hours != hours or deadline is None or deadline.date() <= rules.as_of:
        return said
    begins = max(start.date(), rules.as_of)
    laid = stages_of(deadline.date(), hours, start=begins)
    steps = zip(laid["stage"], laid["hours"], laid["finish"], strict=True)
    return [
        *said,
        *(f"{stage.capitalize()} by {said_day(finish.date())}, about {each:,.0f} hours." for stage, each, finish in steps),
    ]


def success_measures(row: Mapping[Any, Any], rules: Rules) -> list[str]:
    """Say by what one will see whether it went well; nothing where there is nothing to do."""
    recommendation, review = row["recommendation"], said_day(row["review_on"])
    if recommendation == "decline":
        return []
    unknown = row["to_find_out"] if isinstance(row["to_find_out"], list) else []
    known = f"{row['coverage']:.0%} of its score rests on data now"
    if recommendation not in RECOMMENDATIONS[:2]:
        more = f", above all {unknown[0].what}" if unknown else ""
        if unknown:
            return [f"By {review} more is known{more}: {known}."]
        up = rules.thresholds[RECOMMENDATIONS[RECOMMENDATIONS.index(recommendation) - 1]]
        return [
            f"By {review} it is clear whether its score, {row['score']:.2f}, or what holds it back has moved; {up:.2f} is up."
        ]
    said = []
    ask, hours, deadline = row["ask_usd"], row["effort_hours"], row["deadline"]
    if ask == ask and ask is not None:
        by = f" by {said_day(deadline.date())}" if deadline == deadline and deadline is not None else ""
        said.append(f"An application for ${ask:,.0f} is handed in{by}.")
    if hours == hours and hours is not None:
        said.append(f"It takes {row['effort_low_hours']:,.0f} to {row['effort_high_hours']:,.0f} hours, about {hours:,.0f}.")
    rate, low = row.get("award_rate_pct"), row.get("grant_p25_usd")
    if rate == rate and rate is not None:
        said.append(
            f"An award comes; of its applications {rate:.0f}% were awarded by the last count, in {row['award_rate_year']:.0f}."
        )
    elif low == low and low is not None:
        said.append(f"An award of at least ${low:,.0f} comes, than which three of four of its grants are no smaller.")
    return [*said, f"By {review} it is known {unknown[0].what}: {known}."] if unknown else said
