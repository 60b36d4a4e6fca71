"""Part of the knobs: what else takes of the staff's hours, and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from catalynx.decision.wishes import MOST_HOURS, NAME_LENGTH, Wish
from catalynx.figures import wording
from catalynx.rules import Commitment
from dashboards.decision_form import WishForm
from dashboards.fragments import fragment, pane, show
from dashboards.typed import day_of, number_of
from dashboards.widgets import button, fold, side_by_side, text, under

SAYS: Final = (
    "An audit, a gala, the annual report: its hours are taken off everybody's alike, on the weekdays from the first day to the "
    "last."
)
A_DAY: Final = "a day, such as 2027-02-01"


class OtherWork(WishForm):
    """A form for one piece of work at a time, and a list of those that were told."""

    def __init__(self, wish: Callable[[], Wish], turn: Callable[[Wish], None]) -> None:
        super().__init__(wish, turn)
        self._name, self._hours = text("What", "e.g. annual report"), text("Hours in all", "e.g. 40")
        self._first, self._last = text("First day", "e.g. 2027-02-01"), text("Last day", "e.g. 2027-02-26")
        self._add = button("Add work")
        self._list, self._says = (pane(fragment("empty.html")) for _ in range(2))
        self._at = {widget: pane(fragment("empty.html")) for widget in (self._name, self._hours, self._first, self._last)}
        for widget in self._at:
            widget.width = 190
        form = side_by_side(*(under(widget, at) for widget, at in self._at.items()), self._add)
        self.body = fold("Other work", pane(fragment("knob_help.html", says=SAYS)), self._list, form, self._says, inner=True)
        self.body.margin = (12, 0, 0, 0)

    def watch(self, on_change: Callable[[Any, str, Callable[[Any], None]], None]) -> None:
        """Act on what is done."""
        on_change(self._add, "clicks", lambda clicks: self._take())

    def show(self) -> None:
        """Show what the wish says."""
        known = [
            {"name": one.name, "change": "", "back": urlencode({"busy": one.name}),
             "says": f"{wording.hours(one.hours)}, {wording.day(one.from_day)} to {wording.day(one.to_day)}"}
            for one in self._wish().other_work
        ]  # fmt: skip
        show(self._list, fragment("known_better.html", known=known))
        self.body.collapsed = self.body.collapsed and not known

    def take_back(self, name: str) -> None:
        """Take other work off."""
        self._turn(self._wish().with_other_work(name, None))

    def _take(self) -> None:
        name = " ".join(_typed(self._name).split())[:NAME_LENGTH]
        hours, first, last = number_of(_typed(self._hours)), day_of(_typed(self._first)), day_of(_typed(self._last))
        wrong = {
            self._name: "" if name else "Say what it is.",
            self._hours: _refusal(self._hours, hours is not None and hours <= MOST_HOURS, "a number of hours"),
            self._first: _refusal(self._first, first is not None, A_DAY),
            self._last: _refusal(self._last, last is not None, A_DAY),
        }
        if first is not None and last is not None and last < first:
            wrong[self._last] = f"It begins on {wording.day(first)}: end it then or later."
        for widget, says in wrong.items():
            self._tell(self._at[widget], says)
        if any(wrong.values()) or hours is None or first is None or last is None:
            self._tell(self._says, "")
            return
        self._tell(self._says, f"{name}: the plan is made anew.", wrong=False)
        for widget in self._at:
            widget.value = ""
        self._turn(self._wish().with_other_work(name, Commitment(name, hours, first, last)))


def _typed(widget: Any) -> str:
    return str(widget.value_input).strip() or str(widget.value).strip()


def _refusal(widget: Any, fits: bool, expected: str) -> str:
    return "" if fits else f"“{_typed(widget)}” is not {expected}." if _typed(widget) else f"Type {expected}."
