"""Who may do what: people, roles and teams, tokens, and the gate in front of everything that is served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalynx.hub.people import ALLOWS, LOCAL_TEAM, STATE_KEY, Permission, Person, Role

if TYPE_CHECKING:
    from catalynx.hub.asgi import SESSION_HEADER, Answer, Application, Receive, Scope, Send
    from catalynx.hub.gate import Gate, Strategy
    from catalynx.hub.keys import Keys
    from catalynx.hub.limits import Limits, Rate
    from catalynx.hub.strategies import Bearer, LocalLink
    from catalynx.hub.tokens import NewServiceAccount, TokenPair, Tokens

_PLACES = {
    "Answer": "asgi", "Application": "asgi", "Receive": "asgi", "Scope": "asgi", "Send": "asgi", "Gate": "gate",
    "Strategy": "gate", "Keys": "keys", "Limits": "limits", "Rate": "limits", "SESSION_HEADER": "asgi", "Bearer": "strategies",
    "LocalLink": "strategies", "NewServiceAccount": "tokens", "TokenPair": "tokens", "Tokens": "tokens",
}  # fmt: skip

__all__ = [
    "ALLOWS", "LOCAL_TEAM", "SESSION_HEADER", "STATE_KEY", "Answer", "Application", "Bearer", "Gate", "Keys", "Limits",
    "LocalLink", "NewServiceAccount", "Permission", "Person", "Rate", "Receive", "Role", "Scope", "Send", "Strategy", "TokenPair", "Tokens",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # The hub's configuration wants the roles without cryptography, and the command line without either.
    if name not in _PLACES:
        raise AttributeError(f"module 'catalynx.hub' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"catalynx.hub.{_PLACES[name]}"), name)
