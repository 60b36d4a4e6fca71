"""Who may do what: people, roles and teams, tokens, and the gate in front of everything that is served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalynx.hub.people import ALLOWS, LOCAL_TEAM, SCRAPE, STATE_KEY, Permission, Person, Role

if TYPE_CHECKING:
    from catalynx.hub.accounts import NewServiceAccount
    from catalynx.hub.asgi import SESSION_HEADER, Answer, Application, Receive, Scope, Send
    from catalynx.hub.gate import Gate, Strategy
    from catalynx.hub.hub_login import HubLogIn, HubUnreachable, LogInFailed
    from catalynx.hub.hub_strategies import HubBrowser, HubToken
    from catalynx.hub.keys import Keys
    from catalynx.hub.limits import IMPORT_BYTES, InProcess, InRedis, Limits, Rate
    from catalynx.hub.notices import notice
    from catalynx.hub.policies import still
    from catalynx.hub.settings import ServiceSettings
    from catalynx.hub.standing import HubStanding
    from catalynx.hub.strategies import Bearer, LocalLink, ScrapeToken
    from catalynx.hub.tokens import TokenPair, Tokens

_PLACES = {
    "accounts": ("NewServiceAccount",),
    "asgi": ("SESSION_HEADER", "Answer", "Application", "Receive", "Scope", "Send"),
    "gate": ("Gate", "Strategy"),
    "hub_login": ("HubLogIn", "HubUnreachable", "LogInFailed"),
    "hub_strategies": ("HubBrowser", "HubToken"),
    "keys": ("Keys",),
    "limits": ("IMPORT_BYTES", "InProcess", "InRedis", "Limits", "Rate"),
    "notices": ("notice",),
    "policies": ("still",),
    "settings": ("ServiceSettings",),
    "standing": ("HubStanding",),
    "strategies": ("Bearer", "LocalLink", "ScrapeToken"),
    "tokens": ("TokenPair", "Tokens"),
}

__all__ = [
    "ALLOWS", "IMPORT_BYTES", "LOCAL_TEAM", "SCRAPE", "SESSION_HEADER", "STATE_KEY", "Answer", "Application", "Bearer",
    "Gate", "HubBrowser", "HubLogIn", "HubStanding", "HubToken", "HubUnreachable", "InProcess", "InRedis", "Keys", "Limits",
    "LocalLink", "LogInFailed", "NewServiceAccount", "Permission", "Person", "Rate", "Receive", "Role", "Scope",
    "ScrapeToken", "Send", "ServiceSettings", "Strategy", "TokenPair", "Tokens", "notice", "still",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # The hub's configuration wants the roles without cryptography, and the command line without either.
    for place, names in _PLACES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(f"catalynx.hub.{place}"), name)
    raise AttributeError(f"module 'catalynx.hub' has no attribute {name!r}")
