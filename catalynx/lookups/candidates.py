"""Candidates, scores and decisions of a profile as plain rows: chosen, and cut to a page."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from catalynx import workflows
from catalynx.columns import RESULTS
from catalynx.columns.vocabulary import Column
from catalynx.errors import BadParameter
from catalynx.lookups.plain import plain_rows

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.records.profile import Profile
    from catalynx.rules import Rules
    from catalynx.workflows import Decided, Workspace

_SCORE = (Column("score", "number", "weighted mean"), Column("coverage", "number", "share of the weight that had data"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which candidates are wanted; None and empty mean all.

    Attributes
    ----------
    words : each must stand in the name or the funder's
    minimum_score : a candidate without a score does not reach one
    """

    kinds: Collection[str] | None = None
    eligibility: str | None = None
    words: str = ""
    candidate_ids: Collection[str] | None = None
    minimum_score: float | None = None
    recommendation: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Rows ``begin`` to ``begin + size`` of what is wanted."""

    begin: int = 0
    size: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One part of what is wanted, how many there are in all, and what they rest on."""

    rows: list[dict[str, Any]]
    total: int
    decided: Decided
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


def anybody() -> Profile:
    """Return the profile of an organisation of which nothing is known: what everybody could turn to."""
    return _anybody()


@cache
def _anybody() -> Profile:
    from catalynx.records.profile import make_profile

    always = datetime(2000, 1, 1, tzinfo=UTC)
    return make_profile({"profile_id": "anybody", "organization_name": "Anybody", "created_at": always, "updated_at": always})


def changed_rules(
    workspace: Workspace,
    profile: Profile,
    *,
    as_of: date | None = None,
    weights: Mapping[str, Mapping[str, float]] | None = None,
    thresholds: Mapping[str, float] | None = None,
    **others: object,
) -> Rules:
    """Return the usual rules for a profile with some of them changed; None leaves one as it is.

    Raises
    ------
    BadParameter
        Names the rule.
    """
    from catalynx.scoring import criteria

    rules = workflows.rules_for(workspace, profile, as_of=as_of)
    known = set(criteria())
    for kind, given in (weights or {}).items():
        for name in given:
            if name not in known:
                raise BadParameter(f"weights.{kind}", name, f"for criteria among {', '.join(sorted(known))}")
    changes: dict[str, Any] = {name: value for name, value in others.items() if value is not None}
    if weights:
        changes["weights"] = {**rules.weights, **weights}
    if thresholds:
        changes["thresholds"] = {**rules.thresholds, **thresholds}
    return replace(rules, **changes)


def opportunities(workspace: Workspace, profile: Profile, wanted: Wanted, part: Part, *, as_of: date | None = None) -> Found:
    """Return candidates, best first, none hidden but those not wanted."""
    decided = workflows.decide(workspace, profile, as_of=as_of)
    chosen = _chosen(decided.candidates, wanted)
    rows = plain_rows(_cut(chosen, part), RESULTS["candidates"].columns)
    counts = {name: _counted(chosen, name) for name in ("kind", "eligibility")}
    return Found([readable(row) for row in rows], len(chosen), decided, counts)


def scores(workspace: Workspace, profile: Profile, wanted: Wanted, part: Part, rules: Rules) -> Found:
    """Return candidates with score, coverage, and each criterion's part in it."""
    decided = workflows.decide(workspace, profile, rules=rules)
    chosen = _chosen(decided.candidates, wanted)
    cut = _cut(chosen, part)
    rows = plain_rows(cut, (*RESULTS["candidates"].columns, *_SCORE))
    parts = decided.parts[decided.parts["candidate_id"].isin(cut["candidate_id"])]
    components: dict[str, list[dict[str, Any]]] = {}
    for component in plain_rows(parts, RESULTS["score_parts"].columns):
        components.setdefault(component.pop("candidate_id"), []).append(component)
    rows = [{**readable(row), "components": components.get(row["candidate_id"], [])} for row in rows]
    return Found(rows, len(chosen), decided)


def decisions(workspace: Workspace, profile: Profile, wanted: Wanted, part: Part, rules: Rules) -> Found:
    """Return decisions by rank."""
    decided = workflows.decide(workspace, profile, rules=rules)
    chosen = _chosen(decided.decisions, wanted).sort_values("rank")
    rows = plain_rows(_cut(chosen, part), RESULTS["decisions"].columns)
    return Found(
        [readable(row) for row in rows], len(chosen), decided, {"recommendation": _counted(decided.decisions, "recommendation")}
    )


def _chosen(frame: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    for name, among in (("kind", wanted.kinds), ("candidate_id", wanted.candidate_ids)):
        if among is not None:
            frame = frame[frame[name].isin(list(among))]
    for name, one in (("eligibility", wanted.eligibility), ("recommendation", wanted.recommendation)):
        if one is not None:
            frame = frame[frame[name] == one]
    if wanted.minimum_score is not None:
        frame = frame[frame["score"].ge(wanted.minimum_score).fillna(False)]
    if wanted.words.strip():
        texts = (frame["name"].fillna("") + " " + frame["funder_name"].fillna("")).str.casefold()
        for word in wanted.words.casefold().split():
            frame = frame[texts.loc[frame.index].str.contains(word, regex=False)]
    return frame


def _cut(frame: pd.DataFrame, part: Part) -> pd.DataFrame:
    return frame.iloc[part.begin : part.begin + part.size]


def _counted(frame: pd.DataFrame, name: str) -> dict[str, int]:
    return {str(value): int(number) for value, number in frame[name].value_counts().items()}


def readable(row: dict[str, Any]) -> dict[str, Any]:
    """Take apart the condition that stands as JSON in a row's evidence."""
    condition = json.loads(row["evidence"])
    table = condition.pop("table")
    return {**row, "evidence": {"table": table, "condition": condition}}
