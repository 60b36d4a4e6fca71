"""Sessions that change under way: groups taken away, people removed, provider or hub not there."""

from __future__ import annotations

import os
import signal

import pytest

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.timeout(300)]

SERVICE = "/services/catalynx/"
LOST = "#lost:not([hidden])"
WITHIN_MS = 10_000
CANNOT_ASK = "The provider cannot be asked about exec"


def test_a_group_taken_away_counts_within_ten_seconds_on_open_pages_too(house, visitor, eventually) -> None:
    one = visitor()
    page = one.open_overview("exec")
    assert page.locator(LOST).count() == 0
    with house.with_groups(exec=["team:local"]):
        page.wait_for_selector(LOST, timeout=WITHIN_MS)
        answer = house.ask(SERVICE + "overview", Cookie=one.cookie)
        assert answer.status == 403
        assert "none of your groups may see this" in answer.body
    eventually(lambda: house.ask(SERVICE + "overview", Cookie=one.cookie).status == 200)


def test_a_team_changed_counts_within_ten_seconds(house, visitor, eventually) -> None:
    one = visitor()
    one.open_overview("ana")

    def shown() -> str:
        return house.ask(SERVICE + "overview", Cookie=one.cookie).body

    assert "Shelburne" in shown()
    with house.with_groups(ana=["analyst", "team:elsewhere"]):
        eventually(lambda: "Another Team" in shown())
        assert "Shelburne" not in shown()


def test_who_is_removed_at_the_provider_is_out_within_ten_seconds(house, visitor, eventually) -> None:
    one = visitor()
    page = one.open_overview("exec")
    with house.with_groups(exec=None):
        page.wait_for_selector(LOST, timeout=WITHIN_MS)
        eventually(lambda: house.ask(SERVICE + "overview", Cookie=one.cookie).status == 303)


def test_logging_out_in_one_tab_ends_the_others(house, visitor) -> None:
    one = visitor()
    page = one.open_overview("exec")
    beside = one.context.new_page()
    beside.goto(f"{house.origin}/hub/logout")
    page.wait_for_selector(LOST, timeout=WITHIN_MS)


def test_with_the_provider_down_known_people_go_on_and_nobody_new_comes_in(house, visitor, eventually) -> None:
    one, other = visitor(), visitor()
    page = one.open_overview("exec")
    before = house.running.log("hub").count(CANNOT_ASK)
    house.running.stop_provider()
    try:
        # Asked about in vain: from then on what the provider told last is what counts.
        eventually(lambda: house.running.log("hub").count(CANNOT_ASK) > before)
        assert house.ask(SERVICE + "overview", Cookie=one.cookie).status == 200
        assert page.locator(LOST).count() == 0
        assert other.context.request.get(f"{house.origin}/hub/oauth_callback?code=x&state=y").status == 400
        assert house.ask(SERVICE + "overview").status == 303
    finally:
        house.running.start_provider()
    other.open_overview("exec")


def test_a_hub_that_does_not_answer_gives_503_and_says_so(house, visitor, eventually) -> None:
    one = visitor()
    one.open_overview("exec")
    os.kill(house.running.hub.pid, signal.SIGSTOP)
    try:
        eventually(lambda: house.ask(SERVICE + "overview", Cookie=one.cookie).status == 503, 12)
        answer = house.ask(SERVICE + "overview", Cookie=one.cookie)
        assert answer.status == 503
        assert "cannot be reached" in answer.body
        assert answer.headers["retry-after"] == "5"
        assert house.ask(SERVICE + "overview").status == 303
    finally:
        os.kill(house.running.hub.pid, signal.SIGCONT)
    eventually(lambda: house.ask(SERVICE + "overview", Cookie=one.cookie).status == 200)


def test_a_hub_that_was_killed_comes_back_and_knows_everybody(house, visitor, eventually) -> None:
    one = visitor()
    page = one.open_overview("ana")
    house.running.kill_hub()
    house.running.start_hub()
    assert house.ask(SERVICE + "overview", Cookie=one.cookie).status == 200
    page.reload()
    page.wait_for_selector("table.decisions", state="attached")
    assert page.inner_text(".user") == "ana"
