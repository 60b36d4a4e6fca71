"""Running one claimed job in a process of its own: told how far it is, stopped when it must be, cleaned up after."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from catalynx.errors import RecordsError
from catalynx.jobs.kinds import KINDS
from catalynx.jobs.processes import kill_tree
from catalynx.jobs.uploads import remove_upload

if TYPE_CHECKING:
    from catalynx.records.entries import Job
    from catalynx.records.store import Records
    from catalynx.settings import Settings

TICK_SECONDS = 0.2
BEAT_SECONDS = 1.0
SCRATCH = "jobs"
_LONGEST_TMPDIR = 60
"""Chromium puts a socket 46 characters below it, and the path of a socket has room for 107."""
_NOT_HANDED_ON = ("CATALYNX_", "JUPYTERHUB_", "JPY_", "OAUTH")
CUT_OFF = "its process ended before it was done"
CANCELLED = "the job was cancelled"
_log = logging.getLogger("catalynx.jobs")


@dataclass
class _Heard:
    """What the job's process has told so far."""

    done: int = 0
    total: int = 0
    what: str = "starting"
    outputs: list[str] | None = None
    error: str | None = None
    lines: SimpleQueue[dict[str, Any] | None] = field(default_factory=SimpleQueue)


def run_claimed(settings: Settings, records: Records, job: Job, stopping: threading.Event) -> None:
    """Run a job that this worker has claimed, until it ends, is cancelled, takes too long, or the worker is `stopping`."""
    _remove_unfinished(settings, job)
    # This worker alone has the job: whatever run of it is not ended belongs to an attempt that was cut off.
    end_run_of(records, job, CUT_OFF)
    scratch = _scratch(settings, job)
    scratch.mkdir(parents=True, exist_ok=True)
    heard = _Heard()
    process = _start(settings, job, scratch)
    try:
        why = _attend(settings, records, job, process, heard, stopping)
    finally:
        kill_tree(process.pid)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        _remove_unfinished(settings, job)
    _end(settings, records, job, heard, why)


def remove_leftovers(settings: Settings, job: Job) -> None:
    """Remove whatever a job that did not get done has left in the workspace."""
    _remove_unfinished(settings, job)
    _remove(settings, KINDS[job.kind].leaves if job.kind in KINDS else "", job)
    use_up(settings, job)


def use_up(settings: Settings, job: Job) -> None:
    """Remove what came in for a job that has ended."""
    if job.kind in KINDS and KINDS[job.kind].uses_up:
        remove_upload(settings, job.parameters.get("upload"))


def end_run_of(records: Records, job: Job, why: str, *, cancelled: bool = False) -> None:
    """End the run of a job whose process is there no more, if it has left one open."""
    records.end_cut_off_runs(error=why, job_id=job.job_id, cancelled=cancelled)


def _remove_unfinished(settings: Settings, job: Job) -> None:
    """Remove what earlier attempts have left that were killed in the middle."""
    _remove(settings, f"{SCRATCH}/{_short(job)}-*", job)
    _remove(settings, KINDS[job.kind].unfinished if job.kind in KINDS else "", job)


def _remove(settings: Settings, pattern: str, job: Job) -> None:
    for folder in settings.home.glob(pattern.format(job_id=job.job_id)) if pattern else ():
        shutil.rmtree(folder, ignore_errors=True)


def _scratch(settings: Settings, job: Job) -> Path:
    return settings.home / SCRATCH / f"{_short(job)}-{job.attempts}"


def _short(job: Job) -> str:
    return job.job_id[:12]


