"""People as the gate knows them: what their roles allow, and which teams' profiles exist for them.

Roles come from groups of the identity provider; a role allows what the ones before it allow, and more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What an operation asks for; its value is the scope in tokens and at the hub."""

    VIEW = "custom:catalynx:view"
    RUN = "custom:catalynx:run"
    ADMIN = "custom:catalynx:admin"


class Role(StrEnum):
    """What a person is in the organisation."""

    EXECUTIVE = "executive"
    ANALYST = "analyst"
    ADMIN = "admin"


ALLOWS: dict[Role, frozenset[Permission]] = {
    Role.EXECUTIVE: frozenset({Permission.VIEW}),
    Role.ANALYST: frozenset({Permission.VIEW, Permission.RUN}),
    Role.ADMIN: frozenset(Permission),
}
"""Role → permissions: executives see, analysts also make and run, admins also operate, purge and read the audit."""

LOCAL_TEAM = "local"
SCRAPE = "scrape"
"""How somebody came in who has the token for the metrics, and may read them and nothing else."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody (or a service account) whom the gate let in.

    Attributes
    ----------
    name : log-in name, unique
    permissions : what is allowed; of roles, narrowed by the scopes of a token
    teams : the teams whose profiles exist for this person; None is every team (the one local user)
    session : id of the session or token that let the person in; what a page and its websocket are bound to
    via : local, token, hub, service or scrape: how the person came in
    """

    name: str
    permissions: frozenset[Permission]
    teams: frozenset[str] | None
    session: str
    via: str

    def may(self, permission: Permission) -> bool:
        """Say whether `permission` is allowed."""
        return permission in self.permissions


STATE_KEY = "person"
"""Where the gate puts the person: ``scope["state"][STATE_KEY]``, on http and websocket alike."""
