"""The gate: nobody without the link, over http and websocket alike."""

from __future__ import annotations

import base64
import http.client
import json
import logging
import re
import signal
import subprocess
import sys
from typing import NamedTuple

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from catalynx.errors import BadParameter
from catalynx.settings import load_settings

pytestmark = pytest.mark.xdist_group("gate")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str

    @property
    def cookie(self) -> str:
        return self.headers["set-cookie"].split(";")[0]


def ask(served, path: str, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


@pytest.fixture
def cookie(served, constructed) -> str:
    return ask(served, f"/?token={constructed.TOKEN}").cookie


def page_token(page: str) -> str:
    return re.search(r'render_items = \[\{"token":"([^"]+)"', page)[1]


def handshake(served, token: str, **headers: str) -> int:
    """Return 101 when the websocket opens and speaks, the status of a refusal, 0 when it is closed at once."""
    origin = headers.pop("Origin", None)
    address = f"ws://127.0.0.1:{served.port}/overview/ws"
    try:
        with connect(address, subprotocols=["bokeh", token], origin=origin, additional_headers=headers) as socket:
            socket.recv(timeout=10)
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code
    except ConnectionClosed:
        return 0


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/overview",
        "/overview/ws",
        "/overview/metadata",
        "/overview/autoload.js?bokeh-autoload-element=x",
        "/static/js/bokeh.min.js",
        "/assets/shell.css",
        "/favicon.ico",
        "/nosuch",
        "//overview",
        "/overview/static/x",
        "/session_info",
        "/docs",
        "/openapi.json",
    ],
)
def test_without_the_link_nothing_is_served(served, path: str) -> None:
    answer = ask(served, path)
    assert answer.status == 403
    assert "catalynx serve" in answer.body
    assert "nonce" not in answer.body
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "token", ["", "wrong", "constructed-token-of-the-test", "constructed-token-of-the-tests0", "%00", "ü", "x" * 5_000]
)
def test_a_wrong_token_is_refused(served, token: str) -> None:
    from urllib.parse import quote

    answer = ask(served, f"/?token={quote(token, safe='%')}")
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_two_tokens_are_refused(served, constructed) -> None:
    assert ask(served, f"/?token={constructed.TOKEN}&token=x").status == 403


def test_the_link_gives_a_cookie_and_a_clean_address(served, constructed) -> None:
    answer = ask(served, f"/overview?token={constructed.TOKEN}&kind=program")
    assert answer.status == 303
    assert answer.headers["location"] == "/overview?kind=program"
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= attributes
    assert constructed.TOKEN not in answer.headers["set-cookie"]


def test_the_redirect_stays_here(served, constructed) -> None:
    answer = ask(served, f"//evil.example/x?token={constructed.TOKEN}")
    assert answer.headers["location"] == "/evil.example/x"


@pytest.mark.parametrize("value", ["x", "", '"', "é", "; ;", "x" * 4_000])
def test_a_made_up_cookie_is_refused(served, value: str) -> None:
    assert ask(served, "/overview", Cookie=f"catalynx-{served.port}={value}".encode("latin-1")).status == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "0.0.0.0:{port}", ""]
)
def test_another_host_is_refused(served, cookie: str, host: str) -> None:
    assert ask(served, "/overview", Host=host.format(port=served.port), Cookie=cookie).status == 403


def test_localhost_is_served(served, cookie: str) -> None:
    assert ask(served, "/overview", Host=f"localhost:{served.port}", Cookie=cookie).status == 200


@pytest.mark.parametrize("path", ["/overview", "/nosuch", "/static/js/nosuch.js", "/overview?token=x", "/assets/shell.css"])
def test_the_headers_stand_on_every_answer(served, cookie: str, path: str) -> None:
    answer = ask(served, path, Cookie=cookie)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
    assert "unsafe-eval" not in policy
    # What may run scripts is a page alone, and neither a file nor a refusal.
    assert ("script-src 'self' 'nonce-" in policy) is (path in ("/overview", "/nosuch"))
    assert ("script-src" in policy) is (path in ("/overview", "/nosuch"))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "server" not in answer.headers
    assert (answer.headers["cache-control"] == "no-store") is not (path == "/assets/shell.css")


def test_the_nonce_is_new_for_every_page(served, cookie: str) -> None:
    pages = [ask(served, "/overview", Cookie=cookie) for _ in range(2)]
    nonces = [set(re.findall(r'nonce="([^"]+)"', page.body)) for page in pages]
    assert all(len(found) == 1 for found in nonces)
    assert nonces[0] != nonces[1]
    assert f"'nonce-{nonces[0].pop()}'" in pages[0].headers["content-security-policy"]


