"""The decision desk over HTTP: tried, kept, shared, changed by two, undone, compared, signed, reckoned again, and what came of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from catalynx.records.exchange import profile_from_text
from catalynx.workflows import SAMPLE

pytestmark = pytest.mark.xdist_group("api")

MUSEUM = "/profiles/museum-of-arts"
STAFF: dict[str, Any] = {"staff": [{"who": "grant writer", "hours": 40}, {"who": "director", "hours": 20}]}
WITHOUT: dict[str, Any] = {
    "staff": [{"who": "grant writer", "hours": 40, "leaves": "2024-03-01"}, {"who": "director", "hours": 20}]
}


def kept(house: Any, name: str, wish: dict[str, Any], role: str = "analyst", profile: str = MUSEUM) -> httpx.Response:
    """Keep a scenario as somebody of our team."""
    made = house.ask(role, "POST", f"{profile}/scenarios", json={"name": name, "wish": wish})
    assert made.status_code == 201, made.text
    return made


def at(answer: httpx.Response) -> str:
    """Where what was made is, without what stands before every address."""
    return answer.headers["location"].removeprefix("/api")


def its(answer: httpx.Response) -> dict[str, str]:
    return {"if-match": answer.headers["etag"]}


def fields(answer: httpx.Response) -> list[str]:
    return [error["field"] for error in answer.json().get("errors", [])]


def test_a_plan_says_what_when_by_whom_and_what_one_more_hour_is_worth(house: Any) -> None:
    told = house.ask("executive", "POST", f"{MUSEUM}/portfolio", json={"wish": STAFF, "order": 5}).json()
    assert told["proven"]
    assert told["gap"] == pytest.approx(0, abs=1e-3)
    assert told["bound"] >= told["value"] - 1e-6
    assert sum(row["hours"] for row in told["schedule"]) == pytest.approx(sum(one["hours"] for one in told["chosen"]), abs=0.5)
    assert {row["who"] for row in told["schedule"]} <= {"grant writer", "director"}
    assert sum(told["hours"].values()) <= sum(told["hours_available"].values()) + 1e-6
    assert all(one["start"] <= one["finish"] for one in told["chosen"])
    assert [one["rank"] for one in told["order"]] == [1, 2, 3, 4, 5]
    assert told["worth_of_one_more_hour"].keys() <= {"applications"}
    assert all(one["worth_of_one_more"] >= 0 and one["how"] for one in told["binding"])
    assert (told["wish"]["staff"][0]["who"], told["forgotten"]) == ("grant writer", [])


def test_a_wish_changes_the_plan(house: Any) -> None:
    first = house.ask("executive", "POST", f"{MUSEUM}/portfolio", json={"wish": STAFF}).json()
    gone = first["chosen"][0]["candidate_id"]
    wish = {**STAFF, "must_not": [gone], "asks": {"foundation:000000000": 5_000}, "factors": {"mission": 2}, "method": "topsis"}
    then = house.ask("executive", "POST", f"{MUSEUM}/portfolio", json={"wish": wish}).json()
    assert gone not in {one["candidate_id"] for one in then["chosen"]}
    assert then["forgotten"] == ["foundation:000000000"]
    assert then["wish"] == {**wish, "staff": [{**one, "joins": None, "leaves": None} for one in STAFF["staff"]]}


def test_a_plan_keeps_shares_groups_and_pairs(house: Any) -> None:
    shipped = profile_from_text((SAMPLE / "demo_profile.yaml").read_text(), "yaml")
    museum = f"/profiles/{house.fresh_profile(**{**shipped.fields(), 'profile_id': 'museum-with-choice', 'team': 'arts'})}"
    many = {"staff": [{"who": "grant writers", "hours": 100, "joins": None, "leaves": None}]}
    first = house.ask("executive", "POST", f"{museum}/portfolio", json={"wish": many}).json()
    points = {one["candidate_id"]: one["points"] for one in first["chosen"]}
    best, *others = sorted(points, key=lambda one: -points[one])
    share = points[best] / sum(points.values()) - 0.01
    limits: dict[str, Any] = {
        "most_of_funder": share, "at_most_one": [[best, others[0]]], "only_with": [[others[1], "foundation:000000000"]],
        "matches": {others[0]: 5_000.0}, "matching_usd": 4_000.0,
    }  # fmt: skip
    plans = {
        name: house.ask("executive", "POST", f"{museum}/portfolio", json={"wish": {**many, name: value}}).json()
        for name, value in limits.items()
        if name != "matches"
    }
    held = {name: {one["candidate_id"]: one["points"] for one in plan["chosen"]} for name, plan in plans.items()}
    assert all(plan["proven"] for plan in plans.values())
    of_funder = held["most_of_funder"]
    assert max(of_funder.values()) <= share * sum(of_funder.values()) + 1e-6
    assert not {best, others[0]} <= set(held["at_most_one"])
    assert others[1] not in held["only_with"], "what it goes with cannot be planned"
    assert held["matching_usd"] == points, "none of them asks for money of one's own"
    told = house.ask("executive", "POST", f"{museum}/portfolio", json={"wish": {**many, **limits}}).json()
    assert others[0] not in {one["candidate_id"] for one in told["chosen"]}, "it asks for more than there is"
    assert {name: told["wish"][name] for name in limits} == limits
    kept_so = kept(house, "With limits", {**many, **limits}, profile=museum)
    assert {name: kept_so.json()["wish"][name] for name in limits} == limits


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"most_of_funder": 0}, "wish.most_of_funder"), ({"most_of_track": 1.1}, "wish.most_of_track"),
        ({"most_of_track": True}, "wish.most_of_track"), ({"matching_usd": -1}, "wish.matching_usd"),
        ({"matches": {"program:45.129": -5}}, "wish.matches.program:45.129"), ({"at_most_one": [["a"]]}, "wish.at_most_one[0]"),
        ({"at_most_one": [["a", "b"], ["c", "c"]]}, "wish.at_most_one[1]"), ({"at_most_one": ["a"]}, "wish.at_most_one[0]"),
        ({"at_most_one": [["a", ""]]}, "wish.at_most_one[0][1]"), ({"only_with": [["a", "b", "c"]]}, "wish.only_with[0]"),
        ({"only_with": [["a", "a"]]}, "wish.only_with[0]"), ({"at_most_one": [["a", "b"]] * 101}, "wish.at_most_one"),
        ({"factors": {"mission": -1}}, "wish.factors.mission"), ({"factors": {"nothing": 2}}, "wish.factors"),
        ({"method": "magic"}, "wish.method"), ({"risk": 2}, "wish.risk"), ({"staff": [{"who": "x", "hours": -5}]}, "wish.staff[0].hours"),
        ({"staff": [{"who": " ", "hours": 5}]}, "wish.staff[0].who"), ({"staff": []}, "wish.staff"), ({}, "wish.staff"),
        ({"must": ["a"], "must_not": ["a"]}, "wish.must_not"), ({"colour": "red"}, "wish.colour"),
        ({"deadlines": {"program:45.129": "soon"}}, "wish.deadlines.program:45.129"),
        ({"chances": {"program:45.129": 1.5}}, "wish.chances.program:45.129"), ({"aim": "fame"}, "wish.aim"),
        ({**STAFF, "factors": dict.fromkeys(
            ("what they give for", "where they give", "sums that suit us", "open to newcomers", "still giving", "time and rivals"), 0
        )}, "wish.factors"),
    ],
)  # fmt: skip
def test_what_cannot_be_tried_is_refused_by_its_name(house: Any, wish: dict[str, Any], field: str) -> None:
    answer = house.ask("executive", "POST", f"{MUSEUM}/portfolio", json={"wish": wish})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert any(one.startswith(field) for one in fields(answer)), answer.text


@pytest.mark.parametrize(
    ("asked", "field"), [({"seconds": 10.5}, "seconds"), ({"seconds": 0}, "seconds"), ({"order": 501}, "order")]
)
def test_nobody_looks_for_ever(house: Any, asked: dict[str, Any], field: str) -> None:
    answer = house.ask("analyst", "POST", f"{MUSEUM}/portfolio", json={"wish": STAFF, **asked})
    assert (answer.status_code, fields(answer)) == (422, [field])


def test_contradicting_limits_are_told_not_failed(house: Any) -> None:
    told = house.ask("executive", "POST", f"{MUSEUM}/portfolio", json={"wish": STAFF}).json()
    must = [one["candidate_id"] for one in told["chosen"]]
    wish = {"staff": [{"who": "grant writer", "hours": 1}], "must": must}
    answer = house.ask("executive", "POST", f"{MUSEUM}/portfolio", json={"wish": wish})
    assert (answer.status_code, answer.json()["status"], answer.json()["value"]) == (200, "infeasible", None)
    assert answer.json()["conflict"]
    assert answer.json()["gap"] is None


def test_a_scenario_is_its_authors_until_it_is_shared(house: Any) -> None:
    made = kept(house, "Mine alone", STAFF)
    one, name = at(made), "analyst-of-arts"
    assert (made.json()["author"], made.json()["shared"], made.json()["version"]) == (name, False, 1)
    before = house.records.audit_head().sequence
    for method, path, body in (
        ("GET", one, None), ("GET", f"{one}/history", None), ("POST", f"{one}/clone", {"name": "Stolen"}),
        ("POST", f"{one}/share", {"shared": True}), ("DELETE", one, None),
        ("POST", f"{MUSEUM}/portfolio", {"scenario_id": made.json()["scenario_id"]}),
        ("POST", f"{MUSEUM}/scenarios/compare", {"first": "as it is", "second": made.json()["scenario_id"]}),
    ):  # fmt: skip
        assert house.ask("admin", method, path, **({} if body is None else {"json": body})).status_code == 404
    refused = house.records.list_audit(after=before)
    assert {(entry.target_kind, entry.target, entry.allowed) for entry in refused} == {
        ("scenario", made.json()["scenario_id"], False)
    }
    assert len(refused) == 7
    listed = house.ask("executive", "GET", f"{MUSEUM}/scenarios?page_size=500").json()["scenarios"]
    assert "Mine alone" not in {each["name"] for each in listed}
    shared = house.ask("analyst", "POST", f"{one}/share", json={"shared": True})
    assert shared.json()["shared"] is True
    assert house.ask("executive", "GET", one).json()["name"] == "Mine alone"
    assert house.ask("admin", "DELETE", one).status_code == 403
    assert house.ask("admin", "POST", f"{one}/share", json={"shared": False}).status_code == 403
    assert house.ask("analyst", "DELETE", one, headers=its(made)).status_code == 412
    assert house.ask("analyst", "DELETE", one, headers=its(shared)).status_code == 204
    assert house.ask("analyst", "GET", one).status_code == 404


def test_a_name_says_nothing_of_what_others_keep(house: Any) -> None:
    mine, theirs = (kept(house, "The same name", {}, role) for role in ("analyst", "admin"))
    assert {mine.json()["author"], theirs.json()["author"]} == {"analyst-of-arts", "admin-of-arts"}
    again = house.ask("analyst", "POST", f"{MUSEUM}/scenarios", json={"name": "The same name", "wish": {}})
    assert again.status_code == 409


def test_two_who_change_it_at_once_lose_nothing(house: Any) -> None:
    made = kept(house, "Ours", STAFF)
    one = at(made)
    house.ask("analyst", "POST", f"{one}/share", json={"shared": True})
    read = house.ask("admin", "GET", one)
    body = {"name": "Ours", "wish": {**STAFF, "risk": 0.5}}
    assert house.ask("analyst", "PUT", one, json=body).status_code == 428
    first = house.ask("analyst", "PUT", one, json=body, headers=its(read))
    assert (first.status_code, first.json()["version"], first.json()["changed_by"]) == (200, 2, "analyst-of-arts")
    late = house.ask("admin", "PUT", one, json={"name": "Theirs", "wish": {}}, headers=its(read))
    assert late.status_code == 412
    assert house.ask("admin", "GET", one).json()["name"] == "Ours"
    second = house.ask("admin", "PUT", one, json={**body, "name": "Renamed"}, headers=its(first))
    assert (second.json()["name"], second.json()["version"]) == ("Renamed", 2)
    assert house.ask("admin", "POST", f"{one}/undo", headers=its(first)).status_code == 412, "its name is another"
    kept(house, "Taken", {})
    taken = house.ask("analyst", "PUT", one, json={"name": "Taken", "wish": {}}, headers=its(second))
    assert taken.status_code == 409
    assert house.ask("admin", "GET", one).json()["wish"] == second.json()["wish"], "all of a change is kept, or nothing"


def test_a_change_is_undone_step_by_step(house: Any) -> None:
    made = kept(house, "Steps", {"risk": 0.1})
    one, last = at(made), made
    for risk in (0.2, 0.3):
        last = house.ask("analyst", "PUT", one, json={"name": "Steps", "wish": {"risk": risk}}, headers=its(last))
    for risk, more in ((0.2, True), (0.1, False)):
        last = house.ask("analyst", "POST", f"{one}/undo", headers=its(last))
        assert (last.json()["wish"], last.json()["can_undo"]) == ({"risk": risk}, more)
    assert house.ask("analyst", "POST", f"{one}/undo", headers=its(last)).status_code == 409
    assert house.ask("analyst", "POST", f"{one}/undo").status_code == 428
    versions = house.ask("analyst", "GET", f"{one}/history").json()["versions"]
    assert [(each["version"], each["wish"]["risk"]) for each in versions] == [(1, 0.1), (2, 0.2), (3, 0.3), (4, 0.2), (5, 0.1)]


def test_a_copy_outlives_what_it_was_copied_from(house: Any) -> None:
    made = kept(house, "Base", STAFF)
    copied = house.ask("analyst", "POST", f"{at(made)}/clone", json={"name": "Copy"})
    assert (copied.status_code, copied.json()["cloned_from"]) == (201, made.json()["scenario_id"])
    assert house.ask("analyst", "POST", f"{at(made)}/clone", json={"name": "Copy"}).status_code == 409
    assert house.ask("analyst", "DELETE", at(made)).status_code == 204
    assert house.ask("analyst", "GET", at(copied)).json()["wish"] == made.json()["wish"]
    asked = {"scenario_id": made.json()["scenario_id"]}
    assert house.ask("analyst", "POST", f"{MUSEUM}/portfolio", json=asked).status_code == 404
    assert house.ask("analyst", "POST", f"{MUSEUM}/portfolio", json={"scenario_id": copied.json()["scenario_id"]}).json()[
        "proven"
    ]


def test_kept_once_however_often_it_is_sent(house: Any) -> None:
    profile = f"/profiles/{house.fresh_profile()}"
    asked = {"json": {"name": "Once", "wish": STAFF}, "headers": {"idempotency-key": "scenario-once"}}
    first, second = (house.ask("analyst", "POST", f"{profile}/scenarios", **asked) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["etag"] == first.headers["etag"]
    assert house.ask("analyst", "GET", f"{profile}/scenarios").json()["total"] == 1


def test_a_wish_or_a_scenario_not_both(house: Any) -> None:
    asked = {"scenario_id": house.ids["arts"]["scenario_id"], "wish": STAFF}
    answer = house.ask("analyst", "POST", f"{MUSEUM}/portfolio", json=asked)
    assert (answer.status_code, fields(answer)) == (422, ["scenario_id"])


def test_without_the_writer_from_march(house: Any) -> None:
    first, second = (
        kept(house, name, wish).json()["scenario_id"] for name, wish in (("All here", STAFF), ("Till March", WITHOUT))
    )
    told = house.ask("analyst", "POST", f"{MUSEUM}/scenarios/compare", json={"first": first, "second": second}).json()
    assert (told["first"]["name"], told["second"]["scenario_id"]) == ("All here", second)
    assert told["second"]["hours"] <= told["first"]["hours"]
    assert set(told["leaves"]) == {one["candidate_id"] for one in told["applications"] if one["second_hours"] is None}
    assert set(told["enters"]) == {one["candidate_id"] for one in told["applications"] if one["first_hours"] is None}
    assert told["sentence"].endswith(".")
    same = house.ask("analyst", "POST", f"{MUSEUM}/scenarios/compare", json={"first": first, "second": first}).json()
    assert (same["enters"], same["leaves"]) == ([], [])
    usual = {"first": "as it is", "second": first}
    answer = house.ask("executive", "POST", f"{MUSEUM}/scenarios/compare", json=usual)
    assert answer.status_code == 404, "an unshared one is nobody else's"
    answer = house.ask("analyst", "POST", f"{MUSEUM}/scenarios/compare", json=usual)
    assert (answer.status_code, fields(answer)) == (422, ["wish.staff"]), "the profile says no hours"


def signed(house: Any, profile: str = MUSEUM, **more: Any) -> httpx.Response:
    asked = {"title": "Spring", "why": "Two deadlines.", "dissent": "Bob: too early.", "wish": STAFF, **more}
    return house.ask("analyst", "POST", f"{profile}/signed-decisions", json=asked)


def test_a_signed_decision_is_reckoned_again_to_the_same_numbers(house: Any) -> None:
    made = signed(house)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["signed_by"], told["version"], told["dissent"]) == ("analyst-of-arts", 1, "Bob: too early.")
    assert house.ask("executive", "GET", at(made)).json() == told
    assert told["inputs"]["wish"]["staff"][0]["hours"] == 40
    again = house.ask("executive", "POST", f"{at(made)}/replay").json()
    assert (again["same"], again["count"], again["changed"], again["differences"]) == (True, 0, [], [])
    assert (again["verdict"], again["ended"], again["plan_count"], again["plan_differences"]) == ("same", None, 0, [])
    for method in ("PUT", "PATCH", "DELETE"):
        assert house.ask("admin", method, at(made), json={}).status_code == 405, "it is never changed"
    entry = next(one for one in reversed(house.records.list_audit(limit=100_000)) if one.action == "sign decision")
    assert (entry.actor, entry.detail["signed_id"]) == ("analyst-of-arts", told["signed_id"])


def test_a_replay_says_which_input_changed(small_house: Any) -> None:
    house = small_house
    name = house.fresh_profile(state="VT", mission_statement="A museum of American art.", ntee_codes=["A50"])
    made = signed(house, f"/profiles/{name}")
    profile = house.records.get_profile(name)
    house.records.save_profile(profile.revised(mission_statement="Boats, and nothing else."), expected_version=profile.version)
    as_it_was = house.ask("executive", "POST", f"{at(made)}/replay", json={"today": False}).json()
    assert as_it_was["same"]
    assert as_it_was["changed"] == ["The profile was changed (version 1, now 2); it was taken as it was."]
    today = house.ask("executive", "POST", f"{at(made)}/replay", json={"today": True}).json()
    assert not today["same"]
    assert today["count"] >= len(today["differences"]) > 0
    assert {"where", "signed", "now"} == set(today["differences"][0])


def test_a_decision_is_replaced_once(house: Any) -> None:
    first = signed(house).json()["signed_id"]
    second = signed(house, replaces=first)
    assert (second.status_code, second.json()["version"], second.json()["replaces"]) == (201, 2, first)
    assert signed(house, replaces=first).status_code == 409
    assert signed(house, replaces="0" * 32).status_code == 404
    assert signed(house, replaces=house.ids["parks"]["signed_id"]).status_code == 404
    assert signed(house, why=" ").status_code == 422
    listed = house.ask("executive", "GET", f"{MUSEUM}/signed-decisions?page_size=500").json()["decisions"]
    assert {first, second.json()["signed_id"]} <= {one["signed_id"] for one in listed}
    assert [one["signed_at"] for one in listed] == sorted((one["signed_at"] for one in listed), reverse=True)


def test_what_became_of_it_is_written_down_and_stays(house: Any) -> None:
    made = signed(house)
    held, of = made.json()["results"]["chosen"][0]["candidate_id"], f"{at(made)}/outcomes"
    for asked in (
        {"turned_out": "submitted", "hours_spent": 40},
        {"turned_out": "won", "amount_usd": 5_000, "on_day": "2024-06-01"},
    ):
        written = house.ask("analyst", "POST", of, json={"candidate_id": held, **asked})
        assert written.status_code == 201, written.text
    told = house.ask("executive", "GET", of).json()
    assert [(one["position"], one["turned_out"], one["amount_usd"], one["hours_spent"]) for one in told["outcomes"]] == [
        (1, "submitted", None, 40.0),
        (2, "won", 5_000.0, None),
    ]
    for asked, field in (
        ({"candidate_id": "foundation:1", "turned_out": "won"}, "candidate_id"), ({"turned_out": "lost"}, "turned_out"),
        ({"turned_out": "declined", "amount_usd": 5}, "amount_usd"), ({"turned_out": "won", "hours_spent": -1}, "hours_spent"),
    ):  # fmt: skip
        refused = house.ask("analyst", "POST", of, json={"candidate_id": held, **asked})
        assert (refused.status_code, fields(refused)) == (422, [field])


def test_how_right_it_was_is_told_as_far_as_it_is_known(house: Any) -> None:
    name = house.fresh_profile()
    chosen = [
        {"candidate_id": f"constructed:{number}", "name": "Constructed", "hours": 40, "effort_hours": 40, "chance": 0.5,
         "ask_usd": 1_000}
        for number in range(6)
    ]  # fmt: skip
    decided = house.records.sign_decision(
        name, title="Constructed", why="Because.", holds="Six.", inputs={}, lake_version="v1", by="Ada",
        results={"chosen": chosen},
    )  # fmt: skip
    of = f"/profiles/{name}/calibration"
    before = house.ask("executive", "GET", of).json()
    assert before.pop("sentences")[1] == "No application has ended yet."
    assert before == {
        "profile_id": name, "decided": 0, "won": 0, "won_low": None, "won_high": None,
        **{key: {"count": 0, "ratio": None, "low": None, "high": None} for key in ("hours", "amounts", "wins")},
    }  # fmt: skip
    for number, one in enumerate(chosen):
        house.records.record_outcome(
            decided.signed_id, one["candidate_id"], "won" if number else "declined", hours_spent=60,
            amount_usd=500 if number else None,
        )  # fmt: skip
    told = house.ask("executive", "GET", of).json()
    assert (told["decided"], told["won"]) == (6, 5)
    assert {name: (told[name]["count"], round(told[name]["ratio"], 3)) for name in ("hours", "amounts", "wins")} == {
        "hours": (6, 1.5), "amounts": (5, 0.5), "wins": (6, 1.667),
    }  # fmt: skip
    assert told["won_low"] < 5 / 6 < told["won_high"]
    assert told["sentences"][0].startswith("Applications took 1.50 times the hours")


def test_who_only_reads_tries_and_keeps_nothing(house: Any) -> None:
    before = house.ask("executive", "GET", f"{MUSEUM}/scenarios").json()["total"]
    for path, body in (
        ("/scenarios", {"name": "No", "wish": {}}), ("/signed-decisions", {"title": "No", "why": "No.", "wish": STAFF}),
        (f"/signed-decisions/{house.ids['arts']['signed_id']}/outcomes", {"candidate_id": "x", "turned_out": "won"}),
    ):  # fmt: skip
        assert house.ask("executive", "POST", MUSEUM + path, json=body).status_code == 403
    assert house.ask("executive", "GET", f"{MUSEUM}/scenarios").json()["total"] == before
    asked = {"scenario_id": house.ids["arts"]["scenario_id"]}
    assert house.ask("executive", "POST", f"{MUSEUM}/portfolio", json=asked).status_code == 200


def test_a_purge_takes_the_desk_along(house: Any, files_holding: Any) -> None:
    profile = f"/profiles/{house.fresh_profile()}"
    canary = {"idempotency-key": "canary-desk"}
    asked = {"name": "canary-5b1d", "wish": {"must": ["canary-5b1d"]}}
    assert house.ask("analyst", "POST", f"{profile}/scenarios", json=asked, headers=canary).status_code == 201
    done = signed(house, profile, title="canary-5b1d", why="canary-5b1d", dissent="canary-5b1d")
    assert done.status_code == 201, done.text
    assert house.ask("admin", "DELETE", profile).status_code == 204
    assert files_holding(house.settings.home, "canary-5b1d") == []
