"""The one gate around everything that is served: pages, their websockets, and the API.

It stands outermost, so no route behind it, ours or Panel's, can be reached without it. It asks its strategies in turn
who somebody is, and puts the person into ``scope["state"][STATE_KEY]``. It writes the security headers and each page's nonce.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, MutableMapping, Sequence
from contextlib import suppress
from functools import partial
from html import escape
from typing import Any, Final, Protocol

from catalynx.errors import AccessError, CatalynxError, NotAllowed, NotAuthenticated
from catalynx.hub.asgi import SESSION_HEADER, Answer, Application, Receive, Scope, Send, headers_of, page, problem
from catalynx.hub.headers import with_headers
from catalynx.hub.limits import Limits, bounded
from catalynx.hub.people import STATE_KEY, Permission, Person

RECHECK_SECONDS: Final = 4.0
"""How often it is asked again who is at the other end of an open websocket. A strategy's own memory adds to it: ≤ 5 s."""
WITHOUT_ANSWER_SECONDS: Final = 60.0
"""How long an open websocket goes on while nobody can say who is there: as long as a restart of the hub takes."""
HEALTH: Final = "/api/health"
"""Never refused for being asked often: who watches over the server must not take it for dead."""
OPEN: Final = (HEALTH, "/api/auth/jwks", "/api/auth/token", "/api/auth/refresh")
_READING: Final = frozenset({"GET", "HEAD"})
_NOT_KNOWN: Final = 4401
_MAY_NOT: Final = 4403


class Strategy(Protocol):
    """One way to come in.

    Attributes
    ----------
    by_cookie : browsers send it by themselves; then changes and websockets are taken from our own pages alone. One that is
        not by cookie is asked only for paths of the API
    """

    @property
    def by_cookie(self) -> bool: ...

    async def person(self, scope: Scope) -> Person | None:
        """Return who asks; None when nothing of this strategy's kind came along. Asked again for every open websocket.

        What it keeps of an earlier answer may be 5 s old at most. Raises `NotAuthenticated` for what is of its kind and not
        good, any other `CatalynxError` when it cannot be found out: then nobody is let in, and the answer is 503.
        """
        ...

    async def answer(self, scope: Scope, person: Person | None) -> Answer | None:
        """Answer what is this strategy's own, such as the way back from a log-in or signing out; None for all the rest."""
        ...

    async def begin(self, scope: Scope) -> Answer:
        """Answer who asked for a page and is not known: the way to the log-in, or what is needed to come in."""
        ...


