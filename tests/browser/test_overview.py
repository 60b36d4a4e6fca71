"""The page Overview in a browser: it says what the frames say, and nothing else happens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalynx.figures import choosing, wording
from catalynx.rules import RECOMMENDATIONS
from dashboards.answers import Evidence

pytestmark = pytest.mark.xdist_group("browser")

ALL_TEXT = """(element) => {
  const walk = (node) => node.nodeType === 3 ? node.data
    : ["STYLE", "SCRIPT"].includes(node.nodeName) ? ""
    : [...(node.shadowRoot ? node.shadowRoot.childNodes : []), ...node.childNodes].map(walk).join("");
  return walk(element).replace(/\\s+/g, " ");
}"""


def text_of(locator) -> str:
    """Return the text in an element, the roots of panes in it included."""
    return locator.evaluate(ALL_TEXT)


def rows_of(page) -> list[str]:
    return page.locator("table.decisions tbody tr").evaluate_all("rows => rows.map((row) => row.dataset.candidate)")


def test_the_sentence_and_its_figures_are_those_of_the_agenda(visit, constructed) -> None:
    page = visit().open()
    answers = constructed.answers()
    assert page.locator(".headline").inner_text() == answers.agenda.sentence
    stats = page.locator(".stats").inner_text()
    picked = answers.decisions[answers.decisions["candidate_id"].isin(answers.agenda.chosen)]
    for said in (
        str(len(answers.agenda.chosen)), wording.hours(answers.agenda.hours), wording.hours(answers.agenda.capacity_hours),
        wording.money_short(picked["ask_usd"].sum()), wording.day(answers.agenda.next_deadline), "in 16 days",
    ):  # fmt: skip
        assert said in stats


def test_the_table_shows_the_decisions_in_their_order(visit, constructed) -> None:
    page = visit().open()
    decisions = constructed.answers().decisions
    assert rows_of(page) == decisions["candidate_id"].head(15).tolist()
    for number, one in enumerate(decisions.head(15).to_dict("records")):
        cells = page.locator("table.decisions tbody tr").nth(number).inner_text()
        assert wording.score(one["score"]) in cells
        assert wording.share(one["coverage"]) in cells
        assert one["recommendation"] in cells
        assert wording.money(one["ask_usd"]) in cells
        assert wording.day(one["deadline"]) in cells
        assert wording.name(one["name"]) in cells


def test_what_is_unknown_is_called_unknown(visit, constructed) -> None:
    page = visit().open("/overview?text=Fund+No.+6")
    row = page.locator('tr[data-candidate="constructed:06"]')
    assert row.locator('[data-head="Ask, USD"]').inner_text().split() == ["unknown"]
    assert "$0" not in page.locator("table.decisions").inner_text()


def test_the_health_of_the_data_is_that_of_the_facts(visit, constructed) -> None:
    page = visit().open()
    data = constructed.answers().data
    health = text_of(page.locator("#card-health"))
    assert wording.day(data.as_of) in health
    assert data.lake_version in health
    assert f"{data.counts['set_aside'].sum():,} of {data.counts[['rows', 'set_aside']].sum().sum():,} records" in health
    assert "95,280" in health
    assert f"lake version {data.lake_version}" in text_of(page.locator("footer"))


def test_charts_have_a_table_with_the_same_figures(visit, constructed) -> None:
    page = visit().open()
    page.locator("#card-classes summary").click()
    counts = constructed.answers().decisions["recommendation"].value_counts()
    told = dict(line.split("\t") for line in page.locator("#card-classes tbody tr").all_inner_texts())
    assert told == {name: str(counts.get(name, 0)) for name in RECOMMENDATIONS}
    page.wait_for_selector("#card-scores canvas", state="attached")
    assert page.locator("#card-deadlines canvas").count() > 0


def test_filters_choose_and_stand_in_the_url(visit, constructed) -> None:
    visitor = visit()
    page = visitor.open()
    decisions = constructed.answers().decisions
    page.get_by_label("What to do", exact=True).select_option("prepare")
    page.get_by_label("Kind", exact=True).select_option("program")
    wanted = choosing.chosen(decisions, kind="program", recommendation="prepare")
    page.wait_for_selector(f"text={len(wanted)} of 40 candidates")
    assert rows_of(page) == wanted["candidate_id"].tolist()
    page.wait_for_function("location.search.includes('decision=prepare') && location.search.includes('kind=program')")
    page.reload()
    page.wait_for_selector(f"text={len(wanted)} of 40 candidates")
    assert page.get_by_label("Kind", exact=True).input_value() == "program"
    page.go_back()
    page.wait_for_selector(f"text={len(choosing.chosen(decisions, recommendation='prepare'))} of 40 candidates")


def test_a_filter_that_fits_nothing_says_so(visit) -> None:
    page = visit().open("/overview?text=nosuchword&score=0.8", wait_for=".state.empty")
    assert "No candidate fits these filters." in page.locator(".state.empty").inner_text()


@pytest.mark.parametrize(
    "query", ["?kind=%3Cscript%3E&score=NaN&decision=x", "?text=%22%3E%3Cimg+src%3Dx+onerror%3Dalert(1)%3E", "?profile="]
)
def test_hostile_values_in_the_url_change_nothing(visit, query: str) -> None:
    page = visit().open("/overview" + query, wait_for="p.count")
    assert page.locator("#card-decisions img").count() == 0
    assert page.locator(".top img").count() == 0


def test_pages_and_order_of_the_table_stand_in_the_url(visit, constructed) -> None:
    page = visit().open()
    page.locator(".pager a", has_text="Next").click()
    page.wait_for_selector("text=16–30 shown")
    decisions = constructed.answers().decisions
    assert rows_of(page) == decisions["candidate_id"].iloc[15:30].tolist()
    page.locator("thead a", has_text="Deadline").click()
    page.wait_for_selector('th[aria-sort="ascending"] >> text=Deadline')
    assert rows_of(page) == choosing.chosen(decisions, sort="deadline")["candidate_id"].head(15).tolist()
    assert page.url.endswith("#sort=deadline")


def test_a_row_opens_its_evidence_down_to_file_and_place(visit, constructed) -> None:
    page = visit().open()
    page.locator('tr[data-candidate="constructed:00"] a').click()
    page.wait_for_selector("#drawer[open] ol.rows")
    drawer = page.locator("#drawer")
    answers = constructed.answers()
    parts = answers.score_parts[answers.score_parts["candidate_id"] == "constructed:00"]
    said = text_of(drawer)
    for because in parts["because"]:
        assert because in said
    assert "13 of 40 grants on record went to Vermont" in said
    assert "how many applied: not published" in said
    assert "What sets it apart from a middling candidate?" in said
    assert "a middling one" in drawer.locator("table", has_text="Middling value").text_content()
    assert "constructed/maple.sql · line 2015" in said
    assert "EIN 12-3456789" in said
    assert page.evaluate("document.activeElement.id") == "drawer-close"
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer", state="hidden")
    assert "evidence" not in page.url


def test_each_number_opens_the_rows_it_rests_on(visit, constructed) -> None:
    page = visit().open("/overview#evidence=constructed%3A00", wait_for="#drawer ol.rows")
    drawer = page.locator("#drawer")
    page.get_by_role("link", name="Rows behind it: mission").click()
    behind = drawer.locator(".number-rows")
    behind.locator("li").first.wait_for()
    assert behind.locator("li").count() == 12
    said = behind.inner_text()
    assert "30 rows behind mission, the nearest 12 shown" in said
    assert "Form 990-PF Part XI line 7: distributable amount" in said
    assert "constructed/maple.sql · line 0" in said
    assert "recipient: constructed_bmf.csv · line 9" in said
    assert page.url.endswith("criterion=mission")
    page.get_by_role("link", name="Rows behind it: eligibility").click()
    page.wait_for_selector("text=1 row behind eligibility")
    assert behind.count() == 2, "rows that are open stay, so that nothing jumps"
    page.get_by_role("link", name="Close the rows behind mission").click()
    page.wait_for_selector("text=30 rows behind mission", state="detached")
    assert page.evaluate(FOCUSED) == "Rows behind it: mission"
    assert behind.count() == 1


FOCUSED = """() => {
  let element = document.activeElement;
  while (element.shadowRoot && element.shadowRoot.activeElement) { element = element.shadowRoot.activeElement; }
  return element.getAttribute("aria-label");
}"""


def test_a_number_without_rows_and_one_that_fails_say_so(visit, constructed) -> None:
    page = visit().open("/overview#evidence=constructed%3A00&criterion=geography", wait_for="#drawer .number-rows")
    names = set(constructed.answers().score_parts["criterion"])
    assert {"geography", "recency"} <= names
    assert "No row of the lake stands behind geography" in page.locator("#drawer .number-rows").inner_text()
    page.get_by_role("link", name="Rows behind it: recency").click()
    page.wait_for_selector("#drawer .state.error")
    assert "`catalynx ingest PATH` reads a file that has." in text_of(page.locator("#drawer"))
    assert page.locator("img").count() == 0


def test_a_link_opens_the_drawer_and_errors_in_it_say_the_way_out(visit) -> None:
    page = visit().open("/overview#evidence=constructed%3A05", wait_for="#drawer .state.error")
    assert "`catalynx ingest PATH` reads a file that has." in text_of(page.locator("#drawer"))
    page.goto(page.url.split("#")[0] + "#evidence=nosuch")
    page.wait_for_selector("#drawer >> text=There is no such candidate.")


def test_text_of_data_is_inert(visit, constructed) -> None:
    page = visit().open("/overview#evidence=constructed%3A02", wait_for="#drawer ol.rows")
    assert constructed.CANARY in page.locator('tr[data-candidate="constructed:02"]').inner_text()
    assert constructed.CANARY in page.locator("#drawer ol.rows").inner_text()
    assert page.locator("img").count() == 0
    page.wait_for_selector("#card-scores canvas", state="attached")
    box = page.locator("#card-scores canvas").first.bounding_box()
    page.locator("#drawer-close").click()
    page.locator("#card-scores").scroll_into_view_if_needed()
    box = page.locator("#card-scores canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 2.4 * 40)
    page.wait_for_selector(".bk-Tooltip", state="attached")
    assert page.locator(".bk-Tooltip img").count() == 0


def test_switching_the_profile(visit) -> None:
    page = visit().open()
    page.get_by_label("Profile").select_option("constructed-library")
    page.wait_for_selector("text=7 candidates")
    assert "profile=constructed-library" in page.url


def test_searching_from_the_header(visit) -> None:
    page = visit().open()
    page.get_by_role("searchbox").fill("lake")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 of 40 candidates")
    assert rows_of(page) == ["constructed:04"]


def test_the_theme_can_be_switched(visit) -> None:
    page = visit().open()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != paper
    page.reload()
    page.wait_for_selector("table.decisions")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_menu_on_a_small_screen(visit) -> None:
    page = visit(width=400).open()
    assert not page.locator("#navigation").is_visible()
    page.get_by_role("button", name="Menu").click()
    assert page.locator("#navigation a[aria-current=page]").inner_text().strip() == "Overview"


class Cautious:
    """The constructed workbench, with cautions, the ask explained, and rows that are near to the profile."""

    def __init__(self, workbench) -> None:
        self.profiles, self._asked = workbench.profiles, workbench

    def answers(self, profile_id: str):
        answers = self._asked.answers(profile_id)
        candidates = answers.candidates.assign(ask_basis="the median of your 2 earlier grants from it, $7,500")
        return replace(
            answers, candidates=candidates, cautions=("Fill in <b>a mission</b>: `catalynx profile export x y.yaml`.",)
        )

    def evidence(self, profile_id: str, candidate_id: str):
        found = self._asked.evidence(profile_id, candidate_id).tables[0]
        rows = found.rows.assign(nearness=["to you", "your field and state", *[None] * (len(found.rows) - 2)])
        return Evidence((replace(found, rows=rows, order="first gifts to you, then the newest"),))


def test_cautions_earlier_gifts_and_the_order_of_rows(visit, constructed) -> None:
    with constructed.serving(Cautious(constructed.Workbench())) as running:
        page = visit(server=running).open("/overview#evidence=constructed%3A00", wait_for="#drawer ol.rows")
        caution = page.locator(".caution")
        assert caution.inner_text() == "Fill in <b>a mission</b>: catalynx profile export x y.yaml."
        assert caution.locator("code").inner_text() == "catalynx profile export x y.yaml"
        drawer = text_of(page.locator("#drawer"))
        assert "from the median of your 2 earlier grants from it, $7,500" in drawer
        assert "grants: 6 rows; first gifts to you, then the newest" in drawer
        rows = page.locator("#drawer ol.rows li").all_inner_texts()
        assert [row.startswith(("to you:", "your field and state:")) for row in rows] == [True, True, False, False, False, False]


def test_all_sources_are_seen_without_scrolling_in_the_card(visit) -> None:
    page = visit().open()
    region = page.locator('#card-health [aria-label="Rows by source"]')
    assert region.evaluate("(place) => place.scrollHeight <= place.clientHeight + 1")


def test_the_header_stays_in_sight_on_a_long_page(visit) -> None:
    page = visit().open()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("scrollY") > 900
    assert page.evaluate("document.querySelector('.top').getBoundingClientRect().top") == 0
