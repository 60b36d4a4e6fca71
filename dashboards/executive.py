"""Overview: what do we do now, why, by when, and how far can it be trusted?"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from catalynx.errors import CatalynxError
from catalynx.figures import choosing, class_counts, deadlines, ranked_scores, wording
from catalynx.rules import KINDS, RECOMMENDATIONS
from dashboards.answers import Answers
from dashboards.charts import Chart
from dashboards.drawer import Drawer, as_list
from dashboards.fragments import fragment, pane, show
from dashboards.pages import Card, Page, View, Visit
from dashboards.shell import error_state, fill, foot, skeleton
from dashboards.widgets import choice, in_url, side_by_side, text

ROWS_A_PAGE = 15
HEADS = (
    ("rank", "#", "number"), ("name", "Candidate", ""), ("", "What to do", ""), ("score", "Score of 1", "number"),
    ("ask", "Ask, USD", "number"), ("deadline", "Deadline", ""), ("effort", "Effort", "number"),
    ("", "Why", ""),
)  # fmt: skip
LEAST_SCORES = {"any score": "", "0.35 or more": "0.35", "0.50 or more": "0.5", "0.65 or more": "0.65", "0.80 or more": "0.8"}


class Overview:
    """The page for one visit: made of skeletons first, filled when the answers are there."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._answers: Answers | None = None
        self._headline, self._health, self._table, self._foot = skeleton(), skeleton(), skeleton(), pane(foot(None))
        self._deadlines, self._classes, self._scores = Chart(), Chart(), Chart()
        self._drawer = Drawer(visit)
        self._filters = {
            "kind": choice("Kind", {"all kinds": "", **{kind: kind for kind in KINDS}}),
            "decision": choice("What to do", {"all decisions": "", **{name: name for name in RECOMMENDATIONS}}),
            "score": choice("Least score", LEAST_SCORES),
            "text": text("Words in name, funder or reasons", "e.g. humanities"),
        }
        in_url(self._filters, self._show_first_page)
        self._filter_row = side_by_side(*self._filters.values())
        visit.place.watch(self._moved)

    def view(self) -> View:
        """Return the cards in the order in which they answer."""
        import panel as pn

        table = pn.Column(self._filter_row, self._table, sizing_mode="stretch_width", margin=0)
        cards = [
            Card("headline", self._headline, plain=True),
            Card(
                "deadlines",
                self._deadlines.body,
                deadlines.QUESTION,
                7,
                "Next 180 days; a line runs from the day to start to the deadline.",
            ),
            Card("classes", self._classes.body, class_counts.QUESTION, 5, "Candidates on record, by what to do about each."),
            Card(
                "scores",
                self._scores.body,
                ranked_scores.QUESTION,
                7,
                "The ten best ranked: what to do counts before the score. 1 is the best score there can be.",
            ),
            Card("health", self._health, "Can we trust the data?", 5),
            Card(
                "decisions",
                table,
                "What is there, and why?",
                12,
                "Open a name for the parts of its score and the rows behind them.",
            ),
        ]
        return View(cards, self._drawer.body, self._foot, self._load)

    async def _load(self) -> None:
        try:
            answers = await asyncio.to_thread(self._visit.workbench.answers, self._visit.profile.profile_id)
        except CatalynxError as error:
            self._show_error(error)
            return
        self._answers = answers
        show(self._foot, foot(answers.data))
        self._show_headline(answers)
        self._show_health(answers)
        await self._moved(self._visit.place.read())
        for show_chart in (self._show_deadlines, self._show_classes, self._show_scores):
            # What is there already reaches the reader before the next figure is drawn.
            await asyncio.sleep(0)
            show_chart(answers)

    async def _moved(self, parts: dict[str, str]) -> None:
        if self._answers is None:
            return
        self._show_table(self._answers, parts)
        if "evidence" in parts:
            await self._drawer.open(self._answers, parts)

    def _show_first_page(self) -> None:
        if self._answers is not None:
            self._show_table(self._answers, {name: value for name, value in self._visit.place.read().items() if name == "sort"})

    def _show_error(self, error: CatalynxError) -> None:
        show(self._headline, error_state(error))
        says = fragment("skeleton_ended.html")
        for chart in (self._deadlines, self._classes, self._scores):
            chart.clear(says)
        show(self._health, says)
        show(self._table, says)

    def _show_headline(self, answers: Answers) -> None:
        agenda = answers.agenda
        picked = answers.decisions[answers.decisions["candidate_id"].isin(agenda.chosen)]
        fill(
            self._headline,
            "headline.html",
            agenda=agenda,
            cautions=answers.cautions,
            horizon=f"{answers.horizon_months} months",
            used_pct=_used_pct(answers),
            ask_usd=picked["ask_usd"].sum(min_count=1) if picked["ask_usd"].notna().any() else None,
            asks_known=int(picked["ask_usd"].notna().sum()),
            distance=wording.distance(agenda.next_deadline, answers.today) if agenda.next_deadline else "",
        )

    def _show_deadlines(self, answers: Answers) -> None:
        decisions, today = answers.decisions, answers.today
        rows = [
            (
                wording.name(one["name"]),
                wording.day(one["start_by"]),
                wording.day_from(one["deadline"], today),
                one["recommendation"],
            )
            for one in deadlines.coming_deadlines(decisions, today).to_dict("records")
        ]
        figure = deadlines.deadlines(decisions, today, title=None)
        self._deadlines.draw(figure, deadlines.QUESTION, ("Candidate", "Start by", "Deadline", "What to do"), rows)

    def _show_classes(self, answers: Answers) -> None:
        counts = class_counts.counts_by_class(answers.decisions)
        rows = [(name, f"{count:,}") for name, count in counts.itertuples(index=False)]
        figure = class_counts.class_counts(answers.decisions, title=None)
        self._classes.draw(figure, class_counts.QUESTION, ("Decision", "Candidates"), rows, (1,))

    def _show_scores(self, answers: Answers) -> None:
        rows = [
            (str(one["rank"]), wording.name(one["name"]), wording.score(one["score"]), one["recommendation"])
            for one in ranked_scores.best_scores(answers.decisions).to_dict("records")
        ]
        figure = ranked_scores.ranked_scores(answers.decisions, title=None)
        self._scores.draw(figure, ranked_scores.QUESTION, ("Rank", "Candidate", "Score", "What to do"), rows, (0, 2))

    def _show_health(self, answers: Answers) -> None:
        counts = answers.data.counts
        fill(
            self._health,
            "health.html",
            data=answers.data,
            today=answers.today,
            coverage=answers.decisions["coverage"].median(),
            scored=len(answers.decisions),
            set_aside=int(counts["set_aside"].sum()),
            fields_unknown=int(counts["fields_unknown"].sum()),
            total=int(counts["rows"].sum() + counts["set_aside"].sum()),
            rows=counts.to_dict("records"),
        )

    def _show_table(self, answers: Answers, parts: dict[str, str]) -> None:
        asked = {name: widget.value for name, widget in self._filters.items()}
        sort = parts.get("sort", "rank")
        sort = sort if sort in choosing.SORTS else "rank"
        found = choosing.chosen(
            answers.decisions,
            kind=asked["kind"],
            recommendation=asked["decision"],
            minimum_score=float(asked["score"] or 0),
            text=asked["text"],
            sort=sort,
        )
        pages = max(1, -(-len(found) // ROWS_A_PAGE))
        wanted = parts.get("page", "1")
        page = min(max(1, int(wanted)), pages) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
        first = (page - 1) * ROWS_A_PAGE
        shown = found.iloc[first : first + ROWS_A_PAGE]
        place = {"sort": sort} if sort != "rank" else {}
        here = {**place, "page": str(page)} if page > 1 else place
        fill(
            self._table,
            "decisions.html",
            rows=[_row(row, here) for row in shown.to_dict("records")],
            heads=HEADS,
            sort=sort,
            direction="ascending" if choosing.SORTS[sort][1] else "descending",
            total=len(found),
            all=len(answers.decisions),
            first=first + 1,
            last=first + len(shown),
            page=page,
            pages=pages,
            today=answers.today,
            before=urlencode({**place, "page": page - 1}),
            after=urlencode({**place, "page": page + 1}),
        )


def _row(row: dict[Any, Any], here: dict[str, str]) -> dict[str, Any]:
    lists = {name: as_list(row[name]) for name in ("marks", "reasons_for", "reasons_against")}
    return {**row, **lists, "link": urlencode({**here, "evidence": row["candidate_id"]})}


def _used_pct(answers: Answers) -> int | None:
    capacity = answers.agenda.capacity_hours
    return round(100 * answers.agenda.hours / capacity) if capacity else None


PAGE = Page(
    name="Overview",
    path="/overview",
    question="What do we do now?",
    icon='<path d="M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z"/>',
    order=10,
    build=lambda visit: Overview(visit).view(),
)
