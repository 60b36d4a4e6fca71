"""The page Decisions in a browser: what is turned changes order and plan at once, is kept, compared, signed and taken away."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from catalynx.errors import LakeBusy
from catalynx.figures import wording

pytestmark = pytest.mark.xdist_group("browser")

PLAN = "#card-plan canvas"
MARCH = "1 Mar 2027"


@pytest.fixture
def server(constructed):
    """A server of its own, where a test may keep scenarios and sign."""
    with constructed.serving(constructed.Workbench()) as running:
        yield running


def rows_of(page) -> list[str]:
    return page.locator("table.order tbody tr").evaluate_all("rows => rows.map((row) => row.dataset.candidate)")


def turn(page, name: str, key: str = "ArrowRight", times: int = 1) -> None:
    handle = page.get_by_role("slider", name=name, exact=True)
    handle.focus()
    for _ in range(times):
        page.keyboard.press(key)


def called(page, candidate: str) -> str:
    return page.locator(f'tr[data-candidate="{candidate}"] .who a').inner_text()


def lose_the_grant_writer(page) -> None:
    page.get_by_label("Who", exact=True).fill("grant writer")
    page.get_by_label("What happens").select_option("leaves")
    page.get_by_label("From", exact=True).select_option(MARCH)
    page.get_by_label("Hours a month").fill("50")
    page.get_by_role("button", name="Apply").click()


def take_back(page, what: str) -> None:
    page.locator("#card-knobs .kept li", has_text=what).get_by_role("button", name="take back").click()


def asked(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def comes(page, look: Callable[[], Any], expected: Any, seconds: float = 30) -> None:
    """Wait until the page shows what is expected: one turn of a knob reaches the order, the URL and the plan one after another."""
    for _ in range(int(seconds * 20)):
        if look() == expected:
            return
        page.wait_for_timeout(50)
    assert look() == expected


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


def test_a_slider_is_turned_by_keys_and_the_url_says_it(visit, constructed) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    turn(page, "Still giving", times=4)
    comes(page, lambda: asked(page).get("w"), ["still giving:2"])
    desk = constructed.Workbench().desk("constructed-museum", "x")
    ordered = desk.ordered(constructed.Wish({"still giving": 2.0})).sort_values("rank")
    comes(page, lambda: rows_of(page), ordered["candidate_id"].head(8).tolist())
    shown = page.locator("table.order tbody tr").first.inner_text()
    assert wording.score(ordered["score"].iloc[0]) in shown
    page.reload()
    page.wait_for_selector(PLAN, state="attached")
    slider = page.get_by_role("slider", name="Still giving", exact=True)
    assert slider.get_attribute("aria-valuetext") == "2.00 ×"
    page.get_by_role("button", name="As usual", exact=True).click()
    page.wait_for_url(lambda url: "giving" not in url)


def test_every_weight_at_nothing_is_said_and_nothing_is_lost(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    for name in ("What they give for", "Where they give", "Sums that suit us", "Open to newcomers", "Still giving"):
        turn(page, name, "Home")
    page.wait_for_selector("#card-headline .state.error >> text=one is above 0")
    turn(page, "Still giving", "End")
    page.wait_for_selector("#card-headline .headline")


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


@pytest.mark.parametrize(
    ("who", "hours", "says"),
    [("", "50", "a name or a role"), ("grant writer", "", "how many of the 80 hours"), ("grant writer", "200", "at most the 80 hours"),
     ("grant writer", "-5", "from 0"), ("grant writer", "<b>many</b>", "is no number of hours"), ("grant writer", "nan", "from 0")],
)  # fmt: skip
def test_a_change_of_staff_that_cannot_be_is_told(visit, who: str, hours: str, says: str) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    page.get_by_label("Who", exact=True).fill(who)
    page.get_by_label("Hours a month").fill(hours)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector(f"#card-knobs .refused >> text={says}")
    assert "staff" not in asked(page)


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


def test_what_is_known_better_of_one_candidate_counts_and_is_taken_back(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    first = rows_of(page)[1]
    part = page.get_by_role("button", name="What do you know better?")
    assert part.get_attribute("aria-expanded") == "false"
    part.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Of which candidate").select_option(called(page, first))
    assert part.get_attribute("aria-expanded") == "true"
    page.get_by_label("Chance, assumed, per cent").fill("lots")
    page.get_by_role("button", name="Use these").click()
    page.wait_for_selector("#card-knobs .refused >> text=“lots” is not per cent from 0 to 100.")
    assert "chance" not in asked(page)
    page.get_by_label("Chance, assumed, per cent").fill("30 %")
    page.get_by_label("Ask, US dollars").fill("$25k")
    page.get_by_label("Hours that it takes").fill("5")
    page.get_by_role("button", name="Use these").click()
    page.wait_for_selector("#card-knobs .names >> text=ask $25,000, chance 30%, hours that it takes 5 h")
    comes(page, lambda: [asked(page).get(name) for name in ("ask", "chance", "effort")],
          [[f"{first}:25000.0"], [f"{first}:0.3"], [f"{first}:5.0"]])  # fmt: skip
    page.wait_for_selector("#card-headline .says >> text=Against the plan as it is:")
    again = visit().open(f"/decisions?{urlsplit(page.url).query}", wait_for=PLAN)
    again.wait_for_selector("#card-knobs .names >> text=ask $25,000, chance 30%, hours that it takes 5 h")
    page.get_by_role("button", name="Take back", exact=True).click()
    comes(page, lambda: asked(page).get("ask"), None)


def test_limits_of_a_plan_are_set_told_and_in_the_url(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    first, second, third = rows_of(page)[:3]
    page.get_by_role("button", name="Which limits?").click()
    page.get_by_label("Own money in all, US dollars").fill("much")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card-knobs .refused >> text=“much” is not an amount in US dollars.")
    page.get_by_label("Own money in all, US dollars").fill("5000")
    page.keyboard.press("Enter")
    comes(page, lambda: asked(page).get("own-money"), ["5000.0"])
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_selector("#card-knobs .refused >> text=Choose a first and at least another candidate.")
    page.get_by_label("First", exact=True).select_option(called(page, first))
    page.get_by_label("Second", exact=True).select_option(called(page, second))
    page.get_by_label("Third, if any").select_option(called(page, third))
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_selector("#card-knobs .names >> text=Only one of:")
    comes(page, lambda: asked(page).get("one-of"), [f"{first}|{second}|{third}"])
    page.get_by_label("Of these candidates").select_option("first only with the others")
    page.get_by_role("button", name="Add", exact=True).click()
    comes(page, lambda: asked(page).get("only-with"), [f"{first}|{second}", f"{first}|{third}"])
    page.get_by_label("Share of one funder").select_option("at most 50 %")
    comes(page, lambda: asked(page).get("funder-share"), ["0.5"])
    take_back(page, "Only one of:")
    comes(page, lambda: asked(page).get("one-of"), None)
    take_back(page, f"{called(page, first)}: only with {called(page, second)}")
    comes(page, lambda: asked(page).get("only-with"), [f"{first}|{third}"])


def test_a_list_that_is_open_stays_as_it_is_while_plans_come(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    shown = "list => [list.selectedOptions[0].text, ...Array.from(list.options, (one) => one.text)]"
    first = called(page, rows_of(page)[0])
    page.get_by_role("button", name="Which limits?").click()
    names = page.get_by_label("First", exact=True)
    names.select_option(first)
    before = names.evaluate(shown)
    assert before[0] == first
    page.get_by_label("Own money in all, US dollars").fill("5000")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card-headline >> text=Against the plan as it is")
    assert names.evaluate(shown) == before


def test_a_row_asks_what_is_known_better_of_it(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    first = rows_of(page)[1]
    page.locator(f'tr[data-candidate="{first}"]').get_by_role("button", name="know better").click()
    asks = page.get_by_text(f"What do you know better of {called(page, first)}?")
    asks.wait_for()
    comes(page, lambda: asks.evaluate("said => said.getRootNode().activeElement === said"), True)
    chosen = page.get_by_label("Of which candidate")
    assert chosen.evaluate("list => list.selectedOptions[0].textContent") == called(page, first)
    page.get_by_label("Hours that it takes").fill("many")
    page.get_by_label("Last day to apply").fill("31 Mar 2027")
    page.get_by_role("button", name="Use these").click()
    page.wait_for_selector("#card-knobs .refused >> text=“many” is not a number of hours.")
    page.get_by_label("Hours that it takes").fill("")
    page.get_by_role("button", name="Use these").click()
    comes(page, lambda: asked(page).get("deadline"), [f"{first}:2027-03-31"])
    take_back(page, called(page, first))
    comes(page, lambda: asked(page).get("deadline"), None)
    assert page.get_by_role("button", name="Which limits?").get_attribute("aria-expanded") == "false"


def test_groups_compared_two_by_two_set_their_weights(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    page.get_by_role("button", name="Two by two").click()
    pairs = page.locator("#card-knobs select").filter(has_text="both alike")
    for place in range(4):
        pairs.nth(place).select_option("What they give for: clearly")
    page.get_by_role("button", name="Weigh by these").click()
    page.wait_for_selector("#card-knobs >> text=The comparisons agree (consistency ratio 0.00, good up to 0.10).")
    comes(page, lambda: len(asked(page).get("w", ())), 5)
    assert not any(one.startswith("mission:") for one in asked(page)["w"])
    slider = page.get_by_role("slider", name="Still giving", exact=True)
    said = dict(one.rsplit(":", 1) for one in asked(page)["w"])
    comes(page, lambda: slider.get_attribute("aria-valuetext"), f"{float(said['still giving']):.2f} ×")
    page.wait_for_selector("#card-headline .says")
    pairs.nth(4).select_option("Sums that suit us: by far")
    pairs.nth(5).select_option("Where they give: by far")
    pairs.nth(7).select_option("Open to newcomers: by far")
    page.get_by_role("button", name="Weigh by these").click()
    page.wait_for_selector("#card-knobs .refused >> text=The comparisons contradict each other")


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
