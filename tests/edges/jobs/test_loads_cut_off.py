"""A load that is stopped, or whose process is killed, does not stay "running": its run says how it ended, and why."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from catalynx import workflows
from catalynx.jobs import Jobs, Worker
from catalynx.records.store import open_records
from catalynx.settings import Settings, load_settings

pytestmark = pytest.mark.xdist_group("jobs")


@pytest.fixture
def loading(tmp_path: Path) -> Settings:
    """Settings of a workspace without data."""
    settings = load_settings(home=tmp_path / "home", job_seconds=60)
    settings.home.mkdir()
    return settings


def fill(settings: Settings, part: str = "") -> Path:
    """Put the sample into the workspace, which takes seconds to load, or a part of it."""
    return Path(shutil.copytree(workflows.SAMPLE / part, settings.home / "files"))


def wait(ask: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (said := ask()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return said


@pytest.fixture
def loads(loading: Settings) -> Iterator[Callable[[], list[Any]]]:
    """Give the loads in the records, newest first."""
    with open_records(loading.records_url) as records:
        yield lambda: records.list_runs(kind="load")


def test_a_load_that_is_cancelled_leaves_a_cancelled_run(loading: Settings, loads: Callable[[], list[Any]]) -> None:
    fill(loading)
    with Worker(loading), Jobs(loading) as jobs:
        job = jobs.submit("load", {"paths": ["files"]}, "ada")
        wait(lambda: any(run.state == "running" for run in loads()))
        jobs.cancel(job.job_id)
        wait(lambda: jobs.get(job.job_id).ended)
        assert jobs.get(job.job_id).state == "cancelled"
    (run,) = loads()
    assert (run.state, run.error, run.job_id) == ("cancelled", "the job was cancelled", job.job_id)
    assert run.finished_at is not None


def test_a_load_whose_worker_is_killed_is_failed_and_the_next_start_loads_anew(
    loading: Settings, loads: Callable[[], list[Any]]
) -> None:
    fill(loading, "irs_990")
    command = [sys.executable, "-m", "catalynx", "--home", str(loading.home), "jobs", "work"]
    worker = subprocess.Popen(command, env={**os.environ}, stdout=subprocess.DEVNULL)
    with Jobs(loading) as jobs:
        job = jobs.submit("load", {"paths": ["files"]}, "ada")
        wait(lambda: any(run.state == "running" for run in loads()))
        doomed = psutil.Process(worker.pid).children(recursive=True)
        for process in (*doomed, psutil.Process(worker.pid)):
            process.send_signal(signal.SIGKILL)
        worker.wait()
        assert [run.state for run in loads()] == ["running"], "killed with no time to say anything"
        with Worker(loading):
            wait(lambda: jobs.get(job.job_id).ended, 90)
        assert jobs.get(job.job_id).state == "done"
    after, before = loads()
    assert (before.state, before.error) == ("failed", "its process ended before it was done")
    assert (after.state, after.error) == ("done", None)
    assert (before.job_id, after.job_id) == (job.job_id, job.job_id)


def test_a_job_that_takes_too_long_leaves_a_failed_run(loading: Settings, loads: Callable[[], list[Any]]) -> None:
    fill(loading)
    short = loading.model_copy(update={"job_seconds": 3})
    with Worker(short), Jobs(short) as jobs:
        job = jobs.submit("load", {"paths": ["files"]}, "ada")
        wait(lambda: jobs.get(job.job_id).ended)
        assert jobs.get(job.job_id).state == "failed"
    assert [run.state for run in loads() if run.state != "failed"] == []
    assert all("longer than 3 seconds" in run.error for run in loads())


def test_a_load_from_the_command_line_that_is_killed_is_failed_at_the_next_start(
    loading: Settings, loads: Callable[[], list[Any]]
) -> None:
    folder = fill(loading)
    command = [sys.executable, "-m", "catalynx", "--home", str(loading.home), "ingest", str(folder)]
    process = subprocess.Popen(command, env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait(lambda: any(run.state == "running" for run in loads()))
    process.kill()
    process.wait()
    assert [run.state for run in loads()] == ["running"]
    with Worker(loading):
        wait(lambda: loads()[0].state != "running", 20)
    assert (loads()[0].state, loads()[0].error) == ("failed", "its process ended before it was done")


def test_a_load_that_is_interrupted_says_who_stopped_it(
    loading: Settings, loads: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("catalynx.lake.ingest", interrupted)
    with workflows.Workspace(loading) as workspace, pytest.raises(KeyboardInterrupt):
        workflows.ingest(workspace, [workflows.SAMPLE])
    (run,) = loads()
    assert (run.state, run.error) == ("cancelled", "it was stopped by whoever started it")
