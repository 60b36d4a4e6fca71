"""The gate behind the hub: nobody without a log-in of their own, over http and websocket alike."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.timeout(300)]

SERVICE = "/services/catalynx/"


def test_who_is_not_logged_in_is_sent_to_the_hub(house) -> None:
    answer = house.ask(SERVICE + "overview?profile=x")
    assert answer.status == 303
    where = answer.headers["location"]
    assert where.startswith(house.origin + "/hub/api/oauth2/authorize?")
    assert "code_challenge_method=S256" in where
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Path={SERVICE}" in cookie


@pytest.mark.parametrize("accept", ["application/json", "*/*"])
def test_a_program_without_a_log_in_gets_401(house, accept: str) -> None:
    assert house.ask(SERVICE + "overview", Accept=accept).status == 401


@pytest.mark.parametrize("path", ["overview", "assets/shell.css", "static/js/bokeh.min.js", "nothing/of/the/kind"])
def test_nothing_is_served_without_a_log_in(house, path: str) -> None:
    assert house.ask(SERVICE + path).status == 303
    assert house.ask(SERVICE + path, Cookie="service-catalynx=constructed").status == 303


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
def test_the_websocket_refuses_other_origins(house, member, origin: str | None) -> None:
    one = member("exec")
    token, cookie = one.page_token(), one.cookie
    assert house.handshake(token, cookie) == 101
    assert house.handshake(token, cookie, origin) == 403


def test_the_page_of_one_person_does_not_open_for_another(house, member) -> None:
    ana, executive = member("ana"), member("exec")
    token = ana.page_token()
    assert house.handshake(token, ana.cookie) == 101
    assert house.handshake(token, executive.cookie) == 403
    assert house.handshake(token) == 403


@pytest.mark.parametrize("origin", ["http://evil.example", None])
def test_changes_need_our_origin(house, member, origin: str | None) -> None:
    one = member("exec")
    headers = {"Cookie": one.cookie} | ({} if origin is None else {"Origin": origin})
    assert house.ask(SERVICE + "sign-out", "POST", **headers).status == 403
    assert house.ask(SERVICE + "overview", Cookie=one.cookie).status == 200


def test_another_host_is_not_served(house) -> None:
    assert house.ask(SERVICE + "overview", Host="evil.example").status == 403


def test_another_teams_profile_does_not_exist(house, member) -> None:
    page = member("root1").page
    page.goto(f"{house.origin}{SERVICE}overview?profile={house.others_profile_id}")
    page.wait_for_selector("text=This profile does not exist, or it is not yours to see.")
    assert "Another Team" not in page.inner_text("body")


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?code=x&state=y", "?error=access_denied&state=y", "?state=&code=x", "?" + "a=1&" * 99]
)
def test_a_log_in_that_nobody_began_is_refused(house, query: str) -> None:
    answer = house.ask(f"{SERVICE}oauth_callback{query}")
    assert answer.status == 403
    assert "This log-in cannot be used." in answer.body


def test_a_log_in_begun_in_another_browser_is_refused(house) -> None:
    from urllib.parse import parse_qs, urlsplit

    begun = house.ask(SERVICE + "overview")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    theirs = begun.headers["set-cookie"].split(";")[0]
    mine = house.ask(SERVICE + "overview").headers["set-cookie"].split(";")[0]
    for cookie in (
        "",
        mine,
        f"{theirs.split('=')[0]}={mine.partition('=')[2]}",
        theirs[:-1] + ("0" if theirs[-1] != "0" else "1"),
    ):
        assert house.ask(f"{SERVICE}oauth_callback?code=x&state={state}", Cookie=cookie).status == 403
    # With the right cookie the state fits, and it is the hub that refuses the code.
    answer = house.ask(f"{SERVICE}oauth_callback?code=x&state={state}", Cookie=theirs)
    assert answer.status == 403
    assert "The hub did not accept this log-in." in answer.body


@pytest.mark.parametrize("place", ["//evil.example/", "/\\evil.example"])
def test_a_log_in_leads_back_to_us_and_nowhere_else(place: str) -> None:
    from types import SimpleNamespace

    from catalynx.hub.hub_login import HubLogIn

    auth = SimpleNamespace(oauth_client_id="service-catalynx")
    assert HubLogIn(auth, prefix=SERVICE, secure=True)._own(place) == SERVICE
    assert HubLogIn(auth, prefix=SERVICE, secure=True)._own(SERVICE + "overview?a=b") == SERVICE + "overview?a=b"


def test_headers_stand_on_pages_and_refusals(house, member) -> None:
    one = member("exec")
    for answer in (house.ask(SERVICE + "overview", Cookie=one.cookie), house.ask(SERVICE + "overview"),
                   house.ask(SERVICE + "oauth_callback"), house.ask(SERVICE + "nothing", Cookie=one.cookie)):  # fmt: skip
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    log_in = house.ask("/hub/login")
    assert "frame-ancestors 'none'" in log_in.headers["content-security-policy"]
