"""Whatever exists for others and not for who asks: 404, and an entry in the audit that says who asked, for every operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalynx.api.document import operations

pytestmark = pytest.mark.xdist_group("api")

OURS, THEIRS = "arts", "parks"
IF_ANY = {"if-match": "*"}
Named = dict[str, str]

BODIES: dict[str, dict[str, Any]] = {
    "discovery_discover": {}, "discovery_score": {}, "discovery_decide": {}, "profiles_replace": {"organization_name": "Mine"},
    "tracked_follow": {"candidate_id": "x", "kind": "program", "name": "x"}, "tracked_change": {"notes": "mine"},
    "tracked_move": {"stage": "targets"}, "finance_risks_by_limits": {}, "portfolio_plan": {},
    "portfolio_compare_two": {"first": "as it is", "second": "as it is"}, "scenarios_make": {"name": "Mine", "wish": {}},
    "scenarios_replace": {"name": "Mine", "wish": {}}, "scenarios_clone": {"name": "Mine"}, "scenarios_share": {"shared": True},
    "signing_sign_plan": {"title": "Mine", "why": "Mine."}, "signing_reckon_again": {},
    "signing_record": {"candidate_id": "x", "turned_out": "won"},
}  # fmt: skip
QUERIES = {
    "explanations_explanation": "?candidate_id=x", "lookups_evidence": "?candidate_id=x", "network_path": "?to=x",
}  # fmt: skip
NOBODYS = {"ein", "name"}
"""What an address may name that belongs to no team, or is told apart by what stands before it."""
IN_BODIES: dict[str, dict[str, Any]] = {
    "discovery_discover_federal": {}, "exports_export": {"table": "tracked"}, "exports_report": {},
    "lookups_draw": {"chart_type": "class_counts"},
}  # fmt: skip
"""Operations that name a profile in their body."""


def named(house: Any, owner: str) -> Named:
    """Everything of a team's that an address can name."""
    made = house.tokens.issue(house.person("executive", owner))
    return {**house.ids[owner], "account_id": house.fresh_account(owner), "session_id": made.session, "name": "x", "ein": "0"}


def of_others(house: Any) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Each operation with each thing of another team's in the place of ours: name, method, path, body."""
    ours, theirs = named(house, OURS), named(house, THEIRS)
    asked = []
    for path, method, told in operations(house.document()):
        name = told["operationId"]
        for parameter in told.get("parameters", []):
            if parameter["in"] == "path" and parameter["name"] not in NOBODYS:
                fields = {**ours, parameter["name"]: theirs[parameter["name"]]}
                asked.append((name, method, path.format(**fields) + QUERIES.get(name, ""), BODIES.get(name, {})))
        if name in IN_BODIES:
            asked.append((name, method, path, {**IN_BODIES[name], "profile_id": theirs["profile_id"]}))
    return asked


def test_everything_of_others_is_refused_with_an_entry(house: Any) -> None:
    asked, wrong = of_others(house), []
    for name, method, path, body in asked:
        # An admin may end anybody's session, so that somebody else has to ask for that.
        role = "analyst" if "/auth/sessions" in path else "admin"
        more: dict[str, Any] = {"headers": IF_ANY} if method in ("GET", "DELETE") else {"headers": IF_ANY, "json": body}
        before = house.records.audit_head().sequence
        answer = house.ask(role, method, path, **more)
        entries = [(one.actor, one.allowed) for one in house.records.list_audit(after=before)]
        if (answer.status_code, entries) != (404, [(f"{role}-of-arts", False)]):
            wrong.append((name, path, answer.status_code, entries))
    assert wrong == []
    assert len(asked) > 30
    assert {
        "accounts_rotate",
        "jobs_cancel",
        "reports_file",
        "tracked_read",
        "scenarios_read",
        "signing_record",
        "auth_end",
        "lookups_decisions",
    } <= {name for name, *_ in asked}


def test_what_does_not_exist_for_anybody_is_answered_alike(house: Any) -> None:
    theirs = named(house, THEIRS)
    pairs: list[tuple[str, Callable[[str], str], str]] = [
        ("profile_id", lambda one: f"/profiles/{one}", "nobody-has-this"),
        ("job_id", lambda one: f"/jobs/{one}", "f" * 32),
        ("report_id", lambda one: f"/reports/{one}", "executive_summary-none-1"),
    ]
    for field, path, nobodys in pairs:
        answers = [house.ask("admin", "GET", path(one)) for one in (theirs[field], nobodys)]
        told = [{**answer.json(), "instance": ""} for answer in answers]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert told[0] == told[1]


def test_the_audit_knows_another_teams_report_by_a_pseudonym(house: Any) -> None:
    report = house.ids[THEIRS]["report_id"]
    before = house.records.audit_head().sequence
    assert house.ask("admin", "GET", f"/reports/{report}").status_code == 404
    (entry,) = house.records.list_audit(after=before)
    assert entry.target_kind == "profile"
    assert "parks" not in entry.target
