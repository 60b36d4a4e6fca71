"""How likely money from a candidate is, in the drawer and on the page Funders; and a model that is trained from there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboards.fragments import fragment

pytestmark = pytest.mark.xdist_group("browser")

FOUNDATION, PROGRAM, ANNOUNCEMENT = "constructed%3A00", "constructed%3A01", "constructed%3A02"
UNTRAINED = "Unknown: no model was trained on this version of the data."


def opened(visit, candidate: str, **more):
    page = visit(**more).open(f"/overview#evidence={candidate}", wait_for="#drawer .likely")
    return page, page.locator("#drawer .likely")


def test_a_chance_stands_with_its_range_and_never_as_one_of_winning(visit) -> None:
    page, likely = opened(visit, FOUNDATION)
    said = likely.inner_text()
    assert said.startswith("1.2 % 0.4 % to 3.1 %")
    assert "A new grant to you will be reported for 2024–2028" in said
    page.wait_for_selector("#drawer >> text=it is never the chance of winning")
    assert not page.get_by_role("button", name="Train the model").is_visible()


def test_federal_money_has_its_base_rate_its_sentence_and_its_rows(visit, constructed) -> None:
    page, likely = opened(visit, PROGRAM)
    assert likely.inner_text() == "Of 40 applications in 2026, 25 % were funded (10)."
    assert page.locator("#drawer q").inner_text() == f"40 applied, 10 won {constructed.CANARY}"
    page.wait_for_selector("#drawer >> text=unknown: the model knows foundations' published grants only.")
    link = page.get_by_role("link", name="Rows behind how many were funded").get_attribute("href")
    assert "criterion=competition" in link


def test_what_neither_knows_is_unknown(visit) -> None:
    page, likely = opened(visit, ANNOUNCEMENT)
    assert likely.locator(".unknown").inner_text() == "Unknown: the model knows foundations' published grants only."
    assert not page.get_by_role("button", name="Train the model").is_visible()


def test_the_page_funders_says_the_same(visit) -> None:
    page = visit().open(f"/funders#funder={FOUNDATION}", wait_for="#card-chosen .likely")
    assert "0.4 % to 3.1 %" in page.locator("#card-chosen .likely").inner_text()


def test_a_model_is_trained_from_the_page(visit, constructed) -> None:
    workbench = constructed.Workbench()
    workbench.trained = False
    with constructed.serving(workbench) as server:
        page, likely = opened(visit, FOUNDATION, server=server)
        assert likely.inner_text() == UNTRAINED
        page.get_by_role("button", name="Train the model").click()
        page.wait_for_selector("#drawer >> text=The model of chances learning chances from 2015, step 2 of 5")
        assert page.get_by_role("button", name="Train the model").is_disabled()
        workbench.trained, workbench.training_job = True, constructed.world.training_job("constructed-user", "done")
        page.wait_for_selector("#drawer .likely >> text=1.2 %")
        assert not page.get_by_role("button", name="Train the model").is_visible()


def test_a_training_that_failed_says_why_and_can_be_asked_again(visit, constructed) -> None:
    workbench = constructed.Workbench()
    workbench.trained = False
    with constructed.serving(workbench) as server:
        page, _ = opened(visit, FOUNDATION, server=server)
        page.get_by_role("button", name="Train the model").click()
        page.wait_for_selector("#drawer >> text=step 2 of 5")
        workbench.training_job = constructed.world.training_job("constructed-user", "failed", "too few years of grants")
        page.wait_for_selector("#drawer >> text=too few years of grants")
        assert page.get_by_role("button", name="Train the model").is_enabled()


def test_who_may_not_run_jobs_is_told_the_command(constructed) -> None:
    found = replace(constructed.world.likelihood("constructed:00", "", trained=False))
    told = fragment("likely.html", found=found, link="", question="How likely is it?", may_train=False)
    assert "<code>catalynx likelihood train</code>" in told
    assert UNTRAINED in told
