"""``Idempotency-Key`` on POST: the same request sent twice is done once, and gets the same answer twice.

The records keep the answer for a day, so that a restart in between changes nothing; the same key for another body is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from catalynx.api.bodies import Application, Message, Receive, Scope, Send, body_again, is_stream
from catalynx.api.problems import Problem, of_error
from catalynx.errors import CatalynxError
from catalynx.hub import STATE_KEY, Person

if TYPE_CHECKING:
    from catalynx.api.desk import Desk

LARGEST_BYTES: Final = 2**19
LONGEST_KEY: Final = 200
_HEADERS: Final = frozenset({"content-type", "etag", "location"})
_PROFILE = re.compile(r"/profiles/([a-z0-9-]{1,64})(?:/|$)", re.ASCII)


class Repeats:
    """Answers a POST that came before as it was answered then.

    Parameters
    ----------
    application : what stands behind
    desk : whose records keep the answers
    """

    def __init__(self, application: Application, desk: Desk) -> None:
        self._application, self._desk = application, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look whether the request came before."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._application(scope, receive, send)
            return
        offered = [value for name, value in scope.get("headers", ()) if name.lower() == b"idempotency-key"]
        person = scope.get("state", {}).get(STATE_KEY)
        if not offered or not isinstance(person, Person):
            await self._application(scope, receive, send)
            return
        try:
            key = _key(offered)
            where: dict[str, Any] = {"person": person.name[:200], "route": _route(scope["path"])}
            if is_stream(scope):
                await self._stream(key, where, scope, receive, send)
                return
            body = await _whole(receive)
            asked = hashlib.sha256(scope.get("query_string", b"") + b"\n" + body).hexdigest()
            before = await self._desk.ask(self._desk.workspace().records.idempotent, key, body_hash=asked, **where)
        except (Problem, CatalynxError) as error:
            problem = error if isinstance(error, Problem) else of_error(error)
            await problem.response(scope["path"])(scope, receive, send)
            return
        if before is not None:
            await _replay(before.status, before.response, send)
            return
        await self._first(key, where, scope, body_again(body, receive), send)

    async def _stream(self, key: str, where: dict[str, Any], scope: Scope, receive: Receive, send: Send) -> None:
        """Do it, unless it came before, which is known when the last byte of the file is there."""
        coming = _Coming(scope, receive, send, partial(self._desk.ask, self._desk.workspace().records.idempotent, key, **where))
        await self._first(key, where, scope, coming.receive, coming.send, claimed=lambda: coming.claimed)
        if coming.instead is not None:
            await coming.instead(send)

    async def _first(
        self,
        key: str,
        where: dict[str, Any],
        scope: Scope,
        receive: Receive,
        send: Send,
        claimed: Callable[[], bool] = lambda: True,
    ) -> None:
        """Do it, and keep the answer before it is sent: who does not get it asks again, and must find it.

        Where the key was not `claimed`, because the request was refused before it was read, there is nothing to keep.
        """
        start: Message = {}
        body = bytearray()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                if claimed():
                    await self._keep(key, where, scope, start, bytes(body))
                await send(start)
                await send({"type": "http.response.body", "body": bytes(body)})

        answered = False
        try:
            await self._application(scope, receive, sending)
            answered = bool(start)
        finally:
            if not answered and claimed():
                await self._desk.ask(self._desk.workspace().records.forget_answer, key, **where)

    async def _keep(self, key: str, where: dict[str, Any], scope: Scope, start: Message, body: bytes) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
        records = self._desk.workspace().records
        textual = headers.get("content-type", "").startswith("application/json") and len(body) <= LARGEST_BYTES
        secret = "no-store" in headers.get("cache-control", "")
        if not 200 <= start["status"] < 300 or not textual or secret:
            # What was refused may be sent again, put right; a file can be made again; tokens and secrets are kept nowhere.
            await self._desk.ask(records.forget_answer, key, **where)
            return
        kept = {"headers": {name: headers[name] for name in _HEADERS & set(headers)}, "body": body.decode()}
        await self._desk.ask(
            records.keep_answer, key, status=start["status"], response=kept, profile_id=_profile_of(scope, body), **where
        )


class _Coming:
    """A request that brings a file, whose digest is taken while its route writes it down.

    Once it is known to have come before, the route is told that the sender has gone, and what it says then goes nowhere.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, came_before: Callable[..., Awaitable[Any]]) -> None:
        self._scope, self._receive, self._send, self._came_before = scope, receive, send, came_before
        self._digest = hashlib.sha256(scope.get("query_string", b"") + b"\n")
        self.claimed = False
        self.instead: Callable[[Send], Awaitable[None]] | None = None

    async def receive(self) -> Message:
        if self.instead is not None:
            return {"type": "http.disconnect"}
        message = await self._receive()
        if self.claimed or message["type"] != "http.request":
            return message
        self._digest.update(message.get("body", b""))
        if not message.get("more_body"):
            await self._look()
        return message if self.instead is None else {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.instead is None:
            await self._send(message)

    async def _look(self) -> None:
        try:
            before = await self._came_before(body_hash=self._digest.hexdigest())
        except (Problem, CatalynxError) as error:
            answer = (error if isinstance(error, Problem) else of_error(error)).response(self._scope["path"])
            self.instead = lambda send: answer(self._scope, self._receive, send)
            return
        self.claimed = before is None
        if before is not None:
            self.instead = lambda send: _replay(before.status, before.response, send)


async def _replay(status: int, kept: Any, send: Send) -> None:
    body = kept["body"].encode()
    headers = {**kept["headers"], "idempotent-replayed": "true", "content-length": str(len(body))}
    written = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": written})
    await send({"type": "http.response.body", "body": body})


def _route(path: str) -> str:
    return path if len(path) <= LONGEST_KEY else hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()


def _profile_of(scope: Scope, body: bytes) -> str | None:
    """Return the profile that an answer is about, with which it has to go; one that names several goes with each of them."""
    if is_stream(scope):
        return None
    if found := _PROFILE.search(scope["path"]):
        return found[1]
    content = json.loads(body)
    told = content.get("profile_id") if isinstance(content, dict) else None
    return told if isinstance(told, str) else None


def _key(offered: list[bytes]) -> str:
    key = offered[0].decode("latin-1")
    if len(offered) > 1 or not 1 <= len(key.strip()) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Problem(400, f"Idempotency-Key must be one value of 1 to {LONGEST_KEY} printable characters, such as a UUID.",
                      [("idempotency-key", "cannot be used")])  # fmt: skip
    return key


async def _whole(receive: Receive) -> bytes:
    """Read the body; the door before has seen that it is small."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return bytes(body)
