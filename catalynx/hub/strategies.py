"""Ways to come in without the hub: the link that a local server prints, and tokens in the header ``Authorization``."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode

from catalynx.errors import NotAllowed, NotAuthenticated
from catalynx.hub.asgi import SESSION_HEADER, Answer, Scope, cookie_of, headers_of, page, problem, redirect, sent_twice
from catalynx.hub.people import ALLOWS, SCRAPE, Person, Role
from catalynx.hub.tokens import SECRET_MARK, Tokens

__all__ = ["SESSION_HEADER", "Bearer", "LocalLink", "ScrapeToken", "session_mark"]

MOST_SESSIONS: Final = 64
METRICS: Final = "/api/metrics"
SIGN_OUT: Final = "/sign-out"
WHERE_IT_STARTED: Final = "Look for it where the server was started:"
type Notice = Callable[[str, str], str]
"""Makes a page of a title and a reason."""


class LocalLink:
    """Lets one person in who has the link, and nobody else; only for servers that no other machine can reach.

    Parameters
    ----------
    token : the secret in the link
    user : name of the person
    port : on which the server is; cookies do not know ports, so that two servers on one machine need two names
    notice : makes the page for who has no link
    """

    by_cookie = True

    def __init__(self, *, token: str, user: str, port: int, notice: Notice) -> None:
        self._token, self._user, self._cookie, self._notice = token, user, f"catalynx-{port}", notice
        self._sessions: OrderedDict[str, None] = OrderedDict()

    async def person(self, scope: Scope) -> Person | None:
        """Return the one local user, when the cookie is that of a session."""
        session = self._session(scope)
        if session is None:
            return None
        return Person(self._user, ALLOWS[Role.ADMIN], None, session_mark(session), "local")

    async def answer(self, scope: Scope, person: Person | None) -> Answer | None:
        """Take the token out of a link, and sign out."""
        if scope["path"] == SIGN_OUT and scope["method"] == "POST" and person is not None:
            self._sessions.pop(self._session(scope) or "", None)
            return redirect("/", f"{self._cookie}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
        parts = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        offered = [value for name, value in parts if name == "token"]
        if not offered or scope["method"] != "GET":
            return None
        if len(offered) > 1 or not hmac.compare_digest(offered[0].encode("utf-8", "surrogateescape"), self._token.encode()):
            why = "It may be from an earlier start. Look for the new one where the server was started:"
            return page(self._notice("This link is not valid.", why), 403)
        session = secrets.token_urlsafe(32)
        self._sessions[session] = None
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        rest = urlencode([(name, value) for name, value in parts if name != "token"])
        # A path such as //evil.example would send the browser elsewhere: keep one slash.
        target = "/" + scope["raw_path"].decode("latin-1").lstrip("/\\") if "raw_path" in scope else "/"
        return redirect(target + (f"?{rest}" if rest else ""), f"{self._cookie}={session}; Path=/; HttpOnly; SameSite=Strict")

    async def begin(self, scope: Scope) -> Answer:
        """Say that the link is needed."""
        return page(self._notice("You need the link.", WHERE_IT_STARTED), 403)

    def _session(self, scope: Scope) -> str | None:
        offered = (cookie_of(scope, self._cookie) or "").encode("utf-8", "surrogateescape")
        # Every one is compared in constant time: how long it takes tells nothing about any of them.
        found = [known for known in self._sessions if hmac.compare_digest(known.encode(), offered)]
        return found[0] if found else None


class Bearer:
    """Lets in who sends one of our access tokens, or a service account's secret, as ``Authorization: Bearer …``.

    Browsers never send that header by themselves, so that no other page can make use of it.
    """

    by_cookie = False

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def person(self, scope: Scope) -> Person | None:
        """Return whose token it is; None when what stands in the header is not of our kind.

        Raises
        ------
        NotAuthenticated
            It is of our kind, and not good.
        """
        if sent_twice(scope, "authorization"):
            raise NotAuthenticated("The header Authorization was sent more than once.")
        way, _, token = headers_of(scope).get("authorization", "").partition(" ")
        token = token.strip()
        if way.lower() != "bearer" or not (token.startswith(SECRET_MARK) or token.count(".") >= 2):
            return None
        verify = self._tokens.verify_secret if token.startswith(SECRET_MARK) else self._tokens.verify
        # What has to ask the database must not hold up everybody else.
        return verify(token) if self._tokens.is_known(token) else await asyncio.to_thread(verify, token)

    async def answer(self, scope: Scope, person: Person | None) -> Answer | None:
        """Answer nothing: no path is its own."""
        return None

    async def begin(self, scope: Scope) -> Answer:
        """Say that a token is needed."""
        return problem(401, "Say who you are: send a token in the header Authorization.", [("www-authenticate", "Bearer")])


class ScrapeToken:
    """Lets Prometheus read ``GET /api/metrics``, and nothing else, with one token for which there is a setting.

    It stands before other ways in by ``Authorization``, which would refuse what they do not know.

    Parameters
    ----------
    token : the secret
    prefix : path under which everything is served, without a slash at its end
    """

    by_cookie = False

    def __init__(self, token: str, *, prefix: str = "") -> None:
        self._hash, self._path = hashlib.sha256(token.encode()).digest(), prefix + METRICS

    async def person(self, scope: Scope) -> Person | None:
        """Return somebody who may nothing but read the metrics; None when it is not this token.

        Raises
        ------
        NotAuthenticated
            The header was sent twice.
        NotAllowed
            It is this token, and something else is asked for.
        """
        if sent_twice(scope, "authorization"):
            raise NotAuthenticated("The header Authorization was sent more than once.")
        way, _, token = headers_of(scope).get("authorization", "").partition(" ")
        offered = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).digest()
        # Of hashes: what is compared has one length, whatever is offered.
        if way.lower() != "bearer" or not hmac.compare_digest(offered, self._hash):
            return None
        if scope["method"] != "GET" or scope["path"] != self._path:
            raise NotAllowed("This token reads GET /api/metrics, and nothing else.")
        return Person("metrics", frozenset(), frozenset(), self._hash.hex()[:32], SCRAPE)

    async def answer(self, scope: Scope, person: Person | None) -> Answer | None:
        """Answer nothing: no path is its own."""
        return None

    async def begin(self, scope: Scope) -> Answer:
        """Say that a token is needed."""
        return problem(401, "Say who you are: send a token in the header Authorization.", [("www-authenticate", "Bearer")])


def session_mark(session: str) -> str:
    """Return what stands for a session where its cookie must not stand."""
    return hashlib.sha256(session.encode()).hexdigest()[:32]
