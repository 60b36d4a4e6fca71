"""Part of the knobs: what somebody knows better of one candidate than the data do, such as an agreed ask or a later deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from catalynx.decision.wishes import MOST_HOURS, Wish
from catalynx.figures import wording
from dashboards.decision_form import WishForm
from dashboards.decision_offered import NOBODY, Offered
from dashboards.fragments import fragment, pane, show
from dashboards.typed import amount_of, day_of, money_of, number_of, share_of
from dashboards.widgets import button, choice, fold, side_by_side, text, under

FIELDS: Final[Mapping[str, tuple[str, str, Callable[[str], Any], str]]] = {
    "ask": ("asks", "Ask, US dollars", amount_of, "an amount in US dollars"),
    "deadline": ("deadlines", "Last day to apply", day_of, "a day, such as 2027-03-31"),
    "chance": ("chances", "Chance, assumed, per cent", share_of, "per cent from 0 to 100"),
    "hours": ("hours", "Hours that it takes", number_of, "a number of hours"),
    "match": ("matches", "Own money, US dollars", money_of, "an amount in US dollars"),
}
"""Field → the part of a wish that keeps it, its label, how it is read, and what it has to be."""
SAYS: Final = (
    "What you type counts in place of what is reckoned, in this view and the scenarios that keep it. Grey is what is reckoned. "
    "Those of the plan come first in the list."
)


class Known(WishForm):
    """A form for one candidate at a time."""

    def __init__(self, wish: Callable[[], Wish], turn: Callable[[Wish], None]) -> None:
        super().__init__(wish, turn)
        self._offered, self._opened = Offered(), ""
        self._candidate = choice("Of which candidate", NOBODY)
        self._fields = {name: text(label, "") for name, (_, label, _, _) in FIELDS.items()}
        self._at = {name: pane(fragment("empty.html")) for name in FIELDS}
        for widget in (self._candidate, *self._fields.values()):
            widget.width = 190
        self._asked, self._says, self._list = (pane(fragment("empty.html")) for _ in range(3))
        self._use, self._back = button("Use these"), button("Take back")
        form = [under(widget, self._at[name]) for name, widget in self._fields.items()]
        self.body = fold(
            "What do you know better?", pane(fragment("knob_help.html", says=SAYS)), self._list, self._asked,
            side_by_side(self._candidate, *form, self._use, self._back), self._says,
        )  # fmt: skip

    def watch(self, on_change: Callable[[Any, str, Callable[[Any], None]], None]) -> None:
        """Act on what is done."""
        # At once, not on the loop: what is typed next must not be emptied by what was chosen before.
        self._candidate.param.watch(lambda event: self._choose(), "value")
        on_change(self._use, "clicks", lambda clicks: self._apply())
        on_change(self._back, "clicks", lambda clicks: self.take_back(self._candidate.value))

    def offer(self, offered: Offered) -> None:
        """Take in the candidates of which something can be known better; while the form is open its list stays as it is."""
        self._offered = offered.together_with(self._candidate.value)
        if self.body.collapsed or self._candidate.options == NOBODY:
            self._candidate.options = self._offered.options

    def open(self, candidate_id: str) -> None:
        """Open the form on one candidate, and take the reader there."""
        self._offered = self._offered.together_with(candidate_id)
        self._candidate.options = self._offered.options
        self._opened = self._candidate.value = candidate_id if candidate_id in self._offered.order else ""
        self._choose()
        self.body.collapsed = False
        show(self._asked, fragment("known_asked.html", name=self._offered.name(candidate_id)))

    def show(self) -> None:
        """Show what the wish says."""
        wish = self._wish()
        told: dict[str, list[str]] = {}
        for part, label, _, _ in FIELDS.values():
            for key, value in getattr(wish, part).items():
                told.setdefault(key, []).append(f"{label.partition(',')[0].casefold()} {_said(part, value)}")
        known = [
            {"name": self._offered.name(key), "says": ", ".join(said), "back": urlencode({"known": f"back:{key}"}),
             "change": urlencode({"known": f"open:{key}"}) if key in self._offered.labels else ""}
            for key, said in told.items()
        ]  # fmt: skip
        show(self._list, fragment("known_better.html", known=known))
        self.body.collapsed = self.body.collapsed and not known
        self._fill()

    def take_back(self, candidate_id: str) -> None:
        """Let a candidate be as it is reckoned."""
        self._opened = ""
        self._clear_says()
        self._turn(self._wish().with_known(candidate_id, **dict.fromkeys(FIELDS)))
        self._fill()

    def _choose(self) -> None:
        self._clear_says()
        self._fill()

    def _fill(self) -> None:
        chosen, wish = self._candidate.value, self._wish()
        row = self._offered.row(chosen)
        reckoned = {} if row is None else _reckoned(row)
        for name, (part, *_) in FIELDS.items():
            value = getattr(wish, part).get(chosen)
            self._fields[name].value = "" if value is None else _plain(part, value)
            self._fields[name].placeholder = reckoned.get(name, "")

    def _apply(self) -> None:
        self._opened = ""
        self._clear_says()
        if not self._candidate.value:
            self._tell(self._says, "Choose a candidate first.")
            return
        read: dict[str, Any] = {}
        wrong = False
        for name, (_, _, reading, expected) in FIELDS.items():
            typed = self._fields[name].value_input.strip() or self._fields[name].value.strip()
            read[name] = reading(typed) if typed else None
            if (typed and read[name] is None) or (name == "hours" and (read[name] or 0) > MOST_HOURS):
                self._tell(self._at[name], f"“{typed}” is not {expected}.")
                wrong = True
        known = any(self._candidate.value in getattr(self._wish(), part) for part, *_ in FIELDS.values())
        if not wrong and not known and not any(value is not None for value in read.values()):
            self._tell(self._says, "Type at least one of them.")
        elif not wrong:
            self._tell(self._says, f"{self._offered.name(self._candidate.value)}: the plan is made anew.", wrong=False)
            self._turn(self._wish().with_known(self._candidate.value, **read))

    def _clear_says(self) -> None:
        # The form says of whom it was opened until something is done with it, or somebody else is chosen.
        opened = self._opened and self._opened == self._candidate.value
        for where in (*(() if opened else (self._asked,)), self._says, *self._at.values()):
            show(where, fragment("empty.html"))


def _reckoned(row: Mapping[Any, Any]) -> dict[str, str]:
    """Say what counts of a candidate as long as nobody knows better."""
    rate = row["award_rate_pct"]
    return {
        "ask": wording.money(row["ask_usd"]), "deadline": wording.day(row["deadline"]),
        "hours": wording.hours(row["effort_hours"]),
        "chance": wording.UNKNOWN if wording.is_unknown(rate) else f"{rate:.0f} %, published", "match": wording.UNKNOWN,
    }  # fmt: skip


def _plain(part: str, value: Any) -> str:
    if part == "deadlines":
        return str(value.isoformat())
    return f"{value * 100:g}" if part == "chances" else f"{value:.10g}"


def _said(part: str, value: Any) -> str:
    if part in ("asks", "matches"):
        return wording.money(value)
    if part == "deadlines":
        return wording.day(value)
    return f"{value:.0%}" if part == "chances" else wording.hours(value)
