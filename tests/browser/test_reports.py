"""The pages Reports and Audit in a browser, over a real workspace with constructed reports, and a worker beside it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalynx.hub.people import ALLOWS, STATE_KEY, Permission, Person, Role
from catalynx.jobs import Worker
from catalynx.records.profile import make_profile
from catalynx.records.store import open_records
from catalynx.settings import Settings, load_settings
from dashboards.files import sandboxed
from dashboards.workspace import WorkspaceWorkbench

pytestmark = pytest.mark.xdist_group("browser")

AXE_OPTIONS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
CANARY = "<img src=x onerror=\"window.__canary='fired'\">"
PARAMETERS = "\n".join((
    'profile: str = ""  # id of the profile',
    "seconds: float = 0.0  # how long it takes",
    "as_of: str | None = None  # (a day) to judge for",
    "fail: bool = False  # whether it fails",
))  # fmt: skip
CODE = (
    "import time\nfrom pathlib import Path\ntime.sleep(seconds)\nassert not fail, 'constructed failure " + CANARY.replace("'", "\\'") + "'",
    "from IPython.display import HTML\nPath('profile_id.txt').write_text(profile)\nPath('data.csv').write_text('a\\n1\\n')\n"
    f"HTML('<p>Constructed page</p>' + {CANARY!r})",
)  # fmt: skip


def write_report(folder: Path) -> None:
    (folder / "reports").mkdir(parents=True)
    cells = [{"cell_type": "markdown", "id": "c0", "metadata": {}, "source": "# What does a constructed report say?"}]
    for number, (text, tags) in enumerate([(PARAMETERS, ["parameters"]), *((one, []) for one in CODE)], 1):
        cells.append({"cell_type": "code", "id": f"c{number}", "metadata": {"tags": tags}, "execution_count": None,
                      "outputs": [], "source": text})  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "reports/constructed_paper.ipynb").write_text(json.dumps(notebook))


@pytest.fixture(scope="module")
def settings(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("reports")
    write_report(folder / "notebooks")
    made = load_settings(home=folder / "home", notebooks=folder / "notebooks")
    made.home.mkdir()
    made.lake.symlink_to(sample_home / "lake")  # reports want data, and change none
    with open_records(made.records_url) as records:
        for number, name in enumerate(("Constructed Archive", "Constructed Library")):
            records.save_profile(make_profile({"profile_id": f"constructed-{number}", "organization_name": name, "team": "arts"}))
        for number in range(30):
            records.audit("ada", f"read {number}", "lake", CANARY, allowed=number % 7 != 3, detail={"why": CANARY})
    return made


@pytest.fixture(scope="module")
def workshop(settings: Settings, constructed: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """A server over the workspace with a worker beside it, and one report that was made."""
    workbench = WorkspaceWorkbench(settings)
    with Worker(settings), constructed.serving(workbench) as server:
        job = workbench.run_report("constructed-0", "constructed_paper", {}, "ada")
        deadline = time.monotonic() + 90
        while not workbench.report_jobs("constructed-0")[0].ended:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert workbench.report_jobs("constructed-0")[0].error is None
        yield SimpleNamespace(server=server, workbench=workbench, job=job, made=workbench.made_reports("constructed-0")[0])
    workbench.close()


def violations_of(page) -> list[tuple[str, list[str]]]:
    response = Axe().run(page, options=AXE_OPTIONS).response
    assert response["passes"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:4]) for one in response["violations"]]


def test_a_report_is_run_and_shows_how_far_it_is(visit, workshop) -> None:
    page = visit(server=workshop.server).open("/reports?profile=constructed-1", wait_for=".state.empty")
    page.wait_for_selector("text=No report was made for Constructed Library yet.")
    page.get_by_label("Seconds").fill("2")
    page.get_by_role("button", name="Run now").click()
    page.wait_for_selector("progress[value]", timeout=60_000)
    assert "step 1 of 4" in page.locator(".job-what").inner_text()
    page.wait_for_selector("table.made a", timeout=60_000)
    page.wait_for_selector("text=Nothing is being made just now.")
    assert "seconds 2.0" in page.locator("table.made").inner_text()
    assert "1 report was made for Constructed Library" in page.locator(".headline").inner_text()


def test_a_report_can_be_stopped(visit, workshop) -> None:
    page = visit(server=workshop.server).open("/reports?profile=constructed-0", wait_for="table.made")
    page.get_by_label("Seconds").fill("600")
    page.get_by_role("button", name="Run now").click()
    page.get_by_role("button", name="Stop").click(timeout=60_000)
    page.wait_for_selector("text=Nothing is being made just now.", timeout=60_000)
    job = workshop.workbench.report_jobs("constructed-0")[0]
    assert job.state == "cancelled"
    noted = [(one.action, one.origin) for one in workshop.workbench.audit().entries if one.target == job.job_id]
    assert sorted(noted) == [("ask for report", "127.0.0.1"), ("cancel job", "127.0.0.1")]


def test_what_is_wrong_is_said_where_it_was_typed(visit, workshop) -> None:
    page = visit(server=workshop.server).open("/reports", wait_for="table.made")
    page.get_by_label("Seconds").fill("soon")
    page.get_by_role("button", name="Run now").click()
    page.wait_for_selector("text=seconds is 'soon', but must be of type float")


def test_a_report_that_failed_says_why_and_its_words_are_inert(visit, workshop) -> None:
    page = visit(server=workshop.server).open("/reports?profile=constructed-1", wait_for=".headline")
    page.get_by_label("Fail").select_option("yes")
    page.get_by_role("button", name="Run now").click()
    page.wait_for_selector(".state.error >> text=constructed failure", timeout=60_000)
    assert page.locator("#card-jobs img").count() == 0
    assert violations_of(page) == []


def test_the_page_of_a_report_is_sandboxed_and_its_files_are_downloads(visit, workshop) -> None:
    visitor = visit(server=workshop.server)
    page = visitor.open("/reports", wait_for="table.made")
    link = page.locator("table.made th a").get_attribute("href")
    answer = page.request.get(workshop.server.origin + link)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "unsafe-eval" not in policy
    assert "allow-same-origin" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<img src" not in answer.text()
    for other in page.locator("td.take a").evaluate_all("links => links.map((link) => link.getAttribute('href'))"):
        got = page.request.get(workshop.server.origin + other)
        assert (got.status, got.headers["content-disposition"].split(";")[0]) == (200, "attachment")
    with visitor.context.expect_page() as opened:
        page.locator("table.made th a").click()
    opened.value.wait_for_selector("text=Constructed page")
    assert opened.value.evaluate("window.origin") == "null"
    assert opened.value.evaluate("window.__canary") is None


@pytest.mark.parametrize(
    "place", ["../records.sqlite", "report.json", "constructed_paper.html/../report.json", "x", "%2e%2e", "a%00b"]
)
def test_no_other_file_is_served(visit, workshop, place: str) -> None:
    page = visit(server=workshop.server).open("/reports", wait_for="table.made")
    answer = page.request.get(f"{workshop.server.origin}/report-files/{workshop.made.made_id}/{place}")
    assert answer.status == 404
    assert "SQLite" not in answer.text()


def test_a_page_without_a_policy_of_its_own_gets_the_strictest() -> None:
    assert "script-src 'none'" in sandboxed("<html></html>")
    assert "script-src 'none'" in sandboxed('<meta http-equiv="Content-Security-Policy" content="x\r\nset-cookie: a=b">')


@pytest.mark.parametrize("path", ["/reports", "/audit"])
@pytest.mark.parametrize("width", [400, 800, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(visit, workshop, path: str, width: int, scheme: str) -> None:
    page = visit(width=width, scheme=scheme, server=workshop.server).open(path, wait_for="tbody tr")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations_of(page) == []


def test_the_audit_lists_who_did_what_and_its_words_are_inert(visit, workshop) -> None:
    page = visit(server=workshop.server).open("/audit", wait_for="table.audit")
    assert "and every one is as it was written." in page.locator(".headline").inner_text()
    assert page.locator("table.audit tbody tr").count() == 25
    page.get_by_label("Allowed", exact=True).select_option("refused")
    page.wait_for_selector("text=4 of the")
    page.wait_for_selector("table.audit tbody tr:nth-child(4):last-child")  # the table follows the headline
    assert page.locator("table.audit .refused").count() == 4
    assert page.locator("table.audit img").count() == 0
    page.locator("table.audit").wait_for()
    page.get_by_label("Words in who").fill("nobody-did-this")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=No entry fits these filters.")


class OnlyWith:
    """Puts a person with fewer permissions in the place of the one whom the gate let in."""

    def __init__(self, inner, permissions: frozenset[Permission]) -> None:
        self._inner, self._permissions = inner, permissions

    async def __call__(self, scope, receive, send) -> None:
        person = scope.get("state", {}).get(STATE_KEY)
        if isinstance(person, Person):
            scope["state"][STATE_KEY] = Person(person.name, self._permissions, frozenset({"arts"}), person.session, "local")
        await self._inner(scope, receive, send)


@pytest.fixture
def executives_server(workshop, monkeypatch: pytest.MonkeyPatch, constructed: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The same workspace, served to an executive."""
    from dashboards import server

    whole = server.make_pages
    monkeypatch.setattr(server, "make_pages", lambda *args, **named: OnlyWith(whole(*args, **named), ALLOWS[Role.EXECUTIVE]))
    with constructed.serving(workshop.workbench) as running:
        yield running


def test_an_executive_reads_reports_and_neither_runs_them_nor_sees_the_audit(visit, executives_server, constructed) -> None:
    page = visit(server=executives_server).open("/reports", wait_for="table.made")
    assert page.locator("#navigation a").all_inner_texts() == ["Overview", "Decisions", "Funders", "Readiness", "Reports"]
    assert page.get_by_role("button", name="Run now").count() == 0
    page.wait_for_selector("text=Your role reads reports; analysts run them.")
    assert page.request.get(executives_server.origin + "/audit").status == 403
    assert violations_of(page) == []
