"""The figures of a profile: what is known for it, and what was done about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from catalynx import workflows
from catalynx.records.models import OUTCOMES, STAGES
from catalynx.rules import RECOMMENDATIONS

if TYPE_CHECKING:
    from catalynx.records.profile import Profile
    from catalynx.workflows import Workspace

MOST_RUNS: Final = 10_000


def analytics(workspace: Workspace, profile: Profile, *, as_of: date | None = None) -> dict[str, Any]:
    """Return what the data say for a profile: candidates by kind and decision, coverage, and what to do now."""
    decided = workflows.decide(workspace, profile, as_of=as_of)
    decisions, agenda = decided.decisions, decided.agenda
    classes = decisions["recommendation"].value_counts()
    scored = decisions["score"].dropna()
    quartiles = {f"p{share}": float(scored.quantile(share / 100)) for share in (25, 50, 75)} if len(scored) else None
    return {
        "profile_id": profile.profile_id,
        "as_of": decided.rules.as_of.isoformat(),
        "lake_version": decided.lake_version,
        "candidates_total": len(decisions),
        "candidates_by_kind": {str(name): int(number) for name, number in decisions["kind"].value_counts().items()},
        "by_recommendation": {name: int(classes.get(name, 0)) for name in RECOMMENDATIONS},
        "by_eligibility": {str(name): int(number) for name, number in decisions["eligibility"].value_counts().items()},
        "score_quartiles": quartiles,
        "mean_coverage": float(decisions["coverage"].mean()) if len(decisions) else None,
        "agenda": {
            "sentence": agenda.sentence, "candidate_ids": list(agenda.chosen), "hours": agenda.hours,
            "low_hours": agenda.low_hours, "high_hours": agenda.high_hours, "capacity_hours": agenda.capacity_hours,
            "next_deadline": None if agenda.next_deadline is None else agenda.next_deadline.isoformat(),
        },
    }  # fmt: skip


def metrics(workspace: Workspace, profile_id: str) -> dict[str, Any]:
    """Return what people did for a profile: the funnel with its sums, decisions made, reports run."""
    records = workspace.records
    tracked = records.list_tracked(profile_id)
    sets = records.list_decision_sets(profile_id)
    runs = records.list_runs(profile_id=profile_id, limit=MOST_RUNS)
    moments = [*(one.updated_at for one in tracked), *(one.made_at for one in sets[:1]), *(one.started_at for one in runs[:1])]
    return {
        "profile_id": profile_id,
        "tracked_total": len(tracked),
        "tracked_by_stage": funnel(Counter(one.stage for one in tracked)),
        "tracked_ask_usd": sum(one.ask_usd for one in tracked if one.ask_usd is not None),
        "tracked_without_ask": sum(one.ask_usd is None for one in tracked),
        "decision_sets_total": len(sets),
        "last_decided_at": sets[0].made_at.isoformat() if sets else None,
        "runs_by_state": dict(Counter(run.state for run in runs)),
        "last_activity_at": max(moments).isoformat() if moments else None,
    }


def overview(workspace: Workspace, teams: Collection[str] | None) -> dict[str, Any]:
    """Return counts over all profiles of `teams` (None is all), and what the lake holds, source by source."""
    records = workspace.records
    stages: Counter[str] = Counter()
    months: Counter[str] = Counter()
    decided = page = seen = 0
    while True:
        page += 1
        found = records.list_profiles(page=page, page_size=500, teams=teams)
        for profile in found.profiles:
            seen += 1
            stages.update(one.stage for one in records.list_tracked(profile.profile_id))
            sets = records.list_decision_sets(profile.profile_id)
            decided += bool(sets)
            months.update(one.made_at.strftime("%Y-%m") for one in sets)
        if page * found.page_size >= found.total:
            break
    return {
        "as_of": workspace.as_of.isoformat(),
        "profiles_total": seen,
        "profiles_decided": decided,
        "tracked_by_stage": funnel(stages),
        "decision_sets_by_month": dict(sorted(months.items())),
        **_data(workspace),
    }


def funnel(counts: Counter[str]) -> dict[str, int]:
    """Return the count of each stage and outcome, in the funnel's order."""
    return {stage: counts.get(stage, 0) for stage in (*STAGES, *OUTCOMES)}


def _data(workspace: Workspace) -> dict[str, Any]:
    from catalynx.lookups.plain import plain_frame

    lake = workspace.lake
    closing = lake.sql(
        "SELECT strftime(close_date, '%Y-%m') AS month, count(*) AS opportunities FROM opportunities "
        "WHERE close_date >= ? GROUP BY month ORDER BY month LIMIT 12",
        [workspace.as_of],
    )
    return {
        "lake_version": lake.id,
        "lake_made_at": lake.version.made_at,
        "rows_by_table": {file.name: file.rows for file in lake.version.tables},
        "sources": plain_frame(workflows.data_facts(workspace)),
        "opportunities_closing_by_month": {row["month"]: row["opportunities"] for row in plain_frame(closing)},
    }
