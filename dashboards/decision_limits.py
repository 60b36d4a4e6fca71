"""Part of the knobs: what a plan has to keep besides the hours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from catalynx.decision.wishes import MOST_PINNED, MOST_USD, WITHOUT_LIMIT, Wish
from dashboards.decision_form import WishForm
from dashboards.decision_offered import NOBODY, Offered
from dashboards.fragments import fragment, pane, show
from dashboards.typed import money_of
from dashboards.widgets import button, choice, fold, side_by_side, text, under

SHARES: Final = {"no limit": "1", **{f"at most {pct} %": f"{pct / 100:g}" for pct in (75, 50, 33, 25)}}
SAYS: Final = "Shares are of what the plan gathers. An own-money limit leaves out what asks for an amount that nobody has told."
TOGETHER: Final = "Two or three candidates of which the plan holds one at most, or of which the first needs the others."
ONE_OF_THEM, ONLY_WITH = "only one of them", "first only with the others"


class PlanLimits(WishForm):
    """A form for shares, money, and what goes together or not."""

    def __init__(self, wish: Callable[[], Wish], turn: Callable[[Wish], None]) -> None:
        super().__init__(wish, turn)
        self._offered = Offered()
        self._funder, self._track = choice("Share of one funder", SHARES), choice("Share of one track", SHARES)
        self._matching = text("Own money in all, US dollars", "no limit")
        self._how = choice("Of these candidates", {ONE_OF_THEM: ONE_OF_THEM, ONLY_WITH: ONLY_WITH})
        self._named = [choice(label, NOBODY) for label in ("First", "Second", "Third, if any")]
        self._add, together = button("Add"), pane(fragment("knob_help.html", says=TOGETHER))
        together.margin = (14, 0, 0, 0)
        for widget in (self._funder, self._track, self._matching, *self._named, self._how):
            widget.width = 190
        self._list, self._at_matching, self._says = (pane(fragment("empty.html")) for _ in range(3))
        self.body = fold(
            "Which limits?", pane(fragment("knob_help.html", says=SAYS)),
            side_by_side(self._funder, self._track, under(self._matching, self._at_matching)),
            together, self._list,
            side_by_side(self._how, *self._named, self._add), self._says,
        )  # fmt: skip

    def watch(self, on_change: Callable[[Any, str, Callable[[Any], None]], None]) -> None:
        """Act on what is done."""
        on_change(self._funder, "value", lambda new: self._turn(replace(self._wish(), most_of_funder=float(new))))
        on_change(self._track, "value", lambda new: self._turn(replace(self._wish(), most_of_track=float(new))))
        on_change(self._matching, "value", self._limit_own_money)
        on_change(self._add, "clicks", lambda clicks: self._add_pair())

    def offer(self, offered: Offered) -> None:
        """Take in the candidates that limits can name; while the form is open its lists stay as they are."""
        self._offered = offered
        if self.body.collapsed or self._named[0].options == NOBODY:
            for widget in self._named:
                widget.options = offered.options

    def show(self) -> None:
        """Show what the wish says."""
        wish = self._wish()
        for widget, share in ((self._funder, wish.most_of_funder), (self._track, wish.most_of_track)):
            if f"{share:g}" not in widget.options.values():
                widget.options = {**widget.options, f"at most {share:.0%}": f"{share:g}"}
            widget.value = f"{share:g}"
        self._matching.value = "" if wish.matching_usd is None else f"{wish.matching_usd:.10g}"
        name = self._offered.name
        pairs = [("one", group, f"Only one of: {', '.join(map(name, group))}") for group in wish.at_most_one]
        pairs += [("with", pair, f"{name(pair[0])}: only with {name(pair[1])}") for pair in wish.only_with]
        told = [{"says": says, "back": urlencode({"limit": f"{how}:{'|'.join(group)}"})} for how, group, says in pairs]
        show(self._list, fragment("pairs.html", pairs=told))
        self.body.collapsed = self.body.collapsed and not limits_said(wish)

    def take_back(self, place: str) -> None:
        """Take back what holds of several candidates, as its button says it: ``one:a|b`` or ``with:a|b``."""
        how, _, said = place.partition(":")
        group, wish = tuple(said.split("|")), self._wish()
        if how == "one":
            self._turn(replace(wish, at_most_one=tuple(one for one in wish.at_most_one if one != group)))
        else:
            self._turn(replace(wish, only_with=tuple(pair for pair in wish.only_with if pair != group)))

    def _limit_own_money(self, typed: str) -> None:
        amount = money_of(typed)
        if typed.strip() and (amount is None or amount > MOST_USD):
            self._tell(self._at_matching, f"“{typed}” is not an amount in US dollars.")
            return
        self._tell(self._at_matching, "")
        self._turn(replace(self._wish(), matching_usd=amount))

    def _add_pair(self) -> None:
        named = tuple(dict.fromkeys(widget.value for widget in self._named if widget.value))
        wish = self._wish()
        if not self._named[0].value or len(named) < 2:
            self._tell(self._says, "Choose a first and at least another candidate.")
            return
        self._tell(self._says, "")
        if self._how.value == ONLY_WITH:
            made = tuple((named[0], other) for other in named[1:])
            pairs = (*(pair for pair in wish.only_with if pair not in made), *made)
            self._turn(replace(wish, only_with=pairs[-MOST_PINNED:]))
        else:
            groups = (*(group for group in wish.at_most_one if set(group) != set(named)), named)
            self._turn(replace(wish, at_most_one=groups[-MOST_PINNED:]))


def limits_said(wish: Wish) -> bool:
    """Whether a wish says any of these limits."""
    shares = wish.most_of_funder != WITHOUT_LIMIT or wish.most_of_track != WITHOUT_LIMIT
    return shares or wish.matching_usd is not None or bool(wish.at_most_one or wish.only_with)
