"""Readiness: can we carry this, and what could go wrong?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from catalynx.errors import CatalynxError
from catalynx.figures import wording
from dashboards.behind import Behind
from dashboards.fragments import fragment, pane, show
from dashboards.pages import Card, Page, View, Visit
from dashboards.readiness_cards import FinanceCards, RiskCard
from dashboards.shell import error_state, fill, foot, skeleton
from dashboards.typed import amount_of
from dashboards.widgets import choice, in_url, side_by_side, text

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lookups.finances import Finances
    from dashboards.answers import Answers

ROWS_A_PAGE: Final = 8
READING = "Reading returns, audits and gifts…"
FEDERAL = {"the candidate's": "", "federal money": "yes", "no federal money": "no"}
STATES = {"passes": "passes", "concern": "a concern", "unknown": "unknown"}


class Readiness:
    """The page for one visit."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._answers: Answers | None = None
        self._candidates: pd.DataFrame | None = None
        self._chosen: dict[Any, Any] | None = None
        self._finances: Finances | None = None
        self._headline, self._checks, self._list, self._foot = skeleton(), skeleton(READING), skeleton(), pane(foot(None))
        self._risk = RiskCard()
        self._asked = {
            "award": text("Award, US dollars", "the ask of the candidate"),
            "federal": choice("Whose money", FEDERAL),
        }
        self._words = {"words": text("Words in the name", "e.g. humanities")}
        self._money = FinanceCards()
        in_url(self._asked, self._ask_again)
        in_url(self._words, self._show_list)
        in_url({"ratio": self._money.ratio}, self._money.show_ratio)
        self._behind = Behind(visit, self._risk.condition_of)
        self._asking: asyncio.Task[None] | None = None
        visit.place.watch(self._moved)

    def view(self) -> View:
        """Return the cards: the answer, whether an award can be carried, how sound we are, and what could go wrong."""
        import panel as pn

        def column(*parts: Any) -> Any:
            return pn.Column(*parts, sizing_mode="stretch_width", margin=0)

        cards = [
            Card("headline", self._headline, plain=True),
            Card("listed", column(side_by_side(*self._words.values()), self._list), "For which candidate?", 4,
                 "Best ranked first, each with its known risk."),
            Card("award", column(side_by_side(*self._asked.values()), self._checks), "Can we carry an award of this size?", 8),
            Card("risk", self._risk.body, "What could go wrong?", 8,
                 "0: nothing that is known speaks of it; 1: all of it does. Unknown is no bar."),
            Card("sound", self._money.sound, "How sound are we, year by year?", 6),
            Card("peers", self._money.peers, "How do we compare with our peers?", 6),
        ]  # fmt: skip
        return View(cards, self._behind.body, self._foot, self._load)

    async def _load(self) -> None:
        workbench, profile_id = self._visit.workbench, self._visit.profile.profile_id
        try:
            self._answers = await asyncio.to_thread(workbench.answers, profile_id)
            show(self._foot, foot(self._answers.data))
            show(self._headline, fragment("skeleton.html", words="Judging the risks of every candidate…"))
            risks = await asyncio.to_thread(workbench.risks, profile_id)
        except CatalynxError as error:
            show(self._headline, error_state(error))
            for target in (self._checks, self._list):
                show(target, fragment("skeleton_ended.html"))
            self._risk.clear(fragment("skeleton_ended.html"))
            self._money.clear(fragment("skeleton_ended.html"))
            return
        told = risks.risks[["candidate_id", "risk", "coverage"]].rename(columns={"coverage": "risk_coverage"})
        self._candidates = self._answers.decisions.sort_values("rank").merge(told, on="candidate_id", how="left")
        self._risk.know(risks)
        await self._moved(self._visit.place.read())

    async def _moved(self, parts: dict[str, str]) -> None:
        if self._answers is None or self._candidates is None:
            return
        wanted = parts.get("candidate", "")
        found = self._candidates[self._candidates["candidate_id"] == wanted] if wanted else self._candidates.head(1)
        before = self._chosen
        self._chosen = None if found.empty else found.iloc[0].to_dict()
        self._show_list()
        await asyncio.sleep(0)  # the list reaches the reader before figures are drawn
        if self._chosen is None:
            why = "The link may come from another profile or another version of the data." if wanted else "Nothing was found."
            title = "There is no such candidate." if wanted else "There is no candidate yet."
            self._risk.clear(fragment("state.html", kind="empty", title=title, why=why, command=None, link=None))
        elif before is None or before["candidate_id"] != self._chosen["candidate_id"]:
            self._risk.choose(self._chosen)
        if self._finances is None or before != self._chosen:
            await self._ask()
        if "evidence" in parts:
            await self._behind.open(self._answers, parts)

    def _ask_again(self) -> None:
        if self._answers is not None:
            self._asking = asyncio.ensure_future(self._ask())

    async def _ask(self) -> None:
        """Ask whether the award can be carried; what was typed last wins."""
        workbench, profile_id = self._visit.workbench, self._visit.profile.profile_id
        typed, chosen = self._asked["award"].value, self._chosen
        award = amount_of(typed)
        if award is None and not typed.strip() and chosen is not None and not wording.is_unknown(chosen["ask_usd"]):
            award = float(chosen["ask_usd"])
        federal = self._federal()
        show(self._checks, fragment("skeleton.html", words=READING))
        try:
            found = await asyncio.to_thread(workbench.finances, profile_id, award, federal)
        except CatalynxError as error:
            show(self._checks, error_state(error))
            self._money.clear(fragment("skeleton_ended.html"))
            return
        if (typed, chosen, federal) != (self._asked["award"].value, self._chosen, self._federal()):
            return
        first, self._finances = self._finances is None, found
        unknown = [f"{one[:1].upper()}{one[1:]}." for one in found.unknown]
        wrong = bool(typed.strip()) and amount_of(typed) is None
        fill(
            self._checks, "readiness.html", checks=[_check(one) for one in found.readiness.to_dict("records")], award=award,
            federal=federal, wrong=typed if wrong else "", unknown=unknown, typed=bool(typed.strip()),
            of=None if chosen is None else chosen["name"], today=found.as_of,
        )  # fmt: skip
        self._show_headline(found, award)
        if first:
            await asyncio.sleep(0)
            self._money.know(found)

    def _federal(self) -> bool:
        said = self._asked["federal"].value
        return said == "yes" or (not said and self._chosen is not None and self._chosen["kind"] != "foundation")

    def _show_headline(self, found: Finances, award: float | None) -> None:
        states = list(found.readiness["state"])
        counts = {state: states.count(state) for state in STATES}
        fill(
            self._headline, "readiness_headline.html", counts=counts, award=award, chosen=self._chosen, told=self._risk.told,
            has_return=bool(found.ratios["return_id"].notna().any()), name=self._visit.profile.name,
        )  # fmt: skip

    def _show_list(self) -> None:
        frame = self._candidates
        if frame is None:
            return
        parts = self._visit.place.read()
        words = self._words["words"].value.casefold().split()
        names = (frame["name"].fillna("") + " " + frame["funder_name"].fillna("")).str.casefold()
        found = frame[[all(word in name for word in words) for name in names]]
        pages = max(1, -(-len(found) // ROWS_A_PAGE))
        wanted = parts.get("page", "1")
        page = min(max(1, int(wanted)), pages) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
        first = (page - 1) * ROWS_A_PAGE
        shown = found.iloc[first : first + ROWS_A_PAGE].to_dict("records")
        here = {"page": str(page)} if page > 1 else {}
        kept = {"candidate": parts["candidate"]} if "candidate" in parts else {}
        rows = [{**row, "link": urlencode({**here, "candidate": row["candidate_id"]})} for row in shown]
        chosen = "" if self._chosen is None else self._chosen["candidate_id"]
        fill(
            self._list, "risk_list.html", rows=rows, chosen=chosen, total=len(found), all=len(frame), page=page, pages=pages,
            first=first + 1, last=first + len(rows),
            before=urlencode({**kept, "page": page - 1}), after=urlencode({**kept, "page": page + 1}),
        )  # fmt: skip


def _check(row: dict[Any, Any]) -> dict[str, Any]:
    names = {"share_of_revenue": "Share of our revenue", "single_audit": "Single audit", "reserve_months": "Reserve"}
    because = str(row["because"]).removeprefix("unknown: ")
    return {**row, "name": names.get(row["check"], str(row["check"]).replace("_", " ")), "said": STATES[row["state"]],
            "because": because[:1].upper() + because[1:]}  # fmt: skip


PAGE = Page(
    name="Readiness",
    path="/readiness",
    question="Can we carry this, and what could go wrong?",
    icon='<path d="M12 4v16M5 20h14M5 8h14M5 8l-2.5 6h5zM19 8l-2.5 6h5z"/>',
    order=40,
    build=lambda visit: Readiness(visit).view(),
)
