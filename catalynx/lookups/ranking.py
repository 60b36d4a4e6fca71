"""The best of very many candidates, told; the others are scored without a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from catalynx import workflows
from catalynx.columns import empty_frame
from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pandas as pd

    from catalynx.records.profile import Profile
    from catalynx.rules import Rules
    from catalynx.workflows import Workspace

AT_ONCE = 4
"""Hard rules are asked of so many times as many as are wanted, best first, until enough are left."""


def best_candidates(
    workspace: Workspace, profile: Profile, *, top: int = 50, as_of: date | None = None, rules: Rules | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score every candidate, and tell of the best `top` that fail no hard rule: the rows that `workflows.score` would give first.

    Returns
    -------
    candidates with ``score`` and ``coverage``, best first, those of scant coverage after all others; and their parts

    Raises
    ------
    LakeEmpty, BadParameter
    """
    import pandas as pd

    from catalynx.lake.prospects import shared_words
    from catalynx.scoring import judge_eligibility, score_candidates, weigh_candidates

    if top < 1:
        raise BadParameter("top", top, "at least 1")
    applicant, rules = workflows.applicant_of(profile), workflows.rules_for(workspace, profile, as_of=as_of, rules=rules)
    candidates = workflows.prospects_for(workspace, applicant, rules, told=False)
    if candidates.empty:
        return candidates.assign(score=[], coverage=[]), empty_frame("score_parts")
    weighed = weigh_candidates(candidates, applicant, rules)
    chosen: list[pd.DataFrame] = []
    # As in `workflows.score`: what rests on little data stands after all others, what has no score last.
    worth = weighed.score - 2.0 * (weighed.coverage < rules.scant_coverage)
    for places in _best_first(worth, candidates["candidate_id"], AT_ONCE * top):
        some = candidates.iloc[places].assign(score=weighed.score[places], coverage=weighed.coverage[places])
        some = some.join(judge_eligibility(some, applicant, rules))
        chosen.append(some[some["eligibility"] != "fails"])
        if sum(map(len, chosen)) >= top:
            break
    best = pd.concat(chosen).head(top).reset_index(drop=True)
    best["mission_words"] = shared_words(workspace.lake, best["candidate_id"], applicant.text, as_of=rules.as_of)
    return best, score_candidates(best, applicant, rules)


def _best_first(worth: np.ndarray[Any, Any], ids: pd.Series, size: int) -> Iterator[np.ndarray[Any, Any]]:
    """Give the places of the best, then of all others, like ones by their id; what has no score comes last."""
    import numpy as np

    ranked = np.where(np.isnan(worth), -np.inf, worth)
    least = np.partition(ranked, len(ranked) - size)[len(ranked) - size] if len(ranked) > size else -np.inf
    for places in (np.flatnonzero(ranked >= least), np.flatnonzero(ranked < least)):
        if len(places):
            yield places[np.lexsort((ids.iloc[places].to_numpy(dtype=object).astype(str), -ranked[places]))]
