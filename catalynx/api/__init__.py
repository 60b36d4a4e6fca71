"""The HTTP API: a route parses, calls one function below, and serialises; it computes nothing.

``make_api(settings)`` gives the application. The gate in front of it says who asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catalynx.api.application import make_api

__all__ = ["make_api"]


def __getattr__(name: str) -> Any:
    # The command line asks for addresses without wanting a web server imported.
    if name != "make_api":
        raise AttributeError(f"module 'catalynx.api' has no attribute {name!r}")
    from catalynx.api import application

    return application.make_api
