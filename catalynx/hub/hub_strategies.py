"""Ways to come in by the hub: in a browser by its log-in, and for programs by one of its tokens."""

from __future__ import annotations

from typing import Final

from catalynx.errors import NotAuthenticated
from catalynx.hub.asgi import Answer, Scope, headers_of, page, problem, redirect, sent_twice
from catalynx.hub.hub_login import CALLBACK, HubLogIn, LogInFailed
from catalynx.hub.notices import notice
from catalynx.hub.people import Permission, Person

SIGN_OUT: Final = "sign-out"


class HubBrowser:
    """Lets browsers in by the hub's log-in.

    Parameters
    ----------
    login : asks the hub
    prefix : path of the service, with a slash at both ends
    """

    by_cookie = True

    def __init__(self, login: HubLogIn, *, prefix: str) -> None:
        self._login, self._prefix = login, prefix

    async def person(self, scope: Scope) -> Person | None:
        """Return whom the hub knows by the cookie; None when it counts no more.

        Raises
        ------
        HubUnreachable
        """
        return await self._login.person(headers_of(scope).get("cookie", ""))

    async def answer(self, scope: Scope, person: Person | None) -> Answer | None:
        """Take a log-in that comes back from the hub, sign out, and tell who has no role how to become somebody else."""
        own = scope["path"].removeprefix(self._prefix)
        if own == CALLBACK and scope["method"] == "GET":
            return await self._finish(scope)
        if own == SIGN_OUT and scope["method"] == "POST":
            # A form may not lead to another host, where the provider is; a page may.
            out = notice("Signing out…", "If nothing happens:", link=(self._login.log_out_path, "Sign out"), go_on=True)
            return page(out, 200, [("set-cookie", self._login.end())])
        if person is not None and not person.may(Permission.VIEW):
            why = f"You are logged in as {person.name}, and none of your groups may see this. Ask whoever manages the groups."
            return page(notice("You may not open this.", why, link=(self._login.log_out_path, "Log in as somebody else")), 403)
        return None

    async def begin(self, scope: Scope) -> Answer:
        """Send who opens a page to the log-in; tell everything else that it is not logged in."""
        headers = headers_of(scope)
        opens = headers.get("sec-fetch-mode", "navigate") == "navigate" and "text/html" in headers.get("accept", "")
        if scope["method"] not in ("GET", "HEAD") or not opens:
            return page(notice("You are not logged in.", "Open Catalynx again.", link=(self._prefix, "Log in")), 401)
        query = scope["query_string"].decode("latin-1")
        sent = self._login.begin(scope["path"] + (f"?{query}" if query else ""))
        return redirect(sent.location, *sent.cookies)

    async def _finish(self, scope: Scope) -> Answer:
        try:
            sent = await self._login.finish(scope["query_string"].decode("latin-1"), headers_of(scope).get("cookie", ""))
        except LogInFailed as error:
            return page(notice("This log-in cannot be used.", str(error), link=(self._prefix, "Log in again")), 403)
        return redirect(sent.location, *sent.cookies)


class HubToken:
    """Lets in who sends a token of the hub as ``Authorization: token …`` or ``Bearer …``; its scopes say what it may."""

    by_cookie = False

    def __init__(self, login: HubLogIn) -> None:
        self._login = login

    async def person(self, scope: Scope) -> Person | None:
        """Return whose token it is; None when what stands in the header is of another kind.

        Raises
        ------
        NotAuthenticated
            The hub does not know the token.
        HubUnreachable
        """
        if sent_twice(scope, "authorization"):
            raise NotAuthenticated("The header Authorization was sent more than once.")
        way, _, token = headers_of(scope).get("authorization", "").partition(" ")
        token = token.strip()
        if way.lower() not in ("token", "bearer") or not token:
            return None
        person = await self._login.person_of_token(token)
        if person is None:
            raise NotAuthenticated("The hub does not know this token, or it counts no more.")
        return person

    async def answer(self, scope: Scope, person: Person | None) -> Answer | None:
        """Answer nothing: no path is its own."""
        return None

    async def begin(self, scope: Scope) -> Answer:
        """Say that a token is needed."""
        return problem(401, "Say who you are: send a token in the header Authorization.", [("www-authenticate", "Bearer")])
