"""The drawer of pages on which numbers have rows of their own: those of a candidate, or those of one number."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from catalynx.errors import CatalynxError
from catalynx.figures import wording
from dashboards.drawer import Drawer
from dashboards.fragments import fragment, pane, show
from dashboards.shell import error_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dashboards.answers import Answers, EvidenceTable
    from dashboards.pages import Visit

ROWS_SHOWN = 25
TOLD = (
    "person_name", "role", "funder_name", "name", "title", "program_name", "recipient_name", "form", "tax_year", "audit_year",
    "year", "fiscal_year", "amount_usd", "actual_usd", "total_revenue_usd", "total_expenses_usd", "assets_usd", "purpose",
)  # fmt: skip
"""Columns that tell what a row is, in the order in which they are read."""


class Behind:
    """The evidence for a candidate, as every page shows it, or for one number, called by its kind: ``signal:debt``, ``step:1.2``.

    Parameters
    ----------
    condition_of : gives what a number is called, and the condition that finds its rows; None when there is no such number
    """

    def __init__(self, visit: Visit, condition_of: Callable[[str], tuple[str, str] | None]) -> None:
        import panel as pn

        self._visit, self._condition_of = visit, condition_of
        self._drawer, self._rows = Drawer(visit), pane(fragment("empty.html"))
        self.body = pn.Column(self._drawer.body, self._rows, sizing_mode="stretch_width", margin=0)

    async def open(self, answers: Answers, parts: Mapping[str, str]) -> None:
        """Show the rows behind what the part `evidence` of the place calls."""
        wanted = parts.get("evidence", "")
        number = wanted.partition(":")[0] in ("signal", "step", "person")
        self._drawer.body.visible, self._rows.visible = not number, number
        if not number:
            await self._drawer.open(answers, parts)
            return
        found = self._condition_of(wanted)
        if found is None:
            why = "The link may come from another profile or another version of the data."
            state = fragment("state.html", kind="empty", title="There is no such number.", command=None, link=None, why=why)
            show(self._rows, state)
            return
        title, condition = found
        show(self._rows, fragment("skeleton.html", words="Reading the rows behind it…"))
        try:
            table = await asyncio.to_thread(self._visit.workbench.condition_rows, self._visit.profile.profile_id, condition)
        except CatalynxError as error:
            show(self._rows, error_state(error))
            return
        show(self._rows, _told(title, table))


def _told(title: str, table: EvidenceTable) -> Any:
    rows = [_row(one) for one in table.rows.head(ROWS_SHOWN).to_dict("records")]
    return fragment("behind.html", title=title, table=table, name=table.table_name.replace("_", " "), rows=rows)


def _row(row: dict[Any, Any]) -> dict[str, str]:
    said = [_words(name, row[name]) for name in TOLD if not wording.is_unknown(row.get(name))]
    return {
        "says": " · ".join(said) or "no text",
        "where": " · ".join(str(row[name]) for name in ("source", "file", "place") if not wording.is_unknown(row.get(name))),
    }


def _words(name: str, value: Any) -> str:
    if name.endswith("_usd"):
        what = "" if name == "amount_usd" else f"{name.removesuffix('_usd').replace('_', ' ')} "
        return f"{what}{wording.money(value)}"
    if isinstance(value, float):
        return f"{value:.0f}"
    return wording.name(value)[:300] if isinstance(value, str) else str(value)
