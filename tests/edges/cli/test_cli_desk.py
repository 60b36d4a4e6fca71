"""``catalynx scenario``, ``portfolio`` and ``decision``: tried, kept, compared, signed, reckoned again, and what became of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalynx.records.store import open_records
from catalynx.settings import load_settings

from .conftest import Call

WHO = ("--profile", "shelburne")
STAFF = ("--set", "staff.grant writer=40", "--set", "staff.director=20")


def kept(home: Path) -> Any:
    return open_records(load_settings(home=home).records_url)


def signed_id(call: Call, home: Path, *words: str) -> str:
    done = call("decision", "sign", *WHO, "--title", "Spring", "--why", "Two deadlines.", "--by", "Ada", *words, home=home)
    assert done.code == 0, done.err
    return done.out.split()[-1]


def test_a_plan_says_what_it_holds_and_what_one_more_hour_is_worth(call: Call, sample_home: Path) -> None:
    told = call("portfolio", *WHO, *STAFF, "--json", home=sample_home).json
    assert told["proven"]
    assert sum(row["hours"] for row in told["schedule"]) == pytest.approx(sum(one["hours"] for one in told["chosen"]), abs=0.5)
    assert sum(told["hours"].values()) <= sum(told["hours_available"].values()) + 1e-6
    assert {row["who"] for row in told["schedule"]} <= {"grant writer", "director"}
    said = call("portfolio", *WHO, *STAFF, home=sample_home)
    assert told["sentence"] in said.out.replace("\n", " ")


def test_without_the_writer_from_march_there_are_fewer_hours_and_the_answer_is_kept(call: Call, home: Path) -> None:
    assert call("scenario", "create", "All here", *WHO, *STAFF, home=home).code == 0
    assert call("scenario", "clone", "All here", "No writer", *WHO, home=home).code == 0
    done = call("scenario", "change", "No writer", *WHO, "--set", "leaves.grant writer=2024-03-01", home=home)
    assert "version 2" in done.out
    found = call("scenario", "compare", "All here", "No writer", *WHO, "--json", home=home).json
    assert found["hours"][1] <= found["hours"][0]
    assert found["sentence"]
    listed = call("scenario", "list", *WHO, "--json", home=home).json["scenarios"]
    assert [one["name"] for one in listed] == ["All here", "No writer"]
    assert listed[1]["cloned_from"] == listed[0]["scenario_id"]


def test_a_change_is_undone_and_a_scenario_renamed_shared_and_deleted(call: Call, home: Path) -> None:
    call("scenario", "create", "A", *WHO, "--set", "weight.mission=2", home=home)
    call("scenario", "change", "A", *WHO, "--set", "weight.mission=", "--set", "risk=0.5", home=home)
    assert call("scenario", "show", "A", *WHO, "--json", home=home).json["wish"] == {"risk": 0.5}
    call("scenario", "undo", "A", *WHO, home=home)
    assert call("scenario", "show", "A", *WHO, "--json", home=home).json["wish"] == {"factors": {"mission": 2.0}}
    call("scenario", "undo", "A", *WHO, home=home).fails(4, "nothing to undo")
    call("scenario", "rename", "A", "B", *WHO, home=home)
    call("scenario", "share", "B", *WHO, home=home)
    assert call("scenario", "list", *WHO, "--json", home=home).json["scenarios"][0]["shared"] is True
    assert call("scenario", "delete", "B", *WHO, home=home).code == 0
    call("scenario", "show", "B", *WHO, home=home).fails(2, "scenario", "There is none yet")


def test_a_name_that_two_have_is_said_to_be_two(call: Call, home: Path) -> None:
    with kept(home) as records:
        profile_id = records.find_profile("shelburne").profile_id
        first, second = (records.create_scenario(profile_id, "No writer", {}, by=by) for by in ("ada", "bob"))
    said = (first.scenario_id, "of ada", second.scenario_id, "of bob")
    call("scenario", "show", "no writer", *WHO, home=home).fails(2, "the id of one of the 2 with that name", *said)
    shown = call("scenario", "show", second.scenario_id, *WHO, "--json", home=home).json
    assert (shown["author"], shown["name"]) == ("bob", "No writer")


def test_the_base_of_a_scenario_may_go(call: Call, home: Path) -> None:
    call("scenario", "create", "Base", *WHO, *STAFF, home=home)
    call("scenario", "clone", "Base", "Copy", *WHO, home=home)
    call("scenario", "delete", "Base", *WHO, home=home)
    assert call("portfolio", *WHO, "--scenario", "Copy", "--json", home=home).json["proven"]
    call("portfolio", *WHO, "--scenario", "Base", home=home).fails(2, "scenario", "Base", "Copy")


def test_a_plan_keeps_shares_groups_and_pairs(call: Call, sample_home: Path) -> None:
    first = call("portfolio", *WHO, *STAFF, "--json", home=sample_home).json
    points = {one["candidate_id"]: one["points"] for one in first["chosen"]}
    best, second, *_ = sorted(points, key=lambda one: -points[one])
    limits = ("--set", f"one-of={best},{second}", "--set", f"match.{best}=5000", "--set", "matching=4000")
    told = call("portfolio", *WHO, *STAFF, *limits, "--json", home=sample_home).json
    assert best not in {one["candidate_id"] for one in told["chosen"]}
    assert (told["wish"]["at_most_one"], told["wish"]["matching_usd"]) == ([[best, second]], 4_000.0)
    share = points[best] / sum(points.values()) - 0.01
    told = call("portfolio", *WHO, *STAFF, "--set", f"funder-share={share}", "--json", home=sample_home).json
    of_funder = [one["points"] for one in told["chosen"]]
    assert max(of_funder) <= share * sum(of_funder) + 1e-6


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("funder-share=0", "most_of_funder"), ("matching=much", "number"), ("one-of=program:45.129", "two candidates or more"),
        ("with=a,b,c", "the first only together with the second"),
        ("weight.mission=-1", "mission"), ("weight.mission=nan", "mission"), ("weight.nothing=2", "nothing"),
        ("weight=2", "PART=VALUE"), ("staff.writer=-5", "hours"), ("staff.writer=many", "number"),
        ("leaves.nobody here=2024-03-01", "hours"), ("joins.writer=spring,20", "day"), ("method=magic", "method"), ("risk=2", "risk"),
        ("colour=red", "PART=VALUE"), ("deadline.program:45.129=soon", "YYYY-MM-DD"), ("chance.program:45.129=1.5", "chances"),
    ],
)  # fmt: skip
def test_what_cannot_be_tried_is_refused(call: Call, sample_home: Path, said: str, about: str) -> None:
    call("portfolio", *WHO, "--set", said, home=sample_home).fails(2, about)


def test_all_weights_of_zero_are_refused(call: Call, sample_home: Path) -> None:
    groups = (
        "what they give for",
        "where they give",
        "sums that suit us",
        "open to newcomers",
        "still giving",
        "time and rivals",
    )
    zero = [word for group in groups for word in ("--set", f"weight.{group}=0")]
    call("portfolio", *WHO, *zero, home=sample_home).fails(2, "above 0")


def test_a_candidate_that_is_no_more_is_told(call: Call, sample_home: Path) -> None:
    done = call("portfolio", *WHO, *STAFF, "--set", "ask.foundation:000000000=5000", home=sample_home)
    assert done.code == 0
    assert "foundation:000000000 is named" in done.err


def test_a_signed_decision_is_reckoned_again_to_the_same_numbers(call: Call, home: Path) -> None:
    one = signed_id(call, home, *STAFF)
    again = call("decision", "replay", one, "--json", home=home).json
    assert (again["same"], again["count"], again["changed"]) == (True, 0, [])
    shown = call("decision", "show", one, "--json", home=home).json
    assert (shown["signed_by"], shown["why"], shown["version"]) == ("Ada", "Two deadlines.", 1)
    assert shown["results"]["chosen"]


def test_a_replay_says_which_input_changed(call: Call, home: Path) -> None:
    one = signed_id(call, home, *STAFF)
    with kept(home) as records:
        profile = records.find_profile("shelburne")
        records.save_profile(profile.revised(mission_statement="Boats, and nothing else."))
    as_it_was = call("decision", "replay", one, home=home)
    assert as_it_was.code == 0
    assert "The profile was changed (version 1, now 2); it was taken as it was." in as_it_was.out.replace("\n", " ")
    now = call("decision", "replay", one, "--today", home=home)
    assert now.code == 1
    assert "it was taken as it is now" in now.out.replace("\n", " ")
    assert "differences" in now.out


def test_a_replay_tells_a_plan_apart_whose_search_was_ended_by_time(call: Call, home: Path) -> None:
    one = signed_id(call, home, *STAFF)
    with kept(home) as records:
        whole = records.get_signed(one)
        ended = {**whole.results, "status": "time is up", "chosen": whole.results["chosen"][1:], "value": 1.0}
        again = records.sign_decision(
            whole.profile_id, title="Constructed", why="The time was up.", holds=whole.holds, inputs=whole.inputs, results=ended,
            lake_version=whole.lake_version, by="Ada",
        )  # fmt: skip
    told = call("decision", "replay", again.signed_id, "--json", home=home)
    assert told.code == 1
    found = json.loads(told.out)
    assert (found["same"], found["verdict"], found["count"], found["plan_count"]) == (False, "search ended", 0, 3)
    said = call("decision", "replay", again.signed_id, home=home)
    words = " ".join(said.out.split())
    assert "The search for the plan was ended by time when it was signed, so that another run may find another plan" in words
    assert "3 differences that another search may find otherwise" in words


def test_what_became_of_it_is_written_down_and_counted(call: Call, home: Path) -> None:
    one = signed_id(call, home, *STAFF)
    held = call("decision", "show", one, "--json", home=home).json["results"]["chosen"][0]["candidate_id"]
    assert call("decision", "outcome", one, held, "submitted", "--hours", "40", home=home).code == 0
    assert call("decision", "outcome", one, held, "won", "--amount", "5000", "--hours", "46", home=home).code == 0
    told = call("decision", "calibration", *WHO, "--json", home=home).json
    assert (told["decided"], told["won"], told["hours"]["count"], told["hours"]["ratio"]) == (1, 1, 1, None)
    assert "unknown times the hours" in call("decision", "calibration", *WHO, home=home).out
    call("decision", "outcome", one, "foundation:1", "won", home=home).fails(2, "one that the decision holds")
    call("decision", "outcome", one, held, "lost", home=home).fails(2, "turned_out")
    call("decision", "replay", "nothing", home=home).fails(2, "signed decision")
