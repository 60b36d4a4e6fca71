"""How likely money from a candidate is, over the wire; the model trained in the background; a number's rows, and ways to a funder."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("api")


def test_without_a_model_chances_are_null_and_base_rates_are_told(house) -> None:
    profile = house.ids["arts"]["profile_id"]
    told = house.ask("executive", "GET", f"/profiles/{profile}/likelihood?page_size=500").json()
    assert told["unknown"] == "unknown: no model was trained on this version of the data"
    assert told["first_year"] is told["calibrated_on"] is None
    assert {row["likelihood"] for row in told["likelihoods"]} == {None}
    rated = [row for row in told["likelihoods"] if row["base_rate"] is not None]
    assert rated
    for row in rated:
        assert row["base_rate"] == pytest.approx(row["awards_count"] / row["applications_count"])
        assert row["award_rate_sentence"]
        assert f"in {row['award_rate_year']}" in row["base_rate_says"]


def test_an_explanation_says_how_likely_it_is(house) -> None:
    profile = house.ids["arts"]["profile_id"]
    foundation = house.ask("executive", "GET", f"/profiles/{profile}/explanation?candidate_id=Earhart%20Foundation").json()
    assert foundation["how_likely"]["likelihood"] is None
    assert foundation["how_likely"]["way_out"] == "catalynx likelihood train"
    program = house.ask("executive", "GET", f"/profiles/{profile}/explanation?candidate_id=program:45.149").json()
    assert program["how_likely"]["says"] == "Unknown: the model knows foundations' published grants only."


def test_training_is_queued_and_its_job_is_told(house) -> None:
    answer = house.ask("analyst", "POST", "/likelihood/models")
    job = answer.json()
    assert (answer.status_code, job["kind"], job["state"]) == (202, "likelihood", "queued")
    assert answer.headers["location"] == f"/api/jobs/{job['job_id']}"
    assert house.ask("analyst", "GET", f"/jobs/{job['job_id']}").json()["job_id"] == job["job_id"]
    entry = house.records.list_audit(after=house.records.audit_head().sequence - 1)[0]
    assert (entry.action, entry.target) == ("ask for likelihood", job["job_id"])
    assert entry.detail["lake_version"]


def test_the_rows_behind_one_number(house) -> None:
    profile = house.ids["arts"]["profile_id"]
    where = f"/profiles/{profile}/evidence?candidate_id=program:45.149&page_size=5&criterion="
    told = house.ask("executive", "GET", where + "recency").json()
    assert told["total"] > 0
    assert {row["criterion"] for row in told["rows"]} == {"recency"}
    for row in told["rows"]:
        assert row["candidate_id"] == "program:45.149"
        assert row["source"]
        assert row["file"]
        assert row["place"]
    whole = house.ask("executive", "GET", where.removesuffix("&criterion=")).json()
    assert "criterion" not in whole["rows"][0], "without one: the rows of the candidate"
    refused = house.ask("executive", "GET", where + "luck")
    assert refused.status_code == 422
    assert "one of mission" in refused.json()["detail"]


def test_ways_to_a_funder(house) -> None:
    profile = house.ids["arts"]["profile_id"]
    told = house.ask("executive", "GET", f"/profiles/{profile}/network/path?to=Earhart%20Foundation").json()
    assert told["sentence"]
    lengths = {}
    for step in told["steps"]:
        assert step["by"] in ("person", "grant")
        assert step["sentence"]
        lengths[step["path"]] = max(step["step"], lengths.get(step["path"], 0))
    assert set(lengths.values()) <= {told["length"]}
    by_people = house.ask("executive", "GET", f"/profiles/{profile}/network/path?to=Earhart%20Foundation&through=people").json()
    assert all(step["by"] == "person" for step in by_people["steps"])
    assert house.ask("executive", "GET", f"/profiles/{profile}/network/path?to=No%20Such%20Fund").status_code == 404
