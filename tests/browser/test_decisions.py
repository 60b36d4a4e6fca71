"""The page Decisions in a browser: what is turned changes order and plan at once, is kept, compared, signed and taken away."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from decisions_page import asked, comes, rows_of, turn

from catalynx.errors import LakeBusy

pytestmark = pytest.mark.xdist_group("browser")

PLAN = "#card-plan canvas"
MARCH = "1 Mar 2027"


@pytest.fixture
def server(constructed):
    """A server of its own, where a test may keep scenarios and sign."""
    with constructed.serving(constructed.Workbench()) as running:
        yield running


def lose_the_grant_writer(page) -> None:
    page.get_by_label("Who", exact=True).fill("grant writer")
    page.get_by_label("What happens").select_option("leaves")
    page.get_by_label("From", exact=True).select_option(MARCH)
    page.get_by_label("Hours a month").fill("50")
    page.get_by_role("button", name="Apply").click()


def test_as_it_is_it_shows_the_order_and_a_plan(visit, constructed) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    desk = constructed.Workbench().desk("constructed-museum", "x")
    ordered = desk.ordered(constructed.Wish()).sort_values("rank")
    assert rows_of(page) == ordered["candidate_id"].head(8).tolist()
    said = page.locator(".headline").inner_text()
    assert re.fullmatch(
        r"Work on \d+ applications in the next 12 months, [\d,]+ of [\d,]+ hours; the first deadline is .+\.", said
    )
    assert page.locator("#card-headline .says").count() == 0
    assert "80 h a month" in page.locator(".staff").inner_text()
    page.wait_for_selector("#card-frontier canvas", state="attached")
    page.wait_for_selector("#card-sure canvas", state="attached")
    page.locator("#card-plan summary", has_text="figures").click()
    told = page.locator("#card-plan table tbody tr").all_inner_texts()
    assert told
    assert all("\teverybody\t" in row for row in told)


def test_what_is_kept_for_the_audit_says_from_where_the_page_is_looked_at(visit, constructed) -> None:
    workbench = constructed.Workbench()
    with constructed.serving(workbench) as running:
        visit(server=running).open("/decisions", wait_for=PLAN)
        assert workbench.asked_from == "127.0.0.1"


def test_what_if_we_lose_our_grant_writer_in_march(visit, server) -> None:
    page = visit(server=server).open("/decisions", wait_for=PLAN)
    before = page.locator(".headline").inner_text()
    lose_the_grant_writer(page)
    page.wait_for_selector(f".staff >> text=leaves on {MARCH}")
    page.wait_for_selector("#card-headline .says >> text=Against the plan as it is:")
    assert page.locator(".headline").inner_text() != before
    comes(page, lambda: asked(page).get("staff"), ["grant writer|50||2027-03-01", "everybody else|30||"])
    page.get_by_label("Name for a new one").fill("without our grant writer")
    page.get_by_role("button", name="Keep as new").click()
    page.wait_for_selector(
        "#card-scenarios >> text=Kept by constructed-user on 26 Feb 2027 12:30 UTC, version 1, seen by its author alone."
    )
    answer = page.locator("#card-headline .says").inner_text()
    page.get_by_label("Compare with").select_option("as it is")
    page.wait_for_selector("#card-compare table.sides")
    heads = page.locator("#card-compare table.sides thead th").all_inner_texts()
    assert heads == ["", "as it is", "without our grant writer"]
    page.wait_for_selector("#card-compare canvas", state="attached")
    # Another day, another reader: the link alone gives the answer again.
    again = visit(server=server).open("/decisions?scenario=" + asked(page)["scenario"][0], wait_for=PLAN)
    again.wait_for_selector("#card-headline .says >> text=Against the plan as it is:")
    assert again.locator("#card-headline .says").inner_text() == answer


def test_scenarios_are_copied_saved_taken_back_and_shared(visit, server) -> None:
    page = visit(server=server).open("/decisions", wait_for=PLAN)
    turn(page, "Where they give", times=2)
    page.get_by_label("Name for a new one").fill("near us")
    page.get_by_role("button", name="Keep as new").click()
    page.wait_for_selector("text=version 1, seen by its author alone")
    turn(page, "Where they give", times=2)
    page.wait_for_selector("text=Changed since it was kept")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector("#card-scenarios >> text=Kept by")
    turn(page, "Where they give", times=2)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("text=version 2")
    page.get_by_role("button", name="Show to team").click()
    page.wait_for_selector("text=version 3, seen by the team")
    page.get_by_label("Name for a new one").fill("near us, copied")
    page.get_by_role("button", name="Keep as new").click()
    page.wait_for_selector("text=version 1, seen by its author alone")
    page.get_by_label("Scenario", exact=True).select_option("as it is")
    page.wait_for_selector("text=Everything is as the profile and the usual weights say.")
    comes(page, lambda: asked(page).get("w"), None)


def test_two_people_who_change_one_scenario_lose_nothing(visit, server) -> None:
    page = visit(server=server).open("/decisions", wait_for=PLAN)
    turn(page, "Where they give")
    page.get_by_label("Name for a new one").fill("shared work")
    page.get_by_role("button", name="Keep as new").click()
    page.wait_for_selector("text=version 1")
    store = server.workbench.store
    kept = store.scenarios()[0]
    assert kept.wish.factors == {"where they give": 1.25}
    store.save(kept, kept.wish.with_factor("size", 2.0))
    turn(page, "Where they give")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("#card-scenarios .refused >> text=somebody changed it meanwhile")
    comes(page, lambda: asked(page).get("w"), ["where they give:1.5"])
    assert store.scenarios()[0].wish.factors["size"] == 2.0


def test_a_scenario_that_is_gone_is_said_and_the_link_still_shown(visit, server) -> None:
    page = visit(server=server).open("/decisions?scenario=nosuch&w=size:2", wait_for=PLAN)
    page.wait_for_selector("#card-scenarios .refused >> text=not there any more")
    assert page.get_by_role("slider", name="Sums that suit us", exact=True).count() == 1
    page.wait_for_selector("#card-headline .says")


def test_a_candidate_is_left_out_of_the_plan_and_put_back(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    first = rows_of(page)[1]
    row = page.locator(f'tr[data-candidate="{first}"]')
    name = row.locator(".who a").inner_text()
    page.wait_for_selector("#card-frontier canvas", state="attached")
    row.get_by_role("button", name="leave out").click()
    page.wait_for_selector(f'tr[data-candidate="{first}"] >> text=Left out of the plan.')
    page.wait_for_selector("#card-headline .says >> text=Against the plan as it is:")
    comes(page, lambda: asked(page).get("not"), [first])
    assert name in page.locator("#card-headline .says").inner_text()
    row.get_by_role("button", name="must do").click()
    page.wait_for_selector(f'tr[data-candidate="{first}"] >> text=The plan must hold it.')
    comes(page, lambda: asked(page).get("must"), [first])
    row.get_by_role("button", name="as it comes").click()
    page.wait_for_url(lambda url: "must" not in url)


def test_a_link_opens_what_it_says(visit) -> None:
    page = visit().open("/decisions?risk=0.4&method=topsis&own-money=500", wait_for=PLAN)
    for title, opened in (("Who is there?", "true"), ("How careful?", "true"), ("How to rank, and what counts?", "true"),
                          ("Which limits?", "true"), ("What do you know better?", "false")):  # fmt: skip
        part = page.get_by_role("button", name=title)
        comes(page, lambda part=part: part.get_attribute("aria-expanded"), opened)


def test_a_row_opens_its_evidence_and_what_would_change_it(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    page.locator("table.order .who a", has_text="Constructed Lake Fund").click()
    page.wait_for_selector("#drawer[open] ol.rows")
    page.wait_for_selector("#card-moves h3 >> text=Constructed Lake Fund")
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer", state="hidden")


def test_it_is_signed_with_why_and_dissent(visit, server, constructed) -> None:
    page = visit(server=server).open("/decisions", wait_for=PLAN)
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_selector("#card-sign .refused >> text=Say what is decided, and why.")
    page.get_by_label("What is decided").fill("Applications of spring 2027")
    page.get_by_label("Why", exact=True).fill(constructed.CANARY)
    page.get_by_label("Dissent").fill("Constructed Ada would wait.")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_selector("ol.signed li")
    said = page.locator("ol.signed li").inner_text()
    assert "Applications of spring 2027" in said
    assert constructed.CANARY in said
    assert "Dissent: Constructed Ada would wait." in said
    assert "constructed-user, 26 Feb 2027 12:30 UTC · Work on" in said


def test_what_is_seen_is_taken_away(visit, tmp_path: Path) -> None:
    page = visit().open("/decisions?w=size:2", wait_for=PLAN)
    page.wait_for_selector("#card-headline .says >> text=Against the plan as it is:")
    files = {}
    for label in ("Order as CSV", "All tables as XLSX", "Notebook that gives the same"):
        with page.expect_download() as waited:
            page.locator("#card-scenarios").get_by_text(label, exact=True).click()
        files[label] = Path(waited.value.path()).read_bytes()
        assert waited.value.suggested_filename.startswith("decisions-constructed-museum.")
    rows = list(csv.DictReader(io.StringIO(files["Order as CSV"].decode("utf-8-sig"))))
    assert [row["candidate_id"] for row in rows][:8] == rows_of(page)
    assert zipfile.is_zipfile(io.BytesIO(files["All tables as XLSX"]))
    notebook = json.loads(files["Notebook that gives the same"])
    assert "{'size': 2.0}" in "".join("".join(cell["source"]) for cell in notebook["cells"])
    with page.expect_download() as waited:
        page.locator("#card-plan").get_by_role("button", name="Save picture").click()
    assert waited.value.suggested_filename == "who-works-on-what-and-when.png"
    assert Path(waited.value.path()).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "query",
    ["?w=%3Cscript%3E:2&method=x&risk=nan&aim=x&assumed=9", "?staff=%3Cimg+src%3Dx%3E|5||&must=nosuch&not=nosuch", "?kind=x&words=%22%3E%3Cimg%3E"],
)  # fmt: skip
def test_hostile_values_in_the_url_do_no_harm(visit, query: str) -> None:
    page = visit().open("/decisions" + query, wait_for="#card-order p.count")
    assert page.locator("main img").count() == 0


def test_no_hours_no_plan_and_it_says_so(visit, constructed) -> None:
    page = visit().open("/decisions?staff=grant+writer|0||", wait_for="#card-plan .says")
    page.wait_for_selector(".headline >> text=No application can be planned")


def test_an_error_of_the_workspace_is_shown_with_a_way_out(visit, constructed) -> None:
    with constructed.serving(constructed.Workbench(fails=LakeBusy("The lake is being changed; try again."))) as server:
        page = visit(server=server).open("/decisions", wait_for=".state.error")
        assert "The lake is being changed" in page.locator(".state.error").first.inner_text()
