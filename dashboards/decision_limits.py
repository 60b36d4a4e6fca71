"""Part of the knobs: what a plan has to keep besides the hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from catalynx.decision.wishes import MOST_PINNED, WITHOUT_LIMIT, Wish
from dashboards.decision_known import NOBODY
from dashboards.fragments import fragment, pane, show
from dashboards.typed import amount_of, number_of
from dashboards.widgets import button, choice, side_by_side, text

SHARES: Final = {"no limit": "1", **{f"at most {pct} %": f"{pct / 100:g}" for pct in (75, 50, 33, 25)}}
SAYS = "Shares are of what the plan gathers. An own-money limit leaves out what asks for an amount that nobody has told."
ONE_OF_BOTH, ONLY_WITH = "only one of both", "first only with second"


class PlanLimits:
    """The form.

    Parameters
    ----------
    wish : gives what is tried
    turn : takes what is tried after a change
    """

    def __init__(self, wish: Callable[[], Wish], turn: Callable[[Wish], None]) -> None:
        self._wish, self._turn = wish, turn
        self._names: dict[str, str] = {}
        self._funder, self._track = choice("Share of one funder", SHARES), choice("Share of one track", SHARES)
        self._matching = text("Own money in all, US dollars", "no limit")
        self._first, self._second = choice("First", NOBODY), choice("Second", NOBODY)
        self._how = choice("Together?", {ONE_OF_BOTH: ONE_OF_BOTH, ONLY_WITH: ONLY_WITH})
        self._add, self._clear = button("Add pair"), button("No pairs")
        for widget in (self._funder, self._track, self._matching, self._first, self._second, self._how):
            widget.width = 190
        self._list, self._says = pane(fragment("empty.html")), pane(fragment("empty.html"))
        self.rows = [
            pane(fragment("knob_heading.html", text="Which limits?", says=SAYS)),
            side_by_side(self._funder, self._track, self._matching), self._list,
            side_by_side(self._first, self._how, self._second, self._add, self._clear), self._says,
        ]  # fmt: skip

    def watch(self, on_change: Callable[[Any, str, Callable[[Any], None]], None]) -> None:
        """Act on what is done."""
        on_change(self._funder, "value", lambda new: self._turn(replace(self._wish(), most_of_funder=float(new))))
        on_change(self._track, "value", lambda new: self._turn(replace(self._wish(), most_of_track=float(new))))
        on_change(self._matching, "value", self._limit_own_money)
        on_change(self._add, "clicks", lambda clicks: self._add_pair())
        on_change(self._clear, "clicks", lambda clicks: self._turn(replace(self._wish(), at_most_one=(), only_with=())))

    def offer(self, named: Mapping[str, str]) -> None:
        """Take in name → candidate_id of those that can be chosen."""
        self._names = {key: name for name, key in named.items()}
        for widget in (self._first, self._second):
            widget.options = {**NOBODY, **named}

    def show(self) -> None:
        """Show what the wish says."""
        wish = self._wish()
        for widget, share in ((self._funder, wish.most_of_funder), (self._track, wish.most_of_track)):
            if f"{share:g}" not in widget.options.values():
                widget.options = {**widget.options, f"at most {share:.0%}": f"{share:g}"}
            widget.value = f"{share:g}"
        self._matching.value = "" if wish.matching_usd is None else f"{wish.matching_usd:.10g}"
        name = self._name
        pairs = [f"Only one of: {', '.join(map(name, group))}" for group in wish.at_most_one]
        pairs += [f"{name(first)}: only with {name(second)}" for first, second in wish.only_with]
        show(self._list, fragment("pairs.html", pairs=pairs))

    def _name(self, candidate_id: str) -> str:
        return self._names.get(candidate_id, candidate_id)

    def _limit_own_money(self, typed: str) -> None:
        amount = 0.0 if number_of(typed) == 0 else amount_of(typed)
        if typed.strip() and amount is None:
            self._tell(f"“{typed}” is not an amount in US dollars.")
            return
        self._tell("")
        self._turn(replace(self._wish(), matching_usd=amount))

    def _add_pair(self) -> None:
        first, second, wish = self._first.value, self._second.value, self._wish()
        if not first or not second or first == second:
            self._tell("Choose two candidates.")
            return
        self._tell("")
        if self._how.value == ONLY_WITH:
            pairs = (*(pair for pair in wish.only_with if pair != (first, second)), (first, second))
            self._turn(replace(wish, only_with=pairs[-MOST_PINNED:]))
        else:
            groups = (*(group for group in wish.at_most_one if group != (first, second)), (first, second))
            self._turn(replace(wish, at_most_one=groups[-MOST_PINNED:]))

    def _tell(self, says: str) -> None:
        show(self._says, fragment("knob_says.html", says=says, wrong=True) if says else fragment("empty.html"))


def limits_said(wish: Wish) -> bool:
    """Whether a wish says any of these limits."""
    shares = wish.most_of_funder != WITHOUT_LIMIT or wish.most_of_track != WITHOUT_LIMIT
    return shares or wish.matching_usd is not None or bool(wish.at_most_one or wish.only_with)
