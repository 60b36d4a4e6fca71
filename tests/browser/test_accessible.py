"""The page can be used by everybody: axe finds nothing, at three widths, in light and dark, and in every state."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalynx.errors import LakeEmpty

pytestmark = pytest.mark.xdist_group("browser-axe")

AXE_OPTIONS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def violations_of(page, within: str | None = None) -> list[tuple[str, list[str]]]:
    response = Axe().run(page, context=within, options=AXE_OPTIONS).response
    assert response["passes"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:4]) for one in response["violations"]]


@pytest.mark.parametrize("width", [400, 800, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(visit, width: int, scheme: str) -> None:
    visitor = visit(width=width, scheme=scheme)
    page = visitor.open()
    page.wait_for_selector("#card-scores canvas", state="attached")
    found = [violations_of(page)]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("location.hash = 'evidence=constructed%3A00'")
    page.wait_for_selector("#drawer ol.rows")
    found.append(violations_of(page, "#drawer"))
    assert found == [[], []]


UNFOLDED = (
    "/decisions?risk=0.4&method=topsis&w=mission:2&own-money=500&ask=constructed:01:25000"
    "&one-of=constructed:01%7Cconstructed:04&only-with=constructed:05%7Cconstructed:07"
)
"""The page Decisions with every part of its knobs open."""

PAGES = {
    "/decisions": (UNFOLDED, "#card-plan canvas", "#card-sure canvas", "#evidence=constructed%3A00"),
    "/funders": ("/funders", "#card-sizes canvas", "#card-ways canvas", "#funder=constructed%3A00&evidence=step%3A1.2"),
    "/readiness": ("/readiness", "#card-risk canvas", "#card-peers canvas", "#evidence=signal%3Areserve"),
}


@pytest.mark.parametrize("width", [400, 800, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible(visit, path: str, width: int, scheme: str) -> None:
    opened, first, second, place = PAGES[path]
    page = visit(width=width, scheme=scheme).open(opened, wait_for=first)
    page.wait_for_selector(second, state="attached")
    found = [violations_of(page)]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(f"location.hash = '{place}'")
    page.wait_for_selector("#drawer ol.rows")
    found.append(violations_of(page, "#drawer"))
    assert found == [[], []]


@pytest.mark.parametrize(
    ("made", "path", "says"),
    [
        ({"profiles": ()}, "/overview", "There is no profile yet."),
        ({}, "/overview?profile=somebody-elses", "This profile does not exist, or it is not yours to see."),
        (
            {"fails": LakeEmpty("Nothing was ingested yet. `catalynx demo` builds a lake.")},
            "/overview",
            "`catalynx demo` builds a lake.",
        ),
        ({"count": 0}, "/overview", "No candidate fits these filters."),
        ({"count": 0}, "/decisions", "There is no candidate yet."),
        (
            {"fails": LakeEmpty("Nothing was ingested yet. `catalynx demo` builds a lake.")},
            "/decisions",
            "Nothing was ingested yet.",
        ),
        ({"count": 0}, "/funders", "No foundation is on record."),
        ({"count": 0}, "/readiness", "There is no candidate yet."),
        (
            {"fails": LakeEmpty("Nothing was ingested yet. `catalynx demo` builds a lake.")},
            "/funders",
            "Nothing was ingested yet.",
        ),
        (
            {"fails": LakeEmpty("Nothing was ingested yet. `catalynx demo` builds a lake.")},
            "/readiness",
            "Nothing was ingested yet.",
        ),
    ],
)
def test_states(visit, constructed, made: dict, path: str, says: str) -> None:
    with constructed.serving(constructed.Workbench(**made)) as server:
        page = visit(server=server).open(path, wait_for=".state")
        page.wait_for_selector(f"text={says}")
        assert violations_of(page) == []
