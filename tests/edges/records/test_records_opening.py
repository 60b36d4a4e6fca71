"""Records are opened by several at once, brought to the current schema, refused with a reason, and survive a kill."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from catalynx.errors import BadParameter, RecordsError
from catalynx.records import database, migrations
from catalynx.records.models import Base
from catalynx.records.profile import make_profile
from catalynx.records.store import Records, open_records

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parents[2])}
MIGRATIONS = Path(migrations.__file__).parent


def test_four_that_start_together_all_succeed(empty_url: str) -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "opened_at_once.py"), empty_url, "4"],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    with open_records(empty_url) as records:
        assert sorted(profile.profile_id for profile in records.list_profiles().profiles) == ["p0", "p1", "p2", "p3"]


def test_migrations_run_on_a_database_that_is_new(empty_url: str) -> None:
    with open_records(empty_url) as records:
        assert records.save_profile(make_profile({"organization_name": "First"})).version == 1


def shape(engine: Engine) -> dict[str, Any]:
    """Everything that inspection tells of the tables, constraints among it."""
    found = inspect(engine)
    asks = ("columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints")
    return {
        f"{table}.{ask}": sorted(map(str, listed)) if isinstance(listed := getattr(found, f"get_{ask}")(table), list) else listed
        for table in found.get_table_names()
        if table != "alembic_version"
        for ask in asks
    }


def test_migrations_make_what_the_models_say(
    records: Records, records_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with records._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    sqlite = records.dialect == "sqlite"
    url = f"sqlite:///{tmp_path}/models.sqlite" if sqlite else request.getfixturevalue("postgresql").new_database()
    made = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    Base.metadata.create_all(made)
    try:
        assert shape(records._engine) == shape(made)
        assert "tracked.check_constraints" in shape(made)
    finally:
        made.dispose()


def test_the_newest_revision_is_the_one_that_opening_looks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_a_downgrade_leaves_nothing_and_can_be_upgraded_again(records: Records, records_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with records._writer.begin() as connection:
        config.attributes["connection"] = connection
        downgrade(config, "base")
    assert inspect(records._engine).get_table_names() == ["alembic_version"]
    with open_records(records_url) as again:
        assert again.save_profile(make_profile({"organization_name": "Again"})).version == 1


def test_opening_again_changes_nothing(records: Records, records_url: str) -> None:
    saved = records.save_profile(make_profile({"organization_name": "Kept"}))
    with open_records(records_url) as again:
        assert again.get_profile(saved.profile_id) == saved


def test_records_of_a_newer_version_are_refused(records: Records, records_url: str) -> None:
    with records.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        RecordsError, match=r"made by another version of Catalynx \(Can't locate revision .*9999.*\)\. Install that version"
    ):
        open_records(records_url)
    with records.reading() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["9999"]


def test_a_write_that_fails_leaves_nothing(records: Records) -> None:
    def fail() -> None:
        with records.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = 'lost'"))
            session.execute(text("INSERT INTO runs SELECT * FROM no_such_table"))

    with pytest.raises(RecordsError, match="no_such_table"):
        fail()
    with records.reading() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [migrations.HEAD]


def test_sqlite_is_durable_and_private(tmp_path: Path) -> None:
    with open_records(f"sqlite:///{tmp_path}/below/records.sqlite") as records:
        with records.reading() as session:
            names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            settings = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in names}
        assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
        for path in (tmp_path / "below").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://a/b", "sqlite://", "sqlite:///:memory:", "sqlite:///a.sqlite?mode=ro"])
def test_an_url_that_cannot_hold_records_is_refused(url: str) -> None:
    with pytest.raises(BadParameter, match="sqlite:///PATH or postgresql://USER@HOST/NAME"):
        open_records(url)


def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="cannot be used") as caught:
        open_records(f"postgresql://ada:TOPSECRET@/records?host={tmp_path}")
    assert "TOPSECRET" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_file_that_is_no_database_is_refused_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_bytes(b"not a database" * 1_000)
    with pytest.raises(RecordsError, match="not a database"):
        open_records(f"sqlite:///{path}")
    assert path.read_bytes() == b"not a database" * 1_000


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordsError, match="CATALYNX_HOME"):
        open_records(f"sqlite:///{tmp_path}/file/records.sqlite")


def killed(url: str, rounds: int, seconds: float) -> list[tuple[str, int]]:
    command = [sys.executable, str(HERE / "killed_writer.py"), url, str(rounds), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT, timeout=120)
    acknowledged = [line.split(" ") for line in done.stdout.splitlines()]
    return [(profile_id, int(version)) for profile_id, version in acknowledged]


def test_nothing_acknowledged_is_lost_when_writers_are_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.sqlite"
    acknowledged = killed(url, 20, 0.1)
    assert len(acknowledged) >= 20
    with open_records(url) as records:
        with records.reading() as session:
            stored = {row.profile_id: row.version for row in session.execute(text("SELECT profile_id, version FROM profiles"))}
            assert session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert [one for one in acknowledged if stored.get(one[0], 0) < one[1]] == []
        assert len(stored) <= len({profile_id for profile_id, _ in acknowledged}) + 20, "at most one unacknowledged each round"
        for profile_id in stored:
            assert records.get_profile(profile_id).version == stored[profile_id], "no half a profile"


def test_a_kill_in_the_middle_of_opening_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    killed(f"sqlite:///{tmp_path}/ROUND.sqlite", 10, -0.15)
    for number in range(10):
        path = tmp_path / f"{number}.sqlite"
        with open_records(f"sqlite:///{path}") as records:
            assert records.save_profile(make_profile({"organization_name": "After"})).version == 1
        with sqlite3.connect(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_opening_waits_for_a_migration_of_another_program_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_WAIT_SECONDS", 0.1)
    with (tmp_path / "records.sqlite.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(RecordsError, match=r"records\.sqlite\.lock is held by another program"):
            open_records(f"sqlite:///{tmp_path}/records.sqlite")
        assert (tmp_path / "records.sqlite").stat().st_size == 0
    open_records(f"sqlite:///{tmp_path}/records.sqlite").close()


CLOSE_AS_THE_LAST = (
    "import sqlite3, sys; opened = sqlite3.connect(sys.argv[1]); opened.execute('PRAGMA quick_check'); opened.close()"
)


def test_opening_again_does_not_let_go_of_what_holds_the_file(tmp_path: Path) -> None:
    # Closing any handle of a file ends the locks of its process on it; a program that then closes the records as if it
    # were the last takes the write-ahead log away, with what is written to it from then on.
    path = tmp_path / "records.sqlite"
    with open_records(f"sqlite:///{path}") as first:
        first.save_profile(make_profile({"organization_name": "First"}))
        with open_records(f"sqlite:///{path}") as second:
            second.save_profile(make_profile({"organization_name": "Second"}))
            subprocess.run([sys.executable, "-c", CLOSE_AS_THE_LAST, str(path)], check=True)
            for opened, name in ((first, "Third"), (second, "Fourth")):
                opened.save_profile(make_profile({"organization_name": name}))
            with sqlite3.connect(path) as beside:
                (count,) = beside.execute("SELECT count(*) FROM profiles").fetchone()
    assert count == 4
