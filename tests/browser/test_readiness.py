"""The page Readiness in a browser: checks for an award, risks with their rows, ratios, and what is unknown."""

from __future__ import annotations

import pytest

from dashboards.typed import amount_of

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize(
    ("typed", "usd"),
    [("250000", 250_000), ("$250,000", 250_000), ("250k", 250_000), ("1.2 M", 1_200_000), ("", None), ("-5", None), ("0", None),
     ("nan", None), ("inf", None), ("a lot", None), ("k", None), ("1e99", None)],
)  # fmt: skip
def test_amounts_as_people_type_them(typed: str, usd: float | None) -> None:
    assert amount_of(typed) == usd


def test_the_sentence_counts_checks_and_signals(visit) -> None:
    page = visit().open("/readiness", wait_for=".checks li")
    said = page.locator(".headline").inner_text()
    assert (
        said
        == "An award of $12,500: 1 of 3 checks passes, 1 is a concern, 1 is unknown; 2 of 2 known signals of risk speak against it."
    )
    assert "Strongest: its reserve of 2025 lasts 0.6 months." in page.locator("#card-headline .sub").inner_text()
    states = page.locator(".checks li").evaluate_all("rows => rows.map((row) => row.className)")
    assert states == ["passes", "unknown", "concern"]


def test_the_award_is_typed_and_stands_in_the_url(visit) -> None:
    page = visit().open("/readiness", wait_for=".checks li")
    page.get_by_label("Award, US dollars").fill("$1.2 M")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=An award of $1,200,000")
    page.get_by_label("Whose money").select_option("federal money")
    page.wait_for_selector("text=Federal money of other years.")
    assert "federal=yes" in page.url
    page.reload()
    page.wait_for_selector("text=An award of $1,200,000")
    page.get_by_label("Award, US dollars").fill("<b>much</b>")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=“<b>much</b>” is not an amount.")


def test_dimensions_signals_and_the_rows_behind_them(visit) -> None:
    page = visit().open("/readiness", wait_for="#card-risk canvas")
    page.locator("#card-risk summary", has_text="figures").click()
    rows = page.locator("#card-risk .behind table tbody tr").all_inner_texts()
    assert rows == ["financial\t0.80\t1 of 1", "operational\tunknown\t0 of 0", "sustainability\t0.20\t1 of 1",
                    "compliance\tunknown\t0 of 1", "capacity\tunknown\t0 of 0", "external\tunknown\t0 of 0"]  # fmt: skip
    page.wait_for_selector("#card-risk >> text=1 signals without data, and why")
    page.locator("#card-risk table.signals a").first.click()
    page.wait_for_selector("#drawer[open] >> text=irs_efile · constructed.xml · /Return/7")


def test_a_candidate_is_chosen_by_its_link(visit) -> None:
    page = visit().open("/readiness?words=lake", wait_for=".picks li")
    page.wait_for_selector("text=1 of 40 candidates")
    page.locator('[data-candidate="constructed:04"] a').click()
    page.wait_for_selector("#card-risk h3 >> text=Constructed Lake Fund")
    page.wait_for_selector("text=An award of $62,500")
    assert page.url.endswith("#candidate=constructed%3A04")


def test_ratios_by_year_beside_the_peers(visit) -> None:
    page = visit().open("/readiness", wait_for="#card-sound canvas")
    said = page.locator("#card-sound .says").inner_text()
    assert "−5.0 % in tax year 2025, higher is sounder; half of the peers have less than 4.0 %" in said
    assert "Trend unknown: 2 years have a value, and 3 are needed." in said
    page.locator("#card-sound summary").click()
    rows = page.locator("#card-sound tbody tr").all_inner_texts()
    assert rows[1] == "2024\tunknown\ttotal expenses are blank\tI 12, IX 25A\tconstructed.xml · /Return"
    page.get_by_label("Ratio").select_option("Reserve")
    page.wait_for_selector("#card-sound >> text=no return on file tells it.")


def test_without_a_return_it_says_why_and_how_to_add_it(visit) -> None:
    page = visit().open("/readiness?profile=constructed-library", wait_for="#card-sound .state.empty")
    assert "No return of ours is on file, so our ratios are unknown." in page.locator("#card-sound .state.empty").inner_text()
    assert page.locator("#card-sound code", has_text="catalynx ingest PATH").count() == 1
    assert page.locator("#card-risk table.signals tbody tr").count() == 2
    page.wait_for_selector("text=The profile has no EIN, so no return can be found.")


def test_an_unknown_candidate_is_said(visit) -> None:
    page = visit().open("/readiness#candidate=nosuch", wait_for=".picks li")
    page.wait_for_selector("text=There is no such candidate.")
