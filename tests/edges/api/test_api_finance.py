"""Finances and risks over HTTP: ETags, pages, limits of one's own, and what is refused."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.xdist_group("api")


def test_finances_have_an_etag(house) -> None:
    path = f"/profiles/{house.ids['arts']['profile_id']}/finances?award_usd=50000&federal=true&as_of=2024-02-09"
    first = house.ask("executive", "GET", path)
    assert first.status_code == 200
    body = first.json()
    assert [row["check"] for row in body["readiness"]] == ["share_of_revenue", "single_audit", "reserve_months"]
    assert body["unknown"]
    again = house.ask("executive", "GET", path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_risks_come_in_pages_with_their_signals(house) -> None:
    path = f"/profiles/{house.ids['arts']['profile_id']}/risks?page_size=2&as_of=2024-02-09"
    body = house.ask("executive", "GET", path).json()
    assert len(body["risks"]) == 2 < body["total"]
    for row in body["risks"]:
        added = [signal["contribution"] for signal in row["signals"] if signal["contribution"] is not None]
        assert sum(added) == pytest.approx(row["risk"])
    one = body["risks"][1]["candidate_id"]
    alone = house.ask("executive", "GET", f"{path}&{urlencode({'candidate_id': one})}").json()
    assert (alone["total"], alone["risks"]) == (1, [body["risks"][1]])


def test_limits_of_ones_own_change_the_risk(house) -> None:
    path = f"/profiles/{house.ids['arts']['profile_id']}/risks?page_size=500"
    asked = {"kinds": ["foundation"], "as_of": "2024-02-09", "weights": {"external": 1}}
    body = house.ask("analyst", "POST", path, json=asked).json()
    assert {row["kind"] for row in body["risks"]} == {"foundation"}
    known = [row for row in body["risks"] if row["risk"] is not None]
    assert known
    assert all(row["risk"] == pytest.approx(row["external"]) for row in known)
    assert all(signal["dimension"] == "external" for row in known for signal in row["signals"])


@pytest.mark.parametrize(
    "asked",
    [{"weights": {"luck": 1}}, {"reserve_months": 0}, {"years_back": 0}, {"kinds": ["gift"]}, {"largest_share": 2}, {"seed": 1}],
)
def test_limits_that_cannot_be_used_are_refused(house, asked: dict[str, object]) -> None:
    answer = house.ask("analyst", "POST", f"/profiles/{house.ids['arts']['profile_id']}/risks", json=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_weights_that_are_all_zero_are_refused(house) -> None:
    path = f"/profiles/{house.ids['arts']['profile_id']}/risks"
    answer = house.ask("analyst", "POST", path, json={"weights": {"external": 0}})
    assert answer.status_code == 422
    assert "weights" in answer.json()["detail"]


@pytest.mark.parametrize("query", ["award_usd=0", "award_usd=-5", "award_usd=inf", "as_of=soon"])
def test_finances_of_no_award_or_day_are_refused(house, query: str) -> None:
    answer = house.ask("executive", "GET", f"/profiles/{house.ids['arts']['profile_id']}/finances?{query}")
    assert answer.status_code == 422
