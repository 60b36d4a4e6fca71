"""The plan of the page Decisions: who works on what, and when; what more hours would bring; while it is being solved, how far."""

from __future__ import annotations

import asyncio
import math
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from catalynx.errors import CatalynxError
from catalynx.figures import frontier, gantt, wording
from dashboards.charts import Chart
from dashboards.fragments import fragment, pane, show
from dashboards.pages import Card
from dashboards.shell import error_state, skeleton
from dashboards.widgets import button

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalynx.decision.portfolio import Progress
    from catalynx.lookups.planning import Planned
    from dashboards.desk import Desk
    from dashboards.wish import Wish

LOOK_AGAIN: Final = 0.25
"""Seconds between two looks at how far the solver is."""
SOLVING = "Solving: which applications fit the hours…"


class PlanCards:
    """Both cards.

    Parameters
    ----------
    made : called with each plan that is made, and the wish it is made for
    """

    def __init__(self, made: Callable[[Wish, Planned], None]) -> None:
        self._made = made
        self._stop = Event()
        self._schedule, self._frontier = Chart(), Chart()
        self._says, self._more, self._traced = skeleton(SOLVING), pane(fragment("empty.html")), pane(fragment("empty.html"))
        self._cancel = button("Cancel")
        self._cancel.visible = False
        self._cancel.on_click(lambda event: self.leave())
        self._seen: Progress | None = None
        self.refused: str = ""

    def cards(self) -> list[Card]:
        """Return the cards of plan and frontier."""
        import panel as pn

        def column(*parts: Any) -> Any:
            return pn.Column(*parts, sizing_mode="stretch_width", margin=0)

        return [
            Card("plan", column(self._says, self._cancel, self._schedule.body, self._more), gantt.QUESTION, 9,
                 "The applications that are worth most within the hours there are."),
            Card("frontier", column(self._traced, self._frontier.body), frontier.QUESTION, 9,
                 "The best plan for every amount of hours."),
        ]  # fmt: skip

    def clear(self, says: Any) -> None:
        """Show a message instead."""
        self._schedule.clear(says)
        self._frontier.clear(says)
        for target in (self._says, self._more, self._traced):
            show(target, fragment("empty.html"))

    async def ask(self, desk: Desk, wish: Wish) -> Planned | None:
        """Make a plan for a wish and show it; the search for an older one ends."""
        self._stop.set()
        stop = self._stop = Event()
        self.refused = ""
        self._seen = None
        self._cancel.visible = True
        asked = asyncio.ensure_future(asyncio.to_thread(desk.plan, wish, self._note, stop.is_set))
        try:
            while not asked.done() and self._stop is stop:
                show(self._says, fragment("solving.html", seen=self._seen, words=SOLVING, open=math.inf))
                await asyncio.wait([asked], timeout=LOOK_AGAIN)
            found = await asked
        except CatalynxError as error:
            if self._stop is stop:
                self._cancel.visible = False
                self._refused(error)
            return None
        if self._stop is not stop:
            return None
        self._cancel.visible = False
        self._show(desk, found)
        self._made(wish, found)
        return found

    async def trace(self, desk: Desk, wish: Wish, plan: Planned) -> None:
        """Show what other amounts of hours would bring."""
        stop = self._stop
        show(self._traced, fragment("skeleton.html", words="Planning for fewer hours, and for more…"))
        try:
            points = await asyncio.to_thread(desk.frontier, wish, stop.is_set)
        except CatalynxError as error:
            if self._stop is stop:
                show(self._traced, error_state(error))
            return
        if self._stop is not stop:
            return
        show(self._traced, fragment("empty.html"))
        unit = "expected US dollars" if wish.aim == "usd" else "points"
        here = None if plan.plan.value is None else (plan.hours, plan.plan.value)
        rows = [(wording.hours(one["along"]), f"{one['value']:,.0f}", one["told"]) for one in points.to_dict("records")]
        figure = frontier.frontier(points, value=unit, here=here, title=None)
        self._frontier.draw(figure, frontier.QUESTION, ("Hours", unit.capitalize(), "Holds"), rows, (0, 1))

    def _note(self, progress: Progress) -> None:
        """Take in how far the solver is; called from its thread, shown by the page's."""
        self._seen = progress

    def _refused(self, error: CatalynxError) -> None:
        self.refused = str(error)
        self._schedule.clear(fragment("empty.html"))
        self._frontier.clear(fragment("empty.html"))
        show(self._more, fragment("empty.html"))
        show(self._says, error_state(error))

    def _show(self, desk: Desk, found: Planned) -> None:
        show(self._says, fragment("plan_says.html", found=found, proof=found.plan.told()))
        rows = [
            (one["name"], one["who"], wording.day(one["start"]), wording.day(one["finish"]), wording.hours(one["hours"]),
             wording.day_from(one["deadline"], desk.answers.today))
            for one in found.bars.to_dict("records")
        ]  # fmt: skip
        heads = ("Application", "Who", "From", "To", "Hours", "Deadline")
        self._schedule.draw(gantt.gantt(found.bars, desk.answers.today, title=None), gantt.QUESTION, heads, rows, (4,))
        names = found.names
        swaps = [
            {"leaves": [names.get(one, one) for one in swap.leaves], "enters": [names.get(one, one) for one in swap.enters],
             "value": swap.value_change, "hours": swap.hours_change}
            for swap in found.plan.swaps[:5]
        ]  # fmt: skip
        left_out = [(names.get(one, one), why) for one, why in found.plan.left_out.items()]
        show(self._more, fragment("plan_more.html", plan=found.plan, swaps=swaps, left_out=left_out))

    def leave(self) -> None:
        """End the search; the best so far is shown."""
        self._stop.set()
