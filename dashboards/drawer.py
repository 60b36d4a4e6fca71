"""The drawer on the right: why one candidate stands where it does, down to the rows of published files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from catalynx.errors import CatalynxError
from catalynx.figures import wording
from catalynx.figures.giving_by_year import QUESTION as GIVING
from catalynx.figures.giving_by_year import giving_by_year, sums_by_year
from catalynx.figures.grant_sizes import QUESTION as SIZES
from catalynx.figures.grant_sizes import counts_by_size, grant_sizes
from catalynx.figures.score_parts import QUESTION as PARTS
from catalynx.figures.score_parts import score_parts
from catalynx.figures.score_waterfall import QUESTION as APART
from catalynx.figures.score_waterfall import score_waterfall, waterfall_steps
from dashboards.charts import Chart
from dashboards.fragments import fragment, pane, show
from dashboards.likely import Likely
from dashboards.shell import error_state

if TYPE_CHECKING:
    import pandas as pd

    from dashboards.answers import Answers, Evidence, EvidenceTable
    from dashboards.pages import Visit

ROWS_SHOWN = 12
TOLD = (
    "funder_name", "agency", "title", "program_name", "name", "recipient_name", "year", "fiscal_year", "amount_usd", "actual_usd",
    "purpose", "objective", "text", "close_date",
)  # fmt: skip
"""Columns that tell what a row is, in the order in which they are read."""

LISTS: Final = ("marks", "reasons_for", "reasons_against", "unknown", "conditions", "next_actions", "success_measures")
"""Columns of decisions that hold several sentences."""


class Drawer:
    """The evidence for one candidate at a time."""

    def __init__(self, visit: Visit) -> None:
        import panel as pn

        self._visit = visit
        self._head, self._rows = pane(fragment("empty.html")), pane(fragment("empty.html"))
        self._sentences = pn.Column(pane(fragment("empty.html")), sizing_mode="stretch_width", margin=0)
        self._behind: dict[str, Any] = {}
        self._shown: tuple[Answers, str] | None = None
        self._likely = Likely(visit)
        self._parts, self._apart, self._giving, self._sizes = (Chart() for _ in range(4))
        self._money = pn.Column(
            pane(fragment("heading.html", text=GIVING)),
            self._giving.body,
            pane(fragment("heading.html", text=SIZES)),
            self._sizes.body,
            sizing_mode="stretch_width",
            margin=0,
            visible=False,
        )
        self._score = pn.Column(
            self._likely.body,
            pane(fragment("heading.html", text=PARTS)),
            self._parts.body,
            self._sentences,
            pane(fragment("heading.html", text=APART)),
            self._apart.body,
            sizing_mode="stretch_width",
            margin=0,
            visible=False,
        )
        self.body = pn.Column(self._head, self._score, self._money, self._rows, sizing_mode="stretch_width", margin=0)

    async def open(self, answers: Answers, place: Mapping[str, str]) -> None:
        """Show what is known of a candidate at once, then the rows behind it and behind the number that is asked for.

        Parameters
        ----------
        place : where in the page the reader is: ``evidence`` names the candidate, ``criterion`` the number whose rows are
            opened, ``closed`` one whose rows are closed
        """
        candidate_id = place["evidence"]
        loads = []
        if not self._shows(answers, candidate_id):
            self._shown = (answers, candidate_id)
            row = self._open_candidate(answers, candidate_id, place)
            if row is not None:
                here = {name: value for name, value in place.items() if name != "closed"}
                link = urlencode({**here, "criterion": "competition"})
                loads = [self._load_rows(answers, row), self._likely.open(candidate_id, link)]
        await asyncio.gather(self._open_number(answers, candidate_id, place), *loads)

    def _shows(self, answers: Answers, candidate_id: str) -> bool:
        """Whether a candidate is still the one that is shown; what is read late of another is not."""
        return self._shown is not None and self._shown[0] is answers and self._shown[1] == candidate_id

    def _open_candidate(self, answers: Answers, candidate_id: str, place: Mapping[str, str]) -> dict[Any, Any] | None:
        """Show what is known of a candidate without reading on, and return its row; None where there is no such candidate."""
        found = answers.decisions[answers.decisions["candidate_id"] == candidate_id]
        self._money.visible = False
        self._score.visible = not found.empty
        if found.empty:
            self._behind = {}
            self._likely.clear()
            show(self._rows, fragment("empty.html"))
            show(
                self._head,
                fragment(
                    "state.html",
                    kind="empty",
                    title="There is no such candidate.",
                    command=None,
                    link=None,
                    why="The link may come from another profile or another version of the data.",
                ),
            )
            return None
        row: dict[Any, Any] = found.iloc[0].to_dict()
        self._show_candidate(answers, row, place)
        return row

    async def _load_rows(self, answers: Answers, row: dict[Any, Any]) -> None:
        candidate_id = row["candidate_id"]
        show(self._rows, fragment("skeleton.html", words="Reading the rows behind it…"))
        try:
            evidence = await asyncio.to_thread(self._visit.workbench.evidence, answers.profile.profile_id, candidate_id)
        except CatalynxError as error:
            if self._shows(answers, candidate_id):
                self._shown = None
                show(self._rows, error_state(error))
            return
        if self._shows(answers, candidate_id):
            self._show_evidence(evidence, row)

    async def _open_number(self, answers: Answers, candidate_id: str, place: Mapping[str, str]) -> None:
        """Show the rows behind one number under its sentence; those behind others stay, so that nothing jumps."""
        criterion, closed = place.get("criterion", ""), place.get("closed", "")
        if closed in self._behind:
            show(self._behind[closed], fragment("empty.html"))
        target = self._behind.get(criterion)
        if target is None:
            return
        show(target, fragment("skeleton.html", words="Reading the rows behind this number…"))
        try:
            ask = self._visit.workbench.score_evidence
            found = await asyncio.to_thread(ask, answers.profile.profile_id, candidate_id, criterion)
        except CatalynxError as error:
            show(target, error_state(error))
            return
        rows = [_told_of_number(one) for one in found.rows.head(ROWS_SHOWN).to_dict("records")]
        close = urlencode({**{name: value for name, value in place.items() if name != "criterion"}, "closed": criterion})
        show(target, fragment("part_rows.html", criterion=criterion, rows=rows, total=found.total, more=found.more, close=close))

    def _show_parts(self, parts: pd.DataFrame, row: dict[Any, Any], place: Mapping[str, str]) -> None:
        """Show each number with its sentence, and leave a place for its rows."""
        told: list[dict[Any, Any]] = [
            *parts.to_dict("records"),
            {"criterion": "eligibility", "because": row["eligibility_reason"]},
        ]
        names = [str(part["criterion"]) for part in told]
        here = {name: value for name, value in place.items() if name not in ("criterion", "closed")}
        self._behind = {name: pane(fragment("empty.html")) for name in names}
        shown = []
        for name, part in zip(names, told, strict=True):
            link = urlencode({**here, "criterion": name})
            shown += [pane(fragment("part.html", part=part, link=link, verdict=row["eligibility"])), self._behind[name]]
        self._sentences[:] = shown

    def _show_candidate(self, answers: Answers, row: dict[Any, Any], place: Mapping[str, str]) -> None:
        candidate = answers.candidates[answers.candidates["candidate_id"] == row["candidate_id"]]
        ein = next((value for value in candidate["funder_ein"] if not wording.is_unknown(value)), None)
        ask_basis = next(iter(candidate["ask_basis"]), None) if "ask_basis" in candidate else None
        lists = {name: as_list(row[name]) for name in LISTS}
        show(
            self._head,
            fragment("candidate.html", row={**row, **lists}, ein=ein, ask_basis=ask_basis, today=answers.today),
        )
        parts = answers.score_parts[answers.score_parts["candidate_id"] == row["candidate_id"]]
        parts = parts.sort_values(["weight", "criterion"], ascending=[False, True])
        table = [
            (part["criterion"], wording.score(part["value"]), wording.share(part["weight"]), wording.score(part["contribution"]))
            for part in parts.to_dict("records")
        ]
        self._parts.draw(score_parts(parts, title=None), PARTS, ("Criterion", "Value", "Weight", "Gives"), table, (1, 2, 3))
        self._show_parts(parts, row, place)
        steps = waterfall_steps(parts)[["step", "change", "own", "middling"]].itertuples(index=False)
        self._apart.draw(
            score_waterfall(parts, title=None), APART, ("Step", "Change", "Its value", "Middling value"), list(steps), (1, 2, 3)
        )

    def _show_evidence(self, evidence: Evidence, row: dict[Any, Any]) -> None:
        tables = [
            {
                "name": table.table_name,
                "total": table.total,
                "more": table.more,
                "order": table.order,
                "rows": [_told(one) for one in table.rows.head(ROWS_SHOWN).to_dict("records")],
            }
            for table in evidence.tables
        ]
        show(self._rows, fragment("evidence.html", tables=tables))
        money = next((table for table in evidence.tables if table.table_name in ("grants", "awards")), None)
        # A sum over a part of the rows would be a wrong sum: no figure then, the rows alone.
        self._money.visible = money is not None and not money.more
        if money is not None and not money.more:
            self._show_money(money, row)

    def _show_money(self, table: EvidenceTable, row: dict[Any, Any]) -> None:
        years: pd.DataFrame = sums_by_year(table.rows)
        told = [(str(year), f"{one['count']:,.0f}", wording.money(one["total_usd"])) for year, one in years.iterrows()]
        self._giving.draw(giving_by_year(table.rows, title=None), GIVING, ("Year", "Grants", "US dollars"), told, (1, 2))
        ask = None if wording.is_unknown(row["ask_usd"]) else float(row["ask_usd"])
        sizes = [(band, f"{count:,}") for band, count in counts_by_size(table.rows).itertuples(index=False)]
        self._sizes.draw(grant_sizes(table.rows, ask_usd=ask, title=None), SIZES, ("Size", "Grants"), sizes, (1,))


def as_list(value: Any) -> list[str]:
    """Return a cell of texts as a list; a missing one has none."""
    return [] if wording.is_unknown(value) else [str(text) for text in value]


def _told_of_number(row: dict[Any, Any]) -> dict[str, str]:
    """Say what a row behind a number is, what was read of it, and where it stands, down to the line of a return."""
    facts = [row["fact"], row["what"]]
    money = row["amount_usd"]
    if not wording.is_unknown(money) and wording.money(money) != row["fact"]:
        facts.append(wording.money(money))
    if not wording.is_unknown(row["year"]) and str(int(row["year"])) != row["fact"]:
        facts.append(str(int(row["year"])))
    where = [row[name] for name in ("source", "file", "place", "line", "path")]
    return {
        "says": " · ".join(_cut(str(fact)) for fact in facts if not wording.is_unknown(fact)) or "no text",
        "nearness": "" if wording.is_unknown(row["nearness"]) else str(row["nearness"]),
        "where": " · ".join(str(one) for one in where if not wording.is_unknown(one)),
        "known_from": "" if wording.is_unknown(row["known_from"]) else str(row["known_from"]),
    }


def _cut(text: str, length: int = 300) -> str:
    return text if len(text) <= length else f"{text[:length].rsplit(' ', 1)[0]} …"


def _told(row: dict[Any, Any]) -> dict[str, str]:
    """Say in one line what a row of the lake is, beside where it stands."""
    said = []
    for name in TOLD:
        value = row.get(name)
        if wording.is_unknown(value) or value is None:
            continue
        said.append(
            wording.money(value) if name.endswith("_usd") else f"{value:.0f}" if isinstance(value, float) else str(value)[:300]
        )
    return {
        "says": " · ".join(said) or "no text",
        "nearness": "" if wording.is_unknown(row.get("nearness")) else str(row["nearness"]),
        **{name: str(row.get(name) or wording.UNKNOWN) for name in ("source", "file", "place")},
    }
