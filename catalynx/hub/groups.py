"""From the groups of the identity provider to the groups of the hub: roles and teams, and nothing else.

The hub's groups are named after the roles, and ``team:NAME`` for teams. Whatever other groups a
provider tells of are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from catalynx.errors import SettingsError
from catalynx.hub.people import Permission, Role

TEAM: Final = "team:"
MOST_GROUPS = 5_000

SCOPES_OF_ROLES: Final[dict[Role, tuple[str, ...]]] = {
    Role.EXECUTIVE: (Permission.VIEW,),
    Role.ANALYST: (Permission.RUN, "self"),
    Role.ADMIN: (Permission.ADMIN, "self"),
}
"""Role → what the hub grants beside access to the service: ``self`` is a server and tokens of one's own; executives have none."""


def hub_groups(claimed: object, role_groups: Mapping[Role, Iterable[str]], team_prefix: str) -> set[str]:
    """Return the hub's groups for the groups that a provider claims.

    Parameters
    ----------
    claimed : what the provider said: a list of names, one name, or anything else, which gives no group
    role_groups : role → names of groups of the provider
    team_prefix : how names of groups begin that are teams
    """
    names = {claimed} if isinstance(claimed, str) else set()
    if isinstance(claimed, list | tuple | set | frozenset):
        names = {name for name in list(claimed)[:MOST_GROUPS] if isinstance(name, str)}
    roles = {role.value for role, groups in role_groups.items() if names & set(groups)}
    teams = {TEAM + name.removeprefix(team_prefix) for name in names if name.startswith(team_prefix) and name != team_prefix}
    return roles | teams


def claimed_groups(userinfo: Mapping[str, Any], claim: str) -> object:
    """Return what stands at `claim` (periods go inside, e.g. ``realm_access.roles``); None when it is not there."""
    if claim in userinfo:
        return userinfo[claim]
    found: Any = userinfo
    for part in claim.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def read_groups_file(file: Path) -> dict[str, frozenset[str]]:
    """Read a file of groups: YAML, each group with the list of its people's log-in names.

    Raises
    ------
    SettingsError
        It cannot be read, or is of another shape.
    """
    import yaml

    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"CATALYNX_HUB_GROUPS_FILE cannot be read: {type(error).__name__}.") from None
    if not isinstance(read, dict) or not all(
        isinstance(group, str) and isinstance(people, list) and all(isinstance(name, str) for name in people)
        for group, people in read.items()
    ):
        raise SettingsError("CATALYNX_HUB_GROUPS_FILE must hold groups, each with a list of names: `analyst: [ana, ben]`.")
    return {group: frozenset(name.lower() for name in people) for group, people in read.items()}


def teams_of(groups: Iterable[str]) -> frozenset[str]:
    """Return the teams among the hub's groups."""
    return frozenset(group.removeprefix(TEAM) for group in groups if group.startswith(TEAM) and group != TEAM)


def permissions_of(scopes: Iterable[str]) -> frozenset[Permission]:
    """Return the permissions among the scopes of a person or token; the hub names included ones itself."""
    told = frozenset(scopes)
    return frozenset(permission for permission in Permission if permission in told)
