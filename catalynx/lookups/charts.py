"""Figures as the JSON that a browser draws, each with the table behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from catalynx import workflows
from catalynx.errors import BadParameter, NotFound
from catalynx.lookups.plain import plain_frame

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.records.profile import Profile
    from catalynx.workflows import Decided, Workspace

MOST_GRANTS = 5_000


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure: the question it answers, what Bokeh draws, and the rows behind it."""

    question: str
    chart_config: dict[str, Any]
    table: list[dict[str, Any]]


type Drawn = tuple[str, Any, pd.DataFrame]
"""The question, the figure, and the rows behind it."""


def chart(
    workspace: Workspace, profile: Profile, name: str, *, candidate_id: str | None = None, as_of: date | None = None
) -> Chart:
    """Draw the figure called `name` for a profile.

    Parameters
    ----------
    name : of ``CHARTS``
    candidate_id : the candidate it is about; those of ``ABOUT_ONE`` need one

    Raises
    ------
    BadParameter, NotFound, LakeEmpty
    """
    if name not in CHARTS:
        raise BadParameter("chart_type", name, f"one of {', '.join(CHARTS)}")
    decided = workflows.decide(workspace, profile, as_of=as_of)
    if name in ABOUT_ONE and candidate_id is None:
        raise BadParameter("candidate_id", None, f"given: {name} is about one candidate")
    if candidate_id is not None and not (decided.decisions["candidate_id"] == candidate_id).any():
        raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
    question, figure, rows = CHARTS[name](workspace, decided, candidate_id or "")
    return Chart(question, _drawn(figure), plain_frame(rows))


def _drawn(figure: Any) -> dict[str, Any]:
    from bokeh.embed import json_item

    from catalynx.figures.drawing import holoviews

    # Through text, so that nothing stays that JSON does not have.
    drawn: dict[str, Any] = json.loads(json.dumps(json_item(holoviews().render(figure, backend="bokeh"))))
    return drawn


def _class_counts(workspace: Workspace, decided: Decided, candidate_id: str) -> Drawn:
    from catalynx.figures import class_counts as figure

    return figure.QUESTION, figure.class_counts(decided.decisions), figure.counts_by_class(decided.decisions)


def _deadlines(workspace: Workspace, decided: Decided, candidate_id: str) -> Drawn:
    from catalynx.figures import deadlines as figure

    today = decided.rules.as_of
    coming = figure.coming_deadlines(decided.decisions, today)
    return figure.QUESTION, figure.deadlines(decided.decisions, today), coming[sorted(figure.NEEDS)]


def _ranked_scores(workspace: Workspace, decided: Decided, candidate_id: str) -> Drawn:
    from catalynx.figures import ranked_scores as figure

    best = figure.best_scores(decided.decisions)
    return figure.QUESTION, figure.ranked_scores(decided.decisions), best[["rank", "name", "score", "coverage", "recommendation"]]


def _score_parts(workspace: Workspace, decided: Decided, candidate_id: str) -> Drawn:
    from catalynx.figures import score_parts as figure

    parts = decided.parts[decided.parts["candidate_id"] == candidate_id]
    return figure.QUESTION, figure.score_parts(parts), parts


def _score_waterfall(workspace: Workspace, decided: Decided, candidate_id: str) -> Drawn:
    from catalynx.figures import score_waterfall as figure

    parts = decided.parts[decided.parts["candidate_id"] == candidate_id]
    return figure.QUESTION, figure.score_waterfall(parts), figure.waterfall_steps(parts)


def _giving_by_year(workspace: Workspace, decided: Decided, candidate_id: str) -> Drawn:
    from catalynx.figures import giving_by_year as figure

    grants = _grants(workspace, decided, candidate_id)
    return figure.QUESTION, figure.giving_by_year(grants), figure.sums_by_year(grants)


def _grant_sizes(workspace: Workspace, decided: Decided, candidate_id: str) -> Drawn:
    from catalynx.figures import grant_sizes as figure

    grants = _grants(workspace, decided, candidate_id)
    return figure.QUESTION, figure.grant_sizes(grants), figure.counts_by_size(grants)


def _network_path(workspace: Workspace, decided: Decided, candidate_id: str) -> Drawn:
    from catalynx.figures import network_path as figure
    from catalynx.lookups.paths import paths

    steps = paths(workspace, decided.profile, candidate_id).steps
    return figure.QUESTION, figure.network_path(steps), steps


def _grants(workspace: Workspace, decided: Decided, candidate_id: str) -> pd.DataFrame:
    row = decided.decisions[decided.decisions["candidate_id"] == candidate_id].iloc[0]
    rows = workflows.evidence(workspace, row, limit=MOST_GRANTS)
    if not {"year", "amount_usd"} <= set(rows.columns):
        raise BadParameter("candidate_id", candidate_id, "a candidate with grants or awards on record")
    return rows


CHARTS: dict[str, Callable[[Workspace, Decided, str], Drawn]] = {
    "class_counts": _class_counts, "deadlines": _deadlines, "ranked_scores": _ranked_scores, "score_parts": _score_parts,
    "score_waterfall": _score_waterfall, "giving_by_year": _giving_by_year, "grant_sizes": _grant_sizes,
    "network_path": _network_path,
}  # fmt: skip
"""The figures there are, by name."""

ABOUT_ONE = frozenset({"score_parts", "score_waterfall", "giving_by_year", "grant_sizes", "network_path"})
"""Figures about one candidate."""
