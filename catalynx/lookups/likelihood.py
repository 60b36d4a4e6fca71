"""How likely a new grant from each foundation to a profile's organisation will be reported, by the model kept in the lake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx import workflows

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.records.profile import Profile
    from catalynx.workflows import Workspace

CLAIM = "the chance that a new grant from this funder to this organization will be reported in these years, not of winning one"


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """What the model says of a profile's foundations.

    Attributes
    ----------
    rows : ``candidate_id``, ``name``, ``likelihood``, ``likelihood_low``, ``likelihood_high`` (0–1, NaN = unknown; nine of
        ten lie within), ``likelihood_note`` (what the number says, or why there is none); the likeliest first
    first_year, last_year : the years that it speaks of
    learned_from, calibrated_on : last years known of the windows that it was learned from and set right on
    """

    rows: pd.DataFrame
    lake_version: str
    first_year: int
    last_year: int
    learned_from: tuple[int, ...]
    calibrated_on: int


def likelihoods_of(workspace: Workspace, profile: Profile) -> Likelihoods:
    """Ask the model that was trained on the lake's current version.

    Raises
    ------
    NotFound
        No model was trained on it yet: says how.
    LakeEmpty, LakeDamaged
    """
    from catalynx.backtest import likelihoods, newest_model

    trained, _ = newest_model(workspace.settings.lake, workspace.lake.id)
    found = workflows.discover(workspace, profile)
    found = found[found["kind"] == "foundation"]
    chances = likelihoods(workspace.lake, trained, found, workflows.applicant_of(profile))
    whole = found[["candidate_id", "name"]].join(chances)
    whole = whole.sort_values(["likelihood", "candidate_id"], ascending=[False, True], na_position="last", ignore_index=True)
    first, last = trained.origin + 1, trained.origin + trained.window
    return Likelihoods(whole, workspace.lake.id, first, last, trained.learned_from, trained.calibrated_on)
