"""After a purge no byte of a profile is anywhere in the workspace, however the purge went, and whatever else was running."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from catalynx import workflows
from catalynx.errors import NotFound
from catalynx.jobs import Jobs, Worker
from catalynx.purging import BEGUN, finish_purges, purge_profile
from catalynx.records.profile import make_profile
from catalynx.records.store import open_records
from catalynx.reports import made_reports
from catalynx.settings import Settings

pytestmark = pytest.mark.xdist_group("jobs")

CANARY = "canarybird7f3a"
"""What every field of the profile holds; lower case, as ids are."""
EIN = "987654321"
PURGED = f"p-{CANARY}"
NEIGHBOUR = "constructed-museum"
Holding = Callable[[Path], list[str]]


def canary_profile():
    """Return a profile with the canary in every field that takes words, and a number of its own where digits must be."""
    return make_profile({
        "profile_id": PURGED, "team": f"team {CANARY}", "organization_name": f"Org {CANARY}", "ein": EIN,
        "city": f"City {CANARY}", "state": "VT", "mission_statement": f"Mission {CANARY} " * 40,
        "focus_areas": [f"focus {CANARY} {number}" for number in range(30)], "annual_revenue_usd": 987654321.0,
        "ntee_codes": ["A54"],
    })  # fmt: skip


MARKS = (CANARY, CANARY.upper(), CANARY.capitalize(), EIN, f"{EIN[:2]}-{EIN[2:]}")


@pytest.fixture
def holding(files_holding: Callable[..., list[str]]) -> Holding:
    """Find every file of a workspace whose name or bytes hold the canary or the EIN."""
    return lambda home: files_holding(home, *MARKS)


def fill(settings: Settings) -> None:
    """Use the profile in everything there is: tracked, decisions, runs, reports, exports, jobs of every state, audit."""
    saved = canary_profile()
    with workflows.Workspace(settings) as workspace, Jobs(settings, workspace.records) as jobs:
        records = workspace.records
        saved = records.save_profile(saved)
        for number in range(5):
            saved = records.save_profile(saved.revised(city=f"City {CANARY} {number}"))
            one = records.track(saved.profile_id, f"foundation:{CANARY}{number}", kind="foundation", name=CANARY, owner=CANARY,
                                notes=CANARY * 50, by="ada")  # fmt: skip
            records.move_stage(one.tracked_id, "targets", by="ada", note=CANARY)
            row = {"candidate_id": f"c{CANARY}", "recommendation": "decline", "score": 0.5, "coverage": 1, "name": CANARY}
            records.record_decisions(saved.profile_id, [row], lake_version="v", parameters={CANARY: CANARY},
                                     profile_version=saved.version, made_by="ada")  # fmt: skip
            run = records.record_run("report", CANARY, {CANARY: CANARY}, profile_id=saved.profile_id)
            records.finish_run(run.run_id, outputs=[CANARY], error=CANARY)
            records.audit("ada", "look", "profile", saved.profile_id)
        with Worker(settings):
            done = jobs.submit("report", {"report": "slow", "pdf": False}, "ada", saved.profile_id, CANARY)
            failed = jobs.submit(
                "report", {"report": "slow", "pdf": False, "parameters": {"fail": True}}, "ada", saved.profile_id
            )
            exports = [
                jobs.submit("export", {"table": "tracked", "format": form}, "ada", saved.profile_id)
                for form in ("csv", "xlsx", "parquet")
            ]
            for job in (done, failed, *exports):
                wait(lambda job=job: jobs.get(job.job_id).ended)
            assert [jobs.get(job.job_id).state for job in (done, failed, *exports)] == ["done", "failed", "done", "done", "done"]
        jobs.submit("report", {"report": "slow"}, "ada", saved.profile_id)
        jobs.cancel(jobs.submit("report", {"report": "slow"}, "ada", saved.profile_id).job_id)
    unfinished = settings.reports / f".slow-p-{CANARY}-killed"
    unfinished.mkdir()
    (unfinished / "half.ipynb").write_text(CANARY)


def wait(ask: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, new_workspace: Callable[[Path], Settings]) -> Settings:
    """Settings of a workspace in which the profile was used in everything there is; copy it before you change it."""
    settings = new_workspace(tmp_path_factory.mktemp("filled"))
    fill(settings)
    return settings


def copied(filled: Settings, home: Path) -> Settings:
    shutil.copytree(filled.home, home, symlinks=True)
    return filled.model_copy(update={"home": home})


def test_no_byte_of_a_purged_profile_is_left(filled: Settings, tmp_path: Path, holding: Holding) -> None:
    settings = copied(filled, tmp_path / "home")
    before = holding(settings.home)
    for name in ("records.sqlite", "slow.ipynb", "slow.html", "report.json", "tracked.csv", "tracked.xlsx", "tracked.parquet"):
        assert any(Path(path).name.startswith(name) for path in before), f"the search must be able to find {name}"
    with workflows.Workspace(settings) as workspace:
        purged = purge_profile(workspace, PURGED, "grace")
        assert (purged.entry.actor, purged.entry.action, purged.entry.target_kind) == ("grace", "purge", "profile")
        assert (purged.jobs, purged.reports, purged.exports) == (7, 2, 3)
        assert holding(settings.home) == []
        assert workspace.records.get_profile(NEIGHBOUR).organization_name == "Constructed Museum"
        assert any(one.target == purged.entry.target and one.action == "look" for one in workspace.records.list_audit())
        with pytest.raises(NotFound):
            purge_profile(workspace, PURGED, "grace")
    assert holding(settings.home) == []
    assert list((settings.home / BEGUN).iterdir()) == []


def test_a_purge_stops_what_is_running_for_the_profile(settings: Settings, jobs: Jobs, holding: Holding) -> None:
    with open_records(settings.records_url) as records:
        saved = records.save_profile(canary_profile())
    with Worker(settings):
        asked = {"report": "slow", "pdf": False, "parameters": {"seconds": 600}}
        job = jobs.submit("report", asked, "ada", saved.profile_id)
        wait(lambda: any(settings.reports.glob(".*/tables/pid.txt")) if settings.reports.is_dir() else False)
        with workflows.Workspace(settings) as workspace:
            purge_profile(workspace, saved.profile_id, "grace")
        assert holding(settings.home) == []
        with pytest.raises(NotFound):
            jobs.get(job.job_id)
        other = jobs.submit("report", {"report": "slow", "pdf": False}, "ada", NEIGHBOUR)
        wait(lambda: jobs.get(other.job_id).ended)
        assert jobs.get(other.job_id).state == "done"
    assert holding(settings.home) == []


def test_somebody_elses_profile_cannot_be_purged(settings: Settings) -> None:
    with workflows.Workspace(settings) as workspace:
        with pytest.raises(NotFound):
            purge_profile(workspace, NEIGHBOUR, "eve", teams={"science"})
        assert workspace.records.get_profile(NEIGHBOUR)


ROUNDS = 10
PURGING = """
import sys
from catalynx import workflows
from catalynx.purging import purge_profile
from catalynx.settings import load_settings

with workflows.Workspace(load_settings(home=sys.argv[1])) as workspace:
    workspace.records
    import catalynx.jobs, catalynx.reports
    print("begin", flush=True)
    purge_profile(workspace, sys.argv[2], "grace")
"""


def test_a_purge_that_is_killed_is_finished_by_the_next_start(filled: Settings, tmp_path: Path, holding: Holding) -> None:
    for number in range(ROUNDS):
        settings = copied(filled, tmp_path / f"round{number}")
        command = [sys.executable, "-c", PURGING, settings.home, PURGED]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"begin\n"
        time.sleep(0.012 * number)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with workflows.Workspace(settings) as workspace:
            finish_purges(workspace)
            with suppress(NotFound):  # killed before its first step, there is nothing to finish: it is asked for again
                purge_profile(workspace, PURGED, "grace")
        assert holding(settings.home) == []
        assert made_reports(settings.reports) == []
        shutil.rmtree(settings.home)
