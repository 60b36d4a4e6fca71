"""From the provider's groups to roles and teams, and what the hub asks again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from catalynx.errors import SettingsError
from catalynx.hub.groups import SCOPES_OF_ROLES, claimed_groups, hub_groups, permissions_of, read_groups_file, teams_of
from catalynx.hub.lab import prepare_home
from catalynx.hub.people import Permission, Role
from catalynx.hub.refreshing import GroupReader, go_on_when_provider_is_down

ROLES = {Role.EXECUTIVE: ("board",), Role.ANALYST: ("research", "interns"), Role.ADMIN: ("it",)}


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (["board"], {"executive"}), (["research", "it", "canteen"], {"analyst", "admin"}), (["team:arts", "board"], {"executive", "team:arts"}),
        (["team:"], set()), (["Board", "xboard", "board "], set()), ("board", {"executive"}), ("board,it", set()), (None, set()), (7, set()),
        ({"board": True}, set()), ([None, 3, ["board"], "it"], {"admin"}), (["executive", "analyst", "admin"], set()), ([], set()),
    ],
)  # fmt: skip
def test_only_what_the_settings_name_becomes_a_role(claimed: object, expected: set[str]) -> None:
    assert hub_groups(claimed, ROLES, "team:") == expected


def test_teams_have_the_prefix_of_the_settings() -> None:
    assert hub_groups(["/teams/arts", "team:x"], ROLES, "/teams/") == {"team:arts"}
    assert teams_of(["team:arts", "team:", "executive"]) == {"arts"}


def test_claims_may_stand_inside_others() -> None:
    assert claimed_groups({"realm_access": {"roles": ["it"]}}, "realm_access.roles") == ["it"]
    assert claimed_groups({"https://x.test/groups": ["it"]}, "https://x.test/groups") == ["it"]
    assert claimed_groups({"realm_access": "it"}, "realm_access.roles") is None
    assert claimed_groups({}, "groups") is None


def test_scopes_give_permissions_and_filters_do_not() -> None:
    assert permissions_of(["custom:catalynx:view", "self"]) == {Permission.VIEW}
    assert permissions_of(["custom:catalynx:admin!user=ana", "CUSTOM:CATALYNX:RUN"]) == frozenset()


def test_only_roles_that_may_run_code_get_a_server() -> None:
    assert [role for role, scopes in SCOPES_OF_ROLES.items() if "self" in scopes] == [Role.ANALYST, Role.ADMIN]


def reader(groups_file: Path | None) -> GroupReader:
    return GroupReader(
        username_claim="email", groups_claim="groups", role_groups=ROLES, team_prefix="team:", groups_file=groups_file
    )


def test_a_file_of_groups_is_added_and_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "groups.yaml"
    file.write_text("board: [Ana@charity.test]\nteam:arts: [ana@charity.test, ben@charity.test]\n")
    ask = reader(file)
    ana = {"oauth_user": {"email": "ana@charity.test", "groups": ["it"]}}
    assert ask(ana) == {"admin", "executive", "team:arts"}
    file.write_text("board: []\n")
    assert ask(ana) == {"admin"}
    assert ask({"oauth_user": None}) == set()


@pytest.mark.parametrize("text", ["- board", "board: ana", "board: [1]", "board: [ana", "\tx", "7"])
def test_a_file_of_groups_of_another_shape_lets_nobody_in(tmp_path: Path, text: str) -> None:
    file = tmp_path / "groups.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match="CATALYNX_HUB_GROUPS_FILE"):
        read_groups_file(file)


@pytest.mark.parametrize(("status", "expected"), [(401, False), (403, False), (500, True), (599, True), (None, True)])
def test_only_a_provider_that_does_not_answer_is_waited_for(
    beside: Callable[..., Any], status: int | None, expected: bool
) -> None:
    from tornado.httpclient import HTTPClientError

    async def failing(self, user, handler) -> None:
        raise HTTPClientError(status) if status else ConnectionRefusedError

    asked = go_on_when_provider_is_down(failing)(None, SimpleNamespace(name="ana"))
    assert beside(asked) is expected


def test_a_home_gets_guides_and_data_and_keeps_what_is_there(tmp_path: Path) -> None:
    home, guides, lake = tmp_path / "home", tmp_path / "explore", tmp_path / "lake"
    for folder in (home, guides, lake):
        folder.mkdir()
    (guides / "01.ipynb").write_text("first")
    (guides / "02.ipynb").write_text("second")
    (home / "guides").mkdir()
    (home / "guides/01.ipynb").write_text("edited by ana")
    prepare_home(home, lake=lake, guides=guides)
    prepare_home(home, lake=tmp_path / "another", guides=guides)
    assert (home / "guides/01.ipynb").read_text() == "edited by ana"
    assert (home / "guides/02.ipynb").read_text() == "second"
    assert (home / "catalynx/lake").resolve() == lake


def test_the_guides_find_their_profile_and_the_day_of_the_dashboards(tmp_path: Path) -> None:
    from catalynx.settings import load_settings
    from catalynx.workspace import Workspace

    prepare_home(tmp_path, lake=None, guides=None, as_of=date(2024, 2, 9))
    with Workspace(load_settings(home=tmp_path / "catalynx")) as workspace:
        profile = workspace.records.find_profile("shelburne")
        assert workspace.as_of == date(2024, 2, 9)
        workspace.records.delete_profile(profile.profile_id)
    prepare_home(tmp_path, lake=None, guides=None, as_of=date(2025, 1, 1))
    with Workspace(load_settings(home=tmp_path / "catalynx")) as workspace:
        assert workspace.records.list_profiles().profiles == []
        assert workspace.as_of == date(2024, 2, 9)
