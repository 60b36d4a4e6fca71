"""Small screens: nothing is covered or cut, and who chooses from a list is taken to what was chosen."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("browser")

CUT = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  const all = (view) => [view, ...[...(view.children ? view.children() : [])].flatMap(all)];
  const plots = [...Bokeh.index.roots].flatMap(all).filter((view) => view.frame && view.bbox.width && view.el.isConnected);
  return [plots.length, plots.flatMap((view) => view.model.below.filter((axis) => axis.axis_label).filter((axis) => {
    pen.font = `${axis.axis_label_text_font_size} ${axis.axis_label_text_font}`;
    const half = pen.measureText(axis.axis_label).width / 2, middle = view.frame.bbox.hcenter;
    return middle + half > view.bbox.width + 1 || middle - half < -1;
  }).map((axis) => axis.axis_label))];
}"""
"""How many plots there are, and the labels below them that are wider than there is room for."""


def asked_until(page, expression: str, fits) -> object:
    """Ask the page again until the answer fits; its own policy forbids that the page itself waits."""
    for _ in range(100):
        if fits(found := page.evaluate(expression)):
            return found
        page.wait_for_timeout(100)
    raise AssertionError(found)


def test_the_button_that_closes_the_drawer_covers_no_text(visit) -> None:
    page = visit(width=400).open("/overview#evidence=constructed%3A00", wait_for="#drawer .likely")
    drawer, bar = page.locator("#drawer"), page.locator("#drawer-bar")
    title = page.locator("#drawer .drawer-title")
    assert bar.bounding_box()["y"] == drawer.bounding_box()["y"]
    assert title.bounding_box()["y"] >= bar.bounding_box()["y"] + bar.bounding_box()["height"]
    page.evaluate("document.getElementById('drawer').scrollTop = 400")
    box = bar.bounding_box()
    assert (box["y"], box["width"]) == (0, 400 - 1), "it spans the drawer, so that what scrolls below it is not seen beside it"
    page.locator("#drawer-close").click()
    page.wait_for_selector("#drawer", state="hidden")


@pytest.mark.parametrize(
    ("path", "chosen", "card"),
    [("/funders", "constructed:06", "card-chosen"), ("/readiness", "constructed:06", "card-award")],
)
def test_choosing_leads_to_what_was_chosen(visit, path: str, chosen: str, card: str) -> None:
    page = visit(width=400).open(path, wait_for=".picks li")
    page.wait_for_selector(f"#{card} dl, #{card} .checks, #{card} p")
    link = page.locator(f'[data-candidate="{chosen}"] a')
    link.scroll_into_view_if_needed()
    assert page.locator(f"#{card}").bounding_box()["y"] > 300
    link.click()
    asked_until(page, f"document.getElementById('{card}').getBoundingClientRect().top", lambda top: abs(top - 76) < 40)


def test_on_a_wide_screen_the_list_stays_where_it_is(visit) -> None:
    page = visit().open("/funders", wait_for=".picks li")
    page.locator('[data-candidate="constructed:06"] a').click()
    page.wait_for_selector("#chosen-name >> text=No. 6")
    assert page.evaluate("scrollY") == 0


def test_labels_of_axes_fit_beside_the_longest_names(visit) -> None:
    page = visit(width=400).open("/overview#evidence=constructed%3A00", wait_for="#drawer canvas")
    assert asked_until(page, CUT, lambda found: found[0] >= 4)[1] == []
