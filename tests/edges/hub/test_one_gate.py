"""One gate in front of pages, websockets and API, on a real server: who comes in, how, and what the others get."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvicorn
import websockets
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import HTMLResponse

from catalynx.errors import CatalynxError, NotAuthenticated
from catalynx.hub import STATE_KEY, Answer, Bearer, Gate, Keys, Limits, LocalLink, Permission, Person, Rate, Scope, Tokens
from catalynx.hub.asgi import cookie_of, page
from catalynx.hub.gate import OPEN, RECHECK_SECONDS
from catalynx.records.store import Records, open_records

LINK_TOKEN = "constructed-token-of-the-tests"
MARK = "nonce-0123456789abcdef"
PREFIX = "/services/catalynx"
VIEW = frozenset({Permission.VIEW})
ADA = Person("ada", frozenset({Permission.VIEW, Permission.RUN}), frozenset({"arts"}), "s" * 32, "hub")


class HubIsDown(CatalynxError):
    """Stands for whatever keeps a strategy from finding out who it is."""


class Badge:
    """A constructed way to come in by a cookie: `person` is who has the badge, an error is raised."""

    by_cookie = True

    def __init__(self) -> None:
        self.known: Person | Exception | None = ADA

    async def person(self, scope: Scope) -> Person | None:
        if isinstance(self.known, Exception):
            raise self.known
        return self.known if cookie_of(scope, "badge") == "constructed" else None

    async def answer(self, scope: Scope, person: Person | None) -> Answer | None:
        return page("<p>way back</p>") if scope["path"].endswith("/callback") else None

    async def begin(self, scope: Scope) -> Answer:
        return Answer(303, (("location", "/log-in"),))


def inner_application() -> FastAPI:
    inner = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    def who(scope: Scope) -> dict[str, Any]:
        person = scope.get("state", {}).get(STATE_KEY)
        marks = [value.decode() for name, value in scope["headers"] if name == b"x-catalynx-session"]
        known = {} if person is None else {"name": person.name, "via": person.via, "session": person.session}
        return {**known, "marks": marks, "root_path": scope.get("root_path", "")}

    @inner.api_route("/api/auth/token", methods=["GET", "POST"])
    @inner.api_route("/api/health", methods=["GET", "HEAD"])
    @inner.api_route("/api/who", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    @inner.post("/page-form")
    async def told(request: Request) -> dict[str, Any]:
        return {**who(request.scope), "read": len(await request.body())}

    @inner.post("/api/profiles/import")
    async def streamed(request: Request) -> dict[str, int]:
        return {"read": sum([len(part) async for part in request.stream()])}

    @inner.get("/page")
    async def a_page() -> HTMLResponse:
        return HTMLResponse(f'<script nonce="{MARK}">1</script>')

    @inner.get("/report")
    async def a_report(policy: str) -> HTMLResponse:
        return HTMLResponse("<p>report</p>", headers={"content-security-policy": policy})

    @inner.get("/api/kept")
    async def kept() -> Response:
        return Response("{}", headers={"cache-control": "private, no-cache", "etag": '"1"', "server": "x"})

    @inner.get("/api/broken")
    @inner.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("SECRET of the inside")

    @inner.websocket("/live")
    async def live(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_json(who(websocket.scope))
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    return inner


@dataclass
class Served:
    port: int
    badge: Badge
    tokens: Tokens
    records: Records

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Told(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


def serve(gate: Any, listening: socket.socket) -> tuple[uvicorn.Server, threading.Thread]:
    config = uvicorn.Config(gate, log_level="critical", access_log=False, server_header=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    return server, thread


@pytest.fixture(scope="module", params=["", PREFIX], ids=["at the root", "under a prefix"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server behind the gate, with every strategy, at the root and under a prefix."""
    folder: Path = tmp_path_factory.mktemp("gate")
    with open_records(f"sqlite:///{folder}/records.sqlite") as records, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        tokens = Tokens(records, Keys(folder / "keys"), issuer="i", audience="a")
        badge = Badge()
        link = LocalLink(token=LINK_TOKEN, user="local", port=port, notice=lambda title, why: f"{title} {why}")
        gate = Gate(
            inner_application(), [badge, link, Bearer(tokens)], hosts=[f"127.0.0.1:{port}"], nonce_mark=MARK,
            prefix=request.param, tls=False, recheck_seconds=0.2,
            limits=Limits(requests=Rate("requests", 100_000, 60), unknown=Rate("unknown", 100_000, 60), body_bytes=1_000, import_bytes=200_000),
        )  # fmt: skip
        server, thread = serve(gate, listening)
        made = Served(port, badge, tokens, records)
        made.prefix = request.param  # type: ignore[attr-defined]
        yield made
        server.should_exit = True
        thread.join(10)


