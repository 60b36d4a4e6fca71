"""Two scenarios side by side, and signing what is decided: two cards of the page Decisions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from catalynx.errors import CatalynxError
from catalynx.figures import scenario_comparison, wording
from catalynx.lookups.planning import difference_in_words, differences
from dashboards.charts import Chart
from dashboards.desk import Signing
from dashboards.fragments import content_css, fragment, pane, show
from dashboards.pages import Card
from dashboards.shell import error_state
from dashboards.widgets import button, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalynx.lookups.planning import Planned
    from dashboards.desk import Desk
    from dashboards.wish import Wish

WHY_LENGTH = 4_000


class Comparison:
    """The card that sets two plans side by side."""

    def __init__(self) -> None:
        self._chart = Chart()
        self._says = pane(fragment("compare_none.html"))
        self._chart.clear(fragment("empty.html"))

    def card(self) -> Card:
        """Return the card."""
        import panel as pn

        body = pn.Column(self._says, self._chart.body, sizing_mode="stretch_width", margin=0)
        return Card(
            "compare", body, "Two scenarios, side by side", 9, "What enters, what leaves, and what becomes of value and hours."
        )

    def clear(self) -> None:
        """Say how a comparison is made."""
        show(self._says, fragment("compare_none.html"))
        self._chart.clear(fragment("empty.html"))

    def wait(self) -> None:
        """Say that the other plan is being made."""
        show(self._says, fragment("skeleton.html", words="Solving the other scenario…"))

    def say(self, error: CatalynxError) -> None:
        """Show why there is nothing to compare."""
        show(self._says, error_state(error))
        self._chart.clear(fragment("empty.html"))

    def show(self, first: Planned, first_name: str, second: Planned, second_name: str) -> None:
        """Show two plans."""
        rows = differences(first, second)
        sides = [_side(first_name, first), _side(second_name, second)]
        show(self._says, fragment("compare.html", sides=sides, says=difference_in_words(first, second)))
        table = [
            (one["what"], one["full_name"], one["scenario"], one["told"])
            for one in scenario_comparison.comparison_bars(rows, first_name, second_name).to_dict("records")
        ]
        figure = scenario_comparison.scenario_comparison(rows, first_name, second_name, title=None)
        self._chart.draw(figure, scenario_comparison.QUESTION, ("What", "Application", "Scenario", "Hours"), table, (3,))


def _side(name: str, planned: Planned) -> dict[str, Any]:
    plan = planned.plan
    value = (
        wording.UNKNOWN if plan.value is None else wording.money(plan.value) if plan.aim == "usd" else f"{plan.value:,.0f} points"
    )
    return {
        "name": name, "count": len(plan.chosen), "value": value, "hours": planned.hours, "available": planned.hours_available,
        "worst": plan.worst_years_usd, "deadline": planned.applications["deadline"].min() if len(planned.applications) else None,
        "proof": plan.told(),
    }  # fmt: skip


class SigningCard:
    """The card on which a plan is signed, and what was signed stands.

    Parameters
    ----------
    current : gives the wish and the plan that are shown; None while there is no plan
    """

    def __init__(self, who: str, current: Callable[[], tuple[Wish, Planned] | None], *, may_sign: bool) -> None:
        self._who, self._current, self._may_sign = who, current, may_sign
        self._desk: Desk | None = None
        self._title = text("What is decided", "e.g. Applications of spring 2027")
        self._title.width, self._title.max_width, self._title.sizing_mode = None, 420, "stretch_width"
        self._why, self._dissent = (
            _long("Why", "what speaks for it"),
            _long("Dissent", "who sees it otherwise, and why; leave empty if nobody does"),
        )
        self._sign = button("Sign")
        self._sign.margin = (12, 0, 0, 0)
        self._sign.on_click(self._signed)
        self._says, self._list = pane(fragment("empty.html")), pane(fragment("empty.html"))

    def card(self) -> Card:
        """Return the card."""
        import panel as pn

        form = (
            [self._title, self._why, self._dissent, self._sign, self._says]
            if self._may_sign
            else [pane(fragment("signing_not_yours.html"))]
        )
        body = pn.Column(*form, self._list, sizing_mode="stretch_width", margin=0)
        return Card(
            "sign",
            body,
            "Sign it?",
            9,
            "A signed decision cannot be changed, only followed by another; it can be made again from what is kept with it.",
        )

    async def know(self, desk: Desk) -> None:
        """Show what was signed."""
        self._desk = desk
        await self._read()

    async def _signed(self, event: Any) -> None:
        desk, current = self._desk, self._current()
        if desk is None or current is None:
            self._tell("There is no plan to sign yet.", wrong=True)
            return
        signing = Signing(self._title.value.strip(), self._why.value.strip(), self._dissent.value.strip())
        if not signing.title or not signing.why:
            self._tell("Say what is decided, and why.", wrong=True)
            return
        try:
            done = await asyncio.to_thread(desk.sign, signing, *current)
        except CatalynxError as error:
            self._tell(str(error), wrong=True)
            return
        self._title.value = self._why.value = self._dissent.value = ""
        self._tell(f"Signed by {done.who} as {done.decision_id}.", wrong=False)
        await self._read()

    async def _read(self) -> None:
        if self._desk is None:
            return
        try:
            found = await asyncio.to_thread(self._desk.signed)
        except CatalynxError as error:
            show(self._list, error_state(error))
            return
        show(self._list, fragment("signed.html", signed=found[:12], total=len(found)))

    def _tell(self, says: str, *, wrong: bool) -> None:
        show(self._says, fragment("knob_says.html", says=says, wrong=wrong))


def _long(label: str, example: str) -> Any:
    import panel as pn

    return pn.widgets.TextAreaInput(
        label=label,
        placeholder=example,
        max_length=WHY_LENGTH,
        rows=3,
        sizing_mode="stretch_width",
        margin=0,
        stylesheets=[content_css()],
    )
