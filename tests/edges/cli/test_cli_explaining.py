"""What ``explain``, ``evidence`` and ``likelihood show`` print is what the package gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalynx import workflows
from catalynx.lookups.evidence import evidence_of
from catalynx.lookups.explanation import Explanation, explain
from catalynx.settings import load_settings

from .conftest import Call

PROGRAM = "program:45.149"


@pytest.fixture(scope="module")
def explained(sample_home: Path) -> Explanation:
    with workflows.Workspace(load_settings(home=sample_home)) as workspace:
        return explain(workspace, workspace.records.find_profile("shelburne"), PROGRAM)


def test_explain_prints_the_parts_and_how_likely_it_is(call: Call, sample_home: Path, explained: Explanation) -> None:
    ran = call("explain", PROGRAM, "--profile", "shelburne", home=sample_home)
    assert ran.code == 0, ran.err
    told = " ".join(ran.out.split())
    assert "How likely" in ran.out
    assert explained.how_likely.in_words in told
    for criterion in explained.parts["criterion"]:
        assert criterion in told


def test_explain_of_a_foundation_says_the_way_to_a_model(call: Call, sample_home: Path) -> None:
    ran = call("explain", "Earhart Foundation", "--profile", "shelburne", home=sample_home)
    assert "Unknown: no model was trained on this version of the data. `catalynx likelihood train`" in " ".join(ran.out.split())
    told = call("explain", "Earhart Foundation", "--profile", "shelburne", "--json", home=sample_home).json
    assert told["how_likely"]["likelihood"] is None
    assert told["how_likely"]["way_out"] == "catalynx likelihood train"


def test_explain_with_a_model_gives_the_chance(call: Call, trained_home: Path) -> None:
    shown = call("likelihood", "show", "--profile", "shelburne", "--json", home=trained_home).json
    first = shown["likelihoods"][0]
    assert 0 < first["likelihood_low"] < first["likelihood"] < first["likelihood_high"] < 1
    assert "not of winning" in shown["claim"]
    ran = call("explain", first["candidate_id"], "--profile", "shelburne", home=trained_home)
    assert f"A new grant to you will be reported for {shown['first_year']}–{shown['last_year']}" in " ".join(ran.out.split())


def test_likelihood_show_without_a_model_gives_base_rates_and_the_way_out(call: Call, sample_home: Path) -> None:
    ran = call("likelihood", "show", "--profile", "shelburne", "--limit", "3", home=sample_home)
    assert ran.code == 0
    assert "`catalynx likelihood train` trains one" in ran.err
    assert "0 foundations with a chance" in ran.out
    assert "federal candidates with applications and awards" in ran.out
    assert " were funded (" in " ".join(ran.out.split())


def test_evidence_prints_the_sentence_and_its_rows(call: Call, sample_home: Path, explained: Explanation) -> None:
    with workflows.Workspace(load_settings(home=sample_home)) as workspace:
        rows = evidence_of(workspace, workspace.records.find_profile("shelburne"), PROGRAM, "recency")
    ran = call("evidence", PROGRAM, "--criterion", "recency", "--profile", "shelburne", "--limit", "3", home=sample_home)
    assert ran.code == 0, ran.err
    told = " ".join(ran.out.split())
    assert explained.parts.set_index("criterion")["because"]["recency"] in told
    assert f"{min(3, len(rows))} of {len(rows):,}" in told
    assert str(rows["file"].iloc[0]) in "".join(ran.out.split())  # a narrow terminal breaks names


def test_evidence_as_json_is_the_table(call: Call, sample_home: Path) -> None:
    told = call(
        "evidence", PROGRAM, "--criterion", "mission", "--profile", "shelburne", "--limit", "2", "--json", home=sample_home
    ).json
    assert (told["candidate_id"], told["criterion"]) == (PROGRAM, "mission")
    assert 0 < len(told["rows"]) <= 2
    assert told["total"] >= len(told["rows"])
    for row in told["rows"]:
        assert row["source"]
        assert row["place"]


def test_evidence_of_a_number_that_rests_on_nothing_says_so(call: Call, sample_home: Path) -> None:
    ran = call("evidence", "Earhart Foundation", "--criterion", "competition", "--profile", "shelburne", home=sample_home)
    assert "it is not asked of this candidate" in ran.out
    assert "No row of the lake stands behind it: nothing is on record." in ran.out


def test_a_criterion_that_there_is_not(call: Call, sample_home: Path) -> None:
    ran = call("evidence", PROGRAM, "--criterion", "luck", "--profile", "shelburne", home=sample_home)
    ran.fails(ran.code, "criterion is 'luck'", "one of mission")
    assert ran.code != 0
