"""Programs that act for somebody by a token of ours, with no page open: what the person loses, the token loses in ten seconds."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.timeout(300)]

API = "/services/catalynx/api"


def call(house: Any, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(house.host, timeout=30)
    sent = None if body is None else json.dumps(body)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET" if body is None else "POST", API + path, sent, {"Content-Type": "application/json", **given})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text else None


def tokens_of(house: Any, visitor: Any, name: str) -> dict[str, Any]:
    """Log somebody in, begin a session for a program of theirs, and close the browser: nothing of theirs is open any more."""
    one = visitor()
    one.open_overview(name)
    status, pair = call(house, "/auth/token", {"client": "constructed program"}, Cookie=one.cookie, Origin=house.origin)
    assert status == 200, pair
    one.context.close()
    return pair


def status_of(house: Any, pair: dict[str, Any], path: str = "/auth/me") -> int:
    return call(house, path, Authorization=f"Bearer {pair['access_token']}")[0]


def refreshed(house: Any, pair: dict[str, Any]) -> tuple[int, Any]:
    return call(house, "/auth/refresh", {"refresh_token": pair["refresh_token"]})


def test_a_role_that_is_taken_away_is_gone_from_tokens(house, visitor, eventually) -> None:
    pair = tokens_of(house, visitor, "ana")
    assert status_of(house, pair) == 200
    with house.with_groups(ana=["executive", "team:local"]):
        took = eventually(lambda: status_of(house, pair) == 401)
        status, again = refreshed(house, pair)
        assert (status, again["scope"]) == (200, "custom:catalynx:view")
        told = call(house, "/auth/me", Authorization=f"Bearer {again['access_token']}")[1]
        assert (told["name"], told["permissions"], told["teams"]) == ("ana", ["view"], ["local"])
    print(f"a role that was taken away: refused after {took:.1f} s")
    assert took < 10


def test_a_team_that_is_left_is_gone_from_tokens(house, visitor, eventually) -> None:
    pair = tokens_of(house, visitor, "ana")
    assert "Shelburne" in str(call(house, "/profiles", Authorization=f"Bearer {pair['access_token']}")[1])
    with house.with_groups(ana=["analyst", "team:elsewhere"]):
        took = eventually(lambda: status_of(house, pair) == 401)
        status, again = refreshed(house, pair)
        assert status == 200
        told = call(house, "/profiles", Authorization=f"Bearer {again['access_token']}")[1]
        assert told["profiles"] == [], "a session never gets a team that it did not begin with"
    print(f"a team that was left: refused after {took:.1f} s")


@pytest.mark.parametrize("groups", [["team:local"], None], ids=["no role is left", "the account is removed"])
def test_who_may_come_in_no_more_loses_tokens_for_good(house, visitor, eventually, groups: list[str] | None) -> None:
    pair = tokens_of(house, visitor, "exec")
    assert status_of(house, pair) == 200
    with house.with_groups(exec=groups):
        took = eventually(lambda: status_of(house, pair) == 401)
        assert refreshed(house, pair)[0] == 401
    print(f"{groups}: refused after {took:.1f} s")
    visitor().open_overview("exec")
    assert status_of(house, pair) == 401, "what ended stays ended, also for who comes back"
    assert refreshed(house, pair)[0] == 401


def test_a_refresh_alone_notices_it_too(house, visitor, eventually) -> None:
    pair = tokens_of(house, visitor, "exec")
    with house.with_groups(exec=None):
        assert eventually(lambda: refused_or_next(house, pair) == 401) < 10


def refused_or_next(house: Any, pair: dict[str, Any]) -> int:
    """Refresh; what is used up is exchanged for what came."""
    status, again = refreshed(house, pair)
    if status == 200:
        pair.update(again)
    return status


def test_only_the_service_may_ask_what_somebody_may(house, visitor) -> None:
    one = visitor()
    one.open_overview("exec")
    token = next(each["value"] for each in one.context.cookies() if each["name"] == "service-catalynx")
    path = "/hub/api/catalynx/standing/ana"
    assert house.ask(path, Authorization=f"token {token}").status in (403, 404)
    assert house.ask(path).status == 403