@pytest.fixture(autouse=True)
def badge_of_ada(request: pytest.FixtureRequest) -> None:
    if "served" in request.fixturenames:
        request.getfixturevalue("served").badge.known = ADA


def ask(served: Served, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Told:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, served.prefix + path, body=body, headers=named)  # type: ignore[attr-defined]
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return Told(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)


def token_of(served: Served, person: Person = ADA) -> str:
    return f"Bearer {served.tokens.issue(person).access_token}"


COOKIE = {"Cookie": "badge=constructed"}


@pytest.mark.parametrize(
    "path",
    ["/page", "/", "/nosuch", "/report?policy=x", "/static/x", "/assets/x", "//api/who", "/API/who", "/apix"],
)
def test_pages_send_who_is_not_known_to_the_way_in(served: Served, path: str) -> None:
    answer = ask(served, path)
    assert answer.status in (303, 403)
    assert answer.headers.get("location", "/log-in") == "/log-in"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/who",
        "/api",
        "/api/",
        "/api/nosuch",
        "/api/health/../who",
        "/api/health/",
        "/api/auth/tokens",
        "/api/HEALTH",
        "/api%2fwho",
        "/%61pi/who",
    ],
)
def test_the_api_answers_who_is_not_known_with_a_problem(served: Served, path: str) -> None:
    answer = ask(served, path)
    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json["status"] == 401
    assert "set-cookie" not in answer.headers


def test_paths_that_look_after_themselves_are_open(served: Served) -> None:
    assert ask(served, "/api/health").json["marks"] == []
    assert ask(served, "/api/auth/token", "POST").status == 200
    assert ask(served, "/api/auth/token", "POST", Authorization="Bearer a.b.c").status == 200
    assert ask(served, "/api/auth/jwks").status == 404, "it passed, and there is none inside here"
    assert {"/api/health", "/api/auth/jwks", "/api/auth/token", "/api/auth/refresh"} == set(OPEN)


def test_an_open_path_knows_who_it_is_when_that_is_known(served: Served) -> None:
    assert ask(served, "/api/auth/token", "POST", Origin=served.origin, **COOKIE).json["name"] == "ada"
    assert ask(served, "/api/auth/token", "POST", Authorization=token_of(served)).json["name"] == "ada"
    assert "name" not in ask(served, "/api/auth/token", "POST", Origin="http://evil.example", **COOKIE).json


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
def test_a_token_in_the_header_needs_no_origin(served: Served, method: str, origin: str | None) -> None:
    answer = ask(served, "/api/who", method, Authorization=token_of(served), **({"Origin": origin} if origin else {}))
    assert (answer.json["name"], answer.json["via"]) == ("ada", "token")
    assert answer.json["marks"] == [answer.json["session"]]
    assert answer.json["root_path"] == served.prefix  # type: ignore[attr-defined]


