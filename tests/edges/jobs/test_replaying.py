"""A restore brings back what was purged since the backup was made: the replay removes every byte of it again, everywhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from catalynx import workflows
from catalynx.errors import BadParameter, NotFound
from catalynx.jobs import Jobs, Worker
from catalynx.purging import BEGUN, Replayed, purge_profile, replay_purges
from catalynx.records.erasure import erasures_from_json, erasures_to_json
from catalynx.records.models import Base
from catalynx.records.moving import copy_records
from catalynx.records.profile import make_profile
from catalynx.records.store import Records
from catalynx.settings import Settings

pytestmark = pytest.mark.xdist_group("jobs")

CANARY = "canarybird9c4e"
EIN = "987654321"
PURGED, NEIGHBOUR = f"p-{CANARY}", "constructed-museum"
MARKS = (CANARY, CANARY.upper(), CANARY.capitalize(), EIN, f"{EIN[:2]}-{EIN[2:]}")
Holding = Callable[..., list[str]]


def wait(ask: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def use_in_everything(settings: Settings) -> None:
    """Leave the profile in records, kept answers, jobs of every state, reports, exports and what was never finished."""
    fields = {
        "profile_id": PURGED, "team": "arts", "organization_name": f"Org {CANARY}", "ein": EIN, "city": f"City {CANARY}",
        "mission_statement": f"Mission {CANARY} " * 40, "focus_areas": [f"focus {CANARY} {number}" for number in range(20)],
    }  # fmt: skip
    with workflows.Workspace(settings) as workspace, Jobs(settings, workspace.records) as jobs:
        records = workspace.records
        saved = records.save_profile(make_profile(fields))
        one = records.track(PURGED, f"foundation:{CANARY}", kind="foundation", name=CANARY, owner=CANARY, notes=CANARY * 50)
        records.move_stage(one.tracked_id, "targets", by="ada", note=CANARY)
        row = {"candidate_id": f"c{CANARY}", "recommendation": "decline", "score": 0.5, "coverage": 1, "name": CANARY}
        records.record_decisions(PURGED, [row], lake_version="v", parameters={CANARY: CANARY}, profile_version=saved.version)
        records.record_run("report", CANARY, {CANARY: CANARY}, profile_id=PURGED)
        where = {"person": "ada", "route": f"/api/profiles/{PURGED}/tracked"}
        assert records.idempotent("key", body_hash="x", **where) is None
        records.keep_answer("key", status=201, response={"body": CANARY}, profile_id=PURGED, **where)
        records.audit("ada", "look", "profile", PURGED)
        with Worker(settings):
            for profile_id in (PURGED, NEIGHBOUR):  # what is the neighbour's has to stay
                jobs.submit("report", {"report": "slow", "pdf": False}, "ada", profile_id)
                jobs.submit("export", {"table": "tracked", "format": "xlsx"}, "ada", profile_id)
            wait(lambda: all(job.ended for job in jobs.list()))
            assert {job.state for job in jobs.list()} == {"done"}
        jobs.submit("report", {"report": "slow"}, "ada", PURGED)
    for folder in (settings.reports / f".slow-p-{CANARY}-killed", settings.exports / ".killed", settings.home / "jobs/killed-1"):
        folder.mkdir(parents=True)
        (folder / "half.ipynb").write_text(CANARY)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, new_workspace: Callable[[Path], Settings]) -> Settings:
    """Settings of a workspace on SQLite in which the profile was used in everything; it is copied, never changed."""
    settings = new_workspace(tmp_path_factory.mktemp("filled"))
    use_in_everything(settings)
    return settings


def copied(filled: Settings, home: Path) -> Settings:
    shutil.copytree(filled.home, home, symlinks=True)
    return filled.model_copy(update={"home": home})


class Backup:
    """A copy of the workspace and of its records, made as a backup is: by the database's own means."""

    def __init__(self, settings: Settings, folder: Path, request: pytest.FixtureRequest) -> None:
        self.folder, self._settings, self._url = folder, settings, ""
        shutil.copytree(settings.home, folder, symlinks=True, ignore=shutil.ignore_patterns("records.sqlite*"))
        if settings.records_url.startswith("sqlite"):
            with (
                sqlite3.connect(settings.home / "records.sqlite") as source,
                sqlite3.connect(folder / "records.sqlite") as target,
            ):
                source.backup(target)
            source.close()
            target.close()
        else:
            name = settings.database_url.get_secret_value().split("/")[3].split("?")[0]
            self._url = request.getfixturevalue("postgresql").new_database(name)

    def restored(self, home: Path) -> Settings:
        """Put it back, as a workspace of its own."""
        shutil.copytree(self.folder, home, symlinks=True)
        return self._settings.model_copy(update={"home": home, "database_url": SecretStr(self._url)})


def in_rows(records: Records) -> list[str]:
    """Tables that hold a mark."""
    with records.reading() as session:
        rows = {table.name: str(session.execute(table.select()).all()) for table in Base.metadata.sorted_tables}
    return [name for name, held in rows.items() if any(mark in held for mark in MARKS)]


@pytest.fixture
def used(database: str, request: pytest.FixtureRequest, tmp_path: Path, filled: Settings) -> Settings:
    """The workspace, with its records on either database."""
    settings = copied(filled, tmp_path / "used")
    if database == "sqlite":
        return settings
    url = request.getfixturevalue("postgresql").new_database()
    copy_records(settings.records_url, url)
    for file in settings.home.glob("records.sqlite*"):
        file.unlink()
    return settings.model_copy(update={"database_url": SecretStr(url)})


