"""The seam between the page Decisions and the library: whom the page asks while somebody tries what would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from catalynx.decision.portfolio import Progress
    from catalynx.lookups.certainty import Certainty, Swings
    from catalynx.lookups.planning import Planned
    from dashboards.answers import Answers
    from dashboards.wish import Member, Wish


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
