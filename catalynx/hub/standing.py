"""What people may now, as the hub tells it: asked for those whom a token of ours stands for, who have no page open.

The hub asks the provider first when what it knows is older than its settings allow, by the same refresher as for pages.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from catalynx.hub.groups import permissions_of, teams_of
from catalynx.hub.hub_login import ANSWER_SECONDS, HubUnreachable
from catalynx.hub.people import Person

if TYPE_CHECKING:
    from tornado.web import RequestHandler

PATH: Final = "/catalynx/standing/"
"""Below the address of the hub's API."""
_LARGEST: Final = 2**20


class HubStanding:
    """Asks the hub what somebody may, by name. Safe to share between threads.

    Parameters
    ----------
    api_url, token : where the hub's API is, and the service's own token
    access_scopes : what somebody needs one of to come to the service at all
    """

    def __init__(self, api_url: str, token: str, *, access_scopes: frozenset[str]) -> None:
        self._url, self._token, self._access = api_url.rstrip("/") + PATH, token, access_scopes
        # Straight to the hub, on loopback: a proxy of the environment has no part in it.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())

    def __call__(self, name: str) -> Person | None:
        """Return what somebody may now; None when the hub, or the provider, knows them no more, or they may nothing.

        Raises
        ------
        HubUnreachable
            It cannot be found out.
        """
        told = self._asked(name)
        if told is None or not told.get("known") or told.get("name") != name:
            return None
        scopes = frozenset(told["scopes"])
        permissions = permissions_of(scopes) if scopes & self._access else frozenset()
        return Person(name, permissions, teams_of(told["groups"]), "", "hub") if permissions else None

    def _asked(self, name: str) -> dict[str, Any] | None:
        asked = urllib.request.Request(  # noqa: S310 - the address of the hub, from the hub itself
            self._url + quote(name, safe=""), headers={"Authorization": f"token {self._token}", "Accept": "application/json"}
        )
        try:
            with self._opener.open(asked, timeout=ANSWER_SECONDS) as answer:
                told = json.loads(answer.read(_LARGEST))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == http.HTTPStatus.NOT_FOUND and error.headers.get("X-Catalynx-Standing"):
                return None
            # Not: it is refused, so nobody is there. A hub that is set up otherwise must not end everybody's sessions.
            raise HubUnreachable(f"The hub answers {error.code} when it is asked what somebody may.") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise HubUnreachable(f"The hub does not say what somebody may: {type(error).__name__}.") from None
        if not isinstance(told, dict):
            raise HubUnreachable("The hub says what somebody may in a form that is not known.")
        return told


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Takes the service's token nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def standing_handlers() -> list[tuple[str, type[RequestHandler]]]:
    """Return what the hub needs for `HubStanding`: an address of its API that tells a person's groups and scopes.

    Whoever asks needs the scope ``read:roles:users``.
    """
    from jupyterhub.apihandlers.base import APIHandler
    from jupyterhub.scopes import get_scopes_for, needs_scope

    class StandingHandler(APIHandler):
        """Tells what somebody may, once the provider has been asked when that is due."""

        @needs_scope("read:roles:users")
        async def get(self, user_name: str) -> None:
            self.set_header("X-Catalynx-Standing", "1")
            user = self.find_user(user_name)
            if user is None:
                self.set_status(404)
                self.finish({"known": False})
                return
            if await self.refresh_auth(user) is None:
                self.finish({"known": False, "name": user.name})
                return
            groups = sorted(group.name for group in user.orm_user.groups)
            self.finish({"known": True, "name": user.name, "groups": groups, "scopes": sorted(get_scopes_for(user.orm_user))})

    return [(rf"/api{PATH}([^/]+)", StandingHandler)]


def with_standing(get_handlers: Callable[..., Any]) -> Callable[..., Any]:
    """Return `get_handlers` of an authenticator with the address that `HubStanding` asks."""

    def handlers(self: Any, app: Any) -> list[Any]:
        return [*get_handlers(self, app), *standing_handlers()]

    return handlers
