"""Every operation that changes something: with its entry in the audit, from where it was asked, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from catalynx.api.document import operations
from catalynx.hub import Person
from catalynx.records.models import Base

pytestmark = pytest.mark.xdist_group("api")

OURS = "arts"
IF_ANY = {"if-match": "*"}
BYTES = {"content-type": "application/octet-stream"}
FOLLOW = {"candidate_id": "program:45.149", "kind": "program", "name": "Preservation and Access"}
Ask = Callable[[], Any]

SPRING = {"title": "Spring", "why": "Two deadlines.", "wish": {"staff": [{"who": "grant writer", "hours": 40}]}}
SUBMITTED = {"candidate_id": "program:45.301", "turned_out": "submitted"}


def changes(house: Any) -> dict[str, tuple[str, Ask]]:
    """Operation → what the audit calls it, and a call that succeeds."""
    profile, job = house.fresh_profile(), house.ids[OURS]["job_id"]
    tracked = house.records.track(profile, "program:45.301", kind="program", name="Museums").tracked_id
    scenario, deleted = (house.fresh_scenario(house.person("admin").name, profile) for _ in range(2))
    kept, fresh = f"/profiles/{profile}/scenarios/{scenario}", house.fresh_name()
    signed = f"/profiles/{house.ids[OURS]['profile_id']}/signed-decisions/{house.ids[OURS]['signed_id']}"
    account, ended = house.fresh_account(), house.fresh_account()
    admin = house.person("admin")
    session, other = house.tokens.issue(admin), house.tokens.issue(admin)
    in_session = Person(admin.name, admin.permissions, admin.teams, session.session, "token")

    def ask(method: str, path: str, person: Person = admin, **more: Any) -> Ask:
        return lambda: house.wire.ask(person, method, path, **more)

    of = f"/profiles/{profile}"
    return {
        "profiles_make": ("make profile", ask("POST", "/profiles", json={"organization_name": house.fresh_name()})),
        "profiles_replace": ("change profile", ask("PUT", of, json={"organization_name": "Changed"}, headers=IF_ANY)),
        "tracked_follow": ("follow candidate", ask("POST", f"{of}/tracked", json=FOLLOW)),
        "tracked_change": ("change tracked", ask("PATCH", f"{of}/tracked/{tracked}", json={"notes": "seen"}, headers=IF_ANY)),
        "tracked_move": ("move tracked", ask("POST", f"{of}/tracked/{tracked}/stage", json={"stage": "candidates"})),
        "scenarios_make": ("make scenario", ask("POST", f"{of}/scenarios", json={"name": fresh, "wish": {}})),
        "scenarios_replace": ("change scenario", ask("PUT", kept, json={"name": f"{fresh} two", "wish": {}}, headers=IF_ANY)),
        "scenarios_clone": ("clone scenario", ask("POST", f"{kept}/clone", json={"name": f"{fresh} three"})),
        "scenarios_undo": ("undo scenario", ask("POST", f"{kept}/undo", headers=IF_ANY)),
        "scenarios_share": ("share scenario", ask("POST", f"{kept}/share", json={"shared": True})),
        "scenarios_delete": ("delete scenario", ask("DELETE", f"{of}/scenarios/{deleted}")),
        "signing_sign_plan": ("sign decision", ask("POST", f"{of}/signed-decisions", json=SPRING)),
        "signing_record": ("record outcome", ask("POST", f"{signed}/outcomes", json=SUBMITTED)),
        "discovery_decide": ("record decisions", ask("POST", f"{of}/approach/synthesize-decision?page_size=1", json={})),
        "exports_export": (
            "ask for export",
            ask(
                "POST", "/export/opportunities", json={"profile_id": profile, "table": "tracked", "format": "csv", "queue": True}
            ),
        ),
        "exports_report": ("ask for report", ask("POST", "/export/comprehensive-report", json={"profile_id": profile})),
        "likelihood_train": ("ask for likelihood", ask("POST", "/likelihood/models")),
        "imports_profiles": ("import profile", ask("POST", "/profiles/import", json={"organization_name": house.fresh_name()})),
        "imports_published": ("ask for import", ask("POST", "/imports?name=audited.csv", content=b"a,b\n", headers=BYTES)),
        "jobs_cancel": ("cancel job", ask("POST", f"/jobs/{job}/cancel")),
        "auth_token": ("begin session", ask("POST", "/auth/token", json={"client": "audited"})),
        "auth_end": ("end session", ask("DELETE", f"/auth/sessions/{other.session}")),
        "auth_logout": ("end session", ask("POST", "/auth/logout", in_session)),
        "accounts_make": (
            "make service account",
            ask("POST", "/service-accounts", json={"name": house.fresh_name(), "role": "executive"}),
        ),
        "accounts_rotate": ("rotate service account", ask("POST", f"/service-accounts/{account}/rotate")),
        "accounts_end": ("revoke service account", ask("DELETE", f"/service-accounts/{ended}")),
        "profiles_purge": ("purge", ask("DELETE", of)),
    }


UNCHANGED = {
    "auth_refresh", "discovery_discover", "discovery_discover_federal", "discovery_score", "finance_risks_by_limits",
    "lookups_draw", "portfolio_plan", "portfolio_compare_two", "signing_reckon_again",
}  # fmt: skip
"""POSTs that change nothing that people made: they compute, or go on with a session whose beginning is in the audit."""


def test_every_operation_that_changes_something_is_tried(small_house: Any) -> None:
    changing = {told["operationId"] for _, method, told in operations(small_house.document()) if method != "GET"}
    assert changing - UNCHANGED == set(changes(small_house))


@contextmanager
def without_audit(house: Any) -> Iterator[None]:
    """Take the audit's table away: whatever wants to write an entry fails."""
    with house.records._writer.begin() as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO audit_away"))
    try:
        yield
    finally:
        with house.records._writer.begin() as connection:
            connection.execute(text("ALTER TABLE audit_away RENAME TO audit"))


def everything(house: Any) -> dict[str, list[tuple[Any, ...]]]:
    with house.records.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(table.select())), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name != "audit"
        }


@pytest.mark.parametrize("name", [
    "profiles_make", "profiles_replace", "tracked_follow", "tracked_change", "tracked_move", "scenarios_make", "scenarios_replace",
    "scenarios_clone", "scenarios_undo", "scenarios_share", "scenarios_delete", "signing_sign_plan", "signing_record",
    "discovery_decide", "exports_export",
    "exports_report", "likelihood_train", "imports_profiles", "imports_published", "jobs_cancel", "auth_token", "auth_end", "auth_logout", "accounts_make", "accounts_rotate", "accounts_end",
    "profiles_purge",
])  # fmt: skip
def test_with_its_entry_or_not_at_all(small_house: Any, name: str) -> None:
    house = small_house
    action, ask = changes(house)[name]
    before = everything(house)
    with without_audit(house):
        refused = ask()
        assert refused.status_code == 503, refused.text
        assert refused.headers["content-type"] == "application/problem+json"
        assert "audit" not in refused.text, "what is behind it is nobody's business"
    assert everything(house) == before
    last = house.records.audit_head()
    done = ask()
    assert done.status_code < 300, done.text
    entries = house.records.list_audit(after=last.sequence if last else 0)
    told = [one for one in entries if one.action == action]
    assert [(one.actor, one.allowed) for one in told] == [(house.person("admin").name, True)]
    if name != "profiles_purge":
        assert told[0].origin == "127.0.0.1"
    assert everything(house) != before
    assert house.records.verify_audit() is None
