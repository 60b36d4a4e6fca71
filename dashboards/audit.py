"""Audit: who did what, when, and was it allowed?"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from catalynx.errors import CatalynxError
from catalynx.hub import Permission
from dashboards.fragments import fragment, pane, show
from dashboards.pages import Card, Page, View, Visit
from dashboards.shell import error_state, fill, foot, skeleton
from dashboards.widgets import choice, in_url, side_by_side, text

if TYPE_CHECKING:
    from catalynx.records.entries import AuditEntry
    from dashboards.answers import AuditFacts

ROWS_A_PAGE = 25
READING = "Reading the audit and checking its chain…"


class Audit:
    """The page for one visit."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._facts: AuditFacts | None = None
        self._headline, self._table = skeleton(READING), skeleton(READING)
        self._filters = {
            "allowed": choice("Allowed", {"all": "", "allowed": "yes", "refused": "no"}),
            "words": text("Words in who, what or to what", "e.g. purge"),
        }
        in_url(self._filters, self._show_first_page)
        visit.place.watch(self._moved)

    def view(self) -> View:
        """Return the cards: the answer, and the entries."""
        import panel as pn

        table = pn.Column(side_by_side(*self._filters.values()), self._table, sizing_mode="stretch_width", margin=0)
        note = "Newest first; times are in UTC. Profiles appear under a pseudonym, which a purge makes meaningless."
        cards = [Card("headline", self._headline, plain=True), Card("entries", table, "What happened?", 12, note)]
        return View(cards, pane(fragment("empty.html")), pane(foot(None)), self._load)

    async def _load(self) -> None:
        try:
            self._facts = await asyncio.to_thread(self._visit.workbench.audit)
        except CatalynxError as error:
            show(self._headline, error_state(error))
            show(self._table, fragment("skeleton_ended.html"))
            return
        fill(
            self._headline, "audit_headline.html", facts=self._facts, refused=sum(not one.allowed for one in self._facts.entries)
        )
        await self._moved(self._visit.place.read())

    async def _moved(self, parts: dict[str, str]) -> None:
        wanted = parts.get("page", "1")
        self._show(int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1)

    def _show_first_page(self) -> None:
        self._show(1)

    def _show(self, page: int) -> None:
        if self._facts is None:
            return
        allowed, words = self._filters["allowed"].value, self._filters["words"].value.casefold().split()
        found = [one for one in self._facts.entries if _fits(one, allowed, words)]
        pages = max(1, -(-len(found) // ROWS_A_PAGE))
        page = min(max(1, page), pages)
        first = (page - 1) * ROWS_A_PAGE
        rows = [{"entry": one, "detail": _detail(one)} for one in found[first : first + ROWS_A_PAGE]]
        fill(
            self._table, "audit.html", rows=rows, total=len(found), read=len(self._facts.entries), first=first + 1,
            last=first + len(rows), page=page, pages=pages,
            before=urlencode({"page": page - 1}), after=urlencode({"page": page + 1}),
        )  # fmt: skip


def _fits(one: AuditEntry, allowed: str, words: list[str]) -> bool:
    told = f"{one.actor} {one.action} {one.target_kind} {one.target} {one.origin or ''}".casefold()
    return (not allowed or one.allowed is (allowed == "yes")) and all(word in told for word in words)


def _detail(one: AuditEntry) -> str:
    return ", ".join(f"{name} {value if isinstance(value, str) else json.dumps(value)}" for name, value in _items(one))


def _items(one: AuditEntry) -> list[tuple[str, Any]]:
    return sorted(one.detail.items())


PAGE = Page(
    name="Audit",
    path="/audit",
    question="Who did what, when, and was it allowed?",
    icon='<path d="M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9 12l2 2 4-4"/>',
    order=90,
    permission=Permission.ADMIN,
    build=lambda visit: Audit(visit).view(),
)
