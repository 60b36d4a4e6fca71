"""The desk over a workspace: arrays of one answer, and what people keep about it in the records."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from catalynx import workflows
from catalynx.decision.portfolio import frontier
from catalynx.lookups.certainty import Certainty, Swings, certainty, swings
from catalynx.lookups.planning import MONTHS, Planned, planned
from catalynx.lookups.reweighing import Kept, kept_of, reweighed
from catalynx.what_if import asked_of, usual_staff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from catalynx.decision.portfolio import Application, Limits, Progress
    from catalynx.decision.portfolio import Member as Colleague
    from catalynx.records.profile import Profile
    from dashboards.answers import Answers
    from dashboards.desk import KeptScenario, SignedDecision, Signing
    from dashboards.wish import Member, Wish

SECONDS = 10.0
"""How long a plan is looked for; the best so far is shown from the first second on."""


class Store(Protocol):
    """Where scenarios and signed decisions of one profile are kept; `dashboards.desk.Desk` says what each method does."""

    def scenarios(self) -> Sequence[KeptScenario]: ...
    def keep(self, name: str, wish: Wish) -> KeptScenario: ...
    def save(self, scenario: KeptScenario, wish: Wish) -> KeptScenario: ...
    def undo(self, scenario: KeptScenario) -> KeptScenario: ...
    def share(self, scenario: KeptScenario, shared: bool) -> KeptScenario: ...
    def sign(self, signing: Signing, wish: Wish, plan: Planned) -> SignedDecision: ...
    def signed(self) -> Sequence[SignedDecision]: ...


@dataclass(frozen=True, slots=True, eq=False)
class KeptDesk:
    """What can be told from one answer alone, by its arrays."""

    answers: Answers
    kept: Kept
    names: Mapping[str, str]
    store: Store

    @property
    def criteria(self) -> Sequence[str]:
        """By what candidates are scored."""
        return self.kept.criteria

    @property
    def staff(self) -> tuple[Member, ...]:
        """Who there is as usual."""
        return usual_staff(self.kept.rules)

    def ordered(self, wish: Wish) -> pd.DataFrame:
        """Return score, class and rank of every candidate under a wish."""
        return reweighed(self.kept, wish.factors, method=wish.method)

    def certainty(self, wish: Wish) -> Certainty:
        """Return how sure that order is."""
        return certainty(self.kept, self.names, wish.factors, method=wish.method)

    def swings(self, wish: Wish, candidate_id: str) -> Swings:
        """Return what would change the score of one candidate."""
        return swings(self.kept, candidate_id, wish.factors)

    def plan(self, wish: Wish, progress: Callable[[Progress], None], stop: Callable[[], bool]) -> Planned:
        """Return the best plan under a wish."""
        applications, staff, limits = self._asked(wish)
        return planned(
            applications, staff, limits, as_of=self.answers.today, aim=wish.aim, seconds=SECONDS, progress=progress, stop=stop
        )

    def frontier(self, wish: Wish, stop: Callable[[], bool]) -> pd.DataFrame:
        """Return the best value for every amount of hours."""
        applications, staff, limits = self._asked(wish)
        return frontier(
            applications,
            staff,
            limits,
            as_of=self.answers.today,
            months=MONTHS,
            aim=wish.aim,
            seconds=SECONDS,
            stop=stop,
            clock=time.monotonic,
        )

    def scenarios(self) -> Sequence[KeptScenario]:
        """Return the scenarios that this reader may see."""
        return self.store.scenarios()

    def keep(self, name: str, wish: Wish) -> KeptScenario:
        """Keep a wish as a new scenario."""
        return self.store.keep(name, wish)

    def save(self, scenario: KeptScenario, wish: Wish) -> KeptScenario:
        """Keep a wish in a scenario that is there."""
        return self.store.save(scenario, wish)

    def undo(self, scenario: KeptScenario) -> KeptScenario:
        """Take the last change of a scenario back."""
        return self.store.undo(scenario)

    def share(self, scenario: KeptScenario, shared: bool) -> KeptScenario:
        """Show a scenario to the team, or to its author alone."""
        return self.store.share(scenario, shared)

    def sign(self, signing: Signing, wish: Wish, plan: Planned) -> SignedDecision:
        """Keep a plan as decided."""
        return self.store.sign(signing, wish, plan)

    def signed(self) -> Sequence[SignedDecision]:
        """Return what was decided."""
        return self.store.signed()

    def _asked(self, wish: Wish) -> tuple[list[Application], list[Colleague], Limits]:
        ordered = self.ordered(wish)
        return asked_of(self.answers.candidates, self.answers.decisions, ordered, wish, self.kept.rules)


def workspace_desk(
    workspace: workflows.Workspace,
    profile: Profile,
    answers: Answers,
    *,
    as_of: date | None,
    by: str,
    viewer: str | None,
    origin: str | None = None,
) -> KeptDesk:
    """Return the desk for a profile that its reader may see.

    Parameters
    ----------
    by : who keeps and signs
    viewer : whose unshared scenarios are seen; None sees all
    origin : from where, for the audit
    """
    from dashboards.workspace_store import WorkspaceStore

    decided = workflows.decide(workspace, profile, as_of=as_of)
    store = WorkspaceStore(workspace.records, decided, by, viewer, origin)
    return KeptDesk(answers, kept_of(decided), names_of(answers), store)


def names_of(answers: Answers) -> dict[str, str]:
    """Return the name of each candidate."""
    return dict(zip(answers.decisions["candidate_id"], answers.decisions["name"], strict=True))