def test_a_secret_of_a_service_account_comes_in(served: Served) -> None:
    from datetime import timedelta

    grace = Person("grace", frozenset(Permission), None, "s", "hub")
    name = f"n{time.monotonic_ns()}"
    made = served.tokens.make_service_account(name, VIEW, {"arts"}, life=timedelta(days=1), by=grace)
    assert ask(served, "/api/who", Authorization=f"Bearer {made.secret}").json["name"] == f"service:{name}"
    served.tokens.revoke_service_account(made.account.account_id, by="grace")
    assert ask(served, "/api/who", Authorization=f"Bearer {made.secret}").status == 401


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Basic YWRhOmFkYQ==",
        "Bearer cxs_x",
        "token x",
        "Bearer null",
        "bearer\ta.b.c",
        "é",
    ],
)
def test_a_header_that_is_not_good_is_refused_even_with_a_good_cookie(served: Served, value: str) -> None:
    answer = ask(served, "/api/who", Authorization=value.encode("latin-1"), **COOKIE)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "a.b.c" not in answer.body


def test_two_headers_are_refused(served: Served) -> None:
    good = token_of(served)
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.putrequest("GET", served.prefix + "/api/who")  # type: ignore[attr-defined]
    for value in (good, good):
        connection.putheader("Authorization", value)
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()


def test_a_token_opens_no_page_and_no_websocket(served: Served) -> None:
    assert ask(served, "/page", Authorization=token_of(served)).status == 303
    assert open_live(served, Authorization=token_of(served)) == 403


def test_a_cookie_reads_the_api_from_our_own_pages_alone(served: Served) -> None:
    assert ask(served, "/api/who", **COOKIE).json["name"] == "ada"
    assert ask(served, "/api/who", **COOKIE, Sec_Fetch_Site="same-origin").json["name"] == "ada"
    for site in ("cross-site", "same-site"):
        assert ask(served, "/api/who", **COOKIE, Sec_Fetch_Site=site).status == 403
    assert ask(served, "/api/who", "POST", Origin=served.origin, **COOKIE).json["name"] == "ada"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1", ""])
def test_a_cookie_changes_nothing_for_another_page(served: Served, method: str, origin: str | None) -> None:
    headers = COOKIE | ({} if origin is None else {"Origin": origin})
    answer = ask(served, "/api/who", method, **headers)
    assert (answer.status, answer.headers["content-type"]) == (403, "application/problem+json")
    assert ask(served, "/page-form", "POST", **headers).status == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "", "127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/page", "/api/who", "/api/health"])
def test_another_host_is_refused(served: Served, host: str, path: str) -> None:
    assert ask(served, path, Host=host, **COOKIE).status == 403


@pytest.mark.parametrize("path", ["/page", "/api/who", "/api/nosuch", "/nosuch", "/broken", "/api/broken", "/api/health"])
@pytest.mark.parametrize("known", [True, False])
def test_the_headers_stand_on_every_answer(served: Served, path: str, known: bool) -> None:
    answer = ask(served, path, **(COOKIE if known else {}))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-opener-policy"] == answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; base-uri 'none'")
    assert "strict-transport-security" not in answer.headers
    assert "SECRET" not in answer.body
    assert (answer.status == 500) is (known and path.endswith("broken"))


def test_behind_tls_browsers_are_told_to_stay_there_for_a_year(served: Served) -> None:
    started: list[Any] = []

    async def run() -> None:
        async def send(message: Any) -> None:
            started.append(message)

        gate = Gate(inner_application(), [Badge()], hosts=["catalynx.example"], nonce_mark=MARK, tls=True)
        headers = [(b"host", b"catalynx.example"), (b"cookie", b"badge=constructed"), (b"origin", b"http://catalynx.example")]
        scope = {"type": "http", "method": "POST", "path": "/page-form", "query_string": b"", "headers": headers}
        await gate(scope, None, send)  # type: ignore[arg-type]

    asyncio.run(run())
    assert started[0]["status"] == 403, "our origin is https there"
    assert dict(started[0]["headers"])[b"strict-transport-security"] == b"max-age=31536000"


