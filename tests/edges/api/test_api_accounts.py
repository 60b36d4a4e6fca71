"""Service accounts: made by admins with no more than a role allows, listed, exchanged, ended; the secret is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalynx.errors import NotAuthenticated
from catalynx.hub import LOCAL_TEAM, Permission
from catalynx.records.models import Base

pytestmark = pytest.mark.xdist_group("api")

PATH = "/service-accounts"


def made(house: Any, **more: Any) -> dict[str, Any]:
    answer = house.ask("admin", "POST", PATH, json={"name": house.fresh_name(), "role": "analyst", **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


@pytest.mark.parametrize(
    ("asked", "permissions"),
    [
        ({"role": "executive"}, {Permission.VIEW}),
        ({"role": "analyst"}, {Permission.VIEW, Permission.RUN}),
        ({"role": "admin"}, set(Permission)),
        ({"role": "admin", "scopes": ["view"]}, {Permission.VIEW}),
    ],
)
def test_an_account_may_what_its_role_may_or_less(small_house: Any, asked: dict[str, Any], permissions: set[Permission]) -> None:
    told = made(small_house, **asked)
    person = small_house.tokens.verify_secret(told["secret"])
    assert (person.name, person.permissions, person.teams) == (f"service:{told['name']}", permissions, {"arts"})
    assert sorted(told["scopes"]) == sorted(map(str, permissions))
    assert told["created_by"] == "admin-of-arts"
    refused = {"executive": 403, "analyst": 201, "admin": 201}[asked["role"]] if "scopes" not in asked else 403
    made_by_it = small_house.wire.ask(person, "POST", "/profiles", json={"organization_name": "By an account"})
    assert made_by_it.status_code == refused


def test_it_expires_when_it_is_told_to_or_after_a_year(small_house: Any) -> None:
    for days, more in ((366, {}), (1, {"expires_in_days": 1})):
        expires = datetime.fromisoformat(made(small_house, **more)["expires_at"])
        assert abs(expires - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"role": "executive", "scopes": ["run"]}, 422, "scopes"), ({"role": "analyst", "scopes": ["admin"]}, 422, "scopes"),
        ({"role": "root"}, 422, "role"), ({"scopes": []}, 422, "scopes"), ({"teams": ["parks"]}, 422, "teams"),
        ({"teams": []}, 422, "teams"), ({"expires_in_days": 0}, 422, "expires_in_days"),
        ({"expires_in_days": 367}, 422, "expires_in_days"), ({"name": "a b"}, 422, "name"), ({"name": "service:x"}, 422, "name"),
        ({"secret": "cxs_mine"}, 422, "secret"),
    ],
)  # fmt: skip
def test_what_is_wider_or_wrong_is_refused_by_name(small_house: Any, wrong: dict[str, Any], status: int, field: str) -> None:
    before = len(small_house.tokens.service_accounts())
    answer = small_house.ask("admin", "POST", PATH, json={"name": small_house.fresh_name(), "role": "analyst", **wrong})
    assert (answer.status_code, answer.json()["errors"][0]["field"].partition("[")[0]) == (status, field)
    assert len(small_house.tokens.service_accounts()) == before


def test_nobody_gives_more_than_they_have(small_house: Any) -> None:
    narrow = replace(small_house.person("admin"), permissions=frozenset({Permission.ADMIN, Permission.VIEW}))
    answer = small_house.wire.ask(narrow, "POST", PATH, json={"name": small_house.fresh_name(), "role": "analyst"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (403, "scopes")


def test_the_one_local_user_makes_accounts_of_the_local_team(small_house: Any) -> None:
    local = replace(small_house.person("admin"), teams=None, via="local")
    answer = small_house.wire.ask(local, "POST", PATH, json={"name": small_house.fresh_name(), "role": "analyst"})
    assert answer.json()["teams"] == [LOCAL_TEAM]
    answer = small_house.wire.ask(
        local, "POST", PATH, json={"name": small_house.fresh_name(), "role": "analyst", "teams": ["parks"]}
    )
    assert answer.json()["teams"] == ["parks"]


def test_a_token_makes_no_secret_that_outlives_it(small_house: Any) -> None:
    account = small_house.fresh_account()
    for via in ("token", "service"):
        admin = replace(small_house.person("admin"), via=via)
        asked = {"name": small_house.fresh_name(), "role": "admin"}
        assert small_house.wire.ask(admin, "POST", PATH, json=asked).status_code == 403
        assert small_house.wire.ask(admin, "POST", f"{PATH}/{account}/rotate").status_code == 403
        assert small_house.wire.ask(admin, "GET", PATH).status_code == 200


def test_another_secret_ends_the_one_before_and_its_sessions(small_house: Any) -> None:
    told = made(small_house)
    old = told["secret"]
    pair = small_house.tokens.issue(small_house.tokens.verify_secret(old))
    answer = small_house.ask("admin", "POST", f"{PATH}/{told['account_id']}/rotate")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    again = answer.json()
    assert again["secret"] != old
    assert again["expires_at"] == told["expires_at"]
    assert small_house.tokens.verify_secret(again["secret"]).session == told["account_id"]
    for ask, offered in (
        (small_house.tokens.verify_secret, old), (small_house.tokens.verify, pair.access_token),
        (small_house.tokens.refresh, pair.refresh_token),
    ):  # fmt: skip
        with pytest.raises(NotAuthenticated):
            ask(offered)


def test_what_has_ended_has_ended(small_house: Any) -> None:
    told = made(small_house)
    place = f"{PATH}/{told['account_id']}"
    assert small_house.ask("admin", "DELETE", place).status_code == 204
    with pytest.raises(NotAuthenticated):
        small_house.tokens.verify_secret(told["secret"])
    assert small_house.ask("admin", "DELETE", place).status_code == 409
    assert small_house.ask("admin", "POST", f"{place}/rotate").status_code == 409
    again = small_house.ask("admin", "POST", PATH, json={"name": told["name"], "role": "executive"})
    assert again.status_code == 409, "a name is given once: the audit must mean one account by it"


def test_another_teams_accounts_do_not_exist(small_house: Any) -> None:
    theirs = small_house.fresh_account("parks")
    listed = small_house.ask("admin", "GET", PATH).json()["accounts"]
    assert theirs not in {one["account_id"] for one in listed}
    assert {team for one in listed for team in one["teams"]} <= {"arts"}
    assert small_house.ask("admin", "POST", f"{PATH}/{theirs}/rotate").status_code == 404
    assert small_house.ask("admin", "DELETE", f"{PATH}/{theirs}").status_code == 404


def test_who_shares_one_of_its_teams_ends_an_account_but_gets_no_secret_of_it(small_house: Any) -> None:
    both = small_house.person("admin", "arts", "parks")
    account = small_house.tokens.make_service_account(
        small_house.fresh_name(), {Permission.VIEW}, {"arts", "parks"}, by=both
    ).account.account_id
    answer = small_house.ask("admin", "POST", f"{PATH}/{account}/rotate")
    assert answer.status_code == 403
    assert "secret" not in answer.json()
    assert small_house.ask("admin", "DELETE", f"{PATH}/{account}").status_code == 204


def test_the_list_never_tells_a_secret_and_nothing_keeps_it(small_house: Any) -> None:
    headers = {"Idempotency-Key": small_house.fresh_name()}
    asked = {"name": small_house.fresh_name(), "role": "analyst"}
    told = small_house.ask("admin", "POST", PATH, json=asked, headers=headers).json()
    again = small_house.ask("admin", "POST", f"{PATH}/{told['account_id']}/rotate", headers=headers).json()
    tokens = small_house.ask("admin", "POST", "/auth/token", json={}, headers=headers).json()
    secrets = [told["secret"], again["secret"], tokens["access_token"], tokens["refresh_token"]]
    listed = small_house.ask("admin", "GET", PATH).text
    audit = small_house.ask("admin", "GET", "/audit?limit=500").text
    with small_house.records.reading() as session:
        rows = "\n".join(str(row) for table in Base.metadata.sorted_tables for row in session.execute(table.select()))
    assert told["account_id"] in listed
    assert told["account_id"] in rows
    for secret in secrets:
        for kept in (listed, audit, rows):
            assert secret[4:] not in kept


def test_the_audit_tells_what_was_given_to_whom(small_house: Any) -> None:
    before = small_house.records.audit_head().sequence
    told = made(small_house, expires_in_days=30)
    small_house.ask("admin", "POST", f"{PATH}/{told['account_id']}/rotate")
    small_house.ask("admin", "DELETE", f"{PATH}/{told['account_id']}")
    entries = small_house.records.list_audit(after=before)
    assert [one.action for one in entries] == ["make service account", "rotate service account", "revoke service account"]
    assert {(one.actor, one.target_kind, one.target, one.origin) for one in entries} == {
        ("admin-of-arts", "service account", told["account_id"], "127.0.0.1")
    }
    assert entries[0].detail["name"] == told["name"]
    assert entries[0].detail["teams"] == ["arts"]


def test_every_refusal_stands_in_the_audit(small_house: Any) -> None:
    both = small_house.person("admin", "arts", "parks")
    account = small_house.tokens.make_service_account(
        small_house.fresh_name(), {Permission.VIEW}, {"arts", "parks"}, by=both
    ).account.account_id
    admin = small_house.person("admin")
    narrow = replace(admin, permissions=frozenset({Permission.ADMIN, Permission.VIEW}))
    asked = {"name": small_house.fresh_name(), "role": "analyst"}
    tried = [
        (narrow, "POST", PATH, asked), (replace(admin, via="token"), "POST", PATH, asked),
        (replace(admin, via="token"), "POST", f"{PATH}/{account}/rotate", None), (admin, "POST", f"{PATH}/{account}/rotate", None),
        (narrow, "POST", "/auth/token", {"scopes": ["run"]}),
    ]  # fmt: skip
    before = small_house.records.audit_head().sequence
    for person, method, path, body in tried:
        assert small_house.wire.ask(person, method, path, json=body).status_code == 403
    told = [(one.actor, one.action, one.allowed) for one in small_house.records.list_audit(after=before)]
    make, rotate = f"POST {PATH}", f"POST {PATH}/{{account_id}}/rotate"
    assert told == [("admin-of-arts", action, False) for action in (make, make, rotate, rotate, "POST /auth/token")]
