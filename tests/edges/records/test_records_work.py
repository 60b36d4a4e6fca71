"""The funnel, decisions, runs and audit, in both databases."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import catalynx
from catalynx.columns import RESULTS
from catalynx.errors import BadParameter, Conflict, NotFound
from catalynx.records.entries import Tracked
from catalynx.records.models import OUTCOMES, STAGES
from catalynx.records.profile import make_profile
from catalynx.records.store import Records


@pytest.fixture
def profile_id(records: Records) -> str:
    return records.save_profile(make_profile({"organization_name": "Arts", "profile_id": "arts"})).profile_id


def tracked(records: Records, profile_id: str, candidate_id: str = "foundation:030179423", **fields: Any) -> Tracked:
    return records.track(profile_id, candidate_id, **{"kind": "foundation", "name": "A Foundation", **fields})


def test_tracking_starts_a_history(records: Records, profile_id: str) -> None:
    one = tracked(
        records, profile_id, owner="ada", notes="met in May", ask_usd=np.float64(5000), deadline=date(2027, 3, 14), by="ada"
    )
    assert (one.stage, one.owner, one.ask_usd, one.deadline) == ("prospects", "ada", 5000.0, date(2027, 3, 14))
    assert records.get_tracked(one.tracked_id) == one
    (move,) = records.history(one.tracked_id)
    assert (move.position, move.from_stage, move.to_stage, move.moved_by) == (1, None, "prospects", "ada")
    assert move.moved_at == one.created_at
    assert move.moved_at.tzinfo is UTC


def test_moves_go_through_the_funnel_back_and_to_an_outcome(records: Records, profile_id: str) -> None:
    one = tracked(records, profile_id)
    way = [*STAGES[1:], STAGES[2], *OUTCOMES]
    for stage in way:
        assert records.move_stage(one.tracked_id, stage, by="bob", note=f"to {stage}").stage == stage
    moves = records.history(one.tracked_id)
    assert [move.to_stage for move in moves] == [STAGES[0], *way]
    assert [move.from_stage for move in moves] == [None, STAGES[0], *way[:-1]]
    assert [move.position for move in moves] == list(range(1, len(way) + 2))
    assert moves[-1].note == "to dropped"
    assert records.get_tracked(one.tracked_id).updated_at == moves[-1].moved_at


def test_a_move_to_where_it_stands_leaves_no_trace(records: Records, profile_id: str) -> None:
    one = tracked(records, profile_id)
    assert records.move_stage(one.tracked_id, "prospects") == one
    assert len(records.history(one.tracked_id)) == 1


def test_a_move_from_where_it_no_longer_stands_is_a_conflict(records: Records, profile_id: str) -> None:
    one = tracked(records, profile_id)
    records.move_stage(one.tracked_id, "targets", expected_stage="prospects")
    with pytest.raises(Conflict, match="stands in targets, not in prospects"):
        records.move_stage(one.tracked_id, "candidates", expected_stage="prospects")


def test_of_many_moves_at_once_none_is_lost(records: Records, profile_id: str) -> None:
    one = tracked(records, profile_id)
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda number: records.move_stage(one.tracked_id, STAGES[number % 5], note=str(number)), range(20)))
    moves = records.history(one.tracked_id)
    assert [move.position for move in moves] == list(range(1, len(moves) + 1))
    assert [move.from_stage for move in moves[1:]] == [move.to_stage for move in moves[:-1]]


def test_tracking_twice_is_a_conflict(records: Records, profile_id: str) -> None:
    def attempt(_: int) -> bool:
        try:
            tracked(records, profile_id)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(attempt, range(8))) == 1
    assert len(records.list_tracked(profile_id)) == 1


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"kind": "person"}, "kind"),
        ({"stage": "won it"}, "stage"),
        ({"name": ""}, "name"),
        ({"notes": "a\0"}, "notes"),
        ({"owner": "\udfff"}, "owner"),
        ({"ask_usd": -1}, "ask_usd"),
        ({"ask_usd": float("inf")}, "ask_usd"),
        ({"ask_usd": True}, "ask_usd"),
        ({"deadline": "soon"}, "deadline"),
        ({"candidate_id": "x" * 201}, "candidate_id"),
        ({"by": "a\x1b[2J"}, "by"),
    ],
)
def test_what_cannot_be_tracked_is_refused_by_name(shared_records: Records, fields: dict[str, Any], names: str) -> None:
    with pytest.raises(BadParameter, match=f"^{names} is "):
        tracked(shared_records, "arts", **fields)
    assert shared_records.list_tracked("arts") == []


def test_changes_keep_the_stage_and_missing_stays_missing(records: Records, profile_id: str) -> None:
    one = tracked(records, profile_id, ask_usd=100, deadline="2027-01-31")
    changed = records.change_tracked(one.tracked_id, ask_usd=float("nan"), deadline=pd.NaT, notes="later")
    assert (changed.ask_usd, changed.deadline, changed.notes, changed.stage) == (None, None, "later", "prospects")
    assert records.get_tracked(one.tracked_id) == changed
    with pytest.raises(BadParameter, match="owner, notes, ask_usd, deadline"):
        records.change_tracked(one.tracked_id, stage="won")


def test_the_list_follows_the_funnel_then_the_deadline(records: Records, profile_id: str) -> None:
    opportunities = [
        ("e", "won", None),
        ("d", "targets", None),
        ("c", "targets", "2027-05-01"),
        ("b", "targets", "2027-04-01"),
        ("a", "prospects", None),
    ]
    for name, stage, deadline in opportunities:
        tracked(records, profile_id, name, name=name, stage=stage, deadline=deadline)
    assert "".join(one.name for one in records.list_tracked(profile_id)) == "abcde"
    assert "".join(one.name for one in records.list_tracked(profile_id, stages=["won", "prospects"])) == "ae"


def test_what_hangs_on_no_profile_is_not_found(records: Records) -> None:
    for act in (
        lambda: tracked(records, "nobody"),
        lambda: records.list_tracked("nobody"),
        lambda: records.record_run("report", "x", {}, profile_id="nobody"),
        lambda: records.record_decisions("nobody", [], lake_version="1", parameters={}, profile_version=1),
        lambda: records.list_decisions("nobody"),
    ):
        with pytest.raises(NotFound, match="No profile 'nobody'"):
            act()
    for unknown in ("f" * 32, "a\0", "\ud800", 2**70):
        for lookup in (records.get_tracked, records.history, records.get_run):
            with pytest.raises(NotFound):
                lookup(unknown)  # type: ignore[arg-type]


def decisions() -> pd.DataFrame:
    rows = [
        {"candidate_id": "program:45.129", "kind": "program", "name": "B", "rank": 2, "recommendation": "monitor",
         "score": np.nan, "coverage": 0.0, "marks": np.array([], dtype=object), "deadline": pd.NaT},
        {"candidate_id": "foundation:1", "kind": "foundation", "name": "A", "rank": 1, "recommendation": "pursue now",
         "score": 0.8125, "coverage": 0.75, "marks": np.array(["preselected"], dtype=object), "deadline": date(2027, 3, 14)},
    ]  # fmt: skip
    return pd.DataFrame(rows).reindex(columns=RESULTS["decisions"].names)


def test_decisions_keep_their_inputs_and_their_whole_rows(records: Records, profile_id: str) -> None:
    parameters = {"weights": {"fit": np.float64(0.3)}, "today": date(2026, 11, 22), "states": ("VT", "NH"), "limit": np.int64(10)}
    made = records.record_decisions(
        profile_id, decisions(), lake_version="20261122-1", parameters=parameters, profile_version=1, made_by="ada"
    )
    first, second = records.list_decisions(profile_id)
    assert (first.candidate_id, first.rank, first.recommendation, first.score, first.coverage) == (
        "foundation:1",
        1,
        "pursue now",
        0.8125,
        0.75,
    )
    assert (second.candidate_id, second.score) == ("program:45.129", None), "a score that is missing stays missing"
    assert first.fields["marks"] == ["preselected"]
    assert first.fields["deadline"] == "2027-03-14"
    assert second.fields["deadline"] is None
    assert set(first.fields) == set(RESULTS["decisions"].names)
    assert first.inputs == {
        "lake_version": "20261122-1", "package_version": catalynx.__version__, "profile_version": 1,
        "parameters": {"weights": {"fit": 0.3}, "today": "2026-11-22", "states": ["VT", "NH"], "limit": 10},
    }  # fmt: skip
    assert (first.made_at, first.made_by, first.set_id) == (made.made_at, "ada", made.set_id)
    assert records.get_decision(first.decision_id) == first
    assert records.list_decision_sets(profile_id) == [made]


def test_decisions_of_every_time_are_kept(records: Records, profile_id: str) -> None:
    for score in (0.1, 0.2):
        row = {"candidate_id": "x", "recommendation": "decline", "score": score, "coverage": 1}
        records.record_decisions(profile_id, [row], lake_version="1", parameters={}, profile_version=1)
    assert [one.score for one in records.list_decisions(profile_id)] == [0.2]
    assert [one.score for one in records.list_decisions(profile_id, candidate_id="x")] == [0.2, 0.1]
    oldest = records.list_decision_sets(profile_id)[-1]
    assert [one.score for one in records.list_decisions(profile_id, set_id=oldest.set_id)] == [0.1]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"coverage": None}, r"decisions\[1\]\.coverage is None"),
        ({"coverage": 1.01}, r"decisions\[1\]\.coverage is 1\.01"),
        ({"score": -0.1}, r"decisions\[1\]\.score is -0\.1"),
        ({"candidate_id": None}, r"decisions\[1\]\.candidate_id is None"),
        ({"candidate_id": "x"}, "one row for each candidate_id"),
        ({"name": "a\0b"}, r"decisions\[1\]\.name .* U\+0000"),
        ({"score": float("-inf")}, r"decisions\[1\]\.score .* finite"),
        ({"evidence": object()}, r"decisions\[1\]\.evidence"),
        ({"evidence": 2**70}, r"decisions\[1\]\.evidence"),
    ],
)
def test_one_bad_decision_refuses_them_all(shared_records: Records, row: dict[str, Any], says: str) -> None:
    good = {"candidate_id": "x", "recommendation": "decline", "score": 0.5, "coverage": 1}
    rows = [good, {**good, "candidate_id": "y", **row}]
    with pytest.raises(BadParameter, match=says):
        shared_records.record_decisions("arts", rows, lake_version="1", parameters={}, profile_version=1)
    assert shared_records.list_decision_sets("arts") == []


@pytest.mark.parametrize("change", ["UPDATE decisions SET score = 1", "UPDATE decision_sets SET lake_version = '2'",
                                    "UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])  # fmt: skip
def test_the_database_itself_refuses_to_change_what_is_final(records: Records, profile_id: str, change: str) -> None:
    records.record_decisions(profile_id, decisions(), lake_version="1", parameters={}, profile_version=1)
    records.audit("ada", "look", "profile", profile_id)
    engine = records._engine
    with engine.connect() as connection, pytest.raises(DBAPIError, match="never changed"):
        connection.execute(text(change))
    assert [one.score for one in records.list_decisions(profile_id)] == [0.8125, None]
    assert [one.actor for one in records.list_audit()] == ["ada"]


def test_a_run_begins_and_ends_once(records: Records, profile_id: str) -> None:
    begun = records.record_run("report", "executive_summary", {"top": 12}, profile_id=profile_id, lake_version="1")
    assert (begun.state, begun.finished_at, begun.outputs, begun.error) == ("running", None, [], None)
    done = records.finish_run(begun.run_id, outputs=["reports/a.html", "reports/a.pdf"])
    assert (done.state, done.outputs, done.lake_version) == ("done", ["reports/a.html", "reports/a.pdf"], "1")
    assert done.finished_at is not None
    assert begun.started_at <= done.finished_at <= datetime.now(UTC)
    assert records.get_run(begun.run_id) == done
    with pytest.raises(Conflict, match=re.escape("ended before (done)")):
        records.finish_run(begun.run_id, error="too late")


def test_runs_are_listed_newest_first_by_kind_profile_and_state(records: Records, profile_id: str) -> None:
    load = records.record_run("load", "irs_bmf", {"path": "eo_vt.csv"})
    report = records.record_run("report", "executive_summary", {}, profile_id=profile_id)
    failed = records.finish_run(load.run_id, error="eo_vt.csv is refused: it is empty", lake_version="7")
    assert (failed.state, failed.lake_version) == ("failed", "7")
    assert records.list_runs() == [report, failed]
    assert records.list_runs(kind="load") == records.list_runs(state="failed") == [failed]
    assert records.list_runs(profile_id=profile_id) == records.list_runs(limit=1) == [report]


def test_audit_entries_are_numbered_without_gaps_from_many_writers(records: Records, profile_id: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        made = list(
            threads.map(
                lambda number: records.audit(f"user {number}", "look", "report", "r1", allowed=number % 2 == 0), range(24)
            )
        )
    entries = records.list_audit()
    assert [one.sequence for one in entries] == list(range(1, 25))
    assert {one.actor: one for one in made} == {one.actor: one for one in entries}
    assert sum(one.allowed for one in entries) == 12
    assert records.list_audit(after=20, limit=2) == entries[20:22]


def test_audit_entries_do_not_name_a_profile(records: Records, profile_id: str) -> None:
    records.audit("ada", "look", "profile", profile_id, detail={"page": "overview"})
    records.audit("eve", "look", "profile", "no-such", allowed=False)
    first, second = records.list_audit()
    assert profile_id not in repr(first)
    assert (second.target, second.allowed) == ("absent", False)
    assert records.list_audit(profile_id=profile_id) == [first]
    assert records.list_audit(profile_id="no-such") == []
    with pytest.raises(BadParameter, match="detail"):
        records.audit("ada", "look", "profile", profile_id, detail={"a": "\0"})
