"""The gate around everything the dashboards serve: one local user, by a link with a token; http and websocket alike.

It stands outermost, so no route behind it, ours or Panel's, can be reached without it. It also writes
the security headers and the nonce of each page.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from catalynx.hub.people import ALLOWS, STATE_KEY, Person, Role
from dashboards.fragments import fragment
from dashboards.visitors import SESSION_HEADER

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'"
)
HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # With no-referrer browsers send the forms of our own pages with the origin null.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
MOST_SESSIONS = 64
SIGN_OUT = "/sign-out"


class LocalGate:
    """Lets one person in who has the link, and nobody else.

    Parameters
    ----------
    application : what is behind the gate
    token : the secret in the link
    hosts : names and port under which the server is spoken to, e.g. ``127.0.0.1:8123``
    user : name of the person, for the pages
    nonce_mark : text in pages that stands for the nonce; unguessable, so that data cannot hold it
    """

    def __init__(self, application: Application, *, token: str, hosts: Iterable[str], user: str, nonce_mark: str) -> None:
        self._application, self._token, self._user = application, token, user
        self._hosts = frozenset(hosts)
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self._nonce_mark = nonce_mark.encode()
        # Cookies do not know ports: two servers on one machine need cookies of two names.
        self._cookie = f"catalynx-{min(self._hosts).rpartition(':')[2]}"
        self._sessions: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass, refuse the rest."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, _with_headers(send, self._nonce_mark, static=_is_static(scope["path"])))
        else:
            await self._application(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        session = self._session(headers)
        if headers.get("host") not in self._hosts or headers.get("origin") not in self._origins or session is None:
            # Closing before accepting makes the server answer the handshake with 403.
            await send({"type": "websocket.close", "code": 4403})
            return
        await self._application(self._known(scope, session), receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        if headers.get("host") not in self._hosts:
            await _refuse(send, "This address is not served.", "The server answers only under the address that it printed.")
            return
        changes = scope["method"] not in ("GET", "HEAD")
        if changes and headers.get("origin") not in self._origins:
            await _refuse(send, "This request came from another page.", "Open the link that the server printed.")
            return
        if await self._by_link(scope, send):
            return
        session = self._session(headers)
        if session is None:
            await _refuse(send, "You need the link.", "Look for it where the server was started:")
        elif scope["path"] == SIGN_OUT and scope["method"] == "POST":
            self._sessions.pop(session, None)
            await _redirect(send, "/", f"{self._cookie}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
        else:
            await self._application(self._known(scope, session), receive, send)

    async def _by_link(self, scope: Scope, send: Send) -> bool:
        """Take the token out of a link, if there is one; say whether an answer was sent."""
        parts = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        offered = [value for name, value in parts if name == "token"]
        if not offered or scope["method"] != "GET":
            return False
        if len(offered) > 1 or not hmac.compare_digest(offered[0].encode("utf-8", "surrogateescape"), self._token.encode()):
            await _refuse(
                send,
                "This link is not valid.",
                "It may be from an earlier start. Look for the new one where the server was started:",
            )
            return True
        session = secrets.token_urlsafe(32)
        self._sessions[session] = None
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        rest = urlencode([(name, value) for name, value in parts if name != "token"])
        # A path such as //evil.example would send the browser elsewhere: keep one slash.
        target = "/" + scope["path"].lstrip("/\\")
        await _redirect(
            send, target + (f"?{rest}" if rest else ""), f"{self._cookie}={session}; Path=/; HttpOnly; SameSite=Strict"
        )
        return True

    def _session(self, headers: dict[str, str]) -> str | None:
        try:
            jar = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return None
        offered = jar[self._cookie].value if self._cookie in jar else ""
        # Every one is compared in constant time: how long it takes tells nothing about any of them.
        found = [
            known for known in self._sessions if hmac.compare_digest(known.encode(), offered.encode("utf-8", "surrogateescape"))
        ]
        return found[0] if found else None

    def _known(self, scope: Scope, session: str) -> Scope:
        """Return the scope with who it is, and a mark of the session that pages are bound to (never the cookie itself)."""
        mark = session_mark(session)
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != SESSION_HEADER.encode()]
        person = Person(self._user, ALLOWS[Role.ADMIN], None, mark, "local")
        state = {**scope.get("state", {}), STATE_KEY: person}
        return {**scope, "headers": [*headers, (SESSION_HEADER.encode(), mark.encode())], "state": state}


def session_mark(session: str) -> str:
    """Return what stands for a session where its cookie must not stand."""
    return hashlib.sha256(session.encode()).hexdigest()[:32]


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers by lower-case name; one that must be single and is sent twice counts as absent."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1").lower()
        (twice.add(name) if name in found else None)
        found[name] = value.decode("latin-1")
    for name in twice & {"host", "origin", "cookie"}:
        del found[name]
    return found


def _is_static(path: str) -> bool:
    return path.startswith(("/static/", "/assets/"))


def _with_headers(send: Send, nonce_mark: bytes, *, static: bool) -> Send:
    """Return a `send` that adds the security headers to every answer and the nonce to every page."""
    nonce = secrets.token_urlsafe(16)
    start: dict[str, Any] = {}
    body = bytearray()

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        if not _is_page(start):
            if start:
                await send(_started(start, nonce, static=static))
                start.clear()
            await send(message)
            return
        body.extend(message.get("body", b""))
        if not message.get("more_body"):
            page = bytes(body).replace(nonce_mark, nonce.encode())
            await send(_started(start, nonce, static=static, length=len(page)))
            await send({"type": "http.response.body", "body": page})

    return sending


def _is_page(start: dict[str, Any]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start.get("headers", ()))


def _started(start: dict[str, Any], nonce: str, *, static: bool, length: int | None = None) -> dict[str, Any]:
    ours = {b"content-security-policy", b"cache-control", *(name for name, _ in HEADERS)} | (
        {b"content-length"} if length is not None else set()
    )
    headers = [(name, value) for name, value in start.get("headers", ()) if name.lower() not in ours]
    # Scripts and styles hold no data and carry their version in the address; everything else is never kept.
    keep = b"private, max-age=86400" if static and start["status"] in (200, 304) else b"no-store"
    headers += [*HEADERS, (b"cache-control", keep), (b"content-security-policy", POLICY.format(nonce=nonce).encode())]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {**start, "headers": headers}


async def _refuse(send: Send, title: str, why: str, status: int = 403) -> None:
    page = str(fragment("refused.html", title=title, why=why)).encode()
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/html; charset=utf-8")]})
    await send({"type": "http.response.body", "body": page})


async def _redirect(send: Send, target: str, cookie: str) -> None:
    headers = [(b"location", target.encode()), (b"set-cookie", cookie.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
