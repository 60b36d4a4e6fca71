"""The desk over a workspace: arrays of one answer, and what people keep about it in the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx import workflows
from catalynx.lookups.certainty import Certainty, Swings, certainty, swings
from catalynx.lookups.reweighing import Kept, kept_of, reweighed
from dashboards.wish import EVERYBODY, Member, Wish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import pandas as pd

    from catalynx.records.profile import Profile
    from dashboards.answers import Answers


@dataclass(frozen=True, slots=True, eq=False)
class KeptDesk:
    """What can be told from one answer alone, by its arrays."""

    answers: Answers
    kept: Kept
    staff: tuple[Member, ...]
    names: Mapping[str, str]

    @property
    def criteria(self) -> Sequence[str]:
        """By what candidates are scored."""
        return self.kept.criteria

    def ordered(self, wish: Wish) -> pd.DataFrame:
        """Return score, class and rank of every candidate under a wish."""
        return reweighed(self.kept, wish.factors, method=wish.method)

    def certainty(self, wish: Wish) -> Certainty:
        """Return how sure that order is."""
        return certainty(self.kept, self.names, wish.factors, method=wish.method)

    def swings(self, wish: Wish, candidate_id: str) -> Swings:
        """Return what would change the score of one candidate."""
        return swings(self.kept, candidate_id, wish.factors)


def workspace_desk(workspace: workflows.Workspace, profile: Profile, answers: Answers, *, as_of: date | None) -> KeptDesk:
    """Return the desk for a profile that its reader may see."""
    decided = workflows.decide(workspace, profile, as_of=as_of)
    hours = decided.rules.hours_per_month
    staff = () if hours is None else (Member(EVERYBODY, hours),)
    return KeptDesk(answers, kept_of(decided), staff, names_of(answers))


def names_of(answers: Answers) -> dict[str, str]:
    """Return the name of each candidate."""
    return dict(zip(answers.decisions["candidate_id"], answers.decisions["name"], strict=True))
