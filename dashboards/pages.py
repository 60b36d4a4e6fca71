"""The register of pages: a page is one new file in this folder that holds a `PAGE`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dashboards
from catalynx.hub import Permission

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from catalynx.hub import Person
    from dashboards.answers import ProfileFacts, Workbench


@dataclass(frozen=True, slots=True)
class Visit:
    """One reader on one page: who, whom to ask, about which profile, and where in the page (the part after ``#``).

    `prefix` is the path in front of all that is served, for links to what is no page. `origin` is from where the page is looked
    at, as the audit keeps it; None is unknown.
    """

    workbench: Workbench
    profile: ProfileFacts
    place: Place
    person: Person
    prefix: str = ""
    origin: str | None = None


class Place:
    """The part of the URL after ``#``, e.g. ``page=2&evidence=program:45.164``: where in the page a reader is.

    Plain links move it, so going back, sending a link, and opening one in a new tab work.
    """

    def __init__(self, location: Any) -> None:
        self._location = location

    def read(self) -> dict[str, str]:
        """Return its parts; the first of parts with one name wins."""
        from urllib.parse import parse_qs

        # A `#` that Location was told by a browser; at most a handful of parts is ever meant.
        found = parse_qs((self._location.hash or "").lstrip("#")[:2_000], max_num_fields=None)
        return {name: values[0] for name, values in found.items()}

    def watch(self, moved: Callable[[dict[str, str]], Any]) -> None:
        """Call `moved` with the parts whenever they change."""

        async def on_change(event: Any) -> None:
            await moved(self.read())

        self._location.param.watch(on_change, "hash")


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to look at on a page: what it answers, how many of the twelve columns it takes, and its body."""

    name: str
    body: Viewable
    title: str | None = None
    columns: int = 12
    note: str | None = None
    plain: bool = False
    """Without a frame around it."""


@dataclass(frozen=True, slots=True)
class View:
    """A page as it is shown: its cards, the drawer for evidence, the foot, and what to do once the reader sees the skeleton."""

    cards: Sequence[Card]
    drawer: Viewable
    foot: Viewable
    load: Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what it is called, where it stands, the one question it answers, and who builds it.

    `icon` is the inside of an SVG of 24 × 24, drawn with lines. `build` gets a `Visit` and gives a `View`.
    """

    name: str
    path: str
    question: str
    icon: str
    order: int
    build: Callable[[Visit], View] = field(repr=False)
    permission: Permission = Permission.VIEW
    """What it takes to see it: for others it is neither in the navigation nor served."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A place beside the pages to which the navigation leads: what it is called, where it is, who sees it."""

    name: str
    path: str
    permission: Permission = Permission.VIEW


def find_pages() -> list[Page]:
    """Return the pages of this folder in the order of the navigation."""
    found: list[Page] = []
    for module in pkgutil.iter_modules(dashboards.__path__):
        page = getattr(importlib.import_module(f"dashboards.{module.name}"), "PAGE", None)
        if isinstance(page, Page):
            found.append(page)
    return sorted(found, key=lambda page: (page.order, page.name))
