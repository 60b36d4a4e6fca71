"""The application: every resource, every problem, the measures; to be mounted under ``/api`` behind a gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI

from catalynx import __version__
from catalynx.api.access import permission_of, routes_of
from catalynx.api.bodies import OrderlyBodies
from catalynx.api.desk import Desk
from catalynx.api.measures import Measured
from catalynx.api.models.basics import ProblemAnswer
from catalynx.api.problems import MEDIA_TYPE, answer_problems
from catalynx.api.repeats import Repeats
from catalynx.api.resources import routers

if TYPE_CHECKING:
    from fastapi.routing import APIRoute

    from catalynx.settings import Settings

DESCRIPTION: Final = (
    "Which funders and grant opportunities to pursue, in what order, and why. Answers are JSON; the unknown is null, never 0. "
    "Errors are problem+json [RFC 9457] and name the field. Writes carry If-Match; POST may carry an Idempotency-Key."
)
_REFUSALS: Final = {
    "400": "The request cannot be read", "401": "Say who you are", "403": "Not allowed", "404": "There is no such thing, for you",
    "409": "It stands otherwise", "412": "It was changed meanwhile", "413": "Too large", "415": "Not JSON",
    "422": "A field cannot be used", "428": "Send If-Match", "429": "Too many requests", "503": "Try again later",
}  # fmt: skip


def make_api(settings: Settings, *, tokens: Any = None, jobs: Any = None) -> FastAPI:
    """Return the API, to be mounted under ``/api`` behind a gate that puts a `Person` into ``scope["state"]["person"]``.

    Parameters
    ----------
    settings : where the workspace is
    tokens : gives and takes back tokens (`catalynx.hub.tokens.Tokens`); None where one local user is served by a link
    jobs : the queue (`catalynx.jobs.Jobs`); without one a report is made while its caller waits

    Close ``api.state.desk`` when it is not served any more.
    """
    desk = Desk(settings, tokens, jobs)
    api = FastAPI(
        title="Catalynx",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=_operation_id,
        redirect_slashes=False,
        separate_input_output_schemas=False,
    )
    api.state.desk = desk
    for router in routers():
        for route in routes_of(router):
            _describe(route)
        api.include_router(router)
    answer_problems(api)
    # The last one added stands outermost.
    api.add_middleware(Repeats, desk=desk)
    api.add_middleware(OrderlyBodies)
    api.add_middleware(Measured, measures=desk.measures)
    return api


def _operation_id(route: APIRoute) -> str:
    """Return a name that a generated client can use: ``profiles_list_profiles``."""
    module = str(getattr(route.endpoint, "__module__", "")).rpartition(".")[2]
    return f"{module}_{route.name}"


def _describe(route: APIRoute) -> None:
    """Say in the OpenAPI document what a route needs, and how it refuses."""
    permission = permission_of(route)
    route.openapi_extra = {
        **(route.openapi_extra or {}),
        "x-permission": "open" if permission is None else permission.name.lower(),
        **({"security": []} if permission is None else {}),
    }
    needless = set() if (route.methods or set()) & {"POST", "PUT", "PATCH"} else {"413", "415", "409"}
    for status, words in _REFUSALS.items():
        if status not in needless:
            content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemAnswer.__name__}"}}}
            route.responses.setdefault(status, {"description": words, "content": content})
