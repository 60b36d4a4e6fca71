"""Decisions: what if? Weights, staff and caution on the left; order, plan and how sure they are on the right."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode

from catalynx.errors import CatalynxError
from catalynx.hub import Permission
from catalynx.lookups.planning import Planned, difference_in_words
from dashboards.decision_compare import Comparison, SigningCard
from dashboards.decision_doubt import Doubt
from dashboards.decision_files import files_row
from dashboards.decision_knobs import Knobs
from dashboards.decision_notebook import view_notebook
from dashboards.decision_plan import PlanCards
from dashboards.decision_ranking import Ranking, with_order
from dashboards.decision_scenarios import ScenarioBar
from dashboards.drawer import Drawer
from dashboards.fragments import fragment, pane, show
from dashboards.pages import Card, Page, View, Visit
from dashboards.shell import error_state, fill, foot, skeleton
from dashboards.wish import OWN, Wish, from_query, to_query

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import pandas as pd

    from dashboards.desk import Desk

QUERY_LENGTH: Final = 8_000
FILTERS: Final = ("kind", "decision", "words")


class Decisions:
    """The page for one visit."""

    def __init__(self, visit: Visit) -> None:
        import panel as pn

        self._visit = visit
        self._location: Any = pn.state.location
        self._desk: Desk | None = None
        self._ordered: pd.DataFrame | None = None
        self._headline, self._foot = skeleton(), pane(foot(None))
        self._drawer, self._ranking = Drawer(visit), Ranking()
        self._knobs = Knobs(self._changed)
        self._doubt, self._plans = Doubt(self._drawn), PlanCards(self._planned)
        may = visit.person.may(Permission.RUN)
        self._bar = ScenarioBar(self._take, self._compare_anew, self._knobs.settle, may_change=may)
        self._comparison = Comparison()
        self._signing = SigningCard(visit.person.name, self._decided, may_sign=may)
        self._before: Planned | None = None
        self._found: tuple[Wish, Planned] | None = None
        self._on_top: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._planning: tuple[Wish, asyncio.Task[None]] | None = None
        self._restore_filters()
        visit.place.watch(self._moved)

    def view(self) -> View:
        """Return the cards: the answer, what can be turned, and what follows from it."""
        plan, frontier = self._plans.cards()
        cards = [
            Card("headline", self._headline, plain=True),
            self._bar.card(files_row(self._frames, self._notebook, f"decisions-{self._visit.profile.profile_id}")),
            *self._knobs.cards(),
            plan,
            Card("order", self._ranking.body, "Who comes first?", 9,
                 "Arrows say how far each rose or fell against the order as it is. A name opens the rows behind it."),
            frontier,
            *self._doubt.cards(),
            self._comparison.card(),
            self._signing.card(),
        ]  # fmt: skip
        return View(cards, self._drawer.body, self._foot, self._load)

    async def _load(self) -> None:
        visit = self._visit
        try:
            desk = await asyncio.to_thread(
                visit.workbench.desk, visit.profile.profile_id, visit.person.name, origin=visit.origin
            )  # fmt: skip
        except CatalynxError as error:
            show(self._headline, error_state(error))
            self._ranking.say(fragment("skeleton_ended.html"))
            self._doubt.clear(fragment("skeleton_ended.html"))
            self._plans.clear(fragment("skeleton_ended.html"))
            return
        self._desk = desk
        show(self._foot, foot(desk.answers.data))
        self._knobs.know(desk.criteria, desk.staff, desk.answers.today)
        self._knobs.offer(desk.answers)
        query = self._query()
        named, other = (next(iter(query.get(name, ())), "") for name in ("scenario", "with"))
        try:
            kept = await self._bar.know(desk, named, other)
        except CatalynxError as error:
            show(self._headline, error_state(error))
            return
        self._knobs.set(kept if kept is not None and not any(name in query for name in OWN) else from_query(query))
        self._answer()
        self._later(self._signing.know(desk))
        await self._moved(self._visit.place.read())

    def _changed(self, wish: Wish) -> None:
        """Answer anew after a turn, and let the URL say it."""
        self._answer()
        self._write_url()

    def _take(self, wish: Wish) -> None:
        """Take the wish of a scenario that was chosen, or one that was taken back."""
        self._knobs.set(wish)
        self._answer()
        self._write_url()

    def _compare_anew(self) -> None:
        self._write_url()
        self._later(self._compare())

    async def _compare(self) -> None:
        """Set the plan that is shown beside that of another scenario."""
        desk, found, other = self._desk, self._found, self._bar.wish_to_compare
        if desk is None or found is None or other is None:
            self._comparison.clear()
            return
        self._comparison.wait()
        try:
            first = (
                self._before
                if other.as_usual and self._before is not None
                else await asyncio.to_thread(desk.plan, other, lambda progress: None, lambda: False)
            )
        except CatalynxError as error:
            self._comparison.say(error)
            return
        if other == self._bar.wish_to_compare and found is self._found:
            self._comparison.show(first, self._bar.other_name, found[1], self._bar.name)

    def _decided(self) -> tuple[Wish, Planned] | None:
        """Return what would be signed: the plan that is shown, if it is of what is tried."""
        return self._found if self._found is not None and self._found[0] == self._knobs.wish else None

    def _frames(self) -> dict[str, pd.DataFrame]:
        """Return what is seen as tables."""
        import pandas as pd

        if self._desk is None or self._ordered is None:
            return {"order": pd.DataFrame()}
        frames = {"order": with_order(self._desk.answers.decisions, self._ordered).sort_values("rank")}
        return {**frames, **({"plan": self._found[1].bars} if self._found is not None else {})}

    def _notebook(self) -> dict[str, Any]:
        return view_notebook(self._visit.profile.profile_id, self._knobs.wish)

    def _answer(self) -> None:
        """Show what follows from the wish at once; what takes longer says that it is being worked on."""
        if self._desk is None:
            return
        try:
            self._ordered = self._desk.ordered(self._knobs.wish)
        except CatalynxError as error:
            show(self._headline, error_state(error))
            return
        self._bar.turned(self._knobs.wish)
        made = self._decided()
        self._show_headline(made[1] if made is not None else None)
        parts = self._visit.place.read()
        self._show_order(parts)
        self._later(self._doubts(self._knobs.wish, parts))
        if self._planning is None or self._planning[0] != self._knobs.wish:
            # Two that ask for the plan as it is would stop each other, and neither would have it to compare with.
            if self._planning is not None:
                self._planning[1].cancel()
            self._planning = (self._knobs.wish, self._later(self._plan(self._knobs.wish)))

    async def _plan(self, wish: Wish) -> None:
        """Make the plan as it is once, to compare with, then the one that is tried, then those of other hours."""
        await asyncio.sleep(0)
        if self._desk is None or wish != self._knobs.wish:
            return
        if self._before is None and not wish.as_usual:
            self._before = await self._plans.ask(self._desk, Wish())
        found = await self._plans.ask(self._desk, wish) if wish == self._knobs.wish else None
        if found is not None:
            await self._plans.trace(self._desk, wish, found)
        elif self._plans.refused and wish == self._knobs.wish:
            self._show_headline()

    def _planned(self, wish: Wish, found: Planned) -> None:
        if wish.as_usual:
            self._before = found
        if wish == self._knobs.wish:
            self._found = (wish, found)
            self._knobs.planned(found)
            self._show_headline(found)
            self._later(self._compare())

    async def _doubts(self, wish: Wish, parts: dict[str, str]) -> None:
        """Show what takes longer, once the order is with the reader."""
        await asyncio.sleep(0)
        if self._desk is None or wish != self._knobs.wish:
            return
        self._show_moves(parts)
        await self._doubt.ask(self._desk, wish)

    def _later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start work that a reader does not wait for, and hold on to it until it is done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _drawn(self, on_top: dict[str, float]) -> None:
        self._on_top = on_top
        self._show_order(self._visit.place.read())

    def _show_moves(self, parts: dict[str, str]) -> None:
        desk, ordered = self._desk, self._ordered
        if desk is None or ordered is None or ordered.empty:
            self._doubt.clear(fragment("nothing_chosen.html"))
            return
        known = set(ordered["candidate_id"])
        best = str(ordered["candidate_id"].iloc[int(ordered["rank"].to_numpy().argmin())])
        candidate = parts.get("evidence", "") if parts.get("evidence", "") in known else best
        decisions = desk.answers.decisions
        name = decisions.loc[decisions["candidate_id"] == candidate, "name"].iloc[0]
        self._doubt.show_moves(desk, self._knobs.wish, candidate, name)

    async def _moved(self, parts: dict[str, str]) -> None:
        if self._desk is None:
            return
        if said := {name: value for name, value in parts.items() if name in ("plan", "known", "limit", "busy")}:
            self._do(said)
            self._location.hash = f"#{urlencode({name: parts[name] for name in parts if name not in said}) or 'all'}"
            return
        self._show_order(parts)
        if "evidence" in parts:
            self._show_moves(parts)
            await self._drawer.open(self._desk.answers, parts)

    def _do(self, said: dict[str, str]) -> None:
        """Do what a button in a pane says: put a candidate into the plan, out of it, leave it free; open what is known of it."""
        place, _, candidate = said.get("plan", "").partition(":")
        if place and self._desk is not None and candidate in set(self._desk.answers.decisions["candidate_id"]):
            self._knobs.turn(self._knobs.wish.with_place(candidate, place))
        self._knobs.follow(said)

    def _show_order(self, parts: dict[str, str]) -> None:
        if self._desk is not None and self._ordered is not None:
            self._ranking.show(self._desk.answers, self._ordered, self._knobs.wish, self._on_top, parts)

    def _show_headline(self, found: Planned | None = None) -> None:
        desk, ordered = self._desk, self._ordered
        if desk is None or ordered is None:
            return
        moved = ordered.merge(
            desk.answers.decisions[["candidate_id", "recommendation"]], on="candidate_id", suffixes=("", "_was")
        )
        changed = int((moved["recommendation"] != moved["recommendation_was"]).sum())
        fill(
            self._headline, "decisions_headline.html", found=found, as_usual=self._knobs.wish.as_usual, changed=changed,
            cautions=desk.answers.cautions, refused=self._plans.refused,
            difference=difference_in_words(self._before, found) if self._before is not None and found is not None else "",
        )  # fmt: skip

    def _restore_filters(self) -> None:
        query = self._query()
        for name, widget in self._ranking.filters.items():
            value = next(iter(query.get(name, ())), "")[:200]
            if not hasattr(widget, "options") or value in widget.options.values():
                widget.value = value
            widget.param.watch(self._filtered, "value")

    def _filtered(self, event: Any) -> None:
        self._write_url()
        self._show_order({})

    def _query(self) -> dict[str, list[str]]:
        return parse_qs((self._location.search or "").lstrip("?")[:QUERY_LENGTH], keep_blank_values=True)

    def _write_url(self) -> None:
        """Let the URL say the wish and the filters, so that this view can be sent."""
        kept = [
            (name, value)
            for name, values in self._query().items()
            if name not in (*OWN, *FILTERS, "scenario", "with")
            for value in values
        ]
        chosen = [(name, widget.value) for name, widget in self._ranking.filters.items() if widget.value]
        scenario, wish = self._bar.scenario, self._knobs.wish
        # A link to a scenario as it is kept follows it when it is changed later.
        tried = [] if scenario is not None and scenario.wish == wish else to_query(wish)
        named = [("scenario", scenario.scenario_id)] if scenario is not None else []
        compared = [("with", self._bar.other.value)] if self._bar.other.value else []
        said = [*kept, *named, *compared, *tried, *chosen]
        self._location.search = f"?{urlencode(said)}" if said else ""


PAGE = Page(
    name="Decisions",
    path="/decisions",
    question="What if?",
    icon='<path d="M5 6h14M5 12h14M5 18h14"/><path class="filled" d="M9 4h3v4H9zM14 10h3v4h-3zM7 16h3v4H7z"/>',
    order=20,
    build=lambda visit: Decisions(visit).view(),
)