def plain_notice(title: str, why: str) -> str:
    """Return a small page of a title and a reason."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Catalynx</title></head>'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(why)}</p></main></body></html>\n"
    )


class Gate:
    """Lets in whom one of its strategies knows.

    Parameters
    ----------
    application : what is behind the gate
    strategies : asked in turn; the first that is by cookie says what a page answers to who is not known
    hosts : names and port under which the server is spoken to, e.g. ``127.0.0.1:8123``
    nonce_mark : text in pages that stands for the nonce; unguessable, so that data cannot hold it
    prefix : path under which everything is served, e.g. ``/services/catalynx``; no slash at its end
    tls : whether visitors come by https; then browsers are told to keep to it for a year
    open_paths : paths that find out themselves who asks, or tell everybody the same
    limits : sizes and rates; the usual ones when None
    notice : makes a page of a title and a reason
    recheck_seconds : how often who is at an open websocket is asked again
    """

    def __init__(
        self,
        application: Application,
        strategies: Sequence[Strategy],
        *,
        hosts: Collection[str],
        nonce_mark: str,
        prefix: str = "",
        tls: bool = False,
        open_paths: Collection[str] = OPEN,
        limits: Limits | None = None,
        notice: Callable[[str, str], str] = plain_notice,
        recheck_seconds: float = RECHECK_SECONDS,
    ) -> None:
        self._application, self._strategies, self._prefix, self._tls = application, tuple(strategies), prefix, tls
        self._hosts, self._nonce_mark, self._notice = frozenset(hosts), nonce_mark.encode(), notice
        self._origins = frozenset(f"{'https' if tls else 'http'}://{host}" for host in hosts)
        self._open, self._recheck_seconds = frozenset(open_paths), recheck_seconds
        self._limits = limits or Limits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass, refuse the rest."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            sending = with_headers(send, self._nonce_mark, static=self._is_static(scope), tls=self._tls)
            await self._http(_without_mark(scope), receive, sending)
        else:
            await self._application(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer, person = await self._entrance(scope)
            if answer is None:
                await self._admit(scope, person)
        except AccessError as error:
            answer, person = self._refused(scope, error), None
        except CatalynxError as error:
            # Whoever looks after it finds the reason in the log of what failed; visitors learn when to come back.
            answer, person = self._unavailable(scope, error), None
        if answer is not None:
            await answer(scope, receive, send)
            return
        path, passed = self._path(scope), self._passed(scope, person)
        most, seconds = self._limits.body_limit(path), self._limits.body_seconds(path)
        await bounded(self._application, passed, receive, send, most, partial(self._said, scope), seconds=seconds)

    async def _admit(self, scope: Scope, person: Person | None) -> None:
        if person is not None and not self._is_static(scope):
            await self._limits.admit(person)
        elif person is None and self._path(scope) != HEALTH:
            address, _ = scope.get("client") or ("unknown", 0)
            await self._limits.admit_unknown(address)

    async def _entrance(self, scope: Scope) -> tuple[Answer | None, Person | None]:
        """Find out who asks; an answer means that this is as far as it goes."""
        path, headers = self._path(scope), headers_of(scope)
        if headers.get("host") not in self._hosts or not scope["path"].startswith(self._prefix + "/"):
            why = "The server answers only under the address that it printed."
            return self._forbidden(scope, "This address is not served.", why), None
        ours = headers.get("origin") in self._origins
        if not self._is_api(path):
            if scope["method"] not in _READING and not ours:
                why = "Open the link that the server printed."
                return self._forbidden(scope, "This request came from another page.", why), None
            person = await self._person(scope, by_cookie=True)
            for strategy in self._strategies:
                if (answer := await strategy.answer(scope, person)) is not None:
                    return answer, person
            if person is not None and not person.may(Permission.VIEW):
                why = f"You are {person.name}, and none of your roles may see this. Ask whoever manages the groups."
                return self._forbidden(scope, "You may not open this.", why), person
            return (await self._begin(scope) if person is None else None), person
        person = await self._caller(scope, headers, ours)
        if person is None and path not in self._open:
            raise NotAuthenticated("Say who you are: send a token in the header Authorization.")
        return None, person

    async def _caller(self, scope: Scope, headers: dict[str, str], ours: bool) -> Person | None:
        """Return who calls the API: by what the header says, or, without such a header, by the cookie of our own page."""
        is_open = self._path(scope) in self._open
        if any(name.lower() == b"authorization" for name, _ in scope["headers"]):
            try:
                person = await self._person(scope, by_cookie=False)
            except NotAuthenticated:
                if is_open:
                    return None
                raise
            if person is None and not is_open:
                raise NotAuthenticated("What stands in the header Authorization is not known here.")
            return person
        from_elsewhere = headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        if (scope["method"] not in _READING and not ours) or from_elsewhere:
            if is_open or await self._person(scope, by_cookie=True) is None:
                return None
            raise NotAllowed("This request came from another page. Send a token in the header Authorization instead.")
        return await self._person(scope, by_cookie=True)

    async def _person(self, scope: Scope, *, by_cookie: bool) -> Person | None:
        for strategy in self._strategies:
            if strategy.by_cookie is by_cookie and (person := await strategy.person(scope)) is not None:
                return person
        return None

    async def _begin(self, scope: Scope) -> Answer:
        for strategy in self._strategies:
            if strategy.by_cookie:
                return await strategy.begin(scope)
        return self._forbidden(scope, "There are no pages here.", "Programs use the API, with a token.")

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        person = None
        ours = headers.get("host") in self._hosts and headers.get("origin") in self._origins
        if ours and scope["path"].startswith(self._prefix + "/"):
            with suppress(CatalynxError):
                person = await self._person(scope, by_cookie=True)
        if person is None or not person.may(Permission.VIEW):
            # Closing before accepting makes the server answer the handshake with 403.
            await send({"type": "websocket.close", "code": _MAY_NOT})
            return
        watched = _Watched(receive, send)
        watching = asyncio.create_task(self._watch(scope, person, watched))
        try:
            await self._application(self._passed(_without_mark(scope), person), watched.receive, watched.send)
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def _watch(self, scope: Scope, person: Person, watched: _Watched) -> None:
        """Close a websocket once whoever is there is not known any more, or may something else than when it was opened."""
        known_at = time.monotonic()
        while True:
            await asyncio.sleep(self._recheck_seconds)
            try:
                now = await self._person(scope, by_cookie=True)
            except AccessError:
                now = None
            except CatalynxError:
                if time.monotonic() - known_at < WITHOUT_ANSWER_SECONDS:
                    continue
                now = None
            known_at = time.monotonic()
            if now != person:
                await watched.end(_NOT_KNOWN)
                return

    def _passed(self, scope: Scope, person: Person | None) -> Scope:
        """Return the scope with who it is, and a mark of the session that pages are bound to."""
        passed = {**scope, "root_path": self._prefix} if self._prefix else scope
        if person is None:
            return passed
        headers = [*scope["headers"], (SESSION_HEADER.encode(), person.session.encode())]
        return {**passed, "headers": headers, "state": {**scope.get("state", {}), STATE_KEY: person}}

    def _refused(self, scope: Scope, error: AccessError) -> Answer:
        more: list[tuple[str, str]] = []
        if error.status == 401:
            offered = "authorization" in headers_of(scope)
            more = [("www-authenticate", 'Bearer error="invalid_token"' if offered else "Bearer")]
        if (wait := getattr(error, "retry_after_seconds", None)) is not None:
            more.append(("retry-after", str(wait)))
        return self._said(scope, error.status, "You may not come in.", str(error), more)

    def _forbidden(self, scope: Scope, title: str, why: str) -> Answer:
        return self._said(scope, 403, title, why)

    def _unavailable(self, scope: Scope, error: CatalynxError) -> Answer:
        why = getattr(error, "for_visitors", "It cannot be found out now who you are. Try again in a few seconds.")
        return self._said(scope, 503, "Not now.", why, [("retry-after", "5")])

    def _said(self, scope: Scope, status: int, title: str, why: str, headers: Sequence[tuple[str, str]] = ()) -> Answer:
        if self._is_api(self._path(scope)):
            return problem(status, why if title.startswith("You") else f"{title} {why}", headers)
        return page(self._notice(title, why), status, headers)

    def _path(self, scope: Scope) -> str:
        path: str = scope["path"]
        return path[len(self._prefix) :] if self._prefix and path.startswith(self._prefix + "/") else path

    def _is_api(self, path: str) -> bool:
        return path == "/api" or path.startswith("/api/")

    def _is_static(self, scope: Scope) -> bool:
        return self._path(scope).startswith(("/static/", "/assets/"))


class _Watched:
    """A websocket that can be closed from our side while the application goes on."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._ended = asyncio.Event()

    async def end(self, code: int) -> None:
        """Close it for the visitor, and tell the application that the visitor has gone."""
        if not self._ended.is_set():
            self._ended.set()
            await self._send({"type": "websocket.close", "code": code})

    async def receive(self) -> MutableMapping[str, Any]:
        """Return the next message; that it was ended comes first."""
        coming = asyncio.ensure_future(self._receive())
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({coming, ending}, return_when=asyncio.FIRST_COMPLETED)
            if self._ended.is_set():
                return {"type": "websocket.disconnect", "code": _NOT_KNOWN}
            return coming.result()
        finally:
            ending.cancel()
            coming.cancel()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Pass a message on, as long as the websocket is open."""
        if not self._ended.is_set():
            await self._send(message)


def _without_mark(scope: Scope) -> Scope:
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name.lower() != SESSION_HEADER.encode()]}
