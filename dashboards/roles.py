"""Pages that a role does not open are refused before they are made, on http and websocket alike."""

from __future__ import annotations

from collections.abc import Mapping

from catalynx.hub import STATE_KEY, Application, Permission, Person, Receive, Scope, Send
from dashboards.fragments import fragment


class RoleGate:
    """Lets those to a page who have its permission; Panel's own policy asks the same once more.

    Parameters
    ----------
    application : what is behind it
    permissions : path of a page, without `prefix` → what it takes
    prefix : path in front of all that is served
    """

    def __init__(self, application: Application, *, permissions: Mapping[str, Permission], prefix: str) -> None:
        self._application, self._permissions, self._prefix = application, permissions, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what the person may see, refuse the rest."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        path = "/" + scope["path"].removeprefix(self._prefix).lstrip("/").partition("/")[0]
        needed = self._permissions.get(path)
        person = scope.get("state", {}).get(STATE_KEY)
        if needed is None or (isinstance(person, Person) and person.may(needed)):
            await self._application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
        else:
            page = str(fragment("role_refused.html", home=self._prefix + "/")).encode()
            kind = [(b"content-type", b"text/html; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": kind})
            await send({"type": "http.response.body", "body": page})
