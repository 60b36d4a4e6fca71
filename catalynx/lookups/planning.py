"""From an order of candidates to a plan: what is worth planning, with whom, and how one plan differs from another."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from catalynx.figures import wording

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from catalynx.decision.portfolio import Application, Limits, Member, Plan, Progress

PLANNED: Final = ("pursue now", "prepare", "consider later")
"""Classes of which applications are planned; what is monitored or declined comes in by hand alone."""
ROLE: Final = "applications"
"""The one role of applications whose hours are not told apart."""
MONTHS: Final = 12


def applications_of(
    candidates: pd.DataFrame, decisions: pd.DataFrame, ordered: pd.DataFrame, *, must: Sequence[str] = (),
    assumed_chance: float | None = None,
) -> list[Application]:  # fmt: skip
    """Return what may be planned: candidates of the classes `PLANNED` and those that must be, that no hard rule excludes.

    Where nobody knows who may apply, finding that out comes before any work: it is an open question of the application.

    Points are 100 × score × coverage. A chance is the award rate that a program publishes; where it publishes none, what somebody
    assumes, else nobody knows.

    Parameters
    ----------
    candidates, decisions : as ``workflows.Decided`` holds them
    ordered : ``candidate_id``, ``score``, ``coverage``, ``recommendation`` as they are tried
    assumed_chance : 0–1
    """
    import pandas as pd

    from catalynx.decision.portfolio import Application
    from catalynx.decision.stages import lead_days

    kept = ["candidate_id", "name", "funder_name", "eligibility", "eligibility_reason", "ask_usd", "effort_hours", "deadline"]
    told = decisions[kept].merge(ordered[["candidate_id", "score", "coverage", "recommendation"]], on="candidate_id")
    wanted = told["recommendation"].isin(PLANNED) | told["candidate_id"].isin(list(must))
    told = told[wanted & (told["eligibility"] != "fails")]
    known = candidates.set_index("candidate_id").reindex(columns=["track", "award_rate_pct", "cost_sharing"])
    known = known.loc[told["candidate_id"]].reset_index(drop=True)
    rows = pd.concat([told.reset_index(drop=True), known], axis=1).to_dict("records")
    # Stages of work alone: the plan counts the staff's hours itself, and `start_by` has them in it already.
    leads = lead_days(told["effort_hours"]).where(told["deadline"].notna())
    return [
        Application(
            candidate_id=row["candidate_id"], name=wording.name(row["name"]), funder=_text(row["funder_name"]),
            track=row["track"], value_usd=_number(row["ask_usd"]), chance=_chance(row["award_rate_pct"], assumed_chance),
            points=_points(row),
            hours={ROLE: _number(row["effort_hours"])}, weeks=0.0 if math.isnan(lead) else lead / 7,
            deadline=wording.as_day(row["deadline"]), matching_usd=None if row["cost_sharing"] is True else 0.0,
            open_question=_open_question(row),
        )
        for row, lead in zip(rows, leads, strict=True)
    ]  # fmt: skip


def members_of(staff: Sequence[tuple[str, float, date | None, date | None]]) -> list[Member]:
    """Return who works on applications, from name, hours a month, first day, and the day from which somebody is gone."""
    from datetime import timedelta

    from catalynx.decision.portfolio import Member

    return [
        Member(who, hours, (ROLE,), joins, None if leaves is None else leaves - timedelta(days=1))
        for who, hours, joins, leaves in staff
        if joins is None or leaves is None or joins < leaves
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A plan, and what it is in words.

    Attributes
    ----------
    plan : as the portfolio gives it
    names : candidate_id → name
    bars : one row an application and person, as `figures.gantt` draws it
    applications : one row a chosen application: ``candidate_id``, ``name``, ``hours``, ``start``, ``finish``, ``deadline``
    hours, hours_available : of all together
    sentence : what to work on
    """

    plan: Plan
    names: Mapping[str, str]
    bars: pd.DataFrame
    applications: pd.DataFrame
    hours: float
    hours_available: float
    sentence: str


def planned(
    applications: Sequence[Application], staff: Sequence[Member], limits: Limits, *, as_of: date, aim: str = "points",
    seconds: float = 10.0, progress: Callable[[Progress], None] | None = None, stop: Callable[[], bool] | None = None,
) -> Planned:  # fmt: skip
    """Make the best plan, and say what it is.

    Raises
    ------
    BadParameter
    """
    from catalynx.decision.portfolio import plan

    found = plan(
        applications, staff, limits, as_of=as_of, months=MONTHS, aim=aim, seconds=seconds, progress=progress, stop=stop,
        clock=time.monotonic,
    )  # fmt: skip
    return told_plan(found, {one.candidate_id: one.name for one in applications})


