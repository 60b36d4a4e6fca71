"""What people made with the decision desk, taken away whole or as tables: each with what they may see."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pandas as pd
import pytest

from catalynx.jobs.exports import write_export
from catalynx.jobs.kinds import Order
from catalynx.lookups.takeout import takeout

pytestmark = pytest.mark.xdist_group("api")

MINE, OTHERS = "analyst-of-arts", "admin-of-arts"


@pytest.fixture(scope="module")
def made(house: Any) -> str:
    """A profile with a scenario of one's own, one of somebody else's, one that is shared, and a signed decision with outcomes."""
    name, records = house.fresh_profile(), house.records
    for title, by in (("Mine", MINE), ("Another's", OTHERS), ("Shared", OTHERS)):
        one = records.create_scenario(name, title, {"risk": 0.1}, by=by)
        records.change_scenario(one.scenario_id, {"risk": 0.2}, expected_version=1, by=by)
        records.share_scenario(one.scenario_id, title == "Shared")
    signed = records.sign_decision(
        name, title="Constructed", why="Because.", dissent="Bob: too early.", holds="One.", lake_version="v1", by="Ada",
        inputs={"wish": {"risk": 0.2}}, results={"chosen": [{"candidate_id": "constructed:1"}], "value": 40.0},
    )  # fmt: skip
    records.sign_decision(
        name, title="Next", why="So.", holds="One.", inputs={}, results={}, lake_version="v1", by="Ada", replaces=signed.signed_id
    )
    for turned_out in ("submitted", "won"):
        records.record_outcome(signed.signed_id, "constructed:1", turned_out, on_day="2024-06-01", by="Ada")
    return str(name)


def files(content: bytes) -> dict[str, Any]:
    """The JSON of a zip, by name."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


def test_scenarios_come_in_every_version_with_who_and_when(house: Any, made: str) -> None:
    told = files(house.ask("analyst", "GET", f"/profiles/{made}/export").content)["scenarios.json"]
    mine = next(one for one in told if one["name"] == "Mine")
    assert (mine["author"], mine["version"], mine["wish"], mine["shared"]) == (MINE, 2, {"risk": 0.2}, False)
    assert [(one["version"], one["wish"], one["changed_by"]) for one in mine["history"]] == [
        (1, {"risk": 0.1}, MINE), (2, {"risk": 0.2}, MINE),
    ]  # fmt: skip
    assert all(one["changed_at"] for one in mine["history"])


def test_signed_decisions_come_with_all_they_rest_on_and_what_became_of_them(house: Any, made: str) -> None:
    later, first = files(house.ask("executive", "GET", f"/profiles/{made}/export").content)["signed_decisions.json"]
    assert (later["replaces"], later["outcomes"]) == (first["signed_id"], [])
    assert (first["signed_by"], first["why"], first["dissent"]) == ("Ada", "Because.", "Bob: too early.")
    assert (first["inputs"], first["results"]["value"]) == ({"wish": {"risk": 0.2}}, 40.0)
    assert [(one["turned_out"], one["on_day"], one["recorded_by"]) for one in first["outcomes"]] == [
        ("submitted", "2024-06-01", "Ada"), ("won", "2024-06-01", "Ada"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "seen"),
    [("executive", {"Shared"}), ("analyst", {"Mine", "Shared"}), ("admin", {"Another's", "Shared"})],
)
def test_of_scenarios_each_takes_away_what_they_may_see(house: Any, made: str, role: str, seen: set[str]) -> None:
    whole = files(house.ask(role, "GET", f"/profiles/{made}/export").content)["scenarios.json"]
    assert {one["name"] for one in whole} == seen
    asked = {"profile_id": made, "table": "scenarios", "format": "json"}
    table = house.ask(role, "POST", "/export/opportunities", json=asked)
    assert {one["name"] for one in table.json()} == seen


def test_one_user_alone_takes_all_away(house: Any, made: str) -> None:
    workspace = house.api.state.desk.workspace()
    whole = files(takeout(workspace, house.records.get_profile(made), viewer=None))["scenarios.json"]
    assert {one["name"] for one in whole} == {"Mine", "Another's", "Shared"}


@pytest.mark.parametrize(("more", "seen"), [({}, {"Shared"}), ({"unshared": True}, {"Mine", "Another's", "Shared"})])
def test_a_file_for_the_team_holds_what_the_team_sees(house: Any, made: str, more: dict[str, bool], seen: set[str]) -> None:
    parameters = {"table": "scenarios", "format": "csv", "as_of": None, **more}
    file = write_export(house.settings, Order(house.fresh_name(), made, parameters), lambda what, done, total: None)
    assert set(pd.read_csv(file)["name"]) == seen


def test_what_is_asked_for_in_the_background_says_whose_it_is(house: Any, made: str, narrowed: Any) -> None:
    asked = {"profile_id": made, "table": "scenarios", "format": "csv", "queue": True}
    local = narrowed(house.person("admin"), teams=None, via="local")
    for person, unshared in ((house.person("analyst"), False), (local, True)):
        job_id = house.wire.ask(person, "POST", "/export/opportunities", json=asked).json()["job_id"]
        assert house.jobs.get(job_id).parameters.get("unshared", False) is unshared
