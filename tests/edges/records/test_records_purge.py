"""A purge leaves nothing of a profile: not in tables, not in files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from catalynx.records.models import Base
from catalynx.records.profile import make_profile
from catalynx.records.store import Records, open_records


def fill(records: Records, profile_id: str, mark: str) -> None:
    """Put `mark` into every text that hangs on a profile, many times, so that pages are split and written again."""
    fields = {
        "profile_id": profile_id, "team": mark, "organization_name": mark, "city": mark, "mission_statement": mark * 100,
        "focus_areas": [f"{mark} {number}" for number in range(40)],
    }  # fmt: skip
    saved = records.save_profile(make_profile(fields))
    for number in range(5):
        saved = records.save_profile(saved.revised(city=f"{mark} {number}"))
        one = records.track(profile_id, f"{mark}{number}", kind="program", name=mark, owner=mark, notes=mark * 200, by=mark)
        records.move_stage(one.tracked_id, "targets", by=mark, note=mark * 50)
        rows = [
            {"candidate_id": f"{mark} {row}", "recommendation": "decline", "score": 0.5, "coverage": 1, "name": mark * 10}
            for row in range(60)
        ]
        records.record_decisions(profile_id, rows, lake_version=mark, parameters={mark: mark}, profile_version=1, made_by=mark)
        run = records.record_run("report", mark, {mark: mark}, profile_id=profile_id)
        records.finish_run(run.run_id, outputs=[mark], error=mark * 30)
        records.audit("ada", "look", "profile", profile_id)
        scenario = records.create_scenario(profile_id, f"{mark} {number}", {mark: mark * 50}, by=mark)
        records.change_scenario(scenario.scenario_id, {mark: mark * 60}, expected_version=1, by=mark)
        signed = records.sign_decision(
            profile_id, title=mark, why=mark * 50, dissent=mark, holds=mark, by=mark, lake_version=mark, inputs={mark: mark},
            results={"chosen": [{"candidate_id": mark}]},
        )  # fmt: skip
        records.record_outcome(signed.signed_id, mark, "declined", note=mark * 50, by=mark)


def everything(records: Records) -> str:
    with records.reading() as session:
        return "\n".join(str(row) for table in Base.metadata.sorted_tables for row in session.execute(table.select()))


def test_nothing_of_a_purged_profile_is_in_a_table(records: Records) -> None:
    profile_id = f"p{uuid4().hex}"
    fill(records, profile_id, "CANARYBIRD")
    fill(records, "neighbour", "OTHERBIRD")
    entry = records.delete_profile(profile_id, by="grace")
    left = everything(records)
    assert "CANARYBIRD" not in left
    assert profile_id not in left
    assert left.count("OTHERBIRD") > 100, "the neighbour stays"
    assert (entry.actor, entry.action, entry.target_kind) == ("grace", "purge", "profile")
    assert [one for one in records.list_audit() if one.action == "purge"] == [entry]
    assert len({one.target for one in records.list_audit() if one.target == entry.target}) == 1


def test_a_profile_made_anew_has_another_pseudonym(records: Records) -> None:
    targets = []
    for _ in range(2):
        records.save_profile(make_profile({"profile_id": "again", "organization_name": "Again"}))
        targets.append(records.delete_profile("again").target)
    assert targets[0] != targets[1]


@pytest.mark.parametrize("other_reader", [False, True], ids=["alone", "beside an open reader"])
def test_no_byte_of_a_purged_profile_is_in_a_file_of_sqlite(
    tmp_path: Path, other_reader: bool, files_holding: Callable[..., list[str]]
) -> None:
    def holding(*marks: str) -> list[str]:
        return [Path(path).name for path in files_holding(tmp_path, *marks)]

    url = f"sqlite:///{tmp_path}/records.sqlite"
    with open_records(url) as records, open_records(url) as other:
        fill(records, "neighbour", "OTHERBIRD")
        fill(records, "pcanarybird", "CANARYBIRD")
        fill(records, "neighbour-two", "OTHERBIRD")
        if other_reader:
            assert other.get_profile("pcanarybird").city == "CANARYBIRD 4"
        assert holding("CANARYBIRD") != []
        records.delete_profile("pcanarybird")
        assert holding("CANARYBIRD", "pcanarybird") == []
        assert holding("OTHERBIRD") == ["records.sqlite"]


def test_sqlite_reports_no_damage_after_a_purge(tmp_path: Path) -> None:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        fill(records, "one", "CANARYBIRD")
        records.delete_profile("one")
        with records.reading() as session:
            assert session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
