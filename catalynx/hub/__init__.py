"""Who may do what: people, roles and teams, tokens, and the gate in front of everything that is served."""

from catalynx.hub.people import ALLOWS, LOCAL_TEAM, STATE_KEY, Permission, Person, Role

__all__ = ["ALLOWS", "LOCAL_TEAM", "STATE_KEY", "Permission", "Person", "Role"]
