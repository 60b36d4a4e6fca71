"""Whom the hub's own client names: somebody called like a service account of ours is not let in, whatever the hub says of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from jupyterhub.services.auth import HubOAuth

from catalynx.hub import HubLogIn, Permission

ACCESS = "access:services!service=catalynx"
PREFIX = "/services/catalynx/"


class ConstructedHub(ThreadingHTTPServer):
    """Tells of every token that it is of the person of this name."""

    name = "ada"


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        told = {"kind": "user", "name": self.server.name, "admin": True, "groups": ["analyst", "team:arts"],
                "scopes": [ACCESS, *Permission]}  # fmt: skip
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[ConstructedHub]:
    made = ConstructedHub(("127.0.0.1", 0), Answers)
    threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def log_in(hub: ConstructedHub) -> HubLogIn:
    """The log-in with the hub's real client, which asks the constructed hub."""
    auth = HubOAuth(
        api_url=f"http://127.0.0.1:{hub.server_port}/hub/api", api_token="constructed-token-of-the-service", cache_max_age=0,
        oauth_client_id="service-catalynx", access_scopes={ACCESS}, base_url=PREFIX, hub_prefix="/hub/",
    )  # fmt: skip
    return HubLogIn(auth, prefix=PREFIX, secure=False)


def test_a_person_of_the_hub_is_known(log_in: HubLogIn, beside: Callable[..., Any]) -> None:
    person = beside(log_in.person_of_token("token-of-ada"))
    assert (person.name, person.teams, person.permissions) == ("ada", {"arts"}, frozenset(Permission))


@pytest.mark.parametrize("name", ["service:nightly", "service:", "service:service:x"])
@pytest.mark.parametrize("way", ["token", "cookie"])
def test_a_name_of_our_service_accounts_is_refused(
    hub: ConstructedHub, log_in: HubLogIn, name: str, way: str, beside: Callable[..., Any]
) -> None:
    hub.name = name
    if way == "token":
        assert beside(log_in.person_of_token("token-of-somebody")) is None
    else:
        assert beside(log_in.person(f"{log_in._cookie}=token-of-somebody")) is None


@pytest.mark.parametrize("name", ["service", "serviceman", "nightly"])
def test_names_that_only_look_like_it_are_let_in(
    hub: ConstructedHub, log_in: HubLogIn, name: str, beside: Callable[..., Any]
) -> None:
    hub.name = name
    assert beside(log_in.person_of_token("token-of-somebody")).name == name
