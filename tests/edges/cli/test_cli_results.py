"""What ``discover``, ``score`` and ``decide`` print is what the package gives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pandas as pd
import pytest

from catalynx import workflows
from catalynx.columns import RESULTS
from catalynx.figures import wording
from catalynx.settings import load_settings

from .conftest import Call


@pytest.fixture(scope="module")
def answers(sample_home: Path) -> dict[str, Any]:
    """What the package itself answers for the demonstration's profile."""
    with workflows.Workspace(load_settings(home=sample_home)) as workspace:
        profile = workspace.records.find_profile("shelburne")
        candidates, parts = workflows.score(workspace, profile)
        return {
            "candidates": workflows.discover(workspace, profile),
            "results": candidates,
            "parts": parts,
            "decided": workflows.decide(workspace, profile),
        }


def assert_same(told: list[dict[str, Any]], frame: pd.DataFrame) -> None:
    """Assert that the records say, cell by cell, what the frame says; null where it is missing."""
    assert len(told) == len(frame)
    assert list(told[0]) == list(frame.columns)
    for name in frame.columns:
        ours = [None if wording.is_unknown(value) else value for value in frame[name]]
        ours = [_as_json(value) for value in ours]
        theirs = [row[name] for row in told]
        if name in {"field_counts", "state_counts"}:
            # Counts are a mapping; the order in which it is written says nothing.
            ours, theirs = ([text and json.loads(text) for text in texts] for texts in (ours, theirs))
        if name.endswith("_usd"):
            # Sums of cents, added in whatever order threads finish.
            ours, theirs = ([float("nan") if usd is None else usd for usd in column] for column in (ours, theirs))
            assert theirs == pytest.approx(ours, rel=1e-12, nan_ok=True), name
        else:
            assert theirs == ours, name


def _as_json(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    day = value.date() if hasattr(value, "date") else value
    return day.isoformat() if hasattr(day, "isoformat") else day


def test_discover_gives_every_candidate(call: Call, sample_home: Path, answers: dict[str, Any]) -> None:
    told = call("discover", "--profile", "shelburne", "--json", home=sample_home).json["candidates"]
    assert_same(told, answers["candidates"])


def test_score_gives_scores_and_their_parts(call: Call, sample_home: Path, answers: dict[str, Any]) -> None:
    told = call("score", "--profile", "shelburne", "--json", home=sample_home).json
    assert_same(told["results"], answers["results"])
    assert_same(told["parts"], answers["parts"])


def test_decide_gives_decisions_and_the_agenda(call: Call, sample_home: Path, answers: dict[str, Any]) -> None:
    told = call("decide", "--profile", "shelburne", "--no-keep", "--json", home=sample_home).json
    decided = answers["decided"]
    assert_same(told["decisions"], decided.decisions)
    assert list(told["decisions"][0]) == RESULTS["decisions"].names
    assert told["agenda"] == decided.agenda.sentence
    assert (told["set_id"], told["lake_version"], told["as_of"]) == (None, decided.lake_version, "2024-02-09")


@pytest.mark.parametrize("command", ["discover", "score", "decide"])
def test_a_kind_alone(call: Call, sample_home: Path, answers: dict[str, Any], command: str) -> None:
    more = ["--no-keep"] if command == "decide" else []
    told = call(command, "--profile", "shelburne", "--kind", "program", "--json", *more, home=sample_home).json
    rows = told[{"discover": "candidates", "score": "results", "decide": "decisions"}[command]]
    assert {row["kind"] for row in rows} == {"program"}
    assert len(rows) == (answers["candidates"]["kind"] == "program").sum()


def test_another_day_gives_another_answer(call: Call, sample_home: Path) -> None:
    told = call("decide", "--profile", "03-0179436", "--as-of", "2026-06-01", "--no-keep", "--json", home=sample_home).json
    assert told["as_of"] == "2026-06-01"
    closed = [row for row in told["decisions"] if row["deadline"] and row["deadline"] < "2026-06-01"]
    assert closed
    assert {row["eligibility"] for row in closed} == {"fails"}


def test_decisions_are_kept_unless_told_otherwise(call: Call, home: Path) -> None:
    kept = call("decide", "--profile", "shelburne", "--json", home=home).json
    with workflows.Workspace(load_settings(home=home)) as workspace:
        profile = workspace.records.find_profile("shelburne")
        decisions = workspace.records.list_decisions(profile.profile_id, set_id=kept["set_id"])
    assert {row["candidate_id"]: row["recommendation"] for row in kept["decisions"]} == {
        decision.candidate_id: decision.recommendation for decision in decisions
    }


def test_the_table_says_what_the_frame_says(call: Call, sample_home: Path, answers: dict[str, Any]) -> None:
    decided = answers["decided"]
    out = call("decide", "--profile", "shelburne", "--no-keep", "--limit", 4, home=sample_home).out
    assert out.splitlines()[0] == decided.agenda.sentence
    assert "as of 9 Feb 2024" in out.splitlines()[1]
    for row in decided.decisions.head(4).to_dict("records"):
        line = next(line for line in out.splitlines() if line.startswith(f"{row['rank']}  "))
        assert row["recommendation"] in line
        assert wording.score(row["score"]) in line
        assert wording.share(row["coverage"]) in line
        assert wording.share(row["feasibility"]) in line
        assert wording.money(row["ask_usd"]) in line
    assert not re.search(r"^5  ", out, re.MULTILINE)
    for reason in decided.decisions.iloc[0]["reasons_for"]:
        assert f"   + {reason}\n" in out


def test_a_wide_terminal_shows_how_feasible_each_is_and_how_soon_to_turn_to_it(
    in_terminal: Callable[..., tuple[int, str]], sample_home: Path, answers: dict[str, Any]
) -> None:
    _, screen = in_terminal(160, "--home", sample_home, "decide", "--profile", "shelburne", "--no-keep", "--limit", 3)
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen).splitlines()
    place = next(place for place, line in enumerate(lines) if line.strip().startswith("#"))
    assert re.split(" {2,}", lines[place].strip()) == [
        "#", "do", "score", "data", "feasible", "priority", "kind", "name", "ask", "deadline", "effort",
    ]  # fmt: skip
    first = answers["decided"].decisions.iloc[0]
    cells = re.split(" {2,}", lines[place + 1].strip())
    assert cells[4:6] == [wording.share(first["feasibility"]), first["priority"]]
    assert "Left out" not in screen