def test_a_page_gets_a_new_nonce_every_time(served: Served) -> None:
    pages = [ask(served, "/page", **COOKIE) for _ in range(2)]
    nonces = [one.body.split('"')[1] for one in pages]
    assert nonces[0] != nonces[1]
    assert MARK not in pages[0].body
    for one, nonce in zip(pages, nonces, strict=True):
        assert f"'nonce-{nonce}'" in one.headers["content-security-policy"]
        assert int(one.headers["content-length"]) == len(one.body)


def test_a_route_may_ask_for_less_never_for_more(served: Served) -> None:
    def policy(wanted: str) -> str:
        return ask(served, f"/report?policy={wanted}", **COOKIE).headers["content-security-policy"]

    assert policy("sandbox") == "sandbox"
    assert policy("sandbox%20allow-scripts") == "sandbox allow-scripts"
    for more in ("sandbox%20allow-scripts%20allow-same-origin", "default-src%20*", ""):
        assert policy(more).startswith("default-src 'none'")
    kept = ask(served, "/api/kept", **COOKIE)
    assert (kept.headers["cache-control"], kept.headers["etag"]) == ("private, no-cache", '"1"')
    assert "server" not in kept.headers


def test_the_mark_of_the_session_cannot_be_brought_along(served: Served) -> None:
    assert ask(served, "/api/health", X_Catalynx_Session="forged").json["marks"] == []
    assert ask(served, "/api/who", X_Catalynx_Session="forged", **COOKIE).json["marks"] == [ADA.session]


def test_a_strategy_answers_what_is_its_own(served: Served) -> None:
    assert ask(served, "/callback").body == "<p>way back</p>"


@pytest.mark.parametrize("path", ["/page", "/api/who"])
def test_when_nobody_can_say_who_it_is_nobody_comes_in(served: Served, path: str) -> None:
    served.badge.known = HubIsDown("SECRET address of the hub")
    answer = ask(served, path, **COOKIE)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert "SECRET" not in answer.body
    assert ask(served, "/api/who", Authorization=token_of(served)).json["name"] == "ada", "who brings a token needs no hub"


def test_who_may_see_nothing_opens_no_page(served: Served) -> None:
    served.badge.known = replace(ADA, permissions=frozenset())
    assert ask(served, "/page", **COOKIE).status == 403
    assert open_live(served, **COOKIE) == 403


def test_revocation_works_within_a_second_on_the_api(served: Served) -> None:
    pair = served.tokens.issue(ADA)
    header = {"Authorization": f"Bearer {pair.access_token}"}
    assert ask(served, "/api/who", **header).status == 200
    # As another process would do it: past the memory of this one.
    from datetime import UTC, datetime

    served.records.end_session(pair.session, because="tests", now=datetime.now(UTC))
    until = time.monotonic() + 1
    while ask(served, "/api/who", **header).status == 200:
        assert time.monotonic() < until
        time.sleep(0.02)


# Websockets.


async def _live(served: Served, headers: dict[str, str], use: Any = None) -> Any:
    origin = headers.pop("Origin", served.origin)
    try:
        async with websockets.connect(
            f"ws://127.0.0.1:{served.port}{served.prefix}/live",
            origin=origin or None,
            additional_headers=headers,  # type: ignore[attr-defined]
        ) as opened:
            told = json.loads(await asyncio.wait_for(opened.recv(), 10))
            return told if use is None else await use(opened)
    except websockets.InvalidStatus as refused:
        return refused.response.status_code


def open_live(served: Served, **headers: str) -> Any:
    return asyncio.run(_live(served, dict(headers)))


def test_a_websocket_opens_for_our_own_page(served: Served) -> None:
    told = open_live(served, **COOKIE)
    assert (told["name"], told["marks"]) == ("ada", [ADA.session])


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_a_websocket_of_another_page_is_refused(served: Served, origin: str) -> None:
    assert open_live(served, Origin=origin, **COOKIE) == 403


