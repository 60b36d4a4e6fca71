"""The left side of the page Decisions: what matters more, how to rank, who is there, how much risk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from catalynx.decision.ranking import METHODS
from catalynx.errors import BadParameter
from catalynx.lookups.pairs import usual_shares
from catalynx.lookups.reweighing import GROUPS
from dashboards.decision_known import Known
from dashboards.decision_limits import PlanLimits
from dashboards.decision_offered import Offered, offered
from dashboards.decision_other_work import OtherWork
from dashboards.decision_pairs import WeightPairs
from dashboards.fragments import content_css, fragment, pane, show
from dashboards.widgets import button, choice, fold, side_by_side, text
from dashboards.wish import Member, Wish

if TYPE_CHECKING:
    from catalynx.lookups.planning import Planned
    from dashboards.answers import Answers
    from dashboards.pages import Card

MONTHS_AHEAD: Final = 18
STAYS_SECONDS: Final = 0.2
MOST_TIMES: Final = 3.0
LEAVES, JOINS, WORKS = "leaves", "joins", "works other hours"
CAREFUL = "0 plans for what is to be expected, 1 for the worst years. It counts where chance × ask does."
CHANCES: Final = {"unknown": "", **{f"{pct} %, assumed by us": f"{pct / 100:g}" for pct in (5, 10, 20, 30, 50)}}
METHOD_WORDS: Final = {
    "weighted sum": "weighted sum (usual)", "topsis": "TOPSIS: nearest to the ideal", "promethee": "PROMETHEE II: wins of pairs",
    "electre": "ELECTRE II: wins without veto",
}  # fmt: skip


def slider(label: str, low: float, high: float, step: float, value: float, unit: str) -> Any:
    """Return a slider that acts once it is let go, or on each key; `unit` follows its value."""
    import panel as pn
    from bokeh.models import PrintfTickFormatter

    return pn.widgets.FloatSlider(
        label=label, start=low, end=high, step=step, value=value, format=PrintfTickFormatter(format=f"%.2f {unit}"),
        tooltips=False, bar_color="#0072b2", sizing_mode="stretch_width", margin=(0, 14, 0, 14), stylesheets=[content_css()],
    )  # fmt: skip


class Knobs:
    """What can be turned; `changed` is called with the wish after each turn.

    Parameters
    ----------
    changed : called with the new wish
    """

    def __init__(self, changed: Callable[[Wish], None]) -> None:
        self.wish, self._changed = Wish(), changed
        self._usual_staff: tuple[Member, ...] = ()
        self._setting = False
        self._sliders: dict[str, Any] = {}
        self._criteria: tuple[str, ...] = ()
        self._method = choice("How to rank", {METHOD_WORDS[name]: name for name in METHODS})
        self._aim = choice("What counts", {"points of score": "points", "chance × ask, US dollars": "usd"})
        self._assumed = choice("Chance where none is published", CHANCES)
        self._risk = slider("Caution", 0, 1, 0.1, 0, "of 1")
        self._who, self._hours = text("Who", "e.g. grant writer"), text("Hours a month", "e.g. 120")
        self._what = choice("What happens", {"leaves": LEAVES, "joins": JOINS, "works other hours": WORKS})
        self._month = choice("From", {"always": ""})
        self._staff, self._says = pane(fragment("empty.html")), pane(fragment("empty.html"))
        self._known = Known(lambda: self.wish, self.turn)
        self._limits = PlanLimits(lambda: self.wish, self.turn)
        self._other_work = OtherWork(lambda: self.wish, self.turn)
        self._pairs = WeightPairs(self._weigh_groups)
        self._offered = Offered()
        self._weights, self._each, self._people = (_column(pane(fragment("empty.html"))) for _ in range(3))
        self._each_part = fold("Each criterion", self._each, inner=True)
        self._rank_part = fold("How to rank, and what counts?", side_by_side(self._method, self._aim, self._assumed))
        self._risk_part = fold("How careful?", pane(fragment("knob_help.html", says=CAREFUL)), self._risk)
        for widget in (self._who, self._hours, self._what, self._month, self._method, self._aim, self._assumed):
            widget.width = 190
        self._watch()

    def _watch(self) -> None:
        on_change(self._method, "value", lambda new: self.turn(replace(self.wish, method=new)))
        on_change(self._aim, "value", lambda new: self.turn(replace(self.wish, aim=new)))
        on_change(self._assumed, "value", lambda new: self.turn(replace(self.wish, assumed=float(new) if new else None)))
        on_let_go(self._risk, self._be_careful)
        for part in (self._known, self._limits, self._other_work):
            part.watch(on_change)

    def cards(self) -> list[Card]:
        """Return the card with all that can be turned."""
        from dashboards.pages import Card

        apply = button("Apply")
        on_change(apply, "clicks", lambda clicks: self._change_staff())
        usual = button("As usual")
        usual.margin = (16, 0, 0, 0)
        on_change(usual, "clicks", lambda clicks: self.turn(Wish(), show_all=True))
        form = side_by_side(self._who, self._what, self._month, self._hours, apply)
        who = fold("Who is there?", pane(fragment("knob_help.html", says="What if somebody leaves, or joins?")), self._staff,
                   self._people, form, self._says, self._other_work.body, opened=True)  # fmt: skip
        weights = fold("What matters more?", pane(fragment("knob_help.html", says="1.00 × is as usual, 0 leaves it out.")),
                       self._weights, self._each_part, self._pairs.body, opened=True)  # fmt: skip
        body = _column(who, weights, self._rank_part, self._risk_part, self._known.body, self._limits.body, usual)
        return [Card("knobs", body, "What if?", 3)]

    def know(self, criteria: Sequence[str], staff: Sequence[Member], today: date) -> None:
        """Take in which criteria there are, who is there as usual, and the day from which months are offered."""
        self._month.options = months(today)
        self._month.value = next(iter(self._month.options.values()))
        self._criteria, self._usual_staff = tuple(criteria), tuple(staff)
        groups = [name for name, members in GROUPS.items() if set(members) & set(criteria)]
        for name in (*groups, *criteria):
            one = slider(name.replace("_", " ").capitalize(), 0, MOST_TIMES, 0.25, 1, "×")
            on_let_go(one, partial(self._weigh, name))
            self._sliders[name] = one
        self._weights[:] = [self._sliders[name] for name in groups]
        self._each[:] = [self._sliders[name] for name in criteria]

    def offer(self, answers: Answers) -> None:
        """Take in the candidates of which something can be known better, or that limits can name."""
        self._offer(offered(answers))
        self._pairs.know(usual_shares(answers.score_parts))

    def planned(self, found: Planned) -> None:
        """Take in a plan: what it holds comes first where a candidate is chosen."""
        self._offer(self._offered.of_plan_first(found))

    def follow(self, parts: Mapping[str, str]) -> None:
        """Open the form on a candidate (``known=open:id``), or take back what a button says: ``known=back:id``, ``busy=…``."""
        what, _, candidate = parts.get("known", "").partition(":")
        if what == "open":
            self._known.open(candidate)
        elif what == "back":
            self._known.take_back(candidate)
        if "busy" in parts:
            self._other_work.take_back(parts["busy"])
        if "limit" in parts:
            self._limits.take_back(parts["limit"])

    def _offer(self, names: Offered) -> None:
        self._offered = names
        self._setting = True
        self._known.offer(names)
        self._limits.offer(names)
        self._setting = False

    def _weigh(self, name: str, times: float) -> None:
        # What the slider was set to, and not turned to, may have more digits, or lie beyond its end.
        if round(times, 2) != round(min(MOST_TIMES, self.wish.factors.get(name, 1.0)), 2):
            self.turn(self.wish.with_factor(name, round(times, 2)))

    def _weigh_groups(self, factors: Mapping[str, float]) -> None:
        """Let groups weigh what comparisons by pairs came to; what single criteria weigh among theirs stays."""
        kept = {name: times for name, times in self.wish.factors.items() if name not in GROUPS}
        changed = {name: times for name, times in factors.items() if times != 1}
        self.turn(replace(self.wish, factors={**kept, **changed}), show_all=True)

    def _be_careful(self, risk: float) -> None:
        if round(risk, 2) != round(self.wish.risk, 2):
            self.turn(replace(self.wish, risk=round(risk, 2)))

    def settle(self) -> None:
        """Take in sliders that were turned and have not told it yet: what is kept is what is seen."""
        for name, one in self._sliders.items():
            self._weigh(name, one.value)
        self._be_careful(self._risk.value)

    def set(self, wish: Wish) -> None:
        """Show a wish, without calling anybody; factors of what is not known are let go: a link can be old, or made by hand."""
        wish = replace(wish, factors={name: times for name, times in wish.factors.items() if name in self._sliders})
        self.wish, self._setting = wish, True
        for name, one in self._sliders.items():
            one.value = min(MOST_TIMES, wish.factors.get(name, 1.0))
        self._method.value = wish.method if wish.method in METHODS else METHODS[0]
        self._risk.value, self._aim.value = wish.risk, wish.aim
        assumed = "" if wish.assumed is None else f"{wish.assumed:g}"
        if assumed not in self._assumed.options.values():
            self._assumed.options = {**self._assumed.options, f"{wish.assumed:.0%}, assumed by us": assumed}
        self._assumed.value = assumed
        self._show_parts()
        self._unfold()
        self._setting = False

    def _unfold(self) -> None:
        """Open what is not as usual: a link or a scenario brought it."""
        usual, wish = Wish(), self.wish
        ranked = (wish.method, wish.aim, wish.assumed) != (usual.method, usual.aim, usual.assumed)
        for part, said in (
            (self._each_part, any(name in self._criteria for name in wish.factors)), (self._rank_part, ranked),
            (self._risk_part, wish.risk != usual.risk),
        ):  # fmt: skip
            part.collapsed = part.collapsed and not said

    @property
    def staff(self) -> tuple[Member, ...]:
        """Who is there, as wished or as usual."""
        return self._usual_staff if self.wish.staff is None else self.wish.staff

    def turn(self, wish: Wish, *, show_all: bool = False) -> None:
        """Take a wish as turned by hand."""
        if self._setting or wish == self.wish:
            return
        if show_all:
            self.set(wish)
        self.wish = wish
        self._setting = True
        self._show_parts()
        self._setting = False
        self._changed(wish)

    def _change_staff(self) -> None:
        typed = self._hours.value.strip().casefold().removesuffix("h").strip()
        month = date.fromisoformat(self._month.value) if self._month.value else None
        try:
            hours = float(typed) if typed else None
        except ValueError:
            show(self._says, fragment("knob_says.html", says=f"“{typed}” is no number of hours.", wrong=True))
            return
        try:
            wish = self.wish.with_change(self.staff, self._who.value, self._what.value, month, hours)
        except BadParameter as error:
            show(self._says, fragment("knob_says.html", says=_asked(error), wrong=True))
            return
        show(
            self._says,
            fragment("knob_says.html", says=f"{self._who.value.strip()} {self._what.value}: the plan is made anew.", wrong=False),
        )
        self.turn(wish)

    def _show_parts(self) -> None:
        self._show_staff()
        for part in (self._known, self._limits, self._other_work):
            part.show()

    def _show_staff(self) -> None:
        """Show who is there, and a button that takes somebody off."""
        show(self._staff, fragment("staff.html", staff=self.staff, changed=self.wish.staff is not None))
        self._people[:] = [self._undo()] if self.wish.staff is not None else [pane(fragment("empty.html"))]

    def _undo(self) -> Any:
        undo = button("Staff as usual")
        undo.width, undo.margin = 150, (4, 0, 10, 0)
        on_change(undo, "clicks", lambda clicks: self.turn(replace(self.wish, staff=None)))
        return undo


def on_change(widget: Any, what: str, act: Callable[[Any], None]) -> None:
    """Call `act` with each new value, on the loop of the page: what it starts there goes on there."""

    async def changed(event: Any) -> None:
        act(event.new)

    widget.param.watch(changed, what)


def on_let_go(knob: Any, act: Callable[[Any], None]) -> None:
    """Call `act` with the value of a slider that is let go, or stays for a moment: turned by keys it may tell only the latter."""

    async def stayed(event: Any) -> None:
        await asyncio.sleep(STAYS_SECONDS)
        if knob.value == event.new:
            act(event.new)

    on_change(knob, "value_throttled", act)
    knob.param.watch(stayed, "value")


def months(today: date) -> dict[str, str]:
    """Return the first days of the coming months to choose from: ``1 Mar 2027`` → ``2027-03-01``."""
    first = [
        date(today.year + (today.month - 1 + ahead) // 12, (today.month - 1 + ahead) % 12 + 1, 1)
        for ahead in range(1, MONTHS_AHEAD)
    ]
    return {f"1 {day:%b %Y}": day.isoformat() for day in first}


def _asked(error: BadParameter) -> str:
    """Say what a form needs, without the name that programs have for it."""
    expected = error.expected
    return f"{error.name.capitalize()} must be {expected}{'' if expected.endswith('?') else '.'}"


def _column(*parts: Any) -> Any:
    import panel as pn

    return pn.Column(*parts, sizing_mode="stretch_width", margin=0)
