"""The security headers of every answer, errors among them, and the nonce of every page."""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from typing import Any, Final

from catalynx.hub.asgi import Send
from catalynx.hub.policies import BARE, POLICY, is_less

HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # With no-referrer browsers send the forms of our own pages with the origin null.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
ONE_YEAR_OF_TLS: Final = (b"strict-transport-security", b"max-age=31536000")
ASK_AGAIN: Final = b"private, no-cache"
"""What a route may say about keeping its answer: keep it, and ask whether it still holds (with ETag)."""
_OURS: Final = frozenset({b"content-security-policy", b"cache-control", ONE_YEAR_OF_TLS[0], b"server", *dict(HEADERS)})


def with_headers(send: Send, nonce_mark: bytes, *, static: bool, tls: bool) -> Send:
    """Return a `send` that adds the security headers to every answer and the nonce to every page.

    A route may ask for less than the policy allows, never for more: an answer with ``Content-Security-Policy: sandbox…``
    (without ``allow-same-origin``) or with the policy of a `still` page keeps it, one with ``Cache-Control: private, no-cache``
    keeps that. What is no page has the `BARE` policy.
    """
    nonce = secrets.token_urlsafe(16)
    start: dict[str, Any] = {}
    body = bytearray()

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        if not _is_page(start):
            if start:
                await send(_started(start, nonce, static=static, tls=tls))
                start.clear()
            await send(message)
            return
        body.extend(message.get("body", b""))
        if not message.get("more_body"):
            whole = bytes(body).replace(nonce_mark, nonce.encode())
            length = len(whole) if whole else None  # the answer to HEAD tells the length of what it does not send
            await send(_started(start, nonce, static=static, tls=tls, length=length))
            await send({"type": "http.response.body", "body": whole})
            start.clear()

    return sending


def _is_page(start: dict[str, Any]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start.get("headers", ()))


def _started(start: dict[str, Any], nonce: str, *, static: bool, tls: bool, length: int | None = None) -> dict[str, Any]:
    theirs = {name.lower(): value for name, value in start.get("headers", ())}
    dropped = _OURS | ({b"content-length"} if length is not None else set())
    headers = [(name, value) for name, value in start.get("headers", ()) if name.lower() not in dropped]
    asked = theirs.get(b"content-security-policy", b"").decode("latin-1")
    usual = POLICY.format(nonce=nonce) if _is_page(start) else BARE
    policy = asked if is_less(asked) else usual
    # Scripts and styles hold no data and carry their version in the address; everything else is not kept unasked.
    keep = b"no-store" if theirs.get(b"cache-control") != ASK_AGAIN else ASK_AGAIN
    if static and start["status"] in (200, 304):
        keep = b"private, max-age=86400"
    headers += [*HEADERS, (b"cache-control", keep), (b"content-security-policy", policy.encode("latin-1"))]
    if tls:
        headers.append(ONE_YEAR_OF_TLS)
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {**start, "headers": headers}
