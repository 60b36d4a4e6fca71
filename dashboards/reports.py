"""Reports: papers for people who read; run one, see how far it is, and take what was made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from catalynx.errors import CatalynxError
from catalynx.figures import wording
from catalynx.hub import Permission
from dashboards.files import FOLDER
from dashboards.fragments import fragment, pane, show
from dashboards.pages import Card, Page, View, Visit
from dashboards.shell import error_state, fill, foot, skeleton
from dashboards.widgets import button, choice, side_by_side, text

if TYPE_CHECKING:
    from catalynx.records.entries import Job
    from catalynx.reports import Parameter, Report
    from dashboards.answers import MadeReport

LOOK_AGAIN_MS, LOOK_SELDOM_MS = 1_000, 10_000
"""How often the page looks how far jobs are: while some run, and while none does (somebody else may ask for one)."""
JOBS_SHOWN = 5
OF_PROFILE = "profile"
"""The parameter that the page itself gives: the profile that it is about."""


class ReportForm:
    """One report of the catalogue: what it answers, its parameters as a form, and a button that runs it."""

    def __init__(self, page: Reports, report: Report) -> None:
        import panel as pn

        self._page, self._report = page, report
        self._fields = {one.name: _field(one) for one in report.parameters if one.name != OF_PROFILE}
        self._says = pane(fragment("empty.html"))
        about = pane(fragment("report_about.html", report=report, parameters=[one for one in report.parameters if one.meaning]))
        parts: list[Any] = [about]
        if page.may_run:
            run = button("Run now")
            run.on_click(self._run)
            parts += [side_by_side(*self._fields.values(), run), self._says]
        else:
            parts.append(pane(fragment("report_not_yours.html")))
        self.card = Card(f"report-{report.name.replace('_', '-')}", pn.Column(*parts, sizing_mode="stretch_width", margin=0),
                         f"{_words(report.name)}: {report.title}", 12)  # fmt: skip

    async def _run(self, event: Any) -> None:
        given = {name: widget.value.strip() for name, widget in self._fields.items() if widget.value.strip()}
        show(self._says, fragment("skeleton.html", words="Asking for it…"))
        try:
            await self._page.run(self._report.name, given)
        except CatalynxError as error:
            fill(self._says, "state.html", kind="error", title="It was not started.", why=str(error), command=None, link=None)
            return
        show(self._says, fragment("report_asked.html"))


class Reports:
    """The page for one visit."""

    def __init__(self, visit: Visit) -> None:
        import panel as pn

        self._visit = visit
        self.may_run = visit.person.may(Permission.RUN)
        self._headline, self._history = skeleton("Looking for reports…"), skeleton("Looking for reports…")
        self._jobs = pn.Column(skeleton("Looking for what runs…"), sizing_mode="stretch_width", margin=0)
        self._rows: dict[tuple[str, str], Any] = {}
        self._seen: tuple[str, ...] | None = None
        self._foot = pane(foot(None))
        self._timer: Any = None

    def view(self) -> View:
        """Return the cards: the answer, what runs, what can be run, what was made."""
        try:
            forms = [ReportForm(self, report).card for report in self._visit.workbench.reports()]
        except CatalynxError as error:
            forms = [Card("catalogue", pane(error_state(error)))]
        cards = [
            Card("headline", self._headline, plain=True),
            *forms,
            Card("jobs", self._jobs, "What is being made?", 12, "A report goes on when you leave this page."),
            Card("history", self._history, "What was made?", 12, "Newest first. Times are in UTC."),
        ]
        return View(cards, pane(fragment("empty.html")), self._foot, self._load)

    async def run(self, name: str, given: dict[str, str]) -> None:
        """Ask for a report, and show it among those that are being made."""
        visit = self._visit
        await asyncio.to_thread(
            visit.workbench.run_report, visit.profile.profile_id, name, given, visit.person.name, origin=visit.origin
        )
        await self._look()

    async def _load(self) -> None:
        import panel as pn

        await self._look()
        self._timer = pn.state.add_periodic_callback(self._look, LOOK_AGAIN_MS)  # type: ignore[arg-type]

    async def _look(self) -> None:
        """Show how far the jobs are; read what was made only when one of them has ended."""
        workbench, profile_id = self._visit.workbench, self._visit.profile.profile_id
        try:
            jobs = (await asyncio.to_thread(workbench.report_jobs, profile_id))[:JOBS_SHOWN]
            ended = tuple(job.job_id for job in jobs if job.ended)
            if ended != self._seen:
                made = await asyncio.to_thread(workbench.made_reports, profile_id)
                self._show_made(made)
                self._seen = ended
        except CatalynxError as error:
            show(self._headline, error_state(error))
            self._jobs[:], self._rows = [pane(fragment("skeleton_ended.html"))], {}
            show(self._history, fragment("skeleton_ended.html"))
            self._seen = None
            return
        self._show_jobs([job for job in jobs if not job.ended or job.state == "failed"])
        period = LOOK_AGAIN_MS if any(not job.ended for job in jobs) else LOOK_SELDOM_MS
        if self._timer is not None and self._timer.period != period:
            self._timer.period = period

    def _show_made(self, made: Any) -> None:
        fill(self._headline, "reports_headline.html", made=made, name=self._visit.profile.name)
        fill(self._history, "reports_made.html", rows=[self._made(one) for one in made])

    def _made(self, one: MadeReport) -> dict[str, Any]:
        folder = f"{self._visit.prefix}{FOLDER}/{quote(one.made_id)}/"
        asked = ", ".join(f"{name} {value}" for name, value in one.parameters.items() if value is not None)
        return {"name": _words(one.name), "title": one.title, "made": one.made_at, "asked": asked, "folder": folder, "files": one}

    def _show_jobs(self, jobs: list[Job]) -> None:
        """Show a row for each; the rows stay as they are while the same jobs run, so that nobody loses the place."""
        import panel as pn

        if list(self._rows) != [(job.job_id, job.state) for job in jobs] or not jobs:
            self._rows = {(job.job_id, job.state): pane(fragment("job.html", job=job, name=_asked_for(job))) for job in jobs}
            parts = []
            for job, row in zip(jobs, self._rows.values(), strict=True):
                stop = [self._stop(job)] if self.may_run and not job.ended else []
                parts.append(pn.Column(row, *stop, sizing_mode="stretch_width", margin=0))
            self._jobs[:] = parts or [pane(fragment("jobs_none.html"))]
            return
        for job, row in zip(jobs, self._rows.values(), strict=True):
            html = fragment("job.html", job=job, name=_asked_for(job))
            if row.object != str(html):
                show(row, html)

    def _stop(self, job: Job) -> Any:
        stop = button("Stop")

        async def stopped(event: Any) -> None:
            try:
                visit = self._visit
                await asyncio.to_thread(visit.workbench.cancel_job, job.job_id, visit.person.name, origin=visit.origin)
            except CatalynxError as error:
                show(self._headline, error_state(error))
            await self._look()

        stop.on_click(stopped)
        return stop


def _field(parameter: Parameter) -> Any:
    label = f"{_words(parameter.name)}{' (needed)' if parameter.required else ''}"
    default = "" if parameter.default in (None, "") else str(parameter.default)
    if parameter.kind == "bool":
        first = "yes" if parameter.default else "no"
        return choice(label, {first: first, **{other: other for other in ("no", "yes") if other != first}})
    examples = {"date": "e.g. 2027-03-14", "int": "e.g. 5", "float": "e.g. 0.5"}
    return text(label, default or examples.get(parameter.kind, ""))


def _asked_for(job: Job) -> str:
    return _words(str(job.parameters.get("report", job.kind)))


def _words(name: str) -> str:
    return wording.name(name.replace("_", " ")).capitalize()


PAGE = Page(
    name="Reports",
    path="/reports",
    question="Give me the paper.",
    icon='<path d="M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h7"/>',
    order=50,
    build=lambda visit: Reports(visit).view(),
)
