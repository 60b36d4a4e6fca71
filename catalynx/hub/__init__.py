"""Who may do what: people, roles and teams, tokens, and the gate in front of everything that is served."""

from catalynx.hub.hub_login import HubLogIn, HubUnreachable, LogInFailed
from catalynx.hub.notices import notice
from catalynx.hub.people import ALLOWS, LOCAL_TEAM, STATE_KEY, Permission, Person, Role

__all__ = ["ALLOWS", "LOCAL_TEAM", "STATE_KEY", "HubLogIn", "HubUnreachable", "LogInFailed", "Permission", "Person", "Role", "notice"]