def test_a_websocket_without_a_cookie_is_refused(served: Served) -> None:
    assert open_live(served) == 403
    assert open_live(served, Cookie="badge=forged") == 403


@pytest.mark.parametrize(
    "becomes", [None, replace(ADA, permissions=VIEW), replace(ADA, teams=frozenset({"parks"})), NotAuthenticated("gone")]
)
def test_an_open_websocket_is_closed_when_its_person_changes(served: Served, becomes: Any) -> None:
    async def use(opened: Any) -> int:
        await opened.send("still here")
        assert await asyncio.wait_for(opened.recv(), 5) == "still here"
        served.badge.known = becomes
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(opened.recv(), 3)
        return opened.close_code

    assert asyncio.run(_live(served, dict(COOKIE), use)) == 4401


def test_an_open_websocket_goes_on_while_the_hub_restarts(served: Served) -> None:
    async def use(opened: Any) -> str:
        served.badge.known = HubIsDown("not there")
        await asyncio.sleep(0.7)
        served.badge.known = ADA
        await opened.send("still here")
        return await asyncio.wait_for(opened.recv(), 5)

    assert asyncio.run(_live(served, dict(COOKIE), use)) == "still here"


def test_pages_lose_a_revoked_person_within_ten_seconds() -> None:
    assert RECHECK_SECONDS + 5 < 10


# Sizes.


def test_a_body_that_is_too_large_is_refused(served: Served) -> None:
    header = {"Authorization": token_of(served)}
    assert ask(served, "/api/who", "POST", b"x" * 1_000, **header).json["read"] == 1_000
    answer = ask(served, "/api/who", "POST", b"x" * 1_001, **header)
    assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
    assert "1,000 bytes" in answer.json["detail"]


@pytest.mark.parametrize(("path", "most"), [("/api/who", 1_000), ("/api/profiles/import", 200_000)])
def test_a_body_that_hides_its_size_is_metered(served: Served, path: str, most: int) -> None:
    def sent(size: int) -> Told:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        parts = iter([b"x" * 1_000] * (size // 1_000))
        headers = {"Authorization": token_of(served), "Transfer-Encoding": "chunked"}
        connection.request("POST", served.prefix + path, body=parts, headers=headers, encode_chunked=True)  # type: ignore[attr-defined]
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Told(answer.status, dict(answer.getheaders()), text)

    assert sent(most).json["read"] == most
    refused = sent(most + 1_000)
    assert (refused.status, refused.json["status"]) == (413, 413)


# Rates.


def test_a_person_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        tokens = Tokens(records, Keys(tmp_path / "keys"), issuer="i", audience="a")
        limits = Limits(requests=Rate("requests", 5, 600), unknown=Rate("requests without a token", 2, 600))
        gate = Gate(inner_application(), [Badge(), Bearer(tokens)], hosts=[f"127.0.0.1:{port}"], nonce_mark=MARK, limits=limits)
        server, thread = serve(gate, listening)
        try:
            made = Served(port, Badge(), tokens, records)
            made.prefix = ""  # type: ignore[attr-defined]
            header = {"Authorization": token_of(made)}
            assert [ask(made, "/api/who", **header).status for _ in range(6)] == [200] * 5 + [429]
            refused = ask(made, "/api/who", **header)
            assert 1 <= int(refused.headers["retry-after"]) <= 120
            assert refused.json["status"] == 429
            assert ask(made, "/api/who", Authorization=token_of(made)).status == 429, "a new token is the same person"
            bert = replace(ADA, name="bert")
            assert ask(made, "/api/who", Authorization=token_of(made, bert)).status == 200
            assert ask(made, "/page", **COOKIE).status == 429
            asked = [
                ask(made, path).status for path in ("/api/auth/jwks", "/api/auth/token", "/api/auth/jwks", *["/api/health"] * 9)
            ]
            assert asked == [404, 200, 429] + [200] * 9
        finally:
            server.should_exit = True
            thread.join(10)
