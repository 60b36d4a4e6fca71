"""The page Funders in a browser: it says what the frames say, and tells unknown from nothing."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.xdist_group("browser")

MAPLE = "/funders#funder=constructed%3A00"


def test_the_sentence_and_the_list_say_what_is_on_record(visit) -> None:
    page = visit().open("/funders", wait_for=".picks li")
    headline = page.locator(".headline").inner_text()
    assert headline == "14 foundations could be asked; Constructed Maple Foundation gave to Constructed Museum of Vermont before, " \
                       "last in 2019, and 13 gave to organisations in VT."  # fmt: skip
    first = page.locator(".picks li").first.inner_text()
    for said in (
        "Constructed Maple Foundation",
        "$1 M on record, 2015–2021",
        "2 states known",
        "10 % new grantees",
        "gave to us",
    ):
        assert said in first
    page.wait_for_selector(".picks >> text=3 grantees shared with our funders")
    page.wait_for_selector('[data-candidate="constructed:09"] >> text=giving unknown: no grant of it is on record')


def test_words_and_order_choose_and_stand_in_the_url(visit) -> None:
    page = visit().open("/funders", wait_for=".picks li")
    page.get_by_label("Order").select_option("most given on record")
    page.wait_for_selector('.picks li:first-child[data-candidate="constructed:39"]')
    assert "order=grants_total_usd" in page.url
    page.get_by_label("Words in the name").fill("maple")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 of 14 foundations")
    page.reload()
    page.wait_for_selector("text=1 of 14 foundations")


def test_a_funder_is_chosen_by_its_link_with_the_keyboard(visit) -> None:
    page = visit().open("/funders", wait_for=".picks li")
    link = page.locator('[data-candidate="constructed:06"] a')
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#chosen-name >> text=Constructed Fund No. 6")
    assert page.url.endswith("#funder=constructed%3A06")
    assert page.locator('[data-candidate="constructed:06"] a').get_attribute("aria-current") == "true"
    page.wait_for_selector(
        "text=3 of its 30 grantees on record are supported by 1 of our funders too, among them Constructed Orchard."
    )


def test_figures_have_tables_and_text_is_inert(visit, constructed) -> None:
    page = visit().open(MAPLE, wait_for="#card-ways canvas")
    page.wait_for_selector("#card-giving canvas", state="attached")
    for card, figures in (("places", ["NY\t30\t", "VT\t5\tours"]), ("giving", ["2015\t1\t$2,000"])):
        page.locator(f"#card-{card} summary").click()
        rows = page.locator(f"#card-{card} tbody tr").all_inner_texts()
        assert [row for row in rows if row in figures] == figures
    assert constructed.CANARY in page.locator("#card-who").locator(".names").first.inner_text()
    assert page.locator("main img").count() == 0


def test_a_step_of_a_way_leads_to_its_rows(visit) -> None:
    page = visit().open(MAPLE, wait_for="#card-ways canvas")
    page.locator("#card-ways summary", has_text="The same in words").click()
    steps = page.locator("#card-ways ol.rows li")
    assert steps.count() == 2
    assert "gave 4 grants to it (2015–2019)" in steps.nth(1).inner_text()
    steps.nth(1).locator("a").click()
    page.wait_for_selector("#drawer[open] >> text=irs_efile · constructed.xml · /Return/7")
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer", state="hidden")
    assert page.url.endswith("#funder=constructed%3A00")


@pytest.mark.parametrize(
    ("funder", "says"),
    [
        ("constructed%3A03", "neither people nor grants on record lead to constructed:03"),
        ("constructed%3A09", "No grant of it is on record, so what it gives, where and to whom is unknown."),
        ("constructed%3A15", "the lake has no boards."),
        ("nosuch", "There is no such funder."),
        ("%3Cimg+src%3Dx%3E", "There is no such funder."),
    ],
)
def test_what_is_unknown_is_said_with_why(visit, funder: str, says: str) -> None:
    page = visit().open(f"/funders#funder={funder}", wait_for=".picks li")
    page.wait_for_selector(f"text={says}")


class Slow:
    """The constructed workbench, whose network takes its time."""

    def __init__(self, workbench) -> None:
        self._asked = workbench

    def __getattr__(self, name: str):
        return getattr(self._asked, name)

    def network(self, profile_id: str):
        time.sleep(2)
        return self._asked.network(profile_id)


def test_the_network_is_read_beside_the_page_with_words(visit, constructed) -> None:
    with constructed.serving(Slow(constructed.Workbench())) as server:
        page = visit(server=server).open("/funders", wait_for=".picks li")
        page.wait_for_selector("text=Reading who funds whom: the first time takes a few seconds…")
        assert page.locator("#card-sizes canvas").count() > 0
        page.wait_for_selector("text=3 grantees shared with our funders")