def test_the_page_carries_neither_cookie_nor_token(served, constructed, cookie: str) -> None:
    page = ask(served, "/overview", Cookie=cookie).body
    readable = page + "".join(
        base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("latin-1") for part in page_token(page).split(".")[:1]
    )
    assert cookie.partition("=")[2] not in readable
    assert constructed.TOKEN not in readable


def test_the_websocket_opens_for_the_page_itself(served, cookie: str) -> None:
    token = page_token(ask(served, "/overview", Cookie=cookie).body)
    assert handshake(served, token, Origin=served.origin, Cookie=cookie) == 101


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        None,
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:1",
        "http://127.0.0.1:{port}.evil.example",
    ],
)
def test_the_websocket_refuses_other_origins(served, cookie: str, origin: str | None) -> None:
    token = page_token(ask(served, "/overview", Cookie=cookie).body)
    headers = {} if origin is None else {"Origin": origin.format(port=served.port)}
    assert handshake(served, token, Cookie=cookie, **headers) == 403


def test_the_websocket_refuses_who_has_no_cookie(served, cookie: str) -> None:
    token = page_token(ask(served, "/overview", Cookie=cookie).body)
    assert handshake(served, token, Origin=served.origin) == 403
    assert handshake(served, token, Origin=served.origin, Cookie=cookie[:-1]) == 403


def test_forged_and_foreign_session_ids_are_refused(served, constructed, cookie: str, caplog: pytest.LogCaptureFixture) -> None:
    token = page_token(ask(served, "/overview", Cookie=cookie).body)
    body, _, signature = token.partition(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    forged = base64.urlsafe_b64encode(json.dumps({**payload, "session_id": "A" * 44}).encode()).decode().rstrip("=")
    for offered in (forged, f"{forged}.{signature}", body, f"{body}.{signature[:-2]}AA", "x", "e30"):
        assert handshake(served, offered, Origin=served.origin, Cookie=cookie) != 101, offered
    another = ask(served, f"/?token={constructed.TOKEN}").cookie
    assert another != cookie
    assert handshake(served, token, Origin=served.origin, Cookie=another) != 101
    assert [record.getMessage() for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


def test_a_session_id_in_the_address_is_refused(served, cookie: str) -> None:
    answer = ask(served, "/overview?bokeh-session-id=AAAA", Cookie=cookie)
    assert answer.status == 403
    assert "Traceback" not in answer.body


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
def test_changes_need_our_origin(served, cookie: str, origin: str | None) -> None:
    headers = {"Cookie": cookie} | ({} if origin is None else {"Origin": origin})
    assert ask(served, "/sign-out", "POST", **headers).status == 403
    assert ask(served, "/overview", Cookie=cookie).status == 200


def test_signing_out_ends_the_session(served, constructed) -> None:
    cookie = ask(served, f"/?token={constructed.TOKEN}").cookie
    token = page_token(ask(served, "/overview", Cookie=cookie).body)
    assert ask(served, "/sign-out", "POST", Cookie=cookie, Origin=served.origin).status == 303
    assert ask(served, "/overview", Cookie=cookie).status == 403
    assert handshake(served, token, Origin=served.origin, Cookie=cookie) == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "::", "example.org", "127.0.0.2"])
def test_only_the_loopback_is_listened_on(host: str, constructed) -> None:
    from dashboards.server import serve

    with pytest.raises(BadParameter, match="host"):
        serve(load_settings(), host=host, workbench=constructed.Workbench())


def test_a_taken_port_is_named(served, constructed) -> None:
    from dashboards.server import serve

    with pytest.raises(BadParameter, match=r"a port that no other program uses: `--port 0` takes a free one"):
        serve(load_settings(), served.port, workbench=constructed.Workbench())


def test_serving_prints_a_link_and_ends_cleanly(tmp_path) -> None:
    code = (
        "import sys; from pathlib import Path; from catalynx.settings import load_settings; from dashboards.server import serve; "
        "serve(load_settings(home=Path(sys.argv[1])))"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    lines = iter(started.stdout.readline, "")
    link = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+/\?token=\S{32}", line)))
    connection = http.client.HTTPConnection(link.split("/")[2], timeout=30)
    connection.request("GET", link[link.index("/?") :])
    assert connection.getresponse().status == 303
    connection.close()
    started.send_signal(signal.SIGINT)
    out, errors = started.communicate(timeout=30)
    assert started.returncode == 0
    assert "Catalynx has ended." in out
    assert "Traceback" not in errors
