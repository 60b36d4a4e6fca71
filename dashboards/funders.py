"""Funders: who gives to whom, how, and how do we reach them?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from catalynx.errors import CatalynxError
from dashboards.fragments import fragment, pane, show
from dashboards.funder_cards import FunderCards
from dashboards.pages import Card, Page, View, Visit
from dashboards.shell import error_state, fill, foot, skeleton
from dashboards.widgets import choice, in_url, side_by_side, text

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lookups.network import Network
    from dashboards.answers import Answers

ROWS_A_PAGE: Final = 8
SORTS: Final = {
    "best ranked": "", "most given on record": "grants_total_usd", "latest on record": "last_year",
    "most new grantees": "first_time_pct", "closest to our funders": "tie",
}  # fmt: skip
TIES = "Reading who funds whom: the first time takes a few seconds…"


class Funders:
    """The page for one visit."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._answers: Answers | None = None
        self._network: Network | None = None
        self._funders: pd.DataFrame | None = None
        self._headline, self._list, self._foot = skeleton(), skeleton(), pane(foot(None))
        self._cards = FunderCards(visit)
        self._filters = {
            "words": text("Words in the name", "e.g. foundation"),
            "order": choice("Order", SORTS),
        }
        in_url(self._filters, self._show_first_page)
        visit.place.watch(self._moved)

    def view(self) -> View:
        """Return the cards: the answer, who there is, and the one that is chosen."""
        import panel as pn

        listed = pn.Column(side_by_side(*self._filters.values()), self._list, sizing_mode="stretch_width", margin=0)
        cards = [
            Card("headline", self._headline, plain=True),
            Card("listed", listed, "Who gives?", 4, "Foundations on record. A name opens what is known of it."),
            *self._cards.cards(),
        ]
        return View(cards, self._cards.drawer, self._foot, self._load)

    async def _load(self) -> None:
        workbench, profile_id = self._visit.workbench, self._visit.profile.profile_id
        try:
            self._answers = await asyncio.to_thread(workbench.answers, profile_id)
        except CatalynxError as error:
            show(self._headline, error_state(error))
            show(self._list, fragment("skeleton_ended.html"))
            self._cards.clear(fragment("skeleton_ended.html"))
            return
        self._funders = funders_of(self._answers)
        show(self._foot, foot(self._answers.data))
        self._show_headline(self._funders)
        await self._moved(self._visit.place.read())
        self._cards.wait_for_ties(TIES)
        try:
            self._network = await asyncio.to_thread(workbench.network, profile_id)
        except CatalynxError as error:
            self._cards.no_ties(error_state(error))
            return
        self._funders = with_ties(self._funders, self._network)
        self._cards.know(self._network)
        self._show_list(self._visit.place.read())

    async def _moved(self, parts: dict[str, str]) -> None:
        if self._answers is None or self._funders is None:
            return
        self._show_list(parts)
        await asyncio.sleep(0)  # the list reaches the reader before figures are drawn
        wanted = parts.get("funder", "")
        found = self._funders[self._funders["candidate_id"] == wanted]
        if not wanted:
            found = self._funders.head(1)
        if found.empty:
            self._cards.clear(
                fragment(
                    "state.html", kind="empty", title="There is no such funder." if wanted else "No foundation is on record.",
                    why="The link may come from another profile or another version of the data." if wanted else
                    "The lake has no grants of foundations: who gives to whom is unknown.",
                    command=None if wanted else "catalynx ingest PATH", link=None,
                )
            )  # fmt: skip
        else:
            await self._cards.choose(self._answers, found.iloc[0].to_dict())
        if "evidence" in parts:
            await self._cards.open(self._answers, parts)

    def _show_first_page(self) -> None:
        parts = self._visit.place.read()
        self._show_list({name: value for name, value in parts.items() if name == "funder"})

    def _show_headline(self, frame: pd.DataFrame) -> None:
        known = frame[frame["grants_total_usd"].notna()]
        to_us = frame[frame["to_us_count"].gt(0).fillna(False)]
        fill(
            self._headline, "funders_headline.html", name=self._visit.profile.name, total=len(frame), known=len(known),
            states=self._visit.profile.states,
            given_usd=known["grants_total_usd"].sum() if len(known) else None, to_us=to_us.to_dict("records"),
            here=int(frame["here_count"].gt(0).fillna(False).sum()),
        )  # fmt: skip

    def _show_list(self, parts: dict[str, str]) -> None:
        frame = self._funders
        if frame is None:
            return
        words = self._filters["words"].value.casefold().split()
        names = frame["name"].fillna("").str.casefold()
        found = frame[[all(word in name for word in words) for name in names]]
        order = self._filters["order"].value
        if order:
            found = found.sort_values(order, ascending=False, na_position="last", kind="stable")
        pages = max(1, -(-len(found) // ROWS_A_PAGE))
        wanted = parts.get("page", "1")
        page = min(max(1, int(wanted)), pages) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
        first = (page - 1) * ROWS_A_PAGE
        shown = found.iloc[first : first + ROWS_A_PAGE].to_dict("records")
        here = {"page": str(page)} if page > 1 else {}
        chosen = parts.get("funder") or (frame["candidate_id"].iloc[0] if len(frame) else "")
        kept = {"funder": parts["funder"]} if "funder" in parts else {}
        rows = [{**row, "link": urlencode({**here, "funder": row["candidate_id"]})} for row in shown]
        fill(
            self._list, "funders.html", rows=rows, chosen=chosen, total=len(found), all=len(frame), page=page, pages=pages,
            first=first + 1, last=first + len(rows), waiting=self._network is None,
            before=urlencode({**kept, "page": page - 1}), after=urlencode({**kept, "page": page + 1}),
        )  # fmt: skip


def funders_of(answers: Answers) -> pd.DataFrame:
    """Return the foundations among the candidates, by rank, with what was decided about each; their ties are not known yet."""
    import pandas as pd

    told = answers.decisions[["candidate_id", "rank", "recommendation", "score", "ask_usd"]]
    kept = [name for name in answers.candidates.columns if name not in ("rank", "recommendation", "score", "ask_usd")]
    found = answers.candidates[kept].merge(told, on="candidate_id")
    found = found[found["kind"] == "foundation"].sort_values("rank").reset_index(drop=True)
    return found.assign(tie=pd.Series(float("nan"), found.index), shared_count=pd.array([pd.NA] * len(found), dtype="Int64"))


def with_ties(funders: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Give each funder its tie to those that gave to us already, where one is known."""
    ties = network.cofunders.set_index("candidate_id")
    return funders.assign(
        tie=funders["candidate_id"].map(ties["tie"]), shared_count=funders["candidate_id"].map(ties["shared_count"])
    )


PAGE = Page(
    name="Funders",
    path="/funders",
    question="Who gives to whom, how, and how do we reach them?",
    icon='<path d="M4 10l8-6 8 6M6 10v8M12 10v8M18 10v8M4 20h16"/>',
    order=30,
    build=lambda visit: Funders(visit).view(),
)
