"""Runs whose process is gone end with a reason; those that go on stay."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import psutil
import pytest

from catalynx.records.store import Records
from catalynx.records.workers import is_gone, worker_name

WHY = "its process ended before it was done"


def name_of_a_process_that_ended() -> str:
    code = "from catalynx.records.workers import worker_name; print(worker_name())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_process_that_lives_is_not_gone_and_one_that_ended_is() -> None:
    assert not is_gone(worker_name())
    assert is_gone(name_of_a_process_that_ended())
    began = int(psutil.Process().create_time())
    assert is_gone(f"{socket.gethostname()}:{os.getpid()}:{began - 60}:x"), "another process had this number before"
    assert not is_gone(f"elsewhere.example:{2**22 - 1}:1:x"), "nobody here can tell"
    assert not is_gone(None)


def test_only_runs_that_were_cut_off_end(records: Records) -> None:
    gone = records.record_run("load", "ingest", {}, worker=name_of_a_process_that_ended())
    here = records.record_run("load", "ingest", {}, worker=worker_name())
    elsewhere = records.record_run("load", "ingest", {}, worker="elsewhere.example:1:1:x")
    unknown = records.record_run("report", "summary", {})
    of_a_job = records.record_run("load", "ingest", {}, worker=name_of_a_process_that_ended(), job_id="a" * 32)
    done = records.record_run("load", "ingest", {}, worker=name_of_a_process_that_ended())
    records.finish_run(done.run_id)
    assert records.end_cut_off_runs(error=WHY, gone=is_gone) == 1
    ended = records.get_run(gone.run_id)
    assert (ended.state, ended.error) == ("failed", WHY)
    assert ended.finished_at is not None
    for one in (here, elsewhere, unknown, of_a_job):
        assert records.get_run(one.run_id).state == "running"
    assert records.get_run(done.run_id).state == "done"
    assert records.end_cut_off_runs(error=WHY, gone=is_gone) == 0


@pytest.mark.parametrize(("cancelled", "state"), [(True, "cancelled"), (False, "failed")])
def test_the_run_of_a_job_ends_with_the_job(records: Records, cancelled: bool, state: str) -> None:
    mine = records.record_run("load", "ingest", {}, job_id="a" * 32)
    other = records.record_run("load", "ingest", {}, job_id="b" * 32)
    assert records.end_cut_off_runs(error="told", job_id="a" * 32, cancelled=cancelled) == 1
    assert (records.get_run(mine.run_id).state, records.get_run(mine.run_id).error) == (state, "told")
    assert records.get_run(other.run_id).state == "running"
    assert [one.run_id for one in records.list_runs(state=state)] == [mine.run_id]