def told_plan(found: Plan, names: Mapping[str, str]) -> Planned:
    """Return a plan with what it is in words."""
    from catalynx.decision.portfolio import bars

    drawn = bars(found.schedule)
    first: Any = {"name": ("name", "first"), "hours": ("hours", "sum"), "start": ("start", "min"), "finish": ("finish", "max"),
                  "deadline": ("deadline", "first")}  # fmt: skip
    chosen = drawn.groupby("candidate_id", sort=False).agg(**first).reset_index()
    hours, available = float(sum(found.hours.values())), float(sum(found.hours_available.values()))
    return Planned(found, names, drawn, chosen, hours, available, _sentence(found, chosen, hours, available))


def _sentence(found: Plan, chosen: pd.DataFrame, hours: float, available: float) -> str:
    if found.conflict is not None:
        return str(found.conflict)
    if not found.chosen:
        return f"No application can be planned: {_why_none(found)}."
    many = f"{len(found.chosen)} application{'' if len(found.chosen) == 1 else 's'}"
    said = f"Work on {many} in the next {MONTHS} months, {hours:,.0f} of {available:,.0f} hours"
    dated = chosen.dropna(subset=["deadline"])
    if len(dated):
        next_one = dated.sort_values("deadline", kind="stable").iloc[0]
        said += f"; the first deadline is {wording.day(next_one['deadline'])} ({next_one['name']})"
    return f"{said}."


def _why_none(found: Plan) -> str:
    """Say why there is none, by the reason that holds for most."""
    if found.status in ("cancelled", "time is up"):
        return "the search was ended before it found one"
    if found.status != "nothing to choose":
        return "none fits the hours and the limits that are set, such as how much one funder or track may have"
    if not found.left_out:
        return "no candidate is good enough to plan for"
    if len(whole := set(found.left_out.values())) == 1:
        return whole.pop()
    ((reason, count),) = Counter(why.partition(":")[0].partition(",")[0] for why in found.left_out.values()).most_common(1)
    return f"for {count} of {len(found.left_out)}, {reason}"


def differences(before: Planned, after: Planned) -> pd.DataFrame:
    """Return one row an application of either plan, as `figures.scenario_comparison` draws it."""
    kept = ["candidate_id", "name", "hours"]
    first = before.applications[kept].rename(columns={"hours": "first_hours"})
    second = after.applications[kept].rename(columns={"hours": "second_hours"})
    both = first.merge(second, on="candidate_id", how="outer", suffixes=("", "_second"), sort=False)
    both["name"] = both["name"].fillna(both["name_second"])
    return both[["candidate_id", "name", "first_hours", "second_hours"]]


def difference_in_words(before: Planned, after: Planned) -> str:
    """Say what enters and leaves from one plan to another, and what becomes of value and hours."""
    rows = differences(before, after)
    leaves = rows.loc[rows["second_hours"].isna(), "name"]
    enters = rows.loc[rows["first_hours"].isna(), "name"]
    said = [f"{len(leaves)} leave{'s' if len(leaves) == 1 else ''} the plan{_named(leaves)}" if len(leaves) else "",
            f"{len(enters)} enter{'s' if len(enters) == 1 else ''}{_named(enters)}" if len(enters) else ""]  # fmt: skip
    told = "; ".join(one for one in said if one) or "The same applications stay in the plan"
    value = ""
    if before.plan.value is not None and after.plan.value is not None and before.plan.aim == after.plan.aim:
        change = after.plan.value - before.plan.value
        share = f" ({change / before.plan.value:+.0%})".replace("-", "−") if before.plan.value else ""
        value = f"; value {_value(before.plan)} becomes {_value(after.plan)}{share}"
    return f"{told}{value}; hours {before.hours:,.0f} become {after.hours:,.0f} of {after.hours_available:,.0f}."


def _value(plan: Plan) -> str:
    if plan.value is None:
        return wording.UNKNOWN
    return wording.money(plan.value) if plan.aim == "usd" else f"{plan.value:,.0f} points"


def _named(names: pd.Series) -> str:
    few = [wording.name(name) for name in names[:3]]
    return f": {', '.join(few)}{f' and {len(names) - 3} more' if len(names) > 3 else ''}"


def _open_question(row: Mapping[Any, Any]) -> str:
    return f"whether you may apply is unknown: {row['eligibility_reason']}" if row["eligibility"] == "unknown" else ""


def _points(row: Mapping[Any, Any]) -> float | None:
    score = _number(row["score"])
    return None if score is None else 100 * score * float(row["coverage"])


def _chance(pct: Any, assumed: float | None) -> float | None:
    known = _number(pct)
    return assumed if known is None else known / 100


def _number(value: Any) -> float | None:
    return None if wording.is_unknown(value) else float(value)


def _text(value: Any) -> str:
    return "" if wording.is_unknown(value) else str(value)