def _start(settings: Settings, job: Job, scratch: Path) -> subprocess.Popen[bytes]:
    # Secrets of the service are not the job's: of our own variables it gets those that say where the workspace is.
    kept = {name: value for name, value in {**os.environ}.items() if not name.startswith(_NOT_HANDED_ON)}
    environment = {
        **kept,
        "CATALYNX_HOME": str(settings.home), "CATALYNX_DATABASE_URL": settings.database_url.get_secret_value(),
        "CATALYNX_NOTEBOOKS": str(settings.notebooks),
    }  # fmt: skip
    if len(str(scratch)) <= _LONGEST_TMPDIR:
        environment["TMPDIR"] = str(scratch)
    # What it prints could hold anything of a profile, and would stay in a log: its one line of error is in the records.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "catalynx.jobs.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env=environment, cwd=scratch, start_new_session=True,
    )  # fmt: skip
    order = {"job_id": job.job_id, "kind": job.kind, "profile_id": job.profile_id, "parameters": job.parameters}
    if process.stdin is not None:
        try:
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:  # it died at once; that it told nothing is what will be said
            pass
    return process


def _attend(
    settings: Settings,
    records: Records,
    job: Job,
    process: subprocess.Popen[bytes],
    heard: _Heard,
    stopping: threading.Event,
) -> str:
    """Listen until it is over; return ended, cancelled, late or stopping."""
    threading.Thread(target=_listen, args=(process, heard), daemon=True).start()
    deadline, beat_at = time.monotonic() + settings.job_seconds, 0.0
    while True:
        try:
            said = heard.lines.get(timeout=TICK_SECONDS)
            if said is None:
                return "ended"
            _hear(heard, said)
        except Empty:
            pass
        if stopping.is_set():
            return "stopping"
        if time.monotonic() > deadline:
            return "late"
        if time.monotonic() - beat_at > BEAT_SECONDS:
            beat_at = time.monotonic()
            try:
                if not records.beat_job(job, heard.done, heard.total, heard.what):
                    return "cancelled"
            except RecordsError as error:  # it goes on: when it ends, the records may be there again
                _log.warning("job %s: %s", job.job_id, error)


def _listen(process: subprocess.Popen[bytes], heard: _Heard) -> None:
    assert process.stdout is not None  # noqa: S101
    try:
        for line in process.stdout:
            heard.lines.put(json.loads(line))
    except ValueError:  # half a line of a process that was killed, or a pipe that was closed meanwhile
        pass
    finally:
        heard.lines.put(None)


def _hear(heard: _Heard, said: dict[str, Any]) -> None:
    heard.outputs = said.get("outputs", heard.outputs)
    heard.error = said.get("error", heard.error)
    if "what" in said:
        heard.done, heard.total, heard.what = int(said["done"]), int(said["total"]), _one_line(str(said["what"]))


def _end(settings: Settings, records: Records, job: Job, heard: _Heard, why: str) -> None:
    if why == "ended" and heard.outputs is not None:
        lasting = job.kind in KINDS and KINDS[job.kind].lasting
        if records.end_job(job, "done", outputs=heard.outputs, too_late=lasting):
            use_up(settings, job)
            return
        why = "cancelled"
    if why == "stopping":
        end_run_of(records, job, "its worker was stopped; the job waits for another")
        if records.requeue_job(job, counts=False):
            return
        why = "cancelled"
    if why == "cancelled" and not _ours_to_cancel(records, job):
        return
    remove_leftovers(settings, job)
    if why == "cancelled":
        end_run_of(records, job, CANCELLED, cancelled=True)
        records.end_job(job, "cancelled")
        return
    error = f"it took longer than {settings.job_seconds:,} seconds and was stopped" if why == "late" else heard.error
    told = _one_line(error or "its process was ended by the system, perhaps for lack of memory")
    end_run_of(records, job, told)
    records.end_job(job, "failed", error=told)


def _ours_to_cancel(records: Records, job: Job) -> bool:
    """Say whether what is left may be removed: not when another worker has taken the job over and makes it anew."""
    from catalynx.errors import NotFound

    try:
        now = records.get_job(job.job_id)
    except NotFound:
        return True
    return (now.worker, now.attempts) == (job.worker, job.attempts)


def _one_line(text: str) -> str:
    """Return text that a line, and every database, can hold."""
    return " ".join(text.encode("utf-8", "replace").decode().replace("\0", " ").split())
