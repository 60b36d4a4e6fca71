"""What gate and strategies speak: requests as they come, and answers as they go."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from catalynx.hub.policies import still

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SESSION_HEADER: Final = "x-catalynx-session"
"""Header that the gate writes, and nobody else: the mark of the session that a page and its websocket are bound to."""
_STYLE: Final = re.compile(rb"<style>([^<]*)</style>")
_SINGLE: Final = frozenset({"host", "origin", "cookie", "authorization", "content-length"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer over HTTP."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, as an application does."""
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers]
        headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope.get("method") == "HEAD" else self.body})


def page(html: bytes | str, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Return a page without scripts and with one style at most; values in it must have been escaped."""
    body = html.encode() if isinstance(html, str) else html
    style = _STYLE.search(body)
    policy = still(style[1].decode() if style else "")
    return Answer(status, (("content-type", "text/html; charset=utf-8"), ("content-security-policy", policy), *headers), body)


def redirect(target: str, *cookies: str) -> Answer:
    """Return an answer that sends a browser to `target`, perhaps with cookies to set."""
    return Answer(303, (("location", target), *(("set-cookie", cookie) for cookie in cookies)))


def problem(status: int, detail: str, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Return ``application/problem+json`` [RFC 9457]."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Answer(status, (("content-type", "application/problem+json"), *headers), json.dumps(content).encode())


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by lower-case name; one that must be single and is sent twice counts as absent."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1").lower()
        if name in found:
            twice.add(name)
        found[name] = value.decode("latin-1")
    for name in twice & _SINGLE:
        del found[name]
    return found


def sent_twice(scope: Scope, name: str) -> bool:
    """Say whether a header came more than once."""
    return sum(raw.lower() == name.encode() for raw, _ in scope["headers"]) > 1


def cookie_of(scope: Scope, name: str) -> str | None:
    """Return the value of a cookie, or None."""
    try:
        jar = SimpleCookie(headers_of(scope).get("cookie", ""))
    except CookieError:
        return None
    return jar[name].value if name in jar else None
