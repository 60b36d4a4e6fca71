"""What the API answers, on the real data of the sample: the same figures as the library's, and every promise of its manners."""

from __future__ import annotations

import io
import json
import uuid
import zipfile

import pandas as pd
import pytest
import yaml

from catalynx import workflows
from catalynx.rules import RECOMMENDATIONS

pytestmark = pytest.mark.xdist_group("api")

MUSEUM = "museum-of-arts"


@pytest.fixture(scope="module")
def decided(house):
    workspace = house.api.state.desk.workspace()
    return workflows.decide(workspace, workspace.records.get_profile(MUSEUM))


def test_discovery_gives_the_candidates_of_the_library(house, decided) -> None:
    told = house.ask("analyst", "POST", f"/profiles/{MUSEUM}/discover/entity-analytics?page_size=500", json={}).json()
    assert (told["total"], told["lake_version"], told["as_of"]) == (len(decided.candidates), decided.lake_version, "2024-02-09")
    assert [one["candidate_id"] for one in told["opportunities"]] == decided.candidates["candidate_id"].head(500).tolist()
    assert sum(told["by_kind"].values()) == told["total"]
    assert told["opportunities"][0]["evidence"]["table"] in {"giving", "programs", "opportunities", "awards", "grants"}


def test_what_is_unknown_is_null(house, decided) -> None:
    told = house.ask(
        "analyst", "POST", f"/profiles/{MUSEUM}/discover/entity-analytics?page_size=500", json={"kinds": ["program"]}
    )
    unknown = decided.candidates[decided.candidates["kind"] == "program"].head(500)["grant_median_usd"].isna()
    assert unknown.any()
    assert [one["grant_median_usd"] is None for one in told.json()["opportunities"]] == unknown.tolist()


def test_federal_discovery_holds_federal_money_alone(house) -> None:
    told = house.ask("analyst", "POST", "/discovery/federal?page_size=100", json={"query": "museums"}).json()
    assert told["total"]
    assert set(told["by_kind"]) <= {"program", "opportunity"}
    assert all("museums" in (one["name"] + " " + (one["funder_name"] or "")).casefold() for one in told["opportunities"])


def test_scores_carry_their_components(house, decided) -> None:
    told = house.ask("analyst", "POST", f"/profiles/{MUSEUM}/opportunity-scores?page_size=20", json={"minimum_score": 0.5}).json()
    assert told["total"] == int((decided.candidates["score"] >= 0.5).sum())
    for one in told["results"]:
        known = [component["contribution"] for component in one["components"] if component["contribution"] is not None]
        assert sum(known) == pytest.approx(one["score"], abs=1e-9)
        assert all(component["because"] for component in one["components"])


def test_other_weights_give_other_scores_and_unknown_criteria_are_refused(house) -> None:
    path = f"/profiles/{MUSEUM}/opportunity-scores?page_size=1"
    told = house.ask("analyst", "POST", path, json={"kinds": ["program"], "weights": {"federal": {"mission": 1}}}).json()
    weights = {one["criterion"]: one["weight"] for one in told["results"][0]["components"]}
    assert weights["mission"] == 1
    refused = house.ask("analyst", "POST", path, json={"weights": {"federal": {"luck": 1}}})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "weights.federal"


def test_decisions_are_kept_with_what_they_rest_on(house, decided) -> None:
    path = f"/profiles/{MUSEUM}/approach/synthesize-decision?page_size=5"
    told = house.ask("analyst", "POST", path, json={"recommendation": "prepare"}).json()
    assert told["agenda"]["sentence"] == decided.agenda.sentence
    assert set(told["by_recommendation"]) <= set(RECOMMENDATIONS)
    assert all(one["recommendation"] == "prepare" and one["reasons_for"] for one in told["decisions"])
    kept = house.ask("executive", "GET", f"/profiles/{MUSEUM}/decisions/{told['set_id']}?page_size=500").json()
    assert kept["total"] == len(decided.decisions)
    assert kept["decisions"][0]["candidate_id"] == decided.decisions.sort_values("rank")["candidate_id"].iloc[0]
    sets = house.ask("executive", "GET", f"/profiles/{MUSEUM}/decisions").json()["decision_sets"]
    assert sets[0]["lake_version"] == decided.lake_version
    assert sets[0]["made_by"] == "analyst-of-arts"


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "parquet"])
def test_exports_hold_every_row(house, decided, form: str) -> None:
    answer = house.ask("executive", "POST", "/export/opportunities", json={"profile_id": MUSEUM, "format": form})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="decisions-{MUSEUM}.{form}"'
    read = {"csv": pd.read_csv, "xlsx": pd.read_excel, "json": pd.read_json, "parquet": pd.read_parquet}[form]
    frame = read(io.BytesIO(answer.content))
    assert frame["candidate_id"].tolist() == decided.decisions["candidate_id"].tolist()
    assert frame["score"].round(6).tolist() == pytest.approx(decided.decisions["score"].round(6).tolist(), nan_ok=True)


