"""Records move between the databases with everything that hangs on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from catalynx.errors import Conflict, RecordsError
from catalynx.records.models import Base
from catalynx.records.moving import copy_records
from catalynx.records.profile import make_profile
from catalynx.records.store import Records, open_records

if TYPE_CHECKING:
    from collections.abc import Callable


def fill(records: Records) -> None:
    for number in range(3):
        saved = records.save_profile(make_profile({"organization_name": f"Møre {number} 🎭", "annual_revenue_usd": 0.1 + number}))
        one = records.track(saved.profile_id, "program:45.129", kind="program", name="Ø", ask_usd=0.1, deadline="2027-03-14")
        records.move_stage(one.tracked_id, "targets")
        rows = [{"candidate_id": str(row), "recommendation": "decline", "score": None, "coverage": 1 / 3} for row in range(700)]
        records.record_decisions(saved.profile_id, rows, lake_version="1", parameters={"ø": [1, None]}, profile_version=1)
        records.finish_run(records.record_run("report", "x", {}, profile_id=saved.profile_id).run_id, outputs=["a"])
        records.audit("ada", "look", "profile", saved.profile_id, allowed=False)
        records.clone_scenario(records.create_scenario(saved.profile_id, "Ø", {"risk": 0.1}).scenario_id, "Ø too")
        held = {"chosen": [{"candidate_id": "program:45.129"}]}
        told = {"title": "T", "why": "Ø", "holds": "H", "inputs": {}, "results": held, "lake_version": "1", "by": "ada"}
        first = records.sign_decision(saved.profile_id, **told)
        records.sign_decision(saved.profile_id, **told, replaces=first.signed_id)
        records.record_outcome(first.signed_id, "program:45.129", "won", amount_usd=0.1)


def content(records: Records) -> dict[str, list[Any]]:
    with records.reading() as session:
        return {table.name: sorted(map(str, session.execute(table.select()))) for table in Base.metadata.sorted_tables}


@pytest.fixture
def other_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of the other kind of database, with nothing in it."""
    new: Callable[[], str] = request.getfixturevalue("postgresql").new_database
    return new() if database == "sqlite" else f"sqlite:///{tmp_path}/other.sqlite"


def test_everything_arrives_in_the_other_database(records: Records, records_url: str, other_url: str) -> None:
    fill(records)
    counts = copy_records(records_url, other_url)
    assert counts == {
        "audit": 3, "profiles": 3, "tracked": 3, "stage_moves": 6, "decision_sets": 3, "decisions": 2_100, "runs": 3,
        "audit_head": 1, "erasures": 0, "sessions": 0, "refresh_tokens": 0, "service_accounts": 0, "answers": 0, "jobs": 0,
        "scenarios": 6, "scenario_versions": 6, "signed_decisions": 6, "outcomes": 3,
    }  # fmt: skip
    with open_records(other_url) as other:
        assert content(other) == content(records)
        profile = records.list_profiles().profiles[0]
        assert other.get_profile(profile.profile_id) == profile
        assert other.list_decisions(profile.profile_id) == records.list_decisions(profile.profile_id)
        assert other.audit("ada", "look", "report", "r").sequence == 4, "numbers go on where they were"


def test_records_are_not_copied_over_others(records: Records, records_url: str, other_url: str) -> None:
    fill(records)
    with open_records(other_url) as other:
        other.audit("ada", "look", "report", "r")
        with pytest.raises(Conflict, match="holds rows in audit already"):
            copy_records(records_url, other_url)
        assert other.list_profiles().total == 0
    with pytest.raises(Conflict, match="onto themselves"):
        copy_records(records_url, records_url)


def test_a_copy_that_fails_leaves_nothing(records: Records, records_url: str, other_url: str) -> None:
    fill(records)
    with open_records(other_url) as other:
        with other.writing() as session:
            session.execute(text("DROP TABLE stage_moves"))
        with pytest.raises(RecordsError, match="stage_moves"):
            copy_records(records_url, other_url)
        assert other.list_profiles().total == 0
        assert other.list_audit() == []
