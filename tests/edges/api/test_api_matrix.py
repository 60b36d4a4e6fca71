"""Role × operation × owner: every cell, and no operation that is not written down here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from catalynx.api.access import permission_of, routes_of
from catalynx.api.document import operations

pytestmark = pytest.mark.xdist_group("api")

OURS, THEIRS = "arts", "parks"
ROLES = ("nobody", "executive", "analyst", "admin")
ALLOWED = {
    "open": set(ROLES), "view": {"executive", "analyst", "admin"}, "run": {"analyst", "admin"}, "admin": {"admin"},
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """How an operation is called such that it succeeds, and what it needs.

    ``whose`` says what of a team's it names: a profile that stands, a fresh one, a fresh service account, a fresh scenario of one's
    own, or nothing of a team's.
    """

    needs: str
    status: int = 200
    whose: str | None = None
    body: Any = None
    query: str = ""
    content: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


IF_ANY = (("if-match", "*"),)
FOLLOW = {"candidate_id": "program:45.149", "kind": "program", "name": "Preservation and Access"}
CALLS: dict[str, Call] = {
    "accounts_list_accounts": Call("admin"),
    "accounts_make": Call("admin", 201, body={"name": "{account_name}", "role": "analyst"}),
    "accounts_rotate": Call("admin", whose="account"),
    "accounts_end": Call("admin", 204, whose="account"),
    "audit_entries": Call("admin"),
    "audit_check": Call("admin"),
    "auth_token": Call("view", body={"client": "matrix"}),
    "auth_refresh": Call("open", body={"refresh_token": "{refresh_token}"}),
    "auth_logout": Call("view", 204),
    "auth_me": Call("view"),
    "auth_jwks": Call("open"),
    "auth_sessions": Call("view"),
    "auth_end": Call("view", 204),
    "discovery_discover": Call("run", whose="profile", body={}, query="page_size=1"),
    "discovery_discover_federal": Call("run", whose="profile", body={"profile_id": "{profile_id}"}, query="page_size=1"),
    "discovery_score": Call("run", whose="profile", body={}, query="page_size=1"),
    "discovery_decide": Call("run", whose="profile", body={"record": False}, query="page_size=1"),
    "documents_openapi": Call("view"),
    "documents_docs": Call("view"),
    "explanations_explanation": Call("view", whose="profile", query="candidate_id=program:45.149"),
    "exports_export": Call("view", whose="profile", body={"profile_id": "{profile_id}", "table": "tracked"}),
    "exports_report": Call("run", 202, whose="profile", body={"profile_id": "{profile_id}"}),
    "finance_finances": Call("view", whose="profile", query="award_usd=50000&federal=true"),
    "finance_risks": Call("view", whose="profile", query="page_size=1"),
    "finance_risks_by_limits": Call("run", whose="profile", body={"reserve_months": 6}, query="page_size=1"),
    "imports_profiles": Call("run", body={"organization_name": "Imported by the matrix"}),
    "imports_published": Call(
        "admin", 202, query="name=matrix.csv", content=b"a,b\n", headers=(("content-type", "application/octet-stream"),)
    ),
    "jobs_list_jobs": Call("view"),
    "jobs_read": Call("view", whose="profile"),
    "jobs_cancel": Call("run", 202, whose="profile"),
    "jobs_result": Call("view", 409, whose="profile"),
    "jobs_result_file": Call("view", 409, whose="profile"),
    "likelihood_likelihood": Call("view", whose="profile", query="page_size=1"),
    "likelihood_train": Call("run", 202),
    "lookups_find": Call("view", query="q=shelburne"),
    "lookups_entity": Call("view"),
    "lookups_cache_stats": Call("view"),
    "lookups_draw": Call("view", whose="profile", body={"profile_id": "{profile_id}", "chart_type": "class_counts"}),
    "lookups_see_all": Call("view"),
    "lookups_decision_sets": Call("view", whose="profile"),
    "lookups_decisions": Call("view", whose="profile"),
    "lookups_evidence": Call("view", whose="profile", query="candidate_id=program:45.149&page_size=1"),
    "network_ties": Call("view", whose="profile"),
    "network_path": Call("view", whose="profile", query="to=Earhart%20Foundation"),
    "portfolio_plan": Call("view", whose="profile", body={"scenario_id": "{scenario_id}", "seconds": 2}),
    "portfolio_compare_two": Call(
        "view", whose="profile", body={"first": "{scenario_id}", "second": "{scenario_id}", "seconds": 2}
    ),
    "profiles_list_profiles": Call("view"),
    "profiles_make": Call("run", 201, body={"organization_name": "Made by the matrix"}),
    "profiles_read": Call("view", whose="profile"),
    "profiles_replace": Call("run", whose="fresh", body={"organization_name": "Changed"}, headers=IF_ANY),
    "profiles_purge": Call("admin", 204, whose="fresh"),
    "profiles_analytics": Call("view", whose="profile"),
    "profiles_metrics": Call("view", whose="profile"),
    "profiles_take_away": Call("view", whose="profile"),
    "reports_kinds": Call("view"),
    "reports_list_made": Call("view"),
    "reports_read": Call("view", whose="profile"),
    "reports_file": Call("view", whose="profile"),
    "scenarios_list_scenarios": Call("view", whose="profile"),
    "scenarios_make": Call("run", 201, whose="fresh", body={"name": "Kept", "wish": {"risk": 0.5}}),
    "scenarios_read": Call("view", whose="profile"),
    "scenarios_replace": Call("run", whose="scenario", body={"name": "{account_name}", "wish": {}}, headers=IF_ANY),
    "scenarios_delete": Call("run", 204, whose="scenario"),
    "scenarios_clone": Call("run", 201, whose="profile", body={"name": "{account_name}"}),
    "scenarios_undo": Call("run", whose="scenario", headers=IF_ANY),
    "scenarios_share": Call("run", whose="scenario", body={"shared": True}),
    "scenarios_history": Call("view", whose="profile"),
    "signing_calibration": Call("view", whose="profile"),
    "signing_list_signed": Call("view", whose="profile"),
    "signing_sign_plan": Call("run", 201, whose="profile", body={"title": "Spring", "why": "So.", "scenario_id": "{scenario_id}"}),
    "signing_read": Call("view", whose="profile"),
    "signing_reckon_again": Call("view", whose="profile"),
    "signing_list_outcomes": Call("view", whose="profile"),
    "signing_record": Call("run", 201, whose="profile", body={"candidate_id": "program:45.301", "turned_out": "submitted"}),
    "system_health": Call("open"),
    "system_status": Call("admin"),
    "system_metrics": Call("admin"),
    "tracked_list_tracked": Call("view", whose="profile"),
    "tracked_follow": Call("run", 201, whose="fresh", body=FOLLOW),
    "tracked_read": Call("view", whose="profile"),
    "tracked_change": Call("run", whose="profile", body={"notes": "seen"}, headers=IF_ANY),
    "tracked_move": Call("run", whose="profile", body={"stage": "candidates"}),
    "tracked_history": Call("view", whose="profile"),
}  # fmt: skip
NAMES_A_FILE = {"jobs_result_file": "x.csv", "reports_file": "executive_summary.html"}


def test_every_operation_is_written_down(house) -> None:
    told = {operation["operationId"]: operation["x-permission"] for _, _, operation in operations(house.document())}
    assert told == {name: call.needs for name, call in CALLS.items()}


def test_every_route_declares_its_permission_once_and_is_in_the_document(house) -> None:
    routes = routes_of(house.api)
    assert routes
    for route in routes:
        permission_of(route)
    told = {(method, path) for path, method, _ in operations(house.document())}
    assert {(method, route.path) for route in routes for method in route.methods} == told


def cells() -> list[tuple[str, str, str]]:
    return [
        (name, role, owner)
        for (name, call), role in product(CALLS.items(), ROLES)
        for owner in ((OURS, THEIRS) if call.whose else (OURS,))
    ]


@pytest.mark.parametrize(("name", "role", "owner"), cells(), ids=map("-".join, cells()))
def test_cell(house, name: str, role: str, owner: str) -> None:
    call = CALLS[name]
    path, method = next((path, method) for path, method, told in operations(house.document()) if told["operationId"] == name)
    person = None if role == "nobody" else house.person(role)
    fields = named(house, call, owner, person)
    path = path.format(**fields, name=NAMES_A_FILE.get(name, ""), ein="030179436")
    body = call.body and {key: value.format(**fields) if isinstance(value, str) else value for key, value in call.body.items()}
    more: dict[str, Any] = {"headers": dict(call.headers)} | ({"content": call.content} if call.body is None else {"json": body})
    answer = house.wire.ask(person, method, f"{path}?{call.query}" if call.query else path, **more)
    assert answer.status_code == expected(call, role, owner), answer.text[:300]
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


def expected(call: Call, role: str, owner: str) -> int:
    if role not in ALLOWED[call.needs]:
        return 401 if role == "nobody" else 403
    return 404 if owner == THEIRS else call.status


def named(house, call: Call, owner: str, person) -> dict[str, str]:
    """What the address names: everything of the owner's, and tokens of one's own."""
    fields = dict(house.ids[owner])
    if call.whose == "fresh":
        fields["profile_id"] = house.fresh_profile(owner)
    fields["account_name"] = house.fresh_name()
    if call.whose == "scenario":
        fields["scenario_id"] = house.fresh_scenario(person.name if person else "nobody", fields["profile_id"])
    if call.whose == "account":
        fields["account_id"] = house.fresh_account(owner)
    pair = house.tokens.issue(person or house.person("executive"), client="matrix")
    return {**fields, "session_id": pair.session, "refresh_token": pair.refresh_token}


def test_a_refusal_stands_in_the_audit(house) -> None:
    before = house.records.audit_head().sequence
    house.ask("executive", "POST", "/profiles", json={"organization_name": "No"})
    house.ask("executive", "GET", f"/profiles/{house.ids[THEIRS]['profile_id']}")
    refused = house.records.list_audit(after=before)
    assert [(entry.actor, entry.action, entry.target_kind, entry.allowed) for entry in refused] == [
        ("executive-of-arts", "POST /profiles", "operation", False),
        ("executive-of-arts", "GET /profiles/{profile_id}", "profile", False),
    ]
    assert refused[0].origin == "127.0.0.1"
