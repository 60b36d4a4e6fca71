"""The resources of the API, one file each: ``ROUTER`` holds its routes. A route parses, calls one function, and serialises."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter

MOST_ASKED = "profiles"


def routers() -> Iterator[APIRouter]:
    """Return the routes of every resource; a new resource is one new file in this folder."""
    # Routes are tried one after another, which for the last of them takes longer than the answer: what is asked most comes first.
    names = sorted((found.name for found in pkgutil.iter_modules(__path__)), key=lambda name: (name != MOST_ASKED, name))
    for name in names:
        router: APIRouter = importlib.import_module(f"{__name__}.{name}").ROUTER
        yield router
