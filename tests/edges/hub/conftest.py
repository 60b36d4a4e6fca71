"""Tokens on real records of both databases, with a clock that tests move; and servers behind the gate."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvicorn
import websockets
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import HTMLResponse

from catalynx.hub import STATE_KEY, Answer, Bearer, Gate, Keys, Limits, LocalLink, Permission, Person, Rate, Scope, Tokens
from catalynx.hub.asgi import cookie_of, page
from catalynx.records.store import Records, open_records

LINK_TOKEN = "constructed-token-of-the-tests"
MARK = "nonce-0123456789abcdef"
PREFIX = "/services/catalynx"
ADA = Person("ada", frozenset({Permission.VIEW, Permission.RUN}), frozenset({"arts"}), "s" * 32, "hub")
ISSUER, AUDIENCE = "https://catalynx.example", "catalynx"
START = 1_800_000_000.0


@dataclass
class Clock:
    """Seconds since 1970, moved by hand."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(tmp_path: Path, clock: Clock) -> Keys:
    return Keys(tmp_path / "keys", clock)


@pytest.fixture
def tokens(records: Records, keys: Keys, clock: Clock) -> Tokens:
    return Tokens(records, keys, issuer=ISSUER, audience=AUDIENCE, clock=clock)


@pytest.fixture
def ada() -> Person:
    """An analyst of one team, as the hub lets her in."""
    return Person("ada", frozenset({Permission.VIEW, Permission.RUN}), frozenset({"arts"}), "hubsession", "hub")


@pytest.fixture
def grace() -> Person:
    """An admin of two teams."""
    return Person("grace", frozenset(Permission), frozenset({"arts", "parks"}), "other", "hub")


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


class Told(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Served:
    """A running server, and how to ask it."""

    port: int
    badge: Badge
    tokens: Tokens
    records: Records
    beside: Callable[..., Any]
    prefix: str = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token_of(self, person: Person = ADA) -> str:
        return f"Bearer {self.tokens.issue(person).access_token}"

    def ask(self, path: str, method: str = "GET", body: Any = None, **headers: Any) -> Told:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        chunked = body is not None and not isinstance(body, bytes)
        connection.request(method, self.prefix + path, body=body, headers=named, encode_chunked=chunked)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return Told(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)

    def live(self, headers: dict[str, str], use: Any = None) -> Any:
        """Open the websocket; return what it told, or what `use` made of it, or the status of the refusal."""
        return self.beside(self._live(dict(headers), use))

    async def _live(self, headers: dict[str, str], use: Any) -> Any:
        origin: Any = headers.pop("Origin", self.origin) or None
        address = f"ws://127.0.0.1:{self.port}{self.prefix}/live"
        try:
            async with websockets.connect(address, origin=origin, additional_headers=headers) as opened:
                told = json.loads(await asyncio.wait_for(opened.recv(), 10))
                return told if use is None else await use(opened)
        except websockets.InvalidStatus as refused:
            return refused.response.status_code


@contextmanager
def serving(folder: Path, prefix: str, limits: Limits, beside: Callable[..., Any]) -> Iterator[Served]:
    """Run a server behind the gate, with every strategy."""
    with open_records(f"sqlite:///{folder}/records.sqlite") as records, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        tokens = Tokens(records, Keys(folder / "keys"), issuer="i", audience="a")
        made = Served(port, Badge(), tokens, records, beside, prefix)
        link = LocalLink(token=LINK_TOKEN, user="local", port=port, notice=lambda title, why: f"{title} {why}")
        ways_in = [made.badge, link, Bearer(made.tokens)]
        hosts = [f"127.0.0.1:{port}"]
        gate = Gate(inner_application(), ways_in, hosts=hosts, nonce_mark=MARK, prefix=prefix, recheck_seconds=0.2, limits=limits)
        config = uvicorn.Config(gate, log_level="critical", access_log=False, server_header=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield made
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module", params=["", PREFIX], ids=["at the root", "under a prefix"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, beside: Callable[..., Any]
) -> Iterator[Served]:
    """A server behind the gate, at the root and under a prefix."""
    never = {name: Rate(name, 100_000, 60) for name in ("requests", "unknown")}
    limits = Limits(**never, body_bytes=1_000, import_bytes=200_000)
    with serving(tmp_path_factory.mktemp("gate"), request.param, limits, beside) as made:
        yield made


@pytest.fixture
def strict(tmp_path: Path, beside: Callable[..., Any]) -> Iterator[Served]:
    """A server that takes five requests of a person, and two of who is not known."""
    limits = Limits(requests=Rate("requests", 5, 600), unknown=Rate("requests without a token", 2, 600))
    with serving(tmp_path, "", limits, beside) as made:
        yield made


@pytest.fixture(autouse=True)
def badge_of_ada(request: pytest.FixtureRequest) -> None:
    if "served" in request.fixturenames:
        request.getfixturevalue("served").badge.known = ADA
