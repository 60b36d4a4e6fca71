"""What the hub asks the provider again: does the person still exist there, and in which groups?

The hub calls it whenever a person's knowledge of groups is older than the settings allow, also for
tokens, so that a change at the provider reaches pages that are open.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from catalynx.hub.groups import claimed_groups, hub_groups, read_groups_file
from catalynx.hub.people import Role

log = logging.getLogger(__name__)


class GroupReader:
    """Gives the hub's groups of a person, from what the provider said and from the file of groups.

    Parameters
    ----------
    username_claim, groups_claim : where the provider says who it is, and in which groups
    role_groups : role → names of groups of the provider
    team_prefix : how names of groups begin that are teams
    groups_file : see `catalynx.hub.groups.read_groups_file`; read anew for each person, so that a change counts at once
    """

    def __init__(
        self, *, username_claim: str, groups_claim: str, role_groups: Mapping[Role, tuple[str, ...]], team_prefix: str,
        groups_file: Path | None,
    ) -> None:  # fmt: skip
        self._username_claim, self._groups_claim = username_claim, groups_claim
        self._role_groups, self._team_prefix, self._groups_file = role_groups, team_prefix, groups_file

    def __call__(self, auth_state: Mapping[str, Any]) -> set[str]:
        """Return the groups for what the provider said of one person."""
        userinfo = auth_state.get("oauth_user")
        if not isinstance(userinfo, Mapping):
            return set()
        groups = hub_groups(claimed_groups(userinfo, self._groups_claim), self._role_groups, self._team_prefix)
        name = userinfo.get(self._username_claim)
        if self._groups_file is not None and isinstance(name, str):
            listed = [group for group, people in read_groups_file(self._groups_file).items() if name.lower() in people]
            groups |= hub_groups(listed, self._role_groups, self._team_prefix)
        return groups


def go_on_when_provider_is_down(refresh_user: Callable[..., Any]) -> Callable[..., Any]:
    """Return `refresh_user` of an authenticator that lets known people go on while the provider cannot be reached.

    They keep the groups that the provider told last. Nobody can log in anew meanwhile, and an answer of
    the provider that refuses somebody counts as before.
    """

    async def refreshing(self: Any, user: Any, handler: Any = None, **more: Any) -> Any:
        from tornado.httpclient import HTTPClientError

        try:
            found = refresh_user(self, user, handler, **more)
            return await found if inspect.isawaitable(found) else found
        except (HTTPClientError, OSError) as error:
            status = getattr(error, "code", 599)
            if 400 <= status < 500:
                return False
            log.warning("The provider cannot be asked about %s: %s.", user.name, type(error).__name__)
            return True

    return refreshing
