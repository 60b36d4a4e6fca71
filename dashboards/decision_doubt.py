"""How sure the order is, and what would change it: two cards of the page Decisions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from catalynx.errors import CatalynxError
from catalynx.figures import rank_acceptability, tornado, wording
from dashboards.charts import Chart
from dashboards.fragments import fragment, pane, show
from dashboards.pages import Card
from dashboards.shell import error_state, skeleton

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalynx.lookups.certainty import Certainty, Swings
    from dashboards.desk import Desk
    from dashboards.wish import Wish

DRAWING = "Drawing weights and what is unknown 10,000 times…"


class Doubt:
    """The cards; `drawn` is called when it is known how often each candidate stays on top.

    Parameters
    ----------
    drawn : called with candidate_id → share of draws
    """

    def __init__(self, drawn: Callable[[dict[str, float]], None]) -> None:
        self._drawn = drawn
        self._sure, self._moves = Chart(), Chart()
        self._sure_says, self._moves_says = skeleton(DRAWING), pane(fragment("empty.html"))
        self._asked = 0

    def cards(self) -> list[Card]:
        """Return both cards."""
        import panel as pn

        def column(*parts: Any) -> Any:
            return pn.Column(*parts, sizing_mode="stretch_width", margin=0)

        return [
            Card("sure", column(self._sure_says, self._sure.body), rank_acceptability.QUESTION, 9,
                 "In how many of 10,000 draws each takes which place."),
            Card("moves", column(self._moves_says, self._moves.body), tornado.QUESTION, 9,
                 "One thing at a time, for the candidate that is open, else the best ranked."),
        ]  # fmt: skip

    def clear(self, says: Any) -> None:
        """Show a message instead."""
        for chart in (self._sure, self._moves):
            chart.clear(says)
        show(self._sure_says, fragment("empty.html"))
        show(self._moves_says, fragment("empty.html"))

    async def ask(self, desk: Desk, wish: Wish) -> None:
        """Draw anew; an answer to an older wish is let go."""
        self._asked += 1
        asked = self._asked
        show(self._sure_says, fragment("skeleton.html", words=DRAWING))
        try:
            found = await asyncio.to_thread(desk.certainty, wish)
        except CatalynxError as error:
            if asked == self._asked:
                show(self._sure_says, error_state(error))
            return
        if asked == self._asked:
            self._show_sure(found)
            self._drawn(dict(found.on_top))

    def _show_sure(self, found: Certainty) -> None:
        show(self._sure_says, fragment("says.html", says=found.sentence))
        pieces = rank_acceptability.acceptability_pieces(found.shares)
        rows = [(one["full_name"], one["places"], one["told"]) for one in pieces.to_dict("records")]
        figure = rank_acceptability.rank_acceptability(found.shares, title=None)
        self._sure.draw(figure, rank_acceptability.QUESTION, ("Candidate", "Places", "Share of draws"), rows, (2,))

    def show_moves(self, desk: Desk, wish: Wish, candidate_id: str, name: str) -> None:
        """Show what would change one candidate."""
        try:
            found: Swings = desk.swings(wish, candidate_id)
        except CatalynxError as error:
            show(self._moves_says, error_state(error))
            self._moves.clear(fragment("empty.html"))
            return
        show(self._moves_says, fragment("moves_say.html", name=name, score=found.base, sentences=found.sentences))
        rows = [
            (one["input"], one["low_told"], wording.score(one["low"]), one["high_told"], wording.score(one["high"]))
            for one in found.swings.to_dict("records")
        ]
        heads = ("Input", "Low", "Score then", "High", "Score then")
        figure = tornado.tornado(found.swings, found.base if found.base == found.base else 0.0, title=None)
        self._moves.draw(figure, tornado.QUESTION, heads, rows, (2, 4))
