"""What the hub says that people may, asked for those who come with a token of ours; a constructed hub answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from catalynx.errors import NotAuthenticated
from catalynx.hub import HubStanding, HubUnreachable, Keys, Permission, Person, Tokens
from catalynx.records.store import Records

VIEW, RUN = Permission.VIEW, Permission.RUN
ACCESS = "access:services!service=catalynx"
SECRET = "constructed-token-of-the-service"
KNOWN = {"known": True, "name": "ada", "groups": ["analyst", "team:arts"], "scopes": [ACCESS, VIEW, RUN, "self"]}
OURS = {"X-Catalynx-Standing": "1"}


class ConstructedHub:
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.wait = 200, dict(OURS), json.dumps(KNOWN), 0.0
        self.asked: list[tuple[str, str | None]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.asked.append((self.path, self.headers.get("Authorization")))
                time.sleep(hub.wait)
                self.send_response(hub.status)
                for name, value in hub.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(hub.body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hub/api"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def tells(self, **changes: Any) -> None:
        self.body = json.dumps({**KNOWN, **changes})


@pytest.fixture
def hub() -> Iterator[ConstructedHub]:
    made = ConstructedHub()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def standing(hub: ConstructedHub, monkeypatch: pytest.MonkeyPatch) -> HubStanding:
    monkeypatch.setattr("catalynx.hub.standing.ANSWER_SECONDS", 0.5)
    return HubStanding(hub.url, SECRET, access_scopes=frozenset({ACCESS, "access:services"}))


def test_it_says_what_somebody_may(hub: ConstructedHub, standing: HubStanding) -> None:
    assert standing("ada") == Person("ada", frozenset({VIEW, RUN}), frozenset({"arts"}), "", "hub")
    assert hub.asked == [("/hub/api/catalynx/standing/ada", f"token {SECRET}")]


@pytest.mark.parametrize("name", ["../users/ada", "a/b", "a?b", "é", "a b", "%2e%2e"])
def test_a_name_stays_a_name(hub: ConstructedHub, standing: HubStanding, name: str) -> None:
    assert standing(name) is None, "the hub speaks of somebody else"
    ((path, _),) = hub.asked
    assert path.startswith("/hub/api/catalynx/standing/")
    assert path.count("/") == 5
    assert "?" not in path


@pytest.mark.parametrize(
    "changes",
    [
        {"known": False}, {"scopes": []}, {"scopes": [ACCESS]}, {"scopes": [VIEW, RUN]}, {"name": "grace"},
        {"scopes": ["access:services!service=other", VIEW]},
    ],
)  # fmt: skip
def test_who_may_not_come_in_is_nobody(hub: ConstructedHub, standing: HubStanding, changes: dict[str, Any]) -> None:
    hub.tells(**changes)
    assert standing("ada") is None


def test_who_the_hub_does_not_know_is_nobody(hub: ConstructedHub, standing: HubStanding) -> None:
    hub.status, hub.body = 404, '{"known": false}'
    assert standing("ada") is None


def silent(hub: ConstructedHub) -> None:
    hub.wait = 2


def away(hub: ConstructedHub) -> None:
    hub.server.shutdown()
    hub.server.server_close()


def answering(status: int, headers: dict[str, str] | None = None, body: str = "") -> Callable[[ConstructedHub], None]:
    def fault(hub: ConstructedHub) -> None:
        hub.status, hub.headers, hub.body = status, headers or {}, body

    return fault


FAULTS = {
    "silent": silent, "away": away, "not our 404": answering(404, body='{"message": "no such page"}'), "403": answering(403),
    "500": answering(500), "503": answering(503), "leads elsewhere": answering(302, {"Location": "http://127.0.0.1:1/"}),
    "no JSON": answering(200, body="<html>"), "a list": answering(200, body="[]"), "nothing": answering(200),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_when_it_cannot_be_found_out_nobody_loses_anything(
    hub: ConstructedHub, standing: HubStanding, fault: Callable[[ConstructedHub], None]
) -> None:
    fault(hub)
    began = time.monotonic()
    with pytest.raises(HubUnreachable) as error:
        standing("ada")
    assert time.monotonic() - began < 1.5
    assert SECRET not in str(error.value)


@pytest.fixture
def asking(records: Records, keys: Keys, clock: Any, standing: HubStanding) -> Tokens:
    return Tokens(records, keys, issuer="i", audience="a", clock=clock, standing=standing)


def test_a_role_that_is_lost_at_the_hub_is_lost_here(asking: Tokens, hub: ConstructedHub, clock: Any, ada: Person) -> None:
    pair = asking.issue(ada)
    assert asking.verify(pair.access_token).permissions == {VIEW, RUN}
    hub.tells(scopes=[ACCESS, VIEW])
    clock.now += 5
    with pytest.raises(NotAuthenticated, match="changed"):
        asking.verify(pair.access_token)
    assert asking.verify(asking.refresh(pair.refresh_token).access_token).permissions == {VIEW}


def test_who_is_gone_is_out_for_good(asking: Tokens, hub: ConstructedHub, records: Records, clock: Any, ada: Person) -> None:
    pair, other = asking.issue(ada), asking.issue(ada)
    hub.tells(known=False)
    with pytest.raises(NotAuthenticated):
        asking.verify(pair.access_token)
    assert asking.sessions("ada") == []
    hub.tells()
    clock.now += 5
    for ask, offered in ((asking.verify, other.access_token), (asking.refresh, other.refresh_token)):
        with pytest.raises(NotAuthenticated):
            ask(offered)
    ended = [one for one in records.list_audit() if one.action == "end all sessions"]
    assert [(one.actor, one.detail["ended"]) for one in ended] == [("catalynx", 2)]


def test_a_refresh_token_is_not_used_up_while_the_hub_is_away(asking: Tokens, hub: ConstructedHub, ada: Person) -> None:
    pair = asking.issue(ada)
    hub.status = 500
    for ask, offered in ((asking.refresh, pair.refresh_token), (asking.verify, pair.access_token)):
        with pytest.raises(HubUnreachable):
            ask(offered)
    hub.status = 200
    again = asking.refresh(pair.refresh_token)
    assert asking.verify(again.access_token).name == "ada"


def test_what_was_told_before_a_log_in_counts_no_more(asking: Tokens, hub: ConstructedHub, ada: Person) -> None:
    before = asking.issue(ada)
    hub.tells(scopes=[ACCESS, VIEW])
    with pytest.raises(NotAuthenticated):
        asking.verify(before.access_token)
    hub.tells()
    after = asking.issue(ada)
    assert asking.verify(after.access_token).permissions == {VIEW, RUN}, "not by what was true some seconds ago"


def test_service_accounts_are_ours_and_the_hub_is_not_asked(asking: Tokens, hub: ConstructedHub, grace: Person) -> None:
    made = asking.make_service_account("nightly", {VIEW}, {"arts"}, by=grace)
    pair = asking.issue(asking.verify_secret(made.secret))
    assert asking.verify(pair.access_token).name == "service:nightly"
    assert asking.is_known(pair.access_token)
    assert asking.refresh(pair.refresh_token).scope == VIEW
    assert hub.asked == []