def test_the_table_of_scores_tells_unknown_from_not_asked(call: Call, sample_home: Path, answers: dict[str, Any]) -> None:
    out = call("score", "--profile", "shelburne", "--kind", "opportunity", "--limit", 3, home=sample_home).out
    heading, first = out.splitlines()[1:3]
    names = heading.split()[4:]
    assert heading.split()[:4] == ["kind", "name", "score", "data"]
    assert names[:3] == ["mission", "time", "size"], "the weightiest first"
    best = answers["results"].query("kind == 'opportunity' and eligibility != 'fails'").iloc[0]
    assert wording.score(best["score"]) in first
    values = answers["parts"].set_index(["candidate_id", "criterion"])["value"]
    asked = [(best["candidate_id"], name) for name in names]
    shown = [
        "-" if one not in values.index else "?" if wording.is_unknown(values[one]) else wording.score(values[one])
        for one in asked
    ]
    assert first.split()[-len(names) :] == shown


WORDS = re.compile(r"[A-Za-z]{2,}")


def words_of(frame: pd.DataFrame, *columns: str) -> set[str]:
    return {word for name in columns for text in frame[name].map(wording.name) for word in WORDS.findall(text)}


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_in_a_terminal_nothing_is_wider_than_it_and_no_word_is_broken(
    in_terminal: Callable[..., tuple[int, str]], sample_home: Path, answers: dict[str, Any], columns: int
) -> None:
    code, screen = in_terminal(columns, "--home", sample_home, "decide", "--profile", "shelburne", "--no-keep", "--limit", 15)
    assert code == 0
    assert "\x1b[1m" in screen
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen).splitlines()
    assert max(len(line.rstrip()) for line in lines) <= columns
    assert not {"┃", "│", "╭", "|"} & set(screen)
    heading = next(place for place, line in enumerate(lines) if line.strip().startswith("#"))
    assert ("deadline" in lines[heading]) == (columns >= 100)
    assert ("feasible" in lines[heading]) == (columns >= 120)
    start = lines[heading].index("name")
    table = lines[heading + 1 :]
    table = table[: next(place for place, line in enumerate(table) if not line.strip() or line.startswith("Left out"))]
    cells = " ".join(re.split(" {2,}", line[start:])[0] for line in table)
    names = [wording.name(name) for name in answers["decided"].decisions.head(15)["name"]]
    assert set(WORDS.findall(cells)) <= set(WORDS.findall(" ".join(names)))
    for name in names[:3]:
        assert name in re.sub(r"\s+", " ", cells)


def test_in_a_pipe_there_is_no_colour_and_no_cut(
    start: Callable[..., CompletedProcess[str]], sample_home: Path, answers: dict[str, Any]
) -> None:
    ran = start("--home", sample_home, "decide", "--profile", "shelburne", "--no-keep")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "\x1b" not in ran.stdout
    assert "deadline" in ran.stdout
    assert "effort" in ran.stdout
    assert (
        f"1. {wording.name(answers['decided'].decisions.iloc[0]['name'])}: {answers['decided'].decisions.iloc[0]['next_action']}\n"
        in ran.stdout
    )


def test_a_day_long_after_the_data_is_warned_of(call: Call, sample_home: Path) -> None:
    words = ("--profile", "shelburne", "--kind", "program", "-n", 1)
    for command in ("discover", "score", "decide"):
        more = ("--no-keep",) if command == "decide" else ()
        late = call(command, *words, *more, "--as-of", "2026-02-09", home=sample_home)
        assert late.code == 0
        assert late.err.startswith("catalynx: warning: The newest grant, award or opportunity in the lake is of 9 Feb 2024")
        assert late.err.count("\n") == 1
        assert call(command, *words, *more, home=sample_home).err == ""


@pytest.mark.parametrize("command", ["discover", "score", "decide"])
def test_a_lake_without_candidates_says_the_way_out(call: Call, tmp_path: Path, command: str) -> None:
    home = tmp_path / "codes"
    assert call("ingest", workflows.SAMPLE / "ntee", home=home).code == 0
    assert call("profile", "create", "--name", "A constructed library", home=home).code == 0
    told = call(command, "--profile", "constructed", home=home)
    assert told.code == 0, told.err
    assert told.out.startswith("The lake holds no foundation, program or opportunity yet: `catalynx ingest PATH`")
    assert call(command, "--profile", "constructed", "--json", home=home).code == 0
