"""Part of the knobs: what somebody knows better of one candidate than the data do, such as an agreed ask or a later deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from catalynx.decision.wishes import MOST_HOURS, Wish
from catalynx.figures import wording
from dashboards.fragments import fragment, pane, show
from dashboards.typed import amount_of, day_of, number_of, share_of
from dashboards.widgets import button, choice, side_by_side, text

if TYPE_CHECKING:
    from dashboards.answers import Answers

NOBODY: Final = {"choose one": ""}
MOST_OFFERED: Final = 300
FIELDS: Final[Mapping[str, tuple[str, str, Callable[[str], Any], str]]] = {
    "ask": ("asks", "Ask, US dollars", amount_of, "an amount in US dollars"),
    "deadline": ("deadlines", "Last day to apply", day_of, "a day, such as 2027-03-31"),
    "chance": ("chances", "Chance, assumed, per cent", share_of, "per cent from 0 to 100"),
    "hours": ("hours", "Hours that it takes", number_of, "a number of hours"),
    "match": ("matches", "Own money that it asks for, US dollars", amount_of, "an amount in US dollars"),
}
"""Field → the part of a wish that keeps it, its label, how it is read, and what it has to be."""
SAYS = "What you type counts in place of what is reckoned, in this view and the scenarios that keep it. Grey is what is reckoned."


class Known:
    """The form.

    Parameters
    ----------
    wish : gives what is tried
    turn : takes what is tried after a change
    """

    def __init__(self, wish: Callable[[], Wish], turn: Callable[[Wish], None]) -> None:
        self._wish, self._turn = wish, turn
        self._reckoned: dict[str, dict[str, str]] = {}
        self._names: dict[str, str] = {}
        self._candidate = choice("Of which candidate", NOBODY)
        self._fields = {name: text(label, "") for name, (_, label, _, _) in FIELDS.items()}
        for widget in (self._candidate, *self._fields.values()):
            widget.width = 190
        self._says, self._list = pane(fragment("empty.html")), pane(fragment("empty.html"))
        self._use, self._back = button("Use these"), button("Take back")
        self.rows = [
            pane(fragment("knob_heading.html", text="What do you know better?", says=SAYS)), self._list,
            side_by_side(self._candidate, *self._fields.values(), self._use, self._back), self._says,
        ]  # fmt: skip

    def watch(self, on_change: Callable[[Any, str, Callable[[Any], None]], None]) -> None:
        """Act on what is done."""
        on_change(self._candidate, "value", lambda chosen: self._fill())
        on_change(self._use, "clicks", lambda clicks: self._apply())
        on_change(self._back, "clicks", lambda clicks: self._take_back())

    def offer(self, answers: Answers) -> dict[str, str]:
        """Take in the candidates that can be chosen, the best first; return name → candidate_id."""
        rows = answers.decisions[answers.decisions["eligibility"] != "fails"].sort_values("rank").head(MOST_OFFERED)
        rates = answers.candidates.set_index("candidate_id").reindex(columns=["award_rate_pct"])["award_rate_pct"]
        for row in rows.to_dict("records"):
            key, rate = str(row["candidate_id"]), rates.get(row["candidate_id"])
            self._names[key] = wording.name(row["name"])
            self._reckoned[key] = {
                "ask": wording.money(row["ask_usd"]), "deadline": wording.day(row["deadline"]), "match": wording.UNKNOWN,
                "hours": wording.hours(row["effort_hours"]),
                "chance": wording.UNKNOWN if wording.is_unknown(rate) else f"{rate:.0f} %, published",
            }  # fmt: skip
        self._candidate.options = {**NOBODY, **_told_apart(self._names)}
        return _told_apart(self._names)

    def show(self) -> None:
        """Show what the wish says."""
        wish = self._wish()
        told: dict[str, list[str]] = {}
        for part, label, _, _ in FIELDS.values():
            for key, value in getattr(wish, part).items():
                told.setdefault(key, []).append(f"{label.partition(',')[0].casefold()} {_said(part, value)}")
        named = {self._names.get(key, key): ", ".join(said) for key, said in told.items()}
        show(self._list, fragment("known_better.html", known=named))
        self._fill()

    def _fill(self) -> None:
        chosen, wish = self._candidate.value, self._wish()
        for name, (part, *_) in FIELDS.items():
            value = getattr(wish, part).get(chosen)
            self._fields[name].value = "" if value is None else _plain(part, value)
            self._fields[name].placeholder = self._reckoned.get(chosen, {}).get(name, "")

    def _apply(self) -> None:
        if not self._candidate.value:
            self._tell("Choose a candidate first.", wrong=True)
            return
        read: dict[str, Any] = {}
        for name, (_, label, reading, expected) in FIELDS.items():
            typed = self._fields[name].value_input.strip() or self._fields[name].value.strip()
            read[name] = reading(typed) if typed else None
            if (typed and read[name] is None) or (name == "hours" and (read[name] or 0) > MOST_HOURS):
                self._tell(f"{label}: “{typed}” is not {expected}.", wrong=True)
                return
        self._tell(f"{self._names[self._candidate.value]}: the plan is made anew.", wrong=False)
        self._turn(self._wish().with_known(self._candidate.value, **read))

    def _take_back(self) -> None:
        nothing = dict.fromkeys(FIELDS)
        self._tell("", wrong=False)
        self._turn(self._wish().with_known(self._candidate.value, **nothing))
        self._fill()

    def _tell(self, says: str, *, wrong: bool) -> None:
        show(self._says, fragment("knob_says.html", says=says, wrong=wrong))


def _told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Return name → candidate_id; names that two have say which."""
    several = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {f"{name} ({key})" if name in several else name: key for key, name in names.items()}


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


def anything_known(wish: Wish) -> bool:
    """Whether a wish says anything that somebody knows better."""
    return any(getattr(wish, part) for part, *_ in FIELDS.values())