def test_exports_escape_formulas(house) -> None:
    profile = house.fresh_profile()
    body = {"candidate_id": "=1+1", "kind": "program", "name": '=HYPERLINK("http://evil.example")', "notes": "@SUM(A1)"}
    assert house.ask("analyst", "POST", f"/profiles/{profile}/tracked", json=body).status_code == 201
    asked = {"profile_id": profile, "table": "tracked"}
    text = house.ask("executive", "POST", "/export/opportunities", json={**asked, "format": "csv"}).text
    assert "'=HYPERLINK" in text
    assert "'@SUM" in text
    workbook = house.ask("executive", "POST", "/export/opportunities", json={**asked, "format": "xlsx"}).content
    sheet = zipfile.ZipFile(io.BytesIO(workbook)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


@pytest.mark.parametrize("name", ["class_counts", "ranked_scores", "score_parts"])
def test_charts_are_what_bokeh_draws_with_their_rows(house, decided, name: str) -> None:
    best = decided.decisions.sort_values("rank")["candidate_id"].iloc[0]
    body = {"profile_id": MUSEUM, "chart_type": name, "candidate_id": best}
    told = house.ask("executive", "POST", "/visualizations/generate-chart", json=body).json()
    assert told["question"].endswith("?")
    assert {"doc", "root_id"} <= set(told["chart_config"])
    assert told["table"]


def test_a_chart_without_marks_says_so(house) -> None:
    body = {"profile_id": MUSEUM, "chart_type": "deadlines", "as_of": "2023-01-01"}
    told = house.ask("executive", "POST", "/visualizations/generate-chart", json=body)
    assert told.status_code == 200
    assert told.json()["question"] == "Which deadlines come next?"


def test_a_chart_of_one_candidate_needs_one(house) -> None:
    answer = house.ask(
        "executive", "POST", "/visualizations/generate-chart", json={"profile_id": MUSEUM, "chart_type": "score_parts"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "candidate_id")


def test_search_finds_by_word_beginning_and_number(house) -> None:
    found = house.ask("executive", "GET", "/search?q=shelburne%20mus").json()
    assert [one["ein"] for one in found["organizations"]] == ["030179436"]
    assert house.ask("executive", "GET", "/search?q=03-0179436").json()["totals"]["organizations"] == 1
    assert (
        house.ask("executive", "GET", "/search?q=45.149&kinds=programs").json()["programs"][0]["assistance_listing"] == "45.149"
    )
    assert house.ask("executive", "GET", "/search?q=helburne").json()["totals"]["organizations"] == 0
    assert house.ask("executive", "GET", "/search?q=x&kinds=secrets").status_code == 422


def test_entities_come_from_memory_the_second_time(house) -> None:
    ein = "036016057"
    asked = [house.ask("executive", "GET", f"/entities/{ein}/data") for _ in range(2)]
    if asked[0].status_code == 404:
        ein = house.ask("executive", "GET", "/search?q=vermont%20community%20foundation").json()["organizations"][0]["ein"]
        asked = [house.ask("executive", "GET", f"/entities/{ein}/data") for _ in range(2)]
    assert [answer.json()["from_cache"] for answer in asked] == [False, True]
    tag = asked[0].headers["etag"]
    assert house.ask("executive", "GET", f"/entities/{ein}/data", headers={"if-none-match": tag}).status_code == 304
    stats = house.ask("executive", "GET", "/discovery/entity-cache-stats").json()
    assert 0 < stats["hit_rate"] < 1
    assert house.ask("executive", "GET", "/entities/999999999/data").status_code == 404
    assert house.ask("executive", "GET", "/entities/12/data").json()["errors"][0]["field"] == "ein"


def test_a_profile_is_filled_in_from_the_lake(house) -> None:
    made = house.ask("analyst", "POST", "/profiles", json={"ein": "03-0179436", "mission_statement": "Ours wins"})
    told = made.json()
    assert (made.status_code, told["organization_name"], told["state"]) == (201, "Shelburne Museum Incorporated", "VT")
    assert (told["team"], told["mission_statement"], told["version"]) == ("arts", "Ours wins", 1)
    assert made.headers["location"] == f"/api/profiles/{told['profile_id']}"
    assert made.headers["etag"] == '"1"'


def test_profiles_are_paged_searched_and_sorted(house) -> None:
    for number in range(5):
        house.fresh_profile(organization_name=f"Paged {number}")
    first = house.ask("executive", "GET", "/profiles?q=paged&page_size=2&sort=-name").json()
    assert (first["total"], [one["organization_name"] for one in first["profiles"]]) == (5, ["Paged 4", "Paged 3"])
    assert first["links"]["prev"] is None
    third = house.wire.ask(house.person("executive"), "GET", first["links"]["last"].removeprefix("/api")).json()
    assert [one["organization_name"] for one in third["profiles"]] == ["Paged 0"]
    assert third["links"]["next"] is None
    assert house.ask("executive", "GET", "/profiles?page_size=501").json()["errors"][0]["field"] == "page_size"
    assert house.ask("executive", "GET", "/profiles?sort=secret").status_code == 422
    teams = {one["team"] for one in house.ask("admin", "GET", "/profiles?page_size=500").json()["profiles"]}
    assert teams == {"arts"}


def test_a_write_needs_the_version_that_was_read(house) -> None:
    profile = house.fresh_profile()
    path, body = f"/profiles/{profile}", {"organization_name": "Changed"}
    assert house.ask("analyst", "PUT", path, json=body).status_code == 428
    tag = house.ask("analyst", "GET", path).headers["etag"]
    changed = house.ask("analyst", "PUT", path, json=body, headers={"if-match": tag})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    lost = house.ask("analyst", "PUT", path, json={"organization_name": "Lost"}, headers={"if-match": tag})
    assert (lost.status_code, lost.headers["etag"]) == (412, '"2"')
    read = house.ask("executive", "GET", path)
    assert read.json()["organization_name"] == "Changed"
    assert house.ask("executive", "GET", path, headers={"if-none-match": '"2"'}).status_code == 304


def test_a_change_by_another_process_is_seen_within_a_second(house) -> None:
    profile = house.fresh_profile()
    assert house.ask("executive", "GET", f"/profiles/{profile}").json()["version"] == 1
    house.records.save_profile(house.records.get_profile(profile).revised(organization_name="Elsewhere"))
    kept = house.api.state.desk.profiles
    clock = kept._clock
    kept._clock = lambda: clock() + 1.01
    try:
        assert house.ask("executive", "GET", f"/profiles/{profile}").json()["organization_name"] == "Elsewhere"
    finally:
        kept._clock = clock


def test_a_profile_in_memory_is_not_given_to_another_team(house) -> None:
    profile = house.fresh_profile()
    assert house.ask("executive", "GET", f"/profiles/{profile}").status_code == 200
    assert house.wire.ask(house.person("executive", "parks"), "GET", f"/profiles/{profile}").status_code == 404


def test_a_profile_cannot_be_put_into_another_team(house) -> None:
    profile = house.fresh_profile()
    body = {"organization_name": "Moved", "team": "parks"}
    for method, path, headers in (("POST", "/profiles", {}), ("PUT", f"/profiles/{profile}", {"if-match": "*"})):
        answer = house.ask("analyst", method, path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "team")


def test_the_same_post_twice_is_done_once(house) -> None:
    key = {"idempotency-key": str(uuid.uuid4())}
    body = {"organization_name": f"Once {key['idempotency-key']}"}
    first, second = (house.ask("analyst", "POST", "/profiles", json=body, headers=key) for _ in range(2))
    assert first.content == second.content
    assert (second.status_code, second.headers["idempotent-replayed"], second.headers["etag"]) == (201, "true", '"1"')
    assert house.ask("analyst", "GET", f"/profiles?q={key['idempotency-key']}").json()["total"] == 1
    other = house.ask("analyst", "POST", "/profiles", json={"organization_name": "Other"}, headers=key)
    assert other.status_code == 409
    refused = house.ask("analyst", "POST", "/profiles", json={"ein": "x"}, headers={"idempotency-key": "wrong-first"})
    assert refused.status_code == 422
    again = house.ask(
        "analyst", "POST", "/profiles", json={"organization_name": "Right"}, headers={"idempotency-key": "wrong-first"}
    )
    assert again.status_code == 201


def test_a_purge_leaves_nothing_to_read(house, files_holding) -> None:
    profile = house.fresh_profile(mission_statement="canary-7f3a")
    house.ask("analyst", "POST", f"/profiles/{profile}/tracked", json={"candidate_id": "x", "kind": "program", "name": "canary-7f3a"},
              headers={"idempotency-key": "purged"})  # fmt: skip
    house.ask("executive", "GET", f"/profiles/{profile}")
    assert house.ask("admin", "DELETE", f"/profiles/{profile}", headers={"if-match": '"9"'}).status_code == 412
    assert house.ask("admin", "DELETE", f"/profiles/{profile}").status_code == 204
    assert house.ask("executive", "GET", f"/profiles/{profile}").status_code == 404
    assert files_holding(house.settings.home, "canary-7f3a") == []
    entry = house.records.list_audit(limit=100_000)[-2]
    assert (entry.action, entry.actor) == ("purge", "admin-of-arts")


def test_everything_of_a_profile_can_be_taken_away(house) -> None:
    answer = house.ask("executive", "GET", f"/profiles/{MUSEUM}/export")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert {name.partition(".")[0] for name in archive.namelist()} == {
        "decisions", "profile", "runs", "scenarios", "signed_decisions", "tracked",
    }  # fmt: skip
    assert yaml.safe_load(archive.read("profile.yaml"))["profile_id"] == MUSEUM
    tracked = json.loads(archive.read("tracked.json"))
    assert tracked[0]["history"][0]["to_stage"] == "prospects"
    assert json.loads(archive.read("decisions.json"))[-1]["decisions"][0]["candidate_id"] == "program:45.301"


def test_what_is_followed_moves_with_its_history(house) -> None:
    profile = house.fresh_profile()
    body = {
        "candidate_id": "program:45.149",
        "kind": "program",
        "name": "Preservation",
        "ask_usd": 10_000,
        "deadline": "2027-03-14",
    }
    made = house.ask("analyst", "POST", f"/profiles/{profile}/tracked", json=body)
    one = made.headers["location"].removeprefix("/api")
    assert made.json()["deadline"] == "2027-03-14"
    assert house.ask("analyst", "POST", f"/profiles/{profile}/tracked", json=body).status_code == 409
    assert house.ask("analyst", "PATCH", one, json={"notes": "n"}).status_code == 428
    changed = house.ask("analyst", "PATCH", one, json={"notes": "n", "ask_usd": None}, headers={"if-match": made.headers["etag"]})
    assert (changed.json()["notes"], changed.json()["ask_usd"], changed.json()["deadline"]) == ("n", None, "2027-03-14")
    assert house.ask("analyst", "PATCH", one, json={}, headers={"if-match": made.headers["etag"]}).status_code == 412
    moved = house.ask("analyst", "POST", one + "/stage", json={"stage": "targets", "note": "fits", "expected_stage": "prospects"})
    assert moved.json()["stage"] == "targets"
    late = house.ask("analyst", "POST", one + "/stage", json={"stage": "won", "expected_stage": "prospects"})
    assert late.status_code == 409
    moves = house.ask("executive", "GET", one + "/history").json()["moves"]
    assert [(move["to_stage"], move["moved_by"]) for move in moves] == [
        ("prospects", "analyst-of-arts"),
        ("targets", "analyst-of-arts"),
    ]
    elsewhere = one.replace(profile, MUSEUM)
    assert house.ask("executive", "GET", elsewhere).status_code == 404
    metrics = house.ask("executive", "GET", f"/profiles/{profile}/metrics").json()
    assert (metrics["tracked_total"], metrics["tracked_by_stage"]["targets"], metrics["tracked_without_ask"]) == (1, 1, 1)
    funnel = house.ask("executive", "GET", f"/profiles/{profile}/tracked?stage=prospects").json()
    assert funnel["total"] == 0


def test_a_report_is_queued_and_cancelled(house) -> None:
    asked = house.ask("analyst", "POST", "/export/comprehensive-report", json={"profile_id": MUSEUM, "pdf": False})
    assert asked.status_code == 202
    job = asked.headers["location"].removeprefix("/api")
    assert house.ask("executive", "GET", job).json()["state"] == "queued"
    assert house.ask("executive", "GET", job + "/result").status_code == 409
    assert house.ask("analyst", "POST", job + "/cancel").json()["state"] == "cancelled"
    unknown = house.ask("analyst", "POST", "/export/comprehensive-report", json={"profile_id": MUSEUM, "report": "no_such"})
    assert unknown.status_code == 404
    past = {"report": "executive_summary", "parameters": {"profile": "museum-of-parks"}}
    refused = house.ask("analyst", "POST", "/export/comprehensive-report", json=past)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "parameters.profile")


def test_report_files_are_given_to_be_kept(house) -> None:
    listed = house.ask("executive", "GET", "/reports").json()
    assert [one["profile_id"] for one in listed["reports"]] == [MUSEUM]
    address = listed["reports"][0]["files"]["executive_summary.html"].removeprefix("/api")
    file = house.ask("executive", "GET", address)
    assert file.headers["content-disposition"].startswith("attachment")
    assert house.ask("executive", "GET", address.replace("executive_summary.html", "report.json")).status_code == 404


def test_tokens_are_given_narrowed_refreshed_and_ended(house) -> None:
    told = house.ask("analyst", "POST", "/auth/token", json={"scopes": ["view"], "client": "nightly"}).json()
    person = house.tokens.verify(told["access_token"])
    assert {one.name for one in person.permissions} == {"VIEW"}
    assert person.teams == {"arts"}
    assert house.ask("analyst", "POST", "/auth/token", json={"scopes": ["admin"]}).status_code == 403
    again = house.wire.ask(None, "POST", "/auth/refresh", json={"refresh_token": told["refresh_token"]})
    assert again.headers["cache-control"] == "no-store"
    replayed = house.wire.ask(None, "POST", "/auth/refresh", json={"refresh_token": told["refresh_token"]})
    assert replayed.status_code == 401
    assert house.ask("analyst", "DELETE", f"/auth/sessions/{told['session_id']}").status_code == 404
    mine = house.tokens.issue(house.person("analyst"), client="mine").session
    assert mine in {one["session_id"] for one in house.ask("analyst", "GET", "/auth/sessions").json()["sessions"]}
    assert house.ask("executive", "DELETE", f"/auth/sessions/{mine}").status_code == 404
    assert house.ask("analyst", "DELETE", f"/auth/sessions/{mine}").status_code == 204


def test_health_says_nothing_secret(house, other_house) -> None:
    told = house.wire.ask(None, "GET", "/health")
    assert (told.status_code, told.json()["status"]) == (200, "healthy")
    assert set(told.json()) == {"status", "records", "lake", "timestamp"}
    spoilt = other_house()
    (spoilt.settings.home / "lake").unlink()
    answer = spoilt.wire.ask(None, "GET", "/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["lake"]) == (200, "degraded", "failed")
    empty = spoilt.ask("executive", "GET", "/search?q=museum")
    assert (empty.status_code, empty.headers["retry-after"]) == (503, "5")
    assert str(spoilt.settings.home) not in empty.text


def test_metrics_have_labels_from_short_lists(house) -> None:
    for number in range(3):
        house.ask("executive", "GET", f"/nothing/{number}")
        house.ask("executive", "GET", f"/profiles/none-{number}")
    text = house.ask("admin", "GET", "/metrics").text
    assert 'route="/profiles/{profile_id}"' in text
    assert 'route="none"' in text
    assert "none-1" not in text
    assert MUSEUM not in text


def test_the_audit_is_whole_and_tells_who(house) -> None:
    profile = house.ask("analyst", "POST", "/profiles", json={"organization_name": "Audited"}).json()["profile_id"]
    told = house.ask("admin", "GET", f"/audit?limit=500&profile_id={profile}").json()
    assert [(one["actor"], one["action"], one["origin"]) for one in told["entries"]] == [
        ("analyst-of-arts", "make profile", "127.0.0.1")
    ]
    assert profile not in {one["target"] for one in told["entries"]}
    check = house.ask("admin", "GET", "/audit/check").json()
    assert check["whole"]
    assert check["sequence"] == house.records.audit_head().sequence


def test_the_page_of_the_document_needs_nothing_from_elsewhere(house) -> None:
    page = house.ask("executive", "GET", "/docs").text
    assert "/api/profiles/{profile_id}" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    document = house.ask("executive", "GET", "/openapi.json").json()
    assert (document["openapi"][:3], document["servers"]) == ("3.1", [{"url": "/api"}])


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("PATCH", "/profiles", 405), ("GET", "/profiles/", 404)]
)
def test_every_refusal_is_a_problem(house, method: str, path: str, status: int) -> None:
    answer = house.ask("admin", method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["instance"] == "/api" + path


def test_a_fault_of_ours_shows_nothing_of_itself(house, monkeypatch) -> None:
    monkeypatch.setattr("catalynx.api.resources.lookups.search", lambda *_, **__: 1 / 0)
    answer = house.ask("admin", "GET", "/search?q=secretword")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secretword" not in answer.text
    assert "ZeroDivision" not in answer.text


def test_who_comes_when_too_many_wait_is_told_to_come_again(house, monkeypatch) -> None:
    monkeypatch.setattr("catalynx.api.work.MOST_WAITING", {"quick": 0, "slow": 0})
    answer = house.ask("executive", "GET", "/profiles")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