def test_the_replay_removes_what_the_restore_brought_back(
    used: Settings, tmp_path: Path, files_holding: Holding, request: pytest.FixtureRequest
) -> None:
    backup = Backup(used, tmp_path / "backup", request)
    with workflows.Workspace(used) as workspace:
        purge_profile(workspace, PURGED, "grace")
        noted = erasures_to_json(workspace.records.list_erasures())
    assert CANARY not in noted
    restored = backup.restored(tmp_path / "restored")
    before = files_holding(restored.home, *MARKS)
    for name in ("slow.ipynb", "slow.html", "report.json", "export.json", "half.ipynb"):
        assert any(Path(path).name == name for path in before), f"the search must be able to find {name}"
    with workflows.Workspace(restored) as workspace:
        assert in_rows(workspace.records)
        assert workspace.records.get_profile(PURGED).ein == EIN
        done = replay_purges(workspace, erasures_from_json(noted), by="grace")
        assert done == Replayed(profiles=1, jobs=3, reports=2, exports=1)
        assert in_rows(workspace.records) == []
        assert files_holding(restored.home, *MARKS) == []
        with pytest.raises(NotFound):
            workspace.records.get_profile(PURGED)
        assert {job.profile_id for job in workspace.records.list_jobs()} == {NEIGHBOUR}
        assert len(list(restored.reports.glob("slow-*"))) == len(list(restored.exports.iterdir())) == 1, "the neighbour's stay"
        told = workspace.records.list_audit()[-1]
        assert (told.actor, told.action, told.detail) == ("grace", "purge", {"replayed": True})
        assert workspace.records.verify_audit() is None
        assert [one.pseudonym for one in workspace.records.list_erasures()] == [
            one.pseudonym for one in erasures_from_json(noted)
        ]
        again = replay_purges(workspace, erasures_from_json(noted), by="grace")
        assert again == Replayed(0, 0, 0, 0)
    assert files_holding(restored.home, *MARKS) == []
    assert list((restored.home / BEGUN).iterdir()) == []


def test_files_that_are_restored_alone_go_too(
    used: Settings, tmp_path: Path, files_holding: Holding, request: pytest.FixtureRequest
) -> None:
    backup = Backup(used, tmp_path / "backup", request)
    with workflows.Workspace(used) as workspace:
        purge_profile(workspace, PURGED, "grace")
        for name in ("reports", "exports"):
            shutil.rmtree(used.home / name)
            shutil.copytree(backup.folder / name, used.home / name)
        assert files_holding(used.home, *MARKS)
        done = replay_purges(workspace, by="grace")
        assert (done.profiles, done.reports, done.exports) == (0, 1, 1)
    assert files_holding(used.home, *MARKS) == []
    assert len(list(used.reports.glob("slow-*"))) == 1


KILLED = """
import sys
from catalynx import workflows
from catalynx.purging import replay_purges
from catalynx.records.erasure import erasures_from_json
from catalynx.settings import load_settings
import catalynx.jobs, catalynx.reports

with workflows.Workspace(load_settings(home=sys.argv[1])) as workspace:
    workspace.records
    known = erasures_from_json(sys.stdin.read())
    print("begin", flush=True)
    replay_purges(workspace, known, by="grace")
"""


def test_a_replay_that_is_killed_is_finished_by_the_next(
    filled: Settings, tmp_path: Path, files_holding: Holding, request: pytest.FixtureRequest
) -> None:
    settings = copied(filled, tmp_path / "used")
    backup = Backup(settings, tmp_path / "backup", request)
    with workflows.Workspace(settings) as workspace:
        purge_profile(workspace, PURGED, "grace")
        noted = erasures_to_json(workspace.records.list_erasures())
    for round_ in range(5):
        restored = backup.restored(tmp_path / f"round{round_}")
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, restored.home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        process.stdin.write(noted)
        process.stdin.close()
        assert process.stdout.readline() == "begin\n"
        time.sleep(0.02 * round_)
        process.kill()
        process.wait()
        process.stdout.close()
        with workflows.Workspace(restored) as workspace:
            replay_purges(workspace, erasures_from_json(noted), by="grace")
        assert files_holding(restored.home, *MARKS) == []


def test_the_commands_write_the_list_and_replay_it(
    filled: Settings, tmp_path: Path, files_holding: Holding, request: pytest.FixtureRequest
) -> None:
    settings = copied(filled, tmp_path / "used")
    backup = Backup(settings, tmp_path / "backup", request)

    def call(home: Path, *words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "catalynx", "--home", str(home), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    with workflows.Workspace(settings) as workspace:
        purge_profile(workspace, PURGED, "grace")
    file = tmp_path / "erasures.json"
    assert call(settings.home, "profile", "erased", file).stdout == f"Wrote 1 erasure to {file}.\n"
    restored = backup.restored(tmp_path / "restored")
    done = call(restored.home, "profile", "erase-again", file)
    assert (done.returncode, done.stdout) == (0, "Deleted 1 profile again, with 2 reports, 1 export, 3 jobs.\n"), done.stderr
    assert files_holding(restored.home, *MARKS) == []
    file.write_text("{}")
    assert call(restored.home, "profile", "erase-again", file).returncode == 2


@pytest.mark.parametrize(
    "words",
    ["", "[]", "{", '{"erasures": 1}', '{"erasures": [{"pseudonym": "x", "erased_at": "2027-01-01T00:00:00+00:00"}]}',
     json.dumps({"erasures": [{"pseudonym": "a" * 32, "erased_at": "2027-01-01"}]}), "[" * 100_000],
)  # fmt: skip
def test_a_list_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(BadParameter, match="catalynx profile erased"):
        erasures_from_json(words)
