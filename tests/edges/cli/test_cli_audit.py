"""``catalynx doctor`` finds an entry of the audit that was changed or removed, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from catalynx.ops import diagnose
from catalynx.records.store import Records
from catalynx.settings import Settings, load_settings

from .conftest import Call


@pytest.fixture
def settings(records: Records, records_url: str, tmp_path: Path) -> Settings:
    for number in range(6):
        records.audit("ada", "look", "report", f"r{number}")
    return load_settings(home=tmp_path / "home", database_url=records_url)


def tamper(records: Records, *statements: str) -> None:
    """Change the audit as somebody does who owns the database, and has taken the triggers away."""
    with records._writer.begin() as connection:
        if records.dialect == "sqlite":
            for change in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{change}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


def of_audit(settings: Settings, **more: Any) -> Any:
    return next(finding for finding in diagnose(settings, **more) if finding.what == "audit")


def test_a_whole_audit_is_found_so_and_its_last_entry_told(settings: Settings, records: Records) -> None:
    found, head = of_audit(settings), records.audit_head()
    assert found.ok
    assert f"6 entries are as they were written; the last is 6:{head.chain_hash}" in found.detail
    assert of_audit(settings, noted=head).ok


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET actor = 'eve' WHERE sequence = 3", "entry 3 was changed"),
        ("DELETE FROM audit WHERE sequence = 3", "entry 3 is missing"),
        ("DELETE FROM audit WHERE sequence = 6", "entry 6 is missing"),
        ("DELETE FROM audit", "entry 1 is missing"),
    ],
)
def test_what_was_done_to_an_entry_is_found(settings: Settings, records: Records, statement: str, told: str) -> None:
    tamper(records, statement)
    found = of_audit(settings)
    assert not found.ok
    assert told in found.detail
    assert "backup" in found.way_out


def test_the_command_fails_and_says_which(call: Call, home: Path) -> None:
    from catalynx.records.store import open_records

    with open_records(load_settings(home=home).records_url) as records:
        for number in range(3):
            records.audit("ada", "look", "report", f"r{number}")
        head = records.audit_head()
        noted = f"{head.sequence}:{head.chain_hash}"
        assert noted in call("doctor", home=home).out
        assert call("doctor", "--noted", noted, home=home).code == 0
        tamper(records, "DELETE FROM audit", "DELETE FROM audit_head")
        for number in range(head.sequence):
            records.audit("eve", "look", "report", f"r{number}")
    assert call("doctor", home=home).code == 0, "inside the database nothing shows a chain that was made anew"
    ran = call("doctor", "--noted", noted, home=home)
    assert ran.code == 4
    line = next(line for line in ran.out.splitlines() if line.startswith("NOT OK"))
    assert f"entry {head.sequence} is not the one that was noted down" in line


@pytest.mark.parametrize("noted", ["", "1", "1:x", f"x:{'a' * 64}", f"1:{'A' * 64}", f"{'9' * 30}:{'a' * 64}"])
def test_a_note_that_is_none_is_refused(call: Call, home: Path, noted: str) -> None:
    call("doctor", "--noted", noted, home=home).fails(2, "--noted", "64 hexadecimal digits")
