"""The rows of the lake behind one candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from catalynx import workflows
from catalynx.errors import NotFound

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.records.profile import Profile
    from catalynx.workflows import Workspace

MOST_ROWS: Final = 5_000


def evidence_of(workspace: Workspace, profile: Profile, candidate_id: str) -> pd.DataFrame:
    """Return the rows behind a candidate of a profile: gifts to it first, then those to its field in its state, then the newest.

    Raises
    ------
    NotFound
        The lake's current version gives the profile no such candidate.
    """
    candidates = workflows.decide(workspace, profile).decisions
    found = candidates[candidates["candidate_id"] == candidate_id]
    if found.empty:
        raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
    return workflows.evidence(workspace, found.iloc[0], profile=profile, limit=MOST_ROWS)
