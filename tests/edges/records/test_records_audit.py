"""The audit's chain: what is changed or removed is found, by its number; writers at the same time keep one chain."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.command import downgrade, upgrade
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from catalynx.records import migrations
from catalynx.records.audit import append
from catalynx.records.entries import AuditFlaw, AuditHead
from catalynx.records.profile import make_profile
from catalynx.records.store import Records, open_records


@contextmanager
def tampering(records: Records) -> Iterator[Connection]:
    """A connection of somebody who owns the database, and has taken the triggers away."""
    with records._writer.begin() as connection:
        if records.dialect == "sqlite":
            for change in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{change}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        yield connection


def fill(records: Records, count: int = 6) -> None:
    for number in range(count):
        detail = {"number": number, "share": 0.1 * number, "words": ["Møre 🎭", None, True], "deep": {"b": 1, "a": -1.5e-300}}
        records.audit(f"ada {number}", "look", "report", f"r{number}", allowed=number % 2 == 0, detail=detail, origin="127.0.0.1")


def test_a_chain_that_nobody_touched_is_whole(records: Records) -> None:
    assert records.verify_audit() is None
    assert records.audit_head() is None
    fill(records)
    entries = records.list_audit()
    assert records.verify_audit() is None
    assert records.audit_head() == AuditHead(6, entries[-1].chain_hash)
    assert len({one.chain_hash for one in entries}) == 6
    assert entries[0].origin == "127.0.0.1"


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'eve'", "action = 'leave'", "target_kind = 'profile'", "target = 'r9'", "allowed = NOT allowed", "origin = NULL",
        "origin = '::1'", "detail = '{}'", "at = '2020-01-01 00:00:00'", "chain_hash = '0'", "sequence = 40",
    ],
)  # fmt: skip
@pytest.mark.parametrize("sequence", [1, 4, 6])
def test_a_changed_entry_is_found(records: Records, change: str, sequence: int) -> None:
    fill(records)
    with tampering(records) as connection:
        assert connection.execute(text(f"UPDATE audit SET {change} WHERE sequence = {sequence}")).rowcount == 1
    flaw = records.verify_audit()
    assert flaw is not None
    assert flaw.sequence == sequence


@pytest.mark.parametrize("sequence", [1, 3, 6])
def test_a_removed_entry_is_found(records: Records, sequence: int) -> None:
    fill(records)
    with tampering(records) as connection:
        connection.execute(text(f"DELETE FROM audit WHERE sequence = {sequence}"))
    assert records.verify_audit() == AuditFlaw(sequence, "is missing")


def test_all_removed_is_found(records: Records) -> None:
    fill(records)
    with tampering(records) as connection:
        connection.execute(text("DELETE FROM audit"))
    assert records.verify_audit() == AuditFlaw(1, "is missing")


def test_entries_that_change_places_are_found(records: Records) -> None:
    fill(records)
    with tampering(records) as connection:
        for before, after in ((2, 99), (3, 2), (99, 3)):
            connection.execute(text(f"UPDATE audit SET sequence = {after} WHERE sequence = {before}"))
    assert (flaw := records.verify_audit()) is not None
    assert flaw.sequence == 2


def test_a_head_that_was_noted_down_shows_a_chain_that_was_made_anew(records: Records) -> None:
    fill(records)
    noted = records.audit_head()
    assert records.verify_audit(noted) is None
    with tampering(records) as connection:
        connection.execute(text("DELETE FROM audit"))
        connection.execute(text("DELETE FROM audit_head"))
    for number in range(6):
        records.audit("eve", "look", "report", f"r{number}")
    assert records.verify_audit() is None, "inside the database nothing shows it"
    assert (flaw := records.verify_audit(noted)) is not None
    assert flaw.sequence == 6
    records.audit("eve", "look", "report", "more")
    assert records.verify_audit(noted) is not None


def test_entries_cannot_be_changed_by_accident(records: Records) -> None:
    fill(records, 1)
    for change in ("UPDATE audit SET actor = 'eve'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="never changed"), records._writer.begin() as connection:
            connection.execute(text(change))
    assert records.verify_audit() is None


def test_writers_at_the_same_time_keep_one_chain(records: Records, records_url: str) -> None:
    code = (
        "import sys; from catalynx.records.store import open_records\n"
        "with open_records(sys.argv[1]) as records:\n"
        "    for number in range(15): records.audit(sys.argv[2], 'look', 'report', str(number))"
    )
    others = [subprocess.Popen([sys.executable, "-c", code, records_url, f"process {number}"]) for number in range(2)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: records.audit(f"thread {number % 4}", "look", "report", str(number)), range(40)))
    assert [one.wait(60) for one in others] == [0, 0]
    entries = records.list_audit()
    assert [one.sequence for one in entries] == list(range(1, 71))
    assert records.verify_audit() is None


def test_a_write_that_fails_leaves_no_hole(records: Records) -> None:
    records.save_profile(make_profile({"profile_id": "arts", "organization_name": "Arts"}))
    fill(records, 2)

    def fail() -> None:
        with records.writing() as session:
            append(session, "ada", "look", "profile", "arts")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    records.delete_profile("arts")
    assert records.verify_audit() is None
    assert [one.sequence for one in records.list_audit()] == [1, 2, 3]


def test_entries_from_before_the_chain_are_linked(empty_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with open_records(empty_url) as records:
        fill(records, 5)
        before = records.list_audit()
        with records._writer.begin() as connection:
            config.attributes["connection"] = connection
            downgrade(config, "0002")
            assert "chain_hash" not in connection.execute(text("SELECT * FROM audit")).mappings().first()
            upgrade(config, "0003")
        after = records.list_audit()
        assert records.verify_audit() is None
        kept = ("sequence", "at", "actor", "action", "target_kind", "target", "allowed", "detail")
        assert [[getattr(one, name) for name in kept] for one in after] == [
            [getattr(one, name) for name in kept] for one in before
        ]
        with pytest.raises(DBAPIError, match="never changed"), records._writer.begin() as connection:
            connection.execute(text("DELETE FROM audit"))
        assert records.audit("ada", "look", "report", "r").sequence == 6
        assert records.verify_audit() is None
