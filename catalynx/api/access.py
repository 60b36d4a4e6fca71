"""Who may call a route: each declares it once, in one way that a test can list.

``dependencies=[needs(Permission.RUN)]`` stands on every route that is not open, and `OPEN` on those that are.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.requests import Request

from catalynx.api.desk import Desk, desk_of
from catalynx.api.problems import Problem
from catalynx.hub import STATE_KEY, Permission, Person


class Needs:
    """Lets those through who have a permission; refuses the others, and notes the refusal in the audit.

    Parameters
    ----------
    permission : what is needed; None is nothing
    also_via : a way in that is let through without it
    """

    def __init__(self, permission: Permission | None, also_via: str | None = None) -> None:
        self.permission, self.also_via = permission, also_via

    async def __call__(self, request: Request) -> None:
        """Look at the person whom the gate let in."""
        if self.permission is None:
            return
        person = caller(request)
        if not person.may(self.permission) and (self.also_via is None or person.via != self.also_via):
            desk: Desk = desk_of(request)
            raise await desk.forbidden(
                request, f"This needs the permission {self.permission.name.lower()}, which you do not have here."
            )


def needs(permission: Permission, *, also_via: str | None = None) -> Any:
    """Return what a route's ``dependencies`` hold when it asks for `permission`; `also_via` is a way in that has it alone."""
    return Depends(Needs(permission, also_via))


OPEN: Final = Depends(Needs(None))
"""What the ``dependencies`` of a route hold that anybody may call."""


def caller(request: Request) -> Person:
    """Return who asks.

    Raises
    ------
    Problem
        401, when the gate let nobody in.
    """
    person = request.scope.get("state", {}).get(STATE_KEY)
    if not isinstance(person, Person):
        raise Problem(401, "Say who you are: send a token in the header Authorization.", headers={"WWW-Authenticate": "Bearer"})
    return person


Caller = Annotated[Person, Depends(caller)]
"""The parameter of a route that has to know who asks."""


def permission_of(route: APIRoute) -> Permission | None:
    """Return what a route declares; None when it is open.

    Raises
    ------
    LookupError
        It declares nothing, or twice.
    """
    declared = [one.dependency for one in route.dependencies if isinstance(one.dependency, Needs)]
    if len(declared) != 1:
        raise LookupError(f"{route.path} must declare needs(…) once, or OPEN; it does {len(declared)} times")
    return declared[0].permission


def routes_of(holder: Any) -> list[APIRoute]:
    """Return every route of an application or router that answers requests, those of the routers in it too."""
    found: list[APIRoute] = []
    for route in holder.routes:
        if isinstance(route, APIRoute):
            found.append(route)
        elif hasattr(route, "original_router"):
            found += routes_of(route.original_router)
    return found
