"""The scenario bar of the page Decisions: choose, keep, copy, save, undo, share, and compare with another."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from catalynx.errors import CatalynxError
from dashboards.decision_knobs import on_change
from dashboards.fragments import fragment, pane, show
from dashboards.pages import Card
from dashboards.widgets import button, choice, side_by_side, text
from dashboards.wish import Wish

if TYPE_CHECKING:
    from dashboards.desk import Desk, KeptScenario

AS_IT_IS: Final = "as it is"
MOST_TURNS: Final = 50


class ScenarioBar:
    """The bar.

    Parameters
    ----------
    chosen : called with the wish of a scenario that is chosen, and with one that is taken back
    compared : called when another scenario to compare with is chosen
    settled : called before something is kept, so that a slider that was just turned counts
    may_change : whether this reader may keep and change scenarios
    """

    def __init__(
        self, chosen: Callable[[Wish], None], compared: Callable[[], None], settled: Callable[[], None], *, may_change: bool
    ) -> None:
        self._chosen, self._compared, self._settled, self._may_change = chosen, compared, settled, may_change
        self._desk: Desk | None = None
        self._kept: dict[str, KeptScenario] = {}
        self._turns: list[Wish] = []
        self._setting = self._gone = False
        self._at = ""
        self.current = choice("Scenario", {AS_IT_IS: ""})
        self.other = choice("Compare with", {"nothing": "", AS_IT_IS: AS_IT_IS})
        self._name = text("Name for a new one", "e.g. without our grant writer")
        self._says = pane(fragment("empty.html"))
        self.current.width = self.other.width = 260
        on_change(self.current, "value", self._choose)
        on_change(self.other, "value", lambda new: None if self._setting else self._compared())
        self._new, self._save, self._undo, self._share = (
            button("Keep as new"), button("Save"), button("Undo"), button("Share")
        )  # fmt: skip
        for widget, act in ((self._new, self._keep_new), (self._save, self._save_it), (self._undo, self._take_back),
                            (self._share, self._share_it)):  # fmt: skip
            widget.on_click(act)

    def card(self, files: Any) -> Card:
        """Return the card, with what can be taken away under it."""
        import panel as pn

        row = [self.current, self.other]
        buttons = [self._name, self._new, self._save, self._undo, self._share] if self._may_change else [self._undo]
        body = pn.Column(
            side_by_side(*row), _lower(side_by_side(*buttons)), self._says, files, sizing_mode="stretch_width", margin=0
        )  # fmt: skip
        return Card(
            "scenarios", body, "Which scenario?", 12, "What is tried can be kept under a name, compared, and shown to the team."
        )

    async def know(self, desk: Desk, scenario_id: str, other: str) -> Wish | None:
        """Take in which scenarios there are; return the wish of the one that the URL names, None where it names none."""
        self._desk = desk
        try:
            await self._read()
        except CatalynxError as error:  # what is tried does not need them, and nothing that is kept is lost
            self._tell(str(error), wrong=True)
            self._gone = True
            return None
        self._setting = True
        self._stand_at(scenario_id)
        self.other.value = other if other in self.other.options.values() else ""
        self._setting = False
        self._gone = bool(scenario_id) and scenario_id not in self._kept
        if self._gone:
            gone = "The scenario of this link is not there any more, or not yours to see. What else the link says is shown."
            self._tell(gone, wrong=True)
        return self._kept[scenario_id].wish if scenario_id in self._kept else None

    @property
    def scenario(self) -> KeptScenario | None:
        """The scenario that is chosen; None for what is as it is."""
        return self._kept.get(self.current.value)

    @property
    def wish_to_compare(self) -> Wish | None:
        """The wish of the scenario to compare with; None for none."""
        if self.other.value == AS_IT_IS:
            return Wish()
        kept = self._kept.get(self.other.value)
        return None if kept is None else kept.wish

    @property
    def name(self) -> str:
        """What the scenario in hand is called."""
        base = AS_IT_IS if self.scenario is None else self.scenario.name
        return base if self._same() else f"{base}, changed"

    @property
    def other_name(self) -> str:
        """What the scenario to compare with is called."""
        kept = self._kept.get(self.other.value)
        return AS_IT_IS if kept is None else kept.name

    def turned(self, wish: Wish) -> None:
        """Take in what is tried now, so that it can be kept, and what was before, so that it can be taken back."""
        if self._turns and self._turns[-1] == wish:
            return  # what is said, such as why something could not be kept, stays to be read
        self._turns = [*self._turns, wish][-MOST_TURNS:]
        if not self._gone:
            self._say_state()
        self._gone = False

    def _same(self) -> bool:
        wish = self._turns[-1] if self._turns else Wish()
        return wish == (Wish() if self.scenario is None else self.scenario.wish)

    def _stand_at(self, scenario_id: str) -> None:
        """Let the list show a scenario without choosing it: what it says later of its new value is not a reader's choice."""
        self._at = scenario_id if scenario_id in self._kept else ""
        self.current.value = self._at

    def _choose(self, scenario_id: str) -> None:
        if scenario_id != self._at:
            self._at = scenario_id
            self._chosen(Wish() if self.scenario is None else self.scenario.wish)
            self._say_state()

    async def _keep_new(self, event: Any) -> None:
        self._settled()
        desk, wish = self._desk, self._turns[-1] if self._turns else Wish()
        name = self._name.value.strip()
        if desk is None:
            return
        if not name:
            self._tell("Type a name for it first, such as “without our grant writer”.", wrong=True)
            return
        if await self._done(lambda: desk.keep(name, wish)):
            self._name.value = ""

    async def _save_it(self, event: Any) -> None:
        self._settled()
        desk, scenario, wish = self._desk, self.scenario, self._turns[-1] if self._turns else Wish()
        if desk is None or scenario is None:
            self._tell("“As it is” cannot be changed: type a name and keep what is tried as new.", wrong=True)
            return
        await self._done(lambda: desk.save(scenario, wish))

    async def _take_back(self, event: Any) -> None:
        """Take the last turn back; where there is none, the last change that was saved."""
        if len(self._turns) > 1:
            self._turns = self._turns[:-1]
            self._chosen(self._turns[-1])
            self._say_state()
            return
        desk, scenario = self._desk, self.scenario
        if desk is None or scenario is None or not self._may_change:
            self._tell("There is nothing to take back.", wrong=False)
            return
        if (kept := await self._done(lambda: desk.undo(scenario))) is not None:
            self._turns = []
            self._chosen(kept.wish)

    async def _share_it(self, event: Any) -> None:
        desk, scenario = self._desk, self.scenario
        if desk is None or scenario is None:
            self._tell("Keep it under a name first; the link in the address bar can be sent at once.", wrong=True)
            return
        await self._done(lambda: desk.share(scenario, not scenario.shared))

    async def _done(self, act: Callable[[], KeptScenario]) -> KeptScenario | None:
        """Do what was asked for and choose what came of it; say why where it could not be done. Nothing that is tried is lost."""
        try:
            kept = await asyncio.to_thread(act)
            await self._read()
        except CatalynxError as error:
            self._tell(str(error), wrong=True)
            return None
        self._stand_at(kept.scenario_id)
        self._say_state()
        self._compared()
        return kept

    async def _read(self) -> None:
        if self._desk is None:
            return
        found = await asyncio.to_thread(self._desk.scenarios)
        self._kept = {one.scenario_id: one for one in found}
        named = dict(zip(_labels(found), self._kept, strict=True))
        chosen, other = self.current.value, self.other.value
        self._setting = True
        self.current.options, self.other.options = {AS_IT_IS: "", **named}, {"nothing": "", AS_IT_IS: AS_IT_IS, **named}
        self._stand_at(chosen)
        self.other.value = other if other in self.other.options.values() else ""
        self._setting = False

    def _say_state(self) -> None:
        scenario = self.scenario
        self._share.label = "Show to me alone" if scenario is not None and scenario.shared else "Show to team"
        show(self._says, fragment("scenario_says.html", scenario=scenario, same=self._same()))

    def _tell(self, says: str, *, wrong: bool) -> None:
        show(self._says, fragment("knob_says.html", says=says, wrong=wrong))


def _labels(found: Sequence[KeptScenario]) -> list[str]:
    """Return what each is called in the lists: with its author where another has the same name."""
    often = Counter(one.name for one in found)
    return [
        f"{one.name}{f' of {one.made_by}' if often[one.name] > 1 else ''}{'' if one.shared else ' (yours alone)'}"
        for one in found
    ]


def _lower(row: Any) -> Any:
    row.margin = (10, 0, 0, 0)
    return row
