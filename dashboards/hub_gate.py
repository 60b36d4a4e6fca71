"""The gate around everything that is served behind the hub: http and websocket alike."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from catalynx.hub import HubLogIn, HubUnreachable, LogInFailed, notice
from catalynx.hub import STATE_KEY, Permission, Person
from dashboards.gate import Application, Receive, Scope, Send, _headers, _is_static, _with_headers
from dashboards.visitors import SESSION_HEADER

ASKED_AGAIN_SECONDS = 3.0
WITHOUT_HUB_SECONDS = 60.0
"""How long a page that is open goes on while the hub cannot be asked: as long as a restart of it takes."""


class HubGate:
    """Lets in whom the hub knows and whose role allows it.

    Parameters
    ----------
    application : what is behind the gate
    login : asks the hub
    prefix : path of the service, with a slash at both ends
    public_url : the hub's address as browsers know it; requests that speak of another are refused
    nonce_mark : text in pages that stands for the nonce
    """

    def __init__(self, application: Application, *, login: HubLogIn, prefix: str, public_url: str, nonce_mark: str) -> None:
        self._application, self._login, self._prefix = application, login, prefix
        parts = urlsplit(public_url)
        self._host, self._origin = parts.netloc, f"{parts.scheme}://{parts.netloc}"
        self._nonce_mark = nonce_mark.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass, refuse the rest."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            path = scope["path"].removeprefix(self._prefix.rstrip("/"))
            await self._http(scope, receive, _with_headers(send, self._nonce_mark, static=_is_static(path)))
        else:
            await self._application(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = _headers(scope), scope["path"]
        if path == self._prefix + "api/health":
            await answer(send, 200, b'{"status": "healthy"}', kind=b"application/json")
            return
        if headers.get("host") != self._host or not path.startswith(self._prefix):
            await answer(send, 403, notice("This address is not served.", "Use the address that you were given."))
            return
        if scope["method"] not in ("GET", "HEAD") and headers.get("origin") != self._origin:
            await answer(send, 403, notice("This request came from another page.", "Open Catalynx again."))
            return
        try:
            await self._known(scope, receive, send, headers)
        except HubUnreachable:
            why = "The hub, which knows who may come in, does not answer. Nothing is lost; this page tries again by itself."
            await answer(send, 503, notice("The hub cannot be reached.", why, link=("", "Try again")), more=[(b"retry-after", b"5")])
        except LogInFailed as error:
            await answer(send, 403, notice("This log-in cannot be used.", str(error), link=(self._prefix, "Log in again")))

    async def _known(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        path = scope["path"].removeprefix(self._prefix)
        cookie, query = headers.get("cookie", ""), scope["query_string"].decode("latin-1")
        if path == "oauth_callback":
            sent = await self._login.finish(query, cookie)
            await redirect(send, sent.location, sent.cookies)
            return
        if path == "sign-out" and scope["method"] == "POST":
            body = notice("Signing out…", "If nothing happens:", link=(self._login.log_out_path, "Sign out"), go_on=True)
            await answer(send, 200, body, more=[(b"set-cookie", self._login.end().encode())])
            return
        person = await self._login.person(cookie)
        if person is None:
            await self._to_log_in(scope, send, headers, query)
        elif not person.may(Permission.VIEW):
            why = f"You are logged in as {person.name}, but none of your groups may see this. Ask whoever manages your groups."
            out = (self._login.log_out_path, "Log in as somebody else")
            await answer(send, 403, notice("You may not open this.", why, link=out))
        else:
            await self._application(self._passed(scope, person), receive, send)

    async def _to_log_in(self, scope: Scope, send: Send, headers: dict[str, str], query: str) -> None:
        navigates = headers.get("sec-fetch-mode", "navigate") == "navigate" and "text/html" in headers.get("accept", "")
        if scope["method"] != "GET" or not navigates:
            await answer(send, 401, notice("You are not logged in.", "Open Catalynx again.", link=(self._prefix, "Log in")))
            return
        sent = self._login.begin(scope["path"] + (f"?{query}" if query else ""))
        await redirect(send, sent.location, sent.cookies, status=302)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        person = None
        if headers.get("host") == self._host and headers.get("origin") == self._origin:
            with suppress(HubUnreachable):
                person = await self._login.person(headers.get("cookie", ""))
        if person is None or not person.may(Permission.VIEW) or not scope["path"].startswith(self._prefix):
            await send({"type": "websocket.close", "code": 4403})
            return
        await self._watched(self._passed(scope, person), receive, send, person, headers.get("cookie", ""))

    async def _watched(self, scope: Scope, receive: Receive, send: Send, person: Person, cookie: str) -> None:
        """Run the application for a websocket until it ends, or until the hub knows the person no longer as it did."""
        running = asyncio.ensure_future(self._application(scope, receive, send))
        known_at = time.monotonic()
        while not running.done():
            await asyncio.wait([running], timeout=ASKED_AGAIN_SECONDS)
            still = running.done() or await self._still(person, cookie)
            known_at = time.monotonic() if still else known_at
            if still is False or time.monotonic() - known_at > WITHOUT_HUB_SECONDS:
                with suppress(RuntimeError):
                    await send({"type": "websocket.close", "code": 4403})
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
                return
        await running

    async def _still(self, person: Person, cookie: str) -> bool | None:
        """Say whether the hub knows the person as before; None when it cannot be asked."""
        try:
            return await self._login.person(cookie) == person
        except HubUnreachable:
            return None

    def _passed(self, scope: Scope, person: Person) -> Scope:
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != SESSION_HEADER.encode()]
        return {
            **scope,
            "root_path": self._prefix.rstrip("/"),
            "headers": [*headers, (SESSION_HEADER.encode(), person.session.encode())],
            "state": {**scope.get("state", {}), STATE_KEY: person},
        }


async def answer(
    send: Send, status: int, body: bytes, *, kind: bytes = b"text/html; charset=utf-8", more: list[tuple[bytes, bytes]] | None = None
) -> None:
    """Send a small answer."""
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), *(more or [])]})
    await send({"type": "http.response.body", "body": body})


async def redirect(send: Send, location: str, cookies: tuple[str, ...], status: int = 303) -> None:
    """Send a browser elsewhere."""
    headers: list[tuple[bytes, Any]] = [(b"location", location.encode()), (b"content-length", b"0")]
    headers += [(b"set-cookie", cookie.encode()) for cookie in cookies]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
