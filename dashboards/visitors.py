"""Who looks at a page: the person whom the gate let in, as the session of the page knows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from catalynx.errors import CatalynxError
from catalynx.hub import SESSION_HEADER, Permission, Person

if TYPE_CHECKING:
    from collections.abc import Mapping


_trying: ContextVar[Person | None] = ContextVar("_trying", default=None)


class NobodyHere(CatalynxError):
    """A page was asked for without a person: the gate is not in front of it."""


@contextmanager
def trying_pages() -> Iterator[None]:
    """Let pages be made once before anybody visits, so that the first visitor does not wait for what is loaded then."""
    nobody = Person("nobody", frozenset({Permission.VIEW}), None, "", "local")
    token = _trying.set(nobody)
    try:
        yield
    finally:
        _trying.reset(token)


def current_person() -> Person:
    """Return whom the page is made for.

    Raises
    ------
    NobodyHere
    """
    import panel as pn

    request = getattr(pn.state.curdoc.session_context, "request", None) if pn.state.curdoc else None
    person = getattr(request, "user", None) or _trying.get()
    if not isinstance(person, Person):
        raise NobodyHere("This page was asked for without a log-in. Report this as a defect.")
    return person


def current_origin() -> str | None:
    """Return from where the page that is being made is looked at, as the audit keeps it; None is unknown."""
    import panel as pn

    request = getattr(pn.state.curdoc.session_context, "request", None) if pn.state.curdoc else None
    address = getattr(request, "remote_ip", None)
    return address[:100] if isinstance(address, str) and address else None


def bound_person(request: Any) -> Person | None:
    """Return the person of a request, if the page's token was made for the same session as the request.

    A signed token of one session would open the page of another otherwise.
    """
    import secrets

    from bokeh.util.token import get_token_payload

    person = request.state.get("person")
    offered = request.headers.get("sec-websocket-protocol", "")
    if not isinstance(person, Person):
        return None
    if offered.startswith("bokeh"):
        try:
            payload: Mapping[str, Any] = get_token_payload(offered.split(",")[1].strip())
            bound = payload["headers"][SESSION_HEADER]
        except (IndexError, KeyError, ValueError, AssertionError, TypeError):
            return None
        return person if secrets.compare_digest(bound, person.session) else None
    return person


def signed_in(person: Person) -> str:
    """Say how somebody came in, for the header."""
    if person.via == "local":
        return "Signed in on this computer"
    return "Signed in; teams: " + (", ".join(sorted(person.teams or ())) or "none")
