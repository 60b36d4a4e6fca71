"""The resources of the API, one file each: ``ROUTER`` holds its routes. A route parses, calls one function, and serialises."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter


def routers() -> Iterator[APIRouter]:
    """Return the routes of every resource; a new resource is one new file in this folder."""
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        router: APIRouter = importlib.import_module(f"{__name__}.{found.name}").ROUTER
        yield router
