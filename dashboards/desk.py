"""The seam between the page Decisions and the library: whom the page asks while somebody tries what would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import pandas as pd

    from catalynx.decision.portfolio import Progress
    from catalynx.lookups.certainty import Certainty, Swings
    from catalynx.lookups.planning import Planned
    from dashboards.answers import Answers
    from dashboards.wish import Member, Wish


@dataclass(frozen=True, slots=True)
class KeptScenario:
    """A wish that is kept under a name: who changed it last, when, how often it was changed, and whether the team sees it.

    ``made_by`` is whose name it is: others may call theirs the same.
    """

    scenario_id: str
    name: str
    wish: Wish
    author: str
    changed_at: datetime
    version: int
    shared: bool
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """What somebody writes when signing: the title, why, and what others say against it."""

    title: str
    why: str
    dissent: str = ""


@dataclass(frozen=True, slots=True)
class SignedDecision:
    """A decision that was signed: by whom, when, why, what was said against it, and what it holds, in words."""

    decision_id: str
    title: str
    who: str
    when: datetime
    why: str
    dissent: str
    holds: str


class Desk(Protocol):
    """One profile's decisions, kept as arrays while a page is open. Every method may raise a `catalynx.errors.CatalynxError`."""

    @property
    def answers(self) -> Answers:
        """What is decided as it is."""
        ...

    @property
    def criteria(self) -> Sequence[str]:
        """By what candidates are scored."""
        ...

    @property
    def staff(self) -> Sequence[Member]:
        """Who there is as the profile says; nobody where it does not say."""
        ...

    def ordered(self, wish: Wish) -> pd.DataFrame:
        """Return score, class and rank of every candidate under a wish, as `catalynx.lookups.reweighing.reweighed` does."""
        ...

    def certainty(self, wish: Wish) -> Certainty:
        """Return how sure that order is; takes up to a second."""
        ...

    def swings(self, wish: Wish, candidate_id: str) -> Swings:
        """Return what would change the score of one candidate, and what is decided about it.

        Raises
        ------
        NotFound
        """
        ...

    def plan(self, wish: Wish, progress: Callable[[Progress], None], stop: Callable[[], bool]) -> Planned:
        """Return the best plan under a wish: what to work on, when, by whom.

        Parameters
        ----------
        progress : is told of every better plan, from another thread
        stop : asked often; the best so far comes back soon after it says True
        """
        ...

    def frontier(self, wish: Wish, stop: Callable[[], bool]) -> pd.DataFrame:
        """Return the best value for every amount of hours, as `catalynx.figures.frontier` draws it; takes seconds."""
        ...

    def scenarios(self) -> Sequence[KeptScenario]:
        """Return the scenarios that this reader may see, by name."""
        ...

    def keep(self, name: str, wish: Wish) -> KeptScenario:
        """Keep a wish as a new scenario."""
        ...

    def save(self, scenario: KeptScenario, wish: Wish) -> KeptScenario:
        """Keep a wish in a scenario that is there, if nobody changed it since it was read."""
        ...

    def undo(self, scenario: KeptScenario) -> KeptScenario:
        """Take the last change of a scenario back."""
        ...

    def share(self, scenario: KeptScenario, shared: bool) -> KeptScenario:
        """Show a scenario to the team, or to its author alone."""
        ...

    def sign(self, signing: Signing, wish: Wish, plan: Planned) -> SignedDecision:
        """Keep a plan as decided: who, why, and what speaks against it, with all that is needed to make it again."""
        ...

    def signed(self) -> Sequence[SignedDecision]:
        """Return what was decided, newest first."""
        ...
