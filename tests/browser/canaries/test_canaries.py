"""Every text that people or publishers can write is text wherever it is shown, on every page and in every report.

The pages come from their register, the reports from their catalogue. A page that is new fails until `STATES` says in which states it
is to be looked at, a column that becomes visible until `SHOWN` says where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from catalynx.errors import LakeEmpty
from catalynx.hub.people import STATE_KEY, Permission, Person
from catalynx.reports import reports, run_report
from dashboards.pages import find_pages

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

PROFILE_ID = "constructed-canary"


class As:
    """Puts a person whose name and team are canaries in the place of the one whom the gate let in."""

    def __init__(self, inner: Any, name: str, team: str) -> None:
        self._inner, self._name, self._team = inner, name, team

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        person = scope.get("state", {}).get(STATE_KEY)
        if isinstance(person, Person):
            scope["state"][STATE_KEY] = Person(self._name, frozenset(Permission), frozenset({self._team}), person.session, "hub")
        await self._inner(scope, receive, send)


@contextmanager
def served(constructed: SimpleNamespace, workbench: Any, house: Any) -> Iterator[Any]:
    from dashboards import server

    whole, name, team = server.make_pages, house.canaries.of("person.name", 64), house.canaries.of("profile.team", 100)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(server, "make_pages", lambda *args, **named: As(whole(*args, **named), name, team))
        with constructed.serving(workbench) as running:
            yield running


class Broken:
    """A workbench in which everything that is asked for fails, with words of others in the reason."""

    def __init__(self, house: Any, after_profiles: bool) -> None:
        self._error = LakeEmpty(str(house.canaries.of("error.words")))
        if after_profiles:
            self.profiles = house.workbench.profiles

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fails(*args: object, **named: object) -> None:
            raise self._error

        return fails


def hover(page: Any, within: str) -> None:
    """Move over every drawing there, so that each tells what it tells under the pointer."""
    canvases = page.locator(f"{within} .bk-Canvas")
    for canvas in (canvases.nth(place) for place in range(canvases.count())):
        box = None
        for _ in range(50):  # one that is drawn anew has no place for a moment
            if not canvas.is_visible():
                break
            canvas.scroll_into_view_if_needed()
            if (box := canvas.bounding_box()) is not None:
                break
            page.wait_for_timeout(100)
        if box is None:
            continue
        for step in range(1, 12):
            page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * step / 12)


def settle(page: Any) -> None:
    """Wait until what is read later than the rest, such as who runs a funder, is shown."""
    for _ in range(600):
        if page.locator(".skeleton >> visible=true").count() == 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError("something on the page waits for ever")


def overview(visit: Any, house: Any, server: Any) -> None:
    page = visit.open(f"/overview?profile={PROFILE_ID}", wait_for="table.decisions tbody tr")
    page.wait_for_selector("#card-scores .bk-Canvas", state="attached")
    hover(page, "main")
    house.look(page, "/overview")
    for candidate in page.locator("table.decisions tbody tr").evaluate_all("rows => rows.map((row) => row.dataset.candidate)"):
        opened = f"/overview?profile={PROFILE_ID}#" + _query(evidence=candidate)
        page.goto("about:blank")
        page = visit.open(opened, wait_for="#drawer[open] h3 >> text=The rows behind it")
        hover(page, "#drawer")
        house.look(page, "/overview#evidence")
    searched = house.canaries.of("search.text", 200)
    page.goto(f"{server.origin}/overview?" + _query(text=searched, kind=searched, profile=PROFILE_ID))
    page.wait_for_selector(".state.empty")
    house.look(page, "/overview?text")


def reports_page(visit: Any, house: Any, server: Any) -> None:
    page = visit.open(f"/reports?profile={PROFILE_ID}", wait_for="table.made tbody tr")
    page.wait_for_selector("#card-jobs .state.error")
    page.wait_for_selector("#card-jobs progress")
    house.look(page, "/reports")
    page.get_by_label("Top").fill(str(house.canaries.of("form.text", 200)))
    page.locator("#card-report-executive-summary").get_by_role("button", name="Run now").click()
    page.wait_for_selector("text=It was not started.")
    house.look(page, "/reports refused")


def audit_page(visit: Any, house: Any, server: Any) -> None:
    page = visit.open("/audit", wait_for="table.audit tbody tr")
    page.get_by_label("Words in who").fill("canaryFired")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=2 entries")
    house.look(page, "/audit")


def funders_page(visit: Any, house: Any, server: Any) -> None:
    page = visit.open(f"/funders?profile={PROFILE_ID}", wait_for=".picks li")
    for funder in page.locator(".picks li").evaluate_all("rows => rows.map((row) => row.dataset.candidate)"):
        page.goto("about:blank")
        page = visit.open(f"/funders?profile={PROFILE_ID}#" + _query(funder=funder), wait_for="#chosen-name")
        page.wait_for_load_state("networkidle")
        settle(page)
        page.wait_for_selector("#card-ways :is(canvas, .state, p)", state="attached")
        hover(page, "main")
        house.look(page, "/funders")
    words = house.canaries.of("search.text", 200)
    page.goto(f"{server.origin}/funders?" + _query(words=words, profile=PROFILE_ID))
    page.wait_for_selector("text=0 of")
    house.look(page, "/funders?words")


def readiness_page(visit: Any, house: Any, server: Any) -> None:
    page = visit.open(f"/readiness?profile={PROFILE_ID}", wait_for="#card-risk :is(canvas, .state, table)")
    for candidate in page.locator(".picks li").evaluate_all("rows => rows.map((row) => row.dataset.candidate)"):
        page.goto("about:blank")
        opened = f"/readiness?profile={PROFILE_ID}#" + _query(candidate=candidate)
        page = visit.open(opened, wait_for="#card-risk :is(canvas, .state, table)")
        hover(page, "main")
        house.look(page, "/readiness")
    words = house.canaries.of("search.text", 200)
    page.goto(f"{server.origin}/readiness?" + _query(words=words, award=words, profile=PROFILE_ID))
    page.wait_for_selector("text=is not an amount")
    house.look(page, "/readiness?words")


def decisions_page(visit: Any, house: Any, server: Any) -> None:
    page = visit.open(f"/decisions?profile={PROFILE_ID}", wait_for="#card-order :is(table, .state)")
    page.wait_for_selector("#card-sure canvas", state="attached")
    hover(page, "main")
    house.look(page, "/decisions")
    words = house.canaries.of("search.text", 200)
    people, busy = f"{words}|5||", f"{words}|5|2027-03-01|2027-03-31"
    hostile = _query(words=words, scenario=words, must=words, staff=people, busy=busy, profile=PROFILE_ID)
    page.goto(f"{server.origin}/decisions?{hostile}")
    page.wait_for_selector("text=No candidate fits these filters.")
    house.look(page, "/decisions?words")
    page = visit.open(
        f"/decisions?profile={PROFILE_ID}&" + _query(ask=f"{words}:5", chance=f"{words}:0.5"), wait_for=".names.kept"
    )
    page.locator("table.order").get_by_role("button", name="know better").first.click()
    page.get_by_text("What do you know better of").wait_for()
    page.get_by_role("button", name="Which limits?").click()
    for label in ("Ask, US dollars", "Last day to apply", "Own money in all, US dollars"):
        page.get_by_label(label).fill(words)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Use these").click()
    for wrong in range(3):
        page.locator("#card-knobs .refused").nth(wrong).wait_for()
    house.look(page, "/decisions?ask")


STATES: dict[str, Callable[[Any, Any, Any], None]] = {
    "/overview": overview, "/decisions": decisions_page, "/funders": funders_page, "/readiness": readiness_page, "/reports": reports_page, "/audit": audit_page,
}  # fmt: skip
"""Page → what is to be opened on it, so that everything it can show was shown."""


def _query(**values: object) -> str:
    from urllib.parse import urlencode

    return urlencode(values)


def make_reports(house: Any) -> None:
    """Make every report of the catalogue about the profile full of canaries."""
    for name, report in reports(house.settings.notebooks).items():
        asked = {
            one.name: house.canaries.of("report.parameter", 400)
            for one in report.parameters
            if one.kind == "str" and one.name != "profile"
        }
        about = {"profile": PROFILE_ID} if any(one.name == "profile" for one in report.parameters) else {}
        run_report(house.settings, name, {**asked, **about}, pdf=False)


def test_every_page_in_every_state_shows_words_as_words(visit, house, constructed) -> None:
    assert {page.path for page in find_pages()} == set(STATES), "say in STATES in which states a new page is to be looked at"
    make_reports(house)
    with served(constructed, house.workbench, house) as server:
        for look_at in STATES.values():
            look_at(visit(server=server), house, server)
        look_at_reports(visit(server=server), house, server)
        page = visit(server=server).open(
            "/overview?" + _query(profile=house.canaries.of("search.profile", 200)), wait_for=".state"
        )
        house.look(page, "/overview?profile")
    for after_profiles in (False, True):
        with served(constructed, Broken(house, after_profiles), house) as server:
            for path in STATES:
                house.look(visit(server=server).open(path, wait_for=".state.error"), f"{path} error")
    assert house.seen == {place: set(columns.split()) for place, columns in SHOWN.items()}


def look_at_reports(visitor: Any, house: Any, server: Any) -> None:
    """Open each report as it is served, and its executed notebook as notebooks are rendered, without any policy."""
    from nbconvert import HTMLExporter

    page = visitor.open("/overview", wait_for="h1")
    for made in house.workbench.made_reports(PROFILE_ID):
        page.goto(f"{server.origin}/report-files/{made.made_id}/{made.page}")
        page.wait_for_load_state()
        house.look(page, f"report {made.name}")
        body, _ = HTMLExporter(template_name="basic").from_filename(house.workbench.report_file(made.made_id, made.notebook))
        bare = visitor.context.new_page()
        bare.on("request", lambda request: request.url.startswith("data:") or visitor.outside.append(request.url))
        bare.set_content(f"<!doctype html><title>notebook</title>{body}", wait_until="load")
        house.look(bare, f"notebook {made.name}")
        bare.close()
    page.goto(f"{server.origin}/overview")  # the page of a report has no storage that could be cleared


SHOWN = {
    "/audit": (
        "audit.action audit.actor audit.detail audit.origin audit.target audit.target_kind error.words person.name "
        "profile.city profile.organization_name profile.team"
    ),
    "/decisions": (
        "error.words lake.giving.funder_key lake.giving.funder_name lake.opportunities.agency "
        "lake.opportunities.opportunity_id lake.opportunities.title lake.organizations.name lake.programs.agency "
        "lake.programs.assistance_types lake.programs.title person.name profile.city profile.organization_name profile.team "
        "search.text signed_decisions.dissent signed_decisions.holds signed_decisions.signed_by signed_decisions.signed_id "
        "signed_decisions.title signed_decisions.why"
    ),
    "/funders": (
        "error.words lake.giving.funder_key lake.giving.funder_name lake.organizations.name lake.people.person_name "
        "lake.people.role person.name profile.city profile.organization_name profile.team"
    ),
    "/overview": (
        "error.words lake.audit_findings.source lake.audits.source lake.awards.agency lake.awards.file lake.awards.place "
        "lake.awards.program_name lake.awards.purpose lake.awards.recipient_name lake.awards.source lake.awards.title "
        "lake.competitions.source lake.filings.source lake.giving.funder_key lake.giving.funder_name lake.grants.file "
        "lake.grants.funder_name lake.grants.place lake.grants.purpose lake.grants.recipient_name lake.grants.source "
        "lake.ntee_codes.source lake.opportunities.agency lake.opportunities.file lake.opportunities.opportunity_id "
        "lake.opportunities.place lake.opportunities.source lake.opportunities.title lake.organizations.name "
        "lake.organizations.source lake.people.source lake.program_obligations.source lake.program_results.source "
        "lake.programs.agency lake.programs.assistance_types lake.programs.source lake.programs.title "
        "lake.set_aside.source lake.set_aside.table_name person.name profile.city profile.organization_name profile.team "
        "search.text"
    ),
    "/readiness": (
        "error.words lake.giving.funder_key lake.giving.funder_name lake.opportunities.opportunity_id "
        "lake.opportunities.title lake.organizations.name lake.programs.title person.name profile.city "
        "profile.organization_name profile.team search.text"
    ),
    "/reports": (
        "error.words form.text jobs.asked_by jobs.error jobs.parameters jobs.what person.name profile.city "
        "profile.organization_name profile.team report.default report.meaning report.parameter report.title"
    ),
    "notebook": (
        "lake.audits.source lake.awards.source lake.filings.source lake.grants.source lake.opportunities.description "
        "lake.opportunities.file lake.opportunities.opportunity_id lake.opportunities.place lake.opportunities.source lake.opportunities.title "
        "lake.organizations.source lake.programs.source profile.city profile.organization_name report.default "
        "report.meaning report.parameter report.title"
    ),
    "report": (
        "lake.audits.source lake.awards.source lake.filings.source lake.grants.source lake.opportunities.description "
        "lake.opportunities.file lake.opportunities.opportunity_id lake.opportunities.place lake.opportunities.source lake.opportunities.title "
        "lake.organizations.source lake.programs.source profile.city profile.organization_name report.parameter "
        "report.title"
    ),
}
"""Place → the columns whose canaries are read there. A column that becomes visible somewhere has to be written here."""
